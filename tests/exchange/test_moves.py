"""Every move of the table and every other one, by every kind of caller, through the door."""

from __future__ import annotations

import json
from typing import Any

import pytest

from fhirserver.exchange.states import TERMINAL, Party, transitions
from tests.exchange.referrals import (
    DISPATCH,
    DISPATCHER,
    OWNER,
    PLACER,
    REASON,
    RECEIVER,
    Referral,
    concept,
    output,
    sent,
)
from tests.exchange.test_states import STATUSES
from tests.support.client import Client

CALLERS: dict[str, tuple[str, set[Party]]] = {
    "placer": (PLACER, {Party.PLACER}),
    "placer's organisation": ("Organization/demo-chc", {Party.PLACER}),
    "owner": (OWNER, {Party.OWNER}),
    "dispatcher": (DISPATCHER, {Party.DISPATCHER}),
    "member": ("Organization/demo-private", set()),
    "outsider": ("Organization/demo-outside", set()),
    "administrator": ("", set(Party)),
}
REACHED = ("draft", "requested", "received", "accepted", "rejected", "cancelled", "in-progress", "on-hold")
ENDS = ("failed", "completed")


@pytest.mark.parametrize("before", [*REACHED, *ENDS])
def test_every_move(group: Client, before: str) -> None:
    """From one status to every other one, by everybody: what is refused leaves the task as it is."""
    referral = Referral(group).reach(before)
    if before == "accepted":
        referral.arrive()
    for after in STATUSES:
        for caller, roles in CALLERS.values():
            if after == before:
                continue
            expected = expectation(before, after, roles)
            task = referral.task
            changes: dict[str, Any] = {"statusReason": REASON}
            if after == "completed":
                changes["output"] = [referral.feedback()]
            reply = referral.put(caller, task, status=after, **changes)
            assert reply.status == expected, (before, after, caller, reply.body.decode())
            if expected == 200:
                referral = Referral(group).reach(before)
                if before == "accepted":
                    referral.arrive()
            else:
                assert reply.keys[0] == {409: "REF-STATE", 403: "REF-OWNER"}[expected]
                assert referral.task["meta"]["versionId"] == task["meta"]["versionId"]


def expectation(before: str, after: str, roles: set[Party]) -> int:
    rows = transitions(before, after)
    if not rows:
        return 409
    if not any(row.by in roles for row in rows):
        return 403
    return 409 if (before, after) == ("on-hold", "accepted") else 200  # it was held in progress


def test_held_and_back(group: Client) -> None:
    referral = Referral(group).reach("accepted")
    referral.move(OWNER, "on-hold", statusReason=REASON)
    assert referral.put(OWNER, status="in-progress").status == 409
    assert referral.move(OWNER, "accepted")["status"] == "accepted"
    referral.arrive()
    referral.move(OWNER, "in-progress")
    referral.move(OWNER, "on-hold", statusReason=REASON)
    referral.put(OWNER, note=[{"text": "still waiting"}])
    assert referral.put(OWNER, status="accepted").status == 409
    assert referral.move(OWNER, "in-progress")["status"] == "in-progress"


@pytest.mark.parametrize(
    ("before", "after"), [("requested", "rejected"), ("accepted", "on-hold"), ("in-progress", "failed")]
)
def test_a_reason_is_given(group: Client, before: str, after: str) -> None:
    referral = Referral(group).reach(before)
    task = referral.task
    del task["meta"]["profile"]
    reply = referral.put(OWNER, task, status=after)
    assert reply.status == 422, reply.body.decode()


def test_in_progress_needs_the_patient(group: Client) -> None:
    referral = Referral(group).reach("accepted")
    reply = referral.put(OWNER, status="in-progress")
    assert (reply.status, reply.keys) == (422, ["REF-STATE"])
    based_on = referral.ids["ServiceRequest"]
    for visit in (
        referral.visit("planned", "PRENC", "Organization/demo-district", based_on),
        Referral(group).visit("in-progress", "IMP", "Organization/demo-district", based_on),
        referral.visit("in-progress", "IMP", "Organization/demo-district"),
    ):
        assert group.post("/Encounter", visit).status == 201
        assert referral.put(OWNER, status="in-progress").status == 422
    stay = referral.arrive("AMB")
    moved = referral.move(OWNER, "in-progress")
    assert moved["businessStatus"]["coding"][0]["code"] == "checked-in"
    assert {"reference": stay} in [each["valueReference"] for each in moved["output"]]
    assert "start" in moved["executionPeriod"]


