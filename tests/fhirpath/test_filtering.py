"""#filtering-and-projection, and sort."""

from __future__ import annotations

import pytest

from tests.fhirpath.evaluating import OBSERVATION, PATIENT, error, values


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("name.where(use = 'official').given", ["Peter", "James"]),
        ("name.where({}).given", []),
        ("name.where($index = 1).given", ["Jim"]),
        ("name.where(given.where($index = 1).exists() and $index = 0).family", ["Chalmers"]),
        ("name.given.where($this.startsWith('J'))", ["James", "Jim"]),
        ("name.select(given.first())", ["Peter", "Jim"]),
        ("name.select(given.count() + $index)", [2, 2]),
        ("name.select(given.select($index))", [0, 1, 0]),
        ("(1 | 2).select($this + 1)", [2, 3]),
        ("(0 | 1).repeat(iif($this < 5, $this + 2))", [2, 3, 4, 5, 6]),
        ("contained.ofType(Organization).name", ["Here"]),
        ("contained.ofType(Patient)", []),
        ("(1 | 'a' | 2.0).ofType(Integer)", [1]),
        ("(3 | 1 | 2).sort()", [1, 2, 3]),
        ("(3 | 1 | 2).sort(-$this)", [3, 2, 1]),
        ("name.sort(family).given.first()", ["Jim"]),
        ("telecom.sort(-rank).system", ["email", "phone"]),
        ("name.given.sort(length(), -$this)", ["Jim", "Peter", "James"]),
        ("{}.sort()", []),
    ],
)
def test_filtering(expression: str, expected: list[object]) -> None:
    assert values(expression, PATIENT) == expected


def test_of_type() -> None:
    assert values("component.value.ofType(Quantity).value", OBSERVATION) == ["1"]
    assert values("component.value.ofType(string).hasValue()", OBSERVATION) == [False]
    assert values("gender.ofType(code) | gender.ofType(string)", PATIENT) == ["male"]


def test_what_cannot_be_filtered_or_sorted() -> None:
    assert error("name.where(given)", PATIENT) == "fhirpath-not-single"
    assert error("(1 | 'a').sort()") == "fhirpath-wrong-operands"
    assert error("name.sort()", PATIENT) == "fhirpath-wrong-type"
    assert error("name.sort(given)", PATIENT) == "fhirpath-not-single"
