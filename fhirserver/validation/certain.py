"""What is certain of an invariant without FHIRPath: most are alternatives, one of which is that something is not there.

``value.empty() or component.code.where(...).empty()`` holds of every object without a value. That is told from the
names in the JSON alone, in a twentieth of the time; where it does not tell, the expression is evaluated.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from fhirserver.resource.shapes import shape, within

#: Whether a value certainly meets a rule. False says nothing.
Certain = Callable[[Any], bool]

_ABSENT = re.compile(r"(\w+)\.(?:empty\(\)|hasValue\(\)\.not\(\))").fullmatch
_PRESENT = re.compile(r"(\w+)\.exists\(\)").fullmatch
_IN_ORDER = re.compile(r"\((\w+) <= (\w+)\)").fullmatch
#: So many characters of a dateTime are those before fractions and zone: ``2015-02-07T13:28:17``.
_SECONDS = 19


def certain(expression: str, type: str) -> Certain | None:
    """The test of what is enough for an invariant of a type; None where nothing is."""
    alternatives = _alternatives(expression)
    names = _names(type)
    tests = [test for text in alternatives if (test := _test(text, names)) is not None]
    if not tests:
        return None

    def is_certain(value: Any) -> bool:
        return value.__class__ is dict and any(test(value) for test in tests)

    return is_certain


def _alternatives(expression: str) -> list[str]:
    """The parts of ``a or b``, outside of brackets; none where another operator or a quote stands among them."""
    if "'" in expression or '"' in expression:
        return []
    parts, depth, start = [], 0, 0
    for found in re.finditer(r"[()]|\b(?:or|and|xor|implies)\b|[|=<>~]", expression):
        sign = found[0]
        depth += (sign == "(") - (sign == ")")
        if depth or sign in "()":
            continue
        if sign != "or":
            return []
        parts.append(expression[start : found.start()].strip())
        start = found.end()
    return [*parts, expression[start:].strip()]


def _names(type: str) -> dict[str, frozenset[str]]:
    """The elements of a type and the names each may have in JSON, those beside primitives among them."""
    try:
        members = (within(type.partition(".")[0], type) if "." in type else shape(type)).members
    except KeyError:
        return {}
    names: dict[str, set[str]] = {}
    for name, member in members.items():
        names.setdefault(member.element.name, set()).update((name, f"_{name}"))
    return {element: frozenset(found) for element, found in names.items()}


def _test(text: str, names: dict[str, frozenset[str]]) -> Callable[[dict[str, Any]], bool] | None:
    if (found := _ABSENT(text)) and found[1] in names:
        return names[found[1]].isdisjoint
    if (found := _PRESENT(text)) and found[1] in names.get(found[1], ()):
        name = found[1]  # of a choice no name is its own
        return lambda value: bool(value.get(name))
    if found := _IN_ORDER(text):
        return _in_order(found[1], found[2])
    return None


def _in_order(first: str, second: str) -> Callable[[dict[str, Any]], bool]:
    """Two moments to the second, written alike in one zone, are in the order of their texts."""

    def test(value: dict[str, Any]) -> bool:
        one, other = value.get(first), value.get(second)
        if one.__class__ is not str or other.__class__ is not str or len(one) <= _SECONDS:
            return False
        return bool(one[_SECONDS:] == other[_SECONDS:] and one[:_SECONDS] <= other[:_SECONDS])

    return test
