"""Collections where one item is expected."""

from __future__ import annotations

import pytest

from tests.fhirpath.evaluating import OBSERVATION, PATIENT, error, values


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("active and gender and birthDate", [True]),
        ("'a' and true", [True]),
        ("(0).not()", [False]),
        ("{} and true", []),
        ("name.given.first() + ' ' + name.family", ["Peter Chalmers"]),
    ],
)
def test_one_item_is_taken(expression: str, expected: list[object]) -> None:
    assert values(expression, PATIENT) == expected


@pytest.mark.parametrize(
    "expression",
    [
        "active and name",
        "name.given + 'a'",
        "name.given.length()",
        "(1 | 2) + 1",
        "-(1 | 2)",
        "(1 | 2).not()",
        "'a'.substring(1 | 2)",
    ],
)
def test_several_are_an_error(expression: str) -> None:
    assert error(expression, PATIENT) == "fhirpath-not-single"


@pytest.mark.parametrize(
    "expression",
    [
        "1.startsWith('a')",
        "'a'.startsWith(1)",
        "name[0] + 'a'",
        "'a'.substring('b')",
        "true.power(2)",
        "'a'.sqrt()",
        "'a'[true]",
    ],
)
def test_another_type_is_an_error(expression: str) -> None:
    assert error(expression, PATIENT) == "fhirpath-wrong-type"


def test_a_primitive_without_a_value_is_empty() -> None:
    patient = {"resourceType": "Patient", "_active": {"extension": [{"url": "x"}]}}
    assert values("active and true", patient) == []
    assert values("active = true", patient) == [False]
    assert values("active.exists()", patient) == [True]
    assert values("component[2].value & 'a'", OBSERVATION) == ["a"]
