"""Extensions (extensibility.html): ext-1, "Must have either extensions or value[x], not both"."""

from __future__ import annotations

from typing import Any

from fhirserver.validation import messages
from fhirserver.validation.issues import Found
from fhirserver.validation.scope import Scope


def value_xor_extensions(extension: dict[str, Any], parent: Any, scope: Scope) -> Found:
    """ext-1 of one well-formed Extension."""
    values = [name for name in extension if name.startswith(("value", "_value"))]
    if bool(values) != ("extension" in extension):
        return None
    if values:
        return [messages.EXTENSION_BOTH.at(found=values[0])]
    return [messages.EXTENSION_EMPTY.at()]
