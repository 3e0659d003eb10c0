"""hl7.org/fhirpath/N1/#comparison: < > <= >=."""

from __future__ import annotations

import operator
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from fhirserver.fhirpath import dates, messages, quantities, singletons
from fhirserver.fhirpath.evaluation import Evaluate, Frame, Test
from fhirserver.fhirpath.model import SYSTEM_TYPES
from fhirserver.fhirpath.nodes import Node
from fhirserver.fhirpath.quantities import Quantity

#: The operators, on the order of two values: -1, 0 or 1.
OPERATORS: dict[str, Callable[[int, int], bool]] = {
    "<": operator.lt,
    ">": operator.gt,
    "<=": operator.le,
    ">=": operator.ge,
}


def comparison(name: str, left: Evaluate, right: Evaluate) -> Test:
    """``left < right`` and the like."""
    decide = OPERATORS[name]

    def test(this: list[Node], frame: Frame) -> bool | None:
        mine = singletons.value(left(this, frame), name)
        other = singletons.value(right(this, frame), name)
        if mine is None or other is None:
            return None
        known = order(mine, other, name)
        return None if known is None else decide(known, 0)

    return test


def order(left: Any, right: Any, name: str) -> int | None:
    """-1, 0 or 1; None where partial dates or units leave it open; a FhirError for values of different types."""
    if isinstance(left, str) and isinstance(right, str):
        return (left > right) - (left < right)
    if isinstance(left, bool) or isinstance(right, bool):
        raise _wrong(left, right, name)
    if isinstance(left, int | Decimal) and isinstance(right, int | Decimal):
        return (left > right) - (left < right)
    if dates.comparable(left, right):
        return dates.compare(left, right)
    numbers = (int, Decimal, Quantity)
    if isinstance(left, numbers) and isinstance(right, numbers):
        return quantities.compare(_quantity(left), _quantity(right))
    raise _wrong(left, right, name)


def _quantity(value: int | Decimal | Quantity) -> Quantity:
    return value if isinstance(value, Quantity) else Quantity(Decimal(value))


def _wrong(left: Any, right: Any, name: str) -> Exception:
    return messages.WRONG_OPERANDS.error(name=name, left=type_name(left), right=type_name(right))


def type_name(value: Any) -> str:
    """The name of the type of a value, for errors."""
    return next((type.name for known, type in SYSTEM_TYPES.items() if isinstance(value, known)), "Any")
