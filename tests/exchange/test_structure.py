"""Groups, leads, members, rings, grids and who insurance pays, through the door."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.client import Client, Reply
from tests.support.whole import bundle, entry

CODES = "https://medgroup.example.org/fhir/CodeSystem"
USCC = "https://medgroup.example.org/fhir/NamingSystem/uscc"
COMMUNITY = "https://medgroup.example.org/fhir/NamingSystem/community"


def organization(id: str, *types: tuple[str, str], **more: Any) -> dict[str, Any]:
    made = {"resourceType": "Organization", "id": id, "active": True, "name": id, **more}
    if types:
        made["type"] = [{"coding": [{"system": f"{CODES}/{system}", "code": code}]} for system, code in types]
    return made


def affiliation(
    id: str, group: str, member: str, role: str, start: str = "2023-01-01", end: str | None = None, **more: Any
) -> dict[str, Any]:
    return {
        "resourceType": "OrganizationAffiliation",
        "id": id,
        "active": True,
        "organization": {"reference": f"Organization/{group}"},
        "participatingOrganization": {"reference": f"Organization/{member}"},
        "code": [{"coding": [{"system": f"{CODES}/affiliation-role", "code": role}]}],
        "period": {"start": start, **({"end": end} if end else {})},
        **more,
    }


def put(client: Client, resource: dict[str, Any]) -> Reply:
    return client.put(f"/{resource['resourceType']}/{resource['id']}", resource)


def stored(client: Client, *resources: dict[str, Any]) -> None:
    for resource in resources:
        reply = put(client, resource)
        assert reply.status in (200, 201), reply.body.decode()


@pytest.fixture
def groups(client: Client) -> Client:
    """Two tight groups and an alliance, and some hospitals."""
    for id, kind in (("g", "tight"), ("h", "tight"), ("alliance", "alliance")):
        stored(client, organization(id, ("group-kind", kind)))
    stored(client, *(organization(id) for id in ("one", "two", "three")))
    return client


# -- GOV-LEAD


@pytest.mark.parametrize(
    ("start", "end", "status"),
    [
        ("2024-01-01", None, 409),
        ("2022-01-01", "2022-12-31", 201),
        ("2022-01-01", "2023-01-01", 409),
        ("2025-01-01", None, 409),
    ],
)
def test_a_group_has_one_lead_at_an_instant(groups: Client, start: str, end: str | None, status: int) -> None:
    stored(groups, affiliation("l1", "g", "one", "lead"))
    reply = put(groups, affiliation("l2", "g", "two", "lead", start, end))
    assert reply.status == status
    if status == 409:
        assert reply.keys == ["GOV-LEAD"]
        assert reply.resource["issue"][0]["expression"] == ["OrganizationAffiliation.period"]
        assert "Organization/one" in reply.resource["issue"][0]["diagnostics"]


def test_an_affiliation_that_is_not_in_use_counts_for_nothing(groups: Client) -> None:
    stored(groups, affiliation("l1", "g", "one", "lead", active=False), affiliation("l2", "g", "two", "lead"))
    assert put(groups, affiliation("l1", "g", "one", "lead")).keys == ["GOV-LEAD"]


def test_the_lead_is_handed_over_in_one_transaction(groups: Client) -> None:
    stored(groups, affiliation("l1", "g", "one", "lead"), affiliation("m", "g", "three", "member"))
    ended = affiliation("l1", "g", "one", "lead", end="2025-06-30")
    assert put(groups, ended).keys == ["GOV-LEAD"]
    assert groups.delete("/OrganizationAffiliation/l1").keys == ["GOV-LEAD"]
    with_a_gap = affiliation("l2", "g", "two", "lead", "2025-07-02")
    for following, status in ((with_a_gap, 409), ({**with_a_gap, "period": {"start": "2025-07-01"}}, 200)):
        sent = bundle(
            entry("PUT", "OrganizationAffiliation/l1", ended), entry("PUT", "OrganizationAffiliation/l2", following)
        )
        assert groups.post("", sent).status == status


def test_two_leads_in_one_transaction_are_refused(groups: Client) -> None:
    sent = bundle(
        entry("POST", "OrganizationAffiliation", affiliation("l1", "g", "one", "lead")),
        entry("POST", "OrganizationAffiliation", affiliation("l2", "g", "two", "lead")),
    )
    reply = groups.post("", sent)
    assert reply.status == 409
    assert set(reply.keys) == {"GOV-LEAD"}


def test_a_group_that_ends_needs_no_lead(groups: Client) -> None:
    stored(groups, affiliation("l1", "g", "one", "lead"), affiliation("m", "g", "three", "member"))
    ended = bundle(
        entry("PUT", "OrganizationAffiliation/m", affiliation("m", "g", "three", "member", end="2025-06-30")),
        entry("PUT", "OrganizationAffiliation/l1", affiliation("l1", "g", "one", "lead", end="2025-06-30")),
    )
    assert groups.post("", ended).status == 200
    stored(groups, affiliation("l2", "h", "two", "lead"), affiliation("m2", "h", "three", "member", "2025-07-01"))
    stored(groups, organization("h", ("group-kind", "tight"), active=False))
    assert groups.delete("/OrganizationAffiliation/l2").status in (200, 204)


# -- GOV-DOUBLE


@pytest.mark.parametrize(
    ("second", "status"),
    [
        (affiliation("m2", "h", "one", "member"), 409),
        (affiliation("m2", "h", "one", "branch"), 409),
        (affiliation("m2", "h", "one", "partner"), 201),
        (affiliation("m2", "alliance", "one", "member"), 201),
        (affiliation("m2", "h", "one", "member", "2020-01-01", "2022-12-31"), 201),
        (affiliation("m2", "h", "two", "member"), 201),
        (affiliation("m2", "g", "one", "dispatch"), 201),
    ],
)
def test_a_member_of_one_tight_group(groups: Client, second: dict[str, Any], status: int) -> None:
    stored(groups, affiliation("m1", "g", "one", "member"))
    reply = put(groups, second)
    assert reply.status == status
    if status == 409:
        assert reply.keys == ["GOV-DOUBLE"]


def test_kinds_of_service_are_told_apart(groups: Client) -> None:
    def specialty(code: str) -> dict[str, Any]:
        return {"specialty": [{"coding": [{"system": f"{CODES}/specialty", "code": code}]}]}

    stored(groups, affiliation("m1", "g", "one", "member", **specialty("03")))
    stored(groups, affiliation("m2", "h", "one", "member", **specialty("04")))
    assert put(groups, affiliation("m2", "h", "one", "member", **specialty("03"))).keys == ["GOV-DOUBLE"]
    assert put(groups, affiliation("m2", "h", "one", "member")).keys == ["GOV-DOUBLE"]


def test_an_alliance_becomes_no_tight_group_over_its_members(groups: Client) -> None:
    stored(groups, affiliation("m1", "g", "one", "member"), affiliation("m2", "alliance", "one", "member"))
    stored(groups, organization("alliance", ("group-kind", "alliance"), name="other"))
    reply = put(groups, organization("alliance", ("group-kind", "tight")))
    assert (reply.status, reply.keys) == (409, ["GOV-DOUBLE"])
    assert reply.resource["issue"][0]["expression"] == ["Organization.type"]
    stored(groups, affiliation("m2", "alliance", "one", "partner"))
    stored(groups, organization("alliance", ("group-kind", "tight")))


# -- GOV-CYCLE


def test_an_organisation_is_no_part_of_itself(groups: Client) -> None:
    def part(id: str, above: str) -> dict[str, Any]:
        return organization(id, partOf={"reference": f"Organization/{above}"})

    assert put(groups, part("one", "one")).keys == ["GOV-CYCLE"]
    stored(groups, part("one", "two"), part("two", "three"))
    reply = put(groups, part("three", "one"))
    assert (reply.status, reply.keys) == (422, ["GOV-CYCLE"])
    both = bundle(
        entry("PUT", "Organization/four", part("four", "five")), entry("PUT", "Organization/five", part("five", "four"))
    )
    assert groups.post("", both).status == 422


def test_a_group_is_no_member_of_itself(groups: Client) -> None:
    assert put(groups, affiliation("x", "g", "g", "member")).keys == ["GOV-CYCLE"]
    stored(groups, affiliation("x", "g", "alliance", "partner"))
    reply = put(groups, affiliation("y", "alliance", "g", "partner"))
    assert (reply.status, reply.keys) == (422, ["GOV-CYCLE"])


# -- GRID-OVERLAP


def grid(id: str, *communities: str, status: str = "active") -> dict[str, Any]:
    return {
        "resourceType": "Location",
        "id": id,
        "status": status,
        "name": id,
        "type": [{"coding": [{"system": f"{CODES}/location-type", "code": "grid"}]}],
        "identifier": [{"system": COMMUNITY, "value": each} for each in communities],
    }


def test_a_community_belongs_to_one_grid(client: Client) -> None:
    stored(client, grid("g1", "370202001001", "370202001002"))
    reply = put(client, grid("g2", "370202001003", "370202001002"))
    assert (reply.status, reply.keys) == (409, ["GRID-OVERLAP"])
    assert reply.resource["issue"][0]["expression"] == ["Location.identifier[1]"]
    stored(client, grid("g2", "370202001003", "370202001002", status="inactive"))
    assert put(client, grid("g2", "370202001003", "370202001002")).keys == ["GRID-OVERLAP"]
    moved = bundle(
        entry("PUT", "Location/g1", grid("g1", "370202001001")),
        entry("PUT", "Location/g2", grid("g2", "370202001003", "370202001002")),
    )
    assert client.post("", moved).status == 200
    twice = bundle(entry("POST", "Location", grid("g3", "37020200")), entry("POST", "Location", grid("g4", "37020200")))
    assert client.post("", twice).status == 409


def test_a_subdistrict_has_all_its_communities(client: Client) -> None:
    stored(client, grid("g1", "370202001001"), grid("g2", "370202002"))
    for codes in (("370202001",), ("370202002009",)):
        reply = put(client, grid("g3", *codes))
        assert (reply.status, reply.keys) == (409, ["GRID-OVERLAP"])
    stored(client, grid("g3", "370202003", "370202001002"))


def test_other_places_may_name_a_community(client: Client) -> None:
    stored(client, grid("g1", "370202001001"))
    stored(client, {**grid("campus", "370202001001"), "type": []} | {"type": [{"text": "院区"}]})


# -- FEE-NOTDESIGNATED


@pytest.mark.parametrize(
    ("types", "designated", "insurance", "status"),
    [
        ([("ownership", "for-profit")], False, "Coverage/basic", 422),
        ([("ownership", "for-profit")], True, "Coverage/basic", 201),
        ([("ownership", "non-profit")], False, "Coverage/basic", 201),
        ([("ownership", "for-profit")], False, None, 201),
        ([("ownership", "for-profit")], False, "Coverage/self", 201),
    ],
)
def test_insurance_pays_designated_institutions(
    client: Client, types: list[tuple[str, str]], designated: bool, insurance: str | None, status: int
) -> None:
    code = {"system": "https://medgroup.example.org/fhir/NamingSystem/nhsa-org", "value": "H37020000009"}
    stored(client, organization("private", *types, **({"identifier": [code]} if designated else {})))
    payer = {"beneficiary": {"reference": "Patient/p"}, "payor": [{"reference": "Patient/p"}], "status": "active"}
    selfpay = {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/coverage-selfpay", "code": "pay"}]}
    stored(client, {"resourceType": "Patient", "id": "p"}, {"resourceType": "Coverage", "id": "basic", **payer})
    stored(client, {"resourceType": "Coverage", "id": "self", **payer, "type": selfpay})
    service = {"resourceType": "HealthcareService", "id": "s", "providedBy": {"reference": "Organization/private"}}
    stored(client, service)
    request = {
        "resourceType": "ServiceRequest",
        "status": "active",
        "intent": "order",
        "subject": {"reference": "Patient/p"},
        "performer": [{"reference": "HealthcareService/s"}],
        **({"insurance": [{"reference": insurance}]} if insurance else {}),
    }
    reply = client.post("/ServiceRequest", request)
    assert reply.status == status
    if status == 422:
        assert reply.keys == ["FEE-NOTDESIGNATED"]
        assert reply.resource["issue"][0]["expression"] == ["ServiceRequest.performer[0]"]
