"""http.html#create"""

from __future__ import annotations

from fhirserver.interactions import messages, parameters
from fhirserver.interactions.answer import answer, check_type
from fhirserver.interactions.context import Context
from fhirserver.interactions.message import Request, Response
from fhirserver.interactions.write import Change, write


def create(context: Context, request: Request) -> Response:
    """A new resource under an id of the server's; an id in the body is ignored, as http.html#create says."""
    selection = parameters.selection(parameters.parse(request), request.type)
    if "if-none-exist" in request.headers:
        # Creating all the same would make the very duplicate the sender wants to avoid.
        raise messages.CONDITIONAL_CREATE_UNSUPPORTED.error()
    resource = check_type(request)
    change = Change("POST", request.type, context.new_id(), resource, fresh=True)
    (written,) = write(context, [change])
    return answer(request, change, written, selection)
