"""hl7.org/fhirpath/N1/#conversion: iif, toX and convertsToX."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from fhirserver.fhirpath import dates, numbers, quantities, singletons
from fhirserver.fhirpath.evaluation import Evaluate, Frame, Test
from fhirserver.fhirpath.functions import Function
from fhirserver.fhirpath.model import EMPTY, FALSE, TRUE, system_node
from fhirserver.fhirpath.nodes import Node
from fhirserver.fhirpath.quantities import Quantity

#: A value of any type -> the value converted, or None where it does not convert.
Convert = Callable[[Any], Any]


def _iif(source: Evaluate, criterion: Test, then: Evaluate, otherwise: Evaluate | None = None) -> Evaluate:
    """The branches see the single item of the input as ``$this``; only the one chosen is evaluated."""

    def evaluate(this: list[Node], frame: Frame) -> list[Node]:
        items = source(this, frame)
        singletons.one(items, "iif()")
        if criterion(items, frame):
            return then(items, frame)
        return EMPTY if otherwise is None else otherwise(items, frame)

    return evaluate


_TRUE = frozenset(("true", "t", "yes", "y", "1", "1.0"))
_FALSE = frozenset(("false", "f", "no", "n", "0", "0.0"))


def _to_boolean(value: Any) -> bool | None:
    if isinstance(value, bool):
        return value
    if isinstance(value, int | Decimal):
        return bool(value) if value in (0, 1) else None
    word = value.lower() if isinstance(value, str) else ""
    return True if word in _TRUE else (False if word in _FALSE else None)


_INTEGER = re.compile(r"[+-]?[0-9]{1,10}")
_DECIMAL = re.compile(r"[+-]?[0-9]{1,60}(\.[0-9]{1,60})?")


def _to_integer(value: Any) -> int | None:
    if isinstance(value, int):
        return int(value)
    return numbers.integer(int(value)) if isinstance(value, str) and _INTEGER.fullmatch(value) else None


def _to_decimal(value: Any) -> Decimal | None:
    if isinstance(value, bool):
        return Decimal("1.0") if value else Decimal("0.0")
    if isinstance(value, int | Decimal):
        return Decimal(value)
    return Decimal(value) if isinstance(value, str) and _DECIMAL.fullmatch(value) else None


def to_string(value: Any) -> str | None:
    """#tostring: the text of a value; None for what is not a value."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return format(value, "f") if numbers.in_range(value) else str(value)
    if isinstance(value, str | int | dates.Date | dates.DateTime | dates.Time | Quantity):
        return str(value)
    return None


def _to_date(value: Any) -> dates.Date | None:
    if isinstance(value, dates.DateTime):
        return dates.Date(value.fields[:3])
    if isinstance(value, str):
        moment = dates.date_time(value)
        return dates.Date(moment.fields[:3]) if moment else None
    return value if isinstance(value, dates.Date) else None


def _to_date_time(value: Any) -> dates.DateTime | None:
    if isinstance(value, dates.Date):
        return dates.DateTime(value.fields)
    if isinstance(value, str):
        return dates.date_time(value)
    return value if isinstance(value, dates.DateTime) else None


def _to_time(value: Any) -> dates.Time | None:
    if isinstance(value, str):
        return dates.time(value)
    return value if isinstance(value, dates.Time) else None


def _to_quantity(value: Any) -> Quantity | None:
    if isinstance(value, bool):
        return Quantity(Decimal("1.0") if value else Decimal("0.0"))
    if isinstance(value, int | Decimal):
        return Quantity(Decimal(value))
    if isinstance(value, str):
        return quantities.parse(value)
    return value if isinstance(value, Quantity) else None


def _to(name: str, convert: Convert) -> Callable[[Evaluate], Evaluate]:
    def build(source: Evaluate) -> Evaluate:
        def evaluate(this: list[Node], frame: Frame) -> list[Node]:
            node = singletons.one(source(this, frame), name)
            result = None if node is None else convert(node.system)
            return EMPTY if result is None else [system_node(result)]

        return evaluate

    return build


def _converts_to(name: str, convert: Convert) -> Callable[[Evaluate], Evaluate]:
    def build(source: Evaluate) -> Evaluate:
        def evaluate(this: list[Node], frame: Frame) -> list[Node]:
            node = singletons.one(source(this, frame), name)
            if node is None:
                return EMPTY
            return FALSE if convert(node.system) is None else TRUE

        return evaluate

    return build


def _quantity_in(this: list[Node], frame: Frame, node: Node | None, unit: Evaluate | None) -> Quantity | None:
    """The quantity of an item, in the unit asked for."""
    result = None if node is None else _to_quantity(node.system)
    wanted = None if unit is None else singletons.string(unit(this, frame), "toQuantity()")
    return result if result is None or wanted is None else quantities.convert(result, wanted)


def _to_quantity_function(source: Evaluate, unit: Evaluate | None = None) -> Evaluate:
    def evaluate(this: list[Node], frame: Frame) -> list[Node]:
        node = singletons.one(source(this, frame), "toQuantity()")
        result = _quantity_in(this, frame, node, unit)
        return EMPTY if result is None else [system_node(result)]

    return evaluate


def _converts_to_quantity(source: Evaluate, unit: Evaluate | None = None) -> Evaluate:
    def evaluate(this: list[Node], frame: Frame) -> list[Node]:
        node = singletons.one(source(this, frame), "convertsToQuantity()")
        if node is None:
            return EMPTY
        return FALSE if _quantity_in(this, frame, node, unit) is None else TRUE

    return evaluate


_CONVERSIONS: dict[str, Convert] = {
    "Boolean": _to_boolean,
    "Integer": _to_integer,
    "Decimal": _to_decimal,
    "String": to_string,
    "Date": _to_date,
    "DateTime": _to_date_time,
    "Time": _to_time,
}
FUNCTIONS = {
    "iif": Function(_iif, ("criterion", "each", "each"), optional=1),
    "toQuantity": Function(_to_quantity_function, ("value",), optional=1, returns="Quantity", single=True),
    "convertsToQuantity": Function(_converts_to_quantity, ("value",), optional=1, returns="Boolean", single=True),
}
FUNCTIONS |= {
    f"to{type}": Function(_to(f"to{type}()", convert), returns=type, single=True)
    for type, convert in _CONVERSIONS.items()
}
FUNCTIONS |= {
    f"convertsTo{type}": Function(_converts_to(f"convertsTo{type}()", convert), returns="Boolean", single=True)
    for type, convert in _CONVERSIONS.items()
}
