"""A patient's record, a document of it and the latest values, over HTTP."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from tests.support.client import Client

VITAL_SIGNS = "http://terminology.hl7.org/CodeSystem/observation-category"


@pytest.fixture
def patient(client: Client) -> str:
    """The id of a patient with a stay, twelve temperatures taken by a nurse, and a summary."""
    id = str(uuid4())
    subject = {"subject": {"reference": f"Patient/{id}"}}
    resources: list[dict[str, Any]] = [
        {"resourceType": "Patient", "id": id},
        {"resourceType": "Practitioner", "id": f"n-{id[:8]}"},
        {"resourceType": "Encounter", "id": id, "status": "in-progress", "class": {"code": "IMP"}, **subject},
        *(
            {
                "resourceType": "Observation",
                "id": f"t{day}-{id[:8]}",
                "status": "final",
                "category": [{"coding": [{"system": VITAL_SIGNS, "code": "vital-signs"}]}],
                "code": {"coding": [{"system": "http://loinc.org", "code": "8310-5"}]},
                **subject,
                "encounter": {"reference": f"Encounter/{id}"},
                "effectiveDateTime": f"2025-03-{day:02}T08:00:00+08:00",
                "performer": [{"reference": f"Practitioner/n-{id[:8]}"}],
            }
            for day in range(1, 13)
        ),
        {
            "resourceType": "Composition",
            "id": id,
            "status": "final",
            "type": {"text": "Summary"},
            **subject,
            "date": "2025-03-12",
            "author": [{"reference": f"Practitioner/n-{id[:8]}"}],
            "title": "Summary",
            "section": [{"title": "Temperature", "entry": [{"reference": f"Observation/t12-{id[:8]}"}]}],
        },
    ]
    for resource in resources:
        assert client.put(f"/{resource['resourceType']}/{resource['id']}", resource).status == 201
    return id


def types(bundle: dict[str, Any]) -> list[str]:
    return [entry["resource"]["resourceType"] for entry in bundle["entry"]]


def next_of(client: Client, bundle: dict[str, Any]) -> str | None:
    urls = [link["url"] for link in bundle["link"] if link["relation"] == "next"]
    return f"/{urls[0].partition('/fhir/')[2]}" if urls else None


@pytest.mark.parametrize(("type", "total"), [("Patient", 15), ("Encounter", 13)])
def test_a_record_page_by_page(client: Client, patient: str, type: str, total: int) -> None:
    path: str | None = f"/{type}/{patient}/$everything?_count=4"
    found = []
    while path is not None:
        answer = client.get(path)
        assert answer.status == 200, answer.body
        page = answer.resource["entry"]
        found += [entry["fullUrl"] for entry in page if entry["search"]["mode"] == "match"]
        path = next_of(client, answer.resource)
    assert found[0].endswith(f"{type}/{patient}")
    assert len(found) == len(set(found)) == total


def test_a_document_of_it_is_kept(client: Client, patient: str) -> None:
    made = client.get(f"/Composition/{patient}/$document").resource
    assert types(made)[0] == "Composition"
    assert sorted(types(made)[1:]) == ["Encounter", "Observation", "Patient", "Practitioner"]
    persist = {"resourceType": "Parameters", "parameter": [{"name": "persist", "valueBoolean": True}]}
    answer = client.post(f"/Composition/{patient}/$document", persist)
    assert (answer.status, answer.resource["type"]) == (200, "document")
    assert client.get(f"/Bundle/{answer.resource['id']}").resource == answer.resource


def test_the_latest_temperatures(client: Client, patient: str) -> None:
    bundle = client.get(f"/Observation/$lastn?patient={patient}&category=vital-signs&max=3").resource
    days = [entry["resource"]["effectiveDateTime"][8:10] for entry in bundle["entry"]]
    assert days == ["12", "11", "10"]


def test_the_capability_statement_states_them(client: Client) -> None:
    rows = client.get("/metadata").resource["rest"][0]["resource"]
    stated = {row["type"]: {each["definition"].rpartition("/")[2] for each in row["operation"]} for row in rows}
    for definition in ("Patient-everything", "Encounter-everything", "Composition-document", "Observation-lastn"):
        assert [type for type, known in stated.items() if definition in known] == [definition.partition("-")[0]]
