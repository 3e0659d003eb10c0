"""Tokens by value sets and code hierarchies, through the door, on each database."""

from __future__ import annotations

from typing import Any

import pytest

from tests.search.conftest import BASE
from tests.support.client import Client
from tests.support.terms import code_system, value_set

ICD, SNOMED = "urn:test:icd", "http://snomed.info/sct"


def _status(resource: dict[str, Any], id: str) -> dict[str, Any]:
    return {"status": "active", **resource, "id": id}


def _condition(id: str, system: str, code: str) -> dict[str, Any]:
    coded = {"coding": [{"system": system, "code": code}]}
    return {"resourceType": "Condition", "id": id, "subject": {"reference": "Patient/p"}, "code": coded}


@pytest.fixture
def coded(client: Client) -> Client:
    icd = code_system(ICD, ("I", "Circulatory", ("I10", "Hypertension", "I10.0", "I10.1"), "I20"), "J")
    resources = [
        _status(icd, "icd"),
        _status(value_set("http://example.org/vs", {"system": ICD, "concept": [{"code": "I20"}]}), "listed"),
        _status({"resourceType": "ValueSet", "compose": {"include": [{"system": ICD}]}}, "nameless"),
        _status(value_set("http://example.org/snomed", {"system": SNOMED}), "snomed"),
        {"resourceType": "Patient", "id": "p", "gender": "male"},
        _condition("a", ICD, "I10.0"),
        _condition("b", ICD, "I20"),
        _condition("c", ICD, "J"),
        _condition("d", "urn:other", "I20"),
        {"resourceType": "Condition", "id": "none", "subject": {"reference": "Patient/p"}},
    ]
    for resource in resources:
        reply = client.put(f"/{resource['resourceType']}/{resource['id']}", resource)
        assert reply.status == 201, reply.body
    return client


def ids(client: Client, query: str) -> str:
    reply = client.get(query)
    assert reply.status == 200, reply.body
    return " ".join(sorted(each["resource"]["id"] for each in reply.resource.get("entry", ())))


def test_value_sets_and_hierarchies(coded: Client) -> None:
    for query, expected in [
        ("Condition?code:in=http://example.org/vs", "b"),
        ("Condition?code:in=ValueSet/listed", "b"),
        (f"Condition?code:in={BASE}/ValueSet/nameless", "a b c"),
        ("Condition?code:not-in=http://example.org/vs", "a c d none"),
        ("Condition?code:in=http://example.org/vs,ValueSet/nameless", "a b c"),
        (f"Condition?code:below={ICD}|I10", "a"),
        (f"Condition?code:below={ICD}|I", "a b"),
        (f"Condition?code:below={ICD}|I10,{ICD}|J", "a c"),
        (f"Condition?code:above={ICD}|I10.0", "a"),
        (f"Patient?_has:Condition:patient:code:below={ICD}|I", "p"),
        ("Patient?gender:in=http://hl7.org/fhir/ValueSet/administrative-gender", "p"),
        (f'Condition?_filter=code%20ss%20"{ICD}|I10"', "a"),
        ('Condition?_filter=code%20in%20"http://example.org/vs"', "b"),
    ]:
        assert ids(coded, "/" + query) == expected, query


def test_a_change_of_the_value_set_counts_at_once(coded: Client) -> None:
    assert ids(coded, "/Condition?code:in=http://example.org/vs") == "b"
    changed = value_set("http://example.org/vs", {"system": ICD, "concept": [{"code": "J"}]})
    coded.put("/ValueSet/listed", _status(changed, "listed"))
    assert ids(coded, "/Condition?code:in=ValueSet/listed") == "c"
    assert ids(coded, "/Condition?code:in=http://example.org/vs") == "c"


def test_what_is_not_known_here_is_said(coded: Client) -> None:
    for query, said in [
        ("code:in=http://example.org/nowhere", "http://example.org/nowhere"),
        ("code:in=ValueSet/nowhere", "ValueSet/nowhere"),
        ("code:in=http://example.org/snomed", SNOMED),
        (f"code:below={SNOMED}|73211009", SNOMED),
        (f"code:above={SNOMED}|73211009", SNOMED),
        ("code:below=urn:nothing|1", "urn:nothing"),
        (f"code:below={ICD}|XXX", "XXX"),
        ("code:below=I10", "system|code"),
    ]:
        reply = coded.get(f"/Condition?{query}")
        assert 400 <= reply.status < 500, query
        assert said in reply.resource["issue"][0]["diagnostics"], query
