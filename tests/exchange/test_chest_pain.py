"""The order of the chest pain timeline: the pure check, and through the door."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

import pytest

from fhirserver.exchange.chest_pain import ORDERS, TIMES, misplaced, moments
from tests.support.client import Client

ZONE = ZoneInfo("Asia/Shanghai")


def timeline(**times: str) -> dict[str, Any]:
    """A timeline; names with underscores for dashes, times of day."""
    components = [
        {
            "code": {"coding": [{"system": TIMES, "code": name.replace("_", "-")}]},
            **(
                {"valueDateTime": f"2025-03-11T{time}+08:00"}
                if time
                else {"dataAbsentReason": {"coding": [{"code": "unknown"}]}}
            ),
        }
        for name, time in times.items()
    ]
    return {
        "resourceType": "Observation",
        "status": "preliminary",
        "code": {"coding": [{"system": TIMES, "code": "chest-pain-timeline"}]},
        "component": components,
    }


def wrong(**times: str) -> list[tuple[str, str]]:
    known = moments(timeline(**times), ZONE)
    return [(late.code, early.code) for late, early in misplaced(known, ORDERS)]


@pytest.mark.parametrize(
    ("times", "expected"),
    [
        ({"onset": "01:00:00", "first_medical_contact": "02:00:00", "first_ecg": "02:05:00"}, []),
        ({"first_ecg": "02:05:00", "onset": "01:00:00"}, []),
        ({"onset": "01:00:00", "first_ecg": "01:00:00"}, []),
        ({"onset": "02:00:00", "first_medical_contact": "01:00:00"}, [("first-medical-contact", "onset")]),
        ({"onset": "02:00:00", "first_medical_contact": "", "first_ecg": "01:00:00"}, [("first-ecg", "onset")]),
        ({"door_in": "03:00:00", "wire_crossing": "02:00:00"}, [("wire-crossing", "door-in")]),
        ({"door_in": "03:00:00", "cath_lab_activation": "02:30:00", "wire_crossing": "03:40:00"}, []),
        ({"cath_lab_activation": "04:00:00", "wire_crossing": "03:40:00"}, [("wire-crossing", "cath-lab-activation")]),
        (
            {"onset": "05:00:00", "first_medical_contact": "02:00:00", "first_ecg": "02:10:00"},
            [("first-medical-contact", "onset"), ("first-ecg", "onset")],
        ),
        ({}, []),
    ],
)
def test_what_must_not_come_before_what(times: dict[str, str], expected: list[tuple[str, str]]) -> None:
    assert wrong(**times) == expected


def test_a_day_contradicts_no_hour_within_it() -> None:
    observation = timeline(onset="02:00:00", first_medical_contact="03:00:00")
    observation["component"][1]["valueDateTime"] = "2025-03-11"
    assert list(misplaced(moments(observation, ZONE), ORDERS)) == []


def test_a_timeline_that_runs_backwards_is_refused(client: Client) -> None:
    reply = client.post("/Observation", timeline(onset="02:00:00", door_in="01:00:00"))
    assert (reply.status, reply.keys) == (422, ["CP-ORDER"])
    assert reply.resource["issue"][0]["expression"] == ["Observation.component[1].value"]
    assert client.post("/Observation", timeline(onset="02:00:00", door_in="")).status == 201
    created = client.post("/Observation", timeline(onset="02:00:00", door_in="03:00:00")).resource
    created["component"][1]["valueDateTime"] = "2025-03-11T01:00:00+08:00"
    assert client.put(f"/Observation/{created['id']}", created).status == 422
    assert client.put(f"/Observation/{created['id']}", {**created, "status": "entered-in-error"}).status == 200
