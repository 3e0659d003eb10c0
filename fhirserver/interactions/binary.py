"""Binary as plain content (binary.html#rest): what it holds goes in and out under its own media type."""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from typing import Any

from fhirserver.resource import json

_UNKNOWN = "application/octet-stream"
#: A code may hold what a header must not; parameters are kept.
_MEDIA = re.compile(r"[\w.+-]+/[\w.+-]+( ?;[ -~]*)?", re.ASCII).fullmatch


def content(body: bytes) -> tuple[str, bytes]:
    """The media type and the bytes a stored Binary holds."""
    resource = json.decode(body)
    media = resource.get("contentType", _UNKNOWN)
    return media if _MEDIA(media) else _UNKNOWN, b64decode(resource.get("data", ""))


def resource(media: str, data: bytes, security_context: str | None) -> dict[str, Any]:
    """The Binary that holds content sent as it is; `security_context` is the reference in X-Security-Context."""
    binary: dict[str, Any] = {"resourceType": "Binary", "contentType": media}
    if security_context is not None:
        binary["securityContext"] = {"reference": security_context}
    if data:
        binary["data"] = b64encode(data).decode("ascii")
    return binary
