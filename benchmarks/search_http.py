"""``python -m benchmarks search``: typical searches over HTTP on 25,000 resources, beside the constant route.

The resources are those of :mod:`benchmarks.search_million`. Each search is asked for with many values in random order.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from benchmarks import http, search_million
from benchmarks.client import Sample, Workload

RESOURCES = 25_000
#: So many different values are asked for.
_VALUES = 2000

#: Named as in search_million; what is behind it may be written with more options.
ROWS: dict[str, str] = {
    "Patient?identifier": "identifier",
    "Observation?patient&code&_sort=-date&_count=20": "patient, code, newest",
    "Observation?patient&_sort=-date": "patient, newest",
    "ServiceRequest?status&performer&_sort=-authored": "requests of a performer",
    "DiagnosticReport?subject&_include=DiagnosticReport:result": "reports with results",
    "Task?owner&status&_include=Task:focus": "inbox with focus",
    "Slot?schedule&status&start=ge&start=lt": "free slots",
    "Patient?name": "name",
    "Observation?patient.identifier": "chain",
    "Patient?_has:Observation:patient:code": "has",
    "Observation?code&_sort=-_lastUpdated": "common code, latest",
    "Observation?patient&_total=accurate": "narrow, with total",
}


@dataclass(frozen=True)
class Result:
    """Medians over the rounds. `cpu` in microseconds a request, `cpu_ratio` to that of the constant route."""

    database: str
    name: str
    rate: float
    ratio: float
    cpu: float
    cpu_ratio: float
    p50: float
    p99: float
    errors: int


def run(plan: http.Plan) -> list[Result]:
    """Measure every row on each database; in each round the constant route anew beside them."""
    results = []
    with ExitStack() as stack:
        constant = stack.enter_context(http.ceiling(plan))
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        files = {name: _paths(folder, number, row) for number, (name, row) in enumerate(ROWS.items())}
        for database in plan.databases:
            with http.server(plan, database, _fill) as base:
                results += _database(plan, database, constant, base, files)
    return results


def _paths(folder: Path, number: int, row: str) -> Path:
    """A file with what is asked for in one row."""
    asked = (search_million.asked(row, value, RESOURCES) for value in range(_VALUES))
    file = folder / f"{number}.txt"
    file.write_text("\n".join(f"{type}?{quote(text, safe='=&|:/,')}" for type, text in asked), encoding="utf-8")
    return file


def _fill(url: str) -> None:
    store, search = search_million.opened(url)
    search_million.fill(store, search, RESOURCES)
    search_million.settle(store)
    store.close()


_Measured = tuple[Sample, float, float, float]


def _database(plan: http.Plan, database: str, constant: str, base: str, files: dict[str, Path]) -> list[Result]:
    rounds: dict[str, list[_Measured]] = {name: [] for name in files}
    for number in range(plan.rounds):
        nothing = Path("/dev/null")
        highest, least = http.measured(Workload("constant", constant, 1, nothing), plan)
        for name, file in files.items():
            sample, cpu = http.measured(Workload("paths", base, 1, file), plan)
            rounds[name].append((sample, sample.rate / highest.rate, cpu, cpu / least))
            print(f"  {database} {name} {number + 1}/{plan.rounds}: {sample.rate:,.0f}/s", file=sys.stderr)
    return [_median(database, name, samples) for name, samples in rounds.items()]


def _median(database: str, name: str, samples: Sequence[_Measured]) -> Result:
    return Result(
        database,
        name,
        statistics.median(sample.rate for sample, *_ in samples),
        statistics.median(ratio for _, ratio, *_ in samples),
        statistics.median(cpu for _, _, cpu, _ in samples),
        statistics.median(ratio for *_, ratio in samples),
        statistics.median(sample.p50 for sample, *_ in samples),
        statistics.median(sample.p99 for sample, *_ in samples),
        sum(sample.errors for sample, *_ in samples),
    )


def table(results: Sequence[Result]) -> str:
    """The results as Markdown."""
    lines = [
        "| database | search | requests/s | of the ceiling | CPU µs | × constant | p50 ms | p99 ms | errors |",
        "|---|---|--:|--:|--:|--:|--:|--:|--:|",
    ]
    lines += [
        f"| {each.database} | `{each.name}` | {each.rate:,.0f} | {each.ratio:.0%} | {each.cpu:,.0f} | "
        f"{each.cpu_ratio:.1f} | {each.p50:.2f} | {each.p99:.1f} | {each.errors} |"
        for each in results
    ]
    return "\n".join(lines)
