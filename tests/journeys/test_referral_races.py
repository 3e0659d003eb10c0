"""Many move one referral at the same moment: one does, and what follows from it happens once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from benchmarks.race import Client, Reply, at_once
from tests.exchange.conftest import example
from tests.exchange.referrals import (
    DISPATCHER,
    OWNER,
    PLACER,
    REASON,
    RECEIVER,
    Referral,
    Resource,
    output,
)
from tests.support.server import Server

pytestmark = pytest.mark.slow

THREADS = 64
PERIOD = {"start": "2025-03-12T08:00:00+08:00", "end": "2025-03-12T08:30:00+08:00"}
LEAD_SURGERY = "HealthcareService/demo-lead-surgery"


@pytest.fixture(scope="module")
def crowded(crowded: Server) -> Server:
    """A server with four processes and the demo group."""
    assert crowded.client().post("", example("Bundle-demo-setup")).status == 200
    return crowded


def race(server: Server, act: Callable[[Client, int], Reply]) -> Counter[int]:
    """How often each status was answered."""
    return Counter(reply.status for reply in at_once(server.base, THREADS, act))


def records(referral: Referral) -> list[str]:
    """What was done with the tasks of a referral, in no order."""
    found = [each for each in referral.story("_revinclude=Provenance:target") if each["resourceType"] == "Provenance"]
    return sorted(each["activity"]["coding"][0]["code"] for each in found)


def appointments(referral: Referral) -> list[str]:
    found = referral.client.get(f"/Appointment?based-on={referral.ids['ServiceRequest']}").resource
    return [entry["resource"]["status"] for entry in found.get("entry", ())]


def test_accepted_or_cancelled(crowded: Server) -> None:
    referral = Referral(crowded.client()).send()
    task = referral.task
    accepted = {**task, "status": "accepted", "output": [output("appointment", valuePeriod=PERIOD)]}
    cancelled = {**task, "status": "cancelled"}

    def act(client: Client, number: int) -> Reply:
        caller, body = (OWNER, accepted) if number % 2 else (PLACER, cancelled)
        return client.send("PUT", f"Task/{task['id']}", body, X_Caller=caller, If_Match='W/"1"')

    statuses = race(crowded, act)
    assert (statuses[200], statuses[412]) == (1, THREADS - 1), statuses
    won = referral.task["status"]
    assert records(referral) == sorted(["requested", won])
    assert (referral.task["meta"]["versionId"], referral.group["status"]) == ("2", won)
    assert referral.read("ServiceRequest")["status"] == {"accepted": "active", "cancelled": "revoked"}[won]
    assert appointments(referral) == (["booked"] if won == "accepted" else [])


def test_patched_without_a_version(crowded: Server) -> None:
    """An administrator names no version: what comes second finds the task where it shall be, or gone elsewhere."""
    referral = Referral(crowded.client()).send()
    task = referral.task

    def act(client: Client, number: int) -> Reply:
        status = "accepted" if number % 2 else "rejected"
        patch: list[Resource] = [
            {"op": "add", "path": "/statusReason", "value": REASON},
            {"op": "replace", "path": "/status", "value": status},
        ]
        return client.send("PATCH", f"Task/{task['id']}", patch, Content_Type="application/json-patch+json")

    statuses = race(crowded, act)
    won = referral.tasks[0]
    assert (statuses[200], statuses[409]) == (THREADS // 2, THREADS // 2), statuses
    assert (won["meta"]["versionId"], records(referral)) == ("2", sorted(["requested", won["status"]]))


def test_dispatched(crowded: Server) -> None:
    referral = Referral(crowded.client()).send(performer=None)
    task = referral.task

    def act(client: Client, number: int) -> Reply:
        target = {"name": "target", "valueReference": {"reference": LEAD_SURGERY if number % 2 else RECEIVER}}
        body = {"resourceType": "Parameters", "parameter": [target]}
        return client.send("POST", f"Task/{task['id']}/$dispatch", body, X_Caller=DISPATCHER)

    statuses = race(crowded, act)
    assert (statuses[200], statuses[409]) == (1, THREADS - 1), statuses
    assert (referral.task["meta"]["versionId"], records(referral)) == ("2", ["dispatched", "requested"])


def test_dispatched_with_one_key(crowded: Server) -> None:
    referral = Referral(crowded.client()).send(performer=None)
    task = referral.task
    target = {"name": "target", "valueReference": {"reference": LEAD_SURGERY}}
    body = {"resourceType": "Parameters", "parameter": [target]}
    statuses = race(
        crowded,
        lambda client, _: client.send(
            "POST", f"Task/{task['id']}/$dispatch", body, X_Caller=DISPATCHER, Idempotency_Key=referral.number
        ),
    )
    assert statuses == {200: THREADS}
    assert records(referral) == ["dispatched", "requested"]


def test_sent(crowded: Server) -> None:
    referral = Referral(crowded.client())
    statuses = race(crowded, lambda client, _: client.send("POST", "ServiceRequest", referral.request, X_Caller=PLACER))
    assert (statuses[201], statuses[409]) == (1, THREADS - 1), statuses
    assert (len(referral.story()), records(referral)) == (2, ["requested"])


def test_sent_in_transactions(crowded: Server) -> None:
    referral = Referral(crowded.client())
    bundle = referral.bundle()
    bundle["entry"][0]["request"]["ifNoneExist"] = f"identifier=urn:test:referral|R{referral.number}"
    statuses = race(crowded, lambda client, _: client.send("POST", "", bundle, X_Caller=PLACER))
    assert (statuses[200], statuses[409]) == (1, THREADS - 1), statuses
    assert (len(referral.story()), records(referral)) == (2, ["requested"])


def test_one_wish_under_many_numbers(crowded: Server) -> None:
    referral = Referral(crowded.client())

    def act(client: Client, number: int) -> Reply:
        request = referral.written(
            requisition={"system": "urn:test:requisition", "value": f"{number}-{referral.number}"}
        )
        request["identifier"] = [{**request["identifier"][0], "value": f"{number}-{referral.number}"}]
        return client.send("POST", "ServiceRequest", request, X_Caller=PLACER)

    statuses = race(crowded, act)
    assert (statuses[201], statuses[409]) == (1, THREADS - 1), statuses
    found = referral.client.get(f"/ServiceRequest?subject={referral.ids['Patient']}&_summary=count").resource
    assert found["total"] == 1


def test_requests_of_one_requisition(crowded: Server) -> None:
    """Each is another wish: all are taken, and there is one group task."""
    referral = Referral(crowded.client())

    def act(client: Client, number: int) -> Reply:
        specialty = {"coding": [{"system": "urn:test", "code": str(number)}]}
        request = referral.written(performerType=specialty)
        request["identifier"] = [{**request["identifier"][0], "value": f"{number}-{referral.number}"}]
        return client.send("POST", "ServiceRequest", request, X_Caller=PLACER)

    assert race(crowded, act) == {201: THREADS}
    assert len(referral.tasks) == THREADS
    assert {each["partOf"][0]["reference"] for each in referral.tasks} == {f"Task/{referral.group['id']}"}


def test_routed_again(crowded: Server) -> None:
    referral = Referral(crowded.client()).reach("rejected")
    old = referral.task
    kept = ("resourceType", "intent", "groupIdentifier", "focus", "for", "requester", "authoredOn", "partOf")
    new: dict[str, Any] = {name: old[name] for name in kept}
    new |= {"status": "requested", "owner": {"reference": LEAD_SURGERY}}
    statuses = race(crowded, lambda client, _: client.send("POST", "Task", new, X_Caller=DISPATCHER))
    assert (statuses[201], statuses[409]) == (1, THREADS - 1), statuses
    assert [task["status"] for task in referral.tasks] == ["rejected", "requested"]


def test_booked(crowded: Server) -> None:
    referral = Referral(crowded.client()).send()
    appointment = {
        "resourceType": "Appointment",
        "status": "booked",
        "basedOn": [{"reference": referral.ids["ServiceRequest"]}],
        **PERIOD,
        "participant": [{"actor": {"reference": referral.ids["Patient"]}, "status": "accepted"}],
    }
    statuses = race(crowded, lambda client, _: client.send("POST", "Appointment", appointment, X_Caller=OWNER))
    assert (statuses[201], statuses[409]) == (1, THREADS - 1), statuses
    assert appointments(referral) == ["booked"]
