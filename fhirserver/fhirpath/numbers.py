"""Integers and decimals: exact where they can be, rounded once to 34 digits, None (empty) where they overflow.

hl7.org/fhirpath/N1/#decimal asks for 28 digits with 8 decimal places; an operation that
overflows gives empty.
"""

from __future__ import annotations

import decimal as library
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import Any

_CONTEXT = library.Context(
    prec=34, rounding=library.ROUND_HALF_EVEN, Emin=-999999, Emax=999999, traps=[library.InvalidOperation]
)
#: Decimal exponents that are still calculated with; JSON can spell 1e999999999.
_REACH = 100
_INTEGERS = range(-(2**31), 2**31)


def integer(value: int) -> int | None:
    """An Integer, within 32 bits; None when it overflows."""
    return value if value in _INTEGERS else None


def decimal(value: Any) -> Decimal | None:
    """The Decimal of a JSON number; None for anything else."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return Decimal(str(value)) if isinstance(value, float) else Decimal(value)
    if not isinstance(value, Decimal) or not value.is_finite():
        return None
    return value if value.__class__ is Decimal else Decimal(value)


def in_range(value: Decimal) -> bool:
    """Whether a value is small and short enough to calculate with."""
    return value == 0 or (abs(value.adjusted()) <= _REACH and -int(value.as_tuple().exponent) <= 2 * _REACH)


def _checked(operation: Callable[[Decimal, Decimal], Decimal]) -> Callable[[Decimal, Decimal], Decimal | None]:
    def calculate(left: Decimal, right: Decimal) -> Decimal | None:
        if not (in_range(left) and in_range(right)):
            return None
        try:
            result = operation(left, right)
        except library.InvalidOperation:
            return None
        return result if result.is_finite() and in_range(result) else None

    return calculate


add = _checked(_CONTEXT.add)
subtract = _checked(_CONTEXT.subtract)
multiply = _checked(_CONTEXT.multiply)
_quotient = _checked(_CONTEXT.divide)
_integer_quotient = _checked(_CONTEXT.divide_int)
_remainder = _checked(_CONTEXT.remainder)


def divide(left: Decimal, right: Decimal) -> Decimal | None:
    """left / right; None when right is zero."""
    return _quotient(left, right) if right else None


def divide_int(left: Decimal, right: Decimal) -> Decimal | None:
    """The quotient without its fraction (``div``)."""
    return _integer_quotient(left, right) if right else None


def remainder(left: Decimal, right: Decimal) -> Decimal | None:
    """What ``div`` leaves (``mod``)."""
    return _remainder(left, right) if right else None


def of_fraction(value: Fraction) -> Decimal | None:
    """A fraction as a decimal; exact as far as 34 digits reach."""
    result = _CONTEXT.divide(Decimal(value.numerator), Decimal(value.denominator))
    return result if result.is_finite() and in_range(result) else None


def rounded(value: Decimal, places: int) -> Decimal | None:
    """Rounded at so many decimal places; a half goes up, for negative numbers down."""
    return _quantized(value, places, library.ROUND_HALF_UP)


def truncated(value: Decimal, places: int) -> Decimal | None:
    """The value without the digits after so many decimal places."""
    return _quantized(value, places, library.ROUND_DOWN)


def _quantized(value: Decimal, places: int, rounding: str) -> Decimal | None:
    if not in_range(value) or places > _REACH:
        return None
    return value.quantize(Decimal(1).scaleb(-places), rounding, library.Context(prec=4 * _REACH))


def whole(value: Decimal, rounding: str) -> int | None:
    """The value as an Integer, rounded in this manner; None when it overflows."""
    return integer(int(value.to_integral_value(rounding))) if in_range(value) else None


def places(value: Decimal) -> int:
    """Decimal places, without trailing zeros."""
    if not in_range(value):
        return 0
    exponent = int(value.normalize(_CONTEXT).as_tuple().exponent)
    return max(0, -exponent)


def equivalent(left: Decimal, right: Decimal) -> bool:
    """Whether two values are equal once rounded to the precision of the less precise one."""
    if left == right:
        return True
    least = min(places(left), places(right))
    mine, other = rounded(left, least), rounded(right, least)
    return mine is not None and mine == other


# --- functions of one number (#math) -------------------------------------------------------------------------------

#: Calculated with more digits than are kept, so that ``16.log(2)`` is 4.
_PRECISE = library.Context(prec=48, Emin=-999999, Emax=999999, traps=[library.InvalidOperation])
_RESULT = library.Context(prec=28)


def _function(operation: Callable[[Decimal], Decimal], value: Decimal) -> Decimal | None:
    if not in_range(value):
        return None
    try:
        result = operation(value)
    except library.InvalidOperation:
        return None
    if not result.is_finite() or not in_range(result):
        return None
    return _RESULT.plus(result).normalize(_RESULT)


def exp(value: Decimal) -> Decimal | None:
    """e to the power of the value."""
    return _function(_PRECISE.exp, value) if abs(value) < 1000 else None


def ln(value: Decimal) -> Decimal | None:
    """The natural logarithm; None unless the value is positive."""
    return _function(_PRECISE.ln, value) if value > 0 else None


def sqrt(value: Decimal) -> Decimal | None:
    """The square root; None when it cannot be represented."""
    return _function(_PRECISE.sqrt, value)


def log(value: Decimal, base: Decimal) -> Decimal | None:
    """The logarithm to a base; None unless both are positive and the base is not 1."""
    if value <= 0 or base <= 0 or base == 1 or not in_range(base):
        return None
    return _function(lambda number: _PRECISE.divide(_PRECISE.ln(number), _PRECISE.ln(base)), value)


def power(value: Decimal, exponent: Decimal) -> Decimal | None:
    """value to the power of exponent; None when it cannot be represented."""
    if not in_range(exponent) or abs(exponent) > 10_000:
        return None
    if value == 0:
        return None if exponent < 0 else Decimal(1 if exponent == 0 else 0)
    return _function(lambda number: _PRECISE.power(number, exponent), value)