def test_completed_needs_the_feedback(group: Client) -> None:
    referral = Referral(group).reach("in-progress")
    reply = referral.put(OWNER, status="completed")
    assert (reply.status, reply.keys) == (422, ["REF-FEEDBACK"])
    others = Referral(group).feedback()
    assert referral.put(OWNER, status="completed", output=[others]).keys == ["REF-FEEDBACK"]
    moved = referral.move(OWNER, "completed", output=[referral.feedback()])
    assert moved["businessStatus"]["coding"][0]["code"] == "feedback-sent"
    assert referral.read("ServiceRequest")["status"] == "completed"
    assert referral.group["status"] == "completed"


def test_cancelled_by_the_patient_through_the_placer(group: Client) -> None:
    referral = Referral(group).reach("accepted")
    moved = referral.move(PLACER, "cancelled", businessStatus=concept("business-status", "patient-declined"))
    assert moved["businessStatus"]["coding"][0]["code"] == "patient-declined"
    assert "period" not in moved.get("restriction", {})
    assert referral.read("ServiceRequest")["status"] == "revoked"
    assert referral.group["status"] == "cancelled"


@pytest.mark.parametrize(
    ("element", "value"),
    [
        ("focus", {"reference": "ServiceRequest/other"}),
        ("for", {"reference": "Patient/demo-liu"}),
        ("groupIdentifier", {"system": "urn:test:requisition", "value": "another"}),
        ("requester", {"reference": "PractitionerRole/demo-lead-doctor-role"}),
        ("partOf", [{"reference": "Task/other"}]),
        ("authoredOn", "2025-03-10T10:00:00+08:00"),
        ("priority", "stat"),
    ],
)
def test_what_a_task_keeps(group: Client, element: str, value: Any) -> None:
    referral = Referral(group).reach("requested")
    for caller in (OWNER, PLACER, ""):
        reply = referral.put(caller, **{element: value})
        assert reply.status in (409, 422), reply.body.decode()
        assert "REF-STATE" in reply.keys, reply.body.decode()
    reply = referral.put(OWNER, status="accepted", **{element: value})
    assert reply.status in (409, 422), reply.body.decode()


def test_the_period_is_the_servers(group: Client) -> None:
    referral = Referral(group).reach("requested")
    period = referral.task["restriction"]["period"]
    late = {"period": {"end": "2099-01-01T00:00:00+08:00"}}
    assert referral.put(OWNER, restriction=late, note=[{"text": "x"}]).status == 200
    assert referral.task["restriction"]["period"] == period
    assert referral.move(OWNER, "received", restriction=late)["restriction"]["period"] == period
    assert referral.move(OWNER, "accepted", restriction=late)["restriction"]["period"]["end"] < "2099"
    referral.arrive()
    assert "restriction" not in referral.move(OWNER, "in-progress", restriction=late)


def test_an_owner_is_set_by_dispatchers_only(group: Client) -> None:
    referral = Referral(group).reach("requested")
    elsewhere = {"reference": "HealthcareService/demo-lead-surgery"}
    for caller in (OWNER, PLACER, "Organization/demo-outside"):
        reply = referral.put(caller, owner=elsewhere)
        assert (reply.status, reply.keys) == (403, ["REF-OWNER"]), reply.body.decode()
    reply = referral.put(OWNER, owner=elsewhere, status="received")
    assert (reply.status, reply.keys) == (409, ["REF-STATE"])
    assert reply.resource["issue"][0]["expression"] == ["Task.owner"]
    reply = referral.put(DISPATCHER, owner=elsewhere)
    assert reply.resource["businessStatus"]["coding"][0]["code"] == "dispatched"
    assert referral.put(OWNER, status="accepted").status == 403


def test_who_may_add_to_a_task(group: Client) -> None:
    referral = Referral(group).reach("accepted")
    for caller, status in ((OWNER, 200), (PLACER, 200), (DISPATCHER, 200), ("Organization/demo-private", 403)):
        assert referral.put(caller, note=[{"text": caller}]).status == status
    result = [output("feedback", valueReference={"reference": referral.ids["Composition"]})]
    assert referral.put(PLACER, output=result).keys == ["REF-OWNER"]
    assert referral.put(PLACER, businessStatus=concept("business-status", "admitted")).keys == ["REF-OWNER"]
    tests = concept("business-status", "pre-admission-tests")
    assert referral.put(OWNER, businessStatus=tests, output=result).status == 200
    reply = referral.put(OWNER, businessStatus=concept("business-status", "timed-out"))
    assert (reply.status, reply.keys) == (409, ["REF-STATE"])


