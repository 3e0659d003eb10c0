"""#comparison."""

from __future__ import annotations

import pytest

from tests.fhirpath.evaluating import PATIENT, error, values


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("1 < 1.5", True),
        ("2 <= 2.0", True),
        ("2 > 2.0", False),
        ("'abc' > 'ABC'", True),
        ("'a' < '\u4e2d'", True),
        ("birthDate < @1975", True),
        ("birthDate >= @1974-12-25", True),
        ("telecom[0].rank < 2", True),
    ],
)
def test_order(expression: str, expected: bool) -> None:
    assert values(expression, PATIENT) == [expected]


@pytest.mark.parametrize("expression", ["1 < {}", "{} < {}", "birthDate < @1974-12-25T10:00", "photo.size > 1"])
def test_open(expression: str) -> None:
    assert values(expression, PATIENT) == []


@pytest.mark.parametrize(
    "expression", ["1 < 'a'", "true < false", "@2020 < @T10", "1 'mg' < 'a'", "birthDate < '1975'"]
)
def test_other_types(expression: str) -> None:
    assert error(expression, PATIENT) == "fhirpath-wrong-operands"


def test_complex_values_have_no_order() -> None:
    assert error("name[0] < name[1]", PATIENT) == "fhirpath-wrong-type"
    assert error("name < name", PATIENT) == "fhirpath-not-single"
