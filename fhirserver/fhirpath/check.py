"""Strict mode: what can be known of an expression from the types alone (N1 #type-safety-and-strict-evaluation).

Only what can never work is refused. Where a type is not known (`children()`, `resolve()`, variables) all is allowed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import Any

from fhirserver.fhirpath import messages
from fhirserver.fhirpath.compile import Compiler, context_type
from fhirserver.fhirpath.functions import Function
from fhirserver.fhirpath.lexer import error
from fhirserver.fhirpath.model import SYSTEM_TYPES, Type, type_named
from fhirserver.fhirpath.syntax import (
    Call,
    Indexer,
    Literal,
    Member,
    Operation,
    Polarity,
    Special,
    Syntax,
    TypeOperation,
    Variable,
    type_name,
)
from fhirserver.outcome import Message


@dataclass(frozen=True, slots=True)
class Static:
    """What is known of a collection before evaluation: its types (None: unknown) and whether it has an order."""

    types: tuple[Type, ...] | None = None
    ordered: bool = True


_UNKNOWN = Static()
#: Types that stand for any other: nothing is known of their elements.
_OPEN = frozenset(("Resource", "DomainResource", "Element", "BackboneElement", "Any"))
_NUMBERS = frozenset(("Integer", "Decimal"))
_MOMENTS = frozenset(("Date", "DateTime"))
#: Groups of types within which values compare and add up.
_GROUPS = (_NUMBERS | {"Quantity"}, _MOMENTS, frozenset(("Time",)), frozenset(("String",)))


def check(text: str, syntax: Syntax, context: Type | None) -> None:
    """A FhirError for the first part of an expression that can never work on the context."""
    focus = Static((context,)) if context else _UNKNOWN
    _Checker(text, focus).infer(syntax, focus)


class _Checker:
    def __init__(self, text: str, root: Static) -> None:
        self.text = text
        self.root = root

    def refuse(self, message: Message, at: int, **values: Any) -> Exception:
        return error(message, self.text, at, **values)

    def infer(self, syntax: Syntax, focus: Static) -> Static:
        """What an expression gives for a focus."""
        match syntax:
            case Literal(value=value):
                return _UNKNOWN if value is None else Static((SYSTEM_TYPES[type(value)],))
            case Special(name=name):
                return focus if name == "this" else (_of("Integer") if name == "index" else _UNKNOWN)
            case Variable(name=name):
                return self.root if name == "context" else _UNKNOWN
            case Member(target=None):
                return self.start(syntax, focus)
            case Member(target=target):
                assert target is not None
                return self.step(syntax, self.infer(target, focus))
            case Call():
                return self.call(syntax, focus)
            case Indexer(target=target, index=index):
                self.infer(index, focus)
                return self.infer(target, focus)
            case Polarity(operand=operand):
                return self.infer(operand, focus)
            case TypeOperation(operator=operator, operand=operand, type=specifier):
                inner = self.infer(operand, focus)
                return _of("Boolean") if operator == "is" else replace(inner, types=(type_named(specifier),))
            case Operation():
                return self.operation(syntax, focus)

    # --- paths

    def start(self, member: Member, focus: Static) -> Static:
        type = context_type(member.name)
        if type is None:
            return self.step(member, focus)
        if focus.types is None:
            return Static((type,))
        if any(known.is_a(type) or type.is_a(known) for known in focus.types):
            return replace(focus, types=tuple(known if known.is_a(type) else type for known in focus.types))
        if any(member.name in known.children for known in focus.types):
            return self.step(member, focus)
        raise self.refuse(messages.OTHER_CONTEXT, member.at, name=member.name, type=_named(focus.types))

    def step(self, member: Member, inner: Static) -> Static:
        if inner.types is None:
            return replace(inner, types=None)
        found = [type.children[member.name] for type in inner.types if member.name in type.children]
        if not found and not any(type.name in _OPEN for type in inner.types):
            raise self.unknown_element(member, inner.types)
        types = tuple(dict.fromkeys(type for child in found for type in child.types.values()))
        return replace(inner, types=types or None)

    def unknown_element(self, member: Member, types: tuple[Type, ...]) -> Exception:
        names = {key: name for type in types for key, name in type.names.items()}
        near = names.get(member.name) or next(iter(get_close_matches(member.name, names.values(), 1)), None)
        hint = f" ({near}?)" if near else ""
        return self.refuse(messages.UNKNOWN_ELEMENT, member.at, type=_named(types), name=member.name, hint=hint)

    # --- functions

    def call(self, call: Call, focus: Static) -> Static:
        function = Compiler(self.text).function(call)
        inner = focus if call.target is None else self.infer(call.target, focus)
        if function.takes and not _may_be(inner, function.takes):
            raise self.mismatch(call, function.takes, inner)
        if function.ordered and not inner.ordered:
            raise self.refuse(messages.UNORDERED, call.at, name=f"{call.name}()")
        arguments = self.arguments(function, call, inner, focus)
        return self.result(function, call, inner, arguments)

    def arguments(self, function: Function, call: Call, inner: Static, focus: Static) -> list[Static]:
        kinds = function.parameters + function.parameters[-1:] * len(call.arguments)
        found = [
            _UNKNOWN if kind == "type" else self.infer(argument, focus if kind == "value" else inner)
            for kind, argument in zip(kinds, call.arguments, strict=False)
        ]
        # N1 #iif: its criterion has to be a Boolean, where other criteria may be any single item
        if call.name == "iif" and not _may_be(found[0], "Boolean"):
            raise self.mismatch(call, "Boolean", found[0])
        return found

    def result(self, function: Function, call: Call, inner: Static, arguments: list[Static]) -> Static:
        match function.returns:
            case "input":
                return inner
            case "argument":
                return arguments[0]
            case "type":
                return replace(inner, types=(type_named(type_name(call.arguments[0]) or ""),))
            case "Any":
                return Static(None, ordered=inner.ordered and call.name not in ("children", "descendants"))
            case name:
                return _of(name)

    def mismatch(self, call: Call, expected: str, found: Static) -> Exception:
        return self.refuse(
            messages.TYPE_MISMATCH, call.at, name=f"{call.name}()", expected=expected, found=_named(found.types or ())
        )

    # --- operators

    def operation(self, operation: Operation, focus: Static) -> Static:
        operands = [self.infer(operand, focus) for operand in operation.operands]
        name = operation.operator
        if name == "|":
            known = [operand.types for operand in operands]
            types = None if None in known else tuple(dict.fromkeys(type for each in known for type in each or ()))
            return Static(types)
        if name in ("+", "-", "<", ">", "<=", ">="):
            self.check_operands(operation, *operands)
        if name in ("+", "-"):
            return operands[0]
        if name in ("*", "/", "div", "mod"):
            return _UNKNOWN
        return _of("String" if name == "&" else "Boolean")

    def check_operands(self, operation: Operation, left: Static, right: Static) -> None:
        mine, other = _system_names(left), _system_names(right)
        if mine is None or other is None or any(mine & group and other & group for group in _GROUPS):
            return
        if operation.operator in ("+", "-") and mine & (_MOMENTS | {"Time"}) and "Quantity" in other:
            return
        raise self.refuse(
            messages.TYPE_MISMATCH,
            operation.at,
            name=operation.operator,
            expected=_named(left.types or ()),
            found=_named(right.types or ()),
        )


def _of(name: str) -> Static:
    return Static((type_named(f"System.{name}"),))


def _named(types: Iterable[Type]) -> str:
    return ", ".join(type.name for type in types)


def _system_names(static: Static) -> frozenset[str] | None:
    """The types of FHIRPath that the items may convert to; None when nothing is known."""
    if static.types is None or any(type.name in _OPEN for type in static.types):
        return None
    return frozenset(type.system.name for type in static.types if type.system)


def _may_be(static: Static, name: str) -> bool:
    names = _system_names(static)
    return names is None or name in names or (name == "Decimal" and "Integer" in names)
