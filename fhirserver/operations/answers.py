"""The answer of an operation: a Parameters resource."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from fhirserver.interactions.message import Response
from fhirserver.resource import json


def parameters(rows: Iterable[dict[str, Any]]) -> Response:
    """200 with a Parameters resource of these rows."""
    return Response(200, body=json.encode({"resourceType": "Parameters", "parameter": list(rows)}))
