"""hl7.org/fhirpath/N1/#math-1 and #date-time-arithmetic: + - * / div mod & and the sign."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from fhirserver.fhirpath import dates, messages, numbers, quantities, singletons
from fhirserver.fhirpath.comparison import type_name
from fhirserver.fhirpath.evaluation import Evaluate, Frame
from fhirserver.fhirpath.functions import bounded
from fhirserver.fhirpath.model import EMPTY, system_node
from fhirserver.fhirpath.nodes import Node
from fhirserver.fhirpath.quantities import Quantity


def arithmetic(name: str, left: Evaluate, right: Evaluate) -> Evaluate:
    """``left + right`` and the like."""
    calculate = _OPERATORS[name]

    def evaluate(this: list[Node], frame: Frame) -> list[Node]:
        mine = singletons.value(left(this, frame), name)
        other = singletons.value(right(this, frame), name)
        if mine is None or other is None:
            return EMPTY
        result = calculate(mine, other)
        return EMPTY if result is None else [system_node(result)]

    return evaluate


def concatenation(left: Evaluate, right: Evaluate) -> Evaluate:
    """``left & right``: "an empty operand is taken to be the empty string"."""

    def evaluate(this: list[Node], frame: Frame) -> list[Node]:
        mine = singletons.string(left(this, frame), "&") or ""
        other = singletons.string(right(this, frame), "&") or ""
        return [system_node(bounded(mine + other, "&"))]

    return evaluate


def polarity(sign: str, operand: Evaluate) -> Evaluate:
    """``-operand``, ``+operand``: of numbers and quantities."""

    def evaluate(this: list[Node], frame: Frame) -> list[Node]:
        items = operand(this, frame)
        value = singletons.value(items, sign)
        if value is None:
            return EMPTY
        if isinstance(value, bool) or not isinstance(value, int | Decimal | Quantity):
            raise singletons.wrong_type(sign, "Integer, Decimal or Quantity", items[0])
        if sign == "+":
            return [system_node(value)]
        if isinstance(value, Quantity):
            return [system_node(Quantity(value.value.copy_negate(), value.unit, value.system))]
        negative = numbers.integer(-value) if isinstance(value, int) else value.copy_negate()
        return EMPTY if negative is None else [system_node(negative)]

    return evaluate


# --- operators on two values ---------------------------------------------------------------------------------------


def _number(value: Any) -> bool:
    return isinstance(value, int | Decimal) and not isinstance(value, bool)


def _wrong(name: str, left: Any, right: Any) -> Exception:
    return messages.WRONG_OPERANDS.error(name=name, left=type_name(left), right=type_name(right))


def _quantities(left: Any, right: Any) -> tuple[Quantity, Quantity] | None:
    """Both as quantities, where one is and the other is or is a number."""
    if not (isinstance(left, Quantity) or isinstance(right, Quantity)):
        return None
    if not all(isinstance(value, Quantity) or _number(value) for value in (left, right)):
        return None
    first = left if isinstance(left, Quantity) else Quantity(Decimal(left))
    return first, right if isinstance(right, Quantity) else Quantity(Decimal(right))


def _add(left: Any, right: Any) -> Any:
    if isinstance(left, str) and isinstance(right, str):
        return bounded(left + right, "+")
    return _sum("+", left, right, 1)


def _subtract(left: Any, right: Any) -> Any:
    return _sum("-", left, right, -1)


def _sum(name: str, left: Any, right: Any, sign: int) -> Any:
    if isinstance(left, dates.Moment) and isinstance(right, Quantity):
        return _move(left, right, sign)
    if _number(left) and _number(right):
        if isinstance(left, int) and isinstance(right, int):
            return numbers.integer(left + sign * right)
        return (numbers.add if sign > 0 else numbers.subtract)(Decimal(left), Decimal(right))
    if both := _quantities(left, right):
        return quantities.add(*both, sign)
    raise _wrong(name, left, right)


def _move(moment: dates.Moment, by: Quantity, sign: int) -> dates.Moment:
    """A date moved by a calendar duration.

    Definite durations above seconds are an error in N1's text. HL7's suite has it that 'wk', 'd', 'h' and 'min' are the
    calendar's own, and that only 'mo' and 'a' are refused.
    """
    unit = by.moves_dates_by
    if unit is None:
        raise messages.NOT_A_DURATION.error(unit=by.unit, type=type_name(moment))
    return dates.add(moment, by.value if sign > 0 else by.value.copy_negate(), unit)


def _multiply(left: Any, right: Any) -> Any:
    if _number(left) and _number(right):
        if isinstance(left, int) and isinstance(right, int):
            return numbers.integer(left * right)
        return numbers.multiply(Decimal(left), Decimal(right))
    if both := _quantities(left, right):
        return quantities.multiply(*both)
    raise _wrong("*", left, right)


def _divide(left: Any, right: Any) -> Any:
    """Always a Decimal, also of two Integers."""
    if _number(left) and _number(right):
        return numbers.divide(Decimal(left), Decimal(right))
    if both := _quantities(left, right):
        return quantities.divide(*both)
    raise _wrong("/", left, right)


def _truncated(name: str, calculate: Callable[[Decimal, Decimal], Decimal | None]) -> Callable[[Any, Any], Any]:
    """`div` and `mod`: Integers give an Integer."""

    def operate(left: Any, right: Any) -> Any:
        if not (_number(left) and _number(right)):
            raise _wrong(name, left, right)
        result = calculate(Decimal(left), Decimal(right))
        if result is not None and isinstance(left, int) and isinstance(right, int):
            return numbers.integer(int(result))
        return result

    return operate


_OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
    "+": _add,
    "-": _subtract,
    "*": _multiply,
    "/": _divide,
    "div": _truncated("div", numbers.divide_int),
    "mod": _truncated("mod", numbers.remainder),
}
