"""A deterministic population for search, and how long the typical searches take on it.

    python -m benchmarks.search_million sqlite:////var/tmp/search.db 1000000
    python -m benchmarks.search_million postgresql://fhir@db.example.org/search 1000000

The database is filled when it is empty: 2 % Patients, 0.2 % Organizations, 10 % ServiceRequests, 4 % Tasks,
4 % DiagnosticReports, 4 % Slots, the rest Observations. Every number follows from the position, so two runs, machines
or databases hold the same resources. Prints the median and the 95th percentile in milliseconds of each search, done by
the code behind the HTTP door in this process: of the first pass over the questions, and of a second over the same ones,
whose pages are in memory by then. Last, at what rate Observations are written, 20 a transaction; they stay.
A third number on the command line is that of the questions (200), a fourth that of the Observations (2000, 0 for none).
"""

from __future__ import annotations

import random
import statistics
import time
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from collections.abc import Iterator
from itertools import islice
from typing import Any
from urllib.parse import parse_qsl
from zoneinfo import ZoneInfo

from fhirserver.resource import json
from fhirserver.resource.dates import instant
from fhirserver.search.engine import Search, open_search
from fhirserver.search.query import Limits, understand_query
from fhirserver.search.search import run
from fhirserver.store.rows import Version, Write
from fhirserver.store.store import Store, Transaction, open_store

ZONE = ZoneInfo("Asia/Shanghai")
START = 1_577_808_000_000_000  # 2020-01-01 in Shanghai
YEARS = 5 * 365 * 86_400_000_000
LOINC, UCUM = "http://loinc.org", "http://unitsofmeasure.org"
CATEGORY = "http://terminology.hl7.org/CodeSystem/observation-category"
SURNAMES = "王李张刘陈杨黄赵周吴徐孙马朱胡郭何高林罗"
GIVEN = "伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超霞平刚桂兰建华国文"
#: The first code is common (30 %), the last rare.
CODES = [f"{10000 + n}-{n % 10}" for n in range(200)]
BATCH = 1000


