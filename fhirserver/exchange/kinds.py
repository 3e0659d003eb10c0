"""Which resources take part in the exchange: told by a cheap look, so that all others pay no more than that."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

CANONICAL = "https://medgroup.example.org/fhir"
DIRECTION = f"{CANONICAL}/CodeSystem/referral-direction"
WORKFLOW_TAG = f"{CANONICAL}/CodeSystem/workflow-tag"
IDENTIFIER_TYPE = f"{CANONICAL}/CodeSystem/identifier-type"
GROUP_KIND = f"{CANONICAL}/CodeSystem/group-kind"
LOCATION_TYPE = f"{CANONICAL}/CodeSystem/location-type"
CONSENT_CATEGORY = f"{CANONICAL}/CodeSystem/consent-category"

Resource = Mapping[str, Any]


def codes(concepts: Any, system: str) -> frozenset[str]:
    """The codes of a code system in a CodeableConcept or a list of them."""
    listed = [concepts] if isinstance(concepts, Mapping) else concepts or ()
    return frozenset(
        coding["code"]
        for concept in listed
        for coding in concept.get("coding", ())
        if coding.get("system") == system and "code" in coding
    )


def has_code(concepts: Iterable[Resource], system: str) -> bool:
    """Whether CodeableConcepts have a code of a code system."""
    return bool(codes(concepts, system))


def reference(element: Resource | None) -> str:
    """The text of a Reference, empty where there is none."""
    text: str = (element or {}).get("reference", "")
    return text


def is_referral(resource: Resource | None) -> bool:
    """A ServiceRequest with a direction."""
    return resource is not None and has_code(resource.get("category", ()), DIRECTION)


def is_group_task(resource: Resource | None) -> bool:
    """The Task that stands for a whole requisition."""
    if resource is None:
        return False
    tags = resource.get("meta", {}).get("tag", ())
    return any(tag.get("system") == WORKFLOW_TAG and tag.get("code") == "referral-group" for tag in tags)


def is_referral_task(resource: Resource | None) -> bool:
    """A child Task of a requisition: it has the requisition's number, and its focus is a ServiceRequest."""
    return (
        resource is not None and "groupIdentifier" in resource and "ServiceRequest/" in reference(resource.get("focus"))
    )


def may_be_referral(resource: Resource) -> bool:
    """Whether a ServiceRequest or a Task may be part of a referral: the rest of them is nobody's business."""
    if resource["resourceType"] == "ServiceRequest":
        return is_referral(resource)
    return is_group_task(resource) or "ServiceRequest/" in reference(resource.get("focus"))


def is_group(resource: Resource | None) -> bool:
    """An Organization that is a group."""
    return resource is not None and has_code(resource.get("type", ()), GROUP_KIND)


def is_grid(resource: Resource | None) -> bool:
    """A Location that is a grid."""
    return resource is not None and "grid" in codes(resource.get("type", ()), LOCATION_TYPE)


def is_referral_consent(resource: Resource | None) -> bool:
    """A Consent to a referral."""
    return resource is not None and "referral" in codes(resource.get("category", ()), CONSENT_CATEGORY)
