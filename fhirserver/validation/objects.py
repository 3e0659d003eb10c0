"""Objects: each name is an element of the type, what is required is there, and something is there at all (ele-1)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fhirserver.outcome import Issue
from fhirserver.resource.primitives import found as shown
from fhirserver.resource.shapes import Member, Shape
from fhirserver.spec.structures import Element
from fhirserver.validation import messages
from fhirserver.validation.cardinality import missing
from fhirserver.validation.choice import names_of, one_value
from fhirserver.validation.issues import LIMIT, Check, Found, joined, under
from fhirserver.validation.scope import Scope
from fhirserver.validation.unknown import unknown

Compiler = Callable[[Member], Check]


class Checks(dict[str, Check | None]):
    """Name in JSON -> the check of what it names, compiled when first met; None for a name that means nothing here."""

    def __init__(self, shape: Shape, named: Compiler, beside: Compiler) -> None:
        super().__init__({"resourceType": _known} if shape.resource else {})
        self._members = shape.members
        self._named = named
        self._beside = beside

    def __missing__(self, name: str) -> Check | None:
        check = self._compiled(name)
        if check is not None:  # others are not kept: a sender may invent names without end
            self[name] = check
        return check

    def _compiled(self, name: str) -> Check | None:
        if not name.startswith("_"):
            member = self._members.get(name)
            return self._named(member) if member else None
        member = self._members.get(name[1:])
        return self._beside(member) if member and member.primitive else None


def _known(value: Any, parent: Any, scope: Scope) -> Found:
    """The resourceType, by which the resource was dispatched."""
    return None


def object_of(shape: Shape, named: Compiler, beside: Compiler) -> Check:
    """The check of the objects of a shape, such as ``Patient``, ``Patient.contact`` or ``HumanName``.

    `named` compiles the check of an element under its name, `beside` that of the ``_name`` beside a primitive.
    """
    checks = Checks(shape, named, beside)
    required, choices = _required(shape), _choices(shape)
    is_element = not shape.resource

    def check(value: Any, parent: Any, scope: Scope) -> Found:
        if type(value) is not dict or (len(value) < 2 and (not value or (is_element and "id" in value))):
            return [_no_object(shape, value)]
        issues: Found = None
        for name, item in value.items():
            each = checks[name]
            found = each(item, value, scope) if each is not None else unknown(name, shape)
            if found:
                issues = joined(issues, under(f".{_element(name, shape)}", found) if each is not None else found)
                if len(issues) > LIMIT:
                    return issues
        for name, beside, element in required:
            if name not in value and beside not in value:
                issues = joined(issues, missing(element, value, shape))
        for names, least, one in choices:
            if least <= len(names.intersection(value)) < 2:
                continue
            found = one(value)
            if found:
                issues = joined(issues, found)
        return issues

    return check


def _element(name: str, shape: Shape) -> str:
    """The name of the element in FHIRPath: ``value`` of ``_valueString``."""
    return shape.members[name.removeprefix("_")].element.name


def _required(shape: Shape) -> list[tuple[str, str, Element]]:
    """The elements that have to be there, each with its two names."""
    elements = [member.element for member in shape.members.values()]
    return [(each.name, f"_{each.name}", each) for each in elements if each.min and not each.choice]


def _choices(shape: Shape) -> list[tuple[frozenset[str], int, Callable[[dict[str, Any]], Found]]]:
    """Of each choice its names, how many of them there must be, and the check where that is not so."""
    choices = {member.element.path: member.element for member in shape.members.values() if member.element.choice}
    return [(names_of(each, shape), each.min, one_value(each, shape)) for each in choices.values()]


def _no_object(shape: Shape, value: Any) -> Issue:
    """The issue for what stands in place of an object with content."""
    if value is None:
        return messages.NULL_VALUE.at()
    if type(value) is list:
        return messages.NOT_REPEATING.at(path=shape.path, found=shown(value))
    if type(value) is dict:
        return messages.EMPTY_ELEMENT.at(found='{"id": …}' if value else "{}")
    return messages.NOT_AN_OBJECT.at(expected=shape.path, found=shown(value))
