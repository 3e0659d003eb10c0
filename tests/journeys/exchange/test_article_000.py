"""Article 000, Qingdao: co-managed wards, a private branch, a chain, the direct train, feature clinics, and home."""

from __future__ import annotations

import pytest

from tests.journeys.exchange.vendor import (
    DESIGNATED,
    Caller,
    Group,
    Referral,
    Resource,
    business,
    concept,
    criterion,
    later,
    output,
    refusals,
)
from tests.support.client import Client

pytestmark = pytest.mark.slow

STABLE = criterion("down-criterion", "stable")


def test_a_varicose_vein_in_the_co_managed_ward(client: Client) -> None:
    """Mrs Liu: seen at the community centre, admitted to the district hospital the same day, home with a summary."""
    group = Group(client)
    found = group.admin.found("HealthcareService?service-type=inpatient&specialty=04&active=true")
    assert group.id("district-surgery") in {each["id"] for each in found}
    referral = Referral(group, to=group.at("district-surgery")).sent()
    office, placer = group.office("district"), group.doctor("centre")
    inbox = (
        f"Task?owner={group.at('district-surgery')}&status=requested&_include=Task:focus&_sort=-priority,authored-on"
    )
    assert [each["resourceType"] for each in office.found(inbox)] == ["Task", "ServiceRequest"]
    task = referral.task
    assert (task["partOf"][0]["reference"], task["owner"]["reference"]) == (
        f"Task/{referral.whole['id']}",
        group.at("district-surgery"),
    )

    today = later(client, hours=2)
    accepted = office.moved(task, "accepted", output=[output("encounter", valuePeriod={"start": today})])
    assert business(accepted) == "bed-reserved"
    planned = office.read(accepted["output"][0]["valueReference"]["reference"])
    assert (planned["status"], planned["class"]["code"]) == ("planned", "PRENC")
    assert planned["basedOn"] == [{"reference": referral.id}]
    assert planned["hospitalization"]["origin"]["reference"] == f"Organization/{group.id('centre')}"
    assert planned["hospitalization"]["admitSource"]["coding"][0]["code"] == "3"

    early = office.move(task, "in-progress")
    assert (early.status, refusals(early)) == (422, {"REF-STATE"})
    stay = {**planned, "status": "in-progress", "class": {**planned["class"], "code": "IMP"}}
    assert office.put(stay).status == 200
    assert business(office.moved(task, "in-progress")) == "admitted"
    too_late = placer.move(task, "cancelled")
    assert (too_late.status, refusals(too_late)) == (409, {"REF-STATE"})

    untold = office.move(task, "completed")
    assert (untold.status, refusals(untold)) == (422, {"REF-FEEDBACK"})
    held = office.read(f"Task/{task['id']}")["output"]
    summary = referral.feedback(office, f"Encounter/{planned['id']}")
    done = office.moved(task, "completed", output=[*held, summary])
    assert business(done) == "feedback-sent"
    assert placer.read(referral.id)["status"] == "completed"
    assert referral.whole["status"] == "completed"
    assert referral.activities() == ["requested", "accepted", "in-progress", "completed"]


def test_straight_from_the_private_branch_to_a_bed(client: Client) -> None:
    """The direct train: no second booking, registration or visit; what is accepted is there with the answer."""
    group = Group(client)
    group.member("branch", 2, "branch", type=[concept("tier", "2"), concept("ownership", "for-profit")])
    referral = Referral(group, by="branch", to=group.at("lead-surgery")).sent()
    slot = {"start": later(client, days=1), "end": later(client, days=1, hours=1)}
    task = group.office("lead").moved(referral.task, "accepted", output=[output("appointment", valuePeriod=slot)])
    assert business(task) == "booked"
    appointment = group.office("branch").read(task["output"][0]["valueReference"]["reference"])
    assert (appointment["status"], appointment["start"]) == ("booked", slot["start"])

    again = {name: value for name, value in appointment.items() if name not in ("id", "meta")}
    second = group.office("lead").send("POST", "/Appointment", again)
    assert (second.status, refusals(second)) == (409, {"REF-REPEAT"})

    group.doctor("branch").moved(task, "cancelled", businessStatus=concept("business-status", "patient-declined"))
    assert group.admin.read(f"Appointment/{appointment['id']}")["status"] == "cancelled"
    assert group.admin.read(referral.id)["status"] == "revoked"
    assert business(referral.task) == "patient-declined"


