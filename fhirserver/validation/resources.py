"""What type a resource is of, before anything else can be said of it (resource.html, json.html)."""

from __future__ import annotations

from typing import Any

from fhirserver.outcome import Issue
from fhirserver.resource import messages as resource_messages
from fhirserver.resource.primitives import found as shown
from fhirserver.spec.structures import RESOURCE_TYPES
from fhirserver.validation import messages
from fhirserver.validation.issues import Found
from fhirserver.validation.messages import Text
from fhirserver.validation.nearest import one_of

_A_TYPE = Text("the name of an R4 resource type", " R4 的资源类型名称")


def named_type(value: Any) -> tuple[str | None, Found]:
    """The resourceType that R4 has, or None and the issue that says why there is none."""
    if type(value) is not dict:
        return None, [messages.NULL_VALUE.at() if value is None else messages.NOT_A_RESOURCE.at(found=shown(value))]
    name = value.get("resourceType")
    if type(name) is str and name in RESOURCE_TYPES:
        return name, None
    if "resourceType" not in value:
        return None, [resource_messages.RESOURCE_TYPE_MISSING.at()]
    if type(name) is not str:
        return None, [resource_messages.RESOURCE_TYPE_NOT_A_STRING.at(found=shown(name))]
    return None, [unknown_type(name)]


def unknown_type(name: str, expression: str = "") -> Issue:
    """The issue for the name of a resource type that R4 does not have."""
    expected = one_of(name, RESOURCE_TYPES, _A_TYPE)
    return messages.RESOURCE_TYPE_UNKNOWN.at(expression, found=shown(name), expected=expected)
