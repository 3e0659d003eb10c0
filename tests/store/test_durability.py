"""A writer that is killed with SIGKILL: what it acknowledged is there, and nothing is there in part."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from fhirserver.store.store import Store, open_store
from tests.store.samples import as_sets, index_rows, stored_index_rows

PROJECT = Path(__file__).resolve().parents[2]

#: Several threads write transactions of a Patient and a Group whose version and index rows tell one number, and tell of
#: each on a line of its own once the store has acknowledged it.
_WRITER = """
import os, sys, threading
from fhirserver.store.store import open_store
from tests.store.samples import put_in

store = open_store(sys.argv[1])

def write(thread):
    number = 0
    while True:
        number += 1
        def work(transaction):
            put_in(transaction, "Patient", f"{thread}", number, b"%d" % number * 1000, (number,))
            put_in(transaction, "Group", f"{thread}-{number}", number, b"%d" % number, (number,))
        store.write(work)
        os.write(1, f"{thread} {number}\\n".encode())

for thread in range(4):
    threading.Thread(target=write, args=(thread,)).start()
"""


@pytest.mark.parametrize("acknowledged", [1, 40, 150])
def test_after_a_kill(database_url: str, acknowledged: int) -> None:
    open_store(database_url).close()
    last = killed_writer(database_url, acknowledged)
    store = open_store(database_url)
    for thread in range(4):
        check(store, thread, last.get(thread, 0))
    store.close()


def killed_writer(url: str, acknowledged: int) -> dict[int, int]:
    """Run a writer and kill it after so many acknowledgements; the last number each of its threads told."""
    writer = subprocess.Popen([sys.executable, "-c", _WRITER, url], stdout=subprocess.PIPE, text=True, cwd=PROJECT)
    assert writer.stdout
    lines = [writer.stdout.readline() for _ in range(acknowledged)]
    writer.kill()
    lines += writer.stdout.readlines()
    writer.wait()
    last: dict[int, int] = {}
    for line in lines:
        if line.endswith("\n"):
            thread, number = map(int, line.split())
            last[thread] = number
    return last


def check(store: Store, thread: int, acknowledged: int) -> None:
    found = store.read("Patient", str(thread))
    number = found.version if found else 0
    # the write under way when the process died may have been committed before it could be acknowledged
    assert number in (acknowledged, acknowledged + 1)
    history = store.history("Patient", str(thread), count=10_000)
    assert [version.version for version in history] == list(range(number, 0, -1))
    assert all(version.body == b"%d" % version.version * 1000 for version in history)
    if number:
        assert stored_index_rows(store, "Patient", str(thread)) == as_sets(
            index_rows("Patient", str(thread), (number,))
        )
    groups = [("Group", f"{thread}-{other}") for other in range(1, number + 2)]
    assert len(store.read_many(groups)) == number
    for _, id in groups[:number]:
        assert stored_index_rows(store, "Group", id) == as_sets(index_rows("Group", id, (int(id.split("-")[1]),)))
