"""Reindexing: resumable, and what was written before a parameter is found after it."""

from __future__ import annotations

from fhirserver.interactions.context import Context
from fhirserver.search.reindex import Progress, reindex
from tests.support.client import Client

MARITAL = {
    "resourceType": "SearchParameter",
    "url": "http://example.org/SearchParameter/marital",
    "name": "marital",
    "status": "active",
    "description": "marital status",
    "code": "marital",
    "base": ["Patient"],
    "type": "token",
    "expression": "Patient.maritalStatus",
}


def _ids(client: Client, query: str) -> list[str]:
    entries = client.get(query).resource.get("entry", [])
    return sorted(entry["resource"]["id"] for entry in entries if entry["search"]["mode"] == "match")


def test_older_resources_are_found_after_it(context: Context, client: Client) -> None:
    assert context.search is not None
    for number in range(5):
        id = f"p{number}"
        client.put(
            f"/Patient/{id}", {"resourceType": "Patient", "id": id, "maritalStatus": {"coding": [{"code": "M"}]}}
        )
    client.post("/SearchParameter", MARITAL)
    assert _ids(client, "/Patient?marital=M") == []
    seen: list[Progress] = []
    assert reindex(context.store, context.search.indexer, type="Patient", batch=2, report=seen.append).done == 5
    assert [progress.done for progress in seen] == [2, 4, 5]
    assert _ids(client, "/Patient?marital=M") == ["p0", "p1", "p2", "p3", "p4"]


def test_it_goes_on_where_it_stopped(context: Context, client: Client) -> None:
    assert context.search is not None
    for number in range(4):
        client.put(f"/Patient/p{number}", {"resourceType": "Patient", "id": f"p{number}"})
    seen: list[Progress] = []
    reindex(context.store, context.search.indexer, batch=2, report=seen.append)
    assert reindex(context.store, context.search.indexer, position=seen[0].position, batch=2).done == 2
