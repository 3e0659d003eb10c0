"""Many clients at once register one person, name a lead hospital, draw a grid: one wins, or all are linked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.support.client import Reply
from tests.support.server import Server

pytestmark = pytest.mark.slow

THREADS = 32
CODES = "https://medgroup.example.org/fhir/CodeSystem"
CITIZEN = "urn:oid:2.16.156.10011.1.3"
COMMUNITY = "https://medgroup.example.org/fhir/NamingSystem/community"
EMPI = "https://medgroup.example.org/fhir/NamingSystem/empi"


def at_once(server: Server, sent: Callable[[int], tuple[str, dict[str, Any]]]) -> list[Reply]:
    """The answers to as many creates as there are threads, each over its own connection."""

    def post(number: int) -> Reply:
        path, resource = sent(number)
        return server.client().post(path, resource)

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(post, range(THREADS)))


def patient(organization: str, number: str, name: str = "刘桂兰") -> dict[str, Any]:
    return {
        "resourceType": "Patient",
        "identifier": [{"system": CITIZEN, "value": number}],
        "name": [{"text": name}],
        "managingOrganization": {"reference": f"Organization/{organization}"},
    }


def test_one_record_in_one_organisation(crowded: Server) -> None:
    replies = at_once(crowded, lambda number: ("/Patient", patient("one", "37020019680412022X")))
    assert Counter(each.status for each in replies) == {201: 1, 409: THREADS - 1}
    assert {key for each in replies if each.status == 409 for key in each.keys} == {"GEN-DUP-PATIENT"}
    found = crowded.client().get(f"/Patient?identifier={CITIZEN}|37020019680412022X")
    assert found.resource["total"] == 1


def test_every_record_is_linked_with_every_other(crowded: Server) -> None:
    replies = at_once(crowded, lambda number: ("/Patient", patient(f"o{number}", "370200196207210358")))
    assert Counter(each.status for each in replies) == {201: THREADS}
    client = crowded.client()
    found = client.get(f"/Patient?identifier={CITIZEN}|370200196207210358&_count=100").resource["entry"]
    people = {each["resource"]["id"]: each["resource"] for each in found}
    assert len(people) == THREADS
    indexes = {row["value"] for each in people.values() for row in each["identifier"] if row["system"] == EMPI}
    assert len(indexes) == 1
    for id, each in people.items():
        linked = sorted(row["other"]["reference"].removeprefix("Patient/") for row in each["link"])
        assert linked == sorted(people.keys() - {id})


def test_one_lead_hospital(crowded: Server) -> None:
    client = crowded.client()
    kind = [{"coding": [{"system": f"{CODES}/group-kind", "code": "tight"}]}]
    client.put(
        "/Organization/g", {"resourceType": "Organization", "id": "g", "active": True, "name": "g", "type": kind}
    )

    def lead(number: int) -> tuple[str, dict[str, Any]]:
        return "/OrganizationAffiliation", {
            "resourceType": "OrganizationAffiliation",
            "active": True,
            "organization": {"reference": "Organization/g"},
            "participatingOrganization": {"reference": f"Organization/h{number}"},
            "code": [{"coding": [{"system": f"{CODES}/affiliation-role", "code": "lead"}]}],
            "period": {"start": "2025-01-01"},
        }

    replies = at_once(crowded, lead)
    assert Counter(each.status for each in replies) == {201: 1, 409: THREADS - 1}
    assert client.get("/OrganizationAffiliation?primary-organization=Organization/g&role=lead").resource["total"] == 1


def test_one_grid_for_a_community(crowded: Server) -> None:
    def grid(number: int) -> tuple[str, dict[str, Any]]:
        return "/Location", {
            "resourceType": "Location",
            "status": "active",
            "name": f"网格 {number}",
            "type": [{"coding": [{"system": f"{CODES}/location-type", "code": "grid"}]}],
            "identifier": [
                {"system": "https://medgroup.example.org/fhir/NamingSystem/community", "value": "370200001"}
            ],
        }

    assert Counter(each.status for each in at_once(crowded, grid)) == {201: 1, 409: THREADS - 1}


def test_no_ring_is_closed_by_two(crowded: Server) -> None:
    client = crowded.client()

    def organization(id: str, above: str | None = None) -> dict[str, Any]:
        part = {"partOf": {"reference": f"Organization/{above}"}} if above else {}
        return {"resourceType": "Organization", "id": id, "name": id, **part}

    for number in range(THREADS):
        client.put(f"/Organization/r{number}", organization(f"r{number}"))

    def close(number: int) -> int:
        above = f"r{(number + 1) % THREADS}"
        return crowded.client().put(f"/Organization/r{number}", organization(f"r{number}", above)).status

    with ThreadPoolExecutor(THREADS) as pool:
        assert Counter(pool.map(close, range(THREADS))) == {200: THREADS - 1, 422: 1}
