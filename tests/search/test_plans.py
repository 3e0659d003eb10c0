"""The typical searches at 200,000 resources go by indexes: no table is read from one end to the other for a page."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import parse_qsl
from zoneinfo import ZoneInfo

import pytest

from benchmarks.search_million import SEARCHES, fill
from fhirserver.search.engine import Search, open_search
from fhirserver.search.explanation import explanation
from fhirserver.search.query import Limits, understand_query
from fhirserver.store.store import Store, open_store
from tests.support.databases import postgresql_cluster

__all__ = ["postgresql_cluster"]

TOTAL = 200_000
pytestmark = [pytest.mark.long, pytest.mark.slow, pytest.mark.timeout(1800)]


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def filled(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Store, Search]]:
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path_factory.mktemp('plans') / 'fhir.db'}"
    else:
        cluster = request.getfixturevalue("postgresql_cluster")
        url = cluster.url(cluster.create())
    store = open_store(url)
    search = open_search(store, ZoneInfo("Asia/Shanghai"))
    fill(store, search, TOTAL)
    if request.param == "postgresql":
        import psycopg

        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("ANALYZE")
    yield store, search
    store.close()


@pytest.mark.parametrize("name", SEARCHES)
def test_a_page_is_read_from_indexes(filled: tuple[Store, Search], name: str) -> None:
    store, search = filled
    type, text = SEARCHES[name]
    scope = search.scope(0)
    query = understand_query(scope, [type], parse_qsl(text.format(n=7, o=3, s=5)), limits=Limits())
    for each in explanation(store, scope, query):
        assert whole_tables(each.plan) == [], each.statement.text


def whole_tables(plan: list[str]) -> list[str]:
    """The lines of a plan that read a stored table whole. SQLite names derived tables by their aliases here."""
    derived = ("SCAN p", "SCAN a", "SCAN part", "SCAN keyed", "SCAN merged", "SCAN target", "SCAN source", "SCAN link")
    lines = (line.strip() for line in plan)
    return [
        line
        for line in lines
        if "Seq Scan on" in line or (line.startswith("SCAN ") and "json_each" not in line and line not in derived)
    ]
