"""The public face of the room: an expression, compiled once, evaluated often."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property, lru_cache
from typing import Any, TypeVar

from fhirserver.fhirpath import messages
from fhirserver.fhirpath.check import check
from fhirserver.fhirpath.compile import Compiler
from fhirserver.fhirpath.corrections import MEANT
from fhirserver.fhirpath.evaluation import Environment, Evaluate, Frame, Test, nodes_of
from fhirserver.fhirpath.extract import Extract, extraction, pairs
from fhirserver.fhirpath.model import Type, resource_type, type_named
from fhirserver.fhirpath.nodes import Node
from fhirserver.fhirpath.parser import parse
from fhirserver.fhirpath.syntax import Syntax

T = TypeVar("T")
_NOTHING = Environment()


class Expression:
    """A compiled expression. It keeps no state: threads may share it."""

    def __init__(self, text: str, type: Type | None, syntax: Syntax) -> None:
        self.text = text
        self.type = type
        self.syntax = syntax
        self._collection: Evaluate = Compiler(text).collection(syntax)

    def __repr__(self) -> str:
        return f"<FHIRPath {self.text!r}>"

    @cached_property
    def _condition(self) -> Test:
        return Compiler(self.text).condition(self.syntax)

    def evaluate(self, focus: Any, environment: Environment = _NOTHING) -> list[Node]:
        """The collection that the expression gives for a focus.

        `focus` is a resource as a dict, a value of the type the expression was compiled for, a `Node`, a list of
        these, or None for no focus. A FhirError says what cannot be evaluated.
        """
        return list(self._run(self._collection, focus, environment))

    def holds(self, focus: Any, environment: Environment = _NOTHING) -> bool | None:
        """The expression as a condition, such as an invariant: True, False, or None where it is empty."""
        return self._run(self._condition, focus, environment)

    def values(self, resource: dict[str, Any], environment: Environment = _NOTHING) -> list[tuple[str, Any]]:
        """What a search parameter with this expression indexes in a resource: (type, raw JSON value) pairs.

        Types are FHIR's ("HumanName", "boolean"; the path of an element with children of its own). Here `as` filters,
        and a reference counts as resolved to the type that it names.
        """
        if self._extract is not None:
            try:
                return self._extract(resource)
            except (AttributeError, TypeError):
                # a resource that is not shaped as its type says: the general engine passes over such places
                pass
        return pairs(self._run(self._filtering, resource, environment))

    def _run(self, closure: Callable[[list[Node], Frame], T], focus: Any, environment: Environment) -> T:
        items = self._focus(focus)
        try:
            return closure(items, Frame(environment, items))
        except RecursionError:
            raise messages.TOO_MANY_STEPS.error() from None

    @cached_property
    def _extract(self) -> Extract | None:
        return extraction(self.syntax, self.type) if self.type is not None else None

    @cached_property
    def _filtering(self) -> Evaluate:
        return Compiler(self.text, filters=True).collection(self.syntax)

    def _focus(self, focus: Any) -> list[Node]:
        if focus.__class__ is dict:
            type = self.type
            if type is None or type.kind == "resource":
                type = resource_type(focus)
            return [Node(focus, type)]
        if self.type is None or isinstance(focus, Node | list | tuple) or focus is None:
            return nodes_of(focus)
        return [Node(focus, self.type)]


@lru_cache(maxsize=4096)
def _compiled(expression: str, type: str | None, strict: bool) -> Expression:
    context = None if type is None else type_named(type)
    expression = MEANT.get(expression, expression)
    compiled = Expression(expression, context, parse(expression))
    if strict:
        check(expression, compiled.syntax, context)
    return compiled


def compile(expression: str, type: str | None = None, *, strict: bool = False) -> Expression:
    """An expression ready to be evaluated; the same text gives the same object again.

    `type` is what it will be evaluated on: a resource type, a data type, or the path of an element with children of its
    own ("Patient.contact"). A FhirError says where the text is no expression, names an unknown function or type.
    An expression of R4 that is known to be wrong is read as the one it means (corrections.py).
    `strict` also refuses what can never work on this type: elements that do not exist, operands that do not fit.
    """
    return _compiled(expression, type, strict)
