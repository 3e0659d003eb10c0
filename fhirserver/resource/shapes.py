"""The structures of spec/ as a resource is walked: what each name in a JSON object stands for.

A choice element appears under each of its names (``valueQuantity``, ``valueString``), as JSON and XML write it
(formats.html#choice). One :class:`Shape` for each type and for each element that has children of its own.
"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from functools import cache, cached_property

from fhirserver.spec.structures import PRIMITIVE_TYPES, Element, Structure, structure

FHIR = "http://hl7.org/fhir"
XHTML = "http://www.w3.org/1999/xhtml"


class Member:
    """A name that may stand in an object: ``valueQuantity`` of Observation."""

    def __init__(self, owner: Structure, element: Element, type: str, order: int) -> None:
        self.name = element.name + (type[0].upper() + type[1:] if element.choice else "")
        self.element = element
        #: The FHIR type: "string", "Quantity", "BackboneElement", "Resource", "xhtml".
        self.type = type
        #: The place among the siblings; all names of one choice have the same.
        self.order = order
        self.many = element.max != 1
        #: Whether the value is a JSON primitive, with its id and extensions under ``_name``.
        self.primitive = type in PRIMITIVE_TYPES
        self.tag = f"{{{XHTML if type == 'xhtml' else FHIR}}}{self.name}"
        self._owner = owner

    @cached_property
    def shape(self) -> Shape:
        """What the value holds. KeyError for "Resource": that is in the value's own resourceType."""
        if self.element.content or self._owner.children(self.element.path):
            return within(self._owner.name, self.element.content or self.element.path)
        return shape("Element" if self.primitive else self.type)


class Shape:
    """The members of a type, or of an element with children of its own, by name and in order."""

    def __init__(self, owner: Structure, path: str) -> None:
        #: The path of the type or element: "Patient", "Patient.contact".
        self.path = path
        self.resource = owner.kind == "resource" and path == owner.name
        self.members: dict[str, Member] = {}
        for order, element in enumerate(owner.children(path)):
            for type in element.types or ("BackboneElement",):
                member = Member(owner, element, type, order)
                self.members[member.name] = member
        #: The same by XML tag; what XML writes as attributes is not among them.
        self.tags = {member.tag: member for member in self.members.values() if not member.element.attribute}


@cache
def shape(type: str) -> Shape:
    """The shape of a resource type or complex type; KeyError when R4 has none of that name."""
    return within(type, type)


@cache
def within(type: str, path: str) -> Shape:
    """The shape of an element of a type: ``Patient.contact``."""
    return Shape(structure(type), path)


def nearest(name: str, known: Iterable[str]) -> str:
    """For messages: the known names most like a wrong one, or the first ten when none is like it."""
    names = list(known)
    # matching takes quadratic time, and a name that long is no slip of the pen
    close = get_close_matches(name, names, n=3, cutoff=0.6) if len(name) <= 64 else []
    return ", ".join(close) or ", ".join(names[:10]) + (", …" if len(names) > 10 else "")
