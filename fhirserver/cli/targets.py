"""Where `fhirserver load` puts resources: into the database itself, or to a running server over HTTP.

Either way a resource is an update of its own address (http.html#upsert), so loading again changes nothing.
"""

from __future__ import annotations

import http.client
import ssl
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import local
from typing import Any, Literal, Protocol
from urllib.parse import quote, urlencode, urlsplit

from fhirserver.cli.bundles import Criteria, Entry
from fhirserver.cli.messages import SERVER_AWAY, SERVER_SAYS
from fhirserver.interactions.context import Context
from fhirserver.interactions.messages import TYPE_UNKNOWN
from fhirserver.interactions.write import Change, Prepared, apply, prepare
from fhirserver.outcome import FhirError
from fhirserver.resource import json
from fhirserver.resource.dates import microseconds
from fhirserver.spec.structures import RESOURCE_TYPES

#: Answers that mean "ask again": too many requests, a gateway without its server, unavailable.
_NOT_NOW = (429, 502, 503, 504)

Became = Literal["created", "updated", "unchanged", "refused"]


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a resource was refused: the stable code of the message, and what it says here."""

    key: str
    text: str
    expression: str = ""


@dataclass(frozen=True, slots=True)
class Loaded:
    """What became of an entry."""

    entry: Entry
    became: Became
    reasons: tuple[Reason, ...] = field(default=())


class Target(Protocol):
    """A place to load into. FhirError means that it cannot go on at all."""

    def load(self, batch: Sequence[Entry]) -> list[Loaded]:
        """Store the entries, each on its own merits. An address occurs once in a batch."""

    def find(self, type: str, criteria: Criteria) -> Sequence[str]:
        """The ids of the resources that meet the criteria (:data:`fhirserver.cli.bundles.Find`)."""

    def close(self) -> None: ...


def reasons(error: FhirError) -> tuple[Reason, ...]:
    """The reasons in an error, without its warnings."""
    grave = [issue for issue in error.issues if issue.severity in ("error", "fatal")]
    return tuple(Reason(issue.key, issue.text(), issue.expression) for issue in grave)


class DatabaseTarget:
    """The database of this machine's settings; a batch is one transaction of the resources that are valid."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def load(self, batch: Sequence[Entry]) -> list[Loaded]:
        loaded: list[Loaded] = []
        valid: list[tuple[Entry, Prepared]] = []
        for entry in batch:
            try:
                valid.append((entry, prepare(self._context, _change(entry))))
            except FhirError as error:
                loaded.append(Loaded(entry, "refused", reasons(error)))
        return loaded + self._store(valid)

    def _store(self, valid: Sequence[tuple[Entry, Prepared]]) -> list[Loaded]:
        """Store together; where that is refused (two ids with one key, say) one by one, so that only those are left."""
        if not valid:
            return []
        prepared = [each for _, each in valid]
        try:
            written = self._context.store.write(lambda transaction: apply(self._context, transaction, prepared))
        except FhirError as error:
            if error.status >= 500:
                raise
            if len(valid) == 1:
                return [Loaded(valid[0][0], "refused", reasons(error))]
            return [loaded for each in valid for loaded in self._store([each])]
        became: list[Became] = [
            "created" if each.created else "updated" if each.changed else "unchanged" for each in written
        ]
        return [Loaded(entry, kind) for (entry, _), kind in zip(valid, became, strict=True)]

    def find(self, type: str, criteria: Criteria) -> Sequence[str]:
        context = self._context
        if context.search is None or type not in RESOURCE_TYPES:
            return ()
        found = context.search.matches(context.store, type, criteria, now=microseconds(context.now()))
        return [id for _, id in found]

    def close(self) -> None:
        self._context.store.close()


def _change(entry: Entry) -> Change:
    type, id = entry.resource.get("resourceType"), entry.resource.get("id")
    if type not in RESOURCE_TYPES:
        raise TYPE_UNKNOWN.error(type=type)
    return Change("PUT", str(type), str(id), entry.resource)


