"""The demonstration plays as it is told, on each database, and is marked as what it is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from fhirserver.exchange.demo import GROUPS, Answer, Story, citizen_number, setup, social_credit
from fhirserver.exchange.identity import citizen, is_social_credit
from tests.support.client import Client

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


def test_the_story_is_as_told(client: Client) -> None:
    def send(method: str, path: str, resource: dict[str, Any] | None, headers: Mapping[str, str]) -> Answer:
        reply = client.request(method, f"/{path}" if path else "", resource, headers)
        return Answer(reply.status, reply.resource)

    for number in ("1", "2"):
        steps = list(Story(send, NOW, number).tell())
        assert [step.answer.status for step in steps] == [step.expected for step in steps], steps[-1]
        story = Counter(entry["resource"]["resourceType"] for entry in steps[-1].answer.resource["entry"])
        assert story == {"Task": 3, "ServiceRequest": 1, "Provenance": 7}


def test_numbers_are_invented_and_well_formed() -> None:
    assert len({social_credit(number) for number in range(1, 100)}) == 99
    assert all(is_social_credit(social_credit(number)) for number in range(1, 100))
    known = citizen(citizen_number("1968-04-12", 104))
    assert known is not None and (known.birth.isoformat(), known.male) == ("1968-04-12", False)


def test_everything_is_marked_as_test_data() -> None:
    resources = [entry["resource"] for entry in setup(NOW)["entry"]]
    assert all(each["meta"]["security"][0]["code"] == "HTEST" for each in resources)
    named = [each["name"] for each in resources if each["resourceType"] in ("Organization", "HealthcareService")]
    assert all(name.startswith("演示") for name in named)


def test_groups_are_those_of_the_articles() -> None:
    assert [group.kind for group in GROUPS] == ["alliance", "tight", "tight", "tight"]
    for group in GROUPS:
        assert [member.role for member in group.members].count("lead") == 1
    tiers = Counter(member.tier for member in GROUPS[2].members)
    assert (tiers[3], tiers[2], tiers[1], tiers[0]) == (1, 5, 16, 16)
