"""The filters of a value set's compose (valueset.html#filter): a row of :data:`OPERATORS` for each operator."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from fhirserver.terminology import grammars, messages
from fhirserver.terminology.code_system import CodeSystem
from fhirserver.terminology.patterns import LONGEST_TEXT, pattern

#: Whether the concept with a number passes.
Test = Callable[[int], bool]
#: Properties that are the concept itself.
ITSELF = ("code", "concept")


def _is_a(system: CodeSystem, property: str, value: str) -> Test:
    ancestor = _number(system, value)
    return lambda number: system.is_below(number, ancestor)


def _descendent_of(system: CodeSystem, property: str, value: str) -> Test:
    ancestor = _number(system, value)
    return lambda number: number != ancestor and system.is_below(number, ancestor)


def _is_not_a(system: CodeSystem, property: str, value: str) -> Test:
    ancestor = _number(system, value)
    return lambda number: not system.is_below(number, ancestor)


def _generalizes(system: CodeSystem, property: str, value: str) -> Test:
    descendant = _number(system, value)
    return lambda number: system.is_below(descendant, number)


def _equals(system: CodeSystem, property: str, value: str) -> Test:
    return lambda number: value in system.values(number, property)


def _in(system: CodeSystem, property: str, value: str) -> Test:
    accepted = _listed(value)
    return lambda number: any(found in accepted for found in system.values(number, property))


def _not_in(system: CodeSystem, property: str, value: str) -> Test:
    refused = _listed(value)
    return lambda number: not any(found in refused for found in system.values(number, property))


def _regex(system: CodeSystem, property: str, value: str) -> Test:
    """The whole value has to match, as in FHIR's own regular expressions (datatypes.html)."""
    matches = pattern(value, system.size).fullmatch
    return lambda number: any(
        len(found) <= LONGEST_TEXT and matches(found) is not None for found in system.values(number, property)
    )


def _exists(system: CodeSystem, property: str, value: str) -> Test:
    wanted = value == "true"
    return lambda number: bool(system.values(number, property)) is wanted


OPERATORS: dict[str, Callable[[CodeSystem, str, str], Test]] = {
    "=": _equals,
    "is-a": _is_a,
    "descendent-of": _descendent_of,
    "is-not-a": _is_not_a,
    "regex": _regex,
    "in": _in,
    "not-in": _not_in,
    "generalizes": _generalizes,
    "exists": _exists,
}


def test(system: CodeSystem, property: str, op: str, value: str) -> Test:
    """The test of one filter. FhirError when there is no such operator, or it names a code that does not exist."""
    operator = OPERATORS.get(op)
    if operator is None:
        raise messages.FILTER_UNKNOWN.error(op=op, known=", ".join(OPERATORS))
    return operator(system, property, value)


def candidates(system: CodeSystem, filters: list[tuple[str, str, str]]) -> Iterator[int]:
    """The numbers that may pass: only what lies under the first filter's code where it asks for that."""
    for _, op, value in filters:
        if op in ("is-a", "descendent-of"):
            return system.below(_number(system, value))
    return iter(range(system.size))


def by_rule(url: str, property: str, op: str, value: str) -> Callable[[str], bool] | None:
    """A filter over codes that stand in no list: on the code itself, or UCUM's ``canonical``; None for any other."""
    if property in ITSELF and op == "regex":
        matches = pattern(value).fullmatch
        return lambda code: len(code) <= LONGEST_TEXT and matches(code) is not None
    if property in ITSELF and op in ("=", "in"):
        accepted = _listed(value)
        return lambda code: code in accepted
    if url == grammars.UCUM and property == "canonical" and op == "=":
        return lambda code: grammars.same_kind_of_quantity(code, value)
    return None


def _number(system: CodeSystem, code: str) -> int:
    number = system.number(code)
    if number is None:
        raise messages.FILTER_CODE_UNKNOWN.error(code=code, system=system.url)
    return number


def _listed(value: str) -> frozenset[str]:
    return frozenset(part.strip() for part in value.split(","))
