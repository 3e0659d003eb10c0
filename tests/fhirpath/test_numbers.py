"""Decimals: exact, rounded once, empty where they overflow."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest

from fhirserver.fhirpath import numbers
from fhirserver.resource.json import Literal

HUGE = Decimal("1e999999999")


def test_json_numbers() -> None:
    assert numbers.decimal(185) == Decimal(185)
    assert numbers.decimal(Literal("1e2")) == 100
    assert type(numbers.decimal(Literal("1e2"))) is Decimal
    assert [numbers.decimal(value) for value in (True, "1", None, Decimal("NaN"))] == [None] * 4


@pytest.mark.parametrize(
    "operation", [numbers.add, numbers.subtract, numbers.multiply, numbers.divide, numbers.remainder]
)
def test_what_is_out_of_reach_is_empty(operation: object) -> None:
    assert callable(operation)
    assert operation(HUGE, Decimal(1)) is None
    assert operation(Decimal(1), HUGE) is None


def test_overflow_and_division_by_zero_are_empty() -> None:
    assert numbers.multiply(Decimal("1e90"), Decimal("1e90")) is None
    assert numbers.divide(Decimal(1), Decimal(0)) is None
    assert numbers.divide_int(Decimal(1), Decimal(0)) is None
    assert numbers.remainder(Decimal(1), Decimal(0)) is None
    assert numbers.integer(2**31) is None
    assert numbers.integer(-(2**31)) == -(2**31)


def test_rounding() -> None:
    assert numbers.rounded(Decimal("2.5"), 0) == 3
    assert numbers.rounded(Decimal("-2.5"), 0) == -3
    assert numbers.truncated(Decimal("-2.59"), 1) == Decimal("-2.5")
    assert numbers.rounded(HUGE, 0) is None
    assert numbers.whole(HUGE, "ROUND_FLOOR") is None
    assert numbers.of_fraction(Fraction(1, 3)) == Decimal("0." + "3" * 34)


@pytest.mark.parametrize(
    ("left", "right", "same"),
    [
        ("1.20", "1.2", True),
        ("0.67", "0.6666667", True),
        ("0.66", "0.6666667", False),
        ("100", "100.4", True),
        ("1e999999999", "1", False),
    ],
)
def test_equivalence_is_at_the_lesser_precision(left: str, right: str, same: bool) -> None:
    assert numbers.equivalent(Decimal(left), Decimal(right)) is same


def test_places() -> None:
    assert [numbers.places(Decimal(text)) for text in ("1.50", "100", "1e2", "0.001")] == [1, 0, 0, 3]


def test_functions_of_one_number() -> None:
    assert numbers.log(Decimal(1000), Decimal(10)) == 3
    assert numbers.log(Decimal(1000), Decimal(1)) is None
    assert numbers.sqrt(Decimal(-1)) is None
    assert numbers.ln(Decimal(0)) is None
    assert numbers.exp(Decimal(10_000)) is None
    assert numbers.power(Decimal(0), Decimal(-1)) is None
    assert numbers.power(Decimal(0), Decimal(0)) == 1
    assert numbers.power(Decimal(2), Decimal("1e9")) is None
