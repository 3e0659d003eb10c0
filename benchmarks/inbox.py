"""``python -m benchmarks.inbox``: a hospital's inbox among 100,000 Tasks, and what it takes to accept a referral.

Fills a database with so many tasks of one hospital, some of which wait for an answer, asks for the inbox as the guide
says, and has referrals made and accepted one after the other. Times are those of the whole server in this process, from
the request to the bytes of its answer; there is no network in them.
"""

from __future__ import annotations

import argparse
import io
import random
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from statistics import fmean, quantiles
from time import perf_counter, process_time
from typing import Any, NamedTuple
from uuid import uuid4

from benchmarks.machine import describe
from benchmarks.postgresql import cluster
from fhirserver.assembly import assemble, settle
from fhirserver.conformance import guide
from fhirserver.exchange.requisition import business_status
from fhirserver.interactions.context import Context
from fhirserver.interactions.write import Change, apply, prepare
from fhirserver.resource import json
from fhirserver.rest.app import create_app
from fhirserver.settings import Settings

Resource = dict[str, Any]

_DOCTOR, _OFFICE = "PractitionerRole/demo-chc-doctor-role", "PractitionerRole/demo-lead-office-role"
_OWNER = "HealthcareService/demo-lead-surgery"
_BATCH = 500
_BEGAN = datetime(2024, 1, 1, tzinfo=UTC)
_PRIORITIES = ("routine", "routine", "routine", "routine", "routine", "routine", "asap", "urgent", "urgent", "stat")
#: How the tasks end that wait for nothing any more.
_ENDS = ("completed", "completed", "completed", "cancelled", "rejected")

#: The inbox of the guide, the same by due date, the worklist of what is overdue, and the story of one requisition.
SEARCHES = {
    "inbox": f"Task?owner={_OWNER}&status=requested&_include=Task:focus&_sort=-priority,authored-on",
    "inbox, what is due first": f"Task?owner={_OWNER}&status=requested&_include=Task:focus&_sort=due",
    "overdue": f"Task?status=requested,received&due=lt{_BEGAN.date()}",
    "story of a requisition": "Task?group-identifier=urn:bench|Q1&_include=Task:focus&_revinclude=Provenance:target",
}


class Caller:
    """Calls the WSGI application as the HTTP server does."""

    def __init__(self, context: Context) -> None:
        self._application = create_app(context).wsgi_app

    def __call__(self, method: str, path: str, body: Resource | None = None, **headers: str) -> tuple[int, Resource]:
        target, _, query = path.partition("?")
        content = json.encode(body) if body is not None else b""
        environ: dict[str, Any] = {
            "REQUEST_METHOD": method,
            "SCRIPT_NAME": "",
            "PATH_INFO": f"/fhir/{target}".rstrip("/"),
            "QUERY_STRING": query,
            "SERVER_NAME": "127.0.0.1",
            "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "HTTP_HOST": "127.0.0.1",
            "CONTENT_TYPE": "application/fhir+json",
            "CONTENT_LENGTH": str(len(content)),
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(content),
            "wsgi.errors": io.StringIO(),
            "wsgi.input_terminated": True,
            "wsgi.multithread": True,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
            **{f"HTTP_{name.upper()}": value for name, value in headers.items()},
        }
        statuses: list[str] = []

        def start_response(status: str, *_: object) -> Callable[[bytes], object]:
            statuses.append(status)
            return len

        answer = b"".join(self._application(environ, start_response))
        return int(statuses[-1][:3]), json.decode(answer) if answer else {}


def tasks(total: int, waiting: int) -> Iterator[Resource]:
    """Group tasks are left out: it is the hospital's own that the inbox looks through."""
    chance = random.Random(7)
    waits = set(chance.sample(range(total), waiting))
    for number in range(total):
        authored = _BEGAN + timedelta(minutes=5 * number)
        status = "requested" if number in waits else chance.choice(_ENDS)
        task: Resource = {
            "resourceType": "Task",
            "groupIdentifier": {"system": "urn:bench", "value": f"Q{number}"},
            "partOf": [{"reference": f"Task/group-{number}"}],
            "status": status,
            "businessStatus": business_status("dispatched" if status == "requested" else "feedback-sent"),
            "intent": "order",
            "priority": chance.choice(_PRIORITIES),
            "focus": {"reference": f"ServiceRequest/request-{number}"},
            "for": {"reference": f"Patient/patient-{number % 20_000}"},
            "authoredOn": authored.isoformat(),
            "lastModified": authored.isoformat(),
            "requester": {"reference": _DOCTOR},
            "owner": {"reference": _OWNER},
        }
        if status == "requested":
            end = authored + timedelta(days=3)
            task["restriction"] = {"period": {"start": authored.isoformat(), "end": end.isoformat()}}
        yield task


def fill(context: Context, resources: Iterator[Resource]) -> None:
    """Store resources without asking the rules: they are what has come together in years."""
    plain = replace(context, governor=None)
    batch: list[Change] = []

    def store() -> None:
        prepared = [prepare(plain, each) for each in batch]
        plain.store.write(lambda transaction: apply(plain, transaction, prepared))
        batch.clear()

    for each in resources:
        batch.append(Change("POST", each["resourceType"], context.new_id(), each, fresh=True))
        if len(batch) == _BATCH:
            store()
    store()


