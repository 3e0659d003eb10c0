"""Many clients want the same thing at the same time; `benchmarks.race` is the same against any server."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.race import RACES, Race, run
from tests.support.server import Server, running

pytestmark = pytest.mark.slow

THREADS = 64


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def crowded(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with four processes."""
    folder: Path = tmp_path_factory.mktemp("crowded")
    if request.param == "sqlite":
        url = f"sqlite:///{folder / 'fhir.db'}"
    else:
        cluster = request.getfixturevalue("postgresql_cluster")
        url = cluster.url(cluster.create())
    with running(url, folder, {"workers": "4"}) as server:
        yield server


@pytest.mark.parametrize("race", RACES, ids=lambda race: race.__name__)
def test_race(crowded: Server, race: Race) -> None:
    (outcome,) = run(crowded.base, THREADS, [race])
    assert not outcome.wrong, outcome
