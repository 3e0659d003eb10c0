"""A real server on each database, one for all journeys that do it no harm."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.client import Client
from tests.support.databases import database_url, postgresql_cluster, postgresql_url, sqlite_url
from tests.support.server import Server, running

__all__ = ["database_url", "postgresql_cluster", "postgresql_url", "sqlite_url"]

SETTINGS = {"max_body": "1 MB", "cors_origins": "https://app.example.org,https://portal.example.org"}


@pytest.fixture(scope="session", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that all journeys of the session share; they make resources of their own."""
    folder = tmp_path_factory.mktemp("server")
    if request.param == "sqlite":
        url = f"sqlite:///{folder / 'fhir.db'}"
    else:
        cluster = request.getfixturevalue("postgresql_cluster")
        url = cluster.url(cluster.create())
    with running(url, folder, SETTINGS) as started:
        yield started


@pytest.fixture
def client(server: Server) -> Client:
    return server.client()


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def crowded(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with four processes, for the races of one module."""
    folder = tmp_path_factory.mktemp("crowded")
    if request.param == "sqlite":
        url = f"sqlite:///{folder / 'fhir.db'}"
    else:
        cluster = request.getfixturevalue("postgresql_cluster")
        url = cluster.url(cluster.create())
    with running(url, folder, {"workers": "4"}) as started:
        yield started
