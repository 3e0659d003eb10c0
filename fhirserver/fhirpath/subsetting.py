"""hl7.org/fhirpath/N1/#subsetting."""

from __future__ import annotations

from fhirserver.fhirpath import singletons
from fhirserver.fhirpath.equality import Distinct, distinct
from fhirserver.fhirpath.evaluation import Evaluate, Frame
from fhirserver.fhirpath.functions import Function
from fhirserver.fhirpath.model import EMPTY
from fhirserver.fhirpath.nodes import Node


def indexer(source: Evaluate, index: Evaluate) -> Evaluate:
    """``source[index]``, from 0."""

    def evaluate(this: list[Node], frame: Frame) -> list[Node]:
        items = source(this, frame)
        place = singletons.integer(index(this, frame), "[]")
        return EMPTY if place is None or place < 0 else items[place : place + 1]

    return evaluate


def _single(source: Evaluate) -> Evaluate:
    def evaluate(this: list[Node], frame: Frame) -> list[Node]:
        items = source(this, frame)
        singletons.one(items, "single()")
        return items

    return evaluate


def _skip(source: Evaluate, count: Evaluate) -> Evaluate:
    def evaluate(this: list[Node], frame: Frame) -> list[Node]:
        items = source(this, frame)
        number = singletons.integer(count(this, frame), "skip()")
        return EMPTY if number is None else items[max(0, number) :]

    return evaluate


def _take(source: Evaluate, count: Evaluate) -> Evaluate:
    def evaluate(this: list[Node], frame: Frame) -> list[Node]:
        items = source(this, frame)
        number = singletons.integer(count(this, frame), "take()")
        return EMPTY if number is None else items[: max(0, number)]

    return evaluate


def _intersect(source: Evaluate, other: Evaluate) -> Evaluate:
    def evaluate(this: list[Node], frame: Frame) -> list[Node]:
        seen = Distinct(frame, other(this, frame))
        return distinct((item for item in source(this, frame) if item in seen), frame)

    return evaluate


def _exclude(source: Evaluate, other: Evaluate) -> Evaluate:
    def evaluate(this: list[Node], frame: Frame) -> list[Node]:
        seen = Distinct(frame, other(this, frame))
        return [item for item in source(this, frame) if item not in seen]

    return evaluate


FUNCTIONS = {
    "single": Function(_single, returns="input", single=True),
    "first": Function(
        lambda source: lambda this, frame: source(this, frame)[:1], returns="input", single=True, ordered=True
    ),
    "last": Function(
        lambda source: lambda this, frame: source(this, frame)[-1:], returns="input", single=True, ordered=True
    ),
    "tail": Function(lambda source: lambda this, frame: source(this, frame)[1:], returns="input", ordered=True),
    "skip": Function(_skip, ("value",), returns="input", ordered=True),
    "take": Function(_take, ("value",), returns="input", ordered=True),
    "intersect": Function(_intersect, ("value",), returns="input"),
    "exclude": Function(_exclude, ("value",), returns="input"),
}
