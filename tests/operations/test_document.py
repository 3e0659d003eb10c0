"""$document, on each database."""

from __future__ import annotations

from typing import Any

import pytest

from fhirserver.validation import Validator
from tests.support.client import Client
from tests.support.whole import BASE

COMPOSITION: dict[str, Any] = {
    "resourceType": "Composition",
    "id": "c",
    "status": "final",
    "type": {"text": "Discharge summary"},
    "subject": {"reference": "Patient/p"},
    "date": "2024-03-10",
    "author": [{"reference": "PractitionerRole/r"}],
    "title": "Discharge",
    "section": [{"title": "Results", "entry": [{"reference": "DiagnosticReport/d"}]}],
}
PARTS: list[dict[str, Any]] = [
    {"resourceType": "Patient", "id": "p"},
    {"resourceType": "Patient", "id": "other"},
    {"resourceType": "Practitioner", "id": "li"},
    {"resourceType": "PractitionerRole", "id": "r", "practitioner": {"reference": "Practitioner/li"}},
    {
        "resourceType": "Observation",
        "id": "o",
        "status": "final",
        "code": {"text": "x"},
        "subject": {"reference": "Patient/p"},
        "focus": [{"reference": "Patient/other"}],
    },
    {
        "resourceType": "Observation",
        "id": "own",
        "status": "final",
        "code": {"text": "x"},
        "subject": {"reference": "Patient/p"},
    },
    {
        "resourceType": "DiagnosticReport",
        "id": "d",
        "status": "final",
        "code": {"text": "y"},
        "subject": {"reference": "Patient/p"},
        "result": [{"reference": "Observation/own"}, {"reference": "Observation/o"}],
    },
]
WHOLE = {"Patient/p", "PractitionerRole/r", "Practitioner/li", "DiagnosticReport/d", "Observation/own", "Observation/o"}
PERSIST = {"resourceType": "Parameters", "parameter": [{"name": "persist", "valueBoolean": True}]}


@pytest.fixture
def stored(client: Client) -> Client:
    for each in (*PARTS, COMPOSITION):
        assert client.put(f"/{each['resourceType']}/{each['id']}", each).status == 201
    return client


def names(bundle: dict[str, Any]) -> list[str]:
    return [entry["fullUrl"].removeprefix(f"{BASE}/") for entry in bundle["entry"]]


def test_the_composition_first_and_all_it_refers_to(stored: Client) -> None:
    answer = stored.get("/Composition/c/$document")
    assert answer.status == 200, answer.body
    bundle = answer.resource
    assert [issue.text() for issue in Validator().check(bundle) if issue.severity == "error"] == []
    assert bundle["type"] == "document" and bundle["identifier"]["value"] and bundle["timestamp"]
    found = names(bundle)
    assert found[0] == "Composition/c"
    assert (set(found[1:]), len(found)) == (WHOLE, len(WHOLE) + 1)
    for path in ("/Composition/$document?id=c", f"/Composition/$document?id={BASE}/Composition/c"):
        assert names(stored.get(path).resource) == found


def test_persist_stores_it(stored: Client) -> None:
    answer = stored.post("/Composition/c/$document", PERSIST)
    assert answer.status == 200, answer.body
    location = answer.headers["Location"].removeprefix(BASE)
    kept = stored.get(location).resource
    assert kept == answer.resource and kept["id"] in location
    assert stored.get("/Bundle?composition=Composition/c&_summary=count").status == 200
    assert stored.get("/Composition/c/$document?persist=true").status == 400


def test_persist_can_be_tried_and_sent_again(stored: Client) -> None:
    assert stored.post("/Composition/c/$document", PERSIST, prefer="handling=dry-run").status == 200
    assert stored.get("/Bundle?_summary=count").resource["total"] == 0
    first, second = (stored.post("/Composition/c/$document", PERSIST, idempotency_key="k") for _ in "12")
    assert first.body == second.body and "Idempotency-Replayed" in second.headers
    assert stored.get("/Bundle?_summary=count").resource["total"] == 1


def test_what_is_lost_is_told(stored: Client) -> None:
    assert stored.delete("/Practitioner/li").status in (200, 204)
    assert "Practitioner/li" not in names(stored.get("/Composition/c/$document").resource)
    assert stored.delete("/DiagnosticReport/d").status in (200, 204)
    answer = stored.get("/Composition/c/$document")
    assert (answer.status, answer.keys) == (422, ["document-reference-lost"])
    assert "DiagnosticReport/d" in answer.resource["issue"][0]["diagnostics"]


def test_an_older_version_that_is_named(stored: Client) -> None:
    section = [{"title": "Results", "entry": [{"reference": "Observation/own/_history/1"}]}]
    assert stored.put("/Observation/own", {**PARTS[5], "status": "amended"}).status == 200
    assert stored.put("/Composition/c", {**COMPOSITION, "section": section}).status == 200
    entries = stored.get("/Composition/c/$document").resource["entry"]
    assert [entry["resource"]["status"] for entry in entries if entry["fullUrl"].endswith("own")] == ["final"]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/Composition/c/$document?id=c", 400),
        ("/Composition/$document", 400),
        ("/Composition/$document?id=http://elsewhere.example.org/Composition/c", 400),
        ("/Composition/$document?id=Patient/p", 400),
        ("/Composition/c/$document?persist=maybe", 400),
        ("/Composition/c/$document?graph=urn:g", 400),
        ("/Composition/nothing/$document", 404),
        ("/Composition/$document?id=nothing", 404),
    ],
)
def test_wrong_parameters(stored: Client, path: str, status: int) -> None:
    assert stored.get(path).status == status
