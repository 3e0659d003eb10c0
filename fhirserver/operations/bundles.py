"""The answer of an operation: a Bundle of stored resources, whose JSON goes in as it is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import urlencode

from fhirserver.interactions.context import Context
from fhirserver.interactions.message import Request, Response
from fhirserver.resource import json
from fhirserver.resource.dates import instant, microseconds
from fhirserver.store.rows import Version

Pairs = Sequence[tuple[str, str]]


def entry(base: str, version: Version, mode: str | None = None) -> bytes:
    """A Bundle.entry as JSON; `mode` is its search.mode, None outside a searchset."""
    assert version.body is not None
    url = f"{base}/{version.type}/{version.id}".encode()
    search = b"" if mode is None else b',"search":{"mode":"%b"}' % mode.encode()
    return b'{"fullUrl":"%b","resource":%b%b}' % (url, version.body, search)


def with_entries(head: dict[str, Any], entries: Iterable[bytes]) -> bytes:
    """A Bundle as JSON; without entries it has no such member."""
    joined = b",".join(entries)
    return b'%b,"entry":[%b]}' % (json.encode(head)[:-1], joined) if joined else json.encode(head)


def link(request: Request, relation: str, pairs: Pairs) -> dict[str, str]:
    """A Bundle.link to this operation with other parameters."""
    address = "/".join((request.base, *request.path))
    return {"relation": relation, "url": f"{address}?{urlencode(pairs, safe=':/|,$')}" if pairs else address}


def searchset(
    context: Context, links: Sequence[dict[str, str]], entries: Iterable[bytes], total: int | None
) -> Response:
    """200 with a searchset of these entries. `total`: how many matches there are, None when nobody counted."""
    head: dict[str, Any] = {
        "resourceType": "Bundle",
        "meta": {"lastUpdated": instant(microseconds(context.now()), context.zone)},
        "type": "searchset",
    }
    if total is not None:
        head["total"] = total
    head["link"] = list(links)
    return Response(200, body=with_entries(head, entries))
