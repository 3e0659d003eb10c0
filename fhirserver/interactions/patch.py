"""http.html#patch, of one resource or of the one that criteria match."""

from __future__ import annotations

from fhirserver.interactions import criteria, messages, parameters, patching
from fhirserver.interactions.action import Action
from fhirserver.interactions.actions import carry_out
from fhirserver.interactions.answer import answer
from fhirserver.interactions.context import Context
from fhirserver.interactions.message import Request, Response
from fhirserver.interactions.preconditions import precondition


def patch(context: Context, request: Request) -> Response:
    """The current version with the operations of the patch, as a new version.

    The patch is applied to the version that is current when it is stored: none of several at once is lost.
    """
    request, general = parameters.divided(request)
    selection = parameters.selection(general, request.type)
    action = patch_action(context, request)
    return carry_out(context, request, [action], lambda _, done: answer(request, done[0], selection))


def patch_action(context: Context, request: Request) -> Action:
    """The action of a PATCH, alone or in an entry of a transaction."""
    type, guard, change = request.type, precondition(request.headers), _patch(context, request)
    if len(request.path) == 1:
        wanted = criteria.criteria(type, request.query)
        return Action("PATCH", type, criteria=wanted, patch=change, precondition=guard)
    return Action("PATCH", type, request.id, patch=change, precondition=guard)


def _patch(context: Context, request: Request) -> patching.Patch:
    if request.resource is not None:
        return patching.of_resource(context, request.resource)
    if not request.body.strip():
        raise messages.PATCH_EMPTY.error()
    return patching.of_json(request.body)
