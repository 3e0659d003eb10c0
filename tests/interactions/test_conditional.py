"""Conditional create, update, patch and delete (http.html#ccreate, #cond-update, #cdelete)."""

from __future__ import annotations

import pytest

from fhirserver.interactions.context import Context
from tests.support.client import Client
from tests.support.databases import database_url, postgresql_cluster, postgresql_url, sqlite_url
from tests.support.whole import SYSTEM, client, client_of, count, patient, whole

__all__ = ["client", "database_url", "postgresql_cluster", "postgresql_url", "sqlite_url", "whole"]

ONE = f"identifier={SYSTEM}|1"


def test_create_makes_one_and_finds_it_again(client: Client) -> None:
    first = client.post("/Patient", patient("1"), if_none_exist=ONE)
    again = client.post("/Patient", patient("1", active=True), if_none_exist=ONE)
    assert (first.status, again.status) == (201, 200)
    assert again.location == first.location and again.headers["ETag"] == 'W/"1"'
    assert again.resource == first.resource
    assert count(client, "Patient") == 1


def test_create_with_several_matches(client: Client) -> None:
    for _ in range(2):
        client.post("/Patient", patient("1"))
    reply = client.post("/Patient", patient("1"), if_none_exist=ONE)
    assert (reply.status, reply.keys) == (412, ["criteria-match-several"])
    assert count(client, "Patient") == 2


def test_create_tells_what_it_found(client: Client) -> None:
    client.post("/Patient", patient("1"))
    reply = client.post("/Patient", patient("1"), if_none_exist=ONE, prefer="return=OperationOutcome")
    assert (reply.status, reply.keys) == (200, ["found-instead"])
    reply = client.post("/Patient", patient("1"), if_none_exist=ONE, prefer="return=minimal")
    assert (reply.status, reply.body) == (200, b"")


@pytest.mark.parametrize(
    ("criteria", "key"),
    [
        ("", "criteria-missing"),
        ("identifier=", "criterion-empty"),
        ("identifier=|", "criterion-empty"),
        ("_count=1", "criterion-no-filter"),
        (f"{ONE}&_include=Patient:organization", "criterion-no-filter"),
        (f"{ONE}&_sort=name", "criterion-no-filter"),
        ("identifer=1", "search-parameter-unknown-near"),
        ("identifier=%FF", "criteria-encoding"),
    ],
)
def test_criteria_that_are_none(client: Client, criteria: str, key: str) -> None:
    client.post("/Patient", patient("2"))
    for reply in (
        client.post("/Patient", patient("1"), if_none_exist=criteria, prefer="handling=lenient"),
        client.put(f"/Patient?{criteria}", patient("1"), prefer="handling=lenient"),
        client.delete(f"/Patient?{criteria}", prefer="handling=lenient"),
    ):
        if reply.keys == ["url-encoding"]:  # the door has refused the URL before
            continue
        assert (reply.status, reply.keys) == (400, [key])
    assert count(client, "Patient") == 1


def test_criteria_may_be_a_whole_query_and_hold_any_text(client: Client) -> None:
    client.post("/Patient", patient("一"))
    for criteria in (f"?identifier={SYSTEM}%7C%E4%B8%80", f"Patient?identifier={SYSTEM}%7C%E4%B8%80"):
        assert client.post("/Patient", patient("一"), if_none_exist=criteria).status == 200


def test_update(client: Client) -> None:
    made = client.put(f"/Patient?{ONE}", patient("1"))
    assert made.status == 201
    changed = client.put(f"/Patient?{ONE}", patient("1", active=True))
    assert (changed.status, changed.headers["ETag"]) == (200, 'W/"2"')
    assert changed.resource["id"] == made.resource["id"]
    same = client.put(f"/Patient?{ONE}", patient("1", active=True, id=made.resource["id"]))
    assert (same.status, same.headers["ETag"]) == (200, 'W/"2"')


def test_update_with_an_id(client: Client) -> None:
    made = client.put(f"/Patient?{ONE}", patient("1", id="mine"))
    assert (made.status, made.resource["id"]) == (201, "mine")
    other = client.put(f"/Patient?{ONE}", patient("1", id="another"))
    assert (other.status, other.keys) == (400, ["criteria-match-other"])
    taken = client.put(f"/Patient?identifier={SYSTEM}|2", patient("2", id="mine"))
    assert (taken.status, taken.keys) == (409, ["id-taken"])
    assert client.get("/Patient/mine").headers["ETag"] == 'W/"1"'


def test_update_with_an_id_that_was_deleted(client: Client) -> None:
    client.put(f"/Patient?{ONE}", patient("1", id="mine"))
    client.delete("/Patient/mine")
    again = client.put(f"/Patient?{ONE}", patient("1", id="mine"))
    assert (again.status, again.headers["ETag"]) == (201, 'W/"3"')


def test_update_with_several_matches(client: Client) -> None:
    for _ in range(2):
        client.post("/Patient", patient("1"))
    reply = client.put(f"/Patient?{ONE}", patient("1"))
    assert (reply.status, reply.keys) == (412, ["criteria-match-several"])


def test_update_with_preconditions(client: Client) -> None:
    client.put(f"/Patient?{ONE}", patient("1"))
    stale = client.put(f"/Patient?{ONE}", patient("1", active=True), if_match='W/"7"')
    assert (stale.status, stale.keys) == (412, ["version-conflict"])
    there = client.put(f"/Patient?{ONE}", patient("1", active=True), if_none_match="*")
    assert (there.status, there.keys) == (412, ["already-there"])


def test_update_with_general_parameters(client: Client) -> None:
    reply = client.put(f"/Patient?{ONE}&_elements=active&_pretty=true", patient("1", active=True))
    assert reply.status == 201 and "identifier" not in reply.resource and b"\n" in reply.body


def test_delete(client: Client) -> None:
    client.post("/Patient", patient("1"))
    gone = client.delete(f"/Patient?{ONE}")
    assert (gone.status, gone.headers["ETag"]) == (204, 'W/"2"')
    again = client.delete(f"/Patient?{ONE}", prefer="return=OperationOutcome")
    assert (again.status, again.keys) == (200, ["nothing-matched"])
    assert client.delete(f"/Patient?{ONE}").status == 204


def test_delete_of_several(client: Client, whole: Context) -> None:
    for _ in range(3):
        client.post("/Patient", patient("1"))
    reply = client_of(whole, delete_limit=2).delete(f"/Patient?{ONE}")
    assert (reply.status, reply.keys) == (412, ["criteria-match-too-many"])
    assert count(client, "Patient") == 3
    reply = client_of(whole, delete_limit=3).delete(f"/Patient?{ONE}", prefer="return=OperationOutcome")
    assert (reply.status, reply.keys) == (200, ["deleted"] * 3)
    assert count(client, "Patient") == 0


def test_delete_with_precondition(client: Client) -> None:
    client.post("/Patient", patient("1"))
    assert client.delete(f"/Patient?{ONE}", if_match='W/"2"').status == 412
    assert client.delete(f"/Patient?{ONE}", if_match='W/"1"').status == 204


def test_invalid_content_stores_nothing(client: Client) -> None:
    reply = client.post("/Patient", patient("1", gender="x"), if_none_exist=ONE)
    assert reply.status == 422
    assert client.put(f"/Patient?{ONE}", patient("1", birthDate="2021-02-30")).status == 400
    assert count(client, "Patient") == 0
