"""What a page costs grows with the page, not with the table: counted in steps and blocks, not in time."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from urllib.parse import parse_qsl
from zoneinfo import ZoneInfo

import pytest

from benchmarks.search_million import SEARCHES, fill
from fhirserver.search.engine import Search, open_search
from fhirserver.search.explanation import explanation
from fhirserver.search.query import Limits, understand_query
from fhirserver.search.sql import Sql
from fhirserver.store.store import Store, open_store
from tests.support.databases import postgresql_cluster

__all__ = ["postgresql_cluster"]

SMALL, LARGE = 2_000, 20_000
#: What a page may cost more in the large one: steps of SQLite, blocks of PostgreSQL. The pages are of 20 and 50;
#: one that is full costs some 1,000 steps and 70 blocks, one more where a second criterion is tried.
BOUND = {"sqlite": 1_500, "postgresql": 150}
#: A walk over patients who each have some dozens of observations to be tried is that many times as much.
WALKS = {"has": 25}
pytestmark = [pytest.mark.long, pytest.mark.slow, pytest.mark.timeout(900)]

Filled = tuple[str, Store, Search]


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def both(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Filled]]:
    """A small database and one ten times as large."""
    made = []
    for total in (SMALL, LARGE):
        if request.param == "sqlite":
            url = f"sqlite:///{tmp_path_factory.mktemp('cost') / 'fhir.db'}"
        else:
            cluster = request.getfixturevalue("postgresql_cluster")
            url = cluster.url(cluster.create())
        store = open_store(url)
        search = open_search(store, ZoneInfo("Asia/Shanghai"))
        fill(store, search, total)
        if request.param == "postgresql":
            import psycopg

            with psycopg.connect(url, autocommit=True) as connection:
                connection.execute("VACUUM ANALYZE")
        made.append((url, store, search))
    yield made
    for _, store, _ in made:
        store.close()


def _cost(filled: Filled, name: str) -> int:
    """Steps of SQLite's machine, or blocks PostgreSQL looked at, for the page of a search."""
    url, store, search = filled
    type, text = SEARCHES[name]
    scope = search.scope(0)
    query = understand_query(scope, [type], parse_qsl(text.format(n=7, o=3, s=5)), limits=Limits())
    (found,) = explanation(store, scope, query)
    if store.dialect == "sqlite":
        return _steps(url.removeprefix("sqlite:///"), found.statement)
    blocks = next(line for line in found.plan if "Buffers: shared" in line)
    return sum(int(number) for number in re.findall(r"(?:hit|read)=(\d+)", blocks))


def _steps(path: str, statement: Sql) -> int:
    steps = 0

    def step() -> int:
        nonlocal steps
        steps += 1
        return 0

    connection = sqlite3.connect(path)
    try:
        connection.set_progress_handler(step, 1)
        connection.execute(statement.text, statement.params).fetchall()
    finally:
        connection.close()
    return steps


@pytest.mark.parametrize("name", SEARCHES)
def test_ten_times_the_resources_are_not_ten_times_the_work(both: list[Filled], name: str) -> None:
    small, large = (_cost(each, name) for each in both)
    assert large <= small + BOUND[both[0][1].dialect] * WALKS.get(name, 1), (small, large)
