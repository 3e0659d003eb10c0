"""The narrative of a resource (narrative.html): txt-1 and txt-2, read by resource/narrative.py."""

from __future__ import annotations

from typing import Any

from fhirserver.validation.issues import Found
from fhirserver.validation.scope import Scope


def allowed_xhtml(value: str, parent: Any, scope: Scope) -> Found:
    return None
