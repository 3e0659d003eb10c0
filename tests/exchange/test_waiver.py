"""Who is treated first and pays later, through the door."""

from __future__ import annotations

from typing import Any

import pytest

from tests.exchange.conftest import example
from tests.support.client import Client, Reply


def visit(**more: Any) -> dict[str, Any]:
    made = {**example("Encounter-demo-emergency-visit"), **more}
    return {name: value for name, value in made.items() if value is not None}


def put(client: Client, resource: dict[str, Any]) -> Reply:
    return client.put(f"/{resource['resourceType']}/{resource['id']}", resource)


def refusals(reply: Reply) -> list[str]:
    if reply.status in (200, 201):
        return []
    assert reply.status == 422, reply.body.decode()
    assert set(reply.keys) == {"FEE-WAIVER"}
    return [issue["diagnostics"] for issue in reply.resource["issue"]]


def test_signed_of_age_and_critical(group: Client) -> None:
    assert put(group, visit()).status == 201


@pytest.mark.parametrize(
    ("more", "part"),
    [
        ({"priority": None}, "critically ill"),
        ({"serviceProvider": {"reference": "Organization/demo-lead"}}, "Organization/demo-lead"),
        ({"period": {"start": "2026-01-01T00:00:00+08:00"}}, "contract"),
        ({"period": {"start": "2024-12-31T23:59:59+08:00"}}, "contract"),
    ],
)
def test_one_ground_is_missing(group: Client, more: dict[str, Any], part: str) -> None:
    (text,) = refusals(put(group, visit(**more)))
    assert part in text


def test_nobody_below_sixty_by_the_checked_number(group: Client) -> None:
    plan = {**example("CarePlan-demo-contract"), "id": "c", "subject": {"reference": "Patient/demo-liu"}}
    assert put(group, plan).status == 201
    subject = {"subject": {"reference": "Patient/demo-liu"}}
    assert len(refusals(put(group, visit(**subject)))) == 1  # born in April 1968
    unknown = {"resourceType": "Patient", "id": "old", "birthDate": "1940-01-01"}
    assert put(group, unknown).status == 201
    assert put(group, {**plan, "subject": {"reference": "Patient/old"}}).status == 200
    assert len(refusals(put(group, visit(subject={"reference": "Patient/old"})))) == 1


def test_all_that_is_missing_is_told_at_once_and_nothing_where_nothing_is_waived(group: Client) -> None:
    subject = {"subject": {"reference": "Patient/demo-liu"}}
    assert len(refusals(put(group, visit(priority=None, **subject)))) == 3
    waiver = example("Encounter-demo-emergency-visit")["extension"][0]
    parts = [each for each in waiver["extension"] if each["url"] == "basis"]
    nothing = {"url": waiver["url"], "extension": [{"url": "payAfter", "valueBoolean": False}, *parts]}
    assert put(group, visit(priority=None, extension=[nothing], **subject)).status == 201


def test_the_contract_may_come_in_the_same_transaction(group: Client) -> None:
    assert group.delete("/CarePlan/demo-contract").status in (200, 204)
    assert len(refusals(put(group, visit()))) == 1
    entries = [
        {"resource": each, "request": {"method": "PUT", "url": f"{each['resourceType']}/{each['id']}"}}
        for each in (example("CarePlan-demo-contract"), visit())
    ]
    reply = group.post("", {"resourceType": "Bundle", "type": "transaction", "entry": entries})
    assert reply.status == 200, reply.body.decode()


def test_what_was_granted_is_not_asked_again(group: Client) -> None:
    assert put(group, visit()).status == 201
    assert group.delete("/CarePlan/demo-contract").status in (200, 204)
    ended = visit(status="finished", period={"start": "2025-03-11T02:10:00+08:00", "end": "2025-03-11T05:00:00+08:00"})
    assert put(group, ended).status == 200


def test_the_referral_tells_that_it_is_critical(group: Client) -> None:
    request = {**example("ServiceRequest-demo-referral-emergency")}
    request.pop("supportingInfo")
    assert put(group, visit(extension=None)).status == 201
    assert put(group, request).status == 201
    admitted = visit(id="stay", priority=None, basedOn=[{"reference": "ServiceRequest/demo-referral-emergency"}])
    assert put(group, admitted).status == 201


def test_a_coverage_needs_contract_and_age(group: Client) -> None:
    waiver = example("Encounter-demo-emergency-visit")["extension"]
    coverage = {
        "resourceType": "Coverage",
        "id": "c",
        "status": "active",
        "extension": waiver,
        "beneficiary": {"reference": "Patient/demo-liu"},
        "payor": [{"reference": "Organization/demo-group"}],
    }
    assert len(refusals(put(group, coverage))) == 2
    plan = {**example("CarePlan-demo-contract"), "id": "now", "period": {"start": "2025-01-01"}}
    assert put(group, plan).status == 201
    assert put(group, {**coverage, "beneficiary": {"reference": "Patient/demo-zhang"}}).status == 201
