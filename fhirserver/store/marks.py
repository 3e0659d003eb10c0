"""Numbers that are kept for the whole database, each under a name of its own, and change with what they tell of.

A name that counts changes is advanced in the transaction of the change. Others that advance it wait for the end of that
transaction, so the numbers come in the order of the commits, and no worker ever sees one without what led to it.
"""

from __future__ import annotations

from collections.abc import Iterable

from fhirserver.store.store import Reads, Transaction

#: Counts the changes of conformance resources (:mod:`fhirserver.store.definitions`).
DEFINITIONS = "definitions"
#: Counts the changes of SearchParameter resources, and of what is known of them.
SEARCH_PARAMETERS = "search-parameters"

_READ = "SELECT value FROM mark WHERE name = ?"
_BEGINNING = "SELECT name, value FROM mark WHERE substr(name, 1, ?) = ? ORDER BY name"
_ADVANCE = """
INSERT INTO mark (name, value) VALUES (?, 1)
ON CONFLICT (name) DO UPDATE SET value = mark.value + 1 RETURNING value
"""
_PUT = """
INSERT INTO mark (name, value) VALUES (?, ?)
ON CONFLICT (name) DO UPDATE SET value = excluded.value RETURNING value
"""
_REMOVE = "DELETE FROM mark WHERE name = ? RETURNING 1"


def read(reads: Reads, name: str) -> int:
    """The number under a name, 0 where there is none."""
    rows = reads.select(_READ, (name,))
    return int(rows[0][0]) if rows else 0


def beginning(reads: Reads, prefix: str) -> dict[str, int]:
    """The numbers under names that begin alike, by what follows."""
    return {name[len(prefix) :]: value for name, value in reads.select(_BEGINNING, (len(prefix), prefix))}


def advance(transaction: Transaction, name: str) -> int:
    """Count one more change; the new number. Do it last: others wait for the end of the transaction."""
    return int(transaction.select(_ADVANCE, (name,))[0][0])


def put(transaction: Transaction, name: str, value: int) -> None:
    """Set a number."""
    transaction.select(_PUT, (name, value))


def remove(transaction: Transaction, names: Iterable[str]) -> None:
    """Take numbers away; those that are not there need not be."""
    for name in names:
        transaction.select(_REMOVE, (name,))
