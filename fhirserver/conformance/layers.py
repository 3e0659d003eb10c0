"""What the registry is made of: entries, in layers that differ in where they come from and how they change."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from fhirserver.resource import json

Resource = dict[str, Any]

#: The resource types that have a canonical url of their own (R4: everything with an element ``url`` of this meaning).
KINDS = frozenset(
    [
        "ActivityDefinition",
        "CapabilityStatement",
        "ChargeItemDefinition",
        "CodeSystem",
        "CompartmentDefinition",
        "ConceptMap",
        "EffectEvidenceSynthesis",
        "EventDefinition",
        "Evidence",
        "EvidenceVariable",
        "ExampleScenario",
        "GraphDefinition",
        "ImplementationGuide",
        "Library",
        "Measure",
        "MessageDefinition",
        "OperationDefinition",
        "PlanDefinition",
        "Questionnaire",
        "ResearchDefinition",
        "ResearchElementDefinition",
        "RiskEvidenceSynthesis",
        "SearchParameter",
        "StructureDefinition",
        "StructureMap",
        "TerminologyCapabilities",
        "TestScript",
        "ValueSet",
    ]
)


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """A conformance resource that is known: what it is found by, where it comes from, and how to read it.

    `body` gives its JSON. `source` is for people: ``R4``, ``package hl7.fhir.cn#1.0.0``, ``ValueSet/x``.
    `supplements` is CodeSystem.supplements, the code system (canonical) that this one adds to. An entry stays the same
    object for as long as its resource does: what is made of it can be kept by it.
    """

    kind: str
    url: str
    version: str | None
    id: str
    source: str
    body: Callable[[], bytes]
    supplements: str | None = None

    def load(self) -> Resource:
        """The resource, decoded anew."""
        return json.decode(self.body())


class Layer(Protocol):
    """Entries from one source."""

    def find(self, kind: str, url: str) -> Sequence[Entry]:
        """Every version this layer has of a canonical url (without ``|version``)."""
        ...

    def entries(self, kind: str) -> Iterator[Entry]:
        """Everything of one kind."""
        ...

    def refresh(self) -> bool:
        """Take note of what has changed at the source; whether anything has. Cheap when nothing has."""
        ...


class Shelf:
    """Entries by kind and url: what most layers keep. Of two with one url and version every worker takes the same."""

    def __init__(self, entries: Iterable[Entry] = ()) -> None:
        self._by_url: dict[tuple[str, str], list[Entry]] = {}
        for entry in entries:
            self.add(entry)

    def add(self, entry: Entry) -> None:
        same = self._by_url.setdefault((entry.kind, entry.url), [])
        same.append(entry)
        same.sort(key=lambda entry: entry.id)

    def remove(self, entry: Entry) -> None:
        rest = [other for other in self._by_url[entry.kind, entry.url] if other is not entry]
        self._by_url[entry.kind, entry.url] = rest

    def find(self, kind: str, url: str) -> Sequence[Entry]:
        return self._by_url.get((kind, url), ())

    def entries(self, kind: str) -> Iterator[Entry]:
        return (entry for (other, _), entries in list(self._by_url.items()) if other == kind for entry in entries)
