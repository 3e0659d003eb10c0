"""Fixtures of the store's tests: `store`, on each kind of database."""

from collections.abc import Iterator

import pytest

from fhirserver.store.store import Store, open_store
from tests.support.databases import database_url, postgresql_cluster, postgresql_url, sqlite_url

__all__ = ["database_url", "postgresql_cluster", "postgresql_url", "sqlite_url"]


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    opened = open_store(database_url)
    yield opened
    opened.close()


@pytest.fixture
def other(database_url: str, store: Store) -> Iterator[Store]:
    """The same database, opened once more, as another process would."""
    opened = open_store(database_url)
    yield opened
    opened.close()