@pytest.mark.parametrize("end", sorted(TERMINAL - {"entered-in-error"}))
def test_what_has_ended_stays(group: Client, end: str) -> None:
    referral = Referral(group).reach(end)
    reply = referral.put(OWNER, note=[{"text": "x"}])
    assert (reply.status, reply.keys) == (409, ["REF-STATE"])


def test_the_group_task_follows(group: Client) -> None:
    referral = Referral(group).reach("received")
    above = referral.group
    assert above["status"] == "received"
    for caller in (PLACER, OWNER, ""):
        reply = referral.put(caller, above, status="accepted")
        assert reply.status in (403, 409), reply.body.decode()
    reply = referral.put(PLACER, above, status="accepted")
    assert (reply.status, reply.keys) == (409, ["REF-STATE"])
    untagged = {**above, "meta": {"tag": [{"code": "x"}]}}
    reply = group.request("PUT", f"/Task/{above['id']}", untagged, sent(PLACER, above["meta"]["versionId"]))
    assert (reply.status, reply.keys) == (409, ["REF-STATE"])
    assert referral.put(PLACER, above, note=[{"text": "x"}]).status == 200


def test_what_else_belongs_to_the_requisition_goes_its_own_way(group: Client) -> None:
    """The transport of the patient (M21), say: statuses only."""
    referral = Referral(group).reach("accepted")
    transport = referral.written(category=None, extension=None, identifier=None)
    request = group.request("POST", "/ServiceRequest", transport, sent(PLACER))
    assert request.status == 201, request.body.decode()
    task = {
        "resourceType": "Task",
        "status": "requested",
        "intent": "order",
        "groupIdentifier": referral.requisition,
        "focus": {"reference": f"ServiceRequest/{request.resource['id']}"},
        "for": {"reference": referral.ids["Patient"]},
    }
    made = group.post("/Task", task)
    assert made.status == 201, made.body.decode()
    referral.arrive()
    main = next(each for each in referral.tasks if each["status"] == "accepted")
    assert referral.put(OWNER, main, status="in-progress").status == 200
    assert referral.group["status"] == "in-progress"
    assert group.put(f"/Task/{made.resource['id']}", {**made.resource, "status": "completed"}).status == 200


def test_a_referral_is_not_deleted(group: Client) -> None:
    referral = Referral(group).reach("requested")
    task = referral.task
    reply = group.request("DELETE", f"/Task/{task['id']}", headers=sent(PLACER, "1"))
    assert (reply.status, reply.keys) == (409, ["REF-STATE"])
    reply = group.request("DELETE", f"/{referral.ids['ServiceRequest']}", headers=sent(PLACER))
    assert (reply.status, reply.keys) == (409, ["REF-STATE"])


def test_every_move_is_recorded(group: Client) -> None:
    referral = Referral(group).reach("requested")
    referral.move(OWNER, "rejected", statusReason={**REASON, "text": "no bed"})
    found = [each for each in referral.story("_revinclude=Provenance:target") if each["resourceType"] == "Provenance"]
    codes = [each["activity"]["coding"][0]["code"] for each in sorted(found, key=lambda each: each["recorded"])]
    assert codes == ["requested", "rejected"]
    last = next(each for each in found if each["activity"]["coding"][0]["code"] == "rejected")
    assert last["agent"][0] == {"who": {"reference": OWNER}, "onBehalfOf": {"reference": "Organization/demo-district"}}
    assert last["reason"][0]["text"] == "no bed"


