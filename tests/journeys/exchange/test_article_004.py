"""Article 004, 28 partners, 49 hospitals: one person everywhere, followed all the way, treated first, paid later."""

from __future__ import annotations

import json
import time
from datetime import datetime, timedelta

import pytest

from tests.journeys.exchange.vendor import (
    CITIZEN,
    NUMBERS,
    Group,
    Referral,
    Resource,
    business,
    citizen,
    concept,
    extension,
    forward,
    now,
    person,
    refusals,
)
from tests.support.client import Client, Reply
from tests.support.server import Server

pytestmark = pytest.mark.slow


# ---- one person ------------------------------------------------------------------------------------------------------


def matched(group: Group, **known: object) -> dict[str, str]:
    """The grades of Patient/$match by the ids of who was found."""
    body = {"resourceType": "Parameters", "parameter": [{"name": "resource", "resource": {"resourceType": "Patient"}}]}
    body["parameter"][0]["resource"].update(known)  # type: ignore[index]
    reply = group.doctor("centre").send("POST", "/Patient/$match", body)
    assert reply.status == 200, reply.body.decode()
    return {
        entry["resource"]["id"]: entry["search"]["extension"][0]["valueCode"]
        for entry in reply.resource.get("entry", ())
    }


def test_one_person_in_two_hospitals(client: Client, exchange: Server) -> None:
    """Linked, not merged; twice in one hospital is refused; the number is in no answer and in no log."""
    group = Group(client)
    number = citizen("1962-07-21", "male")
    centre, district = (f"Organization/{group.id(key)}" for key in ("centre", "district"))
    first = group.admin.create(person(centre, "孙海涛", "1962-07-21", "male", number))
    again = group.admin.send("POST", "/Patient", person(centre, "孙海涛", "1962-07-21", "male", number))
    assert (again.status, refusals(again)) == (409, {"GEN-DUP-PATIENT"})
    second = group.admin.create(person(district, "孙海涛", "1962-07-21", "male", number))
    for one, other in ((first, second), (second, first)):
        (link,) = group.admin.read(one)["link"]
        assert (link["other"]["reference"], link["type"]) == (other, "seealso")
    wrong = number[:-1] + ("1" if number[-1] != "1" else "2")
    answers: list[Reply] = [
        group.admin.send("POST", "/Patient", person(centre, "甲", "1962-07-21", "male", wrong)),
        group.admin.send("POST", "/Patient", person(centre, "甲", "1962-07-22", "male", number)),
        group.admin.send("POST", "/Patient", person(centre, "甲", "1962-07-21", "female", number)),
    ]
    for answer, rule in zip(answers, ("GEN-ID-CHECKSUM", "GEN-ID-BIRTH", "GEN-ID-SEX"), strict=True):
        assert (answer.status, rule in refusals(answer)) == (422, True)
    log = exchange.log.read_bytes()
    for secret in (number, wrong):
        assert not any(secret.encode() in each for each in (again.body, log, *(answer.body for answer in answers)))

    known: Resource = {"identifier": [{"system": CITIZEN, "value": number}], "name": [{"text": "孙海涛"}]}
    ids = [each.partition("/")[2] for each in (first, second)]
    assert matched(group, **known, birthDate="1962-07-21") == dict.fromkeys(ids, "certain")
    assert set(matched(group, name=[{"text": "孙海涛"}], birthDate="1962-07-21").values()) == {"possible"}
    assert matched(group, identifier=[{"system": CITIZEN, "value": wrong}]) == {}

    stranger = group.admin.create(person(f"Organization/{group.id('lead')}", "钱不同", "1962-07-21", "male", number))
    assert "link" not in group.admin.read(stranger)
    reviews = group.admin.found(f"Task?code=identity-review&focus={stranger}")
    assert {each["status"] for each in reviews} == {"requested"}


# ---- followed all the way --------------------------------------------------------------------------------------------


def test_each_priority_has_its_time(client: Client) -> None:
    group = Group(client)
    for priority, minutes in (("stat", 10), ("urgent", 120), ("asap", 1440), ("routine", 4320)):
        referral = Referral(group, to=group.at("district-surgery"), priority=priority).sent()
        period = referral.task["restriction"]["period"]
        start, end = (datetime.fromisoformat(period[name]) for name in ("start", "end"))
        assert end - start == timedelta(minutes=minutes)
        assert abs(start - now(client)) < timedelta(minutes=1)


