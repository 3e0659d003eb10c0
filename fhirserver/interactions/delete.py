"""http.html#delete"""

from __future__ import annotations

from fhirserver.interactions import messages, parameters
from fhirserver.interactions.answer import outcome
from fhirserver.interactions.context import Context
from fhirserver.interactions.message import Request, Response
from fhirserver.interactions.preconditions import etag, last_modified, precondition
from fhirserver.interactions.write import Change, write


def delete(context: Context, request: Request) -> Response:
    """The resource is gone, its history stays. Deleting what is deleted, or never was, has no effect and no error.

    204, or 200 with an OperationOutcome where Prefer asks for one. The ETag is that of the deletion: If-Match takes it
    to bring the resource back.
    """
    parameters.parse(request)
    change = Change("DELETE", request.type, request.id, None, precondition(request.headers))
    (written,) = write(context, [change])
    headers = {}
    if written.version is not None:
        headers = {"ETag": etag(written.version.version), "Last-Modified": last_modified(written.version)}
    if request.preferences.returns != "OperationOutcome":
        return Response(204, headers)
    message = messages.DELETED if written.changed else messages.NOTHING_TO_DELETE
    headers["Preference-Applied"] = "return=OperationOutcome"
    return Response(200, headers, outcome([message.at(type=request.type, id=request.id)], request.language))
