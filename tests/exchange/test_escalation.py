"""Nobody answers: back to dispatch, then to the lead hospital; in an emergency the next nearest is asked too."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from threading import Thread
from typing import Any

import pytest

from fhirserver.exchange import escalation
from fhirserver.exchange.governor import ExchangeGovernor
from fhirserver.exchange.packs import Pack, Packs, Setting
from fhirserver.exchange.table import EFFECTS, RULES
from fhirserver.interactions.context import Context
from tests.exchange.conftest import example
from tests.exchange.referrals import (
    DISPATCH,
    LEAD,
    OWNER,
    REASON,
    RECEIVER,
    Referral,
    concept,
    output,
    sent,
)
from tests.support.client import Client
from tests.support.whole import client_of


class Time:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = datetime.fromisoformat("2025-03-10T09:00:00+08:00")

    def __call__(self) -> datetime:
        return self.now

    def on(self, **by: float) -> None:
        self.now += timedelta(**by)


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def timed(whole: Context, time: Time) -> Context:
    return replace(whole, now=time)


@pytest.fixture
def members(timed: Context) -> Client:
    """A client of a server with the demo group, whose clock is `time`."""
    client = client_of(timed)
    assert client.post("", example("Bundle-demo-setup")).status == 200
    return client


def look(context: Context) -> int:
    assert isinstance(context.governor, ExchangeGovernor)
    return escalation.Watch(context, context.governor.packs).look()


def told(task: dict[str, Any]) -> tuple[str, str, str | None]:
    """Owner, status and businessStatus."""
    business = task.get("businessStatus", {"coding": [{"code": None}]})["coding"][0]["code"]
    return task["owner"]["reference"], task["status"], business


@pytest.mark.parametrize(
    ("priority", "minutes"), [("stat", 10), ("urgent", 120), ("asap", 24 * 60), ("routine", 72 * 60)]
)
def test_an_answer_is_due_by_priority(members: Client, timed: Context, time: Time, priority: str, minutes: int) -> None:
    referral = Referral(members).send(priority=priority)
    period = referral.task["restriction"]["period"]
    span = datetime.fromisoformat(period["end"]) - datetime.fromisoformat(period["start"])
    assert span == timedelta(minutes=minutes)
    time.on(minutes=minutes - 1)
    assert look(timed) == 0
    time.on(minutes=1, seconds=1)
    assert look(timed) == 1


def test_back_to_dispatch_then_to_the_lead_hospital(members: Client, timed: Context, time: Time) -> None:
    referral = Referral(members).send()
    time.on(hours=73)
    assert look(timed) == 1
    assert told(referral.task) == (DISPATCH, "requested", "timed-out")
    due = datetime.fromisoformat(referral.task["restriction"]["period"]["end"])
    assert due == time() + timedelta(hours=72)
    assert look(timed) == 0
    assert referral.put(OWNER, status="accepted").status == 403
    time.on(hours=73)
    assert look(timed) == 1
    assert told(referral.task) == ("Organization/demo-lead", "requested", "timed-out")
    time.on(hours=73)
    assert look(timed) == 1
    assert told(referral.task) == ("Organization/demo-lead", "requested", "timed-out")
    time.on(hours=730)
    assert look(timed) == 0
    found = [each for each in referral.story("_revinclude=Provenance:target") if each["resourceType"] == "Provenance"]
    codes = [each["activity"]["coding"][0]["code"] for each in sorted(found, key=lambda each: each["recorded"])]
    assert codes == ["requested", "timed-out", "timed-out", "timed-out"]
    assert referral.move(LEAD, "accepted")["status"] == "accepted"


def test_tasks_of_other_work_do_not_stand_in_the_way(members: Client, timed: Context, time: Time) -> None:
    other = {
        "resourceType": "Task",
        "status": "requested",
        "intent": "order",
        "groupIdentifier": {"system": "urn:test:other", "value": "1"},
        "focus": {"reference": "ServiceRequest/other"},
        "restriction": {"period": {"end": "2025-03-01"}},
    }
    plain = {"resourceType": "ServiceRequest", "id": "other", "status": "active", "intent": "order"}
    assert members.put("/ServiceRequest/other", {**plain, "subject": {"reference": "Patient/demo-liu"}}).status == 201
    entries = [{"resource": other, "request": {"method": "POST", "url": "Task"}} for _ in range(150)]
    assert members.post("", {"resourceType": "Bundle", "type": "transaction", "entry": entries}).status == 200
    referral = Referral(members).send()
    time.on(hours=73)
    assert look(timed) == 1
    assert told(referral.task) == (DISPATCH, "requested", "timed-out")


def test_received_is_not_answered(members: Client, timed: Context, time: Time) -> None:
    referral = Referral(members).reach("received")
    time.on(hours=73)
    assert look(timed) == 1
    assert told(referral.task) == (DISPATCH, "requested", "timed-out")
    assert referral.group["status"] == "requested"


@pytest.mark.parametrize("status", ["draft", "rejected", "cancelled", "in-progress", "on-hold", "completed"])
def test_what_is_answered_is_left_alone(members: Client, timed: Context, time: Time, status: str) -> None:
    referral = Referral(members).reach(status)
    version = referral.tasks[-1]["meta"]["versionId"]
    time.on(days=300)
    assert look(timed) == 0
    assert referral.tasks[-1]["meta"]["versionId"] == version


def test_accepted_without_a_place(members: Client, timed: Context, time: Time) -> None:
    referral = Referral(members).reach("accepted")
    time.on(hours=23)
    assert look(timed) == 0
    time.on(hours=2)
    assert look(timed) == 1
    assert told(referral.task) == (RECEIVER, "accepted", "timed-out")
    assert "restriction" not in referral.task
    time.on(days=30)
    assert look(timed) == 0
    referral.arrive()
    assert referral.move(OWNER, "in-progress")["status"] == "in-progress"


@pytest.mark.parametrize("when", ["with the answer", "before it", "later"])
def test_accepted_with_a_place(members: Client, timed: Context, time: Time, when: str) -> None:
    period = {"start": "2025-03-12T08:00:00+08:00", "end": "2025-03-12T08:30:00+08:00"}
    referral = Referral(members).send()
    appointment = {
        "resourceType": "Appointment",
        "status": "proposed" if when == "before it" else "booked",
        "basedOn": [{"reference": referral.ids["ServiceRequest"]}],
        **period,
        "participant": [{"actor": {"reference": referral.ids["Patient"]}, "status": "accepted"}],
    }
    if when == "before it":
        assert members.post("/Appointment", appointment).status == 201
    promise = [output("appointment", valuePeriod=period)] if when == "with the answer" else []
    referral.move(OWNER, "accepted", **({"output": promise} if promise else {}))
    if when == "later":
        assert "restriction" in referral.task
        assert members.post("/Appointment", appointment).status == 201
    assert told(referral.task) == (RECEIVER, "accepted", "booked")
    time.on(days=30)
    assert look(timed) == 0
    (kept,) = members.get(f"/Appointment?based-on={referral.ids['ServiceRequest']}").resource["entry"]
    missed = {**kept["resource"], "status": "noshow"}
    assert members.put(f"/Appointment/{missed['id']}", missed).status == 200
    assert told(referral.task) == (RECEIVER, "accepted", "no-show")


def test_a_pause_stops_the_clock(members: Client, timed: Context, time: Time) -> None:
    referral = Referral(members).reach("accepted")
    time.on(hours=20)
    referral.move(OWNER, "on-hold", statusReason=REASON)
    time.on(days=30)
    assert look(timed) == 0
    period = referral.move(OWNER, "accepted")["restriction"]["period"]
    assert datetime.fromisoformat(period["end"]) == time() + timedelta(hours=24)


def test_many_act_once(members: Client, timed: Context, time: Time) -> None:
    referrals = [Referral(members).send() for _ in range(3)]
    time.on(hours=73)
    assert isinstance(timed.governor, ExchangeGovernor)
    watches = [escalation.Watch(timed, timed.governor.packs) for _ in range(8)]
    threads = [Thread(target=watch.look) for watch in watches]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for referral in referrals:
        story = referral.story("_revinclude=Provenance:target")
        late = [
            each
            for each in story
            if each["resourceType"] == "Provenance" and each["activity"]["coding"][0]["code"] == "timed-out"
        ]
        assert len(late) == 1
        assert told(referral.task) == (DISPATCH, "requested", "timed-out")


def emergency(client: Client) -> Referral:
    """An emergency of the district hospital, sent to the lead hospital's chest pain centre."""
    return Referral(client).send(
        "PractitionerRole/demo-district-office-role",
        direction="emergency",
        code=concept("service-type", "chest-pain-centre"),
        performer=[{"reference": "HealthcareService/demo-lead-chest-pain"}],
        performerType=concept("specialty", "03.04"),
        requester={"reference": "PractitionerRole/demo-district-office-role"},
    )


