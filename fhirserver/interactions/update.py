"""http.html#update, http.html#upsert, http.html#cond-update, http.html#concurrency"""

from __future__ import annotations

from fhirserver.interactions import criteria, messages, parameters
from fhirserver.interactions.action import Action
from fhirserver.interactions.actions import carry_out
from fhirserver.interactions.answer import answer, check_type
from fhirserver.interactions.context import Context
from fhirserver.interactions.message import Request, Response
from fhirserver.interactions.preconditions import precondition
from fhirserver.resource import subset


def update(context: Context, request: Request) -> Response:
    """A new current version, also of a resource that is not there yet or was deleted (then 201).

    ``PUT Type?criteria`` updates what matches, or creates it: with the id of the body where that has one.
    """
    request, general = parameters.divided(request)
    selection = parameters.selection(general, request.type)
    action = update_action(context, request)
    return carry_out(context, request, [action], lambda _, done: answer(request, done[0], selection))


def update_action(context: Context, request: Request) -> Action:
    """The action of a PUT, alone or in an entry of a transaction."""
    resource = check_type(request)
    type, guard = request.type, precondition(request.headers)
    if subset.is_subsetted(resource):
        raise messages.BODY_SUBSETTED.error(f"{type}.meta.tag")
    if len(request.path) == 1:
        wanted = criteria.criteria(type, request.query)
        fresh = context.new_id()
        return Action("PUT", type, criteria=wanted, resource=resource, precondition=guard, fresh=fresh)
    # "If no id element is provided, or the id disagrees with the id in the URL, the server SHALL respond with an
    # HTTP 400 error code"
    found = resource.get("id")
    if found is None:
        raise messages.BODY_ID_MISSING.error(f"{type}.id", expected=request.id)
    if found != request.id:
        raise messages.BODY_ID_DIFFERS.error(f"{type}.id", found=found, expected=request.id)
    return Action("PUT", type, request.id, resource=resource, precondition=guard)
