"""hl7.org/fhirpath/N1/#combining and #collections-1: union, combine, in, contains."""

from __future__ import annotations

from fhirserver.fhirpath import singletons
from fhirserver.fhirpath.equality import Distinct, distinct
from fhirserver.fhirpath.evaluation import Evaluate, Frame, Test
from fhirserver.fhirpath.functions import Function
from fhirserver.fhirpath.nodes import Node


def union(*sources: Evaluate) -> Evaluate:
    """``a | b | c``: in order, without duplicates."""

    def evaluate(this: list[Node], frame: Frame) -> list[Node]:
        found: list[Node] = []
        for source in sources:
            found += source(this, frame)
        if len(found) < 2:
            return found
        frame.spend(len(found))
        return distinct(found, frame)

    return evaluate


def _combine(source: Evaluate, other: Evaluate) -> Evaluate:
    def evaluate(this: list[Node], frame: Frame) -> list[Node]:
        found = source(this, frame) + other(this, frame)
        frame.spend(len(found))
        return found

    return evaluate


def member(item: Evaluate, within: Evaluate, name: str) -> Test:
    """``item in within``, and ``within contains item``."""

    def test(this: list[Node], frame: Frame) -> bool | None:
        single = singletons.one(item(this, frame), name)
        if single is None:
            return None
        return single in Distinct(frame, within(this, frame))

    return test


FUNCTIONS = {
    "union": Function(union, ("value",)),
    "combine": Function(_combine, ("value",)),
}
