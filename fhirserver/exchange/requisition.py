"""A requisition: the requests that belong together, the group task above them, and a child task for each.

Pure: what these resources are like. Who may do what with them is elsewhere (:mod:`referral`, :mod:`moves`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta, tzinfo
from typing import Any
from urllib.parse import quote

from fhirserver.exchange.kinds import CANONICAL
from fhirserver.exchange.states import TERMINAL, group_status
from fhirserver.resource.dates import instant, microseconds

Resource = dict[str, Any]

DIRECTION = f"{CANONICAL}/CodeSystem/referral-direction"
DIRECTIONS = ("up", "down", "lateral", "emergency", "consult")
WORKFLOW = f"{CANONICAL}/CodeSystem/workflow-tag"
BUSINESS = f"{CANONICAL}/CodeSystem/business-status"
OUTPUT = f"{CANONICAL}/CodeSystem/task-output"
GROUP_TAG = {"system": WORKFLOW, "code": "referral-group"}

#: How long an answer may take where a rule pack says nothing (REF-TIME), in minutes by priority.
ANSWER_MINUTES = {"stat": 10, "urgent": 120, "asap": 24 * 60, "routine": 72 * 60}

#: (system, value) of an identifier
Number = tuple[str, str]


def coded(concepts: Any, system: str) -> list[str]:
    """The codes of a system in a CodeableConcept or a list of them, in their order."""
    listed = [concepts] if isinstance(concepts, Mapping) else concepts or ()
    return [
        coding["code"]
        for concept in listed
        for coding in concept.get("coding", ())
        if coding.get("system") == system and "code" in coding
    ]


def direction(request: Mapping[str, Any]) -> str | None:
    """``up``, ``down``, ``lateral``, ``emergency`` or ``consult``; None where a ServiceRequest is no referral."""
    return next(iter(coded(request.get("category"), DIRECTION)), None)


def is_referral(request: Mapping[str, Any]) -> bool:
    """Whether a ServiceRequest is a referral: it has a direction."""
    return direction(request) is not None


def is_group_task(task: Mapping[str, Any]) -> bool:
    """Whether a Task is the one above all of a requisition."""
    tags = task.get("meta", {}).get("tag", ())
    return any(tag.get("system") == WORKFLOW and tag.get("code") == "referral-group" for tag in tags)


def number(identifier: Any) -> Number | None:
    """What identifies a requisition; None where there is no value."""
    if not isinstance(identifier, Mapping) or not identifier.get("value"):
        return None
    return identifier.get("system", ""), identifier["value"]


def token(system: str, value: str) -> str:
    """A token as it stands in a query (search.html#escaping)."""
    for special in ("\\", "$", ",", "|"):
        value = value.replace(special, f"\\{special}")
    return quote(f"{system}|{value}", safe="")


def requisition_of(resource: Mapping[str, Any]) -> Number | None:
    """The number of the requisition that a ServiceRequest or a Task belongs to."""
    name = "requisition" if resource["resourceType"] == "ServiceRequest" else "groupIdentifier"
    return number(resource.get(name))


def business(task: Mapping[str, Any]) -> str | None:
    """The code of Task.businessStatus."""
    return next(iter(coded(task.get("businessStatus"), BUSINESS)), None)


def business_status(code: str) -> dict[str, Any]:
    """A Task.businessStatus."""
    return {"coding": [{"system": BUSINESS, "code": code}]}


def answer_period(start: datetime, minutes: int, zone: tzinfo) -> dict[str, str]:
    """Task.restriction.period of an answer that is due so many minutes later."""
    begin, end = microseconds(start), microseconds(start + timedelta(minutes=minutes))
    return {"start": instant(begin, zone), "end": instant(end, zone)}


def with_period(task: Mapping[str, Any], period: Mapping[str, str] | None) -> Resource:
    """A task with another restriction.period, or with none."""
    restriction = {name: value for name, value in task.get("restriction", {}).items() if name != "period"}
    if period is not None:
        restriction["period"] = dict(period)
    rest = {name: value for name, value in task.items() if name != "restriction"}
    return {**rest, "restriction": restriction} if restriction else rest


def meta(origin: Mapping[str, Any], profile: str | None = None) -> Resource:
    """The meta of what the server makes for a resource: its profile, and the security labels of the origin."""
    made: Resource = {"profile": [f"{CANONICAL}/StructureDefinition/{profile}"]} if profile is not None else {}
    labels = origin.get("meta", {}).get("security")
    return {**made, "security": labels} if labels else made


def group_task(request: Mapping[str, Any], authored: str) -> Resource:
    """The group task of a request's requisition, which the server makes where the placer did not."""
    return {
        "resourceType": "Task",
        "meta": {**meta(request, "mg-referral-group-task"), "tag": [dict(GROUP_TAG)]},
        **_common(request, authored),
    }


def child_task(request: Mapping[str, Any], group: str, authored: str) -> Resource:
    """The task of one request, without an owner: `request` has its id, `group` is a reference."""
    return {
        "resourceType": "Task",
        "meta": meta(request, "mg-referral-task"),
        "partOf": [{"reference": group}],
        **_common(request, authored),
        "code": {"coding": [{"system": "http://hl7.org/fhir/CodeSystem/task-code", "code": "fulfill"}]},
        "focus": {"reference": f"ServiceRequest/{request['id']}"},
    }


def _common(request: Mapping[str, Any], authored: str) -> Resource:
    priority = {"priority": request["priority"]} if "priority" in request else {}
    encounter = {"encounter": request["encounter"]} if "encounter" in request else {}
    return {
        "groupIdentifier": request["requisition"],
        "status": "requested",
        "intent": "order",
        **priority,
        "for": request["subject"],
        **encounter,
        "authoredOn": authored,
        "lastModified": authored,
        "requester": request["requester"],
    }


def derived_status(children: Iterable[Mapping[str, Any]]) -> str:
    """The status of a group task, from its child tasks in the order they ended.

    Tasks that go on count; of a request none of whose tasks goes on, the latest.
    """
    statuses: dict[str, list[str]] = {}
    for task in children:
        statuses.setdefault(task.get("focus", {}).get("reference", ""), []).append(task["status"])
    counted = [[each for each in listed if each not in TERMINAL] or listed[-1:] for listed in statuses.values()]
    return group_status(status for listed in counted for status in listed)
