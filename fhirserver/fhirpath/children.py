"""How the elements of a type are found in JSON (json.html): one closure for each kind of element.

A closure appends the children of one name under a node to a collection. What is not shaped as the type says is passed
over: validation speaks of that.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeAlias

from fhirserver.fhirpath.nodes import Node

if TYPE_CHECKING:
    from fhirserver.fhirpath.model import Type

Collect: TypeAlias = Callable[[Node, list[Node]], None]
TypeOf: TypeAlias = "Callable[[dict[str, Any]], Type]"


def complex(key: str, type: Type) -> Collect:
    """An element of a complex type that occurs once."""

    def collect(node: Node, found: list[Node]) -> None:
        value = node.value.get(key)
        if value.__class__ is dict:
            found.append(Node(value, type, None, node, key))

    return collect


def complexes(key: str, type: Type) -> Collect:
    """An element of a complex type that may repeat."""

    def collect(node: Node, found: list[Node]) -> None:
        values = node.value.get(key)
        if values.__class__ is list:
            for index, value in enumerate(values):
                if value.__class__ is dict:
                    found.append(Node(value, type, None, node, key, index))

    return collect


def resource(key: str, type_of: TypeOf) -> Collect:
    """A resource as an element, of the type that it says."""

    def collect(node: Node, found: list[Node]) -> None:
        value = node.value.get(key)
        if value.__class__ is dict:
            found.append(Node(value, type_of(value), None, node, key))

    return collect


def resources(key: str, type_of: TypeOf) -> Collect:
    """Resources as an element that may repeat."""

    def collect(node: Node, found: list[Node]) -> None:
        values = node.value.get(key)
        if values.__class__ is list:
            for index, value in enumerate(values):
                if value.__class__ is dict:
                    found.append(Node(value, type_of(value), None, node, key, index))

    return collect


_NOT_PRIMITIVE = (dict, list)


def primitive(key: str, type: Type) -> Collect:
    """A primitive and its ``_sibling``."""
    sibling_key = "_" + key

    def collect(node: Node, found: list[Node]) -> None:
        held = node.value
        value, sibling = held.get(key), held.get(sibling_key)
        if sibling.__class__ is not dict:
            if value is None or value.__class__ in _NOT_PRIMITIVE:
                return
            sibling = None
        found.append(Node(value, type, sibling, node, key))

    return collect


def primitives(key: str, type: Type) -> Collect:
    """Primitives that may repeat: two arrays side by side, null where one has nothing to say (json.html#primitive)."""
    sibling_key = "_" + key

    def collect(node: Node, found: list[Node]) -> None:
        held = node.value
        values, siblings = held.get(key), held.get(sibling_key)
        if siblings.__class__ is list:
            _paired(values if values.__class__ is list else [], siblings, node, found)
        elif values.__class__ is list:
            for index, value in enumerate(values):
                if value is not None and value.__class__ not in _NOT_PRIMITIVE:
                    found.append(Node(value, type, None, node, key, index))

    def _paired(values: list[Any], siblings: list[Any], node: Node, found: list[Node]) -> None:
        for index in range(max(len(values), len(siblings))):
            value = values[index] if index < len(values) else None
            sibling = siblings[index] if index < len(siblings) else None
            if value.__class__ in _NOT_PRIMITIVE or (value is None and sibling.__class__ is not dict):
                continue
            found.append(Node(value, type, sibling if sibling.__class__ is dict else None, node, key, index))

    return collect


def choice(types: Mapping[str, Type]) -> Collect:
    """``value`` stands for ``valueQuantity``, ``valueString`` ...: whichever is there."""
    collects = {
        key: primitive(key, type) if type.kind == "primitive" else complex(key, type) for key, type in types.items()
    }
    # a value may be there by its extensions alone
    keys = collects | {"_" + key: collect for key, collect in collects.items() if types[key].kind == "primitive"}

    def collect(node: Node, found: list[Node]) -> None:
        held = node.value
        for key in held:
            if key in keys and not (key[0] == "_" and key[1:] in held):
                keys[key](node, found)

    return collect
