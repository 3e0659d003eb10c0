"""http.html#create, http.html#ccreate"""

from __future__ import annotations

from fhirserver.interactions import criteria, parameters
from fhirserver.interactions.action import Action
from fhirserver.interactions.actions import carry_out
from fhirserver.interactions.answer import answer, check_type
from fhirserver.interactions.context import Context
from fhirserver.interactions.message import Request, Response


def create(context: Context, request: Request) -> Response:
    """A new resource under an id of the server's; an id in the body is ignored, as http.html#create says.

    With If-None-Exist, only when nothing matches its criteria; what matches is answered for, with 200.
    """
    selection = parameters.selection(parameters.parse(request), request.type)
    action = create_action(context, request)
    return carry_out(context, request, [action], lambda _, done: answer(request, done[0], selection))


def create_action(context: Context, request: Request) -> Action:
    """The action of a POST, alone or in an entry of a transaction."""
    resource = check_type(request)
    wanted = criteria.header(request.headers, request.type)
    return Action("POST", request.type, criteria=wanted, resource=resource, fresh=context.new_id())
