"""Random JSON, and random resources that have the shape R4 gives them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from fhirserver.resource import json
from fhirserver.resource.shapes import Member, Shape, shape
from fhirserver.spec.structures import RESOURCE_TYPES

#: All that both formats can carry.
TEXT = st.text(
    st.characters(codec="utf-8", exclude_characters="\ufffe\uffff", categories=("L", "N", "P", "S", "Z"))
    | st.sampled_from("\t\n\r&<>\"'"),
    min_size=1,
    max_size=12,
)

DECIMAL_TEXT = st.from_regex(
    r"-?(0|[1-9][0-9]{0,30})\.[0-9]{1,30}|-?[1-9][0-9]{0,5}(\.[0-9]{1,5})?[eE][+-]?[0-9]{1,2}", fullmatch=True
)

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**40), 10**40)
    | DECIMAL_TEXT.map(json.number)
    | st.text(st.characters(codec="utf-8")),
    lambda inner: (
        st.lists(inner, max_size=5) | st.dictionaries(st.text(st.characters(codec="utf-8")), inner, max_size=5)
    ),
    max_leaves=30,
)

_DATE = "2024-02-29"

#: A value of each primitive type; those missing here are plain text.
PRIMITIVE: dict[str, SearchStrategy[Any]] = {
    "boolean": st.booleans(),
    "integer": st.integers(-(2**31), 2**31 - 1),
    "unsignedInt": st.integers(0, 2**31 - 1),
    "positiveInt": st.integers(1, 2**31 - 1),
    "decimal": DECIMAL_TEXT.map(json.number) | st.integers(-(10**20), 10**20),
    "date": st.sampled_from([_DATE, "2024-02", "2024"]),
    "dateTime": st.sampled_from([_DATE, f"{_DATE}T23:59:60+08:00", f"{_DATE}T00:00:00.000Z"]),
    "xhtml": st.sampled_from(
        [
            '<div xmlns="http://www.w3.org/1999/xhtml">a</div>',
            '<div xmlns="http://www.w3.org/1999/xhtml" title=\'"\'>\r\n<div>&lt;<br/></div><!-- <div> -->\t</div>',
            '<div xmlns="http://www.w3.org/1999/xhtml"><![CDATA[</div>]]><div/></div>',
        ]
    ),
}


@st.composite
def resources(draw: DrawFn, types: SearchStrategy[str] | None = None, depth: int = 4) -> dict[str, Any]:
    """A resource of R4's shape: right names, types, order of choice; nothing is said of values or cardinality."""
    type = draw(types if types is not None else st.sampled_from(sorted(RESOURCE_TYPES)))
    return {"resourceType": type, **draw(_objects(shape(type), depth))}


@st.composite
def _objects(draw: DrawFn, shape: Shape, depth: int) -> dict[str, Any]:
    members = [member for member in shape.members.values() if depth > 0 or member.primitive]
    chosen = draw(st.lists(st.sampled_from(members), max_size=6, unique_by=lambda member: member.order))
    value: dict[str, Any] = {}
    for member in chosen:
        if member.primitive:
            value.update(draw(_primitives(member, depth)))
        elif member.many:
            value[member.name] = draw(st.lists(_complex(member, depth - 1), min_size=1, max_size=2))
        else:
            value[member.name] = draw(_complex(member, depth - 1))
    return value


def _complex(member: Member, depth: int) -> SearchStrategy[dict[str, Any]]:
    if member.type == "Resource":
        return resources(depth=depth)
    # no element is empty; an id is what every element may have
    return _objects(member.shape, depth).map(lambda value: value or {"id": "a"})


@st.composite
def _primitives(draw: DrawFn, member: Member, depth: int) -> dict[str, Any]:
    """The name and, beside it, the underscored name; never null on both sides."""
    plain = PRIMITIVE.get(member.type, TEXT)
    if member.element.attribute or member.type == "xhtml":
        return {member.name: draw(plain)}
    beside = _objects(shape("Element"), depth - 1).map(lambda value: value or {"id": "b"})
    pairs = st.tuples(plain, st.none() | beside) | st.tuples(st.none(), beside)
    if not member.many:
        value, other = draw(pairs)
        return {name: part for name, part in ((member.name, value), (f"_{member.name}", other)) if part is not None}
    values, others = zip(*draw(st.lists(pairs, min_size=1, max_size=3)), strict=True)
    both = ((member.name, list(values)), (f"_{member.name}", list(others)))
    return {name: parts for name, parts in both if any(part is not None for part in parts)}


def same(left: Any, right: Any) -> bool:
    """Equality that tells 1 from 1.0, 1.0 from 1.00 and true from 1."""
    if type(left) is not type(right):
        return False
    if isinstance(left, dict):
        return left.keys() == right.keys() and all(same(left[key], right[key]) for key in left)
    if isinstance(left, list):
        return len(left) == len(right) and all(map(same, left, right))
    return str(left) == str(right) if isinstance(left, Decimal) else bool(left == right)
