"""A syntax tree to closures: one for the collection it gives, or one for the condition it is."""

from __future__ import annotations

from collections.abc import Callable
from difflib import get_close_matches
from functools import lru_cache
from typing import Any

from fhirserver.fhirpath import (
    aggregates,
    arithmetic,
    boolean,
    combining,
    comparison,
    conversion,
    equality,
    existence,
    fhir,
    filtering,
    math,
    messages,
    navigation,
    strings,
    subsetting,
    types,
    utility,
)
from fhirserver.fhirpath.evaluation import Evaluate, Frame, Test, nodes_of
from fhirserver.fhirpath.functions import Function, Parameter, collection, condition
from fhirserver.fhirpath.lexer import error
from fhirserver.fhirpath.model import EMPTY, FALSE, STRING, TRUE, Type, fhir_type, system_node, type_named
from fhirserver.fhirpath.nodes import Node
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
from fhirserver.outcome import FhirError

_CHAPTERS = (
    existence,
    filtering,
    subsetting,
    combining,
    conversion,
    strings,
    math,
    navigation,
    utility,
    types,
    boolean,
    aggregates,
    fhir,
)
#: Every function of the language by name.
FUNCTIONS: dict[str, Function] = {
    name: function for chapter in _CHAPTERS for name, function in chapter.FUNCTIONS.items()
}

_VARIABLES: dict[str, Callable[[Frame], list[Node]]] = {
    "context": lambda frame: frame.context,
    "resource": lambda frame: frame.resource,
    "rootResource": lambda frame: frame.root_resource,
}
#: hl7.org/fhirpath/N1/#environment-variables; R4 fhirpath.html#vars
_CONSTANTS = {"ucum": "http://unitsofmeasure.org", "sct": "http://snomed.info/sct", "loinc": "http://loinc.org"}
_PREFIXES = {"vs-": "http://hl7.org/fhir/ValueSet/", "ext-": "http://hl7.org/fhir/StructureDefinition/"}


def this(focus: list[Node], frame: Frame) -> list[Node]:
    """``$this``, and the input of a function that is called on nothing."""
    return focus


class Compiler:
    """Compiles the syntax trees of one text; the text is only needed to say where an error is.

    With `filters`, `as` keeps the items of its type among many, as R4's search parameters count on
    (``Observation.component.value as Quantity``); without, several items are an error.
    """

    def __init__(self, text: str, filters: bool = False) -> None:
        self.text = text
        self.filters = filters

    def collection(self, syntax: Syntax) -> Evaluate:
        """The closure that gives an expression's collection."""
        match syntax:
            case Literal(value=value):
                return _constant(EMPTY if value is None else [system_node(value)])
            case Special(name=name):
                return _SPECIALS[name]
            case Variable(name=name):
                return _variable(name)
            case Member(target=None, name=name):
                return navigation.start(name, context_type(name))
            case Member(target=target, name=name):
                assert target is not None
                return navigation.member(self.collection(target), name)
            case Call():
                return self.call(syntax)
            case Indexer(target=target, index=index):
                return subsetting.indexer(self.collection(target), self.collection(index))
            case Polarity(sign=sign, operand=operand):
                return arithmetic.polarity(sign, self.collection(operand))
            case Operation(operator="|", operands=operands):
                return combining.union(*map(self.collection, operands))
            case Operation(operator="&", operands=(left, right)):
                return arithmetic.concatenation(self.collection(left), self.collection(right))
            case Operation(operator="+" | "-" | "*" | "/" | "div" | "mod" as operator, operands=(left, right)):
                return arithmetic.arithmetic(operator, self.collection(left), self.collection(right))
            case TypeOperation(operator="as", operand=operand, type=specifier) if self.filters:
                return filtering.of_type(self.collection(operand), type_named(specifier))
            case TypeOperation(operator="as", operand=operand, type=specifier):
                return types.as_operator(self.collection(operand), type_named(specifier))
            case _:
                return collection(self.condition(syntax))

    def condition(self, syntax: Syntax) -> Test:
        """The closure that gives an expression's truth: True, False or None for empty."""
        match syntax:
            case Operation(operator="and", operands=operands):
                return boolean.conjunction(tuple(map(self.condition, operands)))
            case Operation(operator="or", operands=operands):
                return boolean.disjunction(tuple(map(self.condition, operands)))
            case Operation(operator="xor", operands=(left, right)):
                return boolean.exclusive(self.condition(left), self.condition(right))
            case Operation(operator="implies", operands=(left, right)):
                return boolean.implication(self.condition(left), self.condition(right))
            case Operation(operator="=" | "!=" as operator, operands=(left, Literal(value=str() as text))):
                return _equals_text(self.collection(left), text, operator == "=")
            case Operation(operator="=" | "!=" | "~" | "!~" as operator, operands=(left, right)):
                return _equality(operator, self.collection(left), self.collection(right))
            case Operation(operator="<" | ">" | "<=" | ">=" as operator, operands=(left, right)):
                return comparison.comparison(operator, self.collection(left), self.collection(right))
            case Operation(operator="in", operands=(left, right)):
                return combining.member(self.collection(left), self.collection(right), "in")
            case Operation(operator="contains", operands=(left, right)):
                return combining.member(self.collection(right), self.collection(left), "contains")
            case TypeOperation(operator="is", operand=operand, type=specifier):
                return types.is_operator(self.collection(operand), type_named(specifier))
            case Call(name="not", target=target, arguments=()) if target is not None:
                return boolean.negation(self.condition(target))
            case Call(name=name) if name in FUNCTIONS and FUNCTIONS[name].test:
                test: Test = self.build(syntax)
                return test
            case Literal(value=bool() as value):
                return lambda focus, frame: value
            case _:
                return condition(self.collection(syntax), "a condition")

    def call(self, call: Call) -> Evaluate:
        """The closure of a function call as a collection."""
        built = self.build(call)
        return collection(built) if FUNCTIONS[call.name].test else built

    def build(self, call: Call) -> Any:
        """The closure of a function call: an `Evaluate` or a `Test`, as its row says."""
        function = self.function(call)
        source = this if call.target is None else self.collection(call.target)
        kinds = function.parameters + function.parameters[-1:] * len(call.arguments)
        arguments = [self.argument(kind, argument, call) for kind, argument in zip(kinds, call.arguments, strict=False)]
        return function.build(source, *arguments)

    def function(self, call: Call) -> Function:
        """The row of a function; a FhirError for an unknown one or a wrong number of arguments."""
        function = FUNCTIONS.get("ofType" if call.name == "as" and self.filters else call.name)
        if function is None:
            near = get_close_matches(call.name, FUNCTIONS, 1)
            hint = f" ({near[0]}?)" if near else ""
            raise error(messages.UNKNOWN_FUNCTION, self.text, call.at, name=call.name, hint=hint)
        most = len(function.parameters)
        least = most - function.optional
        given = len(call.arguments)
        if given < least or (given > most and not function.repeats):
            expected = f"{least}" if least == most else f"{least}-{'' if function.repeats else most}"
            raise error(messages.ARGUMENTS, self.text, call.at, name=call.name, expected=expected, found=given)
        return function

    def argument(self, kind: Parameter, syntax: Syntax, call: Call) -> Any:
        """What a function's `build` gets for an argument of this kind."""
        match kind:
            case "criterion":
                return self.condition(syntax)
            case "type":
                name = type_name(syntax)
                if name is None:
                    raise error(messages.NOT_A_TYPE, self.text, call.at, name=call.name)
                return type_named(name)
            case "order":
                if isinstance(syntax, Polarity) and syntax.sign == "-":
                    return self.collection(syntax.operand), True
                return self.collection(syntax), False
            case _:
                return self.collection(syntax)


