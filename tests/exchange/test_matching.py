"""Patient/$match through the door."""

from __future__ import annotations

from typing import Any

import pytest

from fhirserver.exchange.identity import CITIZEN
from tests.exchange.conftest import example
from tests.support.client import Client
from tests.support.whole import bundle, entry

GRADE = "http://hl7.org/fhir/StructureDefinition/match-grade"
NUMBER = "37020019680412022X"


def patient(id: str, organization: str = "a", name: str = "刘桂兰", **more: Any) -> dict[str, Any]:
    return {
        "resourceType": "Patient",
        "id": id,
        "name": [{"text": name}],
        "managingOrganization": {"reference": f"Organization/{organization}"},
        **more,
    }


@pytest.fixture
def people(client: Client) -> Client:
    """Two records of one person, a namesake of the same day, and others."""
    number = {"identifier": [{"system": CITIZEN, "value": NUMBER}]}
    born = {"birthDate": "1968-04-12", "gender": "female"}
    rows = [
        patient("one", "a", **number, **born, telecom=[{"system": "phone", "value": "13800000001"}]),
        patient("two", "b", **number, **born),
        patient("namesake", "a", **born),
        patient("gone", "a", **born, active=False),
        patient("same-day", "a", name="刘建国", birthDate="1968-04-12", gender="male"),
        patient("other", "a", name="张海涛", birthDate="1962-07-21"),
    ]
    reply = client.post("", bundle(*(entry("PUT", f"Patient/{row['id']}", row) for row in rows)))
    assert reply.status == 200, reply.body.decode()
    return client


def match(client: Client, resource: dict[str, Any], **more: Any) -> list[tuple[str, str, float]]:
    rows: list[dict[str, Any]] = [{"name": "resource", "resource": {"resourceType": "Patient", **resource}}]
    rows += [
        {"name": name, "value" + ("Boolean" if value is True else "Integer"): value} for name, value in more.items()
    ]
    reply = client.post("/Patient/$match", {"resourceType": "Parameters", "parameter": rows})
    assert reply.status == 200, reply.body.decode()
    assert reply.resource["type"] == "searchset"
    found = reply.resource.get("entry", [])
    assert reply.resource["total"] == len(found)
    for each in found:
        assert each["search"]["mode"] == "match"
        assert each["search"]["extension"][0]["url"] == GRADE
        assert each["fullUrl"].endswith(f"/Patient/{each['resource']['id']}")
    return [
        (each["resource"]["id"], each["search"]["extension"][0]["valueCode"], each["search"]["score"]) for each in found
    ]


def test_a_checked_number_is_certain_in_every_organisation(people: Client) -> None:
    asked = {"identifier": [{"system": CITIZEN, "value": NUMBER.lower()}]}
    assert match(people, asked) == [("one", "certain", 1), ("two", "certain", 1)]
    assert match(people, asked, onlyCertainMatches=True) == [("one", "certain", 1), ("two", "certain", 1)]
    assert match(people, asked, count=1) == [("one", "certain", 1)]


def test_a_number_that_several_claim_is_not_certain_by_itself(people: Client) -> None:
    """A record with the number and another name is reviewed; until then the number does not tell them apart."""
    claimed = patient(
        "claims", "c", name="王五", birthDate="1968-04-12", identifier=[{"system": CITIZEN, "value": NUMBER}]
    )
    assert people.put("/Patient/claims", claimed).status == 201
    asked: dict[str, Any] = {"identifier": [{"system": CITIZEN, "value": NUMBER}]}
    assert {(id, grade) for id, grade, _ in match(people, asked)} == {
        (id, "probable") for id in ("one", "two", "claims")
    }
    assert match(people, asked, onlyCertainMatches=True) == []
    named = match(people, {**asked, "name": [{"text": "刘桂兰"}]})
    assert {id: grade for id, grade, _ in named} == {"one": "certain", "two": "certain", "claims": "probable"}


def test_name_and_birth_date_are_never_certain(people: Client) -> None:
    asked = {"name": [{"text": "刘桂兰"}], "birthDate": "1968-04-12"}
    found = match(people, asked)
    assert {id for id, _, _ in found} == {"one", "two", "namesake"}
    assert {grade for _, grade, _ in found} == {"possible"}
    assert match(people, asked, onlyCertainMatches=True) == []


def test_a_telephone_makes_it_probable_and_comes_first(people: Client) -> None:
    asked = {"name": [{"text": "LIU Guilan"}], "birthDate": "1968-04-12", "telecom": [{"value": "13800000001"}]}
    found = match(people, asked)
    assert found[0][:2] == ("one", "probable")
    assert [grade for _, grade, _ in found[1:]] == ["possible", "possible"]


def test_the_example_of_the_guide(people: Client) -> None:
    reply = people.post("/Patient/$match", example("Parameters-demo-match-call"))
    assert [each["resource"]["id"] for each in reply.resource["entry"]] == ["one", "two", "namesake"]
    # a bare Patient is as good as a Parameters resource
    bare = people.post("/Patient/$match?count=1", {"resourceType": "Patient", "name": [{"text": "张海涛"}]})
    assert (bare.status, bare.resource["total"]) == (200, 0)


@pytest.mark.parametrize(
    "sent",
    [
        {"resourceType": "Parameters"},
        {"resourceType": "Parameters", "parameter": [{"name": "resource", "resource": {"resourceType": "Basic"}}]},
        {
            "resourceType": "Parameters",
            "parameter": [
                {"name": "resource", "resource": {"resourceType": "Patient"}},
                {"name": "count", "valueInteger": 0},
            ],
        },
        {
            "resourceType": "Parameters",
            "parameter": [
                {"name": "resource", "resource": {"resourceType": "Patient"}},
                {"name": "count", "valueInteger": "many"},
            ],
        },
        {"resourceType": "Patient", "identifier": "x"},
        {"resourceType": "Patient", "identifier": [{"system": CITIZEN, "value": 12}]},
        {"resourceType": "Patient", "telecom": [None]},
        {"resourceType": "Patient", "birthDate": "yesterday"},
    ],
)
def test_wrong_calls(client: Client, sent: dict[str, Any]) -> None:
    assert client.post("/Patient/$match", sent).status == 400


def test_the_capability_statement_names_it(client: Client) -> None:
    (rest,) = client.get("/metadata").resource["rest"]
    (of_patient,) = (each for each in rest["resource"] if each["type"] == "Patient")
    assert "match" in {each["name"] for each in of_patient["operation"]}
