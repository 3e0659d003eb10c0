"""UCUM units, exactly."""

from __future__ import annotations

from fractions import Fraction

import pytest

from fhirserver.fhirpath.units import Unit, combined, product, unit


def _unit(code: str) -> Unit:
    found = unit(code)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("code", "factor", "dimension"),
    [
        ("mg", Fraction(1, 1000), {"g": 1}),
        ("kg/m2", Fraction(1000), {"g": 1, "m": -2}),
        ("10*3/uL", Fraction(10**12), {"m": -3}),
        ("mm[Hg]", Fraction(133322), {"g": 1, "m": -1, "s": -2}),
        ("/min", Fraction(1, 60), {"s": -1}),
        ("[in_i]", Fraction(127, 5000), {"m": 1}),
        ("%", Fraction(1, 100), {}),
        ("{score}", Fraction(1), {}),
        ("ug{creat}/(8.h)", Fraction(1, 10**6) / 28800, {"g": 1, "s": -1}),
        ("[iU]/mL", Fraction(10**6), {"[iU]": 1, "m": -3}),
        ("[IU]/mL", Fraction(10**6), {"[iU]": 1, "m": -3}),
        ("[pH]", Fraction(1), {"[pH]": 1}),
        ("1", Fraction(1), {}),
    ],
)
def test_units(code: str, factor: Fraction, dimension: dict[str, int]) -> None:
    found = _unit(code)
    assert (found.factor, dict(found.dimension)) == (factor, dimension)


@pytest.mark.parametrize("code", ["", "mgg", "MG/", "m^", "[s]", "m99", "day", "kg kg", "m" * 100])
def test_what_is_no_unit(code: str) -> None:
    assert unit(code) is None


def test_temperatures_start_at_their_own_zero() -> None:
    fahrenheit, celsius = _unit("[degF]"), _unit("Cel")
    assert celsius.from_base(fahrenheit.to_base(Fraction(212))) == 100
    assert celsius.to_base(Fraction(0)) == Fraction("273.15")


def test_units_of_products() -> None:
    assert combined(_unit("cm"), _unit("cm"), 1) == "cm2"
    assert combined(_unit("cm2"), _unit("cm"), -1) == "cm"
    assert combined(_unit("g"), _unit("m"), -1) == "g/m"
    assert combined(_unit("m"), _unit("m"), -1) == "1"
    assert product({"min": -1}) == "/min"
    assert product({"kg": 1, "m": 2, "s": -2}) == "kg.m2/s2"
