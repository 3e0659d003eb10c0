"""Stories of referrals as the articles tell them, over HTTP only, with the guide's own examples."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from tests.exchange.conftest import example
from tests.exchange.referrals import (
    DISPATCHER,
    LEAD,
    OWNER,
    PLACER,
    RECEIVER,
    Referral,
    Resource,
    concept,
    output,
    sent,
)
from tests.support.client import Client
from tests.support.server import Server, running

pytestmark = pytest.mark.slow

CLOCK = "2025-03-10T08:00:00+08:00"
DOCTOR = "PractitionerRole/demo-lead-doctor-role"
#: How often, and how long in all, a story waits for what the server does by itself.
PAUSE, PATIENCE = 0.1, 30.0


def database(request: pytest.FixtureRequest, folder: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{folder / 'fhir.db'}"
    cluster = request.getfixturevalue("postgresql_cluster")
    url: str = cluster.url(cluster.create())
    return url


DATABASES = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)]


@pytest.fixture(scope="module", params=DATABASES)
def exchange(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server of two processes with the demo group, on the morning of the guide's story."""
    folder = tmp_path_factory.mktemp("exchange")
    with running(database(request, folder), folder, {"clock": CLOCK}) as server:
        assert server.client().post("", example("Bundle-demo-setup")).status == 200
        yield server


@pytest.fixture
def members(exchange: Server) -> Client:
    return exchange.client()


def call(client: Client, caller: str, method: str, path: str, body: Any = None, status: int = 200, **more: str) -> Any:
    """The resource of an answer, which must have this status."""
    headers = {**sent(caller), **{name.replace("_", "-"): value for name, value in more.items()}}
    reply = client.request(method, path, body, headers)
    assert reply.status == status, (method, path, reply.status, reply.body.decode())
    return reply.resource if reply.body else None


def forward(client: Client, **duration: Any) -> None:
    """Move the clock on: ``forward(client, h=73)``."""
    ((unit, value),) = duration.items()
    parameter = {"name": "by", "valueDuration": {"value": value, "system": "http://unitsofmeasure.org", "code": unit}}
    call(client, "", "POST", "/$clock", {"resourceType": "Parameters", "parameter": [parameter]})


def story(client: Client, requisition: Resource) -> list[Resource]:
    number = quote(f"{requisition['system']}|{requisition['value']}")
    path = f"/Task?group-identifier={number}&_include=Task:focus&_revinclude=Provenance:target"
    return [entry["resource"] for entry in client.get(path).resource["entry"]]


def child(resources: list[Resource]) -> Resource:
    return next(each for each in resources if each["resourceType"] == "Task" and "focus" in each)


def activities(resources: list[Resource]) -> list[str]:
    found = [each for each in resources if each["resourceType"] == "Provenance"]
    return [each["activity"]["coding"][0]["code"] for each in sorted(found, key=lambda each: each["recorded"])]


