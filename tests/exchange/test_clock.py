"""The clock of a server: where it begins, that it flows, and that it goes forward only."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from fhirserver.assembly import assemble
from fhirserver.outcome import FhirError
from fhirserver.settings import Settings
from tests.support.client import Client
from tests.support.whole import BASE, client_of

BEGINNING = datetime(2025, 3, 10, 8, tzinfo=UTC)
UCUM = "http://unitsofmeasure.org"


def settings(database_url: str, clock: datetime | None = BEGINNING) -> Settings:
    return Settings(database_url=database_url, base_url=BASE, clock=clock)


@pytest.fixture
def demo(database_url: str) -> Iterator[Client]:
    """A client of a server whose clock begins in March 2025."""
    context = assemble(settings(database_url))
    yield client_of(context)
    context.store.close()


def told(client: Client) -> datetime:
    (now,) = client.get("/$clock").resource["parameter"]
    return datetime.fromisoformat(now["valueInstant"])


def moved(client: Client, **headers: str) -> Any:
    def move(**values: Any) -> Any:
        rows = [
            {"name": name, f"value{'Instant' if name == 'to' else 'Duration'}": each} for name, each in values.items()
        ]
        return client.post("/$clock", {"resourceType": "Parameters", "parameter": rows}, **headers)

    return move


def test_it_begins_where_the_setting_says_and_flows(demo: Client) -> None:
    first = told(demo)
    assert BEGINNING <= first < BEGINNING + timedelta(minutes=1)
    time.sleep(0.01)
    assert told(demo) > first
    written = demo.post("/Patient", {"resourceType": "Patient"}).resource["meta"]["lastUpdated"]
    assert datetime.fromisoformat(written) - first < timedelta(minutes=1)


def test_it_is_moved_forward_for_every_worker(demo: Client, database_url: str) -> None:
    other = assemble(settings(database_url))
    reply = moved(demo)(by={"value": 3, "unit": "d", "system": UCUM, "code": "d"})
    assert reply.status == 200, reply.body
    assert timedelta(days=3) <= told(client_of(other)) - BEGINNING < timedelta(days=3, minutes=1)
    assert moved(client_of(other))(to="2025-04-01T08:00:00+08:00").status == 200
    assert told(demo) >= datetime(2025, 4, 1, tzinfo=UTC)
    other.store.close()


@pytest.mark.parametrize(
    ("values", "status", "key"),
    [
        ({"to": "2025-03-09T08:00:00+08:00"}, 409, "clock-backwards"),
        ({"by": {"value": 0, "system": UCUM, "code": "d"}}, 409, "clock-backwards"),
        ({"by": {"value": 1, "system": UCUM, "code": "mo"}}, 422, "clock-duration"),
        ({"by": {"value": 9e9, "system": UCUM, "code": "d"}}, 422, "clock-too-far"),
        ({}, 400, "clock-one-of"),
    ],
)
def test_what_it_refuses(demo: Client, values: dict[str, Any], status: int, key: str) -> None:
    reply = moved(demo)(**values)
    assert (reply.status, reply.keys) == (status, [key])


def test_members_do_not_move_it(demo: Client) -> None:
    assert demo.put("/Organization/x", {"resourceType": "Organization", "id": "x", "name": "x"}).status == 201
    reply = moved(demo, x_caller="Organization/x")(by={"value": 1, "system": UCUM, "code": "d"})
    assert (reply.status, reply.keys) == (403, ["clock-for-administrators"])


def test_it_goes_on_over_a_restart_and_never_back(demo: Client, database_url: str) -> None:
    assert moved(demo)(to="2025-06-01T00:00:00Z").status == 200
    again = assemble(settings(database_url))
    assert told(client_of(again)) >= datetime(2025, 6, 1, tzinfo=UTC)
    again.store.close()
    later = assemble(settings(database_url, datetime(2025, 7, 1, tzinfo=UTC)))
    assert told(client_of(later)) >= datetime(2025, 7, 1, tzinfo=UTC)
    later.store.close()


def test_it_does_not_begin_before_what_is_there(database_url: str) -> None:
    context = assemble(settings(database_url, None))
    client_of(context).post("/Patient", {"resourceType": "Patient"})
    context.store.close()
    with pytest.raises(FhirError) as refused:
        assemble(settings(database_url))
    assert [issue.key for issue in refused.value.issues] == ["clock-behind-data"]


def test_without_the_setting_there_is_none(client: Client) -> None:
    for reply in (client.get("/$clock"), client.post("/$clock", {"resourceType": "Parameters"})):
        assert (reply.status, reply.keys) == (404, ["clock-real"])
    assert "clock" not in {each["name"] for each in client.get("/metadata").resource["rest"][0]["operation"]}


def test_with_the_setting_it_is_stated(demo: Client) -> None:
    stated = {each["name"]: each["definition"] for each in demo.get("/metadata").resource["rest"][0]["operation"]}
    assert stated["clock"].endswith("/OperationDefinition/clock")


def test_retries_are_kept_by_the_machines_time(demo: Client) -> None:
    sent = {"resourceType": "Patient"}
    first = demo.post("/Patient", sent, idempotency_key="one")
    assert moved(demo)(by={"value": 52, "system": UCUM, "code": "wk"}).status == 200
    assert demo.post("/Patient", sent, idempotency_key="one").location == first.location
