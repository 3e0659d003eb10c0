"""Bundle.entry.response of a batch or transaction (http.html#transaction-response)."""

from __future__ import annotations

from collections.abc import Iterable
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any

from fhirserver.interactions.context import Context
from fhirserver.interactions.message import Request, Response
from fhirserver.outcome import FhirError, Language, operation_outcome
from fhirserver.resource import json
from fhirserver.resource.dates import instant
from fhirserver.store.rows import Version

_PHRASE = {status.value: f"{status.value} {status.phrase}" for status in HTTPStatus}


def bundle(type: str, entries: Iterable[bytes]) -> bytes:
    """The Bundle of the answers, in the sender's order."""
    joined = b",".join(entries)
    head = b'{"resourceType":"Bundle","type":"%b"' % type.encode()
    return b'%b,"entry":[%b]}' % (head, joined) if joined else head + b"}"


def of_version(
    context: Context,
    request: Request,
    status: int,
    version: Version | None,
    resource: bytes | None = None,
    outcome: bytes | None = None,
) -> bytes:
    """The answer to a write: `version` is what is there now, `resource` is set where the sender wants it back."""
    parts = [b'"response":{"status":"%b"' % _PHRASE[status].encode()]
    if version is not None:
        location = f"{version.type}/{version.id}/_history/{version.version}"
        when = instant(version.last_updated, context.zone)
        told = f',"location":"{location}","etag":"W/\\"{version.version}\\"","lastModified":"{when}"'
        parts.append(told.encode())
    if outcome is not None:
        parts.append(b',"outcome":%b' % outcome)
    parts.append(b"}}")
    head = b"{"
    if resource is not None and version is not None:
        url = f"{request.base}/{version.type}/{version.id}".encode()
        head = b'{"fullUrl":"%b","resource":%b,' % (url, resource)
    return head + b"".join(parts)


def of_response(request: Request, response: Response, *, whole: bool) -> bytes:
    """The answer to an entry that was carried out as a request of its own.

    `whole`: the body is what was asked for (a read) and goes into the entry as its resource.
    """
    told: dict[str, Any] = {"status": _PHRASE[response.status]}
    location = response.headers.get("Location") or response.headers.get("Content-Location")
    if location is not None and location.startswith(f"{request.base}/"):
        told["location"] = location[len(request.base) + 1 :]
    if (etag := response.headers.get("ETag")) is not None:
        told["etag"] = etag
    if (modified := response.headers.get("Last-Modified")) is not None:
        told["lastModified"] = parsedate_to_datetime(modified).isoformat()
    body = response.body if request.method != "HEAD" and response.media is None else None
    if body is not None and not whole:
        told["outcome"] = json.decode(body)
        body = None
    entry = json.encode({"response": told})
    return b'{"resource":%b,%b' % (body, entry[1:]) if body is not None else entry


def of_answer(base: str, response: Response) -> bytes:
    """The outcome of an asynchronous request: a batch-response with one entry (R5's async-bundle pattern)."""
    told = {"status": _PHRASE[response.status]}
    location = response.headers.get("Location") or response.headers.get("Content-Location")
    if location is not None:
        told["location"] = location.removeprefix(f"{base}/")
    entry = json.encode({"response": told})
    if response.body is not None and response.status >= 400:
        entry = json.encode({"response": {**told, "outcome": json.decode(response.body)}})
    elif response.body is not None:
        entry = b'{"resource":%b,%b' % (response.body, entry[1:])
    return bundle("batch-response", [entry])


def of_error(error: FhirError, language: Language) -> bytes:
    """The answer to an entry that was refused."""
    told: dict[str, Any] = {"status": _PHRASE[error.status], "outcome": operation_outcome(error.issues, language)}
    if (etag := error.headers.get("ETag")) is not None:
        told["etag"] = etag
    return json.encode({"response": told})
