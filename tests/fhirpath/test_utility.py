"""#utility-functions: trace, clock, precision, boundaries of decimals."""

from __future__ import annotations

import pytest

from fhirserver.fhirpath import Node
from tests.fhirpath.evaluating import PATIENT, error, values


def test_trace_gives_its_input_and_tells() -> None:
    told: list[tuple[str, list[object]]] = []

    def trace(name: str, items: list[Node]) -> None:
        told.append((name, [item.system for item in items]))

    assert values("name.given.trace('given').first()", PATIENT, trace=trace) == ["Peter"]
    assert values("name.trace('use', use & $index.toString()).count()", PATIENT, trace=trace) == [2]
    assert told == [("given", ["Peter", "James", "Jim"]), ("use", ["official0", "usual1"])]
    assert values("name.trace('x').count()", PATIENT) == [2]


def test_the_clock() -> None:
    assert values("now() | today() | timeOfDay()") == ["2026-11-21T16:30:15.123Z", "2026-11-21", "16:30:15.123"]


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("1.587.lowBoundary()", ["1.58650000"]),
        ("1.587.highBoundary()", ["1.58750000"]),
        ("1.587.lowBoundary(2) | 1.587.highBoundary(2)", ["1.58", "1.59"]),
        ("(-1.587).lowBoundary(2) | (-1.587).highBoundary(2)", ["-1.59", "-1.58"]),
        ("1.highBoundary(0) | 1.lowBoundary(0)", ["2", "0"]),
        ("1.587.lowBoundary(-1) | 1.587.lowBoundary(32)", []),
        ("1.587 'cm'.lowBoundary()", ["1.58650000 'cm'"]),
        ("1.58700.precision() | 100.precision()", [5, 0]),
    ],
)
def test_decimals(expression: str, expected: list[object]) -> None:
    assert values(expression) == expected


def test_what_has_no_boundary() -> None:
    assert error("'a'.lowBoundary()") == "fhirpath-bad-argument"
    assert error("true.precision()") == "fhirpath-bad-argument"
