"""Reading FHIR XML (xml.html): lxml with every door shut, then one walk along the structures of spec/.

No entities, no DTD, no network, no endless trees. What is wrong in the document is collected, each with its line and
FHIRPath, and raised together. The `div` of a narrative is cut out of the text as the sender wrote it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from lxml import etree

from fhirserver.outcome import FhirError, Issue, Message
from fhirserver.resource import markup, messages
from fhirserver.resource.encoding import utf8
from fhirserver.resource.json import MAX_DEPTH, number
from fhirserver.resource.primitives import MAX_DIGITS, PRIMITIVES, found
from fhirserver.resource.shapes import FHIR, XHTML, Member, Shape, nearest, shape
from fhirserver.spec.structures import RESOURCE_TYPES

#: How much of an unknown name a path repeats.
_SHOWN = 64
#: How many issues one answer lists.
_LISTED = 50

_ENCODING = re.compile(r"\ufeff?<\?xml\s[^>]*?encoding\s*=\s*[\"']([^\"']*)").match


def decode(body: bytes) -> dict[str, Any]:
    """The resource in an XML body. FhirError (400) says what is wrong where, by line and FHIRPath, and what to do."""
    text = utf8(body)
    declared = _ENCODING(text)
    if declared and declared[1].lower() not in ("utf-8", "utf8", "us-ascii"):
        raise messages.WRONG_ENCODING.error(found=found(declared[1]))
    root = markup.parse(text)
    reader = _Reader(text)
    resource = reader.resource(root, 1)
    if reader.issues:
        raise FhirError(reader.issues)
    return resource


# From the text of an attribute to the JSON value; None when it has the wrong form

_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]*)").fullmatch
_DECIMAL = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?").fullmatch


def _integer(text: str) -> int | None:
    return int(text) if len(text) <= MAX_DIGITS and _INTEGER(text) else None


def _decimal(text: str) -> Any:
    whole = _integer(text)
    return whole if whole is not None else number(text) if _DECIMAL(text) else None


#: The primitive types that are not strings in JSON (json.html#primitive).
_VALUES: dict[str, Callable[[str], Any]] = {
    "boolean": {"true": True, "false": False}.get,
    "integer": _integer,
    "unsignedInt": _integer,
    "positiveInt": _integer,
    "decimal": _decimal,
}

#: xml.html: schema locations say nothing about the content; they may stand on the outermost element.
_IGNORED = frozenset(
    f"{{http://www.w3.org/2001/XMLSchema-instance}}{name}" for name in ("schemaLocation", "noNamespaceSchemaLocation")
)


class _Reader:
    """One walk through one document. `depth` counts objects and arrays as the JSON form nests them."""

    def __init__(self, text: str) -> None:
        self.issues: list[Issue] = []
        self._text = text
        self._divs: Iterator[str] | None = None

    def resource(self, node: etree._Element, depth: int) -> dict[str, Any]:
        """The resource an element is: ``<Patient>``."""
        type = _local(node)
        resource: dict[str, Any] = {"resourceType": type}
        if not node.tag.startswith(f"{{{FHIR}}}"):
            self._wrong_namespace(node, FHIR)
        elif type not in RESOURCE_TYPES:
            self._report(
                messages.XML_UNKNOWN_RESOURCE, node, found=found(type), near=nearest(type, sorted(RESOURCE_TYPES))
            )
        else:
            self._attributes(node, shape(type), {})
            self._children(node, shape(type), resource, depth)
        return resource

    def _children(self, node: etree._Element, shape: Shape, into: dict[str, Any], depth: int) -> None:
        """All child elements of an element, as members of the JSON object."""
        if depth > MAX_DEPTH:
            raise messages.TOO_DEEP.error(limit=MAX_DEPTH)
        text = node.text
        if text and not text.isspace():
            self._report(messages.XML_TEXT, node, name=_local(node), found=found(text.strip()))
        order = -1
        for child in node:
            member = shape.tags.get(child.tag)
            if member is None:
                self._unknown(child, shape)
                continue
            if member.order <= order and not (member.many and member.order == order):
                self._misplaced(child, member, order)
                continue
            order = member.order
            text = child.tail
            if text and not text.isspace():
                self._report(messages.XML_TEXT, node, name=_local(node), found=found(text.strip()))
            if not member.primitive:
                value = self._complex(child, member, depth + member.many + 1)
                if member.many:
                    into.setdefault(member.name, []).append(value)
                else:
                    into[member.name] = value
            elif member.type == "xhtml":
                into[member.name] = self._div(child)
            else:
                self._primitive(child, member, into, depth)

    def _complex(self, node: etree._Element, member: Member, depth: int) -> dict[str, Any]:
        if member.type == "Resource":
            return self._held(node, depth)
        value: dict[str, Any] = {}
        before = len(self.issues)
        self._attributes(node, member.shape, value)
        self._children(node, member.shape, value, depth)
        if not value and len(self.issues) == before:
            self._report(messages.XML_EMPTY, node, name=member.name)
        return value

    def _held(self, node: etree._Element, depth: int) -> dict[str, Any]:
        """The resource inside ``<contained>`` or ``<resource>``."""
        for name in node.attrib:
            self._report(messages.XML_UNKNOWN_ATTRIBUTE, node, name=_local(node), found=found(name), known="-")
        text = "".join(part for part in (node.text, *(child.tail for child in node)) if part).strip()
        if text:
            self._report(messages.XML_TEXT, node, name=_local(node), found=found(text))
        if len(node) != 1:
            self._report(messages.XML_ONE_RESOURCE, node, name=_local(node), found=len(node))
            return {}
        return self.resource(node[0], depth)

    def _attributes(self, node: etree._Element, shape: Shape, into: dict[str, Any]) -> None:
        """The `id` of an element and the `url` of an Extension."""
        attributes: Sequence[tuple[Any, Any]] = node.items()
        for name, text in attributes:
            member = shape.members.get(name)
            if member is not None and member.element.attribute:
                into[name] = text
            elif node.getparent() is not None or name not in _IGNORED:
                known = ", ".join(m.name for m in shape.members.values() if m.element.attribute) or "-"
                self._report(messages.XML_UNKNOWN_ATTRIBUTE, node, name=_local(node), found=found(name), known=known)

    def _primitive(self, node: etree._Element, member: Member, into: dict[str, Any], depth: int) -> None:
        """``<birthDate value="…">`` with what it has beside its value (json.html#primitive)."""
        value, beside = None, None
        before = len(self.issues)
        attributes: Sequence[tuple[Any, Any]] = node.items()
        for name, text in attributes:
            if name == "value":
                value = self._value(node, member, text)
            elif name == "id":
                beside = {"id": text}
            else:
                self._report(
                    messages.XML_UNKNOWN_ATTRIBUTE, node, name=member.name, found=found(name), known="value, id"
                )
        if len(node) or node.text:
            beside = beside or {}
            self._children(node, member.shape, beside, depth + member.many + 1)
        if value is None and not beside:
            if len(self.issues) == before:
                self._report(messages.XML_EMPTY, node, name=member.name)
        elif member.many:
            _append(into, member.name, value, beside)
        else:
            if value is not None:
                into[member.name] = value
            if beside:
                into[f"_{member.name}"] = beside

    def _value(self, node: etree._Element, member: Member, text: str) -> Any:
        convert = _VALUES.get(member.type)
        if convert is None:
            return text
        value = convert(text)
        if value is not None:
            return value
        wrong = PRIMITIVES[member.type](text)
        if wrong is not None:
            self._report(wrong, node, found=found(text))
        return text

    def _div(self, node: etree._Element) -> str:
        """The narrative as the sender wrote it, or written anew where its namespace is declared outside of it."""
        if self._divs is None:
            self._divs = _outermost_divs(self._text)
        text = next(self._divs)
        return text if _stands_alone(text, node) else etree.tostring(_unprefixed(node), encoding="unicode")

    # What is wrong, in words

    def _report(self, message: Message, node: etree._Element, **values: Any) -> None:
        self.issues.append(message.at(_path(node), line=node.sourceline, **values))
        if len(self.issues) >= _LISTED:
            raise FhirError(self.issues)

    def _wrong_namespace(self, node: etree._Element, expected: str) -> None:
        namespace = etree.QName(node).namespace or ""
        self._report(
            messages.XML_NAMESPACE, node, name=_local(node)[:_SHOWN], found=namespace[:_SHOWN], expected=expected
        )

    def _unknown(self, node: etree._Element, shape: Shape) -> None:
        name = _local(node)
        member = shape.members.get(name)
        if member is not None and not member.element.attribute:
            self._wrong_namespace(node, XHTML if member.type == "xhtml" else FHIR)
        elif not node.tag.startswith(f"{{{FHIR}}}"):
            self._wrong_namespace(node, FHIR)
        else:
            near = nearest(name, (member.name for member in shape.tags.values()))
            self._report(messages.XML_UNKNOWN_ELEMENT, node, owner=shape.path, found=found(name), near=near)

    def _misplaced(self, node: etree._Element, member: Member, order: int) -> None:
        before = node.getprevious()
        assert before is not None
        if member.order == order:
            self._report(messages.XML_REPEATED, node, found=member.name, before=_local(before))
        else:
            self._report(messages.XML_ORDER, node, found=member.name, after=_local(before))


def _append(into: dict[str, Any], name: str, value: Any, beside: dict[str, Any] | None) -> None:
    """One more value of a repeating primitive: two arrays in step, null for nothing (json.html#primitive)."""
    values, besides = into.get(name), into.get(f"_{name}")
    before = len(values or besides or ())
    if value is not None or values:
        values = into.setdefault(name, [None] * before)
        values.append(value)
    if beside or besides:
        besides = into.setdefault(f"_{name}", [None] * before)
        besides.append(beside or None)


def _local(node: etree._Element) -> str:
    return etree.QName(node).localname


def _path(node: etree._Element) -> str:
    """The FHIRPath of an element of the document."""
    path, inside = "", None
    for link in [*reversed([*node.iterancestors()]), node]:
        name = _local(link)
        if inside is None:
            path = path or name[:_SHOWN]
            inside = shape(name) if name in RESOURCE_TYPES else shape("Element")
            continue
        member = inside.members.get(name)
        if member is None:
            path, inside = f"{path}.{name[:_SHOWN]}", shape("Element")
            continue
        path = f"{path}.{member.element.name}"
        if member.many:
            path += f"[{sum(1 for _ in link.itersiblings(link.tag, preceding=True))}]"
        inside = None if member.type == "Resource" else member.shape
    return path


# The narrative, cut out of the text

#: What of a well-formed text can be, or can hide, the start or end of a `div`.
_DIV_TAGS = re.compile(
    r"<!--.*?-->|<!\[CDATA\[.*?\]\]>|<\?.*?\?>"
    r"|<(?P<end>/?)(?:[^\s<>/:]+:)?div(?=[\s/>])(?:[^<>\"']|\"[^\"<]*\"|'[^'<]*')*?(?P<empty>/?)>",
    re.DOTALL,
)


def _outermost_divs(text: str) -> Iterator[str]:
    """The texts of all `div` elements that are in no other, in the order of the document."""
    depth = start = 0
    for tag in _DIV_TAGS.finditer(text):
        if tag["end"] is None:
            continue
        if depth == 0:
            start = tag.start()
        depth += -1 if tag["end"] else 0 if tag["empty"] else 1
        if depth == 0:
            yield text[start : tag.end()]


def _stands_alone(text: str, node: etree._Element) -> bool:
    """Whether the text of a `div` means the same without the document around it."""
    if not text.startswith("<div") or XHTML not in text[: text.index(">")]:
        return False
    if node.nsmap == {None: XHTML}:
        return True
    try:
        return markup.parse(text).tag == node.tag
    except FhirError:
        return False


def _unprefixed(node: etree._Element) -> etree._Element:
    """A copy of an XHTML element that declares its namespace itself and needs no prefix."""
    copy = etree.Element(node.tag, nsmap={None: XHTML})  # type: ignore[dict-item]
    copy.attrib.update(node.attrib)
    copy.text = node.text
    for child in node:
        below = _unprefixed(child)
        below.tail = child.tail
        copy.append(below)
    return copy
