"""Article 001, the southern district: an alliance of legal persons, its dispatch centre, its catalogue of diseases."""

from __future__ import annotations

import pytest

from tests.journeys.exchange.vendor import (
    GUIDE,
    ICD,
    Caller,
    Group,
    Referral,
    Resource,
    business,
    concept,
    criterion,
    refusals,
)
from tests.support.client import Client

pytestmark = pytest.mark.slow

HYPERTENSION = "I10.x00x002"


def test_an_alliance_of_legal_persons(client: Client) -> None:
    """One lead hospital at any time, one tight group for each member, and what has ended does not count."""
    group, other = Group(client), Group(client)
    assert "identifier" not in group.admin.read(f"Organization/{group.tag}")
    second = group.put_all(group.affiliation("district", "lead"))
    assert (second.status, refusals(second)) == (409, {"GOV-LEAD"})
    none = group.admin.send("DELETE", f"/OrganizationAffiliation/{group.id('lead-lead')}")
    assert (none.status, refusals(none)) == (409, {"GOV-LEAD"})
    handed_over = [
        group.affiliation("lead", "lead", period={"start": "2023-07-01", "end": "2025-12-31"}),
        group.affiliation("district", "lead", period={"start": "2026-01-01"}),
    ]
    group.write(*handed_over)

    theirs = {"organization": {"reference": f"Organization/{other.tag}"}, "id": other.id("theirs")}
    double = other.put_all({**group.affiliation("centre", "member"), **theirs})
    assert (double.status, refusals(double)) == (409, {"GOV-DOUBLE"})
    other.write({**group.affiliation("centre", "member"), **theirs, "code": [concept("affiliation-role", "partner")]})
    of_group = f"OrganizationAffiliation?primary-organization=Organization/{group.tag}&active=true"
    members = group.admin.found(f"{of_group}&_include=OrganizationAffiliation:participating-organization")
    assert {each["id"] for each in members if each["resourceType"] == "Organization"} == {
        group.id(key) for key in ("lead", "district", "centre", "station")
    }


def test_the_dispatch_centre_finds_a_bed(client: Client) -> None:
    """Nobody is named: the centre asks one hospital, which has no bed, and another one, which takes the patient."""
    group = Group(client)
    referral = Referral(group).sent()
    assert business(referral.task) == "awaiting-dispatch"
    worklist = f"Task?owner={group.at('dispatch')}&business-status=awaiting-dispatch&_sort=authored-on"
    assert [each["id"] for each in group.dispatcher.found(worklist)] == [referral.task["id"]]

    strangers = (group.doctor("centre"), group.office("lead"), group.body("lead"), Group(client).dispatcher)
    for caller in strangers:
        refused = caller.dispatch(referral.task, group.at("district-surgery"))
        assert (refused.status, refusals(refused)) == (403, {"REF-OWNER"}), caller
    unknown = Caller(client, "PractitionerRole/nobody").dispatch(referral.task, group.at("district-surgery"))
    assert unknown.status == 401
    answer = group.office("lead").move(referral.task, "accepted")
    assert (answer.status, "REF-OWNER" in refusals(answer)) == (403, True)

    for unfit in (group.at("family"), group.at("nowhere"), "Organization/demo-outside", "Organization/demo-merged"):
        refused = group.dispatcher.dispatch(referral.task, unfit)
        assert (refused.status, refusals(refused)) == (422, {"REF-CAPABILITY"}), unfit
    named = group.dispatcher.dispatch(referral.task, group.at("family")).body.decode()
    assert group.at("district-surgery") in named

    key = f"dispatch-{referral.number}"
    for _ in range(2):
        reply = group.dispatcher.dispatch(referral.task, group.at("district-surgery"), "近", Idempotency_Key=key)
        assert (reply.status, business(reply.resource)) == (200, "dispatched")
    reason = concept("status-reason", "no-capacity")
    group.office("district").moved(referral.task, "rejected", statusReason=reason)
    assert group.admin.read(referral.id)["status"] == "active"

    kept = ("resourceType", "intent", "groupIdentifier", "partOf", "focus", "for", "requester", "authoredOn")
    once_more: Resource = {name: referral.task[name] for name in kept}
    once_more |= {"status": "requested", "owner": {"reference": group.at("lead-surgery")}}
    group.dispatcher.create(once_more)
    assert [each["status"] for each in referral.tasks] == ["rejected", "requested"]
    assert group.office("lead").moved(referral.task, "accepted")["status"] == "accepted"
    assert referral.whole["status"] == "accepted"
    assert referral.activities() == ["requested", "dispatched", "rejected", "requested", "accepted"]


