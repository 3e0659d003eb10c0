"""How often an element stands (min, max), and that JSON has an array exactly where it may repeat (json.html)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any

from fhirserver.outcome import Issue
from fhirserver.resource.primitives import found as shown
from fhirserver.spec.structures import Element
from fhirserver.validation import messages
from fhirserver.validation.issues import LIMIT, Check, Found, joined, under
from fhirserver.validation.nearest import stands_for
from fhirserver.validation.scope import Scope


def missing(element: Element, value: Mapping[str, Any], known: Collection[str]) -> list[Issue]:
    """The issue for a required element an object lacks, at that object; none when a misspelling of it is reported."""
    if stands_for(element.name, value, known):
        return []
    cardinality = f"{element.min}..{'*' if element.max is None else element.max}"
    return [messages.MISSING_ELEMENT.at(path=element.path, expected=cardinality)]


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
