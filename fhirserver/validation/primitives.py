"""Primitive values, and the ``_name`` beside them that holds their id and extensions (json.html#primitive)."""

from __future__ import annotations

from typing import Any

from fhirserver.outcome import Issue, Message
from fhirserver.resource.primitives import PRIMITIVES
from fhirserver.resource.primitives import found as shown
from fhirserver.resource.shapes import Member
from fhirserver.validation import messages
from fhirserver.validation.cardinality import not_an_array, over, repeating
from fhirserver.validation.issues import Check, Found
from fhirserver.validation.scope import Scope


def single(member: Member) -> Check:
    """The check of a primitive that does not repeat, or of one of those that do."""
    wrong_in, path = PRIMITIVES[member.type], member.element.path

    def check(value: Any, parent: Any, scope: Scope) -> Found:
        wrong = wrong_in(value)
        return None if wrong is None else [_misfit(path, value, wrong)]

    return check


def _misfit(path: str, value: Any, wrong: Message) -> Issue:
    """The issue for a value that is no such primitive; null and arrays are more than a wrong value."""
    if value is None:
        return messages.NULL_VALUE.at()
    if type(value) is list:
        return messages.NOT_REPEATING.at(path=path, found=shown(value))
    return wrong.at(found=shown(value))


def several(member: Member, each: Check) -> Check:
    """The check of a primitive that repeats: null stands where the array beside it has something."""
    beside = f"_{member.name}"

    def is_padding(item: Any, index: int, parent: Any) -> bool:
        siblings = parent.get(beside) if item is None else None
        return type(siblings) is list and index < len(siblings) and siblings[index] is not None

    return repeating(member.element, each, is_padding)


def beside_single(member: Member, extended: Check) -> Check:
    """The check of ``_name`` beside a primitive that does not repeat."""
    name = member.name

    def check(value: Any, parent: Any, scope: Scope) -> Found:
        return _extended(value, name in parent, extended, scope)

    return check


def beside_several(member: Member, extended: Check) -> Check:
    """The check of ``_name`` beside a primitive that repeats: an array as long, null where there is nothing to say."""
    element, name = member.element, member.name

    def check(value: Any, parent: Any, scope: Scope) -> Found:
        if type(value) is not list or not value:
            return not_an_array(element, value)
        values = parent.get(name)
        if type(values) is not list:
            return over(value, lambda index, item: _extended(item, False, extended, scope))
        if len(values) != len(value):
            return [messages.UNEQUAL_ARRAYS.at(name=name, expected=len(values), found=len(value))]
        # null on both sides is reported once, in the array of the values
        return over(
            value, lambda i, item: None if item is None else _extended(item, values[i] is not None, extended, scope)
        )

    return check


def _extended(value: Any, has_value: bool, extended: Check, scope: Scope) -> Found:
    """The id and extensions of one primitive; ele-1: without a value an id alone is nothing."""
    if has_value and type(value) is dict and len(value) == 1 and type(value.get("id")) is str:
        return None
    return extended(value, None, scope)
