"""Writing to a store in tests as the rooms above do it: look at the current version, then put the next."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Column, Float, SmallInteger, Table, Text

from fhirserver.store.index_tables import INDEX_TABLES
from fhirserver.store.keys import res_key
from fhirserver.store.rows import IndexRow, IndexRows, Version, Write
from fhirserver.store.store import Reads, Store, Transaction


def successor(previous: Version | None, type: str, id: str, at: int, body: bytes | None) -> Version:
    """The version that follows; without a body a deletion."""
    version = previous.version + 1 if previous else 1
    method = "DELETE" if body is None else "PUT" if previous else "POST"
    return Version(type, id, version, at, method, body)


def put_in(transaction: Transaction, type: str, id: str, at: int, body: bytes | None, seeds: Iterable[int]) -> Version:
    """Put the next version of a resource inside a transaction."""
    previous = transaction.current([(type, id)]).get((type, id))
    version = successor(previous, type, id, at, body)
    transaction.put([Write(version, previous, index_rows(type, id, seeds))])
    return version


def put(
    store: Store, id: str, at: int, body: bytes | None = b"{}", *, type: str = "Patient", seeds: Iterable[int] = ()
) -> Version:
    """Write the next version of a resource, with an index row in each table for every seed."""
    return store.write(lambda transaction: put_in(transaction, type, id, at, body, seeds))


def index_rows(type: str, id: str, seeds: Iterable[int]) -> IndexRows:
    """A row in every index table for each seed; one row where the table takes one a resource."""
    res, ordered = res_key(type, id), sorted(set(seeds))
    rows = {
        name: [_row(table, res, seed) for seed in (ordered[-1:] if _one_a_resource(table) else ordered)]
        for name, table in INDEX_TABLES.items()
    }
    return {name: made for name, made in rows.items() if made}


def stored_index_rows(reads: Reads, type: str, id: str) -> dict[str, set[IndexRow]]:
    """What the index tables hold of a resource."""
    found = {}
    for name, table in INDEX_TABLES.items():
        columns = ", ".join(column.name for column in table.columns)
        found[name] = set(reads.select(f"SELECT {columns} FROM {name} WHERE res = ?", (res_key(type, id),)))
    return {name: rows for name, rows in found.items() if rows}


def as_sets(index: IndexRows) -> dict[str, set[IndexRow]]:
    return {name: set(rows) for name, rows in index.items()}


def _one_a_resource(table: Table) -> bool:
    return [column.name for column in table.primary_key.columns] == ["res"]


def _row(table: Table, res: int, seed: int) -> IndexRow:
    return tuple(res if column.name == "res" else _value(column, seed) for column in table.columns)


def _value(column: Column[Any], seed: int) -> int | float | str:
    if isinstance(column.type, Text):
        return f"text {seed} 文字"
    if isinstance(column.type, Float):
        return seed + 0.5
    return seed % 1000 if isinstance(column.type, SmallInteger) else seed