class ServerTarget:
    """A FHIR server at [base], asked over several connections at once."""

    #: Seconds to go on trying while the server does not answer, is busy (503, 429) or is being restarted.
    patience = 60.0

    def __init__(self, base: str, connections: int = 4, headers: dict[str, str] | None = None) -> None:
        self._url = urlsplit(base.rstrip("/"))
        self._headers = {
            "Content-Type": "application/fhir+json",
            "Accept": "application/fhir+json",
            "Prefer": "return=OperationOutcome",
            **(headers or {}),
        }
        self._local = local()
        self._pool = ThreadPoolExecutor(connections)

    def load(self, batch: Sequence[Entry]) -> list[Loaded]:
        return list(self._pool.map(self._put, batch))

    def close(self) -> None:
        self._pool.shutdown(cancel_futures=True)

    def find(self, type: str, criteria: Criteria) -> Sequence[str]:
        status, answer = self._ask("GET", f"{self._url.path}/{type}?{urlencode([*criteria, ('_count', '2')])}")
        if status != 200:
            return ()
        found = [entry.get("resource") or {} for entry in json.decode(answer).get("entry") or ()]
        return [str(resource["id"]) for resource in found if resource.get("resourceType") == type]

    def _put(self, entry: Entry) -> Loaded:
        address = (str(entry.resource.get("resourceType")), str(entry.resource.get("id")))
        path = "/".join((self._url.path, *(quote(segment, safe="") for segment in address)))
        return _loaded(entry, *self._ask("PUT", path, json.encode(entry.resource)))

    def _ask(self, method: str, path: str, body: bytes | None = None) -> tuple[int, bytes]:
        """Status and body of an answer. Every request here may be repeated, and is, while there is patience."""
        give_up, pause = time.monotonic() + self.patience, 0.1
        while True:
            try:
                status, answer = self._ask_once(method, path, body)
                if status not in _NOT_NOW:
                    return status, answer
                reason = f"HTTP {status}"
            except (OSError, http.client.HTTPException) as error:
                self._drop()
                reason = str(error) or type(error).__name__
            if time.monotonic() > give_up:
                raise SERVER_AWAY.error(url=self._url.geturl(), reason=reason)
            time.sleep(pause)
            pause = min(pause * 2, 2.0)

    def _ask_once(self, method: str, path: str, body: bytes | None) -> tuple[int, bytes]:
        connection = self._connection()
        connection.request(method, path, body, self._headers)
        response = connection.getresponse()
        return response.status, response.read()

    def _connection(self) -> http.client.HTTPConnection:
        found: http.client.HTTPConnection | None = getattr(self._local, "connection", None)
        if found is None:
            place = (self._url.hostname or "", self._url.port)
            if self._url.scheme == "https":
                context = ssl.create_default_context()
                found = http.client.HTTPSConnection(*place, timeout=self.patience, context=context)
            else:
                found = http.client.HTTPConnection(*place, timeout=self.patience)
            self._local.connection = found
        return found

    def _drop(self) -> None:
        self._connection().close()
        del self._local.connection


def _loaded(entry: Entry, status: int, answer: bytes) -> Loaded:
    issues = _issues(answer)
    if status < 300:
        said = {str(issue.get("key")) for issue in issues}
        return Loaded(entry, "unchanged" if "unchanged" in said else "created" if status == 201 else "updated")
    grave = [issue for issue in issues if issue["severity"] in ("error", "fatal")]
    found = tuple(Reason(issue["key"], issue["text"], issue["expression"]) for issue in grave)
    return Loaded(entry, "refused", found or (Reason(f"http-{status}", SERVER_SAYS.text("en", {"status": status})),))


def _issues(answer: bytes) -> list[dict[str, str]]:
    """The issues of an OperationOutcome of any server, as far as they are well formed."""
    try:
        outcome = json.decode(answer)
    except FhirError:
        return []
    held = outcome.get("issue") if outcome["resourceType"] == "OperationOutcome" else None
    return [_issue(issue) for issue in held if isinstance(issue, dict)] if isinstance(held, list) else []


def _issue(issue: dict[str, Any]) -> dict[str, str]:
    details = issue.get("details") or {}
    coding: dict[str, Any] = next(iter(details.get("coding") or ()), {})
    return {
        "severity": str(issue.get("severity")),
        "key": str(coding.get("code") or issue.get("code")),
        "text": str(issue.get("diagnostics") or details.get("text") or issue.get("code")),
        "expression": str(next(iter(issue.get("expression") or ()), "")),
    }
