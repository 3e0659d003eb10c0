"""Index rows packed into the bytes that are kept beside the version they were made from.

An update unpacks what the previous version left in the index tables and touches only the rows that differ. The rows are
packed rather than computed again from the old body, because search parameters may have changed since. What the resource
itself knows (`res`) is left out, and of long texts only a hash is kept: enough to tell whether they have changed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from operator import itemgetter
from typing import NamedTuple

import msgspec
from sqlalchemy import Table, Text

from fhirserver.store.index_tables import INDEX_TABLES
from fhirserver.store.keys import value_key
from fhirserver.store.rows import IndexRow, IndexRows, PackedRows

#: Rows by the name of their index table, each list in the order of the table's primary key.
Sorted = dict[str, list[IndexRow]]

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(dict[str, list[tuple[int | float | str | None, ...]]]).decode

#: Name of an index table -> how many columns its primary key has. They are the first ones, so that rows can be sorted
#: as they are.
KEY_WIDTH = {name: len(table.primary_key) for name, table in INDEX_TABLES.items()}
_RES = {name: list(table.columns.keys()).index("res") for name, table in INDEX_TABLES.items()}


def _shortening(table: Table) -> Callable[[IndexRow], IndexRow]:
    """What makes the packed form of a row."""
    kept = [position for position, column in enumerate(table.columns) if column.name != "res"]
    pick = itemgetter(*kept)
    columns = list(table.columns)
    texts = [at for at in kept if isinstance(columns[at].type, Text) and not columns[at].primary_key]
    if not texts:
        return pick

    def shorten(row: IndexRow) -> IndexRow:
        return tuple(value_key(str(row[at])) if at in texts else row[at] for at in kept)

    return shorten


_SHORTEN = {name: _shortening(table) for name, table in INDEX_TABLES.items()}


class Difference(NamedTuple):
    """How an index goes from one version to the next: keys of rows to delete, rows to insert, the new packed form."""

    stale: Sorted
    fresh: Sorted
    packed: bytes | None


def in_order(index: IndexRows) -> Sorted:
    """The rows, each table's in the order of its primary key: a B-tree takes them fastest so."""
    return {name: sorted(rows) for name, rows in sorted(index.items()) if rows}


def pack(index: IndexRows) -> PackedRows:
    """The rows of one resource in order and packed."""
    rows = in_order(index)
    short = {name: list(map(_SHORTEN[name], mine)) for name, mine in rows.items()}
    return PackedRows(rows, short, _encode(short) if short else None)


def difference(res: int, previous: bytes | None, index: IndexRows | PackedRows) -> Difference:
    """Compare the packed rows of the previous version of a resource with the rows of the new one."""
    rows, now, packed = index if isinstance(index, PackedRows) else pack(index)
    if previous is None:
        return Difference({}, rows, packed)
    if previous == packed:
        return Difference({}, {}, packed)
    before = _decode(previous)
    stale = {name: [_key(name, row, res) for row in gone] for name, gone in _without(before, before, now).items()}
    return Difference(stale, _without(rows, now, before), packed)


def _key(table: str, row: IndexRow, res: int) -> IndexRow:
    """The primary key of a packed row."""
    at = _RES[table]
    return (*row[:at], res, *row[at:])[: KEY_WIDTH[table]]


def _without(rows: Sorted, packed: Mapping[str, list[IndexRow]], others: Mapping[str, list[IndexRow]]) -> Sorted:
    """Those of the rows whose packed form is not among the others."""
    kept: Sorted = {}
    for name, mine in rows.items():
        theirs = set(others.get(name, ()))
        if left := [row for row, short in zip(mine, packed[name], strict=True) if short not in theirs]:
            kept[name] = left
    return kept
