"""Interactions called as Bundle entries call them, on each database, with a clock and ids of our own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from fhirserver.interactions.context import Context
from fhirserver.interactions.message import Request, Response
from fhirserver.interactions.table import ROUTES, Routes, dispatch
from fhirserver.store.store import open_store
from fhirserver.validation import Validator
from tests.support.databases import database_url, postgresql_cluster, postgresql_url, sqlite_url

__all__ = ["database_url", "postgresql_cluster", "postgresql_url", "sqlite_url"]

BASE = "http://fhir.example.org/fhir"
START = datetime(2025, 3, 10, tzinfo=UTC)


class Clock:
    """A clock that goes on a second each time it is read, and can be set."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def context(database_url: str, clock: Clock) -> Iterator[Context]:
    store = open_store(database_url)
    numbers = count(1)
    yield Context(
        store=store,
        validator=Validator(),
        routes=Routes(ROUTES),
        base_url=BASE,
        zone=ZoneInfo("Asia/Shanghai"),
        secret=b"secret",
        now=clock,
        new_id=lambda: f"made-{next(numbers)}",
    )
    store.close()


Call = Callable[..., Response]


@pytest.fixture
def call(context: Context) -> Call:
    """``call("PUT", "Patient/1", resource, query={"_count": "1"}, **headers)``"""

    def send(method: str, path: str, resource: Any = None, query: Any = (), **headers: str) -> Response:
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        pairs = list(query.items()) if isinstance(query, dict) else list(query)
        return dispatch(context, Request(method, tuple(path.split("/")), BASE, pairs, names, resource))

    return send
