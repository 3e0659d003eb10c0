"""What a rule may ask and do, with rules made for these tests: through the door, on each database."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from fhirserver.exchange.case import Case
from fhirserver.exchange.governor import ExchangeGovernor
from fhirserver.exchange.packs import load
from fhirserver.exchange.rules import Effect, Rule, message
from fhirserver.interactions.context import Context
from fhirserver.interactions.governing import Proposal
from fhirserver.outcome import Issue
from fhirserver.store.keys import value_key
from tests.exchange.conftest import example
from tests.support.client import Client
from tests.support.whole import bundle, client_of, entry

SAYS = message("TEST-RULE", 409, "wrong: {found}", "不对：{found}")

Served = Callable[..., Client]


@pytest.fixture
def served(whole: Context, tmp_path: Path) -> Served:
    """A client of a server with these rules, effects and packs."""

    def serve(rules: list[Rule] | None = None, effects: list[Effect] | None = None, *packs: str) -> Client:
        for number, text in enumerate(packs):
            (tmp_path / f"{number}.yaml").write_text(text, encoding="utf-8")
        chosen = load(rules or [], ZoneInfo("Asia/Shanghai"), tmp_path)
        return client_of(whole, governor=ExchangeGovernor(rules or [], effects or [], chosen))

    return serve


def says(found: Callable[[Case, Proposal], Any]) -> Callable[[Case, Proposal], Iterator[Issue]]:
    """A check that tells what it found, where that is anything."""

    def check(case: Case, proposal: Proposal) -> Iterator[Issue]:
        value = found(case, proposal)
        if value:
            yield SAYS.at("Basic", found=value)

    return check


def rule(found: Callable[[Case, Proposal], Any], **more: Any) -> Rule:
    return Rule("TEST-RULE", ("Basic",), "a test", (SAYS,), says(found), **more)


def basic(**more: Any) -> dict[str, Any]:
    return {"resourceType": "Basic", "code": {"text": "x"}, **more}


def told(reply: Any) -> list[str]:
    """The English texts of an outcome; rules speak both languages."""
    return [issue["diagnostics"].rpartition(" / ")[2] for issue in reply.resource["issue"]]


def test_a_rule_sees_the_rest_of_the_write(served: Served) -> None:
    def subject(case: Case, proposal: Proposal) -> Any:
        assert proposal.after is not None
        found = case.resource(proposal.after["subject"]["reference"])
        return found and found["id"] + "|" + str([each["id"] for each in case.pending("Group")])

    client = served([rule(subject)])
    group = {"resourceType": "Group", "type": "person", "actual": True}
    there = "urn:uuid:10000000-0000-4000-8000-000000000001"
    reply = client.post(
        "",
        bundle(
            entry("POST", "Group", group, there),
            entry("POST", "Basic", basic(subject={"reference": there})),
        ),
    )
    assert reply.status == 409
    id = told(reply)[0].removeprefix("wrong: ").partition("|")[0]
    assert told(reply) == [f"wrong: {id}|['{id}']"]
    assert reply.resource["issue"][0]["expression"] == ["Bundle.entry[1].resource"]


def test_a_search_shows_what_the_write_changes(served: Served) -> None:
    client = served([rule(lambda case, _: [each.get("active") for each in case.find("Patient", "gender=female")])])
    patient = {"resourceType": "Patient", "id": "1", "gender": "female", "active": True}
    assert client.put("/Patient/1", patient).status == 201
    assert told(client.post("/Basic", basic())) == ["wrong: [True]"]
    changed = entry("PUT", "Patient/1", {**patient, "active": False})
    assert told(client.post("", bundle(changed, entry("POST", "Basic", basic())))) == ["wrong: [False]"]
    assert client.post("", bundle(entry("DELETE", "Patient/1"), entry("POST", "Basic", basic()))).status == 200


def test_what_a_rule_advises_comes_with_the_answer(served: Served) -> None:
    client = served([rule(lambda case, proposal: "it", default="advise")])
    reply = client.post("/Basic", basic(), prefer="return=OperationOutcome")
    assert reply.status == 201
    assert [(issue["severity"], issue["diagnostics"]) for issue in reply.resource["issue"]][1:] == [
        ("warning", "不对：it / wrong: it")
    ]


def test_rules_look_before_they_are_asked(served: Served) -> None:
    looks: list[str] = []

    def business(resource: Any) -> bool:
        looks.append(resource["resourceType"])
        return "author" in resource

    client = served([rule(lambda case, proposal: "it", when=business)])
    assert client.put("/Basic/1", basic(id="1")).status == 201
    assert client.put("/Basic/1", basic(id="1", author={"display": "x"})).status == 409
    assert looks
    assert client.post("/Patient", {"resourceType": "Patient"}).status == 201
    assert set(looks) == {"Basic"}


def test_effects_amend_and_add_in_the_same_transaction(served: Served) -> None:
    def stamp(case: Case, proposal: Proposal) -> None:
        assert proposal.after is not None
        case.amend(proposal, {**proposal.after, "created": "2025-03-10"})
        group = {"resourceType": "Group", "type": "person", "actual": True}
        new = case.put(group)
        assert case.resource(new) is not None
        case.put({**(case.resource("Group/counter") or {**group, "id": "counter"}), "name": f"{proposal.change.id}"})

    client = served([], [Effect(("Basic",), stamp, locks=lambda change: [value_key("counter")])])
    for _ in range(2):
        made = client.post("/Basic", basic()).resource
        assert made["created"] == "2025-03-10"
    assert client.get("/Group?_summary=count").resource["total"] == 3
    assert client.get("/Group/counter").resource["name"] == made["id"]
    assert client.get("/Group/counter").resource["meta"]["versionId"] == "2"


def test_an_effect_amends_what_the_write_itself_changes(served: Served) -> None:
    def touch(case: Case, proposal: Proposal) -> None:
        patient = case.resource("Patient/1")
        assert patient is not None
        case.put({**patient, "active": False})

    client = served([], [Effect(("Basic",), touch)])
    patient = {"resourceType": "Patient", "id": "1", "active": True, "gender": "female"}
    reply = client.post("", bundle(entry("PUT", "Patient/1", patient), entry("POST", "Basic", basic())))
    assert reply.status == 200, reply.body
    assert client.get("/Patient/1").resource["active"] is False
    assert client.get("/Patient/1").resource["meta"]["versionId"] == "1"
    again = {**patient, "active": False}
    reply = client.post("", bundle(entry("PUT", "Patient/1", again), entry("POST", "Basic", basic())))
    assert reply.status == 200, "what the write leaves as it is may be put too"


def test_every_refusal_is_told_and_nothing_is_stored(served: Served) -> None:
    other = replace(rule(lambda case, proposal: "two"), id="TEST-OTHER")
    client = served([rule(lambda case, proposal: "one"), other])
    reply = client.post("", bundle(entry("POST", "Basic", basic()), entry("POST", "Basic", basic())))
    assert (reply.status, told(reply)) == (409, ["wrong: one", "wrong: two"] * 2)
    assert client.get("/Basic?_summary=count").resource["total"] == 0


# -- whose pack


EAST = """
id: east
version: '1'
title: East
group: Organization/demo-group
rules:
  TEST-RULE: {mode: enforce, parameters: {days: 3}}
