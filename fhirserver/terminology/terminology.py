"""Terminology: the code systems and value sets of a registry, read once and kept while they stay the same."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Generic, Protocol, TypeVar

from fhirserver.conformance import canonical
from fhirserver.conformance.layers import Entry, Resource
from fhirserver.conformance.registry import Registry
from fhirserver.resource import json
from fhirserver.terminology import concept_map
from fhirserver.terminology.code_system import CodeSystem
from fhirserver.terminology.concept import Concept
from fhirserver.terminology.concept_map import ConceptMap
from fhirserver.terminology.grammars import GRAMMARS
from fhirserver.terminology.value_set import ValueSet

#: How many concepts (or listed codes) may be kept in memory beside the one in use: some 100 MB.
_KEPT = 300_000


class System(Protocol):
    """A code system, by list or by grammar."""

    @property
    def url(self) -> str: ...
    @property
    def version(self) -> str | None: ...
    @property
    def name(self) -> str: ...
    def find(self, code: str) -> Concept | None:
        """The concept with a code, None when this system does not know it."""
        ...

    def refuses(self, code: str) -> bool:
        """Whether there is certainly no such code; a fragment or an unknown list refuses nothing."""
        ...


@dataclass(frozen=True, slots=True)
class Versions:
    """Which version of a code system to use (valueset-operation-expand.html, the parameters of these names)."""

    default: Mapping[str, str] = field(default_factory=dict)  #: system-version: where the value set names none
    check: Mapping[str, str] = field(default_factory=dict)  #: check-system-version: an error where it names another
    force: Mapping[str, str] = field(default_factory=dict)  #: force-system-version: whatever it names

    def of(self, system: str, stated: str | None) -> str | None:
        """The version to use where the value set states this one."""
        return self.force.get(system) or stated or self.check.get(system) or self.default.get(system)


class Terminology:
    """Code systems and value sets by canonical, and what the operations may do at most.

    `max_expansion`: how many codes an expansion may have when no page of it is asked for.
    """

    def __init__(self, registry: Registry, *, max_expansion: int = 10_000) -> None:
        self.registry = registry
        self.max_expansion = max_expansion
        self._systems: _Kept[CodeSystem] = _Kept()
        self._value_sets: _Kept[ValueSet] = _Kept()
        self._maps: _Kept[ConceptMap] = _Kept()
        self._supplements: dict[str, tuple[Entry, ...]] = {}
        self._generation = 0

    def system(self, url: str, version: str | None = None) -> System | None:
        """A code system with the newest version, or the one asked for; None when nothing is known of it."""
        entry = self.registry.find("CodeSystem", f"{url}|{version}" if version else url)
        grammar = GRAMMARS.get(url)
        if entry is None or grammar is not None:
            return grammar
        return self.code_system(entry)

    def code_system(self, entry: Entry) -> CodeSystem:
        """The code system of an entry with all supplements to it that are known."""
        supplements = self._supplements_to(entry)
        kept = self._systems.get((entry, *supplements))
        if kept is not None:
            return kept
        system = CodeSystem(entry.body(), [supplement.body() for supplement in supplements])
        return self._systems.keep((entry, *supplements), system, system.size)

    def _supplements_to(self, entry: Entry) -> tuple[Entry, ...]:
        generation = self.registry.generation
        if self._generation != generation:
            self._supplements = _by_supplemented(self.registry.entries("CodeSystem"))
            self._generation = generation  # last: who sees it sees nothing older
        found = self._supplements.get(entry.url, ())
        return tuple(supplement for supplement in found if _is_for(supplement, entry))

    def value_set(self, url: str) -> ValueSet | None:
        """The definition of a value set (canonical with or without version), None when it is not known."""
        entry = self.registry.find("ValueSet", url)
        if entry is None:
            return None
        kept = self._value_sets.get((entry,))
        if kept is not None:
            return kept
        value_set = ValueSet(entry.body())
        size = sum(len(include.listed or ()) for include in value_set.includes)
        return self._value_sets.keep((entry,), value_set, size)

    def concept_map(self, url: str) -> ConceptMap | None:
        """A concept map (canonical with or without version), None when it is not known."""
        entry = self.registry.find("ConceptMap", url)
        return self._concept_map(entry) if entry else None

    def concept_maps(self) -> Iterator[ConceptMap]:
        """Every concept map that is known."""
        return (self._concept_map(entry) for entry in self.registry.entries("ConceptMap"))

    def _concept_map(self, entry: Entry) -> ConceptMap:
        kept = self._maps.get((entry,))
        if kept is not None:
            return kept
        found = concept_map.read(entry.body())
        return self._maps.keep((entry,), found, sum(len(group.element) for group in found.group))


def read(resource: Resource) -> ValueSet:
    """The definition of a value set that came with a request."""
    return ValueSet(json.encode(resource))


def _by_supplemented(entries: Iterable[Entry]) -> dict[str, tuple[Entry, ...]]:
    """Supplements by the url of the code system they are for."""
    found: dict[str, tuple[Entry, ...]] = {}
    for entry in entries:
        if entry.supplements:
            url = canonical.parse(entry.supplements).url
            found[url] = (*found.get(url, ()), entry)
    return found


def _is_for(supplement: Entry, entry: Entry) -> bool:
    """A supplement may be for one version of a code system only."""
    version = canonical.parse(supplement.supplements or "").version
    return version is None or canonical.matches(entry.version, version)


Made = TypeVar("Made")


class _Kept(Generic[Made]):
    """The newest of what was made of entries, up to a size in all."""

    def __init__(self) -> None:
        self._made: OrderedDict[tuple[Entry, ...], tuple[Made, int]] = OrderedDict()
        self._size = 0
        self._lock = Lock()

    def get(self, key: tuple[Entry, ...]) -> Made | None:
        with self._lock:
            if key not in self._made:
                return None
            self._made.move_to_end(key)
            return self._made[key][0]

    def keep(self, key: tuple[Entry, ...], made: Made, size: int) -> Made:
        """Keep what was made, or hand out what another thread has made of the same entries meanwhile."""
        with self._lock:
            if key in self._made:
                return self._made[key][0]
            self._made[key] = made, size
            self._size += size + 1
            while self._size > _KEPT and len(self._made) > 1:
                _, (_, gone) = self._made.popitem(last=False)
                self._size -= gone + 1
            return made
