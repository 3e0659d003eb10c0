"""The clock over real HTTP: several workers tell the same time at once, over a restart too."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.support.client import Client
from tests.support.server import Server, running

BEGINNING = "2025-03-10T08:00:00+08:00"
SETTINGS = {"clock": BEGINNING, "workers": "3"}


def now(client: Client) -> datetime:
    return datetime.fromisoformat(client.get("/$clock").resource["parameter"][0]["valueInstant"])


def forward(client: Client, days: int) -> None:
    by = {"value": days, "unit": "d", "system": "http://unitsofmeasure.org", "code": "d"}
    sent = {"resourceType": "Parameters", "parameter": [{"name": "by", "valueDuration": by}]}
    assert client.post("/$clock", sent).status == 200


def clients(server: Server) -> list[Client]:
    """So many connections that every worker has some."""
    return [server.client() for _ in range(12)]


@pytest.mark.slow
def test_every_worker_has_the_new_time_when_the_answer_comes(database_url: str, tmp_path: Path) -> None:
    beginning = datetime.fromisoformat(BEGINNING).astimezone(UTC)
    with running(database_url, tmp_path, SETTINGS) as server:
        callers = clients(server)
        assert all(now(each) - beginning < timedelta(minutes=5) for each in callers)
        for round in range(1, 4):
            forward(callers[round], 1)
            assert all(now(each) >= beginning + timedelta(days=round) for each in callers)
        written = callers[0].post("/Patient", {"resourceType": "Patient"}).resource["meta"]["lastUpdated"]
        assert datetime.fromisoformat(written) >= beginning + timedelta(days=3)
        assert server.stop() == 0
    with running(database_url, tmp_path, SETTINGS) as server:
        assert all(now(each) >= beginning + timedelta(days=3) for each in clients(server))


def test_a_page_of_another_origin_may_say_who_calls(client: Client) -> None:
    asked = {"Origin": "https://app.example.org", "Access-Control-Request-Method": "PUT"}
    reply = client.request("OPTIONS", "/Task/1", headers={**asked, "Access-Control-Request-Headers": "X-Caller"})
    assert "X-Caller" in reply.headers["Access-Control-Allow-Headers"].split(", ")
