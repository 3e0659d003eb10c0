"""Definitions that the server brings: R4's, the guide's, packages', its own operations'. They are read as others are.

What a client has stored under the same id or canonical comes first. The others have no versions and cannot be changed;
they are found by their canonical only (``?url=``), as a search goes over what is stored.
"""

from __future__ import annotations

from typing import Any

from fhirserver.conformance.layers import KINDS, Entry
from fhirserver.interactions import parameters, search
from fhirserver.interactions.context import Context
from fhirserver.interactions.message import Request, Response
from fhirserver.interactions.read import read as read_stored
from fhirserver.outcome import FhirError
from fhirserver.resource import json

#: What a search may have beside the canonical.
_BESIDE = frozenset({*parameters.GENERAL, "_count", "_total", "version"})


def read(context: Context, request: Request) -> Response:
    """http.html#read of what is stored, and where there is nothing of what the server brings."""
    try:
        return read_stored(context, request)
    except FhirError as error:
        entry = _with_id(context, request.type, request.id) if error.status == 404 else None
        if entry is None:
            raise
        selection = parameters.selection(parameters.parse(request), request.type)
        return Response(200, {}, entry.body() if selection is None else selection.of_body(entry.body()))


def search_type(context: Context, request: Request) -> Response:
    """http.html#search of what is stored; a canonical that is not is looked up in what the server brings."""
    response = search.search_type(context, request)
    entry = _with_url(context, request)
    if entry is None or response.body is None:
        return response
    bundle: dict[str, Any] = json.decode(response.body)
    if "entry" in bundle or ("_summary", "count") in request.query:
        return response
    resource = entry.load()
    full_url = f"{request.base}/{entry.kind}/{entry.id}"
    return Response(
        response.status,
        response.headers,
        json.encode(
            {**bundle, "total": 1, "entry": [{"fullUrl": full_url, "resource": resource, "search": {"mode": "match"}}]}
        ),
    )


def _with_id(context: Context, type: str, id: str) -> Entry | None:
    if type not in KINDS or context.terminology is None:
        return None
    registry = context.terminology.registry
    registry.refresh()
    return next((entry for entry in registry.entries(type) if entry.id == id), None)


def _with_url(context: Context, request: Request) -> Entry | None:
    """The definition a search asks for by its canonical, and by nothing else."""
    if request.type not in KINDS or context.terminology is None:
        return None
    names = [name for name, _ in request.query]
    if names.count("url") != 1 or not _BESIDE.issuperset(name for name in names if name != "url"):
        return None
    asked = dict(request.query)
    registry = context.terminology.registry
    registry.refresh()
    version = f"|{asked['version']}" if "version" in asked else ""
    return registry.find(request.type, asked["url"] + version)
