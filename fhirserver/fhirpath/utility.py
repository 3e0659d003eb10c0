"""hl7.org/fhirpath/N1/#utility-functions, and the later precision, boundaries and `comparable`."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from fhirserver.fhirpath import dates, messages, numbers, quantities, singletons
from fhirserver.fhirpath.dates import Date, DateTime, Time
from fhirserver.fhirpath.evaluation import Evaluate, Frame
from fhirserver.fhirpath.functions import Function, scalar
from fhirserver.fhirpath.model import system_node
from fhirserver.fhirpath.nodes import Node
from fhirserver.fhirpath.quantities import Quantity


def _trace(source: Evaluate, name: Evaluate, projection: Evaluate | None = None) -> Evaluate:
    def evaluate(this: list[Node], frame: Frame) -> list[Node]:
        items = source(this, frame)
        if frame.environment.trace is not None:
            label = singletons.string(name(this, frame), "trace()") or ""
            frame.environment.trace(label, items if projection is None else _projected(items, projection, frame))
        return items

    return evaluate


def _projected(items: list[Node], projection: Evaluate, frame: Frame) -> list[Node]:
    outer = frame.index
    found: list[Node] = []
    for frame.index, item in enumerate(items):
        found += projection([item], frame)
    frame.index = outer
    return found


def _now(source: Evaluate) -> Evaluate:
    return lambda this, frame: [system_node(frame.now)]


def _today(source: Evaluate) -> Evaluate:
    return lambda this, frame: [system_node(Date(frame.now.fields[:3]))]


def _time_of_day(source: Evaluate) -> Evaluate:
    return lambda this, frame: [system_node(Time(frame.now.fields[3:], frame.now.seconds))]


# --- precision and boundaries (standard for trial use) -------------------------------------------------------------

_DECIMAL_DIGITS = 8
_MOST_DIGITS = 31


def _precision(value: Any) -> int:
    if isinstance(value, Date | DateTime | Time):
        return dates.precision(value)
    return max(0, -int(_number(value, "precision()").as_tuple().exponent))


def _boundary(name: str, high: bool) -> Callable[..., Any]:
    def boundary(value: Any, digits: int | None = None) -> Any:
        if isinstance(value, Date | DateTime | Time):
            return dates.boundary(value, digits, high=high)
        if isinstance(value, Quantity):
            edge = _edge(value.value, digits, high)
            return None if edge is None else Quantity(edge, value.unit, value.system)
        return _edge(_number(value, name), digits, high)

    return boundary


def _number(value: Any, name: str) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise messages.BAD_ARGUMENT.error(name=name, expected="Decimal, Date, DateTime or Time")
    return Decimal(value)


def _edge(value: Decimal, digits: int | None, high: bool) -> Decimal | None:
    """Half a unit of the last known digit away; cut to so many digits, rounded where that is away from zero."""
    digits = _DECIMAL_DIGITS if digits is None else digits
    if not 0 <= digits <= _MOST_DIGITS or not numbers.in_range(value):
        return None
    half = Decimal(5).scaleb(min(0, int(value.as_tuple().exponent)) - 1)
    edge = value + half if high else value - half
    outward = abs(edge) > abs(value)
    return numbers.rounded(edge, digits) if outward else numbers.truncated(edge, digits)


FUNCTIONS = {
    "trace": Function(_trace, ("value", "each"), optional=1, returns="input"),
    "now": Function(_now, returns="DateTime", single=True),
    "today": Function(_today, returns="Date", single=True),
    "timeOfDay": Function(_time_of_day, returns="Time", single=True),
    "precision": Function(scalar("precision", _precision, singletons.value), returns="Integer", single=True),
    "lowBoundary": Function(
        scalar("lowBoundary", _boundary("lowBoundary()", False), singletons.value, singletons.integer),
        ("value",),
        optional=1,
        returns="input",
        single=True,
    ),
    "highBoundary": Function(
        scalar("highBoundary", _boundary("highBoundary()", True), singletons.value, singletons.integer),
        ("value",),
        optional=1,
        returns="input",
        single=True,
    ),
    "comparable": Function(
        scalar("comparable", quantities.comparable, singletons.quantity, singletons.quantity),
        ("value",),
        returns="Boolean",
        single=True,
    ),
}
