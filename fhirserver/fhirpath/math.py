"""hl7.org/fhirpath/N1/#math (standard for trial use)."""

from __future__ import annotations

from collections.abc import Callable
from decimal import ROUND_CEILING, ROUND_DOWN, ROUND_FLOOR, Decimal
from typing import Any

from fhirserver.fhirpath import messages, numbers, singletons
from fhirserver.fhirpath.functions import Function, scalar
from fhirserver.fhirpath.quantities import Quantity


def _abs(value: Any) -> Any:
    if isinstance(value, Quantity):
        return Quantity(abs(value.value), value.unit, value.system)
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise messages.BAD_ARGUMENT.error(name="abs()", expected="Integer, Decimal or Quantity")
    return numbers.integer(abs(value)) if isinstance(value, int) else value.copy_abs()


def _to_whole(rounding: str) -> Callable[[Decimal], int | None]:
    return lambda value: numbers.whole(value, rounding)


def _round(value: Decimal, places: int = 0) -> Decimal | None:
    # "the number of digits of precision must be >= 0 or the evaluation will end and signal an error"
    if places < 0:
        raise messages.BAD_ARGUMENT.error(name="round()", expected="a precision of 0 or more")
    return numbers.rounded(value, places)


def _power(value: int | Decimal, exponent: int | Decimal) -> int | Decimal | None:
    """Integers give an Integer, or nothing where the power is no whole number."""
    result = numbers.power(Decimal(value), Decimal(exponent))
    if result is None or isinstance(value, Decimal) or isinstance(exponent, Decimal):
        return result
    return numbers.whole(result, ROUND_DOWN) if numbers.places(result) == 0 else None


FUNCTIONS = {
    "abs": Function(scalar("abs", _abs, singletons.value), returns="input", single=True),
    "ceiling": Function(
        scalar("ceiling", _to_whole(ROUND_CEILING), singletons.decimal), takes="Decimal", returns="Integer", single=True
    ),
    "exp": Function(scalar("exp", numbers.exp, singletons.decimal), takes="Decimal", returns="Decimal", single=True),
    "floor": Function(
        scalar("floor", _to_whole(ROUND_FLOOR), singletons.decimal), takes="Decimal", returns="Integer", single=True
    ),
    "ln": Function(scalar("ln", numbers.ln, singletons.decimal), takes="Decimal", returns="Decimal", single=True),
    "log": Function(
        scalar("log", numbers.log, singletons.decimal, singletons.decimal),
        ("value",),
        takes="Decimal",
        returns="Decimal",
        single=True,
    ),
    "power": Function(
        scalar("power", _power, singletons.number, singletons.number),
        ("value",),
        takes="Decimal",
        returns="Decimal",
        single=True,
    ),
    "round": Function(
        scalar("round", _round, singletons.decimal, singletons.integer),
        ("value",),
        optional=1,
        takes="Decimal",
        returns="Decimal",
        single=True,
    ),
    "sqrt": Function(scalar("sqrt", numbers.sqrt, singletons.decimal), takes="Decimal", returns="Decimal", single=True),
    "truncate": Function(
        scalar("truncate", _to_whole(ROUND_DOWN), singletons.decimal), takes="Decimal", returns="Integer", single=True
    ),
}
