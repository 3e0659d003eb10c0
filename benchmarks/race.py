"""``python -m benchmarks.race http://127.0.0.1:8080/fhir``: many clients at once want the same, of any FHIR server.

Each race sends the same or competing writes from all threads at one moment, on connections of their own, and then
counts what the server holds. It needs nothing but Python and a FHIR R4 server that takes conditional writes; its
resources carry identifiers of their own and do not touch others. The exit code is 1 when a race was lost.
"""

from __future__ import annotations

import argparse
import http.client
import json
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from threading import Barrier, Thread
from typing import Any
from urllib.parse import quote, urlsplit
from uuid import uuid4

SYSTEM = "http://example.org/race"
#: Answers that say: nothing was done, try again. A client does, so often.
AGAIN = frozenset({409, 429, 503})
_PATIENCE = 20


@dataclass(frozen=True)
class Reply:
    """An answer; `status` is 0 when the connection broke."""

    status: int
    headers: dict[str, str]
    body: Any


class Client:
    """One connection to [base]."""

    def __init__(self, base: str) -> None:
        self._url = urlsplit(base.rstrip("/"))
        self._connection = self._connect()

    def _connect(self) -> http.client.HTTPConnection:
        made = http.client.HTTPSConnection if self._url.scheme == "https" else http.client.HTTPConnection
        return made(str(self._url.hostname), self._url.port, timeout=120)

    def send(self, method: str, path: str, body: Any = None, **headers: str) -> Reply:
        sent = {"Accept": "application/fhir+json", "Content-Type": "application/fhir+json"}
        sent.update((name.replace("_", "-"), value) for name, value in headers.items())
        content = None if body is None else json.dumps(body).encode()
        try:
            self._connection.request(method, f"{self._url.path}/{path}".rstrip("/"), content, sent)
            answer = self._connection.getresponse()
            text = answer.read()
        except OSError:
            self._connection.close()
            self._connection = self._connect()
            return Reply(0, {}, None)
        names = {name.lower(): value for name, value in answer.getheaders()}
        return Reply(answer.status, names, json.loads(text) if text[:1] in (b"{", b"[") else None)

    def insist(self, method: str, path: str, body: Any = None, **headers: str) -> Reply:
        """Send again while the server says that it was busy."""
        reply = self.send(method, path, body, **headers)
        for _ in range(_PATIENCE):
            if reply.status not in AGAIN:
                break
            time.sleep(0.05)
            reply = self.send(method, path, body, **headers)
        return reply


@dataclass(frozen=True)
class Outcome:
    """What a race came to; `wrong` is empty when it was won."""

    name: str
    wrong: str
    statuses: Counter[int]
    seconds: float


Act = Callable[[Client, int], Reply]


def at_once(base: str, threads: int, act: Act) -> list[Reply]:
    """What each thread was answered; all begin at the same moment."""
    replies: list[Reply] = [Reply(0, {}, None)] * threads
    barrier = Barrier(threads)

    def run(number: int) -> None:
        client = Client(base)
        client.send("GET", "metadata?_elements=fhirVersion")  # the connection is open before the race begins
        barrier.wait()
        replies[number] = act(client, number)

    running = [Thread(target=run, args=(number,)) for number in range(threads)]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()
    return replies


def patient(value: str, **more: Any) -> dict[str, Any]:
    return {"resourceType": "Patient", "identifier": [{"system": SYSTEM, "value": value}], **more}


def criteria(value: str) -> str:
    return "identifier=" + quote(f"{SYSTEM}|{value}", safe="")


def found(client: Client, value: str) -> list[dict[str, Any]]:
    """The patients with an identifier."""
    reply = client.send("GET", f"Patient?{criteria(value)}&_count=200")
    return [entry["resource"] for entry in (reply.body or {}).get("entry", ())]


def versions(client: Client, id: str) -> list[dict[str, Any]]:
    """The history of a patient, newest first."""
    entries: list[dict[str, Any]] = []
    path: str | None = f"Patient/{id}/_history?_count=500"
    while path:
        bundle = client.send("GET", path).body or {}
        entries += bundle.get("entry", ())
        following = [link["url"] for link in bundle.get("link", ()) if link["relation"] == "next"]
        path = f"Patient/{id}/_history?{urlsplit(following[0]).query}" if following else None
    return entries


