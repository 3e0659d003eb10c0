"""Whether a code is in a value set: yes, no, or nobody here can tell."""

from __future__ import annotations

from collections.abc import Iterable

from fhirserver.outcome import Issue
from fhirserver.terminology import filters, messages
from fhirserver.terminology.code_system import CodeSystem
from fhirserver.terminology.scope import Scope
from fhirserver.terminology.terminology import System
from fhirserver.terminology.value_set import Contained, Include, ValueSet

#: True, False, or None where the content of a code system (or a nested value set) would be needed and is not here.
Answer = bool | None


def contains(scope: Scope, value_set: ValueSet, system: str, code: str) -> Answer:
    """Whether a value set holds a code of a code system; the reasons of a None are among the scope's doubts."""
    answer = _defined(scope, value_set, system, code) if value_set.includes else None
    if answer is None and value_set.expansion:
        return _stored(value_set.expansion, system, code)
    return answer


def _defined(scope: Scope, value_set: ValueSet, system: str, code: str) -> Answer:
    included = _any(includes(scope, value_set, include, system, code) for include in value_set.includes)
    if included is False:
        return False
    excluded = _any(includes(scope, value_set, exclude, system, code) for exclude in value_set.excludes)
    if excluded is not False:
        return _not(excluded)
    return False if value_set.inactive is False and _is_inactive(scope, system, code) else included


def _stored(rows: Iterable[Contained], system: str, code: str) -> bool:
    return any(
        (row.system == system and row.code == code and not row.abstract) or _stored(row.contains, system, code)
        for row in rows
    )


def _is_inactive(scope: Scope, system: str, code: str) -> bool:
    known = scope.system(system)
    concept = known.find(code) if known else None
    return concept is not None and concept.inactive


def includes(scope: Scope, value_set: ValueSet, include: Include, system: str, code: str) -> Answer:
    """Whether one include of a value set holds a code: its system, its list or filters, and all value sets it names."""
    answer: Answer = bool(include.system or include.value_sets)
    if include.system:
        answer = _in_system(scope, value_set, include, system, code)
    for canonical in include.value_sets:
        if answer is False:
            return False
        answer = _both(answer, _in_nested(scope, canonical, system, code))
    return answer


def _in_nested(scope: Scope, canonical: str, system: str, code: str) -> Answer:
    with scope.nested(canonical) as nested:
        if nested is None:
            scope.doubt(messages.VALUE_SET_UNKNOWN.at(value_set=canonical))
            return None
        return contains(scope, nested, system, code)


def _in_system(scope: Scope, value_set: ValueSet, include: Include, system: str, code: str) -> Answer:
    own = value_set.systems.get(include.system or "")
    if system != (own.url if own else include.system):
        return False
    known = scope.system_of(value_set, include)
    if include.listed is not None:
        return code in include.listed or _spelled(known, code) in include.listed
    answer = _passes(scope, include, known, code)
    if answer is None:
        scope.doubt(_reason(scope, include, known))
    return answer


def _spelled(known: System | None, code: str) -> str:
    """A code as its code system spells it, which may not care about upper and lower case."""
    concept = known.find(code) if known else None
    return concept.code if concept else code


def _reason(scope: Scope, include: Include, known: System | None) -> Issue:
    if known is None:
        return scope.unknown(include.system or "", include.version)
    return messages.SYSTEM_NOT_WHOLE.at(system=known.url)


def _passes(scope: Scope, include: Include, known: System | None, code: str) -> Answer:
    if isinstance(known, CodeSystem):
        number = known.number(code)
        if number is not None:
            return all(test(number) for test in scope.tests(include, known))
    return _both(standing(known, code), _by_rule(include, code))


def _by_rule(include: Include, code: str) -> Answer:
    answer: Answer = True
    for row in include.filters:
        rule = filters.by_rule(include.system or "", row.property, row.op, row.value)
        answer = _both(answer, rule(code) if rule else None)
    return answer


def standing(known: System | None, code: str) -> Answer:
    """Whether a code system has a code; None when it is not known, or not known whole."""
    if known is None:
        return None
    if known.refuses(code):
        return False
    return True if known.find(code) is not None else None


# -- logic with three values


def _both(left: Answer, right: Answer) -> Answer:
    if left is False or right is False:
        return False
    return True if left and right else None


def _not(answer: Answer) -> Answer:
    return None if answer is None else not answer


def _any(answers: Iterable[Answer]) -> Answer:
    unsure = False
    for answer in answers:
        if answer:
            return True
        unsure = unsure or answer is None
    return None if unsure else False
