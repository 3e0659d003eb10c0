"""References (references.html): each has a form that can be followed, and leads to a type that its element allows.

The type is known from the literal reference, from the contained resource that ``#id`` names, within a Bundle from the
entry that has the reference as its fullUrl, and else from Reference.type. What nobody can know is not judged.
"""

from __future__ import annotations

from typing import Any

from fhirserver.outcome import Issue
from fhirserver.resource.primitives import PRIMITIVES
from fhirserver.resource.primitives import found as shown
from fhirserver.resource.references import parse
from fhirserver.spec.structures import RESOURCE_TYPES, Element
from fhirserver.validation import messages
from fhirserver.validation.issues import Check, Found
from fhirserver.validation.messages import Text
from fhirserver.validation.nearest import nearest, one_of
from fhirserver.validation.resources import unknown_type
from fhirserver.validation.scope import Scope

_NONE = Text("none", "无")
_ANOTHER = Text("others", "其他资源")


def to_something(value: dict[str, Any], parent: Any, scope: Scope) -> Found:
    """What holds for every well-formed Reference, whatever it may lead to."""
    text, type = value.get("reference"), value.get("type")
    wrong = _target(text, type, scope) if text is not None else None
    if wrong is None and type is not None and ":" not in type and type not in RESOURCE_TYPES:
        # references.html#Reference.type: the name of a resource type, or the canonical of another model
        return [unknown_type(type, ".type")]
    return [wrong] if wrong else None


def _target(text: str, type: str | None, scope: Scope) -> Issue | None:
    """What is wrong with where a reference leads."""
    named = _plain_type(text)
    if named is None:
        reference = parse(text)
        if reference.kind == "malformed":
            return _malformed(text)
        if reference.kind == "contained" and reference.id and reference.id not in scope.contained():
            return _not_contained(text, reference.id, scope)
        named = reference.type
    if type in RESOURCE_TYPES and named in RESOURCE_TYPES and type != named:
        return messages.REFERENCE_TYPE_DISAGREES.at(".type", found=type, expected=named)
    return None


def _plain_type(text: str) -> str | None:
    """The type of a reference of the commonest form, ``Patient/1``."""
    head, _, id = text.partition("/")
    return head if head in RESOURCE_TYPES and PRIMITIVES["id"](id) is None else None


def _malformed(text: str) -> Issue:
    head, slash, _ = text.partition("/")
    if slash and head not in RESOURCE_TYPES and nearest(head, RESOURCE_TYPES):
        return unknown_type(head, ".reference")
    return messages.REFERENCE_MALFORMED.at(".reference", found=shown(text))


def _not_contained(text: str, id: str, scope: Scope) -> Issue:
    ids = scope.contained()
    expected = one_of(id, ids, _ANOTHER) if ids else _NONE
    return messages.CONTAINED_NOT_FOUND.at(".reference", found=shown(text), expected=expected)


def to_one_of(element: Element) -> Check:
    """The check of a well-formed Reference in an element that allows some types only."""
    targets = frozenset(element.targets)

    def check(value: dict[str, Any], parent: Any, scope: Scope) -> Found:
        reference = value.get("reference")
        if reference is not None and reference.partition("/")[0] in targets:
            return None
        type = target_type(value, scope)
        if type is None or type in targets or type not in RESOURCE_TYPES:
            return None
        found, expected = shown(value.get("reference", type)), ", ".join(element.targets)
        return [messages.REFERENCE_TARGET.at(path=element.path, expected=expected, found=found, type=type)]

    return check


def target_type(value: dict[str, Any], scope: Scope) -> str | None:
    """The type of the resource a well-formed Reference leads to, as far as the surroundings tell."""
    text: str | None = value.get("reference")
    if text is None:
        return value.get("type")
    if text.startswith("#"):
        # references.html#contained: "#" alone is the resource that contains
        return scope.contained().get(text[1:]) if text != "#" else scope.resource.get("resourceType")
    in_bundle = scope.outer.entries().get(text) if scope.outer else None
    return in_bundle or parse(text).type or value.get("type")