# ---- the races -------------------------------------------------------------------------------------------------------

Race = Callable[[str, int], tuple[str, list[Reply]]]


def _one(client: Client, value: str) -> str:
    there = found(client, value)
    return "" if len(there) == 1 else f"{len(there)} resources instead of 1"


def conditional_create(base: str, threads: int) -> tuple[str, list[Reply]]:
    """POST with the same If-None-Exist: one resource, one 201."""
    value = str(uuid4())
    replies = at_once(
        base, threads, lambda client, _: client.insist("POST", "Patient", patient(value), If_None_Exist=criteria(value))
    )
    made = sum(reply.status == 201 for reply in replies)
    wrong = _one(Client(base), value)
    return wrong or ("" if made == 1 else f"{made} answers of 201"), replies


def conditional_create_in_transactions(base: str, threads: int) -> tuple[str, list[Reply]]:
    """The same by ifNoneExist inside transactions, each with an Observation of its own that refers to the patient."""
    value = str(uuid4())

    def act(client: Client, number: int) -> Reply:
        urn = f"urn:uuid:{uuid4()}"
        request = {"method": "POST", "url": "Patient", "ifNoneExist": criteria(value)}
        seen = {
            "resourceType": "Observation",
            "status": "final",
            "code": {"text": str(number)},
            "subject": {"reference": urn},
        }
        entries = [
            {"fullUrl": urn, "resource": patient(value), "request": request},
            {"resource": seen, "request": {"method": "POST", "url": "Observation"}},
        ]
        return client.insist("POST", "", {"resourceType": "Bundle", "type": "transaction", "entry": entries})

    replies = at_once(base, threads, act)
    client = Client(base)
    wrong = _one(client, value)
    if not wrong:
        id = found(client, value)[0]["id"]
        bundle = client.send("GET", f"Observation?subject=Patient/{id}&_summary=count").body or {}
        done = sum(reply.status == 200 for reply in replies)
        wrong = "" if bundle.get("total") == done else f"{bundle.get('total')} Observations of {done} transactions"
    return wrong, replies


def conditional_update(base: str, threads: int) -> tuple[str, list[Reply]]:
    """PUT with the same criteria: one resource, and a version for each that changed it."""
    value = str(uuid4())
    replies = at_once(
        base,
        threads,
        lambda client, number: client.insist(
            "PUT", f"Patient?{criteria(value)}", patient(value, name=[{"family": f"f{number}"}])
        ),
    )
    client = Client(base)
    wrong = _one(client, value)
    if not wrong:
        wrong = _versions_of(client, found(client, value)[0]["id"], replies)
    return wrong, replies


def _versions_of(client: Client, id: str, replies: Sequence[Reply], before: int = 0) -> str:
    done = sum(reply.status in (200, 201) for reply in replies)
    kept = len(versions(client, id))
    return "" if kept == done + before else f"{kept} versions of {done + before} writes that were acknowledged"


def guarded_update(base: str, threads: int) -> tuple[str, list[Reply]]:
    """PUT with the same If-Match: one succeeds, the others get 412 (or 409)."""
    value = str(uuid4())
    client = Client(base)
    there = client.send("PUT", f"Patient/{value}", patient(value, id=value))
    tag = there.headers.get("etag", 'W/"1"')
    replies = at_once(
        base,
        threads,
        lambda client, number: client.send(
            "PUT", f"Patient/{value}", patient(value, id=value, name=[{"family": f"f{number}"}]), If_Match=tag
        ),
    )
    won = sum(reply.status == 200 for reply in replies)
    others = {reply.status for reply in replies} - {200, 409, 412, 503}
    if won != 1:
        return f"{won} writers won", replies
    return (f"answers of {sorted(others)}" if others else _versions_of(client, value, replies, before=1)), replies


def update(base: str, threads: int) -> tuple[str, list[Reply]]:
    """PUT without If-Match: every acknowledged write is a version of the history."""
    value = str(uuid4())
    client = Client(base)
    client.send("PUT", f"Patient/{value}", patient(value, id=value))
    replies = at_once(
        base,
        threads,
        lambda client, number: client.insist(
            "PUT", f"Patient/{value}", patient(value, id=value, name=[{"family": f"f{number}"}])
        ),
    )
    return _versions_of(client, value, replies, before=1), replies


