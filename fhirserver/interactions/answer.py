"""What create and update have in common: the check of the body's type and the answer (http.html#return)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fhirserver.interactions import messages
from fhirserver.interactions.action import Done
from fhirserver.interactions.message import Request, Response
from fhirserver.interactions.parameters import Selection
from fhirserver.interactions.read import headers_of, location
from fhirserver.interactions.write import Written
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


def answer(request: Request, done: Done, selection: Selection | None) -> Response:
    """201 with Location for a resource that was created or brought back, else 200; the body as Prefer asks.

    http.html#ccreate: what a conditional create found is answered for as if it had been created, but with 200.
    """
    written = written_of(done)
    version = written.version
    assert version is not None and version.body is not None
    headers = headers_of(version, request.base)
    if written.created or done.existing is not None:
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
        return Response(status, headers, outcome(issues(done), request.language))
    return Response(status, headers, version.body if selection is None else selection.of_body(version.body))


def written_of(done: Done) -> Written:
    """What was written by an action on one resource, or found by a conditional create."""
    if done.existing is not None:
        return Written(done.existing, created=False, changed=False)
    return done.changes[0][1]


def issues(done: Done) -> list[Issue]:
    """What was done and the warnings, for Prefer: return=OperationOutcome."""
    written = written_of(done)
    version = written.version
    assert version is not None
    message = messages.CREATED if written.created else messages.UPDATED
    if not written.changed:
        message = messages.UNCHANGED if done.existing is None else messages.FOUND_INSTEAD
    return [message.at(type=version.type, id=version.id, version=version.version), *written.warnings]


def outcome(issues: Sequence[Issue], language: Language) -> bytes:
    """The JSON of an OperationOutcome."""
    return json.encode(operation_outcome(issues, language))
