"""$everything of Patient and Encounter, on each database."""

from __future__ import annotations

from typing import Any

import pytest

from fhirserver.validation import Validator
from tests.support.client import Client

RECORD: list[dict[str, Any]] = [
    {"resourceType": "Organization", "id": "group", "name": "Group"},
    {
        "resourceType": "Organization",
        "id": "hospital",
        "name": "Hospital",
        "partOf": {"reference": "Organization/group"},
    },
    {"resourceType": "Practitioner", "id": "li"},
    {
        "resourceType": "PractitionerRole",
        "id": "surgeon",
        "practitioner": {"reference": "Practitioner/li"},
        "organization": {"reference": "Organization/hospital"},
    },
    {"resourceType": "Location", "id": "ward"},
    {"resourceType": "Medication", "id": "drug"},
    {"resourceType": "Patient", "id": "wang", "managingOrganization": {"reference": "Organization/hospital"}},
    {"resourceType": "Patient", "id": "other"},
    {
        "resourceType": "Encounter",
        "id": "stay",
        "status": "finished",
        "class": {"code": "IMP"},
        "subject": {"reference": "Patient/wang"},
        "period": {"start": "2024-03-01", "end": "2024-03-10"},
        "location": [{"location": {"reference": "Location/ward"}}],
        "diagnosis": [{"condition": {"reference": "Condition/pain"}}],
    },
    {
        "resourceType": "Condition",
        "id": "pain",
        "subject": {"reference": "Patient/wang"},
        "onsetDateTime": "2020-05-01",
    },
    *(
        {
            "resourceType": "Observation",
            "id": f"o{number}",
            "status": "final",
            "code": {"text": "x"},
            "subject": {"reference": "Patient/wang"},
            "encounter": {"reference": "Encounter/stay"},
            "performer": [{"reference": "PractitionerRole/surgeon"}],
            "effectiveDateTime": f"2024-03-{number:02}",
        }
        for number in range(1, 8)
    ),
    {
        "resourceType": "MedicationRequest",
        "id": "m",
        "status": "active",
        "intent": "order",
        "subject": {"reference": "Patient/wang"},
        "medicationReference": {"reference": "Medication/drug"},
        "authoredOn": "2024-06-01",
    },
    {"resourceType": "Binary", "id": "scan", "contentType": "text/plain", "data": "eA=="},
    {
        "resourceType": "DocumentReference",
        "id": "d",
        "status": "current",
        "subject": {"reference": "Patient/wang"},
        "content": [{"attachment": {"url": "Binary/scan"}}],
    },
    {
        "resourceType": "Group",
        "id": "g",
        "type": "person",
        "actual": True,
        "member": [{"entity": {"reference": "Patient/wang"}}, {"entity": {"reference": "Patient/other"}}],
    },
    {
        "resourceType": "Observation",
        "id": "foreign",
        "status": "final",
        "code": {"text": "x"},
        "subject": {"reference": "Patient/other"},
        "performer": [{"reference": "Practitioner/li"}],
    },
]
MATCHES = {f"Observation/o{number}" for number in range(1, 8)} | {
    "Patient/wang",
    "Encounter/stay",
    "Condition/pain",
    "MedicationRequest/m",
    "DocumentReference/d",
    "Group/g",
}
BROUGHT = {
    "Organization/hospital",
    "Organization/group",
    "PractitionerRole/surgeon",
    "Practitioner/li",
    "Location/ward",
    "Medication/drug",
    "Binary/scan",
}


@pytest.fixture
def record(client: Client) -> Client:
    for resource in RECORD:
        assert client.put(f"/{resource['resourceType']}/{resource['id']}", resource).status == 201
    return client


def names(bundle: dict[str, Any], mode: str) -> list[str]:
    found = [entry for entry in bundle.get("entry", ()) if entry["search"]["mode"] == mode]
    return [f"{entry['resource']['resourceType']}/{entry['resource']['id']}" for entry in found]


def get(client: Client, path: str) -> dict[str, Any]:
    answer = client.get(path)
    assert answer.status == 200, answer.body
    bundle: dict[str, Any] = answer.resource
    assert [issue.text() for issue in Validator().check(bundle) if issue.severity == "error"] == []
    assert bundle["type"] == "searchset"
    return bundle


def relative(bundle: dict[str, Any], relation: str) -> str | None:
    urls = [link["url"] for link in bundle["link"] if link["relation"] == relation]
    return urls[0].removeprefix("http://fhir.example.org/fhir") if urls else None


def test_a_whole_record_is_one_bundle_with_the_patient_first(record: Client) -> None:
    bundle = get(record, "/Patient/wang/$everything")
    matches, included = names(bundle, "match"), names(bundle, "include")
    assert matches[0] == "Patient/wang"
    assert (set(matches), len(matches)) == (MATCHES, bundle["total"])
    assert (set(included), len(included)) == (BROUGHT, len(BROUGHT))
    assert relative(bundle, "next") is None