def population(total: int) -> Iterator[dict[str, Any]]:
    """`total` resources; those that are referred to come first."""
    patients, organizations = max(total // 50, 10), max(total // 500, 5)
    rest = total - patients - organizations
    counts = {"Slot": rest // 24, "DiagnosticReport": rest // 24, "Task": rest // 24, "ServiceRequest": rest // 10}
    counts["Observation"] = rest - sum(counts.values())
    for n in range(organizations):
        yield {"resourceType": "Organization", "id": f"o{n}", "name": f"第{n}人民医院"}
    for n in range(patients):
        yield _patient(n, organizations)
    for type, count in counts.items():
        for n in range(count):
            chance = random.Random(f"{type}/{n}")
            yield _MAKE[type](n, chance, patients, organizations, counts)


def _patient(n: int, organizations: int) -> dict[str, Any]:
    chance = random.Random(f"Patient/{n}")
    given = "".join(chance.sample(GIVEN, 2))
    return {
        "resourceType": "Patient",
        "id": f"p{n}",
        "identifier": [{"system": "urn:oid:2.16.156.10011.1.19", "value": f"{n:012d}"}],
        "name": [{"family": chance.choice(SURNAMES), "given": [given]}],
        "gender": chance.choice(["male", "female"]),
        "birthDate": f"{chance.randint(1930, 2020)}-{chance.randint(1, 12):02d}-{chance.randint(1, 28):02d}",
        "managingOrganization": {"reference": f"Organization/o{chance.randrange(organizations)}"},
    }


def _when(chance: random.Random) -> str:
    return instant(START + chance.randrange(YEARS) // 1000 * 1000, ZONE)


def _concept(chance: random.Random) -> dict[str, Any]:
    code = CODES[min(int(chance.expovariate(0.36) ** 1.6), len(CODES) - 1)]
    return {"coding": [{"system": LOINC, "code": code, "display": f"检验项目 {code}"}]}


def _of(type: str, n: int, **members: Any) -> dict[str, Any]:
    return {"resourceType": type, "id": f"{type[0].lower()}{n}", **members}


def observation(n: int, chance: random.Random, patients: int, organizations: int, counts: Any) -> dict[str, Any]:
    return _of(
        "Observation", n,
        status=chance.choice(["final", "final", "final", "amended", "preliminary"]),
        category=[{"coding": [{"system": CATEGORY, "code": "laboratory"}]}],
        code=_concept(chance),
        subject={"reference": f"Patient/p{chance.randrange(patients)}"},
        effectiveDateTime=_when(chance),
        performer=[{"reference": f"Organization/o{chance.randrange(organizations)}"}],
        valueQuantity={"value": chance.randrange(1000) , "unit": "mg/dL", "system": UCUM, "code": "mg/dL"},
    )  # fmt: skip


def _request(n: int, chance: random.Random, patients: int, organizations: int, counts: Any) -> dict[str, Any]:
    return _of(
        "ServiceRequest", n,
        status=chance.choice(["active", "completed", "completed", "revoked"]),
        intent="order",
        subject={"reference": f"Patient/p{chance.randrange(patients)}"},
        performer=[{"reference": f"Organization/o{chance.randrange(organizations)}"}],
        authoredOn=_when(chance),
        code=_concept(chance),
    )  # fmt: skip


def _task(n: int, chance: random.Random, patients: int, organizations: int, counts: Any) -> dict[str, Any]:
    return _of(
        "Task", n,
        status=chance.choice(["requested", "accepted", "completed"]),
        intent="order",
        focus={"reference": f"ServiceRequest/s{chance.randrange(counts['ServiceRequest'])}"},
        owner={"reference": f"Organization/o{chance.randrange(organizations)}"},
        authoredOn=_when(chance),
    )  # fmt: skip


def _report(n: int, chance: random.Random, patients: int, organizations: int, counts: Any) -> dict[str, Any]:
    return _of(
        "DiagnosticReport", n,
        status="final",
        code=_concept(chance),
        subject={"reference": f"Patient/p{chance.randrange(patients)}"},
        effectiveDateTime=_when(chance),
        result=[{"reference": f"Observation/o{chance.randrange(counts['Observation'])}"} for _ in range(3)],
    )  # fmt: skip


def _slot(n: int, chance: random.Random, patients: int, organizations: int, counts: Any) -> dict[str, Any]:
    start = START + chance.randrange(YEARS) // 900_000_000 * 900_000_000
    return _of(
        "Slot", n,
        schedule={"reference": f"Schedule/s{n % 50}"},
        status=chance.choice(["free", "busy"]),
        start=instant(start, ZONE),
        end=instant(start + 900_000_000, ZONE),
    )  # fmt: skip


_MAKE = {
    "Observation": observation,
    "ServiceRequest": _request,
    "Task": _task,
    "DiagnosticReport": _report,
    "Slot": _slot,
}

#: The searches issue by issue asked for; {n} varies from run to run.
SEARCHES: dict[str, tuple[str, str]] = {
    "patient, code, newest": ("Observation", f"patient=p{{n}}&code={LOINC}|10001-1&_sort=-date&_count=20"),
    "patient, newest": ("Observation", "patient=p{n}&_sort=-date&_count=20"),
    "requests of a performer": (
        "ServiceRequest",
        "status=active&performer=Organization/o{o}&_sort=-authored&_count=20",
    ),
    "inbox with focus": ("Task", "owner=Organization/o{o}&status=requested&_include=Task:focus&_count=20"),
    "reports with results": ("DiagnosticReport", "subject=Patient/p{n}&_include=DiagnosticReport:result"),
    "identifier": ("Patient", "identifier=urn:oid:2.16.156.10011.1.19|{n:012d}"),
    "name": ("Patient", "name=liuguilan&_count=20"),
    "family name": ("Patient", "family=刘&_count=20"),
    "free slots": ("Slot", "schedule=Schedule/s{s}&status=free&start=ge2024-03-01&start=lt2024-03-08&_count=20"),
    "chain": ("Observation", "patient.identifier={n:012d}&_count=20"),
    "has": ("Patient", "_has:Observation:patient:code=10012-2&_count=20"),
    "common code, latest": ("Observation", "code=10000-0&_sort=-_lastUpdated&_count=20"),
    "common code, newest": ("Observation", "code=10000-0&_sort=-date&_count=20"),
    "narrow, with total": ("Observation", "patient=p{n}&_total=accurate&_count=20"),
}


def fill(store: Store, search: Search, total: int) -> None:
    """Store the population, BATCH resources a transaction; lastUpdated rises by a millisecond a resource."""
    source, number = population(total), 0
    while batch := list(islice(source, BATCH)):
        writes = []
        for resource in batch:
            number += 1
            when = START + number * 1000
            resource["meta"] = {"versionId": "1", "lastUpdated": instant(when, ZONE)}
            version = Version(resource["resourceType"], resource["id"], 1, when, "PUT", json.encode(resource))
            writes.append(Write(version, None, search.indexer.rows(resource)))
        _put(store, writes)


def _put(store: Store, writes: list[Write]) -> None:
    def work(transaction: Transaction) -> None:
        transaction.put(writes)

    store.write(work)


def asked(name: str, run_number: int, total: int) -> tuple[str, str]:
    """Type and query of one of the searches, with the values of a run."""
    type, text = SEARCHES[name]
    patients, organizations = max(total // 50, 10), max(total // 500, 5)
    return type, text.format(n=run_number * 7919 % patients, o=run_number * 31 % organizations, s=run_number % 50)


def ask(store: Store, search: Search, name: str, run_number: int, total: int) -> int:
    """Run one of the searches; returns how many resources came back."""
    type, text = asked(name, run_number, total)
    scope = search.scope(START + YEARS)
    result = run(store, scope, understand_query(scope, [type], parse_qsl(text), limits=Limits()))
    return len(result.matches) + len(result.included)


def opened(url: str) -> tuple[Store, Search]:
    """A database and its search."""
    store = open_store(url)
    return store, open_search(store, ZONE)


def settle(store: Store) -> None:
    """What a database does by itself in quiet hours: after a load PostgreSQL knows neither sizes nor visible pages."""
    if store.dialect == "postgresql":
        import psycopg

        with psycopg.connect(store.url, autocommit=True) as connection:
            connection.execute("VACUUM ANALYZE")


def timed(store: Store, search: Search, total: int, runs: int) -> dict[str, tuple[float, float, float]]:
    """For each search the median and 95th percentile in milliseconds, and how many resources came back."""
    results = {}
    for name in SEARCHES:
        times, found = [], 0
        for number in range(runs):
            started = time.perf_counter()
            found += ask(store, search, name, number, total)
            times.append((time.perf_counter() - started) * 1000)
        times.sort()
        results[name] = statistics.median(times), times[int(runs * 0.95)], found / runs
    return results


def written(store: Store, search: Search, total: int, count: int) -> float:
    """Observations a second when `count` more are written, 20 a transaction; they follow those that are there."""
    patients, organizations = max(total // 50, 10), max(total // 500, 5)
    began = store.count("Observation")
    resources = []
    for n in range(began + 10_000_000, began + 10_000_000 + count):
        resource = observation(n, random.Random(f"more/{n}"), patients, organizations, None)
        resource["meta"] = {"versionId": "1", "lastUpdated": instant(START + YEARS + n, ZONE)}
        resources.append(resource)
    started = time.perf_counter()
    for first in range(0, count, 20):
        writes = []
        for resource in resources[first : first + 20]:
            version = Version("Observation", resource["id"], 1, START + YEARS, "PUT", json.encode(resource))
            writes.append(Write(version, None, search.indexer.rows(resource)))
        _put(store, writes)
    return count / (time.perf_counter() - started)


def main(url: str, total: int, runs: int = 200, writes: int = 2000) -> None:
    store, search = opened(url)
    if not store.count():
        started = time.perf_counter()
        fill(store, search, total)
        print(f"filled: {total / (time.perf_counter() - started):.0f} resources/s")
        settle(store)
    first, second = timed(store, search, total, runs), timed(store, search, total, runs)
    print(f"{'median and 95 % in ms':28} {'first pass':>18} {'second pass':>18}")
    for name, (median, most, found) in second.items():
        print(f"{name:28} {first[name][0]:9.2f}{first[name][1]:9.2f} {median:9.2f}{most:9.2f}  {found:5.1f} found")
    if writes:
        print(f"{'Observations written':28} {written(store, search, total, writes):9.0f} a second")
    store.close()


if __name__ == "__main__":
    parser = ArgumentParser(
        "python -m benchmarks.search_million", None, __doc__, formatter_class=RawDescriptionHelpFormatter
    )
    parser.add_argument("url", help="URL of a database; an empty one is filled")
    parser.add_argument("total", type=int, help="resources it is filled with, or was")
    parser.add_argument("runs", nargs="?", type=int, default=200, help="of each search in a pass (%(default)s)")
    parser.add_argument("writes", nargs="?", type=int, default=2000, help="Observations to write then (%(default)s)")
    chosen = parser.parse_args()
    main(chosen.url, chosen.total, chosen.runs, chosen.writes)
