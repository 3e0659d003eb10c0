"""A server that is killed among many transactions: acknowledged ones are there whole, no other is there in part."""

from __future__ import annotations

import json
import os
import signal
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPException
from pathlib import Path
from threading import Event, Lock, Thread
from typing import Any

import pytest

from tests.support.client import Client
from tests.support.databases import Cluster, cluster
from tests.support.server import Server, running
from tests.support.whole import SYSTEM, bundle, entry, patient

pytestmark = pytest.mark.slow

CLIENTS, TRANSACTIONS, OBSERVATIONS = 32, 1000, 5


def transaction(number: int) -> dict[str, Any]:
    """A patient and its Observations, all of which tell the transaction's number."""
    urn = f"urn:uuid:00000000-0000-4000-8000-{number:012}"
    seen = {
        "resourceType": "Observation",
        "status": "final",
        "code": {"coding": [{"system": SYSTEM, "code": f"n{number}"}]},
        "subject": {"reference": urn},
    }
    made = [entry("POST", "Observation", seen) for _ in range(OBSERVATIONS)]
    return bundle(*made, entry("POST", "Patient", patient(f"n{number}"), urn))


class Sender:
    """Sends transactions from many threads, each with its key, until the server is gone."""

    def __init__(self, server: Server, kill_after: int | None = None) -> None:
        self.acknowledged: dict[int, bytes] = {}
        self._server = server
        self._kill_after = kill_after
        self._lock = Lock()
        self._dead = False

    def run(self) -> None:
        with ThreadPoolExecutor(CLIENTS) as pool:
            list(pool.map(self._share, range(CLIENTS)))

    def _share(self, first: int) -> None:
        client = self._server.client()
        for number in range(first, TRANSACTIONS, CLIENTS):
            if self._dead:
                return
            try:
                reply = client.post("", transaction(number), idempotency_key=f"key-{number}")
            except (OSError, HTTPException):
                if self._kill_after is None:
                    raise
                return
            assert reply.status == 200, reply.body
            self._note(number, reply.body)

    def _note(self, number: int, body: bytes) -> None:
        with self._lock:
            self.acknowledged[number] = body
            kill = len(self.acknowledged) == self._kill_after
            self._dead = self._dead or kill
        if kill:
            self._server.kill()


class Insistent(Sender):
    """Sends each transaction until it is done, as ``Retry-After`` asks."""

    def __init__(self, server: Server) -> None:
        super().__init__(server)
        self.put_off = 0

    def _share(self, first: int) -> None:
        client = self._server.client()
        for number in range(first, TRANSACTIONS, CLIENTS):
            while (reply := client.post("", transaction(number), idempotency_key=f"key-{number}")).status != 200:
                assert (reply.status, reply.headers.get("Retry-After")) == (503, "1"), reply.body
                self.put_off += 1
                time.sleep(0.1)
            self._note(number, reply.body)


def resources(client: Client, type: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    path: str | None = f"/{type}?_count=1000"
    while path:
        page = client.get(path).resource
        found += [each["resource"] for each in page.get("entry", ())]
        path = next((link["url"] for link in page["link"] if link["relation"] == "next"), None)
    return found


def check(client: Client, acknowledged: dict[int, bytes]) -> set[int]:
    """The numbers of the transactions that are there; each is there whole."""
    patients = {each["id"]: int(each["identifier"][0]["value"][1:]) for each in resources(client, "Patient")}
    assert len(set(patients.values())) == len(patients), "a transaction was done twice"
    seen = Counter(
        patients[each["subject"]["reference"].partition("/")[2]] for each in resources(client, "Observation")
    )
    assert seen == Counter(dict.fromkeys(patients.values(), OBSERVATIONS))
    assert acknowledged.keys() <= set(patients.values()), "an acknowledged transaction is gone"
    for number in list(acknowledged)[:: max(1, len(acknowledged) // 20)]:
        for type, parameter, expected in (("Patient", "identifier", 1), ("Observation", "code", OBSERVATIONS)):
            counted = client.get(f"/{type}?{parameter}={SYSTEM}|n{number}&_summary=count").resource["total"]
            assert counted == expected
    return set(patients.values())


@pytest.mark.parametrize("kill_after", [40, 300])
def test_kill(database_url: str, tmp_path: Path, kill_after: int) -> None:
    with running(database_url, tmp_path, {"workers": "4"}) as server:
        first = Sender(server, kill_after)
        first.run()
    assert len(first.acknowledged) >= kill_after
    with running(database_url, tmp_path, {"workers": "4"}) as server:
        there = check(server.client(), first.acknowledged)
        assert len(there) < TRANSACTIONS
        # the same again, as a client does that never saw an answer
        again = Sender(server)
        again.run()
        assert check(server.client(), again.acknowledged) == set(range(TRANSACTIONS))
        for number, body in first.acknowledged.items():
            assert again.acknowledged[number] == body
        total = server.client().get("/_history?_summary=count")
        assert total.status == 200, json.loads(total.body)


@pytest.mark.postgresql
def test_a_database_that_is_killed(tmp_path: Path) -> None:
    """PostgreSQL ends all sessions and recovers when one of them is killed: the server says so, and loses nothing."""
    with cluster() as own, running(own.url(own.create()), tmp_path, {"workers": "4"}) as server:
        sender, over = Insistent(server), Event()
        killer = Thread(target=_kill_sessions, args=(own, sender, over))
        killer.start()
        try:
            sender.run()
        finally:
            over.set()
            killer.join()
        assert sender.put_off
        assert check(server.client(), sender.acknowledged) == set(range(TRANSACTIONS))


def _kill_sessions(own: Cluster, sender: Sender, over: Event) -> None:
    """Kill a session of the server when a quarter of the transactions is done, a half, three quarters."""
    for quarter in (1, 2, 3):
        while len(sender.acknowledged) < quarter * TRANSACTIONS // 4:
            if over.wait(0.01):
                return
        with own.connect() as connection:
            asked = "SELECT pid FROM pg_stat_activity WHERE application_name = 'fhirserver' LIMIT 1"
            ((pid,),) = connection.execute(asked).fetchall()
        os.kill(pid, signal.SIGKILL)
