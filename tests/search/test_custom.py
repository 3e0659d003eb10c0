"""SearchParameter resources of clients: when they count, what is said of partial ones, which are refused."""

from __future__ import annotations

from typing import Any

import pytest

from fhirserver.assembly import assemble
from fhirserver.interactions.context import Context
from fhirserver.rest.app import create_app
from fhirserver.search.reindex import Progress, reindex
from fhirserver.settings import Settings
from tests.search.conftest import BASE
from tests.support.client import Client, wsgi_client

URL = "http://example.org/SearchParameter/"


def parameter(code: str = "marital", expression: str | None = "Patient.maritalStatus", **more: Any) -> dict[str, Any]:
    made = {
        "resourceType": "SearchParameter",
        "url": URL + code,
        "name": "X",
        "status": "active",
        "description": "-",
        "code": code,
        "base": ["Patient"],
        "type": "token",
        "expression": expression,
        **more,
    }
    return {name: value for name, value in made.items() if value is not None}


def married(id: str) -> dict[str, Any]:
    return {"resourceType": "Patient", "id": id, "maritalStatus": {"coding": [{"code": "M"}]}}


def found(client: Client, query: str) -> tuple[list[str], list[str]]:
    """Ids of the matches, and machine codes of what the outcome says."""
    entries = client.get(query).resource.get("entry", [])
    ids = sorted(each["resource"]["id"] for each in entries if each["search"]["mode"] == "match")
    outcomes = [each["resource"] for each in entries if each["search"]["mode"] == "outcome"]
    return ids, [issue["details"]["coding"][0]["code"] for each in outcomes for issue in each["issue"]]


def stated(client: Client) -> dict[str, Any]:
    rest = client.get("/metadata").resource["rest"][0]
    patient = next(each for each in rest["resource"] if each["type"] == "Patient")
    return next(each for each in patient["searchParam"] if each["name"] == "marital")


def test_it_is_partial_until_a_reindex_and_says_so(context: Context, client: Client, database_url: str) -> None:
    other = assemble(Settings(database_url=database_url, base_url=BASE))
    try:
        elsewhere = wsgi_client(create_app(other).wsgi_app, BASE)
        client.put("/Patient/old", married("old"))
        assert client.post("/SearchParameter", parameter()).status == 201
        client.put("/Patient/new", married("new"))
        partial = ["search-parameter-partial"]
        for each in (client, elsewhere):
            assert found(each, "/Patient?marital=M") == (["new"], partial)
            assert found(each, "/Patient?_sort=marital") == (["new", "old"], partial)
            assert found(each, "/Observation?patient.marital=M") == ([], partial)
            assert found(each, "/Patient?_id=old") == (["old"], [])
            assert "Partial" in stated(each)["documentation"]
        assert context.search is not None
        reindex(context.store, context.search.indexer, type="Patient")
        for each in (client, elsewhere):
            assert found(each, "/Patient?marital=M") == (["new", "old"], [])
            assert "documentation" not in stated(each)
    finally:
        other.store.close()


def test_what_is_complete_survives_a_restart_and_ends_with_another_expression(
    context: Context, client: Client, database_url: str
) -> None:
    assert context.search is not None
    created = client.post("/SearchParameter", parameter())
    reindex(context.store, context.search.indexer)
    again = assemble(Settings(database_url=database_url, base_url=BASE))
    try:
        restarted = wsgi_client(create_app(again).wsgi_app, BASE)
        assert found(restarted, "/Patient?marital=M") == ([], [])
        id = created.resource["id"]
        renamed = parameter(id=id, name="Other")
        assert restarted.put(f"/SearchParameter/{id}", renamed).status == 200
        assert found(restarted, "/Patient?marital=M") == ([], [])
        changed = parameter(id=id, expression="Patient.maritalStatus.coding")
        assert restarted.put(f"/SearchParameter/{id}", changed).status == 200
        assert found(restarted, "/Patient?marital=M") == ([], ["search-parameter-partial"])
        assert restarted.delete(f"/SearchParameter/{id}").status in (200, 204)
        assert restarted.get("/Patient?marital=M").status == 400
    finally:
        again.store.close()


def test_a_reindex_that_goes_on_completes_what_it_began_with(context: Context, client: Client) -> None:
    assert context.search is not None
    for number in range(4):
        client.put(f"/Patient/p{number}", married(f"p{number}"))
    client.post("/SearchParameter", parameter())

    class StoppedError(Exception):
        pass

    seen: list[Progress] = []

    def stop(progress: Progress) -> None:
        seen.append(progress)
        raise StoppedError

    with pytest.raises(StoppedError):
        reindex(context.store, context.search.indexer, batch=2, report=stop)
    client.post("/SearchParameter", parameter("late"))
    assert found(client, "/Patient?marital=M")[1] == ["search-parameter-partial"]
    reindex(context.store, context.search.indexer, position=seen[0].position)
    assert found(client, "/Patient?marital=M") == (["p0", "p1", "p2", "p3"], [])
    assert found(client, "/Patient?late=M")[1] == ["search-parameter-partial"]


REFUSED = [
    (parameter(expression="Patient.maritalStatus.where("), "expression-malformed"),
    (parameter(expression="Patient.maritalStatu"), "search-expression-nowhere"),
    (parameter(expression="Observation.code"), "search-expression-nowhere"),
    (parameter(type="date"), "search-expression-values"),
    (parameter("gender"), "search-code-taken"),
    (parameter("_sort"), "search-code-taken"),
    (parameter("_lastUpdated"), "search-code-taken"),
    (
        parameter("pair", type="composite", component=[{"definition": URL + "none", "expression": "x"}] * 2),
        "search-component-unknown",
    ),
]


@pytest.mark.parametrize(("resource", "key"), REFUSED, ids=lambda each: each if isinstance(each, str) else "")
def test_what_cannot_be_searched_with_is_refused(client: Client, resource: dict[str, Any], key: str) -> None:
    reply = client.post("/SearchParameter", resource)
    assert reply.status == 422
    assert key in reply.keys


def test_without_a_base_it_is_not_valid(client: Client) -> None:
    resource = parameter()
    del resource["base"]
    reply = client.post("/SearchParameter", resource)
    assert reply.status == 400
    assert any("SearchParameter.base" in str(issue) for issue in reply.resource["issue"])


ACCEPTED = [
    parameter("gender", "Patient.gender", url="http://hl7.org/fhir/SearchParameter/individual-gender"),
    parameter("gender", "Patient.gender", derivedFrom="http://hl7.org/fhir/SearchParameter/individual-gender"),
    parameter("gender", status="retired"),
    parameter("note", expression=None),
]


@pytest.mark.parametrize("resource", ACCEPTED, ids=["own", "derived", "retired", "without"])
def test_r4_answers_for_what_restates_it(client: Client, resource: dict[str, Any]) -> None:
    assert client.post("/SearchParameter", resource).status == 201
    client.put("/Patient/p", {"resourceType": "Patient", "id": "p", "gender": "male"})
    assert found(client, "/Patient?gender=male") == (["p"], [])


def test_two_do_not_share_a_code(client: Client) -> None:
    assert client.post("/SearchParameter", parameter()).status == 201
    other = parameter(url=URL + "other", expression="Patient.gender")
    assert client.post("/SearchParameter", other).keys == ["search-code-taken"]
    assert client.post("/SearchParameter", {**other, "base": ["Person"], "expression": "Person.gender"}).status == 201
