"""The direct train: who is accepted has an appointment or a bed with the same answer, and is not sent through a second
outpatient booking.

An acceptance says what it promises in Task.output: type ``appointment`` or ``encounter``, with a reference to what is
there, or with a Period, for which the server makes an Appointment (booked) or an Encounter (planned, pre-admission). An
acceptance that says nothing confirms the appointments that were proposed for the referral.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from fhirserver.exchange import membership
from fhirserver.exchange import referral_messages as say
from fhirserver.exchange.referral import link, placer_of, same_patient, text_of
from fhirserver.exchange.requisition import (
    OUTPUT,
    Resource,
    business_status,
    coded,
    is_group_task,
    is_referral,
    meta,
    requisition_of,
    token,
    with_period,
)
from fhirserver.exchange.rules import Effect, Rule
from fhirserver.exchange.story import stamp, tasks_of, tasks_of_request
from fhirserver.interactions.governing import Proposal
from fhirserver.interactions.write import Change
from fhirserver.outcome import Issue
from fhirserver.store.keys import value_key

if TYPE_CHECKING:
    from fhirserver.exchange.case import Case

_ADMIT_SOURCE = "urn:oid:2.16.156.10011.2.3.1.270"
_TRANSFERRED = {"system": _ADMIT_SOURCE, "code": "3"}
_ACT_CODE = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
_APPOINTMENT_TYPE = "http://terminology.hl7.org/CodeSystem/v2-0276"

#: Appointment.status of one that was asked for; of one that holds; and of one that counts as the one of its referral.
_ASKED = frozenset({"proposed", "pending", "waitlist"})
_HELD = frozenset({"booked", "arrived", "checked-in"})
_COUNTED = frozenset({"proposed", "pending", "booked", "arrived", "checked-in", "fulfilled", "waitlist"})


def based_on(case: Case, type: str, request: str) -> list[Resource]:
    """The appointments or encounters of a request, those of this write included."""
    found = {each["id"]: each for each in case.find(type, f"based-on={request}")}
    found |= {each["id"]: each for each in case.pending(type)}
    return [each for each in found.values() if any(link(case, ref) == request for ref in each.get("basedOn", ()))]


# ---- acceptance ------------------------------------------------------------------------------------------------------


def reserve(case: Case, request: Resource, task: Resource) -> Resource:
    """The task of an acceptance, with what it promises booked or planned. FhirError where that cannot be."""
    outputs, businesses = [], []
    for number, output in enumerate(task.get("output", ())):
        promised = next(iter({"appointment", "encounter"}.intersection(coded(output.get("type"), OUTPUT))), None)
        if promised is not None:
            reference = _kept(case, request, task, promised, output, f"Task.output[{number}]")
            output = {"type": output["type"], "valueReference": {"reference": reference}}
            businesses.append(promised)
        outputs.append(output)
    made = {**task, "output": outputs} if outputs else task
    if not businesses:
        made, businesses = _confirmed(case, request, made)
    if businesses:
        status = "bed-reserved" if "encounter" in businesses else "booked"
        made = {**made, "businessStatus": business_status(status)}
    return made


def _kept(case: Case, request: Resource, task: Resource, promised: str, output: Mapping[str, Any], at: str) -> str:
    """What an output promises, as a reference to it."""
    name = f"ServiceRequest/{request['id']}"
    period, reference = output.get("valuePeriod", {}), text_of(output.get("valueReference"))
    if promised == "appointment":
        if reference and any(f"Appointment/{each['id']}" == reference for each in based_on(case, "Appointment", name)):
            return _booked(case, reference)
        if "start" in period and "end" in period:
            return _appointment(case, request, task, period)
    else:
        if reference and any(f"Encounter/{each['id']}" == reference for each in based_on(case, "Encounter", name)):
            return reference
        if "start" in period:
            return _stay(case, request, task, period)
    raise say.PROMISE_UNFIT.error(at, type=promised)


def _confirmed(case: Case, request: Resource, task: Resource) -> tuple[Resource, list[str]]:
    """The appointments of a referral that wait for an answer, or were made with it, as outputs of its task."""
    name = f"ServiceRequest/{request['id']}"
    kinds = []
    for each in based_on(case, "Appointment", name):
        if each.get("status") in _ASKED | _HELD and "start" in each and _is_with(case, each, task):
            task = with_output(task, "appointment", _booked(case, f"Appointment/{each['id']}"))
            kinds.append("appointment")
    for each in based_on(case, "Encounter", name):
        if each.get("status") == "planned":
            task = with_output(task, "encounter", f"Encounter/{each['id']}")
            kinds.append("encounter")
    return task, kinds


def _is_with(case: Case, appointment: Mapping[str, Any], task: Mapping[str, Any]) -> bool:
    """Whether an appointment is with the owner of a task, or with no service in particular."""
    named = {link(case, each.get("actor")) for each in appointment.get("participant", ())}
    services = {each for each in named if each is not None and each.startswith("HealthcareService/")}
    return not services or link(case, task.get("owner")) in services


def is_kept(task: Mapping[str, Any]) -> bool:
    """Whether an accepted task has an appointment or a stay."""
    kinds = {code for each in task.get("output", ()) for code in coded(each.get("type"), OUTPUT)}
    return not kinds.isdisjoint({"appointment", "encounter"})


def with_output(task: Resource, kind: str, reference: str) -> Resource:
    """A task that also yields this."""
    outputs = task.get("output", [])
    if any(text_of(each.get("valueReference")) == reference for each in outputs):
        return task
    made = {"type": {"coding": [{"system": OUTPUT, "code": kind}]}, "valueReference": {"reference": reference}}
    return {**task, "output": [*outputs, made]}


def _booked(case: Case, reference: str) -> str:
    case.current(reference)
    found = case.resource(reference)
    if found is not None and found["status"] in _ASKED:
        case.put({**found, "status": "booked"})
    return reference


def _appointment(case: Case, request: Resource, task: Resource, period: Mapping[str, Any]) -> str:
    if case.mode("REF-REPEAT") == "enforce":
        for issue in _repeated(case, request, None):
            raise say.REPEATED.error("Task.output", **issue.values)
    participants = [{"actor": request["subject"], "status": "accepted"}]
    if (owner := text_of(task.get("owner"))).startswith("HealthcareService/"):
        participants.append({"actor": {"reference": owner}, "status": "accepted"})
    appointment: Resource = {
        "resourceType": "Appointment",
        "meta": meta(request),
        "status": "booked",
        "serviceType": [request["code"]] if "code" in request else [],
        "specialty": [request["performerType"]] if "performerType" in request else [],
        "reasonCode": request.get("reasonCode", []),
        "start": period["start"],
        "end": period["end"],
        "created": stamp(case),
        "basedOn": [{"reference": f"ServiceRequest/{request['id']}"}],
        "participant": participants,
    }
    return case.add("POST", "Appointment", None, {name: value for name, value in appointment.items() if value})


def _stay(case: Case, request: Resource, task: Resource, period: Mapping[str, Any]) -> str:
    """A planned encounter: pre-admission, from the sender, transferred in from another institution."""
    provider, placer = membership.organization_of(case, text_of(task.get("owner"))), placer_of(case, task)
    hospitalization: Resource = {"admitSource": {"coding": [dict(_TRANSFERRED)]}}
    if placer is not None:
        hospitalization["origin"] = {"reference": placer}
    encounter: Resource = {
        "resourceType": "Encounter",
        "meta": meta(request, "mg-encounter"),
        "status": "planned",
        "class": {"system": _ACT_CODE, "code": "PRENC"},
        "subject": request["subject"],
        "basedOn": [{"reference": f"ServiceRequest/{request['id']}"}],
        "period": dict(period),
        "reasonCode": request.get("reasonCode", []),
        "hospitalization": hospitalization,
        "serviceProvider": {"reference": provider} if provider is not None else {},
    }
    return case.add("POST", "Encounter", None, {name: value for name, value in encounter.items() if value})


def release(case: Case, request: Resource) -> None:
    """Cancel what was kept for a referral that will not take place: appointments, and stays that have not begun."""
    name = f"ServiceRequest/{request['id']}"
    for type, statuses in (("Appointment", _ASKED | {"booked"}), ("Encounter", frozenset({"planned"}))):
        for each in based_on(case, type, name):
            reference = f"{type}/{each['id']}"
            case.current(reference)
            found = case.resource(reference)
            if found is not None and found["status"] in statuses:
                case.put({**found, "status": "cancelled"})


# ---- what is kept later ----------------------------------------------------------------------------------------------

#: What has become of an appointment or an encounter -> businessStatus of the accepted task, and the kind of its output.
_LATER = {
    ("Appointment", "booked"): ("booked", "appointment"),
    ("Appointment", "noshow"): ("no-show", None),
    ("Encounter", "planned"): ("bed-reserved", "encounter"),
}


def follow_kept(case: Case, proposal: Proposal) -> None:
    """An accepted task says what has been booked for it since, or that the patient did not come."""
    after, before = case.amended(proposal), proposal.before
    later = _LATER.get((proposal.change.type, (after or {}).get("status", "")))
    if after is None or later is None or (before is not None and before.get("status") == after["status"]):
        return
    status, kind = later
    for each in after.get("basedOn", ()):
        request = case.resource(text_of(each))
        if request is None or request["resourceType"] != "ServiceRequest" or not is_referral(request):
            continue
        for found in tasks_of_request(case, request):
            case.current(f"Task/{found['id']}")
            task = case.resource(f"Task/{found['id']}")
            if task is not None and task["status"] == "accepted":
                kept = with_output(task, kind, f"{proposal.change.type}/{after['id']}") if kind else task
                case.put({**with_period(kept, None), "businessStatus": business_status(status)})


# ---- REF-REPEAT ------------------------------------------------------------------------------------------------------


def repeat(case: Case, proposal: Proposal) -> Iterator[Issue]:
    """A requisition has one outpatient appointment; a follow-up visit is another matter."""
    after, before = case.amended(proposal), proposal.before
    if after is None or not _counts(after) or (before is not None and _counts(before)):
        return
    for each in after.get("basedOn", ()):
        request = case.resource(text_of(each))
        if request is not None and request["resourceType"] == "ServiceRequest" and is_referral(request):
            yield from _repeated(case, request, after)


def _counts(appointment: Mapping[str, Any]) -> bool:
    follow_up = "FOLLOWUP" in coded(appointment.get("appointmentType"), _APPOINTMENT_TYPE)
    return appointment.get("status") in _COUNTED and "basedOn" in appointment and not follow_up


def _repeated(case: Case, request: Resource, appointment: Resource | None) -> Iterator[Issue]:
    number = requisition_of(request)
    if number is None:
        return
    for task in tasks_of(case, number):
        if is_group_task(task):
            case.current(f"Task/{task['id']}")  # those who book for other requests of the requisition wait here
    requests = case.find("ServiceRequest", f"requisition={token(*number)}")
    requests += [each for each in case.pending("ServiceRequest") if requisition_of(each) == number]
    for name in sorted({f"ServiceRequest/{each['id']}" for each in requests if is_referral(each)}):
        for other in based_on(case, "Appointment", name):
            mine = appointment is not None and other["id"] == appointment["id"]
            if _counts(other) and not mine and same_patient(case, request, other):
                found = f"Appointment/{other['id']}"
                yield say.REPEATED.at("Appointment.basedOn", found=found, number=number[1])
                return


def is_based(resource: Mapping[str, Any]) -> bool:
    """Whether an appointment or an encounter may be that of a referral."""
    return any("ServiceRequest/" in text_of(each) for each in resource.get("basedOn", ()))


def locks(change: Change) -> Iterator[int]:
    """What is booked for one referral is booked one after the other."""
    for each in (change.resource or {}).get("basedOn", ()):
        reference = text_of(each)
        if "ServiceRequest/" in reference:
            yield value_key("referral", "/".join(reference.split("/")[-2:]))


RULES = (
    Rule(
        "REF-REPEAT",
        ("Appointment",),
        "article 000, 004: 转诊直通车",
        (say.REPEATED,),
        repeat,
        locks=locks,
    ),
)
EFFECTS = (Effect(("Appointment", "Encounter"), follow_kept, locks, when=is_based),)
