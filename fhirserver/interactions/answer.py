"""What create and update have in common: the check of the body's type and the answer (http.html#return)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fhirserver.interactions import messages
from fhirserver.interactions.message import Request, Response
from fhirserver.interactions.parameters import Selection
from fhirserver.interactions.read import headers_of, location
from fhirserver.interactions.write import Change, Written
from fhirserver.outcome import Issue, Language, operation_outcome
from fhirserver.resource import json


def check_type(request: Request) -> dict[str, Any]:
    """The body's resource. Raises 400 when it is of another type than the URL says."""
    resource = request.resource
    assert resource is not None, "the door decodes the body of routes that take a resource"
    found = resource["resourceType"]
    if found != request.type:
        raise messages.BODY_TYPE_DIFFERS.error(request.type, found=found, expected=request.type)
    return resource


def answer(request: Request, change: Change, written: Written, selection: Selection | None) -> Response:
    """201 with Location for a resource that was created or brought back, else 200; the body as Prefer asks."""
    version = written.version
    assert version is not None and version.body is not None
    headers = headers_of(version, request.base)
    if written.created:
        headers["Location"] = location(version, request.base)
    status = 201 if written.created else 200
    returns = request.preferences.returns
    if returns is not None:
        headers["Preference-Applied"] = f"return={returns}"  # RFC 7240 section 3
    if returns == "minimal":
        del headers["Content-Location"]
        return Response(status, headers)
    if returns == "OperationOutcome":
        del headers["Content-Location"]
        issues = (_done(change, written), *written.warnings)
        return Response(status, headers, outcome(issues, request.language))
    return Response(status, headers, version.body if selection is None else selection.of_body(version.body))


def _done(change: Change, written: Written) -> Issue:
    assert written.version is not None
    message = messages.CREATED if written.created else messages.UPDATED
    if not written.changed:
        message = messages.UNCHANGED
    return message.at(type=change.type, id=change.id, version=written.version.version)


def outcome(issues: Sequence[Issue], language: Language) -> bytes:
    """The JSON of an OperationOutcome."""
    return json.encode(operation_outcome(issues, language))
