"""Codings, identifiers, quantities and attachments (datatypes.html): what holds for each by itself."""

from __future__ import annotations

from typing import Any

from fhirserver.resource.primitives import found as shown
from fhirserver.terminology.grammars import UCUM, URIS
from fhirserver.validation import messages
from fhirserver.validation.issues import Found
from fhirserver.validation.scope import Scope


def of_its_system(coding: dict[str, Any], parent: Any, scope: Scope) -> Found:
    """datatypes.html#Coding.system: "The URI SHALL be an absolute URI"; and what the code system says to the code."""
    system = coding.get("system")
    if system is None:
        return None
    if ":" not in system and not system.startswith("#"):
        return [messages.CODING_SYSTEM_RELATIVE.at(".system", found=shown(system))]
    return scope.knowledge.remarks.on(coding) if scope.knowledge is not None else None


def of_its_namespace(identifier: dict[str, Any], parent: Any, scope: Scope) -> Found:
    """datatypes.html#Identifier.system: "always be an absolute URI"; of URIs the value is a URI itself."""
    system, value = identifier.get("system"), identifier.get("value")
    if system is None:
        return None
    if ":" not in system:
        return [messages.IDENTIFIER_SYSTEM_RELATIVE.at(".system", found=shown(system))]
    if system == URIS and value is not None and ":" not in value:
        return [messages.IDENTIFIER_NO_URI.at(".value", found=shown(value))]
    return None


def in_known_units(quantity: dict[str, Any], parent: Any, scope: Scope) -> Found:
    """The code of a quantity in UCUM is one of UCUM's (http://unitsofmeasure.org), whatever the quantity measures."""
    code = quantity.get("code")
    if code is None or quantity.get("system") != UCUM or scope.knowledge is None:
        return None
    return scope.knowledge.remarks.on({"system": UCUM, "code": code})


def as_large_as_it_says(attachment: dict[str, Any], parent: Any, scope: Scope) -> Found:
    """datatypes.html#Attachment.size: "the number of bytes of data", before base64."""
    data, size = attachment.get("data"), attachment.get("size")
    if data is None or size is None:
        return None
    text = "".join(data.split())
    held = len(text) // 4 * 3 - text[-2:].count("=")
    return None if held == size else [messages.ATTACHMENT_SIZE.at(expected=held, found=size)]