def test_by_patch_and_in_a_transaction(group: Client) -> None:
    referral = Referral(group).reach("requested")
    task = referral.task
    patch = json.dumps([{"op": "replace", "path": "/status", "value": "accepted"}])
    patched = {"Content-Type": "application/json-patch+json"}
    for caller, status in ((PLACER, 403), ("Organization/demo-outside", 403), (OWNER, 200)):
        headers = {**sent(caller, "1"), **patched}
        assert group.request("PATCH", f"/Task/{task['id']}", patch, headers).status == status
    task = referral.task
    assert referral.group["status"] == "accepted"
    stay = referral.visit("in-progress", "IMP", "Organization/demo-district", referral.ids["ServiceRequest"])
    entries = [
        {"resource": stay, "request": {"method": "POST", "url": "Encounter"}},
        {
            "resource": {**task, "status": "in-progress"},
            "request": {"method": "PUT", "url": f"Task/{task['id']}", "ifMatch": f'W/"{task["meta"]["versionId"]}"'},
        },
    ]
    bundle = {"resourceType": "Bundle", "type": "transaction", "entry": entries}
    for caller, status in ((PLACER, 403), (OWNER, 200)):
        reply = group.request("POST", "", bundle, sent(caller))
        assert reply.status == status, reply.body.decode()
    assert referral.task["businessStatus"]["coding"][0]["code"] == "admitted"


def test_a_rejected_referral_goes_on_in_a_new_task(group: Client) -> None:
    referral = Referral(group).reach("rejected")
    old = referral.task
    new = {
        "resourceType": "Task",
        "status": "requested",
        "intent": "order",
        "groupIdentifier": old["groupIdentifier"],
        "focus": old["focus"],
        "for": old["for"],
        "requester": old["requester"],
        "authoredOn": "2025-03-10T10:00:00+08:00",
        "owner": {"reference": "HealthcareService/demo-lead-surgery"},
        "partOf": old["partOf"],
    }
    for caller, status in ((OWNER, 403), ("Organization/demo-outside", 403)):
        assert group.request("POST", "/Task", new, sent(caller)).status == status
    unfit = {**new, "owner": {"reference": "HealthcareService/demo-chc-acupuncture"}}
    assert group.request("POST", "/Task", unfit, sent(DISPATCHER)).keys[0] == "REF-CAPABILITY"
    assert group.request("POST", "/Task", new, sent(DISPATCHER)).status == 201
    again = group.request("POST", "/Task", new, sent(DISPATCHER))
    assert (again.status, again.keys) == (409, ["REF-DUP"])
    assert [task["status"] for task in referral.tasks] == ["rejected", "requested"]
    assert referral.group["status"] == "requested"
    assert referral.read("ServiceRequest")["status"] == "active"
    referral.move("PractitionerRole/demo-lead-office-role", "accepted")
    assert referral.group["status"] == "accepted"


def test_after_a_refusal_it_goes_to_dispatch(group: Client) -> None:
    referral = Referral(group).reach("rejected")
    old = referral.task
    kept = ("resourceType", "intent", "groupIdentifier", "focus", "for", "requester", "authoredOn", "partOf")
    new = {**{name: old[name] for name in kept}, "status": "requested"}
    reply = group.request("POST", "/Task", new, sent(PLACER))
    assert (reply.status, reply.resource["owner"]["reference"]) == (201, DISPATCH), reply.body.decode()
    assert reply.resource["businessStatus"]["coding"][0]["code"] == "awaiting-dispatch"


def test_the_last_task_of_a_request_counts(group: Client) -> None:
    """Whatever the senders say of when their tasks were written."""
    referral = Referral(group).reach("rejected")
    old = referral.task
    kept = ("resourceType", "intent", "groupIdentifier", "focus", "for", "requester", "partOf")
    new = {**{name: old[name] for name in kept}, "status": "requested", "authoredOn": "2001-01-01"}
    new["owner"] = {"reference": RECEIVER}
    assert group.request("POST", "/Task", new, sent(DISPATCHER)).status == 201
    referral.move(OWNER, "accepted")
    referral.arrive()
    referral.move(OWNER, "in-progress")
    referral.move(OWNER, "completed", output=[referral.feedback()])
    assert referral.group["status"] == "completed"


def test_the_placer_revokes_a_request(group: Client) -> None:
    referral = Referral(group).reach("accepted")
    request = referral.read("ServiceRequest")
    revoked = {**request, "status": "revoked"}
    place = f"/{referral.ids['ServiceRequest']}"
    assert group.request("PUT", place, revoked, sent(OWNER)).keys == ["REF-OWNER"]
    assert group.request("PUT", place, {**request, "status": "completed"}, sent(PLACER)).keys == ["REF-STATE"]
    assert group.request("PUT", place, revoked, sent(PLACER)).status == 200
    assert (referral.task["status"], referral.group["status"]) == ("cancelled", "cancelled")
    busy = Referral(group).reach("in-progress")
    revoked = {**busy.read("ServiceRequest"), "status": "revoked"}
    reply = group.request("PUT", f"/{busy.ids['ServiceRequest']}", revoked, sent(PLACER))
    assert (reply.status, reply.keys) == (409, ["REF-STATE"])


