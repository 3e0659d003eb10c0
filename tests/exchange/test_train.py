"""The direct train: an acceptance books or plans, a cancellation releases, and nobody books a second time."""

from __future__ import annotations

from typing import Any

import pytest

from tests.exchange.referrals import LEAD, OWNER, PLACER, REASON, RECEIVER, Referral, Resource, output, sent
from tests.support.client import Client, Reply

PERIOD = {"start": "2025-03-12T08:00:00+08:00", "end": "2025-03-12T08:30:00+08:00"}


def business(task: Resource) -> str:
    code: str = task["businessStatus"]["coding"][0]["code"]
    return code


def kept(referral: Referral, type: str) -> list[Resource]:
    """The appointments or encounters based on a referral."""
    found = referral.client.get(f"/{type}?based-on={referral.ids['ServiceRequest']}").resource
    return [entry["resource"] for entry in found.get("entry", ())]


def appointment(referral: Referral, status: str = "proposed", **more: Any) -> Resource:
    return {
        "resourceType": "Appointment",
        "status": status,
        "basedOn": [{"reference": referral.ids["ServiceRequest"]}],
        **PERIOD,
        "participant": [{"actor": {"reference": referral.ids["Patient"]}, "status": "accepted"}],
        **more,
    }


def book(referral: Referral, status: str = "proposed", caller: str = PLACER, **more: Any) -> Reply:
    return referral.client.request("POST", "/Appointment", appointment(referral, status, **more), sent(caller))


def test_an_acceptance_with_a_time_books(group: Client) -> None:
    referral = Referral(group).send()
    task = referral.move(OWNER, "accepted", output=[output("appointment", valuePeriod=PERIOD)])
    assert business(task) == "booked"
    (made,) = kept(referral, "Appointment")
    assert task["output"][0]["valueReference"] == {"reference": f"Appointment/{made['id']}"}
    assert (made["status"], made["start"], made["end"]) == ("booked", PERIOD["start"], PERIOD["end"])
    assert [each["actor"]["reference"] for each in made["participant"]] == [referral.ids["Patient"], RECEIVER]


def test_what_was_left_open_is_promised_later(group: Client) -> None:
    referral = Referral(group).send()
    assert "end" in referral.move(OWNER, "accepted")["restriction"]["period"]
    reply = referral.put(OWNER, output=[output("appointment", valuePeriod=PERIOD)])
    assert reply.status == 200, reply.body.decode()
    (made,) = kept(referral, "Appointment")
    assert reply.resource["output"][0]["valueReference"] == {"reference": f"Appointment/{made['id']}"}
    assert (made["status"], business(reply.resource)) == ("booked", "booked")
    assert "restriction" not in reply.resource
    unfit = referral.put(OWNER, output=[*reply.resource["output"], output("appointment", valueString="soon")])
    assert (unfit.status, unfit.keys) == (422, ["REF-STATE"])


def test_an_acceptance_with_a_day_plans_a_stay(group: Client) -> None:
    referral = Referral(group).send()
    promise = output("encounter", valuePeriod={"start": "2025-03-12"})
    task = referral.move(OWNER, "accepted", output=[promise])
    assert business(task) == "bed-reserved"
    (made,) = kept(referral, "Encounter")
    assert task["output"][0]["valueReference"] == {"reference": f"Encounter/{made['id']}"}
    assert (made["status"], made["class"]["code"]) == ("planned", "PRENC")
    assert made["serviceProvider"] == {"reference": "Organization/demo-district"}
    assert made["hospitalization"]["origin"] == {"reference": "Organization/demo-chc"}
    assert made["hospitalization"]["admitSource"]["coding"][0]["code"] == "3"


def test_an_acceptance_confirms_what_was_proposed(group: Client) -> None:
    referral = Referral(group).send()
    proposed = book(referral).resource
    task = referral.move(OWNER, "accepted")
    assert business(task) == "booked"
    assert task["output"][0]["valueReference"] == {"reference": f"Appointment/{proposed['id']}"}
    assert [each["status"] for each in kept(referral, "Appointment")] == ["booked"]


def test_an_acceptance_names_what_it_confirms(group: Client) -> None:
    referral = Referral(group).send()
    proposed = book(referral).resource
    name = {"reference": f"Appointment/{proposed['id']}"}
    task = referral.move(OWNER, "accepted", output=[output("appointment", valueReference=name)])
    assert (business(task), kept(referral, "Appointment")[0]["status"]) == ("booked", "booked")


