"""$lastn, on each database."""

from __future__ import annotations

from typing import Any

import pytest

from fhirserver.validation import Validator
from tests.support.client import Client

VITAL = [{"coding": [{"system": "urn:c", "code": "vital"}]}]


def observation(id: str, codes: str, when: str | None, *, patient: str = "p", vital: bool = True) -> dict[str, Any]:
    """An observation with some codes of one system, or with a text that begins with an equals sign."""
    coded = {"text": codes[1:]} if codes[0] == "=" else {"coding": [{"system": "urn:s", "code": c} for c in codes]}
    return {
        "resourceType": "Observation",
        "id": id,
        "status": "final",
        **({"category": VITAL} if vital else {}),
        "code": coded,
        "subject": {"reference": f"Patient/{patient}"},
        **({"effectiveDateTime": when} if when else {}),
    }


@pytest.fixture
def stored(client: Client) -> Client:
    for patient in ("p", "q"):
        assert client.put(f"/Patient/{patient}", {"resourceType": "Patient", "id": patient}).status == 201
    for each in (
        observation("a1", "a", "2024-01-01"),
        observation("a2", "a", "2024-01-02"),
        observation("a3", "a", "2024-01-03"),
        observation("tie", "a", "2024-01-02"),
        observation("b1", "b", "2024-01-05"),
        observation("b2", "bc", "2024-01-04"),
        observation("c1", "c", "2024-01-06"),
        observation("t1", "=Text", "2024-01-01"),
        observation("t2", "=text", "2024-01-01"),
        observation("n1", "n", None),
        observation("lab", "a", "2024-02-01", vital=False),
        observation("q1", "a", "2024-02-01", patient="q"),
    ):
        assert client.put(f"/Observation/{each['id']}", each).status == 201
    return client


def ids(client: Client, query: str) -> list[str]:
    answer = client.get(f"/Observation/$lastn?{query}")
    assert answer.status == 200, answer.body
    bundle = answer.resource
    assert [issue.text() for issue in Validator().check(bundle) if issue.severity == "error"] == []
    found = [entry["resource"]["id"] for entry in bundle.get("entry", ())]
    assert bundle["total"] == len(found)
    return found


def test_the_latest_of_each_code_newest_first(stored: Client) -> None:
    found = ids(stored, "patient=p&category=vital")
    # b and c are one code, because b2 says so
    assert found[:2] == ["c1", "a3"] and set(found[2:4]) == {"t1", "t2"} and found[4:] == ["n1"]


def test_max_and_ties(stored: Client) -> None:
    assert ids(stored, "subject=Patient/p&code=urn:s|a&category=vital&max=1") == ["a3"]
    found = ids(stored, "subject=Patient/p&code=urn:s|a&category=vital&max=2")
    assert found[0] == "a3" and set(found[1:]) == {"a2", "tie"}
    assert len(ids(stored, "patient=p&category=vital&code=a&max=9")) == 4


def test_nothing_is_an_empty_searchset(stored: Client) -> None:
    assert ids(stored, "patient=p&category=laboratory") == []


def test_by_post(stored: Client) -> None:
    rows = [
        {"name": "patient", "valueString": "Patient/p"},
        {"name": "category", "valueString": "vital"},
        {"name": "code", "valueString": "a"},
        {"name": "max", "valuePositiveInt": 1},
    ]
    answer = stored.post("/Observation/$lastn", {"resourceType": "Parameters", "parameter": rows})
    assert [entry["resource"]["id"] for entry in answer.resource["entry"]] == ["a3"]
    wrong = {"resourceType": "Parameters", "parameter": [{"name": "patient", "valueBoolean": True}]}
    assert stored.post("/Observation/$lastn", wrong).status == 400
    assert stored.post("/Observation/$lastn", {"resourceType": "Patient"}).status == 400


@pytest.mark.parametrize(
    "query",
    [
        "category=vital",
        "patient=p",
        "patient=p&category=vital&max=0",
        "patient=p&category=vital&max=x",
        "patient=p&category=vital&max=1&max=2",
        "patient=p&category=vital&_count=5",
        "patient=p&category=vital&_include=*",
        "patient=p&category=vital&colour=red",
    ],
)
def test_wrong_parameters(stored: Client, query: str) -> None:
    assert stored.get(f"/Observation/$lastn?{query}").status == 400