def patch(base: str, threads: int) -> tuple[str, list[Reply]]:
    """PATCH that adds a name each: all names are there."""
    value = str(uuid4())
    client = Client(base)
    client.send("PUT", f"Patient/{value}", patient(value, id=value, name=[{"family": "first"}]))

    def act(client: Client, number: int) -> Reply:
        operations = [{"op": "add", "path": "/name/-", "value": {"family": f"f{number}"}}]
        return client.insist("PATCH", f"Patient/{value}", operations, Content_Type="application/json-patch+json")

    replies = at_once(base, threads, act)
    names = {name["family"] for name in client.send("GET", f"Patient/{value}").body.get("name", ())}
    lost = [number for number, reply in enumerate(replies) if reply.status == 200 and f"f{number}" not in names]
    return (f"{len(lost)} acknowledged names are lost" if lost else ""), replies


def transactions_that_cross(base: str, threads: int) -> tuple[str, list[Reply]]:
    """Transactions that update the same two resources in opposite order: no deadlock is seen, none half done."""
    first, second = str(uuid4()), str(uuid4())

    def act(client: Client, number: int) -> Reply:
        ids = (first, second) if number % 2 else (second, first)
        entries = [
            {
                "resource": patient(id, id=id, name=[{"family": f"f{number}"}]),
                "request": {"method": "PUT", "url": f"Patient/{id}"},
            }
            for id in ids
        ]
        return client.insist("POST", "", {"resourceType": "Bundle", "type": "transaction", "entry": entries})

    replies = at_once(base, threads, act)
    client = Client(base)
    names = [client.send("GET", f"Patient/{id}").body["name"][0]["family"] for id in (first, second)]
    if names[0] != names[1]:
        return "two transactions are mixed", replies
    return _versions_of(client, first, replies) or _versions_of(client, second, replies), replies


def retry_key(base: str, threads: int) -> tuple[str, list[Reply]]:
    """POST with the same Idempotency-Key: one resource, one answer."""
    value = str(uuid4())
    replies = at_once(
        base, threads, lambda client, _: client.insist("POST", "Patient", patient(value), Idempotency_Key=value)
    )
    ids = {reply.body["id"] for reply in replies if reply.status == 201}
    return _one(Client(base), value) or ("" if len(ids) == 1 else f"{len(ids)} different answers"), replies


RACES: tuple[Race, ...] = (
    conditional_create,
    conditional_create_in_transactions,
    conditional_update,
    guarded_update,
    update,
    patch,
    transactions_that_cross,
    retry_key,
)
#: What an answer may be; anything else loses the race.
_FAIR = frozenset({200, 201, 409, 412, 429, 503})


def run(base: str, threads: int, races: Sequence[Race] = RACES) -> Iterator[Outcome]:
    """One outcome for each race."""
    for race in races:
        began = time.perf_counter()
        wrong, replies = race(base, threads)
        seconds = time.perf_counter() - began
        statuses = Counter(reply.status for reply in replies)
        unfair = sorted(statuses.keys() - _FAIR)
        if unfair and not wrong:
            wrong = f"answers of {', '.join(map(str, unfair))}"
        yield Outcome(race.__name__, wrong, statuses, seconds)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.race", description=__doc__)
    parser.add_argument("base", help="[base] of the server, such as http://127.0.0.1:8080/fhir")
    parser.add_argument("--threads", type=int, default=64, help="clients at once (64)")
    parser.add_argument("--rounds", type=int, default=1, help="how often each race is run (1)")
    parser.add_argument("--race", action="append", choices=[race.__name__ for race in RACES], help="this one only")
    chosen = parser.parse_args()
    races = [race for race in RACES if not chosen.race or race.__name__ in chosen.race]
    lost = 0
    for _ in range(chosen.rounds):
        for outcome in run(chosen.base, chosen.threads, races):
            answers = ", ".join(f"{count} x {status}" for status, count in sorted(outcome.statuses.items()))
            verdict = outcome.wrong or "won"
            print(f"{outcome.name:36} {verdict:50} {outcome.seconds:6.2f} s  {answers}", flush=True)
            lost += bool(outcome.wrong)
    return 1 if lost else 0


if __name__ == "__main__":
    sys.exit(main())
