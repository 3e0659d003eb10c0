"""``python -m benchmarks.growth URL-SMALL URL-LARGE [TOTAL]``: what writing costs in a large database.

The first database is filled with 10,000 resources of :mod:`benchmarks.search_million`, the second with TOTAL
(1,000,000); what is there already stays. Then new Observations go into both in turn, in transactions of 1 and of 20,
with index rows and durable commits, so that both see the same machine. Prints the rates and their ratio.
"""

from __future__ import annotations

import random
import time
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from collections.abc import Iterator, Sequence
from typing import Any
from uuid import uuid4

from benchmarks.search_million import START, YEARS, ZONE, fill, observation
from fhirserver.resource import json
from fhirserver.resource.dates import instant
from fhirserver.search.engine import Search, open_search
from fhirserver.store.rows import Version, Write
from fhirserver.store.store import Store, Transaction, open_store

_SMALL, _LARGE = 10_000, 1_000_000
#: How many transactions go into one database before it is the other's turn, and how often each has its turn.
_ROUND, _ROUNDS = 25, 40
_SIZES = (1, 20)


def _observations(chance: random.Random, count: int, total: int) -> Iterator[dict[str, Any]]:
    """New results of known patients, most of them of these days."""
    patients, organizations = max(total // 50, 10), max(total // 500, 5)
    for _ in range(count):
        made = observation(0, chance, patients, organizations, None)
        made["id"] = str(uuid4())
        made["effectiveDateTime"] = instant(START + YEARS + chance.randrange(86_400_000_000) // 1000 * 1000, ZONE)
        yield made


def _write(store: Store, search: Search, resources: Sequence[dict[str, Any]]) -> None:
    writes = []
    for resource in resources:
        version = Version(resource["resourceType"], resource["id"], 1, START + YEARS, "PUT", json.encode(resource))
        writes.append(Write(version, None, search.indexer.rows(resource)))

    def work(transaction: Transaction) -> None:
        transaction.current([write.version.identity for write in writes])
        transaction.put(writes)

    store.write(work, len(writes))


def measure(databases: Sequence[tuple[Store, Search, int]], size: int) -> list[tuple[float, float]]:
    """For each database the seconds and the processor seconds of this process that its transactions took."""
    chance = random.Random(size)
    spent = [(0.0, 0.0)] * len(databases)
    for number in range(_ROUNDS + 2):
        for at, (store, search, total) in enumerate(databases):
            batches = [list(_observations(chance, size, total)) for _ in range(_ROUND)]
            wall, cpu = time.perf_counter(), time.process_time()
            for batch in batches:
                _write(store, search, batch)
            if number > 1:  # the first two warm up
                wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
                spent[at] = (spent[at][0] + wall, spent[at][1] + cpu)
    return spent


def main(urls: Sequence[str], total: int) -> None:
    databases = []
    for url, number in zip(urls, (_SMALL, total), strict=True):
        store = open_store(url)
        search = open_search(store, ZONE)
        if store.count() < number:
            fill(store, search, number)
        databases.append((store, search, number))
    print("| resources a transaction | in a database of | resources/s | CPU µs | of the small one's rate |")
    print("|--:|--:|--:|--:|--:|")
    for size in _SIZES:
        spent = measure(databases, size)
        written = size * _ROUND * _ROUNDS
        for (_, _, number), (wall, cpu) in zip(databases, spent, strict=True):
            ratio = spent[0][0] / wall
            print(f"| {size} | {number:,} | {written / wall:,.0f} | {cpu / written * 1e6:,.0f} | {ratio:.0%} |")
    for store, _, _ in databases:
        store.close()


if __name__ == "__main__":
    parser = ArgumentParser(
        prog="python -m benchmarks.growth", description=__doc__, formatter_class=RawDescriptionHelpFormatter
    )
    parser.add_argument("small", help="URL of a database that is filled once and then small beside the other")
    parser.add_argument("large", help="URL of the large one, filled the first time")
    parser.add_argument("number", nargs="?", type=int, default=_LARGE, help="resources in the large one (%(default)s)")
    chosen = parser.parse_args()
    main((chosen.small, chosen.large), chosen.number)
