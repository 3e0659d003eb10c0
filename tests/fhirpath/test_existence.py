"""#existence."""

from __future__ import annotations

import pytest

from tests.fhirpath.evaluating import PATIENT, error, values


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("photo.empty()", [True]),
        ("name.empty()", [False]),
        ("name.exists()", [True]),
        ("name.exists(use = 'usual')", [True]),
        ("name.exists(use = 'old')", [False]),
        ("name.exists($index = 1 and use = 'usual')", [True]),
        ("name.exists(family)", [True]),
        ("name.all(given.exists())", [True]),
        ("name.all(family.exists())", [False]),
        ("name.all(family = 'x')", [False]),
        ("photo.all(false)", [True]),
        ("(true | false).allTrue()", [False]),
        ("true.allTrue()", [True]),
        ("{}.allTrue()", [True]),
        ("(true | false).anyTrue()", [True]),
        ("{}.anyTrue()", [False]),
        ("false.allFalse()", [True]),
        ("(true | false).allFalse()", [False]),
        ("{}.allFalse()", [True]),
        ("(true | false).anyFalse()", [True]),
        ("{}.anyFalse()", [False]),
        ("name.first().subsetOf(name)", [True]),
        ("name.subsetOf(name.first())", [False]),
        ("{}.subsetOf({})", [True]),
        ("name.subsetOf({})", [False]),
        ("name.supersetOf(name.first())", [True]),
        ("name.first().supersetOf(name)", [False]),
        ("name.count()", [2]),
        ("photo.count()", [0]),
        ("1.combine(1).combine(2).distinct()", [1, 2]),
        ("name.given.isDistinct()", [True]),
        ("1.combine(1).isDistinct()", [False]),
        ("{}.isDistinct()", [True]),
    ],
)
def test_existence(expression: str, expected: list[object]) -> None:
    assert values(expression, PATIENT) == expected


def test_booleans_must_be_booleans() -> None:
    assert error("(true | 'a').allTrue()") == "fhirpath-wrong-type"
    assert error("name.anyFalse()", PATIENT) == "fhirpath-wrong-type"
