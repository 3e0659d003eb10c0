"""#math-1: operators."""

from __future__ import annotations

import pytest

from tests.fhirpath.evaluating import error, values


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("1 + 2", [3]),
        ("1 + 2.5", ["3.5"]),
        ("1.2 + 1.8", ["3.0"]),
        ("'a' + 'b'", ["ab"]),
        ("'a' + {}", []),
        ("1 - 3", [-2]),
        ("1.8 - 1.2", ["0.6"]),
        ("2 * 3", [6]),
        ("1.2 * 1.8", ["2.16"]),
        ("1 / 2", ["0.5"]),
        ("4 / 2", ["2"]),
        ("1 / 0", []),
        ("5 div 2", [2]),
        ("-5 div 2", [-2]),
        ("5.5 div 0.7", ["7"]),
        ("5 div 0", []),
        ("5 mod 2", [1]),
        ("-5 mod 2", [-1]),
        ("5.5 mod 0.7", ["0.6"]),
        ("5 mod 0", []),
        ("2147483647 + 1", []),
        ("-2147483648", [-2147483648]),
        ("-2147483648 - 1", []),
        ("2147483647 * 2", []),
        ("-(-2147483648)", []),
        ("-{}", []),
        ("+1.5", ["1.5"]),
        ("'a' & {}", ["a"]),
        ("{} & {}", [""]),
        ("'a' & 'b' & 'c'", ["abc"]),
    ],
)
def test_arithmetic(expression: str, expected: list[object]) -> None:
    assert values(expression) == expected


@pytest.mark.parametrize(
    ("expression", "key"),
    [
        ("1 + 'a'", "fhirpath-wrong-operands"),
        ("'a' - 'b'", "fhirpath-wrong-operands"),
        ("true + true", "fhirpath-wrong-operands"),
        ("@2020 + 1", "fhirpath-wrong-operands"),
        ("'a' * 2", "fhirpath-wrong-operands"),
        ("'a' / 2", "fhirpath-wrong-operands"),
        ("'a' div 2", "fhirpath-wrong-operands"),
        ("1 & 'a'", "fhirpath-wrong-type"),
        ("(1 | 2) & 'a'", "fhirpath-not-single"),
        ("-'a'", "fhirpath-wrong-type"),
        ("-true", "fhirpath-wrong-type"),
    ],
)
def test_other_operands(expression: str, key: str) -> None:
    assert error(expression) == key
