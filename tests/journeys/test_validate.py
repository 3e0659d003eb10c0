"""$validate and its neighbours over HTTP: verdicts, profiles on write, meta, conversion, snapshots."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from tests.support.client import Client


def profile(name: str) -> dict[str, Any]:
    """A profile of Patient with a required family name and a slice of identifiers."""
    return {
        "resourceType": "StructureDefinition",
        "url": f"http://example.org/fhir/StructureDefinition/{name}",
        "name": "Journey",
        "status": "active",
        "kind": "resource",
        "abstract": False,
        "type": "Patient",
        "baseDefinition": "http://hl7.org/fhir/StructureDefinition/Patient",
        "derivation": "constraint",
        "differential": {
            "element": [
                {
                    "id": "Patient.identifier",
                    "path": "Patient.identifier",
                    "slicing": {"discriminator": [{"type": "value", "path": "system"}], "rules": "open"},
                    "min": 1,
                },
                {
                    "id": "Patient.identifier:card",
                    "path": "Patient.identifier",
                    "sliceName": "card",
                    "min": 1,
                    "max": "1",
                },
                {
                    "id": "Patient.identifier:card.system",
                    "path": "Patient.identifier.system",
                    "min": 1,
                    "fixedUri": "urn:card",
                },
                {"id": "Patient.name", "path": "Patient.name", "min": 1},
            ]
        },
    }


GOOD = {
    "resourceType": "Patient",
    "identifier": [{"system": "urn:card", "value": "1"}],
    "name": [{"family": "王"}],
}


@pytest.fixture
def url(client: Client) -> str:
    definition = profile(f"p-{uuid4()}")
    assert client.post("/StructureDefinition", definition).status == 201
    return str(definition["url"])


def issues(client: Client, path: str, body: dict[str, Any] | None = None, **headers: str) -> list[dict[str, Any]]:
    answer = client.post(path, body, **headers) if body is not None else client.get(path, **headers)
    assert answer.status == 200, answer.body
    outcome = answer.resource
    assert outcome["resourceType"] == "OperationOutcome"
    found: list[dict[str, Any]] = outcome["issue"]
    return found


def keys(found: list[dict[str, Any]]) -> list[tuple[str, str, list[str]]]:
    return [(row["severity"], row["details"]["coding"][0]["code"], row.get("expression", [])) for row in found]


def test_all_is_well(client: Client) -> None:
    assert keys(issues(client, "/Patient/$validate", GOOD)) == [("information", "all-ok", [])]


def test_what_a_profile_asks_and_the_nearest_slice(client: Client, url: str) -> None:
    bad = {**GOOD, "identifier": [{"system": "urn:cart", "value": "1"}]}
    found = issues(client, f"/Patient/$validate?profile={url}", bad)
    assert keys(found) == [("error", "slice-missing-near", ["Patient"])]
    assert "“card”" in found[0]["diagnostics"] and "urn:cart" in found[0]["diagnostics"]
    chinese = issues(client, f"/Patient/$validate?profile={url}", bad, accept_language="zh")
    assert "最接近的是 Patient.identifier[0]" in chinese[0]["diagnostics"]


def test_parameters_with_resource_mode_and_profile(client: Client, url: str) -> None:
    parameters = [
        {"name": "resource", "resource": {**GOOD, "name": []}},
        {"name": "mode", "valueCode": "create"},
        {"name": "profile", "valueUri": url},
    ]
    found = issues(client, "/Patient/$validate", {"resourceType": "Parameters", "parameter": parameters})
    assert [key for _, key, _ in keys(found)] == ["empty-array", "profile-element-missing"]


def test_the_profile_a_resource_claims_is_asked_on_write(client: Client, url: str) -> None:
    claimed = {**GOOD, "meta": {"profile": [url]}}
    assert client.post("/Patient", claimed).status == 201
    refused = client.post("/Patient", {**claimed, "identifier": [{"value": "x"}]})
    assert refused.status == 422
    assert refused.resource["issue"][0]["details"]["coding"][0]["code"] == "slice-missing-near"


def test_an_unknown_profile_is_a_warning(client: Client) -> None:
    found = issues(client, "/Patient/$validate", {**GOOD, "meta": {"profile": ["http://example.org/nowhere"]}})
    assert keys(found) == [("warning", "profile-unknown", ["Patient.meta.profile"])]
    found = issues(client, "/Patient/$validate?profile=http://example.org/nowhere", GOOD)
    assert [row[:2] for row in keys(found)] == [("error", "profile-unknown")]


def test_an_instance_and_its_modes(client: Client) -> None:
    id = client.post("/Patient", GOOD).resource["id"]
    assert keys(issues(client, f"/Patient/{id}/$validate")) == [("information", "all-ok", [])]
    assert keys(issues(client, f"/Patient/{id}/$validate?mode=delete")) == [("information", "all-ok", [])]
    found = issues(client, f"/Patient/{id}/$validate?mode=update", {**GOOD, "id": "other"})
    assert keys(found) == [("error", "validate-id-disagrees", ["Patient.id"])]
    assert client.get("/Patient/nobody/$validate").status == 404
    assert client.get(f"/Patient/{id}/$validate?mode=destroy").status == 400


def test_meta_is_read_added_to_and_taken_from(client: Client) -> None:
    id = client.post("/Patient", GOOD).resource["id"]
    tag = {"system": "urn:t", "code": "a"}
    body = {"resourceType": "Parameters", "parameter": [{"name": "meta", "valueMeta": {"tag": [tag, tag]}}]}
    added = client.post(f"/Patient/{id}/$meta-add", body).resource["parameter"][0]["valueMeta"]
    assert added["tag"][0] == tag and added["versionId"] == "2"
    assert client.get(f"/Patient/{id}/$meta").resource["parameter"][0]["valueMeta"] == added
    removed = client.post(f"/Patient/{id}/$meta-delete", body).resource["parameter"][0]["valueMeta"]
    assert "tag" not in removed and removed["versionId"] == "3"


def test_conversion_and_snapshot(client: Client, url: str) -> None:
    xml = client.post("/$convert", GOOD, accept="application/fhir+xml")
    assert xml.status == 200 and b"<family value=" in xml.body
    made = client.get(f"/StructureDefinition/$snapshot?url={url}").resource
    assert "Patient.identifier:card.system" in {row["id"] for row in made["snapshot"]["element"]}


def test_the_capability_statement_states_them(client: Client) -> None:
    rest = client.get("/metadata").resource["rest"][0]
    patient = next(row for row in rest["resource"] if row["type"] == "Patient")
    assert {"validate", "meta", "meta-add", "meta-delete"} <= {row["name"] for row in patient["operation"]}
    assert {"convert"} <= {row["name"] for row in rest["operation"]}


def test_every_operation_has_a_definition_here(client: Client) -> None:
    rest = client.get("/metadata").resource["rest"][0]
    rows = [*rest["operation"], *(each for row in rest["resource"] for each in row.get("operation", ()))]
    assert any(row["name"] == "json-schema" for row in rows)
    for canonical in {row["definition"] for row in rows}:
        found = client.get(f"/OperationDefinition?url={canonical}").resource
        assert found["total"] == 1 and found["entry"][0]["resource"]["url"] == canonical
        id = found["entry"][0]["resource"]["id"]
        definition = client.get(f"/OperationDefinition/{id}").resource
        assert definition["url"] == canonical
        assert "error" not in {row["severity"] for row in issues(client, "/OperationDefinition/$validate", definition)}


def test_definitions_of_r4_and_of_the_guide_are_read_as_others_are(client: Client) -> None:
    assert client.get("/StructureDefinition/Patient").resource["type"] == "Patient"
    assert client.get("/ValueSet/administrative-gender?_summary=true").resource["meta"]["tag"]
    assert client.get("/CodeSystem/nowhere").status == 404
    guide = "https://medgroup.example.org/fhir/StructureDefinition/mg-referral"
    found = client.get(f"/StructureDefinition?url={guide}").resource
    assert [each["resource"]["url"] for each in found["entry"]] == [guide]
    assert "entry" not in client.get("/StructureDefinition?url=http://example.org/nowhere").resource


def test_an_operation_needs_no_body_when_all_is_in_the_url(client: Client) -> None:
    id = client.post("/Patient", GOOD).resource["id"]
    assert keys(issues(client, f"/Patient/{id}/$validate")) == [("information", "all-ok", [])]
    for headers in (
        {},
        {"Content-Type": "application/fhir+json"},
        {"Content-Type": "application/x-www-form-urlencoded"},
    ):
        answer = client.request("POST", f"/Patient/{id}/$validate", b"", headers)
        assert (answer.status, answer.keys) == (200, ["all-ok"])
    assert client.request("POST", f"/Patient/{id}/$meta-add", b"").keys == ["operation-parameter-missing"]
    assert client.request("POST", "/Patient", b"").keys == ["body-missing"]


def test_the_schema_of_a_profile(client: Client, url: str) -> None:
    answer = client.get(f"/StructureDefinition/$json-schema?url={url}")
    assert (answer.status, answer.headers["Content-Type"].partition(";")[0]) == (200, "application/schema+json")
    assert answer.resource["$id"] == url
    assert client.get("/StructureDefinition/Patient/$json-schema").resource["title"] == "Patient"
    assert client.get("/StructureDefinition/$json-schema?url=urn:nowhere").status == 404
