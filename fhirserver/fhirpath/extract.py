"""The short way from a resource to the values of a search parameter.

Most search expressions are paths with a filter: ``Patient.name.given``, ``(Observation.value as Quantity)``,
``Observation.subject.where(resolve() is Patient)``. With the resource's type known, their types, JSON keys and
cardinalities are known as well, and they become closures over the raw JSON that build no nodes. What has no such form
goes through the general engine. Both give the same (a test compares them on HL7's examples), but for duplicates, which
an index does not mind and a union here keeps.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any, NamedTuple, TypeAlias

from fhirserver.fhirpath import dates
from fhirserver.fhirpath.compile import context_type
from fhirserver.fhirpath.fhir import target_type
from fhirserver.fhirpath.model import Child, Type, fhir_type, type_named
from fhirserver.fhirpath.nodes import Node
from fhirserver.fhirpath.quantities import Quantity
from fhirserver.fhirpath.syntax import Call, Literal, Member, Operation, Syntax, TypeOperation, type_name

#: Finds the (type, value) pairs in a resource.
Extract: TypeAlias = Callable[[dict[str, Any]], list[tuple[str, Any]]]
#: Finds the raw values of one type in a resource.
Values: TypeAlias = Callable[[dict[str, Any]], list[Any]]
#: Whether a raw value, in a resource, meets a criterion.
Criterion: TypeAlias = Callable[[Any, dict[str, Any]], bool]


class Branch(NamedTuple):
    """One of the types a path may lead to; without `values` it is the resource itself."""

    type: Type
    values: Values | None


class _NotAPathError(Exception):
    """The expression needs the general engine."""


_NONE: list[Any] = []


def extraction(syntax: Syntax, context: Type) -> Extract | None:
    """The closure for an expression on a type; None when it is not of the simple kind."""
    try:
        branches = _branches(syntax, context)
    except _NotAPathError:
        return None
    if len(branches) == 1:
        return _typed(branches[0])
    parts = [_typed(branch) for branch in branches]
    return lambda resource: [pair for part in parts for pair in part(resource)]


def _typed(branch: Branch) -> Extract:
    name, values = branch.type.name, branch.values
    if values is None:
        return lambda resource: [(name, resource)]
    return lambda resource: [(name, value) for value in values(resource)]


# --- paths ---------------------------------------------------------------------------------------------------------


def _branches(syntax: Syntax, context: Type) -> list[Branch]:
    match syntax:
        case Member(target=None, name=name):
            return _start(name, context)
        case Member(target=target, name=name) if target is not None:
            return [step for branch in _branches(target, context) for step in _step(branch, name)]
        case TypeOperation(operator="as", operand=operand, type=specifier):
            return _of_type(_branches(operand, context), specifier)
        case Call(name="as" | "ofType", target=target, arguments=(argument,)) if target is not None:
            return _of_type(_branches(target, context), type_name(argument) or "")
        case Call(name="where", target=target, arguments=(criterion,)) if target is not None:
            branches = _branches(target, context)
            return [_filtered(branch, _criterion(criterion, branch.type, context)) for branch in branches]
        case Call(name="extension", target=target, arguments=(Literal(value=str() as url),)) if target is not None:
            extensions = [step for branch in _branches(target, context) for step in _step(branch, "extension")]
            return [_filtered(branch, lambda value, resource: value.get("url") == url) for branch in extensions]
        case Operation(operator="|", operands=operands):
            return [branch for operand in operands for branch in _branches(operand, context)]
        case _:
            raise _NotAPathError


def _start(name: str, context: Type) -> list[Branch]:
    type = context_type(name)
    if type is None or name in context.children:
        return list(_step(Branch(context, None), name))
    if context.is_a(type):
        return [Branch(context, None)]
    if type.is_a(context):
        # what the resource is shows only in its value
        raise _NotAPathError
    # the other resource types of a union find nothing here
    return []


def _step(branch: Branch, name: str) -> Iterable[Branch]:
    if branch.type.kind in ("primitive", "system"):
        raise _NotAPathError
    child = branch.type.children.get(name)
    return [] if child is None else [_below(branch, child, key, type) for key, type in child.types.items()]


def _below(branch: Branch, child: Child, key: str, type: Type) -> Branch:
    if type.kind in ("resource", "system"):
        # the type of a resource shows only in its value
        raise _NotAPathError
    if branch.values is None:
        return Branch(type, _list_of_root(key) if child.many else _one_of_root(key))
    return Branch(type, _list_of(branch.values, key) if child.many else _one_of(branch.values, key))


def _one_of_root(key: str) -> Values:
    def values(resource: dict[str, Any]) -> list[Any]:
        value = resource.get(key)
        return _NONE if value is None else [value]

    return values


def _list_of_root(key: str) -> Values:
    def values(resource: dict[str, Any]) -> list[Any]:
        found = resource.get(key)
        if found is None:
            return _NONE
        # a null holds the place of a primitive that has only extensions
        return [value for value in found if value is not None] if None in found else found

    return values


def _one_of(source: Values, key: str) -> Values:
    def values(resource: dict[str, Any]) -> list[Any]:
        return [value for holder in source(resource) if (value := holder.get(key)) is not None]

    return values


def _list_of(source: Values, key: str) -> Values:
    def values(resource: dict[str, Any]) -> list[Any]:
        return [value for holder in source(resource) for value in holder.get(key, _NONE) if value is not None]

    return values


def _of_type(branches: list[Branch], specifier: str) -> list[Branch]:
    wanted = type_named(specifier)
    return [
        branch
        for branch in branches
        if branch.type is wanted or (branch.type.kind != "primitive" and branch.type.is_a(wanted))
    ]


# --- filters -------------------------------------------------------------------------------------------------------


def _filtered(branch: Branch, criterion: Criterion) -> Branch:
    source = branch.values
    if source is None:
        raise _NotAPathError

    def values(resource: dict[str, Any]) -> list[Any]:
        return [value for value in source(resource) if criterion(value, resource)]

    return Branch(branch.type, values)


def _criterion(syntax: Syntax, type: Type, context: Type) -> Criterion:
    match syntax:
        case Operation(operator="=", operands=(Member(target=None, name=name), Literal(value=str() as text))):
            return _equals(type, name, text)
        case TypeOperation(operator="is", operand=Call(target=None, name="resolve"), type=specifier):
            return _targets(type, type_named(specifier), context)
        case Operation(operator="and", operands=operands):
            parts = [_criterion(operand, type, context) for operand in operands]
            return lambda value, resource: all(part(value, resource) for part in parts)
        case Operation(operator="or", operands=operands):
            parts = [_criterion(operand, type, context) for operand in operands]
            return lambda value, resource: any(part(value, resource) for part in parts)
        case _:
            raise _NotAPathError


def _equals(type: Type, name: str, text: str) -> Criterion:
    child = type.children.get(name)
    if child is None or child.many or child.choice or type.kind == "primitive":
        raise _NotAPathError
    (system,) = {element.system for element in child.types.values()}
    if system is None or system.name != "String":
        raise _NotAPathError
    return lambda value, resource: value.get(name) == text


def _targets(type: Type, wanted: Type, context: Type) -> Criterion:
    # without the whole resource, its contained ones cannot be found
    if type.name != "Reference" or wanted.kind != "resource" or context.kind != "resource":
        raise _NotAPathError
    name = wanted.name

    def criterion(value: Any, resource: dict[str, Any]) -> bool:
        found = target_type(value, resource)
        return found == name or (found is not None and fhir_type(found).is_a(wanted))

    return criterion


# --- the general engine's nodes as pairs ---------------------------------------------------------------------------

_FHIR_NAMES = {"Boolean": "boolean", "Integer": "integer", "Decimal": "decimal", "String": "string"}
_MOMENT_NAMES = {dates.Date: "date", dates.DateTime: "dateTime", dates.Time: "time"}


def pairs(nodes: Iterable[Node]) -> list[tuple[str, Any]]:
    """Nodes as (type, raw value), with calculated values as FHIR would hold them; without those that have no value."""
    return [_pair(node) for node in nodes if node.value is not None]


def _pair(node: Node) -> tuple[str, Any]:
    value = node.value
    if isinstance(value, Quantity):
        code = {"system": value.system, "code": value.unit}
        return "Quantity", {"value": Decimal(value.value)} | ({} if value.calendar else code)
    moment = _MOMENT_NAMES.get(value.__class__)
    if moment:
        return moment, str(value)
    return _FHIR_NAMES.get(node.type.name, node.type.name), value
