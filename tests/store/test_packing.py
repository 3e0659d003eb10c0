from sqlalchemy import Text

from fhirserver.store.index_tables import INDEX_TABLES
from fhirserver.store.keys import res_key
from fhirserver.store.packing import KEY_WIDTH, Difference, difference, in_order
from fhirserver.store.rows import IndexRow, IndexRows
from tests.store.samples import as_sets, index_rows

RES = res_key("Patient", "1")
BOTH = index_rows("Patient", "1", (1, 2))
OTHER = index_rows("Patient", "1", (2, 3))


def from_nothing(index: IndexRows) -> Difference:
    return difference(RES, None, index)


def keys(index: IndexRows) -> dict[str, set[IndexRow]]:
    return {name: {row[: KEY_WIDTH[name]] for row in rows} for name, rows in index.items()}


def test_nothing_packs_to_nothing() -> None:
    assert from_nothing({}) == ({}, {}, None)
    assert from_nothing({"ix": []}).packed is None


def test_all_rows_of_a_new_resource_are_inserted() -> None:
    stale, fresh, _ = from_nothing(BOTH)
    assert (stale, as_sets(fresh)) == ({}, as_sets(BOTH))


def test_the_same_rows_in_another_order_differ_in_nothing() -> None:
    packed = from_nothing(BOTH).packed
    again = {name: list(rows)[::-1] for name, rows in reversed(list(BOTH.items()))}
    assert difference(RES, packed, again) == ({}, {}, packed)


def test_only_what_changed_is_deleted_and_inserted() -> None:
    stale, fresh, _ = difference(RES, from_nothing(BOTH).packed, OTHER)
    before, after = as_sets(BOTH), as_sets(OTHER)
    assert as_sets(stale) == keys({name: rows - after[name] for name, rows in before.items() if rows - after[name]})
    assert as_sets(fresh) == {name: rows - before[name] for name, rows in after.items() if rows - before[name]}


def test_a_row_that_differs_outside_its_key_is_replaced() -> None:
    for name, rows in BOTH.items():
        columns = list(INDEX_TABLES[name].columns)[KEY_WIDTH[name] :]
        for at, column in enumerate(columns, KEY_WIDTH[name]):
            (first, *rest) = list(rows)
            changed = (*first[:at], "other words" if isinstance(column.type, Text) else 99, *first[at + 1 :])
            found = difference(RES, from_nothing({name: rows}).packed, {name: [changed, *rest]})
            assert (found.stale, found.fresh) == ({name: [first[: KEY_WIDTH[name]]]}, {name: [changed]})


def test_a_deletion_leaves_no_row() -> None:
    stale, fresh, packed = difference(RES, from_nothing(BOTH).packed, {})
    assert (as_sets(stale), fresh, packed) == (keys(BOTH), {}, None)


def test_long_texts_are_not_packed() -> None:
    name, text = "ix_resource", "word " * 1000
    rows = {name: [tuple(text if isinstance(each, str) else each for each in row) for row in BOTH[name]]}
    assert len(from_nothing(rows).packed or b"") < 200


def test_rows_are_in_the_order_of_the_primary_key() -> None:
    for name, rows in in_order(index_rows("Patient", "1", (30, 4, 111))).items():
        found = [row[: KEY_WIDTH[name]] for row in rows]
        assert found == sorted(found)


def test_primary_keys_are_the_first_columns() -> None:
    for name, table in INDEX_TABLES.items():
        assert list(table.columns)[: KEY_WIDTH[name]] == list(table.primary_key.columns)
