"""Paths and hl7.org/fhirpath/N1/#tree-navigation."""

from __future__ import annotations

from fhirserver.fhirpath.evaluation import Evaluate, Frame
from fhirserver.fhirpath.functions import Function
from fhirserver.fhirpath.model import Type
from fhirserver.fhirpath.nodes import Node


def member(source: Evaluate, name: str) -> Evaluate:
    """``source.name``."""

    def evaluate(this: list[Node], frame: Frame) -> list[Node]:
        found: list[Node] = []
        for node in source(this, frame):
            child = node.type.children.get(name)
            if child is not None:
                child.collect(node, found)
        return found

    return evaluate


def start(name: str, type: Type | None) -> Evaluate:
    """The first step of a path: the focus itself where it is of the type that is named, else its element."""
    step = member(lambda this, frame: this, name)
    if type is None:
        return step

    def evaluate(this: list[Node], frame: Frame) -> list[Node]:
        return [node for node in this if node.type.is_a(type)] or step(this, frame)

    return evaluate


def children(node: Node) -> list[Node]:
    """All children of a node, in the order of its type; not the plain value of a primitive, which is the primitive."""
    found: list[Node] = []
    if node.type.kind == "system" and not isinstance(node.value, dict):
        return found
    for name, child in node.type.children.items():
        if name != "value" or node.type.kind != "primitive":
            child.collect(node, found)
    return found


def _children(source: Evaluate) -> Evaluate:
    def evaluate(this: list[Node], frame: Frame) -> list[Node]:
        found: list[Node] = []
        for node in source(this, frame):
            found += children(node)
        frame.spend(len(found))
        return found

    return evaluate


def _descendants(source: Evaluate) -> Evaluate:
    """The children, theirs and so on.

    N1 calls it a `repeat`, which drops items equal to one it has; then ``descendants().linkId.isDistinct()`` (que-2)
    would miss an item given twice. All items stay, as in the reference implementation.
    """

    def evaluate(this: list[Node], frame: Frame) -> list[Node]:
        found: list[Node] = []
        rest = list(reversed(source(this, frame)))
        while rest:
            inside = children(rest.pop())
            frame.spend(len(inside))
            found += inside
            rest.extend(reversed(inside))
        return found

    return evaluate


FUNCTIONS = {
    "children": Function(_children),
    "descendants": Function(_descendants),
}
