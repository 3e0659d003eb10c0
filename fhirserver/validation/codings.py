"""Codings and attachments (datatypes.html): what holds for each by itself."""

from __future__ import annotations

from typing import Any

from fhirserver.resource.primitives import found as shown
from fhirserver.validation import messages
from fhirserver.validation.issues import Found
from fhirserver.validation.scope import Scope


def of_an_absolute_system(coding: dict[str, Any], parent: Any, scope: Scope) -> Found:
    """datatypes.html#Coding.system: "The URI SHALL be an absolute URI", as all identities of code systems are."""
    system = coding.get("system")
    if system is None or ":" in system or system.startswith("#"):
        return None
    return [messages.CODING_SYSTEM_RELATIVE.at(".system", found=shown(system))]


def as_large_as_it_says(attachment: dict[str, Any], parent: Any, scope: Scope) -> Found:
    """datatypes.html#Attachment.size: "the number of bytes of data", before base64."""
    data, size = attachment.get("data"), attachment.get("size")
    if data is None or size is None:
        return None
    text = "".join(data.split())
    held = len(text) // 4 * 3 - text[-2:].count("=")
    return None if held == size else [messages.ATTACHMENT_SIZE.at(expected=held, found=size)]