def test_a_chain_works_by_the_same_rules(client: Client) -> None:
    """A chain of centres and stations below its head office; insurance pays where an institution is designated."""
    group = Group(client)
    profit = [concept("tier", "1"), concept("ownership", "for-profit")]
    group.member("chain", 1, type=profit)
    group.write(
        group.organization("chain-north", 1, partOf="chain"), group.organization("chain-stop", 0, partOf="chain-north")
    )
    below = group.admin.found(f"Organization?partof:below=Organization/{group.id('chain')}")
    assert {each["id"] for each in below} == {group.id("chain-north"), group.id("chain-stop")}

    group.write(group.service("acupuncture", "chain", "outpatient", specialty="50"))
    patient = group.patient()
    paid = group.admin.create(
        {
            "resourceType": "Coverage",
            "status": "active",
            "beneficiary": {"reference": patient},
            "payor": [{"reference": f"Organization/{group.id('lead')}"}],
        }
    )
    wanted: Resource = {
        "to": group.at("acupuncture"),
        "direction": "lateral",
        "service": "outpatient",
        "specialty": "50",
        "why": (),
        "patient": patient,
        "insurance": [{"reference": paid}],
    }
    refused = Referral(group, **wanted).post()
    assert (refused.status, refusals(refused)) == (422, {"FEE-NOTDESIGNATED"})
    code = {"system": DESIGNATED, "value": "H37020009999"}
    group.write(group.organization("chain", 1, type=profit, identifier=[code]))
    Referral(group, **wanted).sent()


def test_dispatch_minds_who_pays(client: Client) -> None:
    """An institution that insurance cannot pay does not get the request from the dispatch centre either."""
    group = Group(client)
    group.member("branch", 2, type=[concept("tier", "2"), concept("ownership", "for-profit")])
    group.write(group.service("branch-surgery", "branch", "inpatient", specialty="04"))
    patient = group.patient()
    paid = group.admin.create(
        {
            "resourceType": "Coverage",
            "status": "active",
            "beneficiary": {"reference": patient},
            "payor": [{"reference": f"Organization/{group.id('lead')}"}],
        }
    )
    referral = Referral(group, patient=patient, insurance=[{"reference": paid}]).sent()
    refused = group.dispatcher.dispatch(referral.task, group.at("branch-surgery"))
    assert (refused.status, refusals(refused)) == (422, {"FEE-NOTDESIGNATED"})
    assert group.dispatcher.dispatch(referral.task, group.at("district-surgery")).status == 200


def test_a_feature_clinic_next_door(client: Client) -> None:
    """One centre, one speciality: found by its characteristic, asked sideways."""
    group = Group(client)
    group.member("other", 1)
    feature = {"characteristic": [concept("service-characteristic", "feature-clinic")]}
    group.write(group.service("pain", "other", "outpatient", specialty="50", **feature))
    found = group.admin.found("HealthcareService?characteristic=feature-clinic&_count=500")
    assert group.id("pain") in {each["id"] for each in found}
    wanted: Resource = {"to": group.at("pain"), "service": "outpatient", "specialty": "50"}
    up = Referral(group, **wanted).post()
    assert (up.status, refusals(up)) == (422, {"REF-DIRECTION"})
    referral = Referral(group, direction="lateral", why=(), **wanted).sent()
    assert group.office("other").moved(referral.task, "received")["status"] == "received"


def test_home_again_with_a_plan(client: Client) -> None:
    """Stable after the operation: the hospital hands over to the family doctor, who is named in the plan."""
    group = Group(client)
    wanted: Resource = {
        "by": "district",
        "to": group.at("family"),
        "direction": "down",
        "service": "follow-up",
        "specialty": None,
    }
    planless = Referral(group, why=(STABLE,), **wanted).post()
    assert (planless.status, refusals(planless)) == (422, {"REF-DOWNPLAN"})
    unfit = Referral(group, why=(criterion("up-criterion", "not-available"),), **wanted).post()
    assert (unfit.status, "REF-CRITERION" in refusals(unfit)) == (422, True)

    referral = Referral(group, why=(STABLE,), **wanted)
    plan = referral.placer.create(
        {
            "resourceType": "CarePlan",
            "status": "active",
            "intent": "plan",
            "subject": referral.subject,
            "activity": [
                {
                    "detail": {
                        "kind": "Appointment",
                        "code": concept("service-type", "follow-up"),
                        "status": "scheduled",
                        "performer": [{"reference": group.doctor("centre").name}],
                    }
                }
            ],
        }
    )
    referral.request["supportingInfo"].append({"reference": plan})
    referral.sent()
    task = group.doctor("centre").moved(referral.task, "received")
    assert group.doctor("centre").moved(task, "accepted")["status"] == "accepted"
    stranger = Caller(client, "Organization/demo-private").move(
        task, "on-hold", statusReason=concept("status-reason", "waiting")
    )
    assert (stranger.status, refusals(stranger)) == (403, {"REF-OWNER"})