def test_two_requests_of_one_requisition(client: Client) -> None:
    """A surgeon and a physician are asked together: one group task, which is as far as the slower of the two."""
    group = Group(client)
    group.write(group.service("medicine", "lead", "outpatient", specialty="03"))
    one = Referral(group, to=group.at("district-surgery")).sent()
    two = Referral(
        group,
        to=group.at("medicine"),
        service="outpatient",
        specialty="03",
        patient=one.patient,
        requisition=one.number,
    ).sent()
    assert {each["focus"]["reference"] for each in one.tasks} == {one.id, two.id}
    surgery, medicine = (next(t for t in one.tasks if t["focus"]["reference"] == each.id) for each in (one, two))
    group.office("district").moved(surgery, "accepted")
    assert one.whole["status"] == "requested"
    group.office("lead").moved(medicine, "received")
    assert one.whole["status"] == "received"
    whole = one.whole
    by_hand = group.doctor("centre").move(whole, "completed")
    assert (by_hand.status, refusals(by_hand)) == (409, {"REF-STATE"})
    stranger = Referral(group, to=group.at("district-surgery"), requisition=one.number).post()
    assert (stranger.status, refusals(stranger)) == (409, {"REF-DUP"})
    of_another = (one.patient, one.id, one.whole["id"], surgery["id"])
    assert not any(each in stranger.body.decode() for each in of_another)


def catalogue(group: Group) -> Resource:
    """What the lead hospital leaves to others, as in the guide's example demo-disease-class."""
    return {
        "resourceType": "ConceptMap",
        "id": group.id("catalogue"),
        "url": f"{GUIDE}/ConceptMap/{group.id('catalogue')}",
        "status": "active",
        "useContext": [
            {
                "code": {"system": "http://terminology.hl7.org/CodeSystem/usage-context-type", "code": "venue"},
                "valueReference": {"reference": f"Organization/{group.id('lead')}"},
            }
        ],
        "targetCanonical": f"{GUIDE}/ValueSet/disease-class",
        "group": [
            {
                "source": ICD,
                "target": f"{GUIDE}/CodeSystem/disease-class",
                "element": [{"code": HYPERTENSION, "target": [{"code": "controlled", "equivalence": "relatedto"}]}],
            }
        ],
    }


def test_a_disease_the_lead_hospital_leaves_to_others(client: Client) -> None:
    """Controlled diseases: the sender is told who takes them; an exemption is recorded, so that they are counted."""
    group = Group(client)
    group.write(catalogue(group))
    told: dict[str, str] = {"Prefer": "return=OperationOutcome"}
    wanted: Resource = {"to": group.at("lead-surgery"), "disease": HYPERTENSION}
    warned = Referral(group, **wanted).post(**told)
    assert (warned.status, refusals(warned)) == (201, {"CAT-RESTRICTED"})
    assert group.id("district") in warned.body.decode()
    up = criterion("up-criterion", "not-available")
    exempt = criterion("catalogue-exemption", "severe-comorbidity", "合并心力衰竭")
    quiet = Referral(group, why=(up, exempt), **wanted).post(**told)
    assert (quiet.status, refusals(quiet)) == (201, set())
    assert refusals(Referral(group, to=group.at("lead-surgery")).post(**told)) == set()

    office = group.office("lead")
    visit = Referral(group).visit("IMP", "in-progress", HYPERTENSION)
    visit["serviceProvider"] = {"reference": f"Organization/{group.id('lead')}"}
    warned = office.send("POST", "/Encounter", visit, **told)
    assert (warned.status, refusals(warned)) == (201, {"CAT-RESTRICTED"})
    visit["reasonCode"].append(concept("catalogue-exemption", "teaching", "示教病例"))
    admitted = office.send("POST", "/Encounter", visit)
    assert admitted.status == 201
    counted = office.found(f"Provenance?_tag=catalogue-override&target=Encounter/{admitted.resource['id']}")
    assert [each["activity"]["coding"][0]["code"] for each in counted] == ["catalogue-override"]
