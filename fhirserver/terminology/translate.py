"""$translate (conceptmap-operation-translate.html): a code in the terms of another code system, either way."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from fhirserver.terminology import messages
from fhirserver.terminology.concept_map import ConceptMap, Dependency, Group, Unmapped
from fhirserver.terminology.terminology import Terminology

#: valueset-concept-map-equivalence.html, the strongest first; with what each is when read the other way round.
EQUIVALENCES = {
    "equal": "equal",
    "equivalent": "equivalent",
    "relatedto": "relatedto",
    "wider": "narrower",
    "subsumes": "specializes",
    "narrower": "wider",
    "specializes": "subsumes",
    "inexact": "inexact",
    "unmatched": "unmatched",
    "disjoint": "disjoint",
}
#: "The value can only be true if at least one returned match has an equivalence which is not unmatched or disjoint".
_NO_MATCH = ("unmatched", "disjoint")
_STRENGTH = {equivalence: place for place, equivalence in enumerate(EQUIVALENCES)}
#: How many maps one "use the other map" may lead through.
_MOST_MAPS = 8


@dataclass(frozen=True, slots=True)
class Match:
    """A translation: `concept` is None where a map says that there is none; `source` is the map."""

    equivalence: str
    concept: Mapping[str, Any] | None
    products: tuple[Dependency, ...] = ()
    source: str = ""

    @property
    def matches(self) -> bool:
        return self.equivalence not in _NO_MATCH


@dataclass(frozen=True, slots=True)
class Question:
    """What is to be translated how. `source` and `target` are value sets, `target_system` a code system.

    `dependencies` are the values of other elements, as (element, system, code); a translation that depends on
    another value is not given.
    """

    reverse: bool = False
    source: str | None = None
    target: str | None = None
    target_system: str | None = None
    dependencies: frozenset[tuple[str, str | None, str]] = frozenset()


def translate(
    terminology: Terminology, codings: Sequence[Mapping[str, Any]], maps: Iterable[ConceptMap], question: Question
) -> list[Match]:
    """All translations that some maps have for some codings, the strongest first, each once."""
    translation = _Translation(terminology, question)
    found: dict[str, Match] = {}
    for concept_map in maps:
        if translation.is_between(concept_map):
            for coding in codings:
                for match in translation.matches(concept_map, coding):
                    found.setdefault(repr((match.equivalence, match.concept, match.products)), match)
    return sorted(found.values(), key=lambda match: _STRENGTH.get(match.equivalence, len(_STRENGTH)))


def known_map(terminology: Terminology, canonical: str) -> ConceptMap:
    """A concept map by its canonical; FhirError when it is not known."""
    found = terminology.concept_map(canonical)
    if found is None:
        raise messages.CONCEPT_MAP_UNKNOWN.error(map=canonical)
    return found


class _Translation:
    """One question, put to map after map."""

    def __init__(self, terminology: Terminology, question: Question) -> None:
        self._terminology = terminology
        self._question = question

    def is_between(self, concept_map: ConceptMap) -> bool:
        """Whether a map is between the value sets of the question, where it names any."""
        asked = self._question
        source, target = (asked.target, asked.source) if asked.reverse else (asked.source, asked.target)
        return _is_it(source, concept_map.source) and _is_it(target, concept_map.target)

    def matches(self, concept_map: ConceptMap, coding: Mapping[str, Any], depth: int = 0) -> Iterator[Match]:
        """What a map says of a code."""
        for group in concept_map.group:
            if self._is_for(group, coding.get("system")):
                rows = self._backward(group, coding) if self._question.reverse else self._forward(group, coding, depth)
                yield from (replace(match, source=match.source or concept_map.canonical) for match in rows)

    def _is_for(self, group: Group, system: str | None) -> bool:
        here, there = (group.target, group.source) if self._question.reverse else (group.source, group.target)
        return here in (None, system) and self._question.target_system in (None, there)

    def _forward(self, group: Group, coding: Mapping[str, Any], depth: int) -> Iterator[Match]:
        elements = group.by_code.get(coding.get("code", ""))
        if elements is None and group.unmapped is not None:
            yield from self._unmapped(group, group.unmapped, coding, depth)
        for element in elements or ():
            for target in element.target:
                if all(self._is_met(dependency) for dependency in target.depends_on):
                    concept = _coding(group.target, group.target_version, target.code, target.display)
                    yield Match(target.equivalence, concept, tuple(target.product))

    def _is_met(self, dependency: Dependency) -> bool:
        return (dependency.property, dependency.system, dependency.value) in self._question.dependencies

    def _backward(self, group: Group, coding: Mapping[str, Any]) -> Iterator[Match]:
        """conceptmap.html: "the equivalence is read from target to source", so the other way round it turns."""
        for element, target in group.by_target.get(coding.get("code", ""), ()):
            concept = _coding(group.source, group.source_version, element.code, element.display)
            equivalence = EQUIVALENCES.get(target.equivalence, target.equivalence)
            yield Match(equivalence, concept, tuple(target.depends_on))

    def _unmapped(self, group: Group, row: Unmapped, coding: Mapping[str, Any], depth: int) -> Iterator[Match]:
        """conceptmap.html#unmapped: the same code, one fixed code, or what another map says."""
        version = group.target_version
        if row.mode == "provided":
            yield Match("equal", _coding(group.target, version, coding.get("code"), coding.get("display")))
        elif row.mode == "fixed":
            yield Match("inexact", _coding(group.target, version, row.code, row.display))
        elif row.url and depth < _MOST_MAPS:
            other = self._terminology.concept_map(row.url)
            if other is not None:
                yield from self.matches(other, coding, depth + 1)


def _is_it(asked: str | None, found: str | None) -> bool:
    """Whether a value set is the one asked for; versions do not matter."""
    return asked is None or (found is not None and found.partition("|")[0] == asked.partition("|")[0])


def _coding(system: str | None, version: str | None, code: str | None, display: str | None) -> dict[str, Any] | None:
    if code is None:
        return None
    parts = {"system": system, "version": version, "code": code, "display": display}
    return {name: value for name, value in parts.items() if value is not None}