def test_in_an_emergency_the_next_nearest_is_asked_too(members: Client, timed: Context, time: Time) -> None:
    referral = emergency(members)
    time.on(minutes=11)
    assert look(timed) == 1
    assert sorted(told(task) for task in referral.tasks) == [
        ("HealthcareService/demo-lead-chest-pain", "requested", "timed-out"),
        ("HealthcareService/demo-outside-chest-pain", "requested", None),
    ]
    second = next(task for task in referral.tasks if "outside" in task["owner"]["reference"])
    reply = referral.put("Organization/demo-outside", second, status="accepted")
    assert reply.status == 200, reply.body.decode()
    assert sorted(told(task)[1] for task in referral.tasks) == ["accepted", "cancelled"]
    assert referral.group["status"] == "accepted"
    assert referral.read("ServiceRequest")["status"] == "active"


def test_in_an_emergency_who_has_received_it_keeps_it(members: Client, timed: Context, time: Time) -> None:
    referral = emergency(members)
    assert "restriction" not in referral.move(LEAD, "received")
    time.on(hours=5)
    assert look(timed) == 0


def test_in_an_emergency_when_all_have_been_asked(members: Client, timed: Context, time: Time) -> None:
    referral = emergency(members)
    for _ in range(5):
        time.on(minutes=11)
        look(timed)
    assert len(referral.tasks) == 2
    owners = {told(task)[0] for task in referral.tasks}
    assert owners == {"HealthcareService/demo-lead-chest-pain", "Organization/demo-lead"}


