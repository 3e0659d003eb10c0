"""hl7.org/fhirpath/N1/#existence."""

from __future__ import annotations

from collections.abc import Callable

from fhirserver.fhirpath import singletons
from fhirserver.fhirpath.equality import Distinct, distinct
from fhirserver.fhirpath.evaluation import Evaluate, Frame, Test
from fhirserver.fhirpath.functions import Function
from fhirserver.fhirpath.model import BOOLEAN, system_node
from fhirserver.fhirpath.nodes import Node


def _empty(source: Evaluate) -> Test:
    return lambda this, frame: not source(this, frame)


def _exists(source: Evaluate, criterion: Test | None = None) -> Test:
    if criterion is None:
        return lambda this, frame: bool(source(this, frame))

    def test(this: list[Node], frame: Frame) -> bool:
        items = source(this, frame)
        frame.spend(len(items))
        outer, found = frame.index, False
        for frame.index, item in enumerate(items):
            if criterion([item], frame):
                found = True
                break
        frame.index = outer
        return found

    return test


def _all(source: Evaluate, criterion: Test) -> Test:
    def test(this: list[Node], frame: Frame) -> bool:
        items = source(this, frame)
        frame.spend(len(items))
        outer, holds = frame.index, True
        for frame.index, item in enumerate(items):
            if not criterion([item], frame):
                holds = False
                break
        frame.index = outer
        return holds

    return test


def _of_booleans(name: str, decide: Callable[[list[bool]], bool]) -> Callable[[Evaluate], Test]:
    def build(source: Evaluate) -> Test:
        return lambda this, frame: decide([_boolean(item, name) for item in source(this, frame)])

    return build


def _boolean(item: Node, name: str) -> bool:
    """An item of a collection of Booleans; nothing else is made one here."""
    own = item.system
    if item.type.system is not BOOLEAN or own is None:
        raise singletons.wrong_type(f"{name}()", "Boolean", item)
    return bool(own)


def _subset_of(source: Evaluate, other: Evaluate) -> Test:
    return lambda this, frame: _within(source(this, frame), other(this, frame), frame)


def _superset_of(source: Evaluate, other: Evaluate) -> Test:
    return lambda this, frame: _within(other(this, frame), source(this, frame), frame)


def _within(inner: list[Node], outer: list[Node], frame: Frame) -> bool:
    seen = Distinct(frame, outer)
    return all(item in seen for item in inner)


def _count(source: Evaluate) -> Evaluate:
    return lambda this, frame: [system_node(len(source(this, frame)))]


def _distinct(source: Evaluate) -> Evaluate:
    return lambda this, frame: distinct(source(this, frame), frame)


def _is_distinct(source: Evaluate) -> Test:
    def test(this: list[Node], frame: Frame) -> bool:
        seen = Distinct(frame)
        return all(seen.add(item) for item in source(this, frame))

    return test


FUNCTIONS = {
    "empty": Function(_empty, test=True, returns="Boolean", single=True),
    "exists": Function(_exists, ("criterion",), optional=1, test=True, returns="Boolean", single=True),
    "all": Function(_all, ("criterion",), test=True, returns="Boolean", single=True),
    "allTrue": Function(_of_booleans("allTrue", all), test=True, takes="Boolean", returns="Boolean", single=True),
    "anyTrue": Function(_of_booleans("anyTrue", any), test=True, takes="Boolean", returns="Boolean", single=True),
    "allFalse": Function(
        _of_booleans("allFalse", lambda values: not any(values)),
        test=True,
        takes="Boolean",
        returns="Boolean",
        single=True,
    ),
    "anyFalse": Function(
        _of_booleans("anyFalse", lambda values: not all(values)),
        test=True,
        takes="Boolean",
        returns="Boolean",
        single=True,
    ),
    "subsetOf": Function(_subset_of, ("value",), test=True, returns="Boolean", single=True),
    "supersetOf": Function(_superset_of, ("value",), test=True, returns="Boolean", single=True),
    "count": Function(_count, returns="Integer", single=True),
    "distinct": Function(_distinct, returns="input"),
    "isDistinct": Function(_is_distinct, test=True, returns="Boolean", single=True),
}
