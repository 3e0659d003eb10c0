"""The tables of the store, except the index tables (:mod:`fhirserver.store.index_tables`).

Every row that belongs to a resource carries `res` (:func:`fhirserver.store.keys.res_key`), and `res` is part of every
primary key and unique constraint: a cluster (Citus) can keep all rows of one resource on one node.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    DDL,
    BigInteger,
    Column,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    SmallInteger,
    Table,
    Text,
    event,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.schema import CreateTable

METADATA = MetaData(
    naming_convention={"pk": "%(table_name)s_pkey", "uq": "%(table_name)s_%(column_0_N_name)s_key"},
)


def text_column(name: str, *, primary_key: bool = False, nullable: bool = False) -> Column[str]:
    """Text that is compared byte by byte on both databases."""
    text = Text().with_variant(Text(collation="C"), "postgresql")
    return Column(name, text, primary_key=primary_key, nullable=nullable)


def _res_column() -> Column[int]:
    """`res` as the key of a table whose rows hold bodies.

    Where SQLite reads INTEGER PRIMARY KEY, the table itself is a B-tree in that order, and bodies would be inserted in
    the middle of it. With another type the rows are appended, and the key is an index of small entries beside them.
    """
    return Column("res", BigInteger, primary_key=True, autoincrement=False, nullable=False)


def key_column(name: str, *, primary_key: bool = False, nullable: bool = False) -> Column[int]:
    """A signed 64-bit key, time or number."""
    number = BigInteger().with_variant(Integer, "sqlite")
    return Column(name, number, primary_key=primary_key, autoincrement=False, nullable=nullable)


#: The current version of each resource, deletions (body is null) included. `type` is a number of type_numbers, `method`
#: one of rows.METHODS, `last_updated` in microseconds since the epoch, `index_rows` the version's packed index rows.
RESOURCE = Table(
    "resource",
    METADATA,
    _res_column(),
    Column("type", SmallInteger, nullable=False),
    text_column("id"),
    key_column("version"),
    key_column("last_updated"),
    Column("method", SmallInteger, nullable=False),
    Column("body", LargeBinary),
    Column("index_rows", LargeBinary),
    Index("resource_type_time", "type", "last_updated", "res"),
    Index("resource_time", "last_updated", "res"),
)

#: Versions that have been superseded; `ended` is the moment the next version began.
HISTORY = Table(
    "history",
    METADATA,
    key_column("res", primary_key=True),
    key_column("version", primary_key=True),
    Column("type", SmallInteger, nullable=False),
    text_column("id"),
    key_column("last_updated"),
    key_column("ended"),
    Column("method", SmallInteger, nullable=False),
    Column("body", LargeBinary),
    Index("history_type_time", "type", "last_updated", "res", "version"),
    Index("history_time", "last_updated", "res", "version"),
)

#: PostgreSQL compresses larger bodies: with lz4, if it was built with it, in a fraction of the time its own way takes.
_COMPRESS = """
DO $$ BEGIN
IF 'lz4' = ANY (SELECT unnest(enumvals) FROM pg_settings WHERE name = 'default_toast_compression') THEN
ALTER TABLE {table} ALTER COLUMN body SET COMPRESSION lz4;
END IF;
END $$
"""
for _table in (RESOURCE, HISTORY):
    _statement = DDL(_COMPRESS.format(table=_table.name))  # type: ignore[no-untyped-call]
    event.listen(_table, "after_create", _statement.execute_if(dialect="postgresql"))

#: How many resources of a type there are. Several rows (slots) a type, so that writers do not wait for one another.
TYPE_COUNT = Table(
    "type_count",
    METADATA,
    Column("type", SmallInteger, primary_key=True, autoincrement=False, nullable=False),
    Column("slot", SmallInteger, primary_key=True, autoincrement=False, nullable=False),
    key_column("total"),
)

#: Numbers kept for the whole database (:mod:`fhirserver.store.marks`).
MARK = Table("mark", METADATA, text_column("name", primary_key=True), key_column("value"))


def index_table(name: str, *columns: Column[Any] | Index) -> Table:
    """Define an index table. Its primary key must tell its rows apart and must hold `res`.

    On SQLite the table is one B-tree in the order of the primary key (WITHOUT ROWID); rows are inserted in that order.
    """
    return Table(name, METADATA, *columns, sqlite_with_rowid=False)


def only_on(dialect: str, index: Index) -> Index:
    """The index, which only one of the databases has."""
    index.info["dialect"] = dialect
    return index.ddl_if(dialect=dialect)


#: The mark of a table, in its `info`, whose rows have a number on SQLite (:func:`numbered_table`).
_NUMBERED = "numbered"
#: The column of these numbers.
ROW_NUMBER = "number"


def numbered_table(name: str, *columns: Column[Any] | Index | PrimaryKeyConstraint) -> Table:
    """Define an index table of large rows. Its primary key is one on PostgreSQL only.

    On SQLite rows are appended, each with a `number` that stays with it and that only SQLite's own full text knows;
    indexes stand in for the primary key.
    """
    return Table(name, METADATA, *columns, info={_NUMBERED: True})


@compiles(CreateTable, "sqlite")
def _create_table(element: CreateTable, compiler: Any, **options: Any) -> str:
    text: str = compiler.visit_create_table(element, **options)
    if element.element.info.get(_NUMBERED):
        text = text.replace("(", f"(\n\t{ROW_NUMBER} INTEGER PRIMARY KEY,", 1)
    return text


#: Answers that were given to writes with a retry key, kept in the transaction of the write itself. `key` is a digest of
#: the caller and the key, `request` one of what was asked; times in microseconds since the epoch.
ANSWER = Table(
    "answer",
    METADATA,
    text_column("key", primary_key=True),
    Column("request", LargeBinary, nullable=False),
    Column("status", SmallInteger, nullable=False),
    text_column("headers"),
    Column("body", LargeBinary),
    key_column("expires"),
    Index("answer_expires", "expires"),
)

#: Requests that are answered later (http.html#async). `state` is one of jobs.STATES; `lease` is the moment until which
#: the worker that runs the job has it; `request` and `answer` are packed by the room that runs jobs.
JOB = Table(
    "job",
    METADATA,
    text_column("id", primary_key=True),
    Column("state", SmallInteger, nullable=False),
    key_column("created"),
    key_column("lease"),
    Column("attempts", SmallInteger, nullable=False),
    key_column("expires"),
    Column("request", LargeBinary, nullable=False),
    Column("answer", LargeBinary),
    Index("job_waiting", "state", "created"),
    Index("job_expires", "expires"),
)
