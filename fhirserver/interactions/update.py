"""http.html#update, http.html#upsert, http.html#concurrency"""

from __future__ import annotations

from fhirserver.interactions import messages, parameters
from fhirserver.interactions.answer import answer, check_type
from fhirserver.interactions.context import Context
from fhirserver.interactions.message import Request, Response
from fhirserver.interactions.preconditions import precondition
from fhirserver.interactions.write import Change, write
from fhirserver.resource import subset


def update(context: Context, request: Request) -> Response:
    """A new current version, also of a resource that is not there yet or was deleted (then 201)."""
    selection = parameters.selection(parameters.parse(request), request.type)
    resource = check_type(request)
    # "If no id element is provided, or the id disagrees with the id in the URL, the server SHALL respond with an
    # HTTP 400 error code"
    found = resource.get("id")
    if found is None:
        raise messages.BODY_ID_MISSING.error(f"{request.type}.id", expected=request.id)
    if found != request.id:
        raise messages.BODY_ID_DIFFERS.error(f"{request.type}.id", found=found, expected=request.id)
    if subset.is_subsetted(resource):
        raise messages.BODY_SUBSETTED.error(f"{request.type}.meta.tag")
    change = Change("PUT", request.type, request.id, resource, precondition(request.headers))
    (written,) = write(context, [change])
    return answer(request, change, written, selection)
