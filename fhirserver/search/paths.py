"""Expressions of search parameters as paths through JSON: one walk over a resource finds the values of them all.

R4 writes its expressions in a small part of FHIRPath: elements, ``as``, ``where(element='value')``,
``where(resolve() is Type)``, ``extension('url')``. Those become a tree of member names here; the few others are left to
fhirpath/.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, NamedTuple

from fhirserver.spec.structures import COMPLEX_TYPES, PRIMITIVE_TYPES, Element, structure

#: R4 writes a few types as FHIR's own types are not written.
_SPELLINGS = {"DateTime": "dateTime", "Boolean": "boolean", "String": "string", "Date": "date"}

_STEP = re.compile(
    r"""\.?(?:
      where\(\s*resolve\(\)\s+is\s+(?P<only>\w+)\s*\)
    | where\(\s*(?P<where>\w+)\s*=\s*'(?P<equals>[^']*)'\s*\)
    | (?:as|ofType)\(\s*(?P<type>\w+)\s*\)
    | extension\(\s*'(?P<extension>[^']*)'\s*\)
    | \[(?P<index>\d+)\]
    | (?P<name>[A-Za-z]\w*)(?!\()
    )""",
    re.VERBOSE,
)
_AS = re.compile(r"^\(\s*(?P<path>[^()]*(?:\([^()]*\)[^()]*)*?)\s+as\s+(?P<type>\w+)\s*\)(?P<rest>.*)$", re.DOTALL)


class Step(NamedTuple):
    """One step of a path: a member, the choice of a type, a condition, or an index."""

    kind: str
    value: str
    other: str = ""


class Path(NamedTuple):
    """A branch of an expression: the steps after the resource type, and the type a reference must point at."""

    steps: tuple[Step, ...]
    only: str | None = None

    @property
    def text(self) -> str:
        """One spelling for all that mean the same: two parameters with the same text share their index rows."""
        return "".join(_SPELL[step.kind](step) for step in self.steps)


_SPELL: dict[str, Callable[[Step], str]] = {
    "name": lambda step: f".{step.value}",
    "type": lambda step: f".ofType({step.value})",
    "where": lambda step: f".where({step.value}='{step.other}')",
    "extension": lambda step: f".extension('{step.value}')",
    "index": lambda step: f"[{step.value}]",
}


def branches(expression: str) -> list[str]:
    """The parts of a union.

    >>> branches("A.b | (A.c as Range)")
    ['A.b', '(A.c as Range)']
    """
    parts, depth, quoted, start = [], 0, False, 0
    for position, character in enumerate(expression):
        if character == "'":
            quoted = not quoted
        elif not quoted and character in "()":
            depth += 1 if character == "(" else -1
        elif not quoted and not depth and character == "|":
            parts.append(expression[start:position].strip())
            start = position + 1
    parts.append(expression[start:].strip())
    return parts


def parse(branch: str, type: str) -> Path | None:
    """A branch as a path of a resource type; None when it is written for another type or in FHIRPath beyond paths.

    Raises ValueError in the second case, so that the caller can hand it to fhirpath/.
    """
    match = _AS.match(branch)
    if match:
        branch = f"{match['path']}.as({match['type']}){match['rest']}"
    elif branch.startswith("(") and branch.endswith(")"):
        branch = branch[1:-1].strip()
    steps, only = _steps(branch)
    head = steps[0]
    if head.kind == "name" and head.value in (type, "Resource", "DomainResource"):
        steps = steps[1:]
    elif head.kind == "name" and head.value[0].isupper():
        return None
    return Path(tuple(steps), only)


def _steps(text: str) -> tuple[list[Step], str | None]:
    steps: list[Step] = []
    only, position = None, 0
    while position < len(text):
        match = _STEP.match(text, position)
        if match is None or only is not None:
            raise ValueError(text)
        position = match.end()
        if match["only"]:
            only = match["only"]
        else:
            steps.append(_step(match))
    if not steps:
        raise ValueError(text)
    return steps, only


def _step(match: re.Match[str]) -> Step:
    if match["where"]:
        return Step("where", match["where"], match["equals"])
    if match["type"]:
        return Step("type", _SPELLINGS.get(match["type"], match["type"]))
    if match["extension"]:
        return Step("extension", match["extension"])
    return Step("index", match["index"]) if match["index"] else Step("name", match["name"])


@dataclass(slots=True)
class Slot:
    """Where the values of one path and one type are gathered; `element` is their definition where R4 has one."""

    number: int
    type: str
    element: Element | None = None
    members: tuple[str, ...] = ()  #: its place in JSON, such as ("name[]", "family")


Value = tuple[Any, Slot]


@dataclass(slots=True, eq=False)
class Node:
    """A place in the tree of member names: what is gathered here, and what lies below."""

    slots: list[int] = field(default_factory=list)
    members: dict[str, Node] = field(default_factory=dict)
    filters: list[tuple[str, str, Node]] = field(default_factory=list)
    indexes: list[tuple[int, Node]] = field(default_factory=list)


class Tree:
    """All paths of one resource type; :meth:`gather` walks a resource once."""

    def __init__(self, type: str, path: str = "", owner: str = "") -> None:
        self.type = type
        self.slots: list[Slot] = []
        self._root = Node()
        self._start = _Place(self._root, type, path or type, owner)

    def below(self, path: Path) -> Tree:
        """An empty tree for the element a path leads to: what is added to it starts there."""
        place = self._places(path)[0]
        return Tree(place.type, place.path, place.owner)

    def add(self, path: Path) -> tuple[Slot, ...]:
        """The slots a path ends in, one for each type its values may have. ValueError when no such element exists."""
        return tuple(self._slot(end) for place in self._places(path) for end in _ends(place))

    def _places(self, path: Path) -> list[_Place]:
        places = [self._start]
        for step in path.steps:
            places = [after for place in places for after in _ADVANCE[step.kind](place, step)]
        if not places:
            raise ValueError(f"{self.type}{path.text}")
        return places

    def _slot(self, place: _Place) -> Slot:
        for number in place.node.slots:
            if self.slots[number].type == place.type:
                return self.slots[number]
        slot = Slot(len(self.slots), place.type, place.element, place.members)
        self.slots.append(slot)
        place.node.slots.append(slot.number)
        return slot

    def gather(self, resource: Mapping[str, Any]) -> list[list[Any]]:
        """The values of each slot, by its number."""
        found: list[list[Any]] = [[] for _ in self.slots]
        _walk(resource, self._root, found)
        return found


def _walk(holder: Mapping[str, Any], node: Node, found: list[list[Any]]) -> None:
    members = node.members
    for name, value in holder.items():
        below = members.get(name)
        if below is None or value is None:
            continue
        if isinstance(value, list):
            for each in value:
                if each is not None:
                    _visit(each, below, found)
            for index, place in below.indexes:
                if index < len(value):
                    _visit(value[index], place, found)
        else:
            _visit(value, below, found)


def _visit(value: Any, node: Node, found: list[list[Any]]) -> None:
    for slot in node.slots:
        found[slot].append(value)
    if isinstance(value, dict):
        if node.members:
            _walk(value, node, found)
        for name, equals, below in node.filters:
            if value.get(name) == equals:
                _visit(value, below, found)


@dataclass(frozen=True, slots=True)
class _Place:
    """A node with the type of what stands there and the path of its definition in that type's structure."""

    node: Node
    type: str
    path: str  #: within structure(`owner`); for a backbone element a path, else the type itself
    owner: str = ""
    element: Element | None = None
    choices: tuple[tuple[str, str], ...] = ()  #: (JSON name, type) while a choice of types is open
    members: tuple[str, ...] = ()

    @property
    def structure(self) -> str:
        return self.owner or self.type


