"""The layer of what clients store: their StructureDefinitions, ValueSets, CodeSystems ... take part at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from typing import NamedTuple, Protocol

from fhirserver.conformance.folder import HEAD_DECODER, Head
from fhirserver.conformance.layers import KINDS, Entry, Resource, Shelf
from fhirserver.resource import json


class Change(NamedTuple):
    """A conformance resource as it is now stored; `body` is None when it has been deleted."""

    kind: str
    id: str
    body: bytes | None


class Source(Protocol):
    """Where the resources are kept; the store's side of the bargain."""

    def generation(self) -> int:
        """A number that grows with every committed change of a resource of these kinds, by whichever worker. Cheap."""
        ...

    def changes(self, since: int) -> tuple[int, Iterable[Change]]:
        """What has changed after a generation, 0 for everything there is; and the generation this leads to."""
        ...

    def body(self, kind: str, id: str) -> bytes:
        """The JSON of a resource that is there."""
        ...


class Clients:
    """What clients have stored, by canonical. Only the heads are kept in memory, the bodies stay with the source."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._generation = 0
        self._shelf = Shelf()
        self._known: dict[tuple[str, str], Entry] = {}
        self.refresh()

    def find(self, kind: str, url: str) -> Sequence[Entry]:
        return self._shelf.find(kind, url)

    def entries(self, kind: str) -> Iterator[Entry]:
        return self._shelf.entries(kind)

    def refresh(self) -> bool:
        if self._source.generation() == self._generation:
            return False
        self._generation, changes = self._source.changes(self._generation)
        for change in changes:
            self._take(change)
        return True

    def _take(self, change: Change) -> None:
        before = self._known.pop((change.kind, change.id), None)
        if before is not None:
            self._shelf.remove(before)
        if change.body is not None and change.kind in KINDS:
            self._add(change, HEAD_DECODER.decode(change.body))

    def _add(self, change: Change, head: Head) -> None:
        if head.url:
            body = partial(self._source.body, change.kind, change.id)
            source = f"{change.kind}/{change.id}"
            entry = Entry(change.kind, head.url, head.version, change.id, source, body, head.supplements)
            self._shelf.add(entry)
            self._known[change.kind, change.id] = entry


class Memory:
    """A source without a store: for the command line and for tests. :meth:`changed` is told what is new."""

    def __init__(self) -> None:
        self._log: list[tuple[str, str]] = []
        self._bodies: dict[tuple[str, str], bytes] = {}

    def changed(self, resource: Resource) -> None:
        """A resource was created or updated; it needs a `resourceType` and an `id`."""
        identity = resource["resourceType"], resource["id"]
        self._bodies[identity] = json.encode(resource)
        self._log.append(identity)

    def deleted(self, kind: str, id: str) -> None:
        """A resource was deleted."""
        self._bodies.pop((kind, id), None)
        self._log.append((kind, id))

    def generation(self) -> int:
        return len(self._log)

    def changes(self, since: int) -> tuple[int, Iterable[Change]]:
        identities = dict.fromkeys(self._log[since:])
        return len(self._log), [Change(*identity, self._bodies.get(identity)) for identity in identities]

    def body(self, kind: str, id: str) -> bytes:
        return self._bodies[kind, id]
