"""Reads, creates and updates of a Patient over HTTP, on each database, beside a constant Flask route."""

from __future__ import annotations

import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path

from benchmarks import machine, postgresql
from benchmarks.client import Sample, What, Workload, measure
from fhirserver.settings import Settings

_BODY = Path(__file__).parent / "patient.json"
_PATIENTS = 1000

_NAMES: dict[What, str] = {
    "constant": "constant Flask route",
    "read": "read",
    "door": "read, the long way",
    "create": "create",
    "update": "update",
}


@dataclass(frozen=True)
class Plan:
    """What to measure and how; `threads` None for the server's default."""

    databases: Sequence[str]
    connections: int
    seconds: float
    rounds: int
    workers: int
    threads: int | None


@dataclass(frozen=True)
class Result:
    """One line of the table: the medians over the rounds, and the ratio to the ceiling of the same round.

    `cpu`: microseconds of processor time a request took in the processes of the server and of PostgreSQL.
    """

    database: str
    what: What
    rate: float
    ratio: float
    cpu: float
    p50: float
    p99: float
    errors: int


def run(plan: Plan) -> list[Result]:
    """Measure everything. In each round the ceiling is measured anew beside what is compared with it."""
    results = []
    with ExitStack() as stack:
        constant = stack.enter_context(ceiling(plan))
        for database in plan.databases:
            with server(plan, database) as base:
                _fill(base)
                results += _database(plan, database, constant, base)
    return results


def _database(plan: Plan, database: str, constant: str, base: str) -> list[Result]:
    rounds: dict[What, list[tuple[Sample, float, float]]] = {what: [] for what in _NAMES}
    for number in range(plan.rounds):
        highest = 0.0
        for what in rounds:
            workload = Workload(what, constant if what == "constant" else base, _PATIENTS, _BODY)
            sample, cpu = measured(workload, plan)
            highest = highest or sample.rate
            rounds[what].append((sample, sample.rate / highest, cpu))
            print(f"  {database} {what} {number + 1}/{plan.rounds}: {sample.rate:,.0f}/s", file=sys.stderr)
    return [_median(database, what, samples) for what, samples in rounds.items()]


def measured(workload: Workload, plan: Plan) -> tuple[Sample, float]:
    """A run after a short one to warm up, and the microseconds of processor time a request took."""
    measure(workload, plan.connections, max(plan.seconds / 10, 1))
    before = machine.processor_seconds()
    sample = measure(workload, plan.connections, plan.seconds)
    return sample, (machine.processor_seconds() - before) / max(sample.requests, 1) * 1e6


def _median(database: str, what: What, samples: Sequence[tuple[Sample, float, float]]) -> Result:
    return Result(
        database,
        what,
        statistics.median(sample.rate for sample, _, _ in samples),
        statistics.median(ratio for _, ratio, _ in samples),
        statistics.median(cpu for _, _, cpu in samples),
        statistics.median(sample.p50 for sample, _, _ in samples),
        statistics.median(sample.p99 for sample, _, _ in samples),
        sum(sample.errors for sample, _, _ in samples),
    )


def table(results: Sequence[Result]) -> str:
    """The results as Markdown."""
    lines = [
        "| database | operation | requests/s | of the ceiling | CPU µs | p50 ms | p99 ms | errors |",
        "|---|---|--:|--:|--:|--:|--:|--:|",
    ]
    lines += [
        f"| {each.database} | {_NAMES[each.what]} | {each.rate:,.0f} | {each.ratio:.0%} | {each.cpu:,.0f} | "
        f"{each.p50:.2f} | {each.p99:.1f} | {each.errors} |"
        for each in results
    ]
    return "\n".join(lines)


@contextmanager
def ceiling(plan: Plan) -> Iterator[str]:
    """The constant Flask route; its URL."""
    port = _free_port()
    threads = plan.threads or Settings().threads
    command = [sys.executable, "-m", "benchmarks.ceiling", str(port), str(plan.workers), str(threads)]
    with _process(command, {}, port, "/"):
        yield f"http://127.0.0.1:{port}"


@contextmanager
def server(plan: Plan, database: str, prepare: Callable[[str], None] | None = None) -> Iterator[str]:
    """The server on a new database, which `prepare` has filled, given its URL; its [base]."""
    with ExitStack() as stack:
        if database == "postgresql":
            url = stack.enter_context(postgresql.cluster())
        else:
            url = f"sqlite:///{stack.enter_context(tempfile.TemporaryDirectory())}/benchmark.db"
        if prepare is not None:
            prepare(url)
        port = _free_port()
        variables = {"DATABASE_URL": url, "PORT": str(port), "WORKERS": str(plan.workers)}
        if plan.threads:
            variables["THREADS"] = str(plan.threads)
        command = [sys.executable, "-c", "import sys; from fhirserver.cli import main; sys.exit(main())", "serve"]
        environment = {f"FHIRSERVER_{name}": value for name, value in variables.items()}
        stack.enter_context(_process(command, environment, port, "/readyz"))
        yield f"http://127.0.0.1:{port}/fhir"


@contextmanager
def _process(command: Sequence[str], variables: dict[str, str], port: int, path: str) -> Iterator[None]:
    """A server process, with its log written to a file as in real use; ready when `path` answers."""
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(command, env={**os.environ, **variables}, stdout=log, stderr=log)
        try:
            _wait(process, port, path)
            yield
        finally:
            process.terminate()
            process.wait(60)


def _wait(process: subprocess.Popen[bytes], port: int, path: str) -> None:
    for _ in range(600):
        try:
            connection = HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", path)
            if connection.getresponse().status == 200:
                return
        except OSError:
            pass
        if process.poll() is not None:
            break
        time.sleep(0.1)
    raise SystemExit("the server to measure did not start")


def _fill(base: str) -> None:
    """The patients that are read and updated."""
    template = _BODY.read_text(encoding="utf-8")
    host, _, path = base.removeprefix("http://").partition("/")
    connection = HTTPConnection(host)
    for number in range(1, _PATIENTS + 1):
        body = template.replace("$ID", f"p{number}").replace("$N", str(number)).encode()
        connection.request("PUT", f"/{path}/Patient/p{number}", body, {"Content-Type": "application/fhir+json"})
        response = connection.getresponse()
        answer = response.read()
        if response.status != 201:
            raise SystemExit(f"filling failed: {response.status} {answer.decode()}")
    connection.close()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
