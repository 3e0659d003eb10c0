"""$dispatch: who may, to whom, once."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.exchange.referrals import DISPATCH, DISPATCHER, LEAD, OWNER, PLACER, REASON, RECEIVER, Referral, sent
from tests.support.client import Client, Reply

LEAD_SURGERY = "HealthcareService/demo-lead-surgery"


def call(client: Client, task: dict[str, Any], target: str, caller: str = DISPATCHER, **headers: str) -> Reply:
    parameters = [
        {"name": "target", "valueReference": {"reference": target}},
        {"name": "reason", "valueString": "nearest with a bed"},
    ]
    body = json.dumps({"resourceType": "Parameters", "parameter": parameters})
    chosen = {**sent(caller), "Content-Type": "application/fhir+json", **headers}
    return client.request("POST", f"/Task/{task['id']}/$dispatch", body, chosen)


def test_a_request_without_performer_goes_to_the_dispatch_centre(group: Client) -> None:
    referral = Referral(group).send(performer=None)
    task = referral.task
    assert task["owner"]["reference"] == DISPATCH
    assert task["businessStatus"]["coding"][0]["code"] == "awaiting-dispatch"
    found = group.get(f"/Task?owner={DISPATCH}&business-status=awaiting-dispatch&_sort=authored-on").resource
    assert task["id"] in [entry["resource"]["id"] for entry in found["entry"]]
    for status in ("received", "accepted"):
        for caller in (LEAD, DISPATCHER):
            reply = referral.put(caller, status=status)
            assert (reply.status, reply.keys[0]) in ((403, "REF-OWNER"), (409, "REF-STATE")), reply.body.decode()
    assert referral.put(LEAD, status="rejected", statusReason=REASON).status == 403
    assert referral.put(DISPATCHER, status="rejected", statusReason=REASON).status == 200


def test_a_dispatcher_hands_over(group: Client) -> None:
    referral = Referral(group).send(performer=None)
    reply = call(group, referral.task, LEAD_SURGERY)
    assert reply.status == 200, reply.body.decode()
    task = reply.resource
    assert (task["owner"]["reference"], task["status"]) == (LEAD_SURGERY, "requested")
    assert task["businessStatus"]["coding"][0]["code"] == "dispatched"
    assert task["note"][0]["text"] == "nearest with a bed"
    assert reply.headers["ETag"] == 'W/"2"'
    found = [each for each in referral.story("_revinclude=Provenance:target") if each["resourceType"] == "Provenance"]
    (dispatched,) = [each for each in found if each["activity"]["coding"][0]["code"] == "dispatched"]
    assert dispatched["agent"][0]["who"]["reference"] == DISPATCHER
    assert dispatched["reason"] == [{"text": "nearest with a bed"}]
    assert referral.move(LEAD, "accepted")["status"] == "accepted"


@pytest.mark.parametrize("caller", [PLACER, OWNER, LEAD, "Organization/demo-lead", "Organization/demo-outside"])
def test_nobody_else_dispatches(group: Client, caller: str) -> None:
    referral = Referral(group).send(performer=None)
    reply = call(group, referral.task, LEAD_SURGERY, caller)
    assert (reply.status, reply.keys) == (403, ["REF-OWNER"]), reply.body.decode()


def test_a_dispatcher_of_another_group_does_not(group: Client) -> None:
    role = {
        "resourceType": "PractitionerRole",
        "id": "elsewhere",
        "active": True,
        "organization": {"reference": "Organization/demo-outside"},
        "code": [
            {
                "coding": [
                    {"system": "https://medgroup.example.org/fhir/CodeSystem/practitioner-role", "code": "dispatcher"}
                ]
            }
        ],
    }
    assert group.put("/PractitionerRole/elsewhere", role).status == 201
    referral = Referral(group).send(performer=None)
    assert call(group, referral.task, LEAD_SURGERY, "PractitionerRole/elsewhere").status == 403


@pytest.mark.parametrize(
    ("target", "says"),
    [
        ("HealthcareService/demo-chc-acupuncture", "does not offer inpatient"),
        ("HealthcareService/demo-lead-chest-pain", "does not offer inpatient"),
        ("Organization/demo-merged", "Organization/demo-district has taken its place"),
        ("HealthcareService/nowhere", ""),
        ("Organization/demo-outside", "shares no group"),
    ],
)
def test_a_target_that_does_not_fit(group: Client, target: str, says: str) -> None:
    referral = Referral(group).send(performer=None)
    reply = call(group, referral.task, target)
    assert (reply.status, reply.keys[0]) == (422, "REF-CAPABILITY"), reply.body.decode()
    assert says in reply.body.decode()
    assert referral.task["meta"]["versionId"] == "1"


def test_a_target_of_a_wrong_tier(group: Client) -> None:
    service = {
        "resourceType": "HealthcareService",
        "id": "station-beds",
        "active": True,
        "providedBy": {"reference": "Organization/demo-station"},
        "type": [
            {"coding": [{"system": "https://medgroup.example.org/fhir/CodeSystem/service-type", "code": "inpatient"}]}
        ],
    }
    assert group.put("/HealthcareService/station-beds", service).status == 201
    referral = Referral(group).send(performer=None)
    reply = call(group, referral.task, "HealthcareService/station-beds")
    assert (reply.status, reply.keys) == (422, ["REF-CAPABILITY"])
    assert "tier 0" in reply.body.decode()


def test_only_a_requested_task_is_dispatched(group: Client) -> None:
    for status in ("received", "accepted", "rejected", "completed"):
        referral = Referral(group).reach(status)
        reply = call(group, referral.tasks[0], LEAD_SURGERY)
        assert (reply.status, reply.keys) == (409, ["REF-STATE"]), (status, reply.body.decode())
    referral = Referral(group).send()
    reply = call(group, referral.group, LEAD_SURGERY)
    assert (reply.status, reply.keys) == (409, ["REF-STATE"])
    assert call(group, {"id": "nowhere"}, LEAD_SURGERY).status == 404


def test_an_addressed_task_may_be_handed_on_once(group: Client) -> None:
    referral = Referral(group).send()
    assert call(group, referral.task, LEAD_SURGERY).status == 200
    reply = call(group, referral.task, RECEIVER)
    assert (reply.status, reply.keys) == (409, ["REF-STATE"]), reply.body.decode()
    assert call(group, referral.task, RECEIVER, **{"If-Match": 'W/"1"'}).status == 412
    assert call(group, referral.task, RECEIVER, **{"If-Match": 'W/"2"'}).status == 200


def test_a_retry_gets_the_same_answer(group: Client) -> None:
    referral = Referral(group).send(performer=None)
    task = referral.task
    one = call(group, task, LEAD_SURGERY, **{"Idempotency-Key": referral.number})
    two = call(group, task, LEAD_SURGERY, **{"Idempotency-Key": referral.number})
    assert (one.status, one.body) == (two.status, two.body)
    assert two.headers["Idempotency-Replayed"] == "true"
    found = [each for each in referral.story("_revinclude=Provenance:target") if each["resourceType"] == "Provenance"]
    assert len(found) == 2
    assert call(group, task, RECEIVER, **{"Idempotency-Key": referral.number}).status == 409


def test_the_call_is_checked(group: Client) -> None:
    referral = Referral(group).send(performer=None)
    path, empty = f"/Task/{referral.task['id']}/$dispatch", {"resourceType": "Parameters"}
    assert group.request("POST", path, empty, sent(DISPATCHER)).status == 400
    assert group.request("GET", path, headers=sent(DISPATCHER)).status == 405
