"""#math."""

from __future__ import annotations

import pytest

from tests.fhirpath.evaluating import error, values


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("(-5).abs()", [5]),
        ("(-5.5).abs()", ["5.5"]),
        ("(-2147483648).abs()", []),
        ("1.1.ceiling() | (-1.1).ceiling()", [2, -1]),
        ("2.1.floor() | (-2.1).floor()", [2, -3]),
        ("3000000000.5.floor()", []),
        ("1.00000001.truncate() | (-1.56).truncate()", [1, -1]),
        ("0.exp()", ["1"]),
        ("1.ln()", ["0"]),
        ("0.ln()", []),
        ("16.log(2) | 100.0.log(10.0)", ["4", "2"]),
        ("16.log(0)", []),
        ("2.power(3)", [8]),
        ("2.power(-1)", []),
        ("1.power(-1)", [1]),
        ("2.5.power(2)", ["6.25"]),
        ("(-1).power(0.5)", []),
        ("2.power(31)", []),
        ("1.round()", ["1"]),
        ("3.14159.round(3)", ["3.142"]),
        ("2.5.round() | (-2.5).round()", ["3", "-3"]),
        ("81.sqrt()", ["9"]),
        ("(-1).sqrt()", []),
        ("{}.abs() | {}.sqrt() | 1.log({})", []),
    ],
)
def test_math(expression: str, expected: list[object]) -> None:
    assert values(expression) == expected


def test_what_has_no_number() -> None:
    assert error("'a'.abs()") == "fhirpath-bad-argument"
    assert error("1.round(-1)") == "fhirpath-bad-argument"
    assert error("true.sqrt()") == "fhirpath-wrong-type"
    assert error("(1 | 2).sqrt()") == "fhirpath-not-single"
