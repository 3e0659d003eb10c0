"""The conformance resources in the store, for :class:`fhirserver.conformance.clients.Clients`: what has changed."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence

from fhirserver.conformance.clients import Change
from fhirserver.conformance.layers import KINDS
from fhirserver.store import marks
from fhirserver.store.rows import Identity, Write
from fhirserver.store.store import Store, Transaction
from fhirserver.store.type_numbers import TYPE_NAME, TYPE_NUMBER

_NUMBERS = sorted(TYPE_NUMBER[kind] for kind in KINDS)
_VERSIONS = f"SELECT type, id, version FROM resource WHERE type IN ({', '.join(map(str, _NUMBERS))})"
#: PostgreSQL is across a socket and asked no oftener than this, in seconds; SQLite answers in microseconds.
_INTERVALS = {"sqlite": 0.0, "postgresql": 0.05}
#: Seconds in which a write that this process has begun is either there or given up.
_WHILE = 30.0
#: Bodies are read so many at a time: a value set may have megabytes.
_BATCH = 50


def note(transaction: Transaction, writes: Iterable[Write]) -> None:
    """Count writes of conformance resources, so that every worker takes note of them. The last thing to do."""
    types = {write.version.type for write in writes}
    if "SearchParameter" in types:
        marks.advance(transaction, marks.SEARCH_PARAMETERS)
    if not KINDS.isdisjoint(types):
        _expected.until = time.monotonic() + _WHILE
        marks.advance(transaction, marks.DEFINITIONS)


def let_notice(store: Store, types: Iterable[str]) -> None:
    """Wait, after conformance resources were committed, until each worker is sure to have looked again.

    So they take part everywhere from the moment their write is answered.
    """
    interval = _INTERVALS[store.dialect]
    if interval and not KINDS.isdisjoint(types):
        time.sleep(interval)


class _Expected:
    """Until when changes that this process makes itself may appear; they are to be noticed at once."""

    until = float("-inf")


_expected = _Expected()


class StoredDefinitions:
    """The store's side of :class:`fhirserver.conformance.clients.Source`."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._interval = _INTERVALS[store.dialect]
        self._versions: dict[Identity, int] = {}
        self._looked = float("-inf")
        self._generation = 0

    def generation(self) -> int:
        now = time.monotonic()
        if now - self._looked >= self._interval or now < _expected.until:
            self._generation = marks.read(self._store, marks.DEFINITIONS)
            self._looked = now
        return self._generation

    def changes(self, since: int) -> tuple[int, Iterable[Change]]:
        # in this order: what changes in between is noticed the next time
        generation = marks.read(self._store, marks.DEFINITIONS)
        rows = self._store.select(_VERSIONS)
        versions = {(TYPE_NAME[number], id): version for number, id, version in rows}
        before, self._versions = self._versions if since else {}, versions
        changed = [identity for identity, version in versions.items() if before.get(identity) != version]
        return generation, self._changes(changed)

    def _changes(self, identities: Sequence[Identity]) -> Iterator[Change]:
        for start in range(0, len(identities), _BATCH):
            found = self._store.read_many(identities[start : start + _BATCH])
            yield from (Change(*identity, version.body) for identity, version in found.items())

    def body(self, kind: str, id: str) -> bytes:
        found = self._store.read(kind, id)
        # deleted since: what was known of it goes with the next look
        return found.body if found is not None and found.body is not None else b"{}"
