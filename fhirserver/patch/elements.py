"""Putting values into a resource and taking them out, at the places FHIRPath nodes stand for.

A primitive is a value and its ``_sibling`` (json.html#primitive), two arrays side by side where it repeats. These
functions keep both in step, and leave no empty object or array behind.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from fhirserver.fhirpath.model import Child
from fhirserver.fhirpath.nodes import Node


@dataclass(frozen=True, slots=True)
class Value:
    """A value to be put into a resource: the JSON value, its sibling, and the type as it ends a choice's name."""

    json: Any
    sibling: dict[str, Any] | None = None
    suffix: str = ""


def key_of(child: Child, value: Value) -> str | None:
    """The JSON key for a value of an element; None when the choice does not allow its type."""
    key = f"{child.name}{value.suffix}" if child.choice else child.name
    return key if key in child.types else None


def holds(holder: dict[str, Any], child: Child) -> bool:
    """Whether an element is there, whichever its type."""
    return any(key in holder or f"_{key}" in holder for key in child.types)


def append(holder: dict[str, Any], key: str, value: Value) -> None:
    """Add a value at the end of a repeating element."""
    insert(holder, key, length(holder, key), value)


def insert(holder: dict[str, Any], key: str, index: int, value: Value) -> None:
    """Put a value before the one at `index` of a repeating element."""
    values, siblings = _columns(holder, key)
    values.insert(index, value.json)
    siblings.insert(index, value.sibling)
    _store(holder, key, values, siblings)


def move(holder: dict[str, Any], key: str, source: int, destination: int) -> None:
    """Take the value at `source` of a repeating element out and put it in again at `destination`."""
    values, siblings = _columns(holder, key)
    for column in (values, siblings):
        column.insert(destination, column.pop(source))
    _store(holder, key, values, siblings)


def put(holder: dict[str, Any], key: str, value: Value) -> None:
    """Give an element that does not repeat a value."""
    for name, part in ((key, value.json), (f"_{key}", value.sibling)):
        if part is None:
            holder.pop(name, None)
        else:
            holder[name] = part


def exchange(node: Node, key: str, value: Value) -> None:
    """Replace the element a node stands for; `key` differs from the node's where a choice changes its type."""
    assert node.parent is not None
    holder = content(node.parent)
    if node.index is None:
        if key != node.key:
            take(holder, node.key, None)
        put(holder, key, value)
        return
    values, siblings = _columns(holder, key)
    values[node.index], siblings[node.index] = value.json, value.sibling
    _store(holder, key, values, siblings)


def delete(node: Node) -> None:
    """Remove the element a node stands for, and what is empty without it."""
    parent = node.parent
    assert parent is not None
    holder = content(parent)
    take(holder, node.key, node.index)
    if not holder and parent.parent is not None:
        if parent.type.kind == "primitive":
            _drop_sibling(parent)
        else:
            delete(parent)


def take(holder: dict[str, Any], key: str, index: int | None) -> None:
    """Remove an element, or one of its values."""
    if index is None:
        holder.pop(key, None)
        holder.pop(f"_{key}", None)
        return
    values, siblings = _columns(holder, key)
    del values[index], siblings[index]
    _store(holder, key, values, siblings)


def content(node: Node) -> dict[str, Any]:
    """The JSON object that holds the children of a node; for a primitive its sibling, made if it is not there."""
    if node.type.kind != "primitive":
        held: dict[str, Any] = node.value
        return held
    if node.sibling is not None:
        return node.sibling
    assert node.parent is not None
    holder, node.sibling = content(node.parent), {}
    if node.index is None:
        holder[f"_{node.key}"] = node.sibling
    else:
        values, siblings = _columns(holder, node.key)
        siblings[node.index] = node.sibling
        holder[node.key], holder[f"_{node.key}"] = values, siblings
    return node.sibling


def length(holder: dict[str, Any], key: str) -> int:
    """How many values a repeating element has."""
    return max(len(holder.get(key, ())), len(holder.get(f"_{key}", ())))


def _drop_sibling(node: Node) -> None:
    """Take away the empty sibling of a primitive, and the primitive itself where it has no value either."""
    assert node.parent is not None
    if node.value is None:
        delete(node)
    else:
        exchange(node, node.key, Value(node.value))


def _columns(holder: dict[str, Any], key: str) -> tuple[list[Any], list[Any]]:
    """The values and the siblings of a repeating element, of one length."""
    size = length(holder, key)
    values, siblings = list(holder.get(key, ())), list(holder.get(f"_{key}", ()))
    return values + [None] * (size - len(values)), siblings + [None] * (size - len(siblings))


def _store(holder: dict[str, Any], key: str, values: list[Any], siblings: list[Any]) -> None:
    for name, column in ((key, values), (f"_{key}", siblings)):
        if any(part is not None for part in column):
            holder[name] = column
        else:
            holder.pop(name, None)
