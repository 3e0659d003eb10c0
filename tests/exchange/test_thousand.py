"""A group of a thousand organisations pages and searches as a small one does."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest

from tests.support.client import Client
from tests.support.whole import bundle, entry

pytestmark = pytest.mark.slow

CODES = "https://medgroup.example.org/fhir/CodeSystem"
TOWNS, VILLAGES = 20, 48


def organizations() -> list[dict[str, Any]]:
    """A county, its towns, and their villages: a tree of 1 + 20 + 960 and a group."""
    kind = [{"coding": [{"system": f"{CODES}/group-kind", "code": "tight"}]}]
    made: list[dict[str, Any]] = [{"resourceType": "Organization", "id": "group", "name": "县域医共体", "type": kind}]
    made.append(organization("county", 2, None))
    for town in range(TOWNS):
        made.append(organization(f"t{town}", 1, "county"))
        made += [organization(f"t{town}-v{village}", 0, f"t{town}") for village in range(VILLAGES)]
    return made


def organization(id: str, tier: int, above: str | None) -> dict[str, Any]:
    part = {"partOf": {"reference": f"Organization/{above}"}} if above is not None else {}
    tiers = [{"coding": [{"system": f"{CODES}/tier", "code": str(tier)}]}]
    return {"resourceType": "Organization", "id": id, "active": True, "name": f"机构 {id}", "type": tiers, **part}


def affiliation(member: str, role: str, start: str = "2023-01-01", end: str | None = None) -> dict[str, Any]:
    return {
        "resourceType": "OrganizationAffiliation",
        "id": f"a-{member}",
        "active": True,
        "organization": {"reference": "Organization/group"},
        "participatingOrganization": {"reference": f"Organization/{member}"},
        "code": [{"coding": [{"system": f"{CODES}/affiliation-role", "code": role}]}],
        "period": {"start": start, **({"end": end} if end else {})},
    }


def service(number: int) -> dict[str, Any]:
    feature = "feature-clinic" if number % 4 == 0 else "discipline-centre"
    return {
        "resourceType": "HealthcareService",
        "id": f"s{number}",
        "active": True,
        "name": f"专科 {number}",
        "providedBy": {"reference": f"Organization/t{number}"},
        "specialty": [{"coding": [{"system": f"{CODES}/specialty", "code": "50" if number % 2 == 0 else "12"}]}],
        "characteristic": [{"coding": [{"system": f"{CODES}/service-characteristic", "code": feature}]}],
    }


@pytest.fixture
def county(client: Client) -> Client:
    """All of it, in one transaction."""
    rows = organizations()
    rows += [affiliation("county", "lead")]
    rows += [affiliation(row["id"], "member") for row in rows if row["id"].startswith("t")]
    rows += [service(number) for number in range(TOWNS)]
    reply = client.post("", bundle(*(entry("PUT", f"{row['resourceType']}/{row['id']}", row) for row in rows)))
    assert reply.status == 200, reply.body.decode()[:2000]
    return client


def total(client: Client, query: str) -> int:
    reply = client.get(f"/{query}&_total=accurate&_count=0")
    assert reply.status == 200, reply.body.decode()
    assert "entry" not in reply.resource
    found: int = reply.resource["total"]
    return found


def pages(client: Client, url: str) -> list[str]:
    """The ids of all pages, in the order in which they come."""
    found: list[str] = []
    while url:
        bundle = client.get(url).resource
        found += [each["resource"]["id"] for each in bundle["entry"] if each["search"]["mode"] == "match"]
        url = next((each["url"] for each in bundle["link"] if each["relation"] == "next"), "")
    return found


def test_a_thousand_organisations(county: Client) -> None:
    whole = 1 + TOWNS + TOWNS * VILLAGES
    assert total(county, "Organization?tier=0") == TOWNS * VILLAGES
    assert total(county, f"Organization?tier={quote(f'{CODES}/tier|1')}") == TOWNS
    assert total(county, "Organization?partof:below=Organization/county") == whole - 1
    assert total(county, "Organization?partof:below=Organization/t3") == VILLAGES
    assert total(county, "Organization?partof=Organization/t3") == VILLAGES
    assert total(county, "Organization?partof:below=Organization/county&tier=1") == TOWNS
    assert total(county, "OrganizationAffiliation?primary-organization=Organization/group&role=member") == (
        TOWNS + TOWNS * VILLAGES
    )
    # every page holds what the one before did not
    ids = pages(county, "/Organization?tier=0&_sort=name&_count=100")
    assert len(ids) == len(set(ids)) == TOWNS * VILLAGES
    # a huge page is cut to the most there is, and its link says so
    reply = county.get("/Organization?tier=0&_count=99999").resource
    assert len(reply["entry"]) == TOWNS * VILLAGES
    (own,) = (each["url"] for each in reply["link"] if each["relation"] == "self")
    assert "_count=1000" in own
    assert len(county.get("/Organization?_count=99999").resource["entry"]) == whole + 1
    empty = county.get("/Organization?_count=0")
    assert (empty.status, empty.resource["total"], empty.resource.get("entry")) == (200, whole + 1, None)
    # discipline centres and feature clinics of the county
    of_county = "HealthcareService?organization.partof=Organization/county"
    assert total(county, f"{of_county}&characteristic=feature-clinic") == TOWNS // 4
    assert total(county, f"{of_county}&characteristic=feature-clinic&specialty=50") == TOWNS // 4
    assert total(county, f"{of_county}&characteristic=discipline-centre&specialty=12") == TOWNS // 2
    # members as of a day: leaving a group changes nothing that was
    left = affiliation("t3", "member", end="2024-06-30")
    assert county.put("/OrganizationAffiliation/a-t3", left).status == 200
    of_t3 = "OrganizationAffiliation?participating-organization=Organization/t3"
    assert total(county, f"{of_t3}&date=ge2024-06-01&date=le2024-06-01") == 1
    assert total(county, f"{of_t3}&date=ge2024-08-01&date=le2024-08-01") == 0