def test_dispatch_starts_the_clock_again(members: Client, timed: Context, time: Time) -> None:
    referral = Referral(members).send(performer=None)
    time.on(hours=60)
    task = referral.task
    reply = members.request(
        "PUT",
        f"/Task/{task['id']}",
        {**task, "owner": {"reference": "HealthcareService/demo-lead-surgery"}},
        sent("PractitionerRole/demo-dispatcher-role", "1"),
    )
    assert reply.status == 200, reply.body.decode()
    time.on(hours=60)
    assert look(timed) == 0
    assert referral.move(LEAD, "rejected", statusReason=REASON)["status"] == "rejected"


def test_a_group_sets_its_own_time(whole: Context, time: Time) -> None:
    minutes = Setting(parameters={"minutes": {"stat": 5}})
    pack = Pack("own", "1", "x", group="Organization/demo-group", rules={"REF-TIME": minutes})
    timed = replace(whole, now=time, governor=ExchangeGovernor(RULES, EFFECTS, Packs([pack])))
    members = client_of(timed)
    assert members.post("", example("Bundle-demo-setup")).status == 200
    urgent, other = Referral(members).send(priority="stat"), Referral(members).send()
    time.on(minutes=6)
    assert look(timed) == 1
    assert told(urgent.task) == (DISPATCH, "requested", "timed-out")
    assert told(other.task) == (RECEIVER, "requested", None)


def test_a_group_without_time_limits(whole: Context, time: Time) -> None:
    pack = Pack("own", "1", "x", group="Organization/demo-group", rules={"REF-TIME": Setting("off")})
    timed = replace(whole, now=time, governor=ExchangeGovernor(RULES, EFFECTS, Packs([pack])))
    members = client_of(timed)
    assert members.post("", example("Bundle-demo-setup")).status == 200
    referral = Referral(members).send()
    time.on(days=30)
    look(timed)
    assert look(timed) == 0
    assert told(referral.task) == (RECEIVER, "requested", None)
