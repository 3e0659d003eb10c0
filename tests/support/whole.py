"""The whole server in this process, on each database: called over WSGI, as a client calls it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from fhirserver.assembly import assemble
from fhirserver.interactions.context import Context
from fhirserver.rest.app import create_app
from fhirserver.settings import Settings
from tests.support.client import Client, wsgi_client

BASE = "http://fhir.example.org/fhir"
SYSTEM = "http://example.org/ids"


@pytest.fixture
def whole(database_url: str) -> Iterator[Context]:
    """Everything an interaction works with, with search and its index."""
    made = assemble(Settings(database_url=database_url, base_url=BASE))
    yield made
    made.store.close()


@pytest.fixture
def client(whole: Context) -> Client:
    return client_of(whole)


def client_of(context: Context, **chosen: Any) -> Client:
    """A client of the server with other values in its context."""
    return wsgi_client(create_app(replace(context, **chosen)).wsgi_app, BASE)


def patient(value: str, **more: Any) -> dict[str, Any]:
    """A patient with an identifier."""
    return {"resourceType": "Patient", "identifier": [{"system": SYSTEM, "value": value}], **more}


def entry(method: str, url: str, resource: Any = None, full_url: str | None = None, **request: Any) -> dict[str, Any]:
    """An entry of a batch or transaction."""
    made: dict[str, Any] = {"request": {"method": method, "url": url, **request}}
    if resource is not None:
        made["resource"] = resource
    if full_url is not None:
        made["fullUrl"] = full_url
    return made


def bundle(*entries: dict[str, Any], type: str = "transaction") -> dict[str, Any]:
    return {"resourceType": "Bundle", "type": type, **({"entry": list(entries)} if entries else {})}


def count(client: Client, query: str) -> int:
    """How many resources a search finds: ``count(client, "Patient?identifier=1")``."""
    mark = "&" if "?" in query else "?"
    total: int = client.get(f"/{query}{mark}_summary=count").resource["total"]
    return total
