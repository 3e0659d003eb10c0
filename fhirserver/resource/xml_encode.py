"""Writing FHIR XML (xml.html): one walk over the JSON form, elements put in the order the structures of spec/ fix.

The text is joined from pieces instead of built as a tree: the `div` of a narrative goes out exactly as it is kept.
"""

from __future__ import annotations

import re
from decimal import Decimal
from functools import cache
from itertools import zip_longest
from typing import Any

from lxml import etree

from fhirserver.outcome import FhirError, Message
from fhirserver.resource import markup, messages
from fhirserver.resource.primitives import found
from fhirserver.resource.shapes import FHIR, XHTML, Member, Shape, nearest, shape
from fhirserver.spec.structures import RESOURCE_TYPES

_DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>'


def encode(resource: dict[str, Any], *, pretty: bool = False) -> bytes:
    """The XML of a resource, `pretty` laid out for people. FhirError names what R4 has no XML for.

    A character that XML cannot carry becomes U+FFFD. No valid resource has one (primitives.py); an OperationOutcome
    that quotes its sender may.
    """
    pieces = [_DECLARATION]
    try:
        _resource(pieces, resource, "\n" if pretty else "", f' xmlns="{FHIR}"')
    except _UnwritableError as reason:
        raise reason.message.error(reason.path(resource), **reason.values) from None
    return "".join(pieces).encode()


class _UnwritableError(Exception):
    """What cannot be written; the names and indexes of the elements around it are added on the way out."""

    def __init__(self, message: Message, **values: Any) -> None:
        self.message = message
        self.values = values
        self.steps: list[str] = []

    def path(self, resource: dict[str, Any]) -> str:
        return "".join([str(resource.get("resourceType", "")), *reversed(self.steps)])


def _wrong(expected: str, value: Any) -> _UnwritableError:
    return _UnwritableError(messages.NO_XML_FOR_VALUE, expected=expected, found=found(value))


# Every writer appends to `pieces`. `line` is what begins a new element: nothing, or a line end and the indentation


def _resource(pieces: list[str], resource: Any, line: str, namespace: str = "") -> None:
    if not isinstance(resource, dict):
        raise _wrong('{"resourceType": …}', resource)
    type = resource.get("resourceType")
    if not isinstance(type, str) or type not in RESOURCE_TYPES:
        raise _UnwritableError(messages.NO_XML_FOR_TYPE, found=found(type))
    _object(pieces, type, namespace, resource, shape(type), line)


def _object(pieces: list[str], name: str, attributes: str, value: Any, shape: Shape, line: str) -> None:
    """An element: its start tag, the members of the JSON object in the order of the shape, its end tag."""
    if not isinstance(value, dict):
        raise _wrong("{…}", value)
    order = _order(shape)
    try:
        names = sorted(value, key=order.__getitem__)
    except KeyError as unknown:
        raise _unknown(str(unknown.args[0]), shape) from None
    inside = line and line + "  "
    members = shape.members
    start = len(pieces)
    pieces.append("")
    for key in names:
        member = members.get(key)
        try:
            if member is None:
                # resourceType, or the _name of a name; that is written with it, or here when the name is absent
                member = members.get(key[1:])
                if member is not None and member.name not in value:
                    _primitive(pieces, member, None, value[key], inside)
            elif member.element.attribute:
                attributes += f' {key}="{_text(value[key])}"'
            elif member.primitive:
                _primitive(pieces, member, value[key], value.get(f"_{key}"), inside)
            elif member.many:
                _items(pieces, member, value[key], inside)
            else:
                _complex(pieces, member, value[key], inside)
        except _UnwritableError as reason:
            reason.steps.append(f".{member.element.name if member else key}")
            raise
    if len(pieces) == start + 1:
        pieces[start] = f"{line}<{name}{attributes}/>"
    else:
        pieces[start] = f"{line}<{name}{attributes}>"
        pieces.append(f"{line}</{name}>")


@cache
def _order(shape: Shape) -> dict[str, int]:
    """The place of every JSON name of a shape."""
    order = {"resourceType": -1} if shape.resource else {}
    for member in shape.members.values():
        order[member.name] = member.order
        # neither an attribute nor a narrative has anything beside it
        if member.primitive and not member.element.attribute and member.type != "xhtml":
            order[f"_{member.name}"] = member.order
    return order


def _unknown(name: str, shape: Shape) -> _UnwritableError:
    near = nearest(name, shape.members)
    return _UnwritableError(messages.NO_XML_FOR_ELEMENT, owner=shape.path, found=found(name), near=near)


def _complex(pieces: list[str], member: Member, value: Any, line: str) -> None:
    if member.type != "Resource":
        _object(pieces, member.name, "", value, member.shape, line)
        return
    pieces.append(f"{line}<{member.name}>")
    _resource(pieces, value, line and line + "  ")
    pieces.append(f"{line}</{member.name}>")


def _items(pieces: list[str], member: Member, values: Any, line: str) -> None:
    if not isinstance(values, list):
        raise _wrong("[…]", values)
    for index, value in enumerate(values):
        try:
            _complex(pieces, member, value, line)
        except _UnwritableError as reason:
            reason.steps.append(f"[{index}]")
            raise


def _primitive(pieces: list[str], member: Member, value: Any, beside: Any, line: str) -> None:
    """The element or elements of a primitive, with the id and extensions kept beside it (json.html#primitive)."""
    if member.type == "xhtml":
        pieces.append(line + _div(value))
    elif not member.many:
        _value(pieces, member, value, beside, line)
    else:
        for values in (value, beside):
            if not isinstance(values, list | None):
                raise _wrong("[…]", values)
        for index, pair in enumerate(zip_longest(value or (), beside or ())):
            try:
                _value(pieces, member, *pair, line)
            except _UnwritableError as reason:
                reason.steps.append(f"[{index}]")
                raise


def _value(pieces: list[str], member: Member, value: Any, beside: Any, line: str) -> None:
    attributes = "" if value is None else f' value="{_text(value)}"'
    if beside is None:
        pieces.append(f"{line}<{member.name}{attributes}/>")
    else:
        _object(pieces, member.name, attributes, beside, member.shape, line)


# Text of attributes

_ESCAPED = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\t": "&#9;", "\n": "&#10;", "\r": "&#13;"}
_special = re.compile('[&<>"\x00-\x1f\ud800-\udfff\ufffe\uffff]')


def _text(value: Any) -> str:
    """A primitive value as the text of an attribute."""
    if type(value) is str:
        if _special.search(value) is None:
            return value
        return _special.sub(lambda found: _ESCAPED.get(found[0], "\ufffd"), value)
    if value is True or value is False:
        return "true" if value else "false"
    if isinstance(value, int | Decimal):
        return str(value)
    raise _wrong('"…", 1, true', value)


def _div(text: Any) -> str:
    """The `div` of a narrative as it is kept; FhirError when it is not well-formed or not one XHTML `div`."""
    if not isinstance(text, str):
        raise _wrong('"<div …>"', text)
    try:
        div = markup.parse(text)
    except FhirError as wrong:
        issue = wrong.issues[0]
        raise _UnwritableError(issue.message, **issue.values) from None
    if div.tag != f"{{{XHTML}}}div":
        raise _wrong(f'<div xmlns="{XHTML}">', text)
    # an XML declaration cannot stand inside a document
    return text if text.startswith("<div") else etree.tostring(div, encoding="unicode")
