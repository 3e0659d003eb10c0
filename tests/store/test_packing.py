from fhirserver.store.index_tables import INDEX_TABLES
from fhirserver.store.packing import KEY_POSITIONS, difference, in_order, unpack
from tests.store.samples import as_sets, index_rows

BOTH = index_rows("Patient", "1", (1, 2))
OTHER = index_rows("Patient", "1", (2, 3))


def test_packed_rows_come_back() -> None:
    packed = difference(None, BOTH).packed
    assert as_sets(unpack(packed)) == as_sets(BOTH)


def test_nothing_packs_to_nothing() -> None:
    assert difference(None, {}) == ({}, {}, None)
    assert difference(None, {"ix": []}).packed is None
    assert unpack(None) == {}


def test_the_same_rows_in_another_order_differ_in_nothing() -> None:
    packed = difference(None, BOTH).packed
    again = {name: list(rows)[::-1] * 2 for name, rows in reversed(BOTH.items())}
    assert difference(packed, again) == ({}, {}, packed)


def test_only_what_changed_is_deleted_and_inserted() -> None:
    packed = difference(None, BOTH).packed
    stale, fresh, _ = difference(packed, OTHER)
    before, after = as_sets(BOTH), as_sets(OTHER)
    assert as_sets(stale) == {name: rows - after[name] for name, rows in before.items() if rows - after[name]}
    assert as_sets(fresh) == {name: rows - before[name] for name, rows in after.items() if rows - before[name]}


def test_a_deletion_leaves_no_row() -> None:
    stale, fresh, packed = difference(difference(None, BOTH).packed, {})
    assert (as_sets(stale), fresh, packed) == (as_sets(BOTH), {}, None)


def test_rows_are_in_the_order_of_the_primary_key() -> None:
    for name, rows in in_order(index_rows("Patient", "1", (30, 4, 111))).items():
        keys = [tuple(row[at] for at in KEY_POSITIONS[name]) for row in rows]
        assert keys == sorted(keys)


def test_key_positions_are_those_of_the_tables() -> None:
    for name, table in INDEX_TABLES.items():
        columns = list(table.columns)
        assert [columns[at] for at in KEY_POSITIONS[name]] == list(table.primary_key.columns)
