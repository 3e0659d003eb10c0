"""http.html#delete, http.html#cdelete"""

from __future__ import annotations

from collections.abc import Iterator

from fhirserver.interactions import criteria, messages, parameters
from fhirserver.interactions.action import Action, Done
from fhirserver.interactions.actions import carry_out
from fhirserver.interactions.answer import outcome
from fhirserver.interactions.context import Context
from fhirserver.interactions.message import Request, Response
from fhirserver.interactions.preconditions import etag, last_modified, precondition
from fhirserver.outcome import Issue


def delete(context: Context, request: Request) -> Response:
    """The resource is gone, its history stays. Deleting what is deleted, or never was, has no effect and no error.

    204, or 200 with an OperationOutcome where Prefer asks for one. The ETag is that of the deletion: If-Match takes it
    to bring the resource back. ``DELETE Type?criteria`` deletes all that matches, up to a limit (412 beyond it).
    """
    request, _ = parameters.divided(request)
    return carry_out(context, request, [delete_action(request)], lambda _, done: answer(request, done[0]))


def delete_action(request: Request) -> Action:
    """The action of a DELETE, alone or in an entry of a transaction."""
    guard = precondition(request.headers)
    if len(request.path) == 1:
        wanted = criteria.criteria(request.type, request.query)
        return Action("DELETE", request.type, criteria=wanted, precondition=guard)
    return Action("DELETE", request.type, request.id, precondition=guard)


def answer(request: Request, done: Done) -> Response:
    headers = {}
    if len(done.changes) == 1 and (version := done.changes[0][1].version) is not None:
        headers = {"ETag": etag(version.version), "Last-Modified": last_modified(version)}
    if request.preferences.returns != "OperationOutcome":
        return Response(204, headers)
    headers["Preference-Applied"] = "return=OperationOutcome"
    return Response(200, headers, outcome(list(issues(done)), request.language))


def issues(done: Done) -> Iterator[Issue]:
    """What was deleted, for Prefer: return=OperationOutcome."""
    if not done.changes:
        assert done.action.criteria is not None
        yield messages.NOTHING_MATCHED.at(criteria=done.action.criteria.text)
    for change, written in done.changes:
        message = messages.DELETED if written.changed else messages.NOTHING_TO_DELETE
        yield message.at(type=change.type, id=change.id)
