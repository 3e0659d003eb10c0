"""Retries with Idempotency-Key: a write is done once and answered alike."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import psycopg
import pytest

from fhirserver.assembly import assemble
from fhirserver.interactions.context import Context
from fhirserver.settings import Settings
from tests.support.client import Client, Reply
from tests.support.databases import CUT_IN_COMMIT, database_url, postgresql_cluster, postgresql_url, sqlite_url
from tests.support.whole import BASE, SYSTEM, bundle, client, client_of, count, entry, patient, whole

__all__ = ["client", "database_url", "postgresql_cluster", "postgresql_url", "sqlite_url", "whole"]

ONE = f"identifier={SYSTEM}|1"


def same(first: Reply, again: Reply) -> None:
    assert again.status == first.status and again.body == first.body
    assert again.headers["Idempotency-Replayed"] == "true" and "Idempotency-Replayed" not in first.headers
    for name in ("Location", "ETag", "Last-Modified", "Content-Location"):
        assert again.headers.get(name) == first.headers.get(name)


META = {"resourceType": "Parameters", "parameter": [{"name": "meta", "valueMeta": {"tag": [{"code": "x"}]}}]}
WRITES: list[tuple[str, str, Any, dict[str, str]]] = [
    ("POST", "/Patient", patient("1"), {}),
    ("POST", "/Patient", patient("1"), {"If-None-Exist": ONE}),
    ("PUT", "/Patient/a", patient("1", id="a", active=True), {}),
    ("PUT", f"/Patient?{ONE}", patient("1", active=True), {}),
    ("DELETE", "/Patient/a", None, {}),
    ("DELETE", f"/Patient?identifier={SYSTEM}|a", None, {"Prefer": "return=OperationOutcome"}),
    (
        "PATCH",
        "/Patient/a",
        '[{"op":"add","path":"/active","value":true}]',
        {"Content-Type": "application/json-patch+json", "If-Match": 'W/"1"'},
    ),
    ("POST", "", bundle(entry("POST", "Patient", patient("1")), entry("GET", "Patient?_summary=count")), {}),
    ("POST", "", bundle(entry("POST", "Patient", patient("1")), entry("DELETE", "Patient/a"), type="batch"), {}),
    ("POST", "/Patient/a/$meta-add", META, {}),
]


@pytest.mark.parametrize(("method", "path", "body", "headers"), WRITES)
def test_the_same_again(client: Client, method: str, path: str, body: Any, headers: dict[str, str]) -> None:
    client.put("/Patient/a", patient("a", id="a"))
    first = client.request(method, path, body, {**headers, "Idempotency-Key": "k-1"})
    assert first.status < 300, first.body
    now = client.get("/_history").resource["total"]
    same(first, client.request(method, path, body, {**headers, "Idempotency-Key": "k-1"}))
    assert client.get("/_history").resource["total"] == now


def test_the_same_key_for_something_else(client: Client) -> None:
    client.post("/Patient", patient("1"), idempotency_key="k")
    for reply in (
        client.post("/Patient", patient("2"), idempotency_key="k"),
        client.post("/Patient?_pretty=true", patient("1"), idempotency_key="k"),
        client.post("/Patient", patient("1"), idempotency_key="k", if_none_exist=ONE),
        client.put("/Patient/a", patient("1", id="a"), idempotency_key="k"),
        client.delete("/Patient/a", idempotency_key="k"),
        client.post("", bundle(entry("GET", "Patient"), entry("POST", "Patient", patient("1"))), idempotency_key="k"),
        client.post("", bundle(type="batch"), idempotency_key="k"),
    ):
        assert (reply.status, reply.keys) == (409, ["retry-key-reused"])
    assert count(client, "Patient") == 1


def test_what_is_refused_uses_no_key_up(client: Client) -> None:
    assert client.post("/Patient", patient("1", gender="x"), idempotency_key="k").status == 422
    assert client.post("/Patient", patient("1"), idempotency_key="k").status == 201


@pytest.mark.parametrize("key", ["", " ", "a b", "x" * 256, "schlüssel"])
def test_keys_of_the_wrong_form(client: Client, key: str) -> None:
    reply = client.post("/Patient", patient("1"), idempotency_key=key)
    assert (reply.status, reply.keys) == (400, ["retry-key-form"])


def test_a_key_may_be_quoted(client: Client) -> None:
    first = client.post("/Patient", patient("1"), idempotency_key='"k"')
    same(first, client.post("/Patient", patient("1"), idempotency_key="k"))


def test_a_key_lasts_as_long_as_the_setting_says(client: Client, whole: Context) -> None:
    client.post("/Patient", patient("1"), idempotency_key="k")
    later = client_of(whole, machine_now=lambda: whole.wall() + timedelta(seconds=whole.retry_seconds + 1))
    assert later.post("/Patient", patient("2"), idempotency_key="k").status == 201


def test_a_dry_run_uses_no_key_up(client: Client) -> None:
    reply = client.post("/Patient", patient("1"), idempotency_key="k", prefer="handling=dry-run")
    assert (reply.status, reply.keys) == (200, ["dry-run", "created"])
    assert "Location" not in reply.headers and reply.headers["Preference-Applied"] == "handling=dry-run"
    assert count(client, "Patient") == 0
    assert client.post("/Patient", patient("1"), idempotency_key="k").status == 201


def test_request_ids_where_the_setting_says_so(client: Client, whole: Context) -> None:
    ids = client_of(whole, request_id_retries=True)
    first = ids.post("/Patient", patient("1"), x_request_id="r-1")
    same(first, ids.post("/Patient", patient("1"), x_request_id="r-1"))
    assert client.post("/Patient", patient("1"), x_request_id="r-1").status == 201
    assert count(client, "Patient") == 2


def test_a_batch_that_was_cut_short(client: Client, whole: Context) -> None:
    """Its entries are kept one by one: what was done before the server died is not done again."""
    sent = bundle(*(entry("POST", "Patient", patient(str(number))) for number in range(3)), type="batch")
    first = client.post("", sent, idempotency_key="k")
    whole.store.write(lambda transaction: transaction.select(f"DELETE FROM answer {_WHOLE} RETURNING 1"))
    again = client.post("", sent, idempotency_key="k")
    assert again.resource == first.resource and count(client, "Patient") == 3


#: The answer to the batch itself is the largest of all.
_WHOLE = "WHERE key = (SELECT key FROM answer ORDER BY length(body) DESC LIMIT 1)"


def test_many_at_once_do_it_once(client: Client, whole: Context) -> None:
    def send(_: int) -> Reply:
        return client_of(whole).post("/Patient", patient("1"), idempotency_key="k")

    with ThreadPoolExecutor(8) as pool:
        replies = list(pool.map(send, range(16)))
    assert {reply.status for reply in replies} == {201}
    assert len({reply.body for reply in replies}) == 1
    assert sum("Idempotency-Replayed" not in reply.headers for reply in replies) == 1
    assert count(client, "Patient") == 1


@pytest.mark.parametrize(("method", "path", "body", "headers"), WRITES)
def test_every_write_can_be_tried(client: Client, method: str, path: str, body: Any, headers: dict[str, str]) -> None:
    client.put("/Patient/a", patient("a", id="a"))
    now = client.get("/_history").resource["total"]
    reply = client.request(method, path, body, {**headers, "Prefer": "handling=dry-run"})
    assert reply.status == 200, reply.resource
    assert reply.headers["Preference-Applied"] == "handling=dry-run"
    assert client.get("/_history").resource["total"] == now


@pytest.mark.postgresql
def test_an_outcome_that_nobody_knows(postgresql_url: str) -> None:
    """The connection breaks inside COMMIT: who has sent a key is told to insist."""
    made = assemble(Settings(database_url=postgresql_url, base_url=BASE))
    client = client_of(made)
    with psycopg.connect(postgresql_url, autocommit=True) as foreign:
        foreign.execute(CUT_IN_COMMIT)
        reply = client.post("/Patient", patient("1"), idempotency_key="k")
        assert (reply.status, reply.keys, reply.headers["Retry-After"]) == (503, ["retry-tells"], "1")
        sent = bundle(entry("POST", "Patient", patient("2")), type="batch")
        tried = client.post("", sent, idempotency_key="b").resource["entry"][0]["response"]
        assert tried["status"] == "503 Service Unavailable"
        foreign.execute("DROP TRIGGER cut ON resource")
    assert client.post("/Patient", patient("1"), idempotency_key="k").status == 201
    done = client.post("", sent, idempotency_key="b").resource["entry"][0]["response"]
    assert done["status"] == "201 Created"
    assert count(client, "Patient") == 2
    made.store.close()
