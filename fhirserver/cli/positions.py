"""Where in a text the element of an issue stands: line and column, as compilers tell them, both counted from 1.

The FHIRPath is followed from the root; where it leads no further, because the element is missing for instance, the
last place on the way is the answer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from json.decoder import JSONDecoder
from typing import NamedTuple
from xml.parsers import expat

Step = tuple[str, int | None]

_STEP = re.compile(r"([A-Za-z_]\w*)(?:\[(\d+)\])?")
_SPACE = re.compile(r"[ \t\r\n]*")
_skip = JSONDecoder(strict=False).raw_decode


class Position(NamedTuple):
    """A place in a text: ``patient.json:12:5``."""

    line: int
    column: int


def of_expression(body: bytes, format: str, expression: str) -> Position | None:
    """The place of the element that an expression selects; None where the text cannot be read."""
    steps = [(name, int(index) if index else None) for name, index in _STEP.findall(expression)][1:]
    try:
        return _in_json(body.decode("utf-8-sig"), steps) if format == "json" else _in_xml(body, steps)
    except (ValueError, IndexError, RecursionError, expat.ExpatError):
        return None


def _is_called(found: str, name: str) -> bool:
    """Whether a member of JSON or an element of XML is of an element: ``valueQuantity`` and ``_value`` of ``value``."""
    plain = found.removeprefix("_")
    return plain == name or (plain.startswith(name) and plain[len(name)].isupper())


# -- JSON


def _in_json(text: str, steps: Sequence[Step]) -> Position:
    place = shown = _after_space(text, 0)
    for name, index in steps:
        found = next(((key, value) for key, called, value in _members(text, place) if _is_called(called, name)), None)
        if found is None:
            break
        shown, place = found
        if text[place] == "[":
            item = next((at for number, at in enumerate(_items(text, place)) if number == (index or 0)), None)
            if item is None:
                break
            shown = place = item
    line = text.count("\n", 0, shown) + 1
    return Position(line, shown - text.rfind("\n", 0, shown))


def _after_space(text: str, place: int) -> int:
    found = _SPACE.match(text, place)
    assert found is not None
    return found.end()


def _members(text: str, place: int) -> Iterator[tuple[int, str, int]]:
    """Of an object each member: where its name stands, the name, where its value begins."""
    if text[place] != "{":
        return
    place = _after_space(text, place + 1)
    while text[place] == '"':
        name, end = _skip(text, place)
        value = _after_space(text, _after_space(text, end) + 1)
        yield place, name, value
        place = _next(text, value)


def _items(text: str, place: int) -> Iterator[int]:
    """Where each item of an array begins."""
    place = _after_space(text, place + 1)
    while text[place] != "]":
        yield place
        place = _next(text, place)


def _next(text: str, value: int) -> int:
    """What follows a value and the comma behind it."""
    place = _after_space(text, _skip(text, value)[1])
    return _after_space(text, place + 1) if text[place] == "," else place


# -- XML


@dataclass(slots=True)
class _Element:
    name: str
    position: Position
    children: list[_Element] = field(default_factory=list)


def _in_xml(body: bytes, steps: Sequence[Step]) -> Position | None:
    root = _tree(body)
    if root is None:
        return None
    found = root
    for name, index in steps:
        inside = found.children
        if len(inside) == 1 and inside[0].name[:1].isupper():
            inside = inside[0].children  # the resource in <resource> or <contained>
        same = [child for child in inside if _is_called(child.name, name)]
        if len(same) <= (index or 0):
            break
        found = same[index or 0]
    return found.position


def _tree(body: bytes) -> _Element | None:
    """The elements of a document with their places. Entities stay unknown: nothing is expanded or fetched."""
    parser = expat.ParserCreate()
    open_elements: list[_Element] = []
    roots: list[_Element] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        plain = name.rpartition(":")[2]
        element = _Element(plain, Position(parser.CurrentLineNumber, parser.CurrentColumnNumber + 1))
        (open_elements[-1].children if open_elements else roots).append(element)
        open_elements.append(element)

    def end(name: str) -> None:
        open_elements.pop()

    def refuse(*declaration: object) -> None:
        raise ValueError("entities are not read")

    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.EntityDeclHandler = refuse
    parser.Parse(body, True)
    return roots[0] if roots else None
