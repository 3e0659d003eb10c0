"""A referral is made: its tasks come with it, once; what is missing or does not fit is refused, with the rule's id."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest

from tests.exchange.conftest import example
from tests.exchange.referrals import (
    DISPATCH,
    GUIDE,
    LEAD,
    OWNER,
    PLACER,
    RECEIVER,
    SURGERY,
    Referral,
    Resource,
    concept,
    sent,
)
from tests.support.client import Client

DOCTOR = "PractitionerRole/demo-lead-doctor-role"


def extension(id: str, **value: Any) -> Resource:
    return {"url": f"{GUIDE}/StructureDefinition/{id}", **value}


def with_extension(referral: Referral, id: str, **value: Any) -> list[Resource]:
    """The extensions of a request with another one for an id, or without one."""
    listed = [each for each in referral.written()["extension"] if not each["url"].endswith(id)]
    return [*listed, extension(id, **value)] if value else listed


# ---- what is made ----------------------------------------------------------------------------------------------------


def test_a_request_alone_gets_its_tasks(group: Client) -> None:
    referral = Referral(group).send()
    task, above = referral.task, referral.group
    assert task["focus"] == {"reference": referral.ids["ServiceRequest"]}
    assert task["partOf"] == [{"reference": f"Task/{above['id']}"}]
    assert task["owner"] == {"reference": RECEIVER}
    assert "businessStatus" not in task
    assert above["meta"]["tag"][0]["code"] == "referral-group"
    assert "focus" not in above
    for each in (task, above):
        assert each["status"] == "requested"
        assert each["groupIdentifier"] == referral.requisition
        assert each["for"] == {"reference": referral.ids["Patient"]}
        assert each["requester"] == {"reference": PLACER}
        assert each["meta"]["versionId"] == "1"


def test_the_answer_tells_how_to_find_them(group: Client) -> None:
    referral = Referral(group)
    headers = {**sent(PLACER), "Prefer": "return=OperationOutcome"}
    reply = group.request("POST", "/ServiceRequest", referral.request, headers)
    (told,) = [issue for issue in reply.resource["issue"] if issue["details"]["coding"][0]["code"] == "referral-tasks"]
    query = told["diagnostics"].split("Task?group-identifier=")[1]
    found = group.get(f"/Task?group-identifier={quote(query)}").resource
    assert len(found["entry"]) == 2


def test_labels_of_a_request_are_those_of_its_tasks(group: Client) -> None:
    label = {"system": "http://terminology.hl7.org/CodeSystem/v3-ActReason", "code": "HTEST"}
    referral = Referral(group).send(meta={"security": [label]})
    assert [each["meta"]["security"] for each in (referral.task, referral.group)] == [[label], [label]]


def test_a_transaction_brings_its_tasks_along(group: Client) -> None:
    referral = Referral(group)
    reply = group.request("POST", "", referral.bundle(), sent(PLACER))
    assert reply.status == 200, reply.body.decode()
    assert len(referral.story()) == 2
    task = referral.task
    assert (task["owner"]["reference"], task["status"]) == (RECEIVER, "requested")
    assert "end" in task["restriction"]["period"]
    assert task["priority"] == "routine"


@pytest.mark.parametrize("left_out", [(1, 2), (2,)])
def test_what_a_transaction_leaves_out_the_server_makes(group: Client, left_out: tuple[int, ...]) -> None:
    referral = Referral(group)
    bundle = referral.bundle()
    bundle["entry"] = [entry for number, entry in enumerate(bundle["entry"]) if number not in left_out]
    assert group.request("POST", "", bundle, sent(PLACER)).status == 200
    assert len(referral.story()) == 2
    assert referral.task["partOf"] == [{"reference": f"Task/{referral.group['id']}"}]


def test_the_guides_transaction(group: Client) -> None:
    bundle = example("Bundle-demo-transaction")
    assert group.request("POST", "", bundle, sent(PLACER)).status == 200
    query = "/Task?group-identifier=https://chc.demo.invalid/requisition|Q20250310003"
    tasks = [entry["resource"] for entry in group.get(query).resource["entry"]]
    assert len(tasks) == 2
    assert next(task for task in tasks if "focus" in task)["owner"]["reference"] == DISPATCH
    again = group.request("POST", "", bundle, sent(PLACER))
    assert (again.status, set(again.keys)) == (409, {"REF-DUP"})
    assert group.get(f"{query}&_summary=count").resource["total"] == 2
    assert group.get("/Encounter?patient=Patient/demo-zhang&_summary=count").resource["total"] == 1


def test_requests_of_one_requisition_share_the_group_task(group: Client) -> None:
    referral = Referral(group)
    transport = referral.written(code=concept("service-type", "outpatient"), performerType=concept("specialty", "21"))
    transport["identifier"] = [{**transport["identifier"][0], "value": f"T{referral.number}"}]
    entries = [
        {"resource": each, "request": {"method": "POST", "url": "ServiceRequest"}}
        for each in (referral.request, transport)
    ]
    bundle = {"resourceType": "Bundle", "type": "transaction", "entry": entries}
    reply = group.request("POST", "", bundle, sent(PLACER))
    assert reply.status == 200, reply.body.decode()
    assert len(referral.tasks) == 2
    assert referral.group["status"] == "requested"
    later = referral.written(code=concept("service-type", "outpatient"), performerType=concept("specialty", "12"))
    later["identifier"] = [{**later["identifier"][0], "value": f"L{referral.number}"}]
    assert group.request("POST", "/ServiceRequest", later, sent(PLACER)).status == 201
    assert len(referral.tasks) == 3
    one, two, three = referral.tasks
    referral.put(OWNER, one, status="accepted")
    assert referral.group["status"] == "requested"
    referral.put(OWNER, two, status="accepted")
    referral.put(OWNER, three, status="received")
    assert referral.group["status"] == "received"


def test_a_retry_makes_nothing_again(group: Client) -> None:
    referral = Referral(group)
    key = {**sent(PLACER), "Idempotency-Key": referral.number}
    replies = [group.request("POST", "/ServiceRequest", referral.request, key) for _ in range(2)]
    assert [reply.status for reply in replies] == [201, 201]
    assert replies[0].resource == replies[1].resource
    criteria = {**sent(PLACER), "If-None-Exist": f"identifier=urn:test:referral|R{referral.number}"}
    reply = group.request("POST", "/ServiceRequest", referral.request, criteria)
    assert reply.status == 200
    reply = group.request("POST", "/ServiceRequest", referral.request, sent(PLACER))
    assert (reply.status, reply.keys[0]) == (409, "REF-DUP")
    assert replies[0].resource["id"] in reply.body.decode()
    assert len(referral.story()) == 2


def test_a_requisition_belongs_to_one_patient(group: Client) -> None:
    one, other = Referral(group).send(), Referral(group)
    reply = other.post(requisition=one.requisition)
    assert (reply.status, reply.keys) == (409, ["REF-DUP"])
    assert one.ids["Patient"] not in reply.body.decode()


def test_a_task_agrees_with_its_request(group: Client) -> None:
    for element, value in (
        ("for", {"reference": "Patient/demo-liu"}),
        ("groupIdentifier", {"system": "urn:test:requisition", "value": "another"}),
        ("requester", {"reference": DOCTOR}),
    ):
        bundle = Referral(group).bundle()
        bundle["entry"][2]["resource"][element] = value
        reply = group.request("POST", "", bundle, sent(PLACER))
        assert reply.status in (403, 422), reply.body.decode()
        assert "REF-STATE" in reply.keys


def test_a_task_begins_at_the_beginning(group: Client) -> None:
    bundle = Referral(group).bundle()
    bundle["entry"][2]["resource"]["status"] = "accepted"
    reply = group.request("POST", "", bundle, sent(PLACER))
    assert (reply.status, reply.keys) == (409, ["REF-STATE"])
    bundle = Referral(group).bundle()
    bundle["entry"][2]["resource"]["owner"] = {"reference": "HealthcareService/demo-lead-surgery"}
    reply = group.request("POST", "", bundle, sent(PLACER))
    assert (reply.status, reply.keys[0]) == (403, "REF-OWNER")


def test_a_plain_request_is_none_of_this(group: Client) -> None:
    referral = Referral(group)
    plain = referral.written(category=None, extension=None, requisition=None, encounter=None, supportingInfo=None)
    assert group.request("POST", "/ServiceRequest", plain, sent("Organization/demo-outside")).status == 201
    task = {"resourceType": "Task", "status": "completed", "intent": "order"}
    assert group.request("POST", "/Task", task, sent("Organization/demo-outside")).status == 201


# ---- the rules -------------------------------------------------------------------------------------------------------


def test_somebody_else_does_not_refer(group: Client) -> None:
    for caller in (OWNER, LEAD, "Organization/demo-outside"):
        reply = Referral(group).post(caller)
        assert (reply.status, reply.keys[0]) == (403, "REF-OWNER")
    assert Referral(group).post("Organization/demo-chc").status == 201
    assert Referral(group).post("").status == 201


Changed = Callable[[Referral], dict[str, Any]]

REFUSED: list[tuple[str, str, Changed]] = [
    ("no consent", "REF-CONSENT", lambda it: {"extension": with_extension(it, "referral-consent")}),
    (
        "a consent that is not there",
        "REF-CONSENT",
        lambda it: {
            "extension": with_extension(it, "referral-consent", valueReference={"reference": "Consent/nowhere"})
        },
    ),
    ("no visit", "REF-NOVISIT", lambda it: {"encounter": None}),
    ("a visit that is not there", "REF-NOVISIT", lambda it: {"encounter": {"reference": "Encounter/nowhere"}}),
    ("no criterion", "REF-CRITERION", lambda it: {"extension": with_extension(it, "referral-criterion")}),
    (
        "the criterion of the other way",
        "REF-CRITERION",
        lambda it: {
            "extension": with_extension(
                it, "referral-criterion", valueCodeableConcept=concept("down-criterion", "stable")
            )
        },
    ),
    ("up to a lower tier", "REF-DIRECTION", lambda it: {"performer": [{"reference": "Organization/demo-station"}]}),
    ("sideways to a higher tier", "REF-DIRECTION", lambda it: {"direction": "lateral"}),
    (
        "outside the group",
        "REF-NOTMEMBER",
        lambda it: {"performer": [{"reference": "Organization/demo-outside"}]},
    ),
    (
        "a service that does not offer it",
        "REF-CAPABILITY",
        lambda it: {"performer": [{"reference": "HealthcareService/demo-lead-chest-pain"}]},
    ),
    (
        "a hospital that was merged",
        "REF-CAPABILITY",
        lambda it: {"performer": [{"reference": "Organization/demo-merged"}]},
    ),
    ("no package", "REF-PACKAGE", lambda it: {"supportingInfo": None}),
    ("no allergies", "REF-PACKAGE", lambda it: {"supportingInfo": without(it, "AllergyIntolerance")}),
    (
        "another patient's report",
        "REF-PACKAGE",
        lambda it: {
            "supportingInfo": [
                *it.written()["supportingInfo"],
                {"reference": Referral(it.client).ids["DiagnosticReport"]},
            ]
        },
    ),
]


def without(referral: Referral, type: str) -> list[Resource]:
    return [each for each in referral.written()["supportingInfo"] if not each["reference"].startswith(type)]


@pytest.mark.parametrize(("title", "rule", "changed"), REFUSED, ids=[row[0] for row in REFUSED])
def test_what_is_refused(group: Client, title: str, rule: str, changed: Changed) -> None:
    referral = Referral(group)
    reply = referral.post(**changed(referral))
    assert (reply.status, rule in reply.keys) == (422, True), reply.body.decode()
    issue = next(each for each in reply.resource["issue"] if each["details"]["coding"][0]["code"] == rule)
    assert issue["details"]["coding"][0]["system"] == f"{GUIDE}/CodeSystem/rule"
    assert issue["expression"][0].startswith("ServiceRequest")
    assert referral.story() == []


def test_a_draft_may_lack_everything(group: Client) -> None:
    referral = Referral(group)
    draft = referral.written(extension=None, encounter=None, supportingInfo=None, status="draft")
    reply = group.request("POST", "/ServiceRequest", draft, sent(PLACER))
    assert reply.status == 201, reply.body.decode()
    assert referral.story() == []
    sending = {**reply.resource, "status": "active"}
    refused = group.request("PUT", f"/ServiceRequest/{reply.resource['id']}", sending, sent(PLACER))
    assert {"REF-CONSENT", "REF-NOVISIT", "REF-CRITERION", "REF-PACKAGE"} <= set(refused.keys)


@pytest.mark.parametrize(
    "changes",
    [
        {"status": "rejected"},
        {"provision": {"type": "deny"}},
        {"provision": {"type": "permit", "period": {"end": "2025-03-09"}}},
        {"patient": {"reference": "Patient/demo-liu"}},
    ],
)
def test_a_consent_that_is_none(group: Client, changes: dict[str, Any]) -> None:
    referral = Referral(group)
    consent = {**referral.read("Consent"), **changes}
    assert group.put(f"/{referral.ids['Consent']}", consent).status == 200
    reply = referral.post()
    assert (reply.status, reply.keys) == (422, ["REF-CONSENT"])


def test_consent_stays(group: Client) -> None:
    referral = Referral(group).send()
    request = referral.read("ServiceRequest")
    bare = {**request, "extension": with_extension(referral, "referral-consent")}
    reply = group.request("PUT", f"/ServiceRequest/{request['id']}", bare, sent(PLACER))
    assert (reply.status, reply.keys) == (422, ["REF-CONSENT"])


def test_an_emergency_may_do_without(group: Client) -> None:
    referral = Referral(group)
    written = referral.written(direction="emergency", extension=None, supportingInfo=None)
    headers = {**sent(PLACER), "Prefer": "return=OperationOutcome"}
    reply = group.request("POST", "/ServiceRequest", written, headers)
    assert reply.status == 201, reply.body.decode()
    (told,) = [each for each in reply.resource["issue"] if each["details"]["coding"][0]["code"] == "REF-CONSENT"]
    assert told["severity"] == "warning"
    referral.ids["ServiceRequest"] = referral.task["focus"]["reference"]
    request = referral.read("ServiceRequest")
    consent = extension("referral-consent", valueReference={"reference": referral.ids["Consent"]})
    reply = group.request("PUT", f"/ServiceRequest/{request['id']}", {**request, "extension": [consent]}, sent(PLACER))
    assert reply.status == 200, reply.body.decode()


def test_levels_are_skipped_with_a_warning(group: Client) -> None:
    referral = Referral(group)
    criterion = with_extension(
        referral, "referral-criterion", valueCodeableConcept=concept("up-criterion", "poor-control")
    )
    reply = group.request(
        "POST",
        "/ServiceRequest",
        referral.written(performer=[{"reference": "HealthcareService/demo-lead-surgery"}], extension=criterion),
        {**sent(PLACER), "Prefer": "return=OperationOutcome"},
    )
    assert reply.status == 201
    (warned,) = [each for each in reply.resource["issue"] if each["details"]["coding"][0]["code"] == "REF-LEVEL"]
    assert warned["severity"] == "warning"
    for more in ({}, {"extension": [*criterion, choice("patient-choice")]}):
        other = Referral(group)
        written = other.written(performer=[{"reference": "HealthcareService/demo-lead-surgery"}], **own(other, more))
        headers = {**sent(PLACER), "Prefer": "return=OperationOutcome"}
        reply = group.request("POST", "/ServiceRequest", written, headers)
        assert "REF-LEVEL" not in reply.keys, reply.body.decode()


def own(referral: Referral, more: dict[str, Any]) -> dict[str, Any]:
    """Extensions with the consent of this referral."""
    if "extension" not in more:
        return more
    consent = [each for each in referral.written()["extension"] if each["url"].endswith("referral-consent")]
    return {"extension": consent + [each for each in more["extension"] if not each["url"].endswith("consent")]}


def choice(code: str) -> Resource:
    return extension("external-choice", valueCodeableConcept=concept("external-choice", code))


def test_a_choice_leads_outside(group: Client) -> None:
    referral = Referral(group)
    extensions = [*referral.written()["extension"], choice("patient-choice")]
    reply = referral.post(performer=[{"reference": "Organization/demo-outside"}], extension=extensions)
    assert reply.status == 201, reply.body.decode()
    assert referral.task["owner"] == {"reference": "Organization/demo-outside"}
    reply = referral.put("Organization/demo-outside", status="accepted")
    assert reply.status == 200


def test_the_successor_is_named(group: Client) -> None:
    reply = Referral(group).post(performer=[{"reference": "Organization/demo-merged"}])
    assert "Organization/demo-district has taken its place" in reply.body.decode()


def test_sideways_to_a_feature_clinic(group: Client) -> None:
    referral = Referral(group)
    reply = referral.post(
        "PractitionerRole/demo-district-office-role",
        direction="lateral",
        requester={"reference": "PractitionerRole/demo-district-office-role"},
        performer=[{"reference": "HealthcareService/demo-chc-acupuncture"}],
        code=concept("service-type", "outpatient"),
    )
    assert reply.status == 201, reply.body.decode()


def test_down_with_a_plan(group: Client) -> None:
    referral = Referral(group)
    down = {
        "direction": "down",
        "requester": {"reference": DOCTOR},
        "performer": [{"reference": "HealthcareService/demo-chc-acupuncture"}],
        "code": concept("service-type", "follow-up"),
    }
    reply = referral.post(DOCTOR, **down)
    assert (reply.status, reply.keys) == (422, ["REF-DOWNPLAN"])
    plan = {
        "resourceType": "CarePlan",
        "status": "active",
        "intent": "plan",
        "subject": {"reference": referral.ids["Patient"]},
    }
    detail: Resource = {"status": "scheduled", "scheduledPeriod": {"start": "2025-03-29"}}
    for activity, status in (
        (None, 422),
        ([{"detail": detail}], 422),
        ([{"detail": {**detail, "performer": [{"reference": PLACER}]}}], 201),
    ):
        made = group.post("/CarePlan", {**plan, "activity": activity} if activity else plan).resource
        listed = [*referral.written()["supportingInfo"], {"reference": f"CarePlan/{made['id']}"}]
        reply = referral.post(DOCTOR, **down, supportingInfo=listed)
        assert reply.status == status, reply.body.decode()


# ---- once ------------------------------------------------------------------------------------------------------------


def test_the_same_wish_twice(group: Client) -> None:
    referral = Referral(group).send()
    other = {
        "requisition": {"system": "urn:test:requisition", "value": f"B{referral.number}"},
        "identifier": [{**referral.request["identifier"][0], "value": f"B{referral.number}"}],
    }
    reply = group.request("POST", "/ServiceRequest", referral.written(**other), sent(PLACER))
    assert (reply.status, reply.keys) == (409, ["REF-DUP"])
    assert referral.ids["ServiceRequest"] in reply.body.decode()
    orthopaedics = referral.written(**other, performerType=concept("specialty", "04.03"))
    assert group.request("POST", "/ServiceRequest", orthopaedics, sent(PLACER)).status == 201
    referral.move(PLACER, "cancelled")
    again = {**other, "identifier": [{**referral.request["identifier"][0], "value": f"C{referral.number}"}]}
    again["requisition"] = {"system": "urn:test:requisition", "value": f"C{referral.number}"}
    reply = group.request("POST", "/ServiceRequest", referral.written(**again, performerType=SURGERY), sent(PLACER))
    assert reply.status == 201, reply.body.decode()


def test_twice_in_one_transaction(group: Client) -> None:
    referral = Referral(group)
    twin = referral.written(requisition={"system": "urn:test:requisition", "value": f"T{referral.number}"})
    twin["identifier"] = [{**twin["identifier"][0], "value": f"T{referral.number}"}]
    entries = [
        {"resource": each, "request": {"method": "POST", "url": "ServiceRequest"}} for each in (referral.request, twin)
    ]
    bundle = {"resourceType": "Bundle", "type": "transaction", "entry": entries}
    reply = group.request("POST", "", bundle, sent(PLACER))
    assert (reply.status, reply.keys) == (409, ["REF-DUP"])
    assert referral.story() == []