def referral(call: Caller) -> Resource:
    """A referral of a new patient, ready to be answered; its task."""
    names = (
        "Encounter-demo-visit",
        "Consent-demo-consent",
        "Composition-demo-summary",
        "MedicationStatement-demo-medicine",
        "AllergyIntolerance-demo-allergy",
        "DiagnosticReport-demo-ultrasound",
    )
    number = str(uuid4())
    patient = _created(call, {"resourceType": "Patient", "identifier": [{"system": "urn:bench", "value": number}]})
    made = {"Patient/demo-liu": f"Patient/{patient['id']}"}
    for name in names:
        type, _, id = name.partition("-")
        made[f"{type}/{id}"] = f"{type}/{_created(call, _moved(guide.read(type, id), made))['id']}"
    request = _moved(guide.read("ServiceRequest", "demo-referral"), made)
    request["identifier"][0]["value"] = request["requisition"]["value"] = number
    _created(call, request, X_CALLER=_DOCTOR)
    _, found = call("GET", f"Task?group-identifier={request['requisition']['system']}|{number}")
    task: Resource = next(entry["resource"] for entry in found["entry"] if "focus" in entry["resource"])
    return task


def _moved(value: Any, made: dict[str, str]) -> Any:
    """A copy of a resource whose references lead to what was made instead of the demo's."""
    if isinstance(value, dict):
        return {name: _moved(each, made) for name, each in value.items()}
    if isinstance(value, list):
        return [_moved(each, made) for each in value]
    return made.get(value, value) if isinstance(value, str) else value


def _created(call: Caller, resource: Resource, **headers: str) -> Resource:
    status, answer = call("POST", resource["resourceType"], resource, **headers)
    assert status == 201, answer
    return answer


def accept(call: Caller, task: Resource) -> None:
    period = {"start": "2025-03-12T08:00:00+08:00", "end": "2025-03-12T08:30:00+08:00"}
    system = f"{guide.CANONICAL}/CodeSystem/task-output"
    output = [{"type": {"coding": [{"system": system, "code": "appointment"}]}, "valuePeriod": period}]
    body = {**task, "status": "accepted", "output": output}
    status, answer = call("PUT", f"Task/{task['id']}", body, X_CALLER=_OFFICE, IF_MATCH='W/"1"')
    assert status == 200, answer


class Times(NamedTuple):
    """Milliseconds of one call: by the clock, and of this process's processor time."""

    wall: float
    processor: float


def timed(act: Callable[[], object]) -> Times:
    began, used = perf_counter(), process_time()
    act()
    return Times(1000 * (perf_counter() - began), 1000 * (process_time() - used))


def measure(context: Context, total: int, waiting: int, rounds: int) -> Iterator[tuple[str, Sequence[Times]]]:
    """What was measured, and how long it took each time."""
    call = Caller(context)
    status, answer = call("POST", "", guide.read("Bundle", "demo-setup"))
    assert status == 200, answer
    fill(context, tasks(total, waiting))
    settle()
    for name, path in SEARCHES.items():
        status, answer = call("GET", path)
        assert status == 200, answer
        yield name, [timed(partial(call, "GET", path)) for _ in range(rounds)]
    answered = [referral(call) for _ in range(rounds)]
    yield "a referral is accepted and booked", [timed(partial(accept, call, task)) for task in answered]


@contextmanager
def database(kind: str) -> Iterator[str]:
    """The URL of an empty database."""
    if kind == "postgresql":
        with cluster() as url:
            yield url
    else:
        with tempfile.TemporaryDirectory() as folder:
            yield f"sqlite:///{Path(folder) / 'fhir.db'}"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.inbox", description=__doc__)
    parser.add_argument("--tasks", type=int, default=100_000, help="tasks of the hospital (100000)")
    parser.add_argument("--waiting", type=int, default=500, help="of them, how many wait for an answer (500)")
    parser.add_argument("--rounds", type=int, default=100, help="how often each is done (100)")
    parser.add_argument("--database", choices=("sqlite", "postgresql"), action="append", help="this one only")
    chosen = parser.parse_args()
    print(describe())
    print("\n| database | what | median ms | 95th percentile ms | processor ms |\n|---|---|--:|--:|--:|")
    for kind in chosen.database or ("sqlite", "postgresql"):
        with database(kind) as url:
            context = assemble(Settings(database_url=url, base_url="http://127.0.0.1/fhir"))
            for name, times in measure(context, chosen.tasks, chosen.waiting, chosen.rounds):
                cuts = quantiles([each.wall for each in times], n=20)
                processor = fmean(each.processor for each in times)
                print(f"| {kind} | {name} | {cuts[9]:.1f} | {cuts[18]:.1f} | {processor:.1f} |", flush=True)
            context.store.close()


if __name__ == "__main__":
    main()
