"""HealthcareService/$nearest and CP-NEAREST, through the door."""

from __future__ import annotations

from typing import Any

import pytest

from tests.exchange.conftest import example
from tests.support.client import Client

CODES = "https://medgroup.example.org/fhir/CodeSystem"


def nearest(client: Client, query: str) -> list[tuple[str, float]]:
    reply = client.get(f"/HealthcareService/$nearest?{query}")
    assert reply.status == 200, reply.body.decode()
    found = reply.resource.get("entry", [])
    matches = [each for each in found if each["search"]["mode"] == "match"]
    assert reply.resource["total"] == len(matches)
    locations = {each["resource"]["id"] for each in found if each["search"]["mode"] == "include"}
    for each in matches:
        named = {row["reference"].removeprefix("Location/") for row in each["resource"]["location"]}
        assert named & locations
    return [(each["resource"]["id"], each["search"]["extension"][0]["valueDistance"]["value"]) for each in matches]


HERE = "code=chest-pain-centre&lat=36.07&lng=120.38"


def test_the_nearest_first_whatever_the_group(group: Client) -> None:
    found = nearest(group, HERE)
    assert [id for id, _ in found] == ["demo-lead-chest-pain", "demo-outside-chest-pain"]
    assert found[0][1] == pytest.approx(5.01, abs=0.02)
    assert nearest(group, f"{HERE}&count=1") == found[:1]
    assert [id for id, _ in nearest(group, "code=chest-pain-centre&lat=36.2&lng=120.5&count=1")] == [
        "demo-outside-chest-pain"
    ]
    # the other side of the world sees them too
    assert len(nearest(group, "code=chest-pain-centre&lat=-36&lng=-60")) == 2


def put(client: Client, resource: dict[str, Any]) -> None:
    reply = client.put(f"/{resource['resourceType']}/{resource['id']}", resource)
    assert reply.status in (200, 201), reply.body.decode()


@pytest.mark.parametrize(
    "change",
    [
        {"active": False},
        {"characteristic": []},
        {"availableTime": [{"daysOfWeek": ["sun"], "allDay": True}]},
        {"notAvailable": [{"description": "检修", "during": {"start": "2025-03-10", "end": "2025-03-11"}}]},
    ],
)
def test_what_is_closed_or_not_accredited_is_left_out(group: Client, change: dict[str, Any]) -> None:
    service = {**example("HealthcareService-demo-lead-chest-pain"), **change}
    put(group, {name: value for name, value in service.items() if value != []})
    found = nearest(group, f"{HERE}&at=2025-03-10T09:00:00%2B08:00")
    assert [id for id, _ in found] == ["demo-outside-chest-pain"]


def test_a_place_or_an_organisation_that_is_closed(group: Client) -> None:
    put(group, {**example("Location-demo-lead-campus"), "status": "suspended"})
    assert [id for id, _ in nearest(group, HERE)] == ["demo-outside-chest-pain"]
    put(group, {**example("Organization-demo-outside"), "active": False})
    assert nearest(group, HERE) == []


@pytest.mark.parametrize(
    "query",
    [
        "lat=36.07&lng=120.38",
        "code=chest-pain-centre&lat=36.07",
        "code=chest-pain-centre&lat=96.07&lng=120.38",
        "code=chest-pain-centre&lat=x&lng=120.38",
        "code=chest-pain-centre&lat=NaN&lng=120.38",
        f"{HERE}&count=0",
        f"{HERE}&at=yesterday",
        f"{HERE}&near=1",
    ],
)
def test_wrong_calls(client: Client, query: str) -> None:
    assert client.get(f"/HealthcareService/$nearest?{query}").status == 400


@pytest.mark.parametrize(
    ("name", "value"), [("valueInteger", "many"), ("valueDecimal", {}), ("valueDateTime", 5), ("valueCode", [])]
)
def test_wrong_values(client: Client, name: str, value: Any) -> None:
    rows = [
        {"name": "code", "valueCode": "chest-pain-centre"},
        {"name": "lat", "valueDecimal": 36.07},
        {"name": "lng", "valueDecimal": 120.38},
        {"name": "at", "valueDateTime": "2025-03-10T09:00:00+08:00"},
        {"name": "count", "valueInteger": 1},
    ]
    for row in rows:
        if name in row:
            row[name] = value
    reply = client.post("/HealthcareService/$nearest", {"resourceType": "Parameters", "parameter": rows})
    assert reply.status in (200, 400), reply.body.decode()
    assert reply.status == 400 or name == "valueCode"


def test_it_can_be_posted(group: Client) -> None:
    rows = [
        {"name": "code", "valueCode": "chest-pain-centre"},
        {"name": "lat", "valueDecimal": 36.07},
        {"name": "lng", "valueDecimal": 120.38},
        {"name": "at", "valueDateTime": "2025-03-10T09:00:00+08:00"},
    ]
    reply = group.post("/HealthcareService/$nearest", {"resourceType": "Parameters", "parameter": rows})
    assert (reply.status, reply.resource["total"]) == (200, 2)


# -- CP-NEAREST


def warnings(client: Client, resource: dict[str, Any]) -> list[str]:
    reply = client.post("/ServiceRequest", resource, prefer="return=OperationOutcome")
    assert reply.status == 201, reply.body.decode()
    return [each for each in reply.keys if each == "CP-NEAREST"]


def emergency(performer: str, number: int, **more: Any) -> dict[str, Any]:
    request = example("ServiceRequest-demo-referral-emergency")
    for name in ("id", "supportingInfo", "encounter"):
        request.pop(name, None)
    request["identifier"][0]["value"] = f"N{number}"
    request["requisition"]["value"] = f"N{number}"
    return {**request, "performer": [{"reference": performer}], **more}


def test_a_farther_centre_needs_a_reason(group: Client) -> None:
    put(group, example("Encounter-demo-emergency-visit"))
    seen = {"encounter": {"reference": "Encounter/demo-emergency-visit"}}
    far, near = "HealthcareService/demo-outside-chest-pain", "HealthcareService/demo-lead-chest-pain"
    assert warnings(group, emergency(near, 1, **seen)) == []
    note = {"note": [{"text": "市中心医院导管室占用"}]}
    choice = {
        "extension": [
            {
                "url": "https://medgroup.example.org/fhir/StructureDefinition/external-choice",
                "valueCodeableConcept": {"coding": [{"system": f"{CODES}/external-choice", "code": "emergency"}]},
            }
        ]
    }
    none: dict[str, Any] = {}
    for number, more, expected in ((2, note, []), (3, choice, []), (4, none, ["CP-NEAREST"])):
        put(group, {**example("Patient-demo-zhang"), "id": f"p{number}", "identifier": [{"value": str(number)}]})
        subject = {"subject": {"reference": f"Patient/p{number}"}}
        visit = {**example("Encounter-demo-emergency-visit"), "id": f"e{number}", **subject}
        visit.pop("extension")
        put(group, visit)
        sent = emergency(far, number, encounter={"reference": f"Encounter/e{number}"}, **subject, **more)
        assert warnings(group, sent) == expected
