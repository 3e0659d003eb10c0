"""hl7.org/fhirpath/N1/#filtering-and-projection, and `sort` (standard for trial use)."""

from __future__ import annotations

from functools import cmp_to_key
from typing import TypeAlias

from fhirserver.fhirpath import comparison, singletons
from fhirserver.fhirpath.equality import Distinct
from fhirserver.fhirpath.evaluation import Evaluate, Frame, Test
from fhirserver.fhirpath.functions import Function
from fhirserver.fhirpath.model import Type
from fhirserver.fhirpath.nodes import Node
from fhirserver.fhirpath.types import as_type


def _where(source: Evaluate, criterion: Test) -> Evaluate:
    def evaluate(this: list[Node], frame: Frame) -> list[Node]:
        items = source(this, frame)
        frame.spend(len(items))
        outer, found = frame.index, []
        for frame.index, item in enumerate(items):
            if criterion([item], frame):
                found.append(item)
        frame.index = outer
        return found

    return evaluate


def _select(source: Evaluate, projection: Evaluate) -> Evaluate:
    def evaluate(this: list[Node], frame: Frame) -> list[Node]:
        items = source(this, frame)
        frame.spend(len(items))
        outer = frame.index
        found: list[Node] = []
        for frame.index, item in enumerate(items):
            found += projection([item], frame)
        frame.index = outer
        frame.spend(len(found))
        return found

    return evaluate


def _repeat(source: Evaluate, projection: Evaluate) -> Evaluate:
    """The projection of the items, of what that gives, and so on until nothing new comes, by equality."""

    def evaluate(this: list[Node], frame: Frame) -> list[Node]:
        seen = Distinct(frame)
        outer = frame.index
        found: list[Node] = []
        current = source(this, frame)
        while current:
            frame.spend(len(current))
            fresh: list[Node] = []
            for frame.index, item in enumerate(current):
                fresh += [node for node in projection([item], frame) if seen.add(node)]
            found += fresh
            current = fresh
        frame.index = outer
        return found

    return evaluate


def of_type(source: Evaluate, type: Type) -> Evaluate:
    """``source.ofType(Type)``."""

    def evaluate(this: list[Node], frame: Frame) -> list[Node]:
        return [found for item in source(this, frame) if (found := as_type(item, type)) is not None]

    return evaluate


#: What an item is sorted by, and the item.
_Row: TypeAlias = tuple[list[list[Node]], Node]


def _this(this: list[Node], frame: Frame) -> list[Node]:
    return this


def _sort(source: Evaluate, *keys: tuple[Evaluate, bool]) -> Evaluate:
    """In the order of each key in turn; a key is an expression and whether it is descending (``sort(-family)``)."""
    selectors = keys or ((_this, False),)

    def evaluate(this: list[Node], frame: Frame) -> list[Node]:
        items = source(this, frame)
        frame.spend(len(items) * max(1, len(items).bit_length()))
        rows: list[_Row] = [([select([item], frame) for select, _ in selectors], item) for item in items]
        rows.sort(key=cmp_to_key(order))
        return [item for _, item in rows]

    def order(left: _Row, right: _Row) -> int:
        for (_, descending), mine, other in zip(selectors, left[0], right[0], strict=True):
            result = _compare(mine, other, descending)
            if result:
                return result
        return 0

    return evaluate


def _compare(left: list[Node], right: list[Node], descending: bool) -> int:
    """Nothing comes before everything else, also descending: the minus of nothing is nothing."""
    mine, other = singletons.value(left, "sort()"), singletons.value(right, "sort()")
    if mine is None or other is None:
        return (mine is not None) - (other is not None)
    order = comparison.order(mine, other, "sort()") or 0
    return -order if descending else order


FUNCTIONS = {
    "where": Function(_where, ("criterion",), returns="input"),
    "select": Function(_select, ("each",), returns="argument"),
    "repeat": Function(_repeat, ("each",)),
    "ofType": Function(of_type, ("type",), returns="type"),
    "sort": Function(_sort, ("order",), optional=1, repeats=True, returns="input"),
}
