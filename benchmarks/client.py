"""Load from several connections at once: by wrk where it is installed, else by a process for each connection."""

from __future__ import annotations

import json
import multiprocessing
import random
import shutil
import subprocess
import time
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

What = Literal["constant", "read", "door", "create", "update", "paths"]

_SCRIPT = Path(__file__).parent / "load.lua"


@dataclass(frozen=True)
class Workload:
    """Requests of one kind. `base` is [base]; `body` a file whose $N and $ID are filled in; ids are p1..p`patients`.

    For ``paths`` the file holds what is asked for, a path below [base] a line.
    """

    what: What
    base: str
    patients: int
    body: Path


@dataclass(frozen=True)
class Sample:
    """What a run gave. Latencies in milliseconds; `errors`: answers of 400 and more, and broken connections."""

    requests: int
    seconds: float
    errors: int
    p50: float
    p99: float

    @property
    def rate(self) -> float:
        return self.requests / self.seconds


def measure(workload: Workload, connections: int, seconds: float) -> Sample:
    """Load for so many seconds."""
    return (_wrk if shutil.which("wrk") else _python)(workload, connections, seconds)


def name() -> str:
    return "wrk" if shutil.which("wrk") else "a Python process a connection"


def _wrk(workload: Workload, connections: int, seconds: float) -> Sample:
    url = urlsplit(workload.base)
    command = [
        "wrk", "--threads", str(min(2, connections)), "--connections", str(connections), "--timeout", "30s",
        "--duration", f"{seconds:.0f}s", "--script", str(_SCRIPT), f"{url.scheme}://{url.netloc}", "--",
        workload.what, url.path, str(workload.patients), str(workload.body),
    ]  # fmt: skip
    output = subprocess.run(command, capture_output=True, check=True, text=True).stdout
    return Sample(**json.loads(output.splitlines()[-1]))


def _python(workload: Workload, connections: int, seconds: float) -> Sample:
    begun = time.perf_counter()
    with multiprocessing.Pool(connections) as pool:
        results = pool.starmap(_connection, [(workload, seconds, number) for number in range(connections)])
    elapsed = time.perf_counter() - begun
    latencies = sorted(latency for found, _ in results for latency in found)
    middle, last = len(latencies) // 2, len(latencies) * 99 // 100
    errors = sum(wrong for _, wrong in results)
    return Sample(len(latencies), elapsed, errors, latencies[middle] * 1e3, latencies[last] * 1e3)


def _connection(workload: Workload, seconds: float, number: int) -> tuple[list[float], int]:
    """One client: its latencies in seconds and how many answers were wrong."""
    url = urlsplit(workload.base)
    connection = HTTPConnection(url.hostname or "", url.port)
    template = workload.body.read_text(encoding="utf-8")
    choose = random.Random(number)
    latencies: list[float] = []
    wrong = 0
    end = time.perf_counter() + seconds
    while (begun := time.perf_counter()) < end:
        unique = f"{number}{len(latencies):09}{time.time_ns()}"
        request = _request(workload, url.path, f"p{choose.randint(1, workload.patients)}", unique, template)
        connection.request(*request)
        response = connection.getresponse()
        response.read()
        wrong += response.status >= 400
        latencies.append(time.perf_counter() - begun)
    connection.close()
    return latencies, wrong


def _request(
    workload: Workload, path: str, id: str, unique: str, template: str
) -> tuple[str, str, bytes | None, dict[str, str]]:
    """Method, path, body and headers, as load.lua makes them."""
    if workload.what == "constant":
        return "GET", "/", None, {}
    if workload.what == "paths":
        return "GET", f"{path}/{random.choice(template.split())}", None, {"Accept": "application/fhir+json"}
    if workload.what in ("read", "door"):
        parameter = ";fhirVersion=4.0" if workload.what == "door" else ""
        return "GET", f"{path}/Patient/{id}", None, {"Accept": f"application/fhir+json{parameter}"}
    body = template.replace("$N", unique).replace("$ID", id).encode()
    headers = {"Content-Type": "application/fhir+json", "Prefer": "return=minimal"}
    if workload.what == "create":
        return "POST", f"{path}/Patient", body, headers
    return "PUT", f"{path}/Patient/{id}", body, headers
