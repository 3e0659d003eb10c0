"""The registry: every canonical the server knows, by url and version, out of layers that may change while it runs."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Any

from fhirserver.conformance import canonical as canonicals
from fhirserver.conformance import messages
from fhirserver.conformance.core import DEFINITIONS, Core
from fhirserver.conformance.layers import Entry, Layer, Resource
from fhirserver.conformance.snapshot import Snapshot
from fhirserver.conformance.steady import Looks

#: How many decoded resources, and how many generated snapshots, are kept.
_KEPT = 512
#: Of how many canonicals is remembered what they mean.
_REMEMBERED = 4096
#: Canonicals of R4 itself. "FHIR R4" is what this server speaks: no package of another release replaces them.
_OWN = "http://hl7.org/fhir/"

_Key = tuple[str, str, str | None]


class Registry:
    """Canonical resources by kind, url and version.

    `layers` come in the order of their word: of two resources with the same url and version the first layer's holds.
    :attr:`generation` grows with every change that :meth:`refresh` notices, so that what others compile out of these
    resources can be kept for as long as it stays the same. Resources handed out are shared: never change them.
    """

    def __init__(self, layers: Sequence[Layer] = ()) -> None:
        self._core = Core()
        self._layers: tuple[Layer, ...] = (*layers, self._core)
        self._looks = Looks()
        self._found: dict[tuple[str, str], Entry | None] = {}
        self._resources: _Kept = _Kept()
        self._structures: _Kept = _Kept()
        self._making = _Making()
        self._refreshing = threading.Lock()
        self.generation = 1

    # -- changes

    def refresh(self) -> bool:
        """Notice what has changed in the layers; whether anything has. Cheap: one may ask at the start of a request."""
        if not self._looks.due():
            return False
        with self._refreshing:
            changed = [layer for layer in self._layers if layer.refresh()]
            if changed:
                # New ones: what another thread makes of the old layers just now stays with the old ones.
                self._found, self._resources, self._structures = {}, _Kept(), _Kept()
                self.generation += 1
            return bool(changed)

    # -- finding

    def find(self, kind: str, canonical: str) -> Entry | None:
        """The entry a canonical (``url`` or ``url|version``) means; None when it is not known in that version.

        references.html#canonical: without a version "the system SHOULD use the latest version"; but a canonical under
        http://hl7.org/fhir/ that R4 defines is R4's. Some urls of R4 have a ``|`` of their own (``.../v2-0360|2.7``).
        """
        key, remembered = (kind, canonical), self._found
        if key in remembered:
            return remembered[key]
        found = self._find(kind, canonical)
        if len(remembered) < _REMEMBERED:  # a sender may invent canonicals without end
            remembered[key] = found
        return found

    def _find(self, kind: str, canonical: str) -> Entry | None:
        url, version, _ = canonicals.parse(canonical)
        if version is not None and self._known(kind, canonical):
            url, version = canonical, None
        own = self._core.find(kind, url) if url.startswith(_OWN) else ()
        if own and (version is None or canonicals.matches(own[0].version, version)):
            return own[0]
        found = self._known(kind, url)
        if version is not None:
            found = [entry for entry in found if canonicals.matches(entry.version, version)]
        return max(found, key=lambda entry: canonicals.rank(entry.version), default=None)

    def _known(self, kind: str, url: str) -> list[Entry]:
        return [entry for layer in self._layers for entry in layer.find(kind, url)]

    def versions(self, kind: str, url: str) -> list[str]:
        """The versions known of a url, newest first."""
        found = {entry.version for entry in self._known(kind, url) if entry.version}
        return sorted(found, key=canonicals.rank, reverse=True)

    def entries(self, kind: str) -> Iterator[Entry]:
        """Everything of one kind, each url and version once."""
        seen: set[_Key] = set()
        for layer in self._layers:
            for entry in layer.entries(kind):
                key = (entry.kind, entry.url, entry.version)
                if key not in seen:
                    seen.add(key)
                    yield entry

    def resource(self, kind: str, canonical: str) -> Resource | None:
        """The resource a canonical means, None when it is not known."""
        entry = self.find(kind, canonical)
        return self._load(entry) if entry else None

    def _load(self, entry: Entry) -> Resource:
        key, kept = (entry.kind, entry.url, entry.version), self._resources
        return kept.get(key) or kept.keep(key, entry.load())

    # -- structures

    def structure(self, canonical: str) -> Resource | None:
        """A StructureDefinition with its snapshot, generated where it has none; None when it is not known.

        FhirError when its base is not known or leads back to itself, or when it is malformed: nobody checks the files
        of a package.
        """
        entry = self.find("StructureDefinition", canonical)
        if entry is None:
            return None
        key, kept = (entry.kind, entry.url, entry.version), self._structures
        try:
            return kept.get(key) or kept.keep(key, self.with_snapshot(self._load(entry)))
        except (AttributeError, IndexError, KeyError, TypeError, ValueError) as problem:
            raise messages.DEFINITION_MALFORMED.error(url=canonical, problem=repr(problem)[:200]) from None

    def with_snapshot(self, definition: Resource) -> Resource:
        """The same StructureDefinition with a snapshot; FhirError as in :meth:`structure`."""
        if definition.get("snapshot", {}).get("element"):
            return definition
        return {**definition, "snapshot": {"element": self.snapshot(definition).elements()}}

    def snapshot(self, definition: Resource) -> Snapshot:
        """The snapshot a differential makes of its base, with what could not be laid over it."""
        url, base = definition.get("url", ""), definition.get("baseDefinition", "")
        if url in self._making.urls:
            raise messages.BASE_CIRCULAR.error(url=url)
        self._making.urls.append(url)
        try:
            found = self.structure(base)
            if found is None:
                raise messages.BASE_UNKNOWN.error(url=url, base=base)
            return Snapshot(definition, found, self._type_or_profile)
        finally:
            self._making.urls.remove(url)

    def _type_or_profile(self, canonical: str) -> Resource | None:
        """A profile named inside a snapshot in the making; where it is that very one, the type it constrains."""
        entry = self.find("StructureDefinition", canonical)
        if entry is not None and entry.url in self._making.urls:
            return self.structure(DEFINITIONS + self._load(entry)["type"])
        return self.structure(canonical)


class _Making(threading.local):
    """The urls of the snapshots that this thread is making; others may well be making the same."""

    def __init__(self) -> None:
        self.urls: list[str] = []


class _Kept:
    """The newest of what was made, by key."""

    def __init__(self) -> None:
        self._values: OrderedDict[_Key, Any] = OrderedDict()

    def get(self, key: _Key) -> Any:
        value = self._values.get(key)
        if value is not None:
            with suppress(KeyError):  # another thread may have put it out meanwhile
                self._values.move_to_end(key)
        return value

    def keep(self, key: _Key, value: Resource) -> Resource:
        self._values[key] = value
        if len(self._values) > _KEPT:
            self._values.popitem(last=False)
        return value
