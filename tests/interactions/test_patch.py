"""PATCH (http.html#patch) with JSON Patch and FHIRPath Patch."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from fhirserver.interactions.context import Context
from fhirserver.resource import xml
from tests.support.client import FHIR_XML, Client
from tests.support.databases import database_url, postgresql_cluster, postgresql_url, sqlite_url
from tests.support.whole import SYSTEM, client, client_of, patient, whole

__all__ = ["client", "database_url", "postgresql_cluster", "postgresql_url", "sqlite_url", "whole"]

JSON_PATCH = {"Content-Type": "application/json-patch+json"}


def replace(path: str, value: Any) -> dict[str, Any]:
    return {"op": "replace", "path": path, "value": value}


def fhirpath_patch(path: str, **value: Any) -> dict[str, Any]:
    parts = [
        {"name": "type", "valueCode": "replace"},
        {"name": "path", "valueString": path},
        {"name": "value", **value},
    ]
    return {"resourceType": "Parameters", "parameter": [{"name": "operation", "part": parts}]}


def patch(client: Client, *operations: Any, path: str = "/Patient/p", **headers: str) -> Any:
    sent = {**JSON_PATCH, **{name.replace("_", "-"): value for name, value in headers.items()}}
    return client.request("PATCH", path, json.dumps(list(operations)), sent)


@pytest.fixture(autouse=True)
def there(client: Client) -> None:
    text = {"status": "generated", "div": '<div xmlns="http://www.w3.org/1999/xhtml">x</div>'}
    assert client.put("/Patient/p", patient("1", id="p", active=True, text=text)).status == 201


def test_json_patch(client: Client) -> None:
    reply = patch(client, replace("/active", False))
    assert (reply.status, reply.headers["ETag"]) == (200, 'W/"2"')
    assert reply.resource["active"] is False and reply.resource["meta"]["versionId"] == "2"
    assert "text" not in reply.resource  # generated for what it was before
    assert client.get("/Patient/p/_history").resource["entry"][0]["request"]["method"] == "PUT"


def test_fhirpath_patch(client: Client) -> None:
    sent = fhirpath_patch("Patient.active", valueBoolean=False)
    reply = client.request("PATCH", "/Patient/p", sent)
    assert reply.status == 200 and reply.resource["active"] is False
    sent = fhirpath_patch("Patient.active", valueBoolean=True)
    reply = client.request("PATCH", "/Patient/p", xml.encode(sent), {"Content-Type": FHIR_XML})
    assert reply.status == 200 and reply.resource["active"] is True


def test_a_patch_that_changes_nothing_makes_no_version(client: Client) -> None:
    assert patch(client, replace("/active", True)).headers["ETag"] == 'W/"1"'


@pytest.mark.parametrize(
    ("operation", "status", "key"),
    [
        ({"op": "test", "path": "/active", "value": False}, 422, "patch-test-failed"),
        ({"op": "remove", "path": "/gender"}, 409, "patch-target-missing"),
        (replace("/id", "q"), 422, "patch-identity"),
        (replace("/resourceType", "Person"), 422, "patch-identity"),
        (replace("/meta/versionId", "9"), 422, "patch-identity"),
        (replace("", "nothing"), 422, "patch-identity"),
        ({"op": "add", "path": "/gender", "value": "neither"}, 422, None),
        ({"op": "add", "path": "/colour", "value": "red"}, 422, None),
        ({"op": "fly", "path": "/gender"}, 400, "patch-malformed"),
        ({"op": "add"}, 400, "patch-malformed"),
    ],
)
def test_what_is_refused(client: Client, operation: Any, status: int, key: str | None) -> None:
    reply = patch(client, operation)
    assert reply.status == status, reply.resource
    assert key is None or reply.keys == [key]
    assert client.get("/Patient/p").headers["ETag"] == 'W/"1"'


def test_bodies_that_are_no_patch(client: Client) -> None:
    assert client.request("PATCH", "/Patient/p", "{", JSON_PATCH).status == 400
    assert client.request("PATCH", "/Patient/p", "", JSON_PATCH).keys == ["patch-empty"]
    assert client.request("PATCH", "/Patient/p", "{}", JSON_PATCH).keys == ["patch-malformed"]
    assert client.request("PATCH", "/Patient/p", patient("1")).keys == ["patch-resource-type"]
    wrong = {"resourceType": "Parameters", "parameter": [{"part": []}]}
    assert client.request("PATCH", "/Patient/p", wrong).status == 400
    for media in ("application/xml-patch+xml", "application/merge-patch+json", "text/plain"):
        reply = client.request("PATCH", "/Patient/p", "<diff/>", {"Content-Type": media})
        assert (reply.status, reply.keys) == (415, ["patch-media-unsupported"])
        assert "application/json-patch+json" in reply.headers["Accept-Patch"]


def test_preconditions(client: Client) -> None:
    assert patch(client, replace("/active", False), if_match='W/"2"').status == 412
    assert patch(client, {"op": "remove", "path": "/x"}, if_match='W/"2"').status == 412
    assert patch(client, replace("/active", False), if_match='W/"1"').status == 200


def test_what_is_not_there(client: Client) -> None:
    assert patch(client, replace("/active", False), path="/Patient/q").keys == ["patch-subject-unknown"]
    client.delete("/Patient/p")
    reply = patch(client, replace("/active", False))
    assert (reply.status, reply.keys) == (410, ["patch-subject-deleted"])


def test_conditional(client: Client) -> None:
    one, other = f"/Patient?identifier={SYSTEM}|1", f"/Patient?identifier={SYSTEM}|2"
    assert patch(client, replace("/active", False), path=one).headers["ETag"] == 'W/"2"'
    reply = patch(client, replace("/active", False), path=other)
    assert (reply.status, reply.keys) == (404, ["criteria-match-none"])
    client.post("/Patient", patient("1"))
    reply = patch(client, replace("/active", True), path=one)
    assert (reply.status, reply.keys) == (412, ["criteria-match-several"])
    assert patch(client, replace("/active", True), path="/Patient").keys == ["criteria-missing"]


def test_decimals_keep_their_digits(client: Client) -> None:
    observation = {"resourceType": "Observation", "id": "o", "status": "final", "code": {"text": "x"}}
    client.put("/Observation/o", {**observation, "valueQuantity": {"value": 1}})
    sent = '[{"op":"replace","path":"/valueQuantity/value","value":1.00}]'
    assert b'"value":1.00' in client.request("PATCH", "/Observation/o", sent, JSON_PATCH).body


def test_none_of_many_at_once_is_lost(client: Client, whole: Context) -> None:
    def add(number: int) -> int:
        family = {"op": "add", "path": "/contact/-", "value": {"name": {"family": f"f{number}"}}}
        return int(patch(client_of(whole), family).status)

    patch(client, {"op": "add", "path": "/contact", "value": [{"name": {"family": "f"}}]})
    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(add, range(24))) == {200}
    now = client.get("/Patient/p")
    assert {each["name"]["family"] for each in now.resource["contact"]} == {"f", *(f"f{n}" for n in range(24))}
    assert now.headers["ETag"] == 'W/"26"'