def test_an_acceptance_brings_its_appointment_along(group: Client) -> None:
    referral = Referral(group).send()
    task = referral.task
    entries = [
        {"resource": appointment(referral, "booked"), "request": {"method": "POST", "url": "Appointment"}},
        {
            "resource": {**task, "status": "accepted"},
            "request": {"method": "PUT", "url": f"Task/{task['id']}", "ifMatch": 'W/"1"'},
        },
    ]
    bundle = {"resourceType": "Bundle", "type": "transaction", "entry": entries}
    reply = group.request("POST", "", bundle, sent(OWNER))
    assert reply.status == 200, reply.body.decode()
    assert business(referral.task) == "booked"
    (made,) = kept(referral, "Appointment")
    assert referral.task["output"][0]["valueReference"] == {"reference": f"Appointment/{made['id']}"}


@pytest.mark.parametrize(
    "promise",
    [
        output("appointment", valuePeriod={"start": "2025-03-12"}),
        output("appointment", valueReference={"reference": "Appointment/nowhere"}),
        output("encounter", valueReference={"reference": "Encounter/demo-visit"}),
        output("encounter", valueString="soon"),
    ],
)
def test_a_promise_that_cannot_be_kept(group: Client, promise: Resource) -> None:
    referral = Referral(group).send()
    reply = referral.put(OWNER, status="accepted", output=[promise])
    assert (reply.status, reply.keys) == (422, ["REF-STATE"])
    assert referral.task["status"] == "requested"


def test_others_do_not_promise(group: Client) -> None:
    referral = Referral(group).send()
    reply = referral.put(LEAD, status="accepted", output=[output("appointment", valuePeriod=PERIOD)])
    assert reply.status == 403
    assert kept(referral, "Appointment") == []


@pytest.mark.parametrize("by", ["task", "request"])
def test_a_cancellation_releases(group: Client, by: str) -> None:
    referral = Referral(group).send()
    promises = [
        output("appointment", valuePeriod=PERIOD),
        output("encounter", valuePeriod={"start": "2025-03-13"}),
    ]
    referral.move(OWNER, "accepted", output=promises)
    if by == "task":
        referral.move(PLACER, "cancelled")
    else:
        revoked = {**referral.read("ServiceRequest"), "status": "revoked"}
        assert group.request("PUT", f"/{referral.ids['ServiceRequest']}", revoked, sent(PLACER)).status == 200
    assert [each["status"] for each in kept(referral, "Appointment")] == ["cancelled"]
    assert [each["status"] for each in kept(referral, "Encounter")] == ["cancelled"]


def test_what_took_place_is_not_released(group: Client) -> None:
    referral = Referral(group).send()
    book(referral, "fulfilled")
    referral.move(PLACER, "cancelled")
    assert [each["status"] for each in kept(referral, "Appointment")] == ["fulfilled"]


def test_a_refusal_books_nothing(group: Client) -> None:
    referral = Referral(group).send()
    book(referral)
    referral.move(OWNER, "rejected", statusReason=REASON)
    assert [each["status"] for each in kept(referral, "Appointment")] == ["cancelled"]


def test_a_second_appointment_is_refused(group: Client) -> None:
    referral = Referral(group).send()
    first = book(referral, "booked").resource
    reply = book(referral, "booked", OWNER)
    assert (reply.status, reply.keys) == (409, ["REF-REPEAT"])
    assert f"Appointment/{first['id']}" in reply.body.decode()
    follow_up = {
        "coding": [{"system": "http://terminology.hl7.org/CodeSystem/v2-0276", "code": "FOLLOWUP"}],
    }
    assert book(referral, "booked", OWNER, appointmentType=follow_up).status == 201
    reply = referral.put(OWNER, status="accepted", output=[output("appointment", valuePeriod=PERIOD)])
    assert (reply.status, reply.keys) == (409, ["REF-REPEAT"])
    cancelled = {**first, "status": "cancelled"}
    assert group.request("PUT", f"/Appointment/{first['id']}", cancelled, sent(OWNER)).status == 200
    assert book(referral, "booked", OWNER).status == 201


def test_a_second_appointment_of_the_requisition_is_refused(group: Client) -> None:
    referral = Referral(group).send()
    other = referral.written(code={"coding": [{"code": "x"}]}, performerType=None, performer=None)
    other["identifier"] = [{**other["identifier"][0], "value": f"S{referral.number}"}]
    reply = group.request("POST", "/ServiceRequest", other, sent(PLACER))
    assert reply.status == 201, reply.body.decode()
    assert book(referral, "booked").status == 201
    elsewhere = [{"reference": f"ServiceRequest/{reply.resource['id']}"}]
    reply = book(referral, "booked", basedOn=elsewhere)
    assert (reply.status, reply.keys) == (409, ["REF-REPEAT"])


def test_appointments_of_others_are_none_of_this(group: Client) -> None:
    plain = {**appointment(Referral(group).send(), "booked")}
    del plain["basedOn"]
    for _ in range(2):
        assert group.request("POST", "/Appointment", plain, sent(OWNER)).status == 201
