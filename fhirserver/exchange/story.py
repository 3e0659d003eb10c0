"""The story of a requisition: its tasks, the status of its group task, and the record of every move."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from fhirserver.exchange.kinds import CANONICAL
from fhirserver.exchange.requisition import (
    Number,
    Resource,
    derived_status,
    is_group_task,
    is_referral,
    meta,
    requisition_of,
    token,
)
from fhirserver.resource import json
from fhirserver.resource.dates import instant, interval

if TYPE_CHECKING:
    from fhirserver.exchange.case import Case

_ACTIVITY = f"{CANONICAL}/CodeSystem/provenance-activity"
_STATUS = "http://hl7.org/fhir/task-status"
#: Activities the guide names; every other one is the status a task has come to.
_NAMED = frozenset({"dispatched", "timed-out"})


def stamp(case: Case) -> str:
    """Now, as an instant."""
    return instant(case.moment // 1000 * 1000, case.context.zone)


def modified(case: Case, task: Mapping[str, Any]) -> str:
    """Task.lastModified of a task that changes now: never before authoredOn (inv-1), whatever the placer's clock."""
    now, authored = stamp(case), task.get("authoredOn")
    if authored is None or interval(authored, case.context.zone).hi <= interval(now, case.context.zone).lo:
        return now
    return str(authored)


def tasks_of(case: Case, number: Number) -> list[Resource]:
    """The tasks of a requisition as this write leaves them, the group task too.

    In the order they were last changed: one that follows another begins when that has ended, and what ends stays.
    """
    key = ("tasks", *number)
    if key not in case.memo:
        found = case.find("Task", f"group-identifier={token(*number)}")
        case.memo[key] = [each["id"] for each in sorted(found, key=_age)]
    stored = [case.resource(f"Task/{id}") for id in case.memo[key]]
    tasks = [each for each in stored if each is not None]
    known = set(case.memo[key])
    tasks += [each for each in case.pending("Task") if each["id"] not in known]
    return [each for each in tasks if requisition_of(each) == number]


def _age(task: Mapping[str, Any]) -> tuple[str, str]:
    """What this very write changes has no lastUpdated yet, and comes last."""
    return task.get("meta", {}).get("lastUpdated", "~"), task["id"]


def tasks_of_request(case: Case, request: Mapping[str, Any], *, apart_from: str | None = None) -> list[Resource]:
    """The child tasks of one request, in the order of :func:`tasks_of`."""
    number = requisition_of(request)
    if number is None:
        return []
    focus = ("ServiceRequest", request["id"])
    return [
        each
        for each in tasks_of(case, number)
        if each["id"] != apart_from and case.identity(each.get("focus", {}).get("reference", "")) == focus
    ]


def settle(case: Case, number: Number | None) -> None:
    """Bring the group task's status in line with its tasks."""
    if number is None:
        return
    tasks = tasks_of(case, number)
    children = [each for each in tasks if not is_group_task(each) and _is_of_referral(case, each)]
    for group in tasks:
        if is_group_task(group) and children:
            status = derived_status(children)
            if group["status"] != status:
                case.put({**group, "status": status, "lastModified": modified(case, group)})


def _is_of_referral(case: Case, task: Mapping[str, Any]) -> bool:
    """Whether a task of a requisition is about a referral; a transport or a test goes its own way."""
    request = case.resource(task.get("focus", {}).get("reference", ""))
    return request is not None and is_referral(request)


#: Who moves a task that nobody has answered.
SERVER: Resource = {"who": {"display": "server"}}


def record(
    case: Case,
    task: Mapping[str, Any],
    activity: str,
    reasons: Iterable[Any] = (),
    *,
    agent: Mapping[str, Any] | None = None,
) -> None:
    """A Provenance: who has moved a task to where, when and why; `agent` where it is not the caller."""
    system = _ACTIVITY if activity in _NAMED else _STATUS
    provenance: Resource = {
        "resourceType": "Provenance",
        "meta": meta(task),
        "target": [{"reference": f"Task/{task['id']}"}],
        "recorded": stamp(case),
        "activity": {"coding": [{"system": system, "code": activity}]},
        "agent": [dict(agent) if agent is not None else _agent(case)],
    }
    if listed := list(reasons):
        provenance["reason"] = listed
    case.add("POST", "Provenance", None, {name: value for name, value in provenance.items() if value})


def _agent(case: Case) -> Resource:
    if case.anonymous:
        return {"who": {"display": "administrator"}}
    caller = case.caller
    who = caller.role or caller.organization
    assert who is not None
    agent: Resource = {"who": {"reference": "/".join(who)}}
    if caller.role is not None and caller.organization is not None:
        agent["onBehalfOf"] = {"reference": "/".join(caller.organization)}
    return agent


def recorded(case: Case, type: str, id: str, version: int) -> Resource | None:
    """One version of a resource; None where it was a deletion, or is not there."""
    found = case.transaction.vread(type, id, version)
    return json.parse(found.body) if found is not None and found.body is not None else None