def test_what_a_request_keeps(group: Client) -> None:
    referral = Referral(group).reach("requested")
    request, place = referral.read("ServiceRequest"), f"/{referral.ids['ServiceRequest']}"
    for changes in (
        {"subject": {"reference": "Patient/demo-liu"}},
        {"requisition": {"system": "urn:test", "value": "x"}},
        {"performer": [{"reference": "HealthcareService/demo-lead-surgery"}]},
        {"category": [concept("referral-direction", "lateral")]},
        {"priority": "urgent"},
    ):
        assert "REF-STATE" in group.request("PUT", place, {**request, **changes}, sent(PLACER)).keys
    assert group.request("PUT", place, {**request, "note": [{"text": "x"}]}, sent(PLACER)).status == 200
    filled = referral.read("ServiceRequest")
    number = {
        "type": {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/v2-0203", "code": "FILL"}]},
        "system": "urn:test:filler",
        "value": "1",
    }
    filled["identifier"].append(number)
    assert group.request("PUT", place, filled, sent("Organization/demo-private")).keys == ["REF-OWNER"]
    assert group.request("PUT", place, filled, sent(OWNER)).status == 200


def test_a_draft_that_is_sent(group: Client) -> None:
    referral = Referral(group).reach("draft")
    assert (referral.group["status"], referral.task["status"]) == ("draft", "draft")
    assert "restriction" not in referral.task
    request = referral.read("ServiceRequest")
    sending = {**request, "status": "active"}
    assert group.request("PUT", f"/{referral.ids['ServiceRequest']}", sending, sent(PLACER)).status == 200
    assert (referral.group["status"], referral.task["status"]) == ("requested", "requested")
    assert referral.task["owner"]["reference"] == RECEIVER
    other = Referral(group).reach("draft")
    moved = other.move(PLACER, "requested")
    assert "period" in moved["restriction"]
    assert other.read("ServiceRequest")["status"] == "active"


def test_a_draft_is_sent_whole(group: Client) -> None:
    referral = Referral(group)
    referral.request = referral.written(encounter=None)
    referral.draft()
    reply = referral.put(PLACER, status="requested")
    assert (reply.status, reply.keys) == (422, ["REF-NOVISIT"])
    assert referral.read("ServiceRequest")["status"] == "draft"


def test_back_from_hold_without_the_reason(group: Client) -> None:
    """Who goes on has no reason to hold any more: statusReason goes."""
    referral = Referral(group).reach("accepted")
    referral.move(OWNER, "on-hold", statusReason=REASON)
    task = {name: value for name, value in referral.task.items() if name != "statusReason"}
    reply = referral.put(OWNER, task, status="accepted")
    assert reply.status == 200, reply.body.decode()
    assert "statusReason" not in reply.resource


@pytest.mark.parametrize("authored", ["2999-01-01T08:00:00+08:00", "2999-01-01", "2999"])
def test_a_placer_whose_clock_is_ahead(group: Client, authored: str) -> None:
    """Task.lastModified is never before authoredOn (inv-1): the later of both."""
    referral = Referral(group)
    bundle = referral.bundle()
    for entry in bundle["entry"]:
        entry["resource"]["authoredOn"] = authored
    reply = group.request("POST", "", bundle, sent(PLACER))
    assert reply.status == 200, reply.body.decode()
    assert referral.task["lastModified"] == authored
    assert referral.move(OWNER, "accepted")["lastModified"] == authored


def test_what_follows_is_wrong_where_it_follows_from(group: Client) -> None:
    """A task the server makes cannot be valid: the sender hears of its own request, at its entry."""
    request = Referral(group).written(requisition={"value": "of no system"})
    entry = {"resource": request, "request": {"method": "POST", "url": "ServiceRequest"}}
    bundle = {"resourceType": "Bundle", "type": "transaction", "entry": [entry]}
    reply = group.post("", bundle)
    assert reply.status == 422, reply.body.decode()
    assert reply.keys[0] == "follow-up-invalid"
    assert {each["expression"][0] for each in reply.resource["issue"]} == {"Bundle.entry[0].resource"}
