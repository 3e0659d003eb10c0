"""Batches: each entry is a request of its own (http.html#brules)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.client import Client
from tests.support.databases import database_url, postgresql_cluster, postgresql_url, sqlite_url
from tests.support.whole import SYSTEM, bundle, client, count, entry, patient, whole

__all__ = ["client", "database_url", "postgresql_cluster", "postgresql_url", "sqlite_url", "whole"]

URN = "urn:uuid:11111111-1111-4111-8111-111111111111"


def answers(client: Client, *entries: Any, **headers: str) -> list[Any]:
    reply = client.post("", bundle(*entries, type="batch"), **headers)
    assert reply.status == 200, reply.resource
    assert reply.resource["type"] == "batch-response"
    return reply.resource.get("entry", [])  # type: ignore[no-any-return]


def statuses(entries: list[Any]) -> list[str]:
    return [each["response"]["status"][:3] for each in entries]


def key(answer: Any) -> str:
    code: str = answer["response"]["outcome"]["issue"][0]["details"]["coding"][0]["code"]
    return code


def test_entries_fare_by_themselves(client: Client) -> None:
    client.put("/Patient/a", patient("a", id="a"))
    found = answers(
        client,
        entry("GET", "Patient/nobody"),
        entry("POST", "Patient", patient("1", gender="x")),
        entry("POST", "Patient", patient("2")),
        {"resource": patient("3")},
        "x",
        entry("PUT", "Patient/b", patient("b", id="b")),
        entry("DELETE", "Patient/a"),
        entry("GET", f"Patient?identifier={SYSTEM}|2"),
        entry("GET", "Patients/1"),
        entry("PUT", "Patient/a", patient("a", id="c")),
        entry("POST", "Patient", patient("2"), ifNoneExist=f"identifier={SYSTEM}|2"),
        entry("GET", "metadata"),
    )
    assert statuses(found) == ["404", "422", "201", "400", "400", "201", "204", "200", "404", "400", "200", "200"]
    assert found[7]["resource"]["entry"][0]["resource"]["identifier"][0]["value"] == "2"
    assert key(found[0]) == "resource-unknown"
    assert found[1]["response"]["outcome"]["issue"][0]["expression"] == ["Patient.gender"]
    assert found[2]["response"].keys() == {"status", "location", "etag", "lastModified"}
    assert found[11]["resource"]["resourceType"] == "CapabilityStatement"
    assert count(client, "Patient") == 2


def test_more_malformed_entries_than_one_answer_lists(client: Client) -> None:
    wrong = [{"request": {"method": "FETCH", "url": "Patient"}} for _ in range(150)]
    found = answers(client, *wrong, entry("POST", "Patient", patient("1")))
    assert statuses(found) == ["400"] * 150 + ["201"] or statuses(found) == ["422"] * 150 + ["201"]


def test_representation(client: Client) -> None:
    (made,) = answers(client, entry("POST", "Patient", patient("1")), prefer="return=representation")
    assert made["resource"]["meta"]["lastUpdated"] == made["response"]["lastModified"]


@pytest.mark.parametrize("second", [entry("DELETE", "Patient/a"), entry("PUT", "Patient/a", patient("2", id="a"))])
def test_entries_on_one_resource(client: Client, second: Any) -> None:
    found = answers(client, entry("PUT", "Patient/a", patient("1", id="a")), second)
    assert statuses(found) == ["201", "400"] and key(found[1]) == "entries-interdependent"
    assert client.get("/Patient/a").headers["ETag"] == 'W/"1"'


def test_links_between_entries(client: Client) -> None:
    seen = {"resourceType": "Observation", "status": "final", "code": {"text": "x"}, "subject": {"reference": URN}}
    found = answers(client, entry("POST", "Patient", patient("1"), URN), entry("POST", "Observation", seen))
    assert statuses(found) == ["201", "400"] and key(found[1]) == "batch-link"


def test_a_dry_run(client: Client) -> None:
    found = answers(
        client,
        entry("POST", "Patient", patient("1")),
        entry("POST", "Patient", patient("1", gender="x")),
        prefer="handling=dry-run",
    )
    assert statuses(found) == ["201", "422"] and key(found[0]) == "created"
    assert count(client, "Patient") == 0


def test_nothing_to_do(client: Client) -> None:
    assert answers(client) == []