"""
CITY = """
id: city
version: '1'
title: City
area: '3702'
rules:
  TEST-RULE: {mode: advise, parameters: {days: 5}}
"""


@pytest.mark.parametrize(
    ("headers", "resource", "expected"),
    [
        ({"x_caller": "PractitionerRole/demo-chc-doctor-role"}, {}, (409, "wrong: 3")),
        ({"x_caller": "Organization/demo-outside"}, {}, (201, "wrong: 5")),
        ({}, {}, (201, None)),
        ({}, {"author": {"reference": "PractitionerRole/demo-chc-doctor-role"}}, (409, "wrong: 3")),
        ({}, {"author": {"reference": "Organization/demo-station"}}, (409, "wrong: 3")),
    ],
    ids=["member", "of the area", "nobody", "of a member", "of a member's station"],
)
def test_the_pack_of_who_is_behind_a_write(
    served: Served, headers: dict[str, str], resource: dict[str, Any], expected: tuple[int, str | None]
) -> None:
    asked = rule(lambda case, proposal: case.parameter("TEST-RULE", "days"), default="off", parameters={"days": 7})
    client = served([asked], [], EAST, CITY)
    assert client.post("", example("Bundle-demo-setup")).status == 200
    reply = client.post("/Basic", basic(**resource), prefer="return=OperationOutcome", **headers)
    texts = [text for text in told(reply) if text.startswith("wrong")]
    assert (reply.status, next(iter(texts), None)) == expected


def test_leaving_a_group_ends_its_pack(served: Served) -> None:
    asked = rule(lambda case, proposal: "it", default="off", parameters={"days": 7})
    client = served([asked], [], EAST)
    assert client.post("", example("Bundle-demo-setup")).status == 200
    path = "/OrganizationAffiliation/demo-affiliation-chc"
    affiliation = {**client.get(path).resource, "period": {"start": "2023-07-01", "end": "2024-12-31"}}
    assert client.put(path, affiliation).status == 200
    assert client.post("/Basic", basic(), x_caller="Organization/demo-chc").status == 201
    assert client.post("/Basic", basic(), x_caller="Organization/demo-district").status == 409
