"""References (references.html): the type of the target is one the element allows, and a contained target is there.

The type is known from the literal reference, from Reference.type, from the contained resource that ``#id`` names, and
within a Bundle from the entry that has the reference as its fullUrl. What nobody can know is not judged.
"""

from __future__ import annotations

import re
from typing import Any

from fhirserver.resource.primitives import found as shown
from fhirserver.spec.structures import RESOURCE_TYPES, Element
from fhirserver.validation import messages
from fhirserver.validation.issues import Check, Found
from fhirserver.validation.messages import Text
from fhirserver.validation.nearest import one_of
from fhirserver.validation.scope import Scope

_A_TYPE = Text("the name of an R4 resource type", " R4 资源类型名称")
_NONE = Text("no resource at all", "无")
_ANOTHER = Text("other ids", "其他 id")

# references.html#literal: the form of a reference to a resource of a FHIR server
_LITERAL = re.compile(
    r"(?:https?://[^\s?#]+/)?(?P<type>[A-Z][A-Za-z]+)/[A-Za-z0-9\-.]{1,64}(?:/_history/[A-Za-z0-9\-.]{1,64})?"
)
# http.html#trules: a conditional reference in a transaction
_CONDITIONAL = re.compile(r"(?P<type>[A-Z][A-Za-z]+)\?.*", re.DOTALL)


def literal_type(reference: str) -> str | None:
    """The resource type that a literal reference names, whether R4 has it or not; None where it names none."""
    match = _LITERAL.fullmatch(reference) or _CONDITIONAL.fullmatch(reference)
    return match["type"] if match else None


def to_something(value: dict[str, Any], parent: Any, scope: Scope) -> Found:
    """What holds for every well-formed Reference: its types exist and agree, what ``#id`` names is contained."""
    reference, type = value.get("reference"), value.get("type")
    if type is not None and "/" not in type and type not in RESOURCE_TYPES:
        return [_unknown_type(".type", type)]
    if reference is None or (type is None and reference.partition("/")[0] in RESOURCE_TYPES):
        return None
    if reference.startswith("#") and reference != "#":
        return _to_contained(reference, scope)
    named = literal_type(reference)
    if named is not None and named not in RESOURCE_TYPES and "://" not in reference:
        return [_unknown_type(".reference", named)]
    if type in RESOURCE_TYPES and named in RESOURCE_TYPES and type != named:
        return [messages.REFERENCE_TYPE_DISAGREES.at(".type", found=type, expected=named)]
    return None


def _unknown_type(step: str, type: str) -> Any:
    return messages.REFERENCE_TYPE_UNKNOWN.at(step, found=shown(type), expected=one_of(type, RESOURCE_TYPES, _A_TYPE))


def _to_contained(reference: str, scope: Scope) -> Found:
    ids = scope.contained()
    if reference[1:] in ids:
        return None
    expected = one_of(reference[1:], ids, _ANOTHER) if ids else _NONE
    return [messages.CONTAINED_NOT_FOUND.at(".reference", found=shown(reference), expected=expected)]


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
    reference = value.get("reference")
    if reference is None:
        return value.get("type")
    if reference.startswith("#"):
        return _contained_type(reference[1:], scope)
    return literal_type(reference) or _entry_type(reference, scope) or value.get("type")


def _contained_type(id: str, scope: Scope) -> str | None:
    """The type of a contained resource; ``#`` alone is the resource that contains."""
    return scope.contained().get(id) if id else scope.resource.get("resourceType")


def _entry_type(reference: str, scope: Scope) -> str | None:
    """bundle.html#references: the type of the entry that has the reference as its fullUrl."""
    return scope.outer.entries().get(reference) if scope.outer else None
