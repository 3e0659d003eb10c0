"""Singleton evaluation of collections (hl7.org/fhirpath/N1/#singleton-evaluation-of-collections).

Each function takes a collection and who asks (``startsWith()``, ``+``), gives the one value or None for empty, and
raises a FhirError for several items or an item of another type.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from fhirserver.fhirpath import messages, quantities
from fhirserver.fhirpath.model import BOOLEAN
from fhirserver.fhirpath.nodes import Node
from fhirserver.fhirpath.quantities import Quantity
from fhirserver.outcome import FhirError


def one(items: list[Node], name: str) -> Node | None:
    """The single item."""
    if len(items) == 1:
        return items[0]
    if not items:
        return None
    raise messages.NOT_SINGLE.error(name=name, count=len(items))


def boolean(items: list[Node], name: str) -> bool | None:
    """A Boolean; "the collection contains a single node and the expected input type is Boolean": true."""
    if not items:
        return None
    if len(items) > 1:
        raise messages.NOT_SINGLE.error(name=name, count=len(items))
    node = items[0]
    if node.type.system is BOOLEAN:
        value = node.system
        return value if value is None else bool(value)
    return True


def value(items: list[Node], name: str) -> Any | None:
    """Any value that FHIRPath calculates with; None for a primitive that has only extensions."""
    node = one(items, name)
    if node is None:
        return None
    own = node.system
    if own is None and node.type.system is None:
        raise wrong_type(name, "a primitive value", node)
    return own


def string(items: list[Node], name: str) -> str | None:
    own = value(items, name)
    if own is None or isinstance(own, str):
        return own
    raise wrong_type(name, "String", items[0])


def integer(items: list[Node], name: str) -> int | None:
    own = value(items, name)
    if own is None or (isinstance(own, int) and not isinstance(own, bool)):
        return own
    raise wrong_type(name, "Integer", items[0])


def number(items: list[Node], name: str) -> int | Decimal | None:
    own = value(items, name)
    if own is None or (isinstance(own, int | Decimal) and not isinstance(own, bool)):
        return own
    raise wrong_type(name, "Integer or Decimal", items[0])


def decimal(items: list[Node], name: str) -> Decimal | None:
    own = number(items, name)
    return None if own is None else Decimal(own)


def quantity(items: list[Node], name: str) -> Quantity | None:
    """A Quantity; a number converts to one with the unit '1'."""
    own = value(items, name)
    if own is None or isinstance(own, Quantity):
        return own
    if isinstance(own, int | Decimal) and not isinstance(own, bool):
        return quantities.Quantity(Decimal(own))
    raise wrong_type(name, "Quantity", items[0])


def wrong_type(name: str, expected: str, found: Node) -> FhirError:
    return messages.WRONG_TYPE.error(name=name, expected=expected, found=found.type.name)
