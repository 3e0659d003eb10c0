"""Prefer: respond-async (http.html#async): accepted, asked for, fetched, cancelled, taken up again."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import psycopg
import pytest

from fhirserver.assembly import assemble
from fhirserver.interactions.asynchronous import Workers, clear
from fhirserver.interactions.context import Context
from fhirserver.outcome import FhirError
from fhirserver.settings import Settings
from tests.support.client import Client, Reply
from tests.support.databases import CUT_IN_COMMIT, database_url, postgresql_cluster, postgresql_url, sqlite_url
from tests.support.whole import BASE, SYSTEM, bundle, client, client_of, count, entry, patient, whole

__all__ = ["client", "database_url", "postgresql_cluster", "postgresql_url", "sqlite_url", "whole"]

ASYNC = {"prefer": "respond-async"}


def accepted(reply: Reply) -> str:
    """The status URL, below [base]."""
    assert reply.status == 202, reply.body
    assert reply.keys == ["accepted"] and reply.headers["Preference-Applied"] == "respond-async"
    url = reply.headers["Content-Location"]
    assert url.startswith(f"{BASE}/_async/")
    return url.removeprefix(BASE)


def outcome(client: Client, url: str) -> Any:
    """The one entry of the Bundle with the outcome."""
    reply = client.get(url)
    assert reply.status == 200 and "Expires" in reply.headers, reply.body
    assert reply.resource["type"] == "batch-response"
    (only,) = reply.resource["entry"]
    return only


def test_a_transaction(client: Client, whole: Context) -> None:
    url = accepted(client.post("", bundle(entry("POST", "Patient", patient("1"))), **ASYNC))
    waiting = client.get(url)
    assert (
        waiting.status == 202 and waiting.headers["Retry-After"] == "1" and "waiting" in waiting.headers["X-Progress"]
    )
    assert count(client, "Patient") == 0
    workers = Workers(whole, 1)
    assert workers.run_one() and not workers.run_one()
    only = outcome(client, url)
    assert only["response"]["status"] == "200 OK"
    assert only["resource"]["type"] == "transaction-response"
    assert only["resource"]["entry"][0]["response"]["status"] == "201 Created"
    assert count(client, "Patient") == 1


def test_searches_and_histories(client: Client, whole: Context) -> None:
    client.post("/Patient", patient("1"))
    urls = [
        accepted(client.get(f"/Patient?identifier={SYSTEM}|1", **ASYNC)),
        accepted(
            client.request(
                "POST",
                "/Patient/_search",
                "identifier=1",
                {"Prefer": "respond-async", "Content-Type": "application/x-www-form-urlencoded"},
            )
        ),
        accepted(client.get("/_history", **ASYNC)),
    ]
    while Workers(whole, 1).run_one():
        pass
    for url in urls:
        found = outcome(client, url)["resource"]
        assert found["entry"][0]["resource"]["identifier"][0]["value"] == "1"
        assert found["link"][0]["url"].startswith(BASE)


def test_what_is_refused(client: Client, whole: Context) -> None:
    url = accepted(client.post("", bundle(entry("POST", "Patient", patient("1", gender="x"))), **ASYNC))
    Workers(whole, 1).run_one()
    response = outcome(client, url)["response"]
    assert response["status"].startswith("422")
    assert response["outcome"]["issue"][0]["expression"] == ["Bundle.entry[0].resource.gender"]


def test_short_requests_are_answered_at_once(client: Client) -> None:
    assert client.post("/Patient", patient("1"), **ASYNC).status == 201


def test_cancel(client: Client, whole: Context) -> None:
    url = accepted(client.post("", bundle(entry("POST", "Patient", patient("1"))), **ASYNC))
    assert client.delete(url).status == 202
    assert client.get(url).keys == ["job-unknown"] and client.delete(url).status == 404
    assert not Workers(whole, 1).run_one()
    assert count(client, "Patient") == 0


def test_a_key_takes_one_job_in(client: Client) -> None:
    sent = bundle(entry("POST", "Patient", patient("1")))
    urls = {accepted(client.post("", sent, idempotency_key="k", **ASYNC)) for _ in range(2)}
    assert len(urls) == 1


def test_outcomes_are_given_up(client: Client, whole: Context) -> None:
    url = accepted(client.get("/Patient", **ASYNC))
    Workers(whole, 1).run_one()
    later = replace(whole, machine_now=lambda: whole.wall() + timedelta(seconds=whole.async_seconds + 60))
    assert client_of(later).get(url).status == 404
    assert client.get(url).status == 200
    clear(later)
    assert client.get(url).status == 404


def test_a_job_cut_short_is_done_once(client: Client, whole: Context) -> None:
    """The worker died after the commit of what the job wrote, and before it could say so."""
    url = accepted(client.post("", bundle(entry("POST", "Patient", patient("1"))), **ASYNC))
    Workers(whole, 1).run_one()
    first = client.get(url).resource
    undone = "UPDATE job SET state = 1, lease = 0, answer = NULL RETURNING 1"
    whole.store.write(lambda transaction: transaction.select(undone))
    assert "working" in client.get(url).headers["X-Progress"]
    Workers(whole, 1).run_one()
    assert client.get(url).resource == first
    assert count(client, "Patient") == 1


@pytest.mark.postgresql
def test_a_job_that_the_database_broke_off(postgresql_url: str) -> None:
    """The connection breaks inside COMMIT: the job is tried again, under its key."""
    made = assemble(Settings(database_url=postgresql_url, base_url=BASE))
    client = client_of(made)
    url = accepted(client.post("", bundle(entry("POST", "Patient", patient("1"))), **ASYNC))
    with psycopg.connect(postgresql_url, autocommit=True) as foreign:
        foreign.execute(CUT_IN_COMMIT)
        with pytest.raises(FhirError):
            Workers(made, 1).run_one()
        foreign.execute("DROP TRIGGER cut ON resource")
    assert client.get(url).status == 202
    made.store.write(lambda transaction: transaction.select("UPDATE job SET lease = 0 RETURNING 1"))
    assert Workers(made, 1).run_one()
    assert outcome(client, url)["response"]["status"] == "200 OK"
    assert count(client, "Patient") == 1
    made.store.close()


def test_a_job_that_kills_its_workers_is_given_up(client: Client, whole: Context) -> None:
    url = accepted(client.get("/Patient", **ASYNC))
    worn = "UPDATE job SET state = 1, lease = 0, attempts = 5 RETURNING 1"
    whole.store.write(lambda transaction: transaction.select(worn))
    Workers(whole, 1).run_one()
    response = outcome(client, url)["response"]
    assert response["status"].startswith("500")
    assert response["outcome"]["issue"][0]["details"]["coding"][0]["code"] == "job-abandoned"


def test_a_taken_job_is_left_alone(client: Client, whole: Context) -> None:
    accepted(client.get("/Patient", **ASYNC))
    taken = f"UPDATE job SET state = 1, lease = {2**62} RETURNING 1"
    whole.store.write(lambda transaction: transaction.select(taken))
    assert not Workers(whole, 1).run_one()


def test_threads(client: Client, whole: Context) -> None:
    workers = Workers(whole, 2)
    workers.start()
    urls = [accepted(client.post("", bundle(entry("POST", "Patient", patient(str(n)))), **ASYNC)) for n in range(6)]
    while {client.get(url).status for url in urls} != {200}:
        pass
    workers.stop()
    assert count(client, "Patient") == 6
