"""How a function is described: a row of its chapter's table, from which expressions are compiled and checked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from fhirserver.fhirpath import messages, singletons
from fhirserver.fhirpath.evaluation import MAX_TEXT, Evaluate, Frame, Test
from fhirserver.fhirpath.model import EMPTY, FALSE, TRUE, system_node
from fhirserver.fhirpath.nodes import Node

#: What a parameter takes. `value`: an expression evaluated once, where the function is called. `each`: one evaluated
#: for every item, with ``$this`` and ``$index``. `criterion`: the same as a condition. `type`: the name of a type.
#: `order`: as `each`, where a leading minus means descending.
Parameter = Literal["value", "each", "criterion", "type", "order"]


@dataclass(frozen=True, slots=True)
class Function:
    """A function of the language.

    `build(source, *arguments)` gives the compiled call; `source` is the compiled input collection, and an argument is
    an `Evaluate`, a `Test` (criterion) or a `Type` (type), as `parameters` say; optional ones may be missing.
    """

    build: Callable[..., Any]
    parameters: tuple[Parameter, ...] = ()
    optional: int = 0  #: how many of the last parameters may be left out
    repeats: bool = False  #: the last parameter may be given any number of times
    test: bool = False  #: the compiled call is a `Test`
    #: For static types. `takes`: the type of FHIRPath that the input must have. `returns`: a type of FHIRPath, or
    #: `input` (items of the input), `argument` (what the first argument gives), `type` (the type named) or Any.
    takes: str = ""
    returns: str = "Any"
    single: bool = False  #: gives at most one item
    ordered: bool = False  #: means something only where the input has an order


def collection(test: Test) -> Evaluate:
    """A condition as a collection."""

    def evaluate(this: list[Node], frame: Frame) -> list[Node]:
        result = test(this, frame)
        return EMPTY if result is None else (TRUE if result else FALSE)

    return evaluate


def condition(evaluate: Evaluate, name: str) -> Test:
    """A collection as a condition."""

    def test(this: list[Node], frame: Frame) -> bool | None:
        items = evaluate(this, frame)
        if items is TRUE:
            return True
        return singletons.boolean(items, name)

    return test


def bounded(text: str, name: str) -> str:
    """A text that an expression built; a FhirError when it grew beyond all use."""
    if len(text) > MAX_TEXT:
        raise messages.TEXT_TOO_LONG.error(name=name, limit=MAX_TEXT)
    return text


#: Takes a collection and a name for errors, gives one value or None.
Single = Callable[[list[Node], str], Any]


def scalar(
    name: str, function: Callable[..., Any], takes: Single, *parameters: Single, framed: bool = False
) -> Callable[..., Evaluate]:
    """The builder of a function of single values: empty when the input or an argument is, else what `function` gives.

    `function` gets plain values, when `framed` after the frame, and returns one; None is empty.
    """

    def build(source: Evaluate, *arguments: Evaluate) -> Evaluate:
        def evaluate(this: list[Node], frame: Frame) -> list[Node]:
            own = takes(source(this, frame), f"{name}()")
            if own is None:
                return EMPTY
            values = []
            for argument, convert in zip(arguments, parameters, strict=False):
                value = convert(argument(this, frame), f"{name}()")
                if value is None:
                    return EMPTY
                values.append(value)
            result = function(frame, own, *values) if framed else function(own, *values)
            if result is None:
                return EMPTY
            if result is True or result is False:
                return TRUE if result else FALSE
            return [system_node(bounded(result, f"{name}()") if isinstance(result, str) else result)]

        return evaluate

    return build
