"""#combining, `in` and `contains`."""

from __future__ import annotations

import pytest

from tests.fhirpath.evaluating import PATIENT, error, values


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("1 | 2 | 1", [1, 2]),
        ("{} | {}", []),
        ("name.given | name.family", ["Peter", "James", "Jim", "Chalmers"]),
        ("name.select(given | family)", ["Peter", "James", "Chalmers", "Jim"]),
        ("name.select(use.union(given))", ["official", "Peter", "James", "usual", "Jim"]),
        ("1.combine(1).union(2)", [1, 2]),
        ("1.combine(1)", [1, 1]),
        ("'Jim' in name.given", [True]),
        ("'x' in name.given", [False]),
        ("'x' in {}", [False]),
        ("{} in name.given", []),
        ("name.given contains 'Jim'", [True]),
        ("{} contains 1", [False]),
        ("name.given contains {}", []),
        ("1.0 in (1 | 2)", [True]),
    ],
)
def test_combining(expression: str, expected: list[object]) -> None:
    assert values(expression, PATIENT) == expected


def test_one_item_is_looked_for() -> None:
    assert error("(1 | 2) in (1 | 2)") == "fhirpath-not-single"
    assert error("(1 | 2) contains (1 | 2)") == "fhirpath-not-single"
