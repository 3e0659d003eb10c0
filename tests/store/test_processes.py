"""Several processes write to one database at once, as the workers of a server do."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from fhirserver.store.store import open_store
from tests.store.samples import as_sets, index_rows, stored_index_rows

PROJECT = Path(__file__).resolve().parents[2]
PROCESSES, THREADS, WRITES = 3, 2, 20

_WRITER = """
import sys
from concurrent.futures import ThreadPoolExecutor
from fhirserver.store.rows import Write
from fhirserver.store.store import open_store
from tests.store.samples import index_rows, successor

store = open_store(sys.argv[1])

def add(number):
    def work(transaction):
        previous = transaction.current([("Basic", "sum")]).get(("Basic", "sum"))
        total = int(previous.body) + 1 if previous else 1
        version = successor(previous, "Basic", "sum", total, b"%d" % total)
        transaction.put([Write(version, previous, index_rows("Basic", "sum", (total,)))])
        return total
    return store.write(work)

with ThreadPoolExecutor(int(sys.argv[2])) as pool:
    print(*pool.map(add, range(int(sys.argv[3]))))
store.close()
"""


def test_no_update_is_lost_between_processes(database_url: str) -> None:
    """They start on an empty database, so they also meet while it is given its tables."""
    command = [sys.executable, "-c", _WRITER, database_url, str(THREADS), str(WRITES)]
    writers = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=PROJECT) for _ in range(PROCESSES)]
    totals = [int(total) for writer in writers for total in writer.communicate()[0].split()]
    assert [writer.returncode for writer in writers] == [0] * PROCESSES
    everything = PROCESSES * WRITES
    assert sorted(totals) == list(range(1, everything + 1))

    store = open_store(database_url)
    history = store.history("Basic", "sum", count=1000)
    assert [version.body for version in history] == [b"%d" % total for total in range(everything, 0, -1)]
    assert stored_index_rows(store, "Basic", "sum") == as_sets(index_rows("Basic", "sum", (everything,)))
    assert store.count() == 1
    store.close()
