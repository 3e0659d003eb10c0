"""Quantities: units, calendar durations, those of FHIR."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from fhirserver.fhirpath import quantities
from fhirserver.fhirpath.quantities import UCUM, Quantity
from tests.fhirpath.evaluating import OBSERVATION, error, values


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("4.0000 'g' = 4000.0 'mg'", [True]),
        ("4 'g' = 4 'm'", []),
        ("4 'g' = 4 'nonsense'", []),
        ("4 'nonsense' = 4 'nonsense'", [True]),
        ("4 'cm2' > 4 'cm'", []),
        ("98.6 '[degF]' = 37 'Cel'", [True]),
        ("4 'm' > 4 'cm'", [True]),
        ("10 seconds > 1 's'", [True]),
        ("1 year = 1 'a'", []),
        ("1 year > 1 'a'", []),
        ("1 year ~ 1 'a'", [True]),
        ("1 month ~ 1 'mo'", [True]),
        ("1 second = 1 's'", [True]),
        ("1 year = 12 months", [True]),
        ("7 days = 1 'wk'", [True]),
        ("4 'g' ~ 4040 'mg'", [True]),
        ("4 'g' ~ 4540 'mg'", [False]),
        ("4 'g' ~ 4 'm'", [False]),
        ("1 '1' = 1", [True]),
        ("100 '%' = 1", [True]),
        ("2 > 1 '1'", [True]),
        ("3 'm' + 3 'cm'", ["303 'cm'"]),
        ("3 'm' - 3 'cm'", ["297 'cm'"]),
        ("3 'm' + 3 'kg'", []),
        ("12 'cm' * 3 'cm'", ["36 'cm2'"]),
        ("3 'cm' * 12 'cm2'", ["36 'cm3'"]),
        ("12 'cm2' / 3 'cm'", ["4 'cm'"]),
        ("12 'cm' / 3", ["4 'cm'"]),
        ("3 * 12 'cm'", ["36 'cm'"]),
        ("12 / 3 's'", ["4 '/s'"]),
        ("12 'cm' / 0 'cm'", []),
        ("1 day * 2", ["2 days"]),
        ("(-5.5 'mg').abs()", ["5.5 'mg'"]),
        ("-(1 day)", ["-1 days"]),
        ("1 'cm'.comparable(1 '[in_i]')", [True]),
        ("1 'cm'.comparable(1 's')", [False]),
    ],
)
def test_quantities(expression: str, expected: list[Any]) -> None:
    assert values(expression) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"value": 5, "system": UCUM, "code": "mg", "unit": "milligram"}, Quantity(Decimal(5), "mg")),
        ({"value": 5, "system": UCUM, "code": "a"}, Quantity(Decimal(5), "year")),
        ({"value": 5, "unit": "pills"}, Quantity(Decimal(5), "pills", "")),
        ({"value": 5, "system": "http://x.example", "code": "p"}, Quantity(Decimal(5), "p", "http://x.example")),
        ({"value": 5}, Quantity(Decimal(5))),
        ({"value": 5, "comparator": "<"}, None),
        ({"unit": "mg"}, None),
    ],
)
def test_quantities_of_fhir(value: dict[str, Any], expected: Quantity | None) -> None:
    assert quantities.from_fhir(value) == expected


def test_fhir_quantities_compare_by_their_units() -> None:
    assert values("value = 185 '[lb_av]'", OBSERVATION) == [True]
    assert values("value > 80 'kg'", OBSERVATION) == [True]
    assert values("component[0].value = 1", OBSERVATION) == []
    assert values("component[0].value = component[0].value", OBSERVATION) == [True]
    assert values("low <= high", {"low": {"value": 1, "unit": "x"}, "high": {"value": 2, "unit": "x"}}, "Range") == [
        True
    ]
    assert values("low <= high", {"low": {"value": 1, "unit": "x"}, "high": {"value": 2, "unit": "y"}}, "Range") == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("4 days", "4 days"),
        ("10 'mg[Hg]'", "10 'mg[Hg]'"),
        ("-1.50", "-1.50 '1'"),
        ("1 wk", None),
        ("1 'a' x", None),
        ("", None),
    ],
)
def test_text(text: str, expected: str | None) -> None:
    found = quantities.parse(text)
    assert (None if found is None else str(found)) == expected


def test_conversion_to_a_unit() -> None:
    assert values("1 'kg'.toQuantity('g')") == ["1000 'g'"]
    assert values("1 'kg'.toQuantity('m')") == []
    assert values("1 'kg'.convertsToQuantity('g')") == [True]
    assert values("1 'kg'.convertsToQuantity('m')") == [False]
    assert values("2 weeks.toQuantity('days')") == ["14 days"]


def test_what_quantities_cannot_do() -> None:
    assert error("1 'mg' + 'a'") == "fhirpath-wrong-operands"
    assert error("1 'mg' > 'a'") == "fhirpath-wrong-operands"
    assert error("1 'mg' div 2") == "fhirpath-wrong-operands"
