"""How often an element stands (min, max), and that JSON has an array exactly where it may repeat (json.html)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from fhirserver.outcome import Issue
from fhirserver.resource.primitives import found as shown
from fhirserver.resource.shapes import Shape
from fhirserver.spec.structures import Element
from fhirserver.validation import messages
from fhirserver.validation.issues import LIMIT, Check, Found, joined, under
from fhirserver.validation.nearest import nearest
from fhirserver.validation.scope import Scope

_LOOKED_AT = 20  # unknown names of one object that may stand for what is missing


def missing(element: Element, value: Mapping[str, Any], shape: Shape) -> list[Issue]:
    """The issue for a required element an object lacks, at that object; none when a misspelling of it is reported."""
    strangers = [name for name in value if name not in shape.members and name != "resourceType"]
    if any(_means(name, element, shape) for name in strangers[:_LOOKED_AT]):
        return []
    cardinality = f"{element.min}..{'*' if element.max is None else element.max}"
    return [messages.MISSING_ELEMENT.at(path=element.path, expected=cardinality)]


def _means(name: str, element: Element, shape: Shape) -> bool:
    """Whether an unknown name is a misspelling of an element, or a type that its choice does not have."""
    if element.choice and name.startswith(element.name):
        return True
    near = nearest(name, shape.members)
    return bool(near) and shape.members[near[0]].element is element


#: item, its place, and the object around the array -> whether the item may be what it is
Excuse = Callable[[Any, int, Any], bool]


def repeating(element: Element, each: Check, excused: Excuse | None = None) -> Check:
    """The check of an element that may repeat: an array of at least one, every item by itself unless it is excused."""

    def check(value: Any, parent: Any, scope: Scope) -> Found:
        if type(value) is not list or not value:
            return not_an_array(element, value)
        issues: Found = None
        for index, item in enumerate(value):
            found = each(item, value, scope)
            if found and not (excused and excused(item, index, parent)):
                issues = joined(issues, under(f"[{index}]", found))
                if len(issues) > LIMIT:
                    break
        return issues

    return check


def over(items: list[Any], each: Callable[[int, Any], Found]) -> Found:
    """The issues of all items of an array, each by its place and value."""
    issues: Found = None
    for index, item in enumerate(items):
        found = each(index, item)
        if found:
            issues = joined(issues, under(f"[{index}]", found))
            if len(issues) > LIMIT:
                break
    return issues


def not_an_array(element: Element, value: Any) -> Found:
    """The issue for what stands in place of an array with items."""
    if value == []:
        return [messages.EMPTY_ARRAY.at(path=element.path)]
    if value is None:
        return [messages.NULL_VALUE.at()]
    return [messages.NOT_AN_ARRAY.at(path=element.path, found=shown(value))]
