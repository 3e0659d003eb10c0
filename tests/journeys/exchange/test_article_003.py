"""Article 003: nobody is forced, the nearest chest pain centre wins, and minutes count."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from tests.journeys.exchange.vendor import (
    Caller,
    Group,
    Referral,
    Resource,
    business,
    concept,
    criterion,
    extension,
    forward,
    later,
    outside,
    refusals,
)
from tests.support.client import Client

pytestmark = pytest.mark.slow

EMERGENCY = criterion("up-criterion", "emergency")
ACUTE = "I21.900"


def test_the_patient_chooses_and_may_decline(client: Client) -> None:
    """Outside the group with a reason; the hospital there answers; who does not want to go does not go."""
    group, other = Group(client), Group(client)
    refused = Referral(group, to=other.at("lead-surgery")).post()
    assert (refused.status, refusals(refused)) == (422, {"REF-NOTMEMBER"})
    reasons = (criterion("up-criterion", "not-available"), outside("patient-choice"))
    referral = Referral(group, to=other.at("lead-surgery"), why=reasons).sent()
    for stranger in (group.office("lead"), other.office("district")):
        answer = stranger.move(referral.task, "accepted")
        assert (answer.status, refusals(answer)) == (403, {"REF-OWNER"})
    task = other.office("lead").moved(referral.task, "accepted")
    declined = {"businessStatus": concept("business-status", "patient-declined")}
    assert business(group.doctor("centre").moved(task, "cancelled", **declined)) == "patient-declined"
    assert group.admin.read(referral.id)["status"] == "revoked"
    again = group.doctor("centre").move(task, "requested")
    assert (again.status, refusals(again)) == (409, {"REF-STATE"})


# ---- chest pain ------------------------------------------------------------------------------------------------------


def chest_pain(group: Group, key: str, latitude: float, *, accredited: bool = True, **more: Any) -> list[Resource]:
    """A chest pain centre of the lead hospital at a place, far from those of all other tests."""
    campus = {
        "resourceType": "Location",
        "id": group.id(f"{key}-campus"),
        "status": "active",
        "position": {"longitude": 80.0, "latitude": latitude},
    }
    marks = [concept("service-characteristic", "accredited")] if accredited else []
    service = group.service(
        key, "lead", "chest-pain-centre", characteristic=marks, location=[{"reference": f"Location/{campus['id']}"}]
    )
    return [campus, {name: value for name, value in {**service, **more}.items() if value}]


def emergency(group: Group, to: str, here: float, **more: Any) -> Referral:
    """An emergency of the district hospital, whose campus is `here`, without consent and papers."""
    wanted: Resource = {"direction": "emergency", "service": "chest-pain-centre", "specialty": "03.04"}
    sent: Resource = {"by": "district", "why": (EMERGENCY,), "disease": ACUTE, "priority": "stat", **wanted, **more}
    referral = Referral(group, to=to, **sent)
    referral.request["extension"] = [EMERGENCY]
    del referral.request["supportingInfo"]
    campus = {
        "resourceType": "Location",
        "id": group.id("district-campus"),
        "managingOrganization": {"reference": f"Organization/{group.id('district')}"},
        "position": {"longitude": 80.0, "latitude": here},
    }
    group.write({**campus, "status": "active"})
    return referral


def test_the_nearest_chest_pain_centre(client: Client) -> None:
    """Whatever its group, if it is accredited and open now."""
    group, other = Group(client), Group(client)
    here = 10.0 + int(uuid4().hex[:4], 16) / 2000
    closed = {"notAvailable": [{"description": "装修", "during": {"start": "2025-01-01", "end": "2035-12-31"}}]}
    group.write(*chest_pain(group, "far", here + 0.3), *chest_pain(group, "closed", here + 0.01, **closed))
    group.write(*chest_pain(group, "unaccredited", here + 0.02, accredited=False))
    other.write(*chest_pain(other, "near", here + 0.1))
    query = f"HealthcareService/$nearest?code=chest-pain-centre&lat={here}&lng=80&count=2"
    found = client.get(f"/{query}").resource["entry"]
    services = [entry for entry in found if entry["search"]["mode"] == "match"]
    assert [entry["resource"]["id"] for entry in services] == [other.id("near"), group.id("far")]
    distances = [entry["search"]["extension"][0]["valueDistance"] for entry in services]
    assert [(round(each["value"]), each["unit"]) for each in distances] == [(11, "km"), (33, "km")]

    told: dict[str, str] = {"Prefer": "return=OperationOutcome"}
    farther = emergency(group, group.at("far"), here).post(**told)
    assert (farther.status, "CP-NEAREST" in refusals(farther)) == (201, True)
    reasoned = emergency(group, group.at("far"), here)
    reasoned.request["extension"].append(outside("capability"))
    assert "CP-NEAREST" not in refusals(reasoned.post(**told))
    nearest = emergency(group, other.at("near"), here).post(**told)
    assert (nearest.status, "CP-NEAREST" in refusals(nearest)) == (201, False)
    slow = emergency(group, other.at("near"), here, priority="urgent").post()
    assert slow.status == 422


def test_minutes_count(client: Client) -> None:
    """Ten minutes without an answer, and the next nearest is asked too; who accepts first has the patient."""
    group, other = Group(client), Group(client)
    here = 50.0 + int(uuid4().hex[:4], 16) / 4000
    group.write(*chest_pain(group, "near", here + 0.05))
    other.write(*chest_pain(other, "next", here + 0.06))
    referral = emergency(group, group.at("near"), here).sent()
    first = referral.task
    due = f"Task?due=lt{later(client, minutes=11)}&status=requested&owner={group.at('near')}".replace("+", "%2B")
    assert [each["id"] for each in group.office("lead").found(due)] == [first["id"]]
    forward(client, "min", 11)
    referral.wait("timed-out")
    assert {each["owner"]["reference"] for each in referral.tasks} == {group.at("near"), other.at("next")}
    second = next(each for each in referral.tasks if each["owner"]["reference"] == other.at("next"))
    other.office("lead").moved(second, "accepted")
    late = group.office("lead").move(first, "accepted")
    assert (late.status, refusals(late)) == (409, {"REF-STATE"})
    assert {each["status"] for each in referral.tasks} == {"accepted", "cancelled"}
    assert referral.whole["status"] == "accepted"

    consent = group.doctor("district").create(referral._consent())
    request = group.admin.read(referral.id)
    request["extension"].append(extension("referral-consent", valueReference={"reference": consent}))
    added = group.doctor("district").put(request)
    assert added.status == 200, added.body.decode()


def test_the_points_of_time_keep_their_order(client: Client) -> None:
    """From onset to the wire: out of order is refused, what nobody knows is left out."""
    group = Group(client)
    patient = group.patient()

    def send(**minutes: int) -> Any:
        component = [
            {
                "code": concept("chest-pain-time", name.replace("_", "-")),
                "valueDateTime": f"2025-03-10T02:{minute:02}:00+08:00",
            }
            for name, minute in minutes.items()
        ]
        timeline = {
            "resourceType": "Observation",
            "status": "preliminary",
            "code": concept("chest-pain-time", "chest-pain-timeline"),
            "subject": {"reference": patient},
            "component": component,
        }
        return group.office("district").send("POST", "/Observation", timeline)

    assert send(onset=0, first_medical_contact=10, first_ecg=16, diagnosis=20, door_out=40).status == 201
    assert send(onset=0, wire_crossing=59).status == 201
    for wrong in ({"onset": 20, "first_ecg": 16}, {"first_ecg": 16, "first_medical_contact": 18}):
        refused = send(**wrong)
        assert (refused.status, refusals(refused)) == (422, {"CP-ORDER"})


def test_who_may_not_call(client: Client) -> None:
    """A caller nobody knows is told so before anything else; a reader without a right to answer gets 403."""
    group = Group(client)
    referral = Referral(group, to=group.at("district-surgery")).sent()
    for unknown in ("PractitionerRole/nobody", "Organization/demo-merged", "Patient/demo-liu", "x"):
        assert Caller(client, unknown).move(referral.task, "accepted").status == 401
    bare = group.office("district").send("PUT", f"/Task/{referral.task['id']}", {**referral.task, "status": "received"})
    assert (bare.status, refusals(bare)) == (428, {"GEN-IFMATCH"})
    stale = group.office("district").send(
        "PUT", f"/Task/{referral.task['id']}", {**referral.task, "status": "received"}, If_Match='W/"7"'
    )
    assert stale.status == 412