def test_up_and_down_again(members: Client) -> None:
    """Articles 000 and 001: up for an operation, feedback, down with a plan; step by step as the guide tells it."""
    match = call(members, PLACER, "POST", "/Patient/$match", example("Parameters-demo-match-call"))
    assert match["entry"][0]["resource"]["id"] == "demo-liu"
    found = members.get(
        "/HealthcareService?service-type=inpatient&specialty=04&active=true&_include=HealthcareService:organization"
    ).resource
    assert {"demo-lead-surgery", "demo-district-surgery"} <= {entry["resource"]["id"] for entry in found["entry"]}
    for name in (
        "Encounter-demo-visit",
        "Consent-demo-consent",
        "Composition-demo-summary",
        "MedicationStatement-demo-medicine",
        "AllergyIntolerance-demo-allergy",
        "DiagnosticReport-demo-ultrasound",
    ):
        resource = example(name)
        call(members, PLACER, "PUT", f"/{resource['resourceType']}/{resource['id']}", resource, 201)
    written = example("ServiceRequest-demo-referral")
    request = call(members, PLACER, "POST", "/ServiceRequest", written, 201, Idempotency_Key="guide-1")
    assert call(members, PLACER, "POST", "/ServiceRequest", written, 201, Idempotency_Key="guide-1") == request

    inbox = "/Task?owner=HealthcareService/demo-lead-surgery&status=requested&_include=Task:focus"
    entries = members.get(f"{inbox}&_sort=-priority,authored-on").resource["entry"]
    assert f"ServiceRequest/{request['id']}" in {
        f"{e['resource']['resourceType']}/{e['resource']['id']}" for e in entries
    }
    task = child(story(members, request["requisition"]))
    path = f"/Task/{task['id']}"
    promise = output("encounter", valuePeriod={"start": "2025-03-12T10:00:00+08:00"})
    accepted = {**task, "status": "accepted", "output": [promise]}
    call(members, LEAD, "PUT", path, accepted, 428)
    call(members, PLACER, "PUT", path, accepted, 403, If_Match='W/"1"')
    task = call(members, LEAD, "PUT", path, accepted, If_Match='W/"1"')
    assert task["businessStatus"]["coding"][0]["code"] == "bed-reserved"
    planned = call(members, LEAD, "GET", f"/{task['output'][0]['valueReference']['reference']}")

    stay = {**planned, "status": "in-progress", "class": {**planned["class"], "code": "IMP"}}
    call(members, LEAD, "PUT", f"/Encounter/{planned['id']}", stay)
    task = call(members, LEAD, "PUT", path, {**task, "status": "in-progress"}, If_Match='W/"2"')
    assert task["businessStatus"]["coding"][0]["code"] == "admitted"
    call(members, PLACER, "PUT", path, {**task, "status": "cancelled"}, 409, If_Match='W/"3"')
    call(members, LEAD, "PUT", path, {**task, "status": "completed"}, 422, If_Match='W/"3"')
    feedback = example("Composition-demo-feedback")
    feedback["encounter"] = {"reference": f"Encounter/{planned['id']}"}
    document = call(members, DOCTOR, "POST", "/Composition", feedback, 201)
    result = output("feedback", valueReference={"reference": f"Composition/{document['id']}"})
    done = {**task, "status": "completed", "output": [*task["output"], result]}
    call(members, LEAD, "PUT", path, done, If_Match='W/"3"')
    resources = story(members, request["requisition"])
    assert activities(resources) == ["requested", "accepted", "in-progress", "completed"]
    assert {each["status"] for each in resources if "status" in each} == {"completed"}

    discharged = {**stay, "status": "finished", "period": {"start": "2025-03-12", "end": "2025-03-15"}}
    call(members, LEAD, "PUT", f"/Encounter/{planned['id']}", discharged)
    for name in ("Consent-demo-consent-down", "CarePlan-demo-plan"):
        resource = example(name)
        call(members, DOCTOR, "PUT", f"/{resource['resourceType']}/{resource['id']}", resource, 201)
    down = example("ServiceRequest-demo-referral-down")
    down["encounter"] = {"reference": f"Encounter/{planned['id']}"}
    down["supportingInfo"][0] = {"reference": f"Composition/{document['id']}"}
    planless = {
        **down,
        "supportingInfo": [each for each in down["supportingInfo"] if "CarePlan" not in each["reference"]],
    }
    refused = call(members, DOCTOR, "POST", "/ServiceRequest", planless, 422)
    assert refused["issue"][0]["details"]["coding"][0]["code"] == "REF-DOWNPLAN"
    back = call(members, DOCTOR, "POST", "/ServiceRequest", down, 201)
    assert child(story(members, back["requisition"]))["owner"]["reference"] == "HealthcareService/demo-chc-acupuncture"


def test_the_dispatch_centre(members: Client) -> None:
    """Article 001: without a receiver it waits at the dispatch centre; one hospital refuses, another takes it."""
    referral = Referral(members).send(performer=None)
    worklist = "/Task?owner=HealthcareService/demo-dispatch&business-status=awaiting-dispatch&_sort=authored-on"
    assert referral.task["id"] in [entry["resource"]["id"] for entry in members.get(worklist).resource["entry"]]
    body = example("Parameters-demo-dispatch-call")
    dispatch = f"/Task/{referral.task['id']}/$dispatch"
    refused = call(members, LEAD, "POST", dispatch, body, 403)
    assert refused["issue"][0]["details"]["coding"][0]["code"] == "REF-OWNER"
    unfit = {
        "resourceType": "Parameters",
        "parameter": [{"name": "target", "valueReference": {"reference": "HealthcareService/demo-lead-chest-pain"}}],
    }
    refused = call(members, DISPATCHER, "POST", dispatch, unfit, 422)
    assert refused["issue"][0]["details"]["coding"][0]["code"] == "REF-CAPABILITY"
    assert "demo-lead-surgery" in refused["issue"][0]["diagnostics"]
    task = call(members, DISPATCHER, "POST", dispatch, body)
    assert task["owner"]["reference"] == "HealthcareService/demo-lead-surgery"
    referral.move(LEAD, "rejected", statusReason=concept("status-reason", "no-capacity"))
    old = referral.task
    kept = ("resourceType", "intent", "groupIdentifier", "focus", "for", "requester", "authoredOn", "partOf")
    again = {**{name: old[name] for name in kept}, "status": "requested", "owner": {"reference": RECEIVER}}
    call(members, DISPATCHER, "POST", "/Task", again, 201)
    referral.move(OWNER, "accepted")
    assert [each["status"] for each in referral.tasks] == ["rejected", "accepted"]
    assert activities(referral.story("_revinclude=Provenance:target")) == [
        "requested",
        "dispatched",
        "rejected",
        "requested",
        "accepted",
    ]


