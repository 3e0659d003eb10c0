"""Parts of a resource on request: _summary (search.html#summary) and _elements (search.html#elements).

What is left out is told: the result carries the tag SUBSETTED, so that nobody takes it for the whole resource.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

from fhirserver.outcome import FhirError
from fhirserver.resource import messages
from fhirserver.resource.primitives import found
from fhirserver.resource.shapes import Member, Shape, nearest, shape

#: The tag of an incomplete resource, in meta.tag.
SUBSETTED = {
    "system": "http://terminology.hl7.org/CodeSystem/v3-ObservationValue",
    "code": "SUBSETTED",
    "display": "subsetted",
}


def is_subsetted(resource: dict[str, Any]) -> bool:
    """Whether a resource says of itself that it is incomplete; such a one must not replace the complete one."""
    meta = resource.get("meta")
    tags = meta.get("tag") if isinstance(meta, dict) else None
    return isinstance(tags, list) and any(
        isinstance(tag, dict) and tag.get("system") == SUBSETTED["system"] and tag.get("code") == SUBSETTED["code"]
        for tag in tags
    )


def summary(resource: dict[str, Any], mode: str) -> dict[str, Any]:
    """The part of a resource that a value of _summary asks for; the resource itself for ``false``.

    FhirError (400) for any other value, and for ``count``, which is about a search and not a resource.
    """
    if mode == "false":
        return resource
    if mode == "true":
        return _tagged(_summarised(resource, shape(resource["resourceType"])))
    if mode == "text":
        return _tagged(_kept(resource, lambda name, member: name == "text" or _mandatory(member)))
    if mode == "data":
        return _tagged(_kept(resource, lambda name, member: name != "text"))
    raise (messages.SUMMARY_COUNT if mode == "count" else messages.UNKNOWN_SUMMARY).error(found=found(mode))


def element_names(value: str, type: str) -> frozenset[str]:
    """The names in a value of _elements, `value` for a ``value[x]``; FhirError (400) for those the type has not."""
    known = shape(type).members
    roots = dict.fromkeys(member.element.name for member in known.values())
    names = frozenset(name.strip().removesuffix("[x]") for name in value.split(",")) - {""}
    wrong = [
        messages.UNKNOWN_ELEMENTS.at(
            found=found(name), type=type, near=known[name].element.name if name in known else nearest(name, roots)
        )
        for name in sorted(names - roots.keys())
    ]
    if wrong:
        raise FhirError(wrong)
    return names


def elements(resource: dict[str, Any], names: Collection[str]) -> dict[str, Any]:
    """The named root elements of a resource, with those nobody may miss: mandatory ones and modifiers."""
    return _tagged(
        _kept(resource, lambda _, member: member.element.name in names or _mandatory(member) or member.element.modifier)
    )


_ALWAYS = ("id", "meta")


def _kept(resource: dict[str, Any], wanted: Callable[[str, Member], bool]) -> dict[str, Any]:
    """The root elements that are wanted, a primitive with what stands beside it; id and meta always."""
    members = shape(resource["resourceType"]).members
    part: dict[str, Any] = {"resourceType": resource["resourceType"]}
    for key, value in resource.items():
        name = key.removeprefix("_")
        member = members.get(name)
        if member is not None and (name in _ALWAYS or wanted(name, member)):
            part[key] = value
    return part


def _mandatory(member: Member) -> bool:
    return member.element.min > 0


def _summarised(value: dict[str, Any], shape: Shape) -> dict[str, Any]:
    """The elements marked as summary, at every level down to the data types, with mandatory ones and modifiers."""
    part: dict[str, Any] = {"resourceType": value["resourceType"]} if shape.resource else {}
    for key, item in value.items():
        member = shape.members.get(key.removeprefix("_"))
        if member is None:
            continue
        if member.element.summary or member.element.modifier or _mandatory(member):
            part[key] = item if key.startswith("_") else _summarised_item(item, member)
    return part


def _summarised_item(item: Any, member: Member) -> Any:
    if isinstance(item, list):
        return [_summarised_item(entry, member) for entry in item]
    # an extension and a resource in a Bundle are one piece: none of their parts is marked
    if member.primitive or member.type in ("Extension", "Resource") or not isinstance(item, dict):
        return item
    # an element that only has an id or extensions would be left empty, which no element may be
    return _summarised(item, member.shape) or item


def _tagged(part: dict[str, Any]) -> dict[str, Any]:
    """The same with the tag SUBSETTED; resourceType, id and meta first."""
    meta = dict(part.get("meta", {}))
    if not is_subsetted(part):
        meta["tag"] = [*meta.get("tag", ()), SUBSETTED]
    first: dict[str, Any] = {name: part[name] for name in ("resourceType", "id") if name in part}
    return {**first, "meta": meta, **{name: value for name, value in part.items() if name not in (*first, "meta")}}
