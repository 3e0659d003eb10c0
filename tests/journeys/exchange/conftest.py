"""One exchange on each database for all the articles: two processes, a clock of its own, groups that a test founds."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.exchange.conftest import example
from tests.support.client import Client
from tests.support.server import Server, running

BEGINNING = "2025-03-10T08:00:00+08:00"


@pytest.fixture(scope="session", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def exchange(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that has the guide's demo group."""
    folder = tmp_path_factory.mktemp("articles")
    if request.param == "sqlite":
        url = f"sqlite:///{folder / 'fhir.db'}"
    else:
        cluster = request.getfixturevalue("postgresql_cluster")
        url = cluster.url(cluster.create())
    with running(url, folder, {"clock": BEGINNING}) as server:
        assert server.client().post("", example("Bundle-demo-setup")).status == 200
        yield server


@pytest.fixture
def client(exchange: Server) -> Client:
    return exchange.client()