@pytest.mark.parametrize("count", [1, 2, 5])
def test_pages_hold_all_of_it_once(record: Client, count: int) -> None:
    path: str | None = f"/Patient/wang/$everything?_count={count}"
    matches: list[str] = []
    included: set[str] = set()
    while path is not None:
        bundle = get(record, path)
        page = names(bundle, "match")
        assert len(page) <= count
        matches += page
        included |= set(names(bundle, "include"))
        path = relative(bundle, "next")
    assert matches[0] == "Patient/wang"
    assert (set(matches), len(matches)) == (MATCHES, len(MATCHES))
    assert included == BROUGHT


def test_a_page_is_good_for_its_own_list(record: Client) -> None:
    next = relative(get(record, "/Patient/wang/$everything?_count=2"), "next")
    assert next is not None
    assert record.get(next.replace("wang", "other")).status == 400
    assert record.get(next + "x").status == 400
    assert record.get(next + "&start=2024-01-01").status == 400


def test_dates_are_those_of_care(record: Client) -> None:
    bundle = get(record, "/Patient/wang/$everything?start=2024-03-03&end=2024-03-04")
    dated = {name for name in names(bundle, "match") if not name.startswith(("Patient", "Group", "DocumentR"))}
    assert dated == {"Encounter/stay", "Observation/o3", "Observation/o4"}
    # what the stay refers to comes along
    assert "Condition/pain" in names(bundle, "include")
    assert {"Condition/pain"} <= set(names(get(record, "/Patient/wang/$everything?end=2020-12-31"), "match"))


def test_types_hold_for_all_that_is_returned(record: Client) -> None:
    bundle = get(record, "/Patient/wang/$everything?_type=Condition,MedicationRequest&_type=Encounter")
    assert set(names(bundle, "match")) == {"Condition/pain", "MedicationRequest/m", "Encounter/stay"}
    assert names(bundle, "include") == []
    bundle = get(record, "/Patient/wang/$everything?_type=Practitioner")
    assert (names(bundle, "match"), names(bundle, "include")) == ([], ["Practitioner/li"])


def test_since_is_of_the_record(record: Client) -> None:
    when = record.get("/MedicationRequest/m").resource["meta"]["lastUpdated"].replace("+", "%2B")
    bundle = get(record, f"/Patient/wang/$everything?_since={when}")
    assert set(names(bundle, "match")) == {"MedicationRequest/m", "DocumentReference/d", "Group/g"}
    assert set(names(bundle, "include")) == {"Medication/drug", "Binary/scan"}


def test_an_encounter(record: Client) -> None:
    bundle = get(record, "/Encounter/stay/$everything")
    matches = names(bundle, "match")
    assert matches[0] == "Encounter/stay"
    assert set(matches) == {"Encounter/stay"} | {f"Observation/o{number}" for number in range(1, 8)}
    assert set(names(bundle, "include")) == {
        "Patient/wang",
        "Condition/pain",
        "Location/ward",
        "PractitionerRole/surgeon",
        "Practitioner/li",
        "Organization/hospital",
        "Organization/group",
    }


def test_by_post(record: Client) -> None:
    rows = [{"name": "_type", "valueCode": "Observation"}, {"name": "_count", "valueInteger": 3}]
    answer = record.post("/Patient/wang/$everything", {"resourceType": "Parameters", "parameter": rows})
    assert answer.status == 200
    next = relative(answer.resource, "next")
    assert next is not None and len(names(get(record, next), "match")) == 3


@pytest.mark.parametrize(
    "query",
    ["_count=0", "_count=x", "_type=Cat", "start=yesterday", "_since=2024-13-01", "start=2024-02&end=2024-01", "x=1"],
)
def test_wrong_parameters(record: Client, query: str) -> None:
    assert record.get(f"/Patient/wang/$everything?{query}").status == 400


def test_what_is_not_there(record: Client) -> None:
    assert record.get("/Patient/nobody/$everything").status == 404
    assert record.get("/Encounter/stay/$everything?start=2024").status == 400


@pytest.mark.parametrize("count", [1, 2, 1000])
def test_the_records_of_all_patients_one_after_the_other(record: Client, count: int) -> None:
    found: list[str] = []
    url = f"/Patient/$everything?_count={count}"
    for _ in range(100):
        bundle = record.get(url).resource
        assert [issue for issue in Validator().check(bundle) if issue.severity == "error"] == []
        entries = [each for each in bundle.get("entry", ()) if each["search"]["mode"] == "match"]
        assert len(entries) <= count
        found += [f"{each['resource']['resourceType']}/{each['resource']['id']}" for each in entries]
        next = [link["url"] for link in bundle["link"] if link["relation"] == "next"]
        if not next:
            break
        url = next[0]
    own = {f"{type}/{id}" for id in ("wang", "other") for type, id in _members(record, id)}
    assert own <= set(found)  # a Group may be in the records of several


def test_patients_of_whom_there_is_nothing_to_show_are_passed_over(record: Client) -> None:
    bundle = record.get("/Patient/$everything?_type=Condition").resource
    assert [each["resource"]["id"] for each in bundle["entry"]] == ["pain"]


def _members(record: Client, id: str) -> list[tuple[str, str]]:
    entries = record.get(f"/Patient/{id}/$everything").resource["entry"]
    resources = [each["resource"] for each in entries if each["search"]["mode"] == "match"]
    return [(each["resourceType"], each["id"]) for each in resources]
