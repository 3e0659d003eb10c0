"""Quantities: a decimal with a UCUM unit or a calendar duration (hl7.org/fhirpath/N1/#quantity).

Values with different units meet as exact fractions of base units; what comes out as a decimal is rounded once.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from fhirserver.fhirpath import numbers, units
from fhirserver.fhirpath.units import Unit

UCUM = "http://unitsofmeasure.org"

_PLURALS = {f"{word}s": word for word in ("year", "month", "week", "day", "hour", "minute", "second", "millisecond")}
#: The calendar duration keywords, singular and plural -> singular.
CALENDAR: dict[str, str] = _PLURALS | {word: word for word in _PLURALS.values()}

#: UCUM units that a calendar unit equals. Not for month and year: a calendar month has no fixed length, so
#: ``1 year = 1 'a'`` is empty while ``1 year ~ 1 'a'`` holds.
_DEFINITE = {"week": "wk", "day": "d", "hour": "h", "minute": "min", "second": "s", "millisecond": "ms"}
_EQUIVALENT = _DEFINITE | {"month": "mo", "year": "a"}
#: The calendar unit of a UCUM unit, as far as dates can be moved by it: never by 'a' or 'mo'.
_MOVES = {code: word for word, code in _DEFINITE.items()} | {word: word for word in _PLURALS.values()}
#: R4 fhirpath.html#quantity: time-valued UCUM units of a FHIR Quantity mean calendar durations.
_FROM_FHIR = {"a": "year", "mo": "month", "d": "day", "h": "hour", "min": "minute", "s": "second"}


@dataclass(frozen=True, slots=True)
class Quantity:
    """`unit` is a UCUM code, a calendar duration in the singular, or a unit of another `system`."""

    value: Decimal
    unit: str = "1"
    system: str = UCUM

    def __str__(self) -> str:
        number = format(self.value, "f")
        if self.calendar:
            return f"{number} {self.unit}{'' if self.value == 1 else 's'}"
        return f"{number} '{self.unit}'"

    @property
    def calendar(self) -> bool:
        """Whether it is a calendar duration such as ``4 days``."""
        return self.system == UCUM and self.unit in CALENDAR

    @property
    def moves_dates_by(self) -> str | None:
        """The calendar unit in which a date can be moved by this quantity."""
        return _MOVES.get(self.unit) if self.system == UCUM else None


def of(value: Decimal, unit: str) -> Quantity:
    """``4 'mg'`` or ``4 days``; the words of calendar durations may be quoted, too."""
    return Quantity(value, CALENDAR.get(unit, unit))


def from_fhir(value: Mapping[str, Any]) -> Quantity | None:
    """The quantity of a FHIR Quantity (or Age, Duration ...); None without a value or with a comparator."""
    number = numbers.decimal(value.get("value"))
    if number is None or value.get("comparator") is not None:
        return None
    system, code = value.get("system"), value.get("code")
    if system == UCUM and isinstance(code, str):
        return Quantity(number, _FROM_FHIR.get(code, code))
    other = code if isinstance(code, str) else value.get("unit")
    if isinstance(other, str):
        return Quantity(number, other, system if isinstance(system, str) and system != UCUM else "")
    return Quantity(number)


_TEXT = re.compile(r"(?P<value>[+-]?[0-9]+(?:\.[0-9]+)?)\s*(?:'(?P<unit>[^']+)'|(?P<word>[a-zA-Z]+))?")


def parse(text: str) -> Quantity | None:
    """#toquantity: ``4 days``, ``10 'mg[Hg]'``, ``1.5``; None for other text, such as ``1 wk``."""
    found = _TEXT.fullmatch(text)
    if found is None or (found["word"] and found["word"] not in CALENDAR):
        return None
    return of(Decimal(found["value"]), found["unit"] or found["word"] or "1")


_MONTH = Unit(Fraction(1), (("calendar month", 1),))
_YEAR = Unit(Fraction(12), (("calendar month", 1),))