def _name(place: _Place, step: Step) -> Iterator[_Place]:
    for resolved in _ends(place):
        yield from _child(resolved, step.value)


def _child(place: _Place, name: str) -> Iterator[_Place]:
    if place.type not in COMPLEX_TYPES and place.type in PRIMITIVE_TYPES:
        raise ValueError(f"{place.path}.{name}")
    for element in _children(place.structure, place.path):
        if element.name != name:
            continue
        if element.choice:
            choices = tuple((element.name + type[0].upper() + type[1:], type) for type in element.types)
            yield _Place(place.node, "", element.path, place.structure, element, choices, place.members)
        else:
            yield _placed(place, element, name)
        return
    raise ValueError(f"{place.path}.{name}")


def _placed(place: _Place, element: Element, member: str) -> _Place:
    node = place.node.members.setdefault(member, Node())
    type = element.types[0] if element.types else "BackboneElement"
    members = (*place.members, member if element.max == 1 else f"{member}[]")
    if element.content or type in ("BackboneElement", "Element"):
        path = element.content or element.path
        return _Place(node, "BackboneElement", path, place.structure, element, (), members)
    return _Place(node, type, type, "", element, (), members)


@cache
def _children(owner: str, path: str) -> tuple[Element, ...]:
    return structure(owner).children(path)


def _ends(place: _Place) -> Iterator[_Place]:
    """The place itself, or one for each type that is still open."""
    if not place.choices:
        yield place
    for member, type in place.choices:
        node = place.node.members.setdefault(member, Node())
        yield _Place(node, type, type, "", place.element, (), (*place.members, member))


def _type(place: _Place, step: Step) -> Iterator[_Place]:
    """``as``: what has another type is left out; ``Age`` and its like are Quantities."""
    for end in _ends(place):
        if end.type == step.value:
            yield end


def _where(place: _Place, step: Step) -> Iterator[_Place]:
    for end in _ends(place):
        known = {(name, equals): node for name, equals, node in end.node.filters}
        node = known.get((step.value, step.other))
        if node is None:
            node = Node()
            end.node.filters.append((step.value, step.other, node))
        yield _Place(node, end.type, end.path, end.owner, end.element, (), end.members)


def _extension(place: _Place, step: Step) -> Iterator[_Place]:
    for end in _child(place, "extension"):
        yield from _where(end, Step("where", "url", step.value))


def _index(place: _Place, step: Step) -> Iterator[_Place]:
    node = dict(place.node.indexes).get(int(step.value))
    if node is None:
        node = Node()
        place.node.indexes.append((int(step.value), node))
    yield _Place(node, place.type, place.path, place.owner, place.element, (), place.members)


_ADVANCE: dict[str, Callable[[_Place, Step], Iterator[_Place]]] = {
    "name": _name,
    "type": _type,
    "where": _where,
    "extension": _extension,
    "index": _index,
}
