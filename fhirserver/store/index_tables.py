"""The tables of the search index. What stands in their rows is explained in `fhirserver/search/README.md`.

`d` is the resource's own main date (:data:`fhirserver.search.main_dates.MAIN_DATES`) in microseconds, 0 for types
without one. It stands in nearly every row so that the rows of one value are already in the order in which people ask
for them: newest first.
`path` and `v` are keys (:func:`fhirserver.store.keys.value_key`) that hold the resource type, so no row needs the type.
"""

from __future__ import annotations

from sqlalchemy import DDL, Column, Double, Index, PrimaryKeyConstraint, SmallInteger, Table, event, text

from fhirserver.store.tables import index_table, key_column, numbered_table, only_on, text_column


def _number(name: str, *, primary_key: bool = False) -> Column[float]:
    return Column(name, Double, primary_key=primary_key, nullable=False)


#: One row a resource. [d, e) is its main date; `present` has a bit for each search parameter that has a value in it;
#: `words` are the words of its texts and its seldom asked tokens, separated by spaces.
#: On SQLite these rows, by far the largest of the index, would be scattered over the whole table in the order of `res`:
#: they are appended, and an index holds all of them but the words.
IX_RESOURCE = numbered_table(
    "ix_resource",
    key_column("res"),
    Column("t", SmallInteger, nullable=False),
    key_column("d"),
    key_column("e"),
    key_column("present"),
    text_column("words"),
    PrimaryKeyConstraint("res").ddl_if(dialect="postgresql"),
    only_on("sqlite", Index("ix_resource_res", "res", "t", "d", "e", "present")),
    Index("ix_resource_order", "t", "d", "res", "e", "present"),
    only_on("postgresql", Index("ix_resource_words", text("string_to_array(words, ' ')"), postgresql_using="gin")),
)

#: What is matched exactly: tokens, references, uris.
IX = index_table(
    "ix", key_column("v", primary_key=True), key_column("d", primary_key=True), key_column("res", primary_key=True)
)

#: Where the references of a resource lead, for chains, `_has` and `_include`. `version` is "" unless one is named.
IX_TARGET = index_table(
    "ix_target",
    key_column("res", primary_key=True),
    key_column("path", primary_key=True),
    key_column("target", primary_key=True),
    text_column("version", primary_key=True),
)

#: Dates other than the main one: half-open [lo, hi).
IX_DATE = index_table(
    "ix_date",
    key_column("path", primary_key=True),
    key_column("lo", primary_key=True),
    key_column("hi", primary_key=True),
    key_column("d", primary_key=True),
    key_column("res", primary_key=True),
    Index("ix_date_res", "res", "path", "lo", "hi"),
)

#: Folded texts; `x` is the key of the text as it was sent, 0 for a form of it that nobody sent (pinyin).
IX_STRING = index_table(
    "ix_string",
    key_column("path", primary_key=True),
    text_column("s", primary_key=True),
    key_column("d", primary_key=True),
    key_column("res", primary_key=True),
    key_column("x", primary_key=True),
    Index("ix_string_res", "res", "path", "s", "x"),
)

#: Numbers and quantities: `lo`..`hi` as sent with the keys of its unit (`u` system|code, `c` code, `n` unit as printed,
#: 0 for none), `clo`..`chi` in the canonical unit whose key is `cu` (0 for none).
IX_NUMBER = index_table(
    "ix_number",
    key_column("path", primary_key=True),
    key_column("d", primary_key=True),
    key_column("res", primary_key=True),
    _number("lo", primary_key=True),
    _number("hi", primary_key=True),
    key_column("u", primary_key=True),
    key_column("c"),
    key_column("n"),
    key_column("cu"),
    _number("clo"),
    _number("chi"),
)

#: Composites inside a repeating element: `path` holds the key of the parts matched exactly, the ranges the other parts.
IX_COMPOSITE = index_table(
    "ix_composite",
    key_column("path", primary_key=True),
    key_column("d", primary_key=True),
    key_column("res", primary_key=True),
    _number("lo", primary_key=True),
    _number("hi", primary_key=True),
    _number("lo2", primary_key=True),
    _number("hi2", primary_key=True),
)

#: Points on the unit sphere: the chord between two of them tells their distance without trigonometry in SQL.
IX_POSITION = index_table(
    "ix_position",
    key_column("path", primary_key=True),
    _number("latitude", primary_key=True),
    key_column("res", primary_key=True),
    _number("x", primary_key=True),
    _number("y", primary_key=True),
    _number("z", primary_key=True),
    key_column("d"),
)

#: Every index table by its name: what :data:`fhirserver.store.rows.IndexRows` may name.
INDEX_TABLES: dict[str, Table] = {
    table.name: table
    for table in (IX_RESOURCE, IX, IX_TARGET, IX_DATE, IX_STRING, IX_NUMBER, IX_COMPOSITE, IX_POSITION)
}

#: On SQLite the words are looked up in a full-text index without content or positions; the words themselves stay in
#: ix_resource, whose row numbers it holds (:mod:`fhirserver.store.sqlite_words`). A trigger would make FTS5 write a
#: segment for each row.
_SQLITE_WORDS = DDL(  # type: ignore[no-untyped-call]
    "CREATE VIRTUAL TABLE IF NOT EXISTS ix_words "
    "USING fts5(words, content='', detail=none, columnsize=0, tokenize='ascii')"
)
event.listen(IX_RESOURCE, "after_create", _SQLITE_WORDS.execute_if(dialect="sqlite"))
