"""Many clients want the same thing at the same time; `benchmarks.race` is the same against any server."""

from __future__ import annotations

import pytest

from benchmarks.race import RACES, Race, run
from tests.support.server import Server

pytestmark = pytest.mark.slow

THREADS = 64


@pytest.mark.parametrize("race", RACES, ids=lambda race: race.__name__)
def test_race(crowded: Server, race: Race) -> None:
    (outcome,) = run(crowded.base, THREADS, [race])
    assert not outcome.wrong, outcome
