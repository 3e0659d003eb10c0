"""``python -m benchmarks.transactions FOLDER``: how fast transaction Bundles of synthetic patients go in.

FOLDER holds Bundles as Synthea writes them, one a file (.json or .json.gz). Those of hospitals and practitioners, to
which the others refer by identifier, go in first and do not count. Then each client sends Bundles as fast as they are
answered, every one under ids of its own, to a server started for the run, or to any server with ``--base URL``. While
they do, another client creates small resources one by one: how long these take says how far large Bundles hold others
up. The rate counts resources, all validated, indexed and durable when they are answered.
"""

from __future__ import annotations

import argparse
import gzip
import http.client
import json
import sys
import time
from contextlib import ExitStack
from dataclasses import dataclass
from multiprocessing import Event, Process, Queue
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from benchmarks import machine
from benchmarks.http import Plan, server

_FIRST = ("hospital", "practitioner")
_SMALL = json.dumps({"resourceType": "Basic", "code": {"text": "small"}}).encode()


@dataclass(frozen=True)
class Bundle:
    """A Bundle as it is sent, and how many resources it makes."""

    body: bytes
    entries: int


@dataclass(frozen=True)
class Result:
    """Resources a second, and the milliseconds a small create took beside: median and the slowest of a hundred.

    `cpu`: microseconds of processor time a resource took in all processes of the run, the small creates included.
    """

    rate: float
    cpu: float
    p50: float
    p99: float


def bundles(folder: Path) -> tuple[list[Bundle], list[Bundle]]:
    """Those that go in first, and those that are measured."""
    first: list[Bundle] = []
    others: list[Bundle] = []
    for path in sorted(folder.glob("*.json*")):
        body = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        made = Bundle(body, len(json.loads(body).get("entry", ())))
        (first if any(word in path.name for word in _FIRST) else others).append(made)
    return first, others


class _Client:
    def __init__(self, base: str) -> None:
        self._url = urlsplit(base)
        self._connection = http.client.HTTPConnection(str(self._url.hostname), self._url.port, timeout=600)

    def post(self, path: str, body: bytes) -> None:
        headers = {"Content-Type": "application/fhir+json", "Accept": "application/fhir+json"}
        self._connection.request("POST", self._url.path + path, body, headers)
        answer = self._connection.getresponse()
        text = answer.read()
        if answer.status >= 300:
            raise SystemExit(f"{answer.status}: {text[:1000].decode(errors='replace')}")


def _send(base: str, work: list[Bundle], begin: Any, done: Any) -> None:
    client = _Client(base)
    begin.wait()
    for bundle in work:
        client.post("", bundle.body)
    done.put(None)


def _small(base: str, end: Any, done: Any) -> None:
    """Small creates, one after another, until the Bundles are in."""
    client, taken = _Client(base), []
    while not end.is_set():
        began = time.perf_counter()
        client.post("/Basic", _SMALL)
        taken.append((time.perf_counter() - began) * 1000)
        time.sleep(0.01)
    done.put(taken)


def measure(base: str, others: list[Bundle], clients: int, rounds: int) -> Result:
    """Send every Bundle `rounds` times, shared among the clients."""
    work = others * rounds
    begin, end = Event(), Event()
    sent: Any = Queue()
    taken: Any = Queue()
    senders = [Process(target=_send, args=(base, work[number::clients], begin, sent)) for number in range(clients)]
    beside = Process(target=_small, args=(base, end, taken))
    for process in (*senders, beside):
        process.start()
    time.sleep(0.5)
    before, began = machine.processor_seconds(), time.perf_counter()
    begin.set()
    for _ in senders:
        sent.get(timeout=3600)
    seconds, spent = time.perf_counter() - began, machine.processor_seconds() - before
    end.set()
    times = sorted(taken.get(timeout=600))
    for process in (*senders, beside):
        process.join()
    resources = sum(bundle.entries for bundle in work)
    p50, p99 = times[len(times) // 2], times[len(times) * 99 // 100]
    return Result(resources / seconds, spent / resources * 1e6, p50, p99)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.transactions", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--base", help="[base] of a server that runs already")
    parser.add_argument("--databases", default="sqlite,postgresql", help="which of sqlite, postgresql (both)")
    parser.add_argument("--clients", default="1,4", help="clients at once (1,4)")
    parser.add_argument("--rounds", type=int, default=3, help="how often each Bundle is sent (3)")
    parser.add_argument("--workers", type=int, default=2, help="processes of the server (2)")
    chosen = parser.parse_args()
    first, others = bundles(chosen.folder)
    resources = sum(bundle.entries for bundle in others)
    print(f"{machine.describe()}. {len(others)} Bundles, {resources} resources, {chosen.rounds} rounds\n")
    print("| database | clients | resources a second | CPU µs | small create meanwhile, p50 ms | p99 ms |")
    print("|---|--:|--:|--:|--:|--:|")
    plan = Plan((), 0, 0, 0, chosen.workers, None)
    for database in [chosen.base] if chosen.base else chosen.databases.split(","):
        for clients in map(int, chosen.clients.split(",")):
            with ExitStack() as stack:
                base = chosen.base or stack.enter_context(server(plan, database))
                for bundle in first:
                    _Client(base).post("", bundle.body)
                result = measure(base, others, clients, chosen.rounds)
            figures = (clients, result.rate, result.cpu, result.p50, result.p99)
            print(f"| {database} | {' | '.join(f'{each:.0f}' for each in figures)} |", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
