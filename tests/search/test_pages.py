"""Pages while others write: complete, without repeats, for every row whose sort values stay."""

from __future__ import annotations

from collections.abc import Iterator
from threading import Event, Thread
from typing import Any

import pytest

from fhirserver.assembly import assemble
from fhirserver.interactions.context import Context
from fhirserver.rest.app import create_app
from fhirserver.settings import Settings
from tests.search.conftest import BASE
from tests.support.client import Client, wsgi_client

STEADY = 60


def _weight(id: str, number: int) -> dict[str, Any]:
    return {
        "resourceType": "Observation",
        "id": id,
        "status": "final",
        "code": {"coding": [{"system": "http://loinc.org", "code": "29463-7"}]},
        "effectiveDateTime": f"2024-01-{number % 9 + 1:02d}",  # many share a date
        "valueQuantity": {"value": number % 7},
    }


def _put(client: Client, resource: dict[str, Any]) -> None:
    reply = client.put(f"/Observation/{resource['id']}", resource)
    assert reply.status in (200, 201), reply.body


def _walk(client: Client, query: str) -> Iterator[str]:
    """The ids of all pages, in order."""
    url: str | None = query
    while url is not None:
        bundle = client.get(url).resource
        yield from (each["resource"]["id"] for each in bundle.get("entry", ()))
        url = next((link["url"] for link in bundle["link"] if link["relation"] == "next"), None)


@pytest.fixture
def others(client: Client, database_url: str) -> Iterator[list[Exception]]:
    """A second process's worth of server that creates, changes and deletes all the time, never a steady resource."""
    for number in range(STEADY):
        _put(client, _weight(f"s{number}", number))
    context: Context = assemble(Settings(database_url=database_url, base_url=BASE))
    other = wsgi_client(create_app(context).wsgi_app, BASE)
    done, errors = Event(), []

    def work() -> None:
        number = 0
        try:
            while not done.is_set() and number < 3000:
                number += 1
                _put(other, _weight(f"x{number % 40}", number))
                if number % 3 == 0:
                    other.delete(f"/Observation/x{(number * 7) % 40}")
        except Exception as error:
            errors.append(error)

    thread = Thread(target=work)
    thread.start()
    yield errors
    done.set()
    thread.join()
    context.store.close()


@pytest.mark.parametrize(
    "sort", ["", "&_sort=-date", "&_sort=date", "&_sort=value-quantity,-date", "&_sort=_id", "&_sort=_lastUpdated"]
)
def test_steady_rows_come_once_while_others_write(client: Client, others: list[Exception], sort: str) -> None:
    for _ in range(2):
        seen = [id for id in _walk(client, f"/Observation?code=29463-7&_count=7{sort}") if id.startswith("s")]
        assert sorted(seen) == sorted(f"s{number}" for number in range(STEADY))
    assert others == []


def test_a_place_that_was_changed_by_hand_is_refused(client: Client) -> None:
    for number in range(5):
        _put(client, _weight(f"s{number}", number))
    links = client.get("/Observation?_count=2").resource["link"]
    following = next(link["url"] for link in links if link["relation"] == "next")
    assert client.get(following).status == 200
    for spoilt in (following[:-2] + ("AA" if following[-2:] != "AA" else "BB"), following + "x", following[:-10]):
        reply = client.get(spoilt)
        assert reply.status == 400
        assert reply.keys == ["page-unknown"]