_SPECIALS: dict[str, Evaluate] = {
    "this": this,
    "index": lambda focus, frame: EMPTY if frame.index is None else [system_node(frame.index)],
    "total": lambda focus, frame: frame.total,
}


def _constant(items: list[Node]) -> Evaluate:
    if len(items) == 1 and isinstance(items[0].value, bool):
        items = TRUE if items[0].value else FALSE
    return lambda focus, frame: items


@lru_cache(maxsize=4096)
def context_type(name: str) -> Type | None:
    """The type that the first name of a path may be: a resource or complex type (all begin with a capital)."""
    if not name[:1].isupper() or "." in name:
        return None
    try:
        return fhir_type(name)
    except FhirError:
        return None


def _variable(name: str) -> Evaluate:
    if name in _VARIABLES:
        known = _VARIABLES[name]
        return lambda focus, frame: known(frame)
    text = _CONSTANTS.get(name) or next(
        (base + name.removeprefix(prefix) for prefix, base in _PREFIXES.items() if name.startswith(prefix)), None
    )
    constant = EMPTY if text is None else [system_node(text)]

    def evaluate(focus: list[Node], frame: Frame) -> list[Node]:
        # a variable that is defined but has no value is empty, one that is not defined an error
        variables = frame.environment.variables
        if name in variables:
            return nodes_of(variables[name])
        if text is None:
            raise messages.UNKNOWN_VARIABLE.error(name=name)
        return constant

    return evaluate


def _equals_text(source: Evaluate, text: str, wanted: bool) -> Test:
    """``use = 'official'``, the most frequent criterion, without detours."""
    constant = [system_node(text)]

    def equals(focus: list[Node], frame: Frame) -> bool | None:
        items = source(focus, frame)
        if len(items) == 1 and items[0].type.system is STRING and items[0].value.__class__ is str:
            return (items[0].value == text) is wanted
        result = equality.equal(items, constant)
        return None if result is None else result is wanted

    return equals


def _equality(operator: str, left: Evaluate, right: Evaluate) -> Test:
    if operator in ("=", "!="):
        wanted = operator == "="

        def equals(focus: list[Node], frame: Frame) -> bool | None:
            result = equality.equal(left(focus, frame), right(focus, frame))
            return None if result is None else result is wanted

        return equals
    if operator == "~":
        return lambda focus, frame: equality.equivalent(left(focus, frame), right(focus, frame))
    return lambda focus, frame: not equality.equivalent(left(focus, frame), right(focus, frame))
