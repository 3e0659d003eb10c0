"""hl7.org/fhirpath/N1/#aggregates (standard for trial use)."""

from __future__ import annotations

from fhirserver.fhirpath.evaluation import Evaluate, Frame
from fhirserver.fhirpath.functions import Function
from fhirserver.fhirpath.model import EMPTY
from fhirserver.fhirpath.nodes import Node


def _aggregate(source: Evaluate, aggregator: Evaluate, init: Evaluate | None = None) -> Evaluate:
    def evaluate(this: list[Node], frame: Frame) -> list[Node]:
        items = source(this, frame)
        frame.spend(len(items))
        outer_index, outer_total = frame.index, frame.total
        total = EMPTY if init is None else init(this, frame)
        for index, item in enumerate(items):
            frame.index, frame.total = index, total
            total = aggregator([item], frame)
        frame.index, frame.total = outer_index, outer_total
        return total

    return evaluate


FUNCTIONS = {"aggregate": Function(_aggregate, ("each", "value"), optional=1)}
