"""hl7.org/fhirpath/N1/#types: `is`, `as`, `type()`."""

from __future__ import annotations

from fhirserver.fhirpath import messages, singletons
from fhirserver.fhirpath.evaluation import Evaluate, Frame, Test
from fhirserver.fhirpath.functions import Function
from fhirserver.fhirpath.model import EMPTY, QUANTITY, Type, type_info
from fhirserver.fhirpath.nodes import Node


def is_type(item: Node, type: Type) -> bool:
    """Whether an item is of the type or one derived from it."""
    return item.type.is_a(type) or (item.type is QUANTITY and type.name == "Quantity")


def as_type(item: Node, type: Type) -> Node | None:
    """The item where it is of the type.

    R4 fhirpath.html#functions: "All primitives are considered to be independent types (so markdown is not a subclass
    of string)"; and #types: ``given.as(System.String)`` is the value of the primitive.
    """
    if item.type.kind != "primitive":
        return item if is_type(item, type) else None
    if item.type is type or (type.kind != "primitive" and type.namespace == "FHIR" and item.type.is_a(type)):
        return item
    if type.kind == "system" and item.type.system is type and (own := item.system) is not None:
        return Node(own, type, None, item, "value")
    return None


def is_operator(source: Evaluate, type: Type) -> Test:
    """``source is Type``."""

    def test(this: list[Node], frame: Frame) -> bool | None:
        items = source(this, frame)
        if len(items) == 1:
            return is_type(items[0], type)
        if not items:
            return None
        raise messages.NOT_SINGLE.error(name="is", count=len(items))

    return test


def as_operator(source: Evaluate, type: Type) -> Evaluate:
    """``source as Type``: an error for several items, where `ofType` filters."""

    def evaluate(this: list[Node], frame: Frame) -> list[Node]:
        item = singletons.one(source(this, frame), "as")
        if item is None:
            return EMPTY
        found = as_type(item, type)
        return EMPTY if found is None else [found]

    return evaluate


def _type(source: Evaluate) -> Evaluate:
    return lambda this, frame: [type_info(item.type) for item in source(this, frame)]


FUNCTIONS = {
    "is": Function(is_operator, ("type",), test=True, returns="Boolean", single=True),
    "as": Function(as_operator, ("type",), returns="type", single=True),
    "type": Function(_type),
}
