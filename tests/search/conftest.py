"""A server in this process on each database, with a clock that tests can set."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

import pytest

from fhirserver.assembly import assemble
from fhirserver.interactions.context import Context
from fhirserver.rest.app import create_app
from fhirserver.settings import Settings
from tests.support.client import Client, wsgi_client
from tests.support.databases import database_url, postgresql_cluster, postgresql_url, sqlite_url

__all__ = ["database_url", "postgresql_cluster", "postgresql_url", "sqlite_url"]

BASE = "http://fhir.example.org/fhir"


@pytest.fixture
def context(database_url: str) -> Iterator[Context]:
    numbers = count(1)
    made = assemble(Settings(database_url=database_url, base_url=BASE), new_id=lambda: f"new-{next(numbers)}")
    yield made
    made.store.close()


@pytest.fixture
def client(context: Context) -> Client:
    return wsgi_client(create_app(context).wsgi_app, BASE)
