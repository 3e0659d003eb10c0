"""#boolean-logic: three values."""

from __future__ import annotations

import pytest

from tests.fhirpath.evaluating import values

T, F, E = "true", "false", "{}"
#: left, right, and, or, xor, implies
TABLE = [
    (T, T, T, T, F, T),
    (T, F, F, T, T, F),
    (T, E, E, T, E, E),
    (F, T, F, T, T, T),
    (F, F, F, F, F, T),
    (F, E, F, E, E, T),
    (E, T, E, T, E, T),
    (E, F, F, E, E, E),
    (E, E, E, E, E, E),
]


@pytest.mark.parametrize(("left", "right", "conjunction", "disjunction", "exclusive", "implication"), TABLE)
def test_operators(left: str, right: str, conjunction: str, disjunction: str, exclusive: str, implication: str) -> None:
    for operator, result in zip(
        ("and", "or", "xor", "implies"), (conjunction, disjunction, exclusive, implication), strict=True
    ):
        expected: list[object] = [] if result == E else [result == T]
        assert values(f"{left} {operator} {right}") == expected
        assert values(f"({left} {operator} {right}).not()") == [not value for value in expected]


def test_chains() -> None:
    assert values("true and {} and true") == []
    assert values("true and {} and false") == [False]
    assert values("false or {} or false") == []
    assert values("false or {} or true") == [True]
