"""Prefer: respond-async over a real server, whose workers take the jobs up, also after a kill."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from tests.support.client import Client, Reply
from tests.support.server import Server, running
from tests.support.whole import bundle, entry, patient


def settled(client: Client, url: str) -> Reply:
    """The answer of a status URL when it is no longer 202."""
    last = time.monotonic() + 60
    while (reply := client.get(url)).status == 202:
        assert time.monotonic() < last, reply.headers.get("X-Progress")
        time.sleep(0.05)
    return reply


def test_a_large_bundle(server: Server) -> None:
    client = server.client()
    sent = bundle(*(entry("POST", "Patient", patient(f"async-{number}")) for number in range(200)))
    reply = client.post("", sent, prefer="respond-async, return=minimal")
    assert reply.status == 202
    answer = settled(client, reply.headers["Content-Location"])
    assert answer.status == 200
    (only,) = answer.resource["entry"]
    assert only["response"]["status"] == "200 OK" and len(only["resource"]["entry"]) == 200


@pytest.mark.slow
def test_jobs_survive_a_kill(database_url: str, tmp_path: Path) -> None:
    with running(database_url, tmp_path, {"async_workers": "0"}) as taker:
        sent = bundle(entry("POST", "Patient", patient("async")))
        urls = [taker.client().post("", sent, prefer="respond-async").headers["Content-Location"] for _ in range(3)]
        taker.kill()
    with running(database_url, tmp_path) as server:
        client = server.client()
        for url in urls:
            path = "/_async/" + url.rpartition("/")[2]
            assert settled(client, path).resource["entry"][0]["response"]["status"] == "200 OK"
        assert client.get("/Patient?_summary=count").resource["total"] == len(urls)