def test_nobody_answers(client: Client) -> None:
    """To the dispatch centre, then to the lead hospital; once each, though two processes look."""
    group = Group(client)
    referral = Referral(group, to=group.at("district-surgery"), priority="urgent").sent()
    forward(client, "min", 121)
    task = referral.wait("timed-out")
    assert (task["status"], task["owner"]["reference"]) == ("requested", group.at("dispatch"))
    answer = group.office("district").move(task, "accepted")
    assert (answer.status, "REF-OWNER" in refusals(answer)) == (403, True)
    time.sleep(1)
    assert referral.activities() == ["requested", "timed-out"]
    forward(client, "min", 121)
    last = time.monotonic() + 30
    while referral.task["owner"]["reference"] != f"Organization/{group.id('lead')}" and time.monotonic() < last:
        time.sleep(0.2)
    assert referral.activities() == ["requested", "timed-out", "timed-out"]
    assert group.office("lead").moved(referral.task, "accepted")["status"] == "accepted"


def test_on_hold_and_not_well_enough(client: Client) -> None:
    """A pause has a reason and goes back to where it was; a failed stay leaves the referral open for another one."""
    group = Group(client)
    office = group.office("district")
    referral = Referral(group, to=group.at("district-surgery")).sent()
    task = office.moved(referral.task, "accepted")
    waiting = concept("status-reason", "waiting")
    assert office.move(task, "on-hold").status == 422
    office.moved(task, "on-hold", statusReason=waiting)
    wrong = office.move(task, "in-progress", statusReason=None)
    assert (wrong.status, refusals(wrong)) == (409, {"REF-STATE"})
    office.moved(task, "accepted", statusReason=None)
    referral.arrive(office, "AMB")
    assert business(office.moved(task, "in-progress")) == "checked-in"
    assert office.move(task, "failed").status == 422
    office.moved(task, "failed", statusReason=concept("status-reason", "left"))
    assert group.admin.read(referral.id)["status"] == "active"
    kept = ("resourceType", "intent", "groupIdentifier", "partOf", "focus", "for", "requester", "authoredOn")
    another = {name: task[name] for name in kept} | {"status": "requested"}
    group.doctor("centre").create({**another, "owner": {"reference": group.at("lead-surgery")}})
    assert referral.whole["status"] == "requested"


def test_every_way_to_change_a_status(client: Client) -> None:
    """PUT, JSON Patch, FHIRPath Patch, a transaction with the encounter, a batch: one table for all of them."""
    group = Group(client)
    office, referral = group.office("district"), Referral(group, to=group.at("district-surgery")).sent()
    path = f"/Task/{referral.task['id']}"
    json_patch = json.dumps([{"op": "replace", "path": "/status", "value": "received"}])
    json_type = "application/json-patch+json"
    bare = office.send("PATCH", path, json_patch, Content_Type=json_type)
    assert (bare.status, refusals(bare)) == (428, {"GEN-IFMATCH"})
    stranger = group.office("lead").send("PATCH", path, json_patch, Content_Type=json_type, If_Match='W/"1"')
    assert (stranger.status, refusals(stranger)) == (403, {"REF-OWNER"})
    assert office.send("PATCH", path, json_patch, Content_Type=json_type, If_Match='W/"1"').status == 200
    operation = [
        {"name": "type", "valueCode": "replace"},
        {"name": "path", "valueString": "Task.status"},
        {"name": "value", "valueCode": "accepted"},
    ]
    fhirpath = {"resourceType": "Parameters", "parameter": [{"name": "operation", "part": operation}]}
    assert office.send("PATCH", path, fhirpath, If_Match='W/"2"').status == 200

    stay = referral.visit("IMP", "in-progress", basedOn=[{"reference": referral.id}])
    begun = {**referral.task, "status": "in-progress"}
    entries = [
        {"resource": stay, "request": {"method": "POST", "url": "Encounter"}},
        {"resource": begun, "request": {"method": "PUT", "url": path[1:], "ifMatch": 'W/"3"'}},
    ]
    together: Resource = {"resourceType": "Bundle", "type": "transaction", "entry": entries}
    refused = group.office("lead").send("POST", "", together)
    assert (refused.status, refusals(refused)) == (403, {"REF-OWNER"})
    assert refused.resource["issue"][0]["expression"][0].startswith("Bundle.entry[1].resource")
    assert office.found(f"Encounter?based-on={referral.id}") == []
    assert office.send("POST", "", together).status == 200
    assert business(referral.task) == "admitted"

    other = Referral(group, to=group.at("lead-surgery")).sent()
    both = [
        {
            "resource": {**each.task, **change},
            "request": {"method": "PUT", "url": f"Task/{each.task['id']}", "ifMatch": f'W/"{version}"'},
        }
        for each, change, version in (
            (referral, {"note": [{"text": "手术安排在周三"}]}, 4),
            (other, {"status": "accepted"}, 1),
        )
    ]
    batch = office.send("POST", "", {"resourceType": "Bundle", "type": "batch", "entry": both})
    assert [entry["response"]["status"][:3] for entry in batch.resource["entry"]] == ["200", "403"]