def _unit(quantity: Quantity) -> Unit | None:
    """The unit for `=`, `<` and arithmetic; None when it is not a unit."""
    if quantity.system != UCUM:
        return Unit(Fraction(1), ((f"{quantity.system}|{quantity.unit}", 1),))
    if quantity.unit in ("month", "year"):
        return _MONTH if quantity.unit == "month" else _YEAR
    return units.unit(_DEFINITE.get(quantity.unit, quantity.unit))


def _both(left: Quantity, right: Quantity) -> tuple[Unit, Unit] | None:
    """The units of two quantities of the same dimension."""
    mine, other = _unit(left), _unit(right)
    if mine is None or other is None or mine.dimension != other.dimension:
        return None
    return mine, other


def comparable(left: Quantity, right: Quantity) -> bool:
    """#comparable: whether one converts into the other."""
    return _both(left, right) is not None


def compare(left: Quantity, right: Quantity) -> int | None:
    """-1, 0 or 1; None when the dimensions differ or a unit is not valid."""
    if left.unit == right.unit and left.system == right.system:
        return (left.value > right.value) - (left.value < right.value)
    both = _both(left, right)
    if both is None or not (numbers.in_range(left.value) and numbers.in_range(right.value)):
        return None
    mine, other = both[0].to_base(Fraction(left.value)), both[1].to_base(Fraction(right.value))
    return (mine > other) - (mine < other)


def equivalent(left: Quantity, right: Quantity) -> bool:
    """#quantity-equivalence: equal in the coarser unit, rounded to the less precise of the two."""
    left, right = _definite(left), _definite(right)
    both = _both(left, right)
    if both is None:
        return False
    if both[0].factor < both[1].factor:
        left, right = right, left
    converted = convert(right, left.unit)
    return converted is not None and numbers.equivalent(left.value, converted.value)


def _definite(quantity: Quantity) -> Quantity:
    if not quantity.calendar:
        return quantity
    return Quantity(quantity.value, _EQUIVALENT[quantity.unit])


def convert(quantity: Quantity, unit: str) -> Quantity | None:
    """The same quantity in another unit; None when it has another dimension."""
    wanted = Quantity(Decimal(1), CALENDAR.get(unit, unit), quantity.system)
    if wanted.unit == quantity.unit:
        return quantity
    both = _both(quantity, wanted)
    if both is None or not numbers.in_range(quantity.value):
        return None
    value = numbers.of_fraction(both[1].from_base(both[0].to_base(Fraction(quantity.value))))
    return None if value is None else Quantity(value, wanted.unit, wanted.system)


def add(left: Quantity, right: Quantity, sign: int) -> Quantity | None:
    """left + right (`sign` 1) or left - right (-1), in the more granular of their units."""
    both = _both(left, right)
    if both is None:
        return None
    finer = left if both[0].factor <= both[1].factor else right
    mine, other = convert(left, finer.unit), convert(right, finer.unit)
    if mine is None or other is None:
        return None
    total = numbers.add(mine.value, other.value.copy_negate() if sign < 0 else other.value)
    return None if total is None else Quantity(total, finer.unit, finer.system)


def multiply(left: Quantity, right: Quantity) -> Quantity | None:
    """The product, its unit the product of the units."""
    return _of_product(numbers.multiply(left.value, right.value), left, right, 1)


def divide(left: Quantity, right: Quantity) -> Quantity | None:
    """The quotient, its unit the quotient of the units; None when dividing by zero."""
    return _of_product(numbers.divide(left.value, right.value), left, right, -1)


def _of_product(value: Decimal | None, left: Quantity, right: Quantity, sign: int) -> Quantity | None:
    if value is None or left.system != UCUM or right.system != UCUM:
        return None
    if right.unit == "1":
        return Quantity(value, left.unit)
    if left.unit == "1" and sign > 0:
        return Quantity(value, right.unit)
    mine, other = _unit(_definite(left)), _unit(_definite(right))
    return None if mine is None or other is None else Quantity(value, units.combined(mine, other, sign))
