"""Index rows packed into the bytes that are kept beside the version they were made from.

An update unpacks what the previous version left in the index tables and touches only the rows that differ. The rows are
packed rather than computed again from the old body, because search parameters may have changed since.
"""

from __future__ import annotations

from collections.abc import Iterable
from operator import itemgetter
from typing import NamedTuple

import msgspec

from fhirserver.store.index_tables import INDEX_TABLES
from fhirserver.store.rows import IndexRow, IndexRows

#: Rows by the name of their index table, each list in the order of the table's primary key.
Sorted = dict[str, list[IndexRow]]

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(dict[str, list[tuple[int | float | str | None, ...]]]).decode

#: Name of an index table -> the positions of its primary key in a row.
KEY_POSITIONS = {
    name: tuple(position for position, column in enumerate(table.columns) if column.primary_key)
    for name, table in INDEX_TABLES.items()
}
_key_of = {name: itemgetter(*positions) for name, positions in KEY_POSITIONS.items()}


class Difference(NamedTuple):
    """How an index goes from one version to the next: rows to delete, rows to insert, and the new packed form."""

    stale: Sorted
    fresh: Sorted
    packed: bytes | None


def in_order(index: IndexRows) -> Sorted:
    """The rows without repetitions, each table's in the order of its primary key: a B-tree takes them fastest so."""
    return {name: sort_rows(name, set(rows)) for name, rows in sorted(index.items()) if rows}


def sort_rows(table: str, rows: Iterable[IndexRow]) -> list[IndexRow]:
    """Rows of an index table in the order of its primary key."""
    return sorted(rows, key=_key_of[table])


def difference(previous: bytes | None, index: IndexRows) -> Difference:
    """Compare the packed rows of the previous version with the rows of the new one."""
    rows = in_order(index)
    packed = _encode(rows) if rows else None
    if previous == packed:
        return Difference({}, {}, packed)
    before = unpack(previous)
    return Difference(_without(before, rows), _without(rows, before), packed)


def unpack(packed: bytes | None) -> Sorted:
    """The rows that :func:`difference` packed."""
    return {} if packed is None else _decode(packed)


def _without(rows: Sorted, others: Sorted) -> Sorted:
    if not others:
        return rows
    kept: Sorted = {}
    for name, mine in rows.items():
        theirs = set(others.get(name, ()))
        if left := [row for row in mine if row not in theirs]:
            kept[name] = left
    return kept