def test_a_retry_is_no_second_referral(client: Client) -> None:
    """The answer was lost: with the key it comes again; without it the first referral is pointed at."""
    group = Group(client)
    referral = Referral(group, to=group.at("district-surgery"))
    key = f"key-{referral.number}"
    first, second = (referral.post(Idempotency_Key=key) for _ in range(2))
    assert (first.status, second.status, first.body) == (201, 201, second.body)
    referral.id = f"ServiceRequest/{first.resource['id']}"
    assert len(referral.tasks) == 1
    number = referral.request["identifier"][0]
    same = referral.post(If_None_Exist=f"identifier={number['system']}|{number['value']}")
    assert (same.status, same.resource["id"]) == (200, first.resource["id"])
    bare = referral.post()
    assert (bare.status, refusals(bare)) == (409, {"REF-DUP"})
    assert referral.id in bare.body.decode()
    changed = {**referral.request, "note": [{"text": "x"}]}
    other_body = referral.placer.send("POST", "/ServiceRequest", changed, Idempotency_Key=key)
    assert other_body.status == 409
    same_matter = Referral(group, to=group.at("district-surgery"), patient=referral.patient).post()
    assert (same_matter.status, refusals(same_matter)) == (409, {"REF-DUP"})
    assert [
        each["requisition"]["system"] for each in group.admin.found(f"ServiceRequest?_id={first.resource['id']}")
    ] == [NUMBERS]


# ---- treated first, paid later ---------------------------------------------------------------------------------------


def test_treated_first_and_paid_later(client: Client) -> None:
    """Signed with this hospital, sixty or older by the identity number, critically ill: all three, or none of it."""
    group = Group(client)
    today = now(client).date()

    def admitted(born: str, *, signed: bool = True, critical: bool = True, at: str = "lead") -> Reply:
        patient = group.patient("周演示", born, "male")
        if signed:
            year = {"start": f"{today.year}-01-01", "end": f"{today.year}-12-31"}
            contract = {
                "resourceType": "CarePlan",
                "status": "active",
                "intent": "plan",
                "category": [concept("care-plan-category", "family-doctor-contract")],
                "subject": {"reference": patient},
                "period": year,
                "author": {"reference": group.doctor("centre").name},
                "contributor": [{"reference": f"Organization/{group.id('lead')}"}],
            }
            group.doctor("centre").create(contract)
        grounds = [
            {"url": "basis", "valueCodeableConcept": concept("waiver-basis", each)}
            for each in ("contract", "age-60", "critical")
        ]
        waiver = extension("prepay-waiver", extension=[{"url": "payAfter", "valueBoolean": True}, *grounds])
        stay = Referral(group, patient=patient).visit("EMER", "in-progress", "I21.900", extension=[waiver])
        stay["serviceProvider"] = {"reference": f"Organization/{group.id(at)}"}
        level = "http://terminology.hl7.org/CodeSystem/v3-ActPriority"
        stay["priority"] = {"coding": [{"system": level, "code": "EM" if critical else "R"}]}
        return group.office(at).send("POST", "/Encounter", stay)

    assert admitted("1950-01-01").status == 201
    sixty = today.replace(year=today.year - 60, day=1).isoformat()
    assert admitted(sixty).status == 201
    young = today.replace(year=today.year - 59, day=1).isoformat()
    for refused in (
        admitted(young),
        admitted("1950-01-01", signed=False),
        admitted("1950-01-01", critical=False),
        admitted("1950-01-01", at="district"),
    ):
        assert (refused.status, refusals(refused)) == (422, {"FEE-WAIVER"})
