"""FHIRPath Patch (fhirpatch.html): a Parameters resource of operations whose targets are FHIRPath expressions."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from fhirserver.fhirpath.expression import compile
from fhirserver.fhirpath.model import Child, Type
from fhirserver.fhirpath.nodes import Node
from fhirserver.outcome import Message
from fhirserver.patch import elements
from fhirserver.patch.elements import Value
from fhirserver.patch.messages import (
    PATCH_MALFORMED,
    PATCH_TARGET_AMBIGUOUS,
    PATCH_TARGET_EXISTS,
    PATCH_TARGET_MISSING,
    PATCH_TOO_LARGE,
    PATCH_VALUE,
)

MAX_OPERATIONS = 1_000


@dataclass(frozen=True, slots=True)
class Operation:
    """One ``parameter`` named ``operation``; `parts` are its parts by name, `number` its place, from 0."""

    number: int
    type: str
    path: str
    parts: Mapping[str, Mapping[str, Any]]

    def refuse(self, message: Message, path: str | None = None, **values: Any) -> Exception:
        """An error that names this operation and its path."""
        at = path or self.path
        return message.error(at, index=self.number, path=at, **values)

    def integer(self, name: str) -> int:
        found = _value_of(self.parts.get(name, {}))
        if not isinstance(found, int) or isinstance(found, bool):
            raise _malformed(self.number, f"{self.type} needs an integer part '{name}'")
        return found

    def text(self, name: str) -> str:
        found = _value_of(self.parts.get(name, {}))
        if not isinstance(found, str) or not found:
            raise _malformed(self.number, f"{self.type} needs a part '{name}'")
        return found


def apply(resource: dict[str, Any], patch: Mapping[str, Any]) -> dict[str, Any]:
    """`resource` changed by the operations of the Parameters `patch`; the argument itself is left as it is.

    Raises a FhirError: 400 for a malformed patch or path, 409 where it supposes what is not there (or, for ``add``,
    what is), 422 where a path selects several elements or a value cannot go where it should.
    """
    result = copy.deepcopy(resource)
    for operation in _operations(patch):
        _TYPES[operation.type](result, operation)
    return result


# --- the five operations -------------------------------------------------------------------------------------------


def _add(resource: dict[str, Any], operation: Operation) -> None:
    # "The content will be appended to the element identified in the path, using the name specified. Add can be used
    # for non-repeating elements as long as they do not already exist"
    target = _one(resource, operation)
    child = _child(target, operation)
    value = _value(operation, child)
    key = _key(operation, child, value)
    holder = elements.content(target)
    if child.many:
        elements.append(holder, key, value)
    elif elements.holds(holder, child):
        raise operation.refuse(PATCH_TARGET_EXISTS, f"{operation.path}.{child.name}")
    else:
        elements.put(holder, key, value)


def _insert(resource: dict[str, Any], operation: Operation) -> None:
    # "The index is mandatory and must be equal or less than the number of elements in the list"
    parent, key, size = _list(resource, operation)
    index = _within(operation, "index", size)
    value = _value(operation, parent.type.children[parent.type.element_name(key)])
    elements.insert(elements.content(parent), key, index, value)


def _delete(resource: dict[str, Any], operation: Operation) -> None:
    # "The content to delete (if found). Only a single element can be deleted"
    nodes = _select(resource, operation)
    if len(nodes) > 1:
        raise operation.refuse(PATCH_TARGET_AMBIGUOUS, found=len(nodes))
    for node in nodes:
        _check_inside(node, operation)
        elements.delete(node)


def _replace(resource: dict[str, Any], operation: Operation) -> None:
    node = _one(resource, operation)
    _check_inside(node, operation)
    assert node.parent is not None
    child = node.parent.type.children[node.parent.type.element_name(node.key)]
    value = _value(operation, child)
    elements.exchange(node, _key(operation, child, value), value)


def _move(resource: dict[str, Any], operation: Operation) -> None:
    parent, key, size = _list(resource, operation)
    source, destination = _within(operation, "source", size - 1), _within(operation, "destination", size - 1)
    elements.move(elements.content(parent), key, source, destination)


_TYPES: dict[str, Callable[[dict[str, Any], Operation], None]] = {
    "add": _add,
    "insert": _insert,
    "delete": _delete,
    "replace": _replace,
    "move": _move,
}


# --- what a path selects -------------------------------------------------------------------------------------------


def _select(resource: dict[str, Any], operation: Operation) -> list[Node]:
    nodes = compile(operation.path, resource["resourceType"]).evaluate(resource)
    for node in nodes:
        # "The FHIRPath statement must return elements from the resource being modified"
        if node.type.kind == "system" or _root(node).value is not resource:
            raise operation.refuse(PATCH_VALUE, reason="the path selects no element of the resource")
    return nodes


def _one(resource: dict[str, Any], operation: Operation) -> Node:
    nodes = _select(resource, operation)
    if not nodes:
        raise operation.refuse(PATCH_TARGET_MISSING)
    if len(nodes) > 1:
        raise operation.refuse(PATCH_TARGET_AMBIGUOUS, found=len(nodes))
    return nodes[0]


def _list(resource: dict[str, Any], operation: Operation) -> tuple[Node, str, int]:
    """The parent, the JSON key and the length of the list a path selects, which must be the whole of one list."""
    nodes = _select(resource, operation)
    if not nodes:
        raise operation.refuse(PATCH_TARGET_MISSING)
    parent, key = nodes[0].parent, nodes[0].key
    if parent is None or nodes[0].index is None:
        raise operation.refuse(PATCH_VALUE, reason="the element does not repeat")
    size = elements.length(elements.content(parent), key)
    if len(nodes) != size or any(node.parent is not parent or node.key != key for node in nodes):
        raise operation.refuse(PATCH_VALUE, reason="the path selects a part of a list, or several lists")
    return parent, key, size


def _within(operation: Operation, name: str, last: int) -> int:
    index = operation.integer(name)
    if not 0 <= index <= last:
        raise operation.refuse(PATCH_TARGET_MISSING, f"{operation.path}[{index}]")
    return index


def _check_inside(node: Node, operation: Operation) -> None:
    if node.parent is None:
        raise operation.refuse(PATCH_VALUE, reason="the path is the resource itself")


def _root(node: Node) -> Node:
    while node.parent is not None:
        node = node.parent
    return node


# --- values --------------------------------------------------------------------------------------------------------


def _child(target: Node, operation: Operation) -> Child:
    """The element that ``name`` asks for: ``deceased``, ``deceased[x]`` or ``deceasedBoolean``."""
    name = target.type.element_name(operation.text("name").removesuffix("[x]"))
    child = target.type.children.get(name)
    if child is None:
        raise operation.refuse(PATCH_VALUE, reason=f"{target.type.name} has no element '{name}'")
    return child


def _key(operation: Operation, child: Child, value: Value) -> str:
    key = elements.key_of(child, value)
    if key is None:
        allowed = ", ".join(sorted(child.types))
        raise operation.refuse(PATCH_VALUE, reason=f"{child.name}[x] is one of {allowed}")
    return key


def _value(operation: Operation, child: Child) -> Value:
    part = operation.parts.get("value")
    if part is None:
        raise _malformed(operation.number, f"{operation.type} needs a part 'value'")
    return _read(operation, part, child)


def _read(operation: Operation, part: Mapping[str, Any], child: Child) -> Value:
    """The value of a part: its ``value[x]``, its resource, or for a type without a name the parts inside."""
    if "part" in part:
        if child.choice:
            raise operation.refuse(PATCH_VALUE, reason=f"{child.name}[x] needs a value of one of its types")
        return Value(_anonymous(operation, part["part"], child.types[child.name]))
    if "resource" in part:
        return Value(part["resource"])
    for key in part:
        if key.lstrip("_").startswith("value"):
            name = key.lstrip("_")
            return Value(part.get(name), part.get(f"_{name}"), name.removeprefix("value"))
    raise _malformed(operation.number, f"the part '{part.get('name')}' has no value")


def _anonymous(operation: Operation, parts: list[Mapping[str, Any]], type: Type) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for part in parts:
        name = type.element_name(str(part.get("name")).removesuffix("[x]"))
        child = type.children.get(name)
        if child is None:
            raise operation.refuse(PATCH_VALUE, reason=f"{type.name} has no element '{name}'")
        value = _read(operation, part, child)
        key = _key(operation, child, value)
        (elements.append if child.many else elements.put)(made, key, value)
    return made


# --- the Parameters resource ---------------------------------------------------------------------------------------


def _operations(patch: Mapping[str, Any]) -> list[Operation]:
    if patch.get("resourceType") != "Parameters":
        raise PATCH_MALFORMED.error(reason="a FHIRPath Patch is a Parameters resource")
    parameters = patch.get("parameter", [])
    if len(parameters) > MAX_OPERATIONS:
        raise PATCH_TOO_LARGE.error(limit=MAX_OPERATIONS)
    return [_operation(number, parameter) for number, parameter in enumerate(parameters)]


def _operation(number: int, parameter: Mapping[str, Any]) -> Operation:
    if parameter.get("name") != "operation":
        raise _malformed(number, "each parameter is named 'operation'")
    parts = {str(part.get("name")): part for part in parameter.get("part", [])}
    unknown = parts.keys() - {"type", "path", "name", "value", "index", "source", "destination"}
    if unknown:
        raise _malformed(number, f"there is no part '{min(unknown)}'")
    type, path = _value_of(parts.get("type", {})), _value_of(parts.get("path", {}))
    if type not in _TYPES:
        raise _malformed(number, f"type is one of {', '.join(_TYPES)}")
    if not isinstance(path, str):
        raise _malformed(number, "there is no part 'path'")
    return Operation(number, type, path, parts)


def _value_of(part: Mapping[str, Any]) -> Any:
    return next((value for key, value in part.items() if key.startswith("value")), None)


def _malformed(number: int, reason: str) -> Exception:
    return PATCH_MALFORMED.error(reason=f"operation {number}: {reason}")
