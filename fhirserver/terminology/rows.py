"""The codes of a value set one after another, in bounded memory: nothing is remembered of what has been passed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from fhirserver.outcome import FhirError, Issue
from fhirserver.terminology import filters, messages
from fhirserver.terminology.code_system import CodeSystem
from fhirserver.terminology.concept import Concept, Designation
from fhirserver.terminology.membership import contains, includes
from fhirserver.terminology.scope import Scope, certain
from fhirserver.terminology.value_set import Contained, Include, ValueSet


class Row(NamedTuple):
    """A code of a value set; `include` is the part of the definition that brought it, None in a stored expansion."""

    concept: Concept
    include: Include | None = None

    @property
    def display(self) -> str | None:
        """What the value set calls the concept, else what its code system does."""
        own = self.include.display(self.concept.code) if self.include else None
        return own or self.concept.display

    @property
    def own_designations(self) -> list[Designation]:
        """The designations the value set itself gives."""
        return self.include.designations(self.concept.code) if self.include else []


def rows(scope: Scope, value_set: ValueSet) -> Iterator[Row]:
    """Every code of a value set, each once, in the order of its definition, parents before what is under them.

    FhirError says which code systems and value sets would be needed and are not here, before the first row.
    """
    problems = list({f"{issue.key} {issue.values}": issue for issue in _problems(scope, value_set)}.values())
    if value_set.includes and not problems:
        return _defined(scope, value_set)
    if value_set.expansion:
        return (Row(concept) for concept in _stored(value_set.expansion))
    if problems:
        raise FhirError(problems)
    return iter(())


def _defined(scope: Scope, value_set: ValueSet) -> Iterator[Row]:
    for place, include in enumerate(value_set.includes):
        earlier = value_set.includes[:place]
        plain = not earlier and not value_set.excludes and value_set.inactive is not False
        for row in _included(scope, value_set, include):
            if plain or not _is_left_out(scope, value_set, earlier, row.concept):
                yield row


def _is_left_out(scope: Scope, value_set: ValueSet, earlier: Sequence[Include], concept: Concept) -> bool:
    if value_set.inactive is False and concept.inactive:
        return True
    system, code = concept.system, concept.code
    if any(includes(scope, value_set, include, system, code) for include in earlier):
        return True
    return any(certain(scope, includes(scope, value_set, exclude, system, code)) for exclude in value_set.excludes)


def _included(scope: Scope, value_set: ValueSet, include: Include) -> Iterator[Row]:
    others = include.value_sets if include.system else include.value_sets[1:]
    found = _of_system(scope, value_set, include) if include.system else _of_nested(scope, include)
    for row in found:
        if all(_is_in(scope, canonical, row.concept) for canonical in others):
            yield row


def _is_in(scope: Scope, canonical: str, concept: Concept) -> bool:
    nested = scope.value_set(canonical)
    return nested is not None and certain(scope, contains(scope, nested, concept.system, concept.code))


def _of_nested(scope: Scope, include: Include) -> Iterator[Row]:
    for canonical in include.value_sets[:1]:
        nested = scope.value_set(canonical)
        if nested is not None:
            yield from rows(scope, nested)


def _of_system(scope: Scope, value_set: ValueSet, include: Include) -> Iterator[Row]:
    known = scope.system_of(value_set, include)
    if include.listed is not None:
        for code in include.listed:
            concept = known.find(code) if known else None
            if concept is not None:
                yield Row(concept, include)
            elif known is None or not known.refuses(code):
                yield Row(Concept(include.system or "", include.version, code, None), include)
    elif isinstance(known, CodeSystem):
        tests = scope.tests(include, known)
        wanted = [(row.property, row.op, row.value) for row in include.filters]
        for number in filters.candidates(known, wanted):
            if all(test(number) for test in tests):
                yield Row(known.concept(number), include)


def _stored(contained: Sequence[Contained]) -> Iterator[Concept]:
    for row in contained:
        if row.system and row.code and not row.abstract:
            yield Concept(row.system, row.version, row.code, row.display, row.abstract, row.inactive)
        yield from _stored(row.contains)


# -- what stands in the way


def _problems(scope: Scope, value_set: ValueSet) -> Iterator[Issue]:
    for include in value_set.includes:
        if include.system and include.listed is None:
            yield from _problem(scope, value_set, include)
        for canonical in include.value_sets:
            with scope.nested(canonical) as nested:
                if nested is None:
                    yield messages.VALUE_SET_UNKNOWN.at(value_set=canonical)
                elif not nested.expansion:
                    yield from _problems(scope, nested)


def _problem(scope: Scope, value_set: ValueSet, include: Include) -> Iterator[Issue]:
    known = scope.system_of(value_set, include)
    if known is None:
        yield scope.unknown(include.system or "", include.version)
    elif not isinstance(known, CodeSystem):
        yield messages.SYSTEM_ENDLESS.at(system=known.url)
    elif not known.size and known.content != "complete":
        yield messages.SYSTEM_EMPTY.at(system=known.url)