def test_the_patient_chooses(members: Client) -> None:
    """Article 003: no one is forced; leaving the group is measured, a refusal by the patient is told."""
    for name in (
        "Encounter-demo-visit",
        "Consent-demo-consent",
        "Composition-demo-summary",
        "MedicationStatement-demo-medicine",
    ):
        resource = example(name)
        members.put(f"/{resource['resourceType']}/{resource['id']}", resource)
    for name in ("AllergyIntolerance-demo-allergy", "DiagnosticReport-demo-ultrasound"):
        resource = example(name)
        members.put(f"/{resource['resourceType']}/{resource['id']}", resource)
    outside = example("ServiceRequest-demo-referral-outside")
    outside["performerType"] = concept("specialty", "13")
    unsaid = {**outside, "extension": [each for each in outside["extension"] if "external" not in each["url"]]}
    refused = call(members, PLACER, "POST", "/ServiceRequest", unsaid, 422)
    assert refused["issue"][0]["details"]["coding"][0]["code"] == "REF-NOTMEMBER"
    request = call(members, PLACER, "POST", "/ServiceRequest", outside, 201)
    task = child(story(members, request["requisition"]))
    declined = {**task, "status": "cancelled", "businessStatus": concept("business-status", "patient-declined")}
    call(members, PLACER, "PUT", f"/Task/{task['id']}", declined, If_Match='W/"1"')
    assert call(members, "", "GET", f"/ServiceRequest/{request['id']}")["status"] == "revoked"


def test_the_direct_train(members: Client) -> None:
    """Article 004: who is accepted has the appointment with the answer and is not sent through a second booking."""
    referral = Referral(members).send()
    period = {"start": "2025-03-12T08:00:00+08:00", "end": "2025-03-12T08:30:00+08:00"}
    task = referral.move(OWNER, "accepted", output=[output("appointment", valuePeriod=period)])
    booked = call(members, PLACER, "GET", f"/{task['output'][0]['valueReference']['reference']}")
    assert (booked["status"], booked["start"]) == ("booked", period["start"])
    second = {**booked, "status": "proposed"}
    refused = call(members, OWNER, "POST", "/Appointment", second, 409)
    assert refused["issue"][0]["details"]["coding"][0]["code"] == "REF-REPEAT"


def wait(referral: Referral, code: str) -> Resource:
    """The task when it has come to a businessStatus."""
    last = time.monotonic() + PATIENCE
    while time.monotonic() < last:
        for task in referral.tasks:
            if task.get("businessStatus", {"coding": [{}]})["coding"][0].get("code") == code:
                return task
        time.sleep(PAUSE)
    raise AssertionError(referral.tasks)


def test_nobody_answers(members: Client) -> None:
    """The clock moves on: every process sees it, one acts."""
    referral = Referral(members).send()
    forward(members, h=73)
    task = wait(referral, "timed-out")
    assert (task["owner"]["reference"], task["status"]) == ("HealthcareService/demo-dispatch", "requested")
    time.sleep(2)
    assert activities(referral.story("_revinclude=Provenance:target")) == ["requested", "timed-out"]
    late = members.get("/Task?business-status=timed-out&_sort=due").resource
    assert task["id"] in [entry["resource"]["id"] for entry in late["entry"]]


def test_nobody_answers_an_emergency(members: Client) -> None:
    """Article 003: the nearest chest pain centre, and ten minutes later the next nearest too."""
    listed = members.get("/HealthcareService/$nearest?code=chest-pain-centre&lat=36.066&lng=120.375").resource
    services = [entry["resource"]["id"] for entry in listed["entry"] if entry["search"]["mode"] == "match"]
    assert services == ["demo-lead-chest-pain", "demo-outside-chest-pain"]
    caller = "PractitionerRole/demo-district-office-role"
    referral = Referral(members).send(
        caller,
        direction="emergency",
        code=concept("service-type", "chest-pain-centre"),
        performer=[{"reference": f"HealthcareService/{services[0]}"}],
        performerType=concept("specialty", "03.04"),
        requester={"reference": caller},
        extension=None,
        supportingInfo=None,
    )
    forward(members, min=11)
    wait(referral, "timed-out")
    assert [each["owner"]["reference"] for each in referral.tasks if "businessStatus" not in each] == [
        f"HealthcareService/{services[1]}"
    ]


@pytest.mark.parametrize("place", DATABASES)
def test_what_is_due_survives_a_power_cut(request: pytest.FixtureRequest, tmp_path: Path, place: str) -> None:
    request.param = place
    url = database(request, tmp_path)
    with running(url, tmp_path, {"clock": CLOCK}) as server:
        assert server.client().post("", example("Bundle-demo-setup")).status == 200
        referral = Referral(server.client()).send()
        server.kill()
    with running(url, tmp_path, {"clock": "2025-03-14T08:00:00+08:00"}) as server:
        referral.client = server.client()
        assert wait(referral, "timed-out")["owner"]["reference"] == "HealthcareService/demo-dispatch"
        assert activities(referral.story("_revinclude=Provenance:target")) == ["requested", "timed-out"]


def test_the_demo_plays(exchange: Server) -> None:
    command = [sys.executable, "-c", "import sys; from fhirserver.cli import main; sys.exit(main())", "demo"]
    done = subprocess.run([*command, "--base", exchange.base], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "20. " in done.stdout and "REF-CONSENT" in done.stdout
