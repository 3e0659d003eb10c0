"""Who belongs to which group as of an instant, asked of the demo group on each database."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from fhirserver.exchange import membership
from fhirserver.exchange.case import Case
from fhirserver.exchange.packs import Packs
from fhirserver.interactions.context import Context
from fhirserver.resource.dates import interval
from tests.exchange.conftest import example
from tests.support.client import Client

Ask = Callable[..., Any]

GROUP = "Organization/demo-group"


def at(text: str) -> int:
    return interval(text, ZoneInfo("Asia/Shanghai")).lo


NOW = at("2025-03-10T09:00:00+08:00")


@pytest.fixture
def ask(whole: Context, group: Client) -> Ask:
    """Ask a function of membership, inside a transaction that changes nothing."""

    def asked(function: Callable[..., Any], *rest: Any) -> Any:
        return whole.store.write(
            lambda transaction: function(Case(whole, transaction, "", (), (), {}, Packs(())), *rest)
        )

    return asked


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2023-06-30T23:59:59+08:00", frozenset()),
        ("2023-07-01T00:00:00+08:00", {GROUP}),
        ("2025-03-10", {GROUP}),
        ("2025-07-01T00:00:00+08:00", frozenset()),
    ],
)
def test_as_of_an_instant(ask: Ask, group: Client, text: str, expected: set[str]) -> None:
    left = example("OrganizationAffiliation-demo-affiliation-chc")
    left["period"]["end"] = "2025-06-30"
    assert group.put(f"/OrganizationAffiliation/{left['id']}", left).status == 200
    assert ask(membership.groups_of, "Organization/demo-chc", at(text)) == expected


def test_whoever_works_or_is_offered_there_belongs_to_it(ask: Ask) -> None:
    for reference in (
        "Organization/demo-chc",
        "PractitionerRole/demo-chc-doctor-role",
        "HealthcareService/demo-chc-acupuncture",
        "Patient/demo-liu",
    ):
        assert ask(membership.organization_of, reference) == "Organization/demo-chc"
        assert ask(membership.tier_of, reference) == 1
        assert ask(membership.groups_of, reference, NOW) == {GROUP}
    assert ask(membership.share_group, "Patient/demo-liu", "HealthcareService/demo-lead-surgery", NOW)
    assert not ask(membership.share_group, "Patient/demo-liu", "Organization/demo-outside", NOW)
    assert ask(membership.groups_of, "Organization/nobody", NOW) == frozenset()
    assert ask(membership.tier_of, "Device/1") is None


def test_a_department_belongs_where_its_hospital_does(ask: Ask, group: Client) -> None:
    above = {"partOf": {"reference": "Organization/demo-lead"}}
    department = {"resourceType": "Organization", "id": "ward", "active": True, "name": "外科", **above}
    assert group.put("/Organization/ward", department).status == 201
    assert ask(membership.groups_of, "Organization/ward", NOW) == {GROUP}
    assert ask(membership.tier_of, "Organization/ward") == 3


def test_the_lead(ask: Ask) -> None:
    assert ask(membership.lead, GROUP, NOW) == "Organization/demo-lead"
    assert ask(membership.lead, GROUP, at("2023-06-30")) is None
    assert ask(membership.lead, "Organization/demo-chc", NOW) is None


def test_partners_are_with_a_group_and_no_part_of_it(ask: Ask, group: Client) -> None:
    partner = example("OrganizationAffiliation-demo-affiliation-private")
    partner["code"][0]["coding"][0]["code"] = "partner"
    assert group.put(f"/OrganizationAffiliation/{partner['id']}", partner).status == 200
    assert ask(membership.groups_of, "Organization/demo-private", NOW) == {GROUP}
    assert ask(membership.member_groups_of, "Organization/demo-private", NOW) == frozenset()


@pytest.mark.parametrize(
    ("reference", "expected"),
    [
        ("Organization/a", "Organization/a"),
        ("http://x.org/fhir/Organization/a", "Organization/a"),
        ("http://x.org/fhir/Organization/a/_history/2", "Organization/a"),
        ("http://y.org/fhir/Organization/a", None),
        ("#a", None),
        ("urn:uuid:10000000-0000-4000-8000-000000000001", None),
    ],
)
def test_what_a_reference_means_here(reference: str, expected: str | None) -> None:
    assert membership.local({"reference": reference}, "http://x.org/fhir") == expected
    assert membership.local({"display": "somebody"}) is membership.local(None) is None
