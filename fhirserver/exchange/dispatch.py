"""``Task/{id}/$dispatch``: a dispatcher hands a requested referral to a receiver.

The operation sets the owner, and says why in a note; whether that may be, and what follows, is the table's business
(:mod:`moves`), as of every other change. Of several who dispatch at once one does: a task that was dispatched already
moves on only for a caller that names the version it has read (If-Match).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from fhirserver.access.callers import Caller, caller_of
from fhirserver.conformance import guide
from fhirserver.exchange import referral_messages as say
from fhirserver.exchange.requisition import Resource, business, is_group_task
from fhirserver.interactions.action import Action, Done
from fhirserver.interactions.actions import carry_out
from fhirserver.interactions.context import Context
from fhirserver.interactions.message import Request, Response
from fhirserver.interactions.patching import Patch
from fhirserver.interactions.preconditions import Tags, precondition
from fhirserver.interactions.read import headers_of
from fhirserver.operations import arguments
from fhirserver.operations.messages import RESOURCE_NOT_STORED
from fhirserver.operations.table import Offered, of_server
from fhirserver.resource.dates import instant, microseconds
from fhirserver.store.store import Reads

DEFINITION = guide.operation("task-dispatch")
#: If-Match of whoever names no version: the task is there.
_ANY = Tags("*", frozenset(), any=True)


def run(context: Context, request: Request) -> Response:
    """The task after it was handed over. Raises 403, 409 and 422 as the rules of referrals say, 404 without a task."""
    given = arguments.read(DEFINITION, request)
    target, reason = given.one("target"), given.text("reason")
    caller = caller_of(context.store, request.caller, context.now(), context.zone)
    if not caller.administrator and "dispatcher" not in caller.codes:
        raise say.NOT_DISPATCHER.error("Task.owner")
    if (found := context.store.read(request.type, request.id)) is None or found.deleted:
        raise RESOURCE_NOT_STORED.error(type=request.type, id=request.id)
    sent = precondition(request.headers)
    blind = sent.if_match is None or sent.if_match.any
    guard = replace(sent, if_match=_ANY) if blind else sent

    def hand(task: Resource) -> Resource:
        if is_group_task(task) or "ServiceRequest/" not in task.get("focus", {}).get("reference", ""):
            raise say.NOT_DISPATCHED.error("Task.focus")
        handed = {**task, "owner": _reference(target)}
        if business(task) == "dispatched" and blind:
            raise say.DISPATCHED_BEFORE.error("Task.owner", owner=task["owner"].get("reference"))
        return {**handed, "note": [*task.get("note", []), _note(context, caller, reason)]} if reason else handed

    action = Action("PATCH", request.type, request.id, patch=Patch(hand, None), precondition=guard)
    return carry_out(context, request, [action], lambda reads, done: _answer(request, reads, done))


def _reference(target: Any) -> Resource:
    return {name: value for name, value in target.items() if name in ("reference", "display")}


def _note(context: Context, caller: Caller, reason: str) -> Resource:
    note: Resource = {"time": instant(microseconds(context.now()), context.zone), "text": reason}
    # datatypes.html#Annotation: by a person or an organisation, not by a role
    if caller.organization is not None:
        note["authorReference"] = {"reference": "/".join(caller.organization)}
    return note


def _answer(request: Request, reads: Reads, done: Sequence[Done]) -> Response:
    version = done[0].changes[0][1].version
    assert version is not None
    return Response(200, headers_of(version, request.base), version.body)


OPERATIONS = (Offered(DEFINITION, of_server(run)),)
