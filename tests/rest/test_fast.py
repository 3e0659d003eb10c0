"""The short way and the long way answer alike, byte for byte."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime
from itertools import product
from typing import Any

import pytest

from fhirserver.interactions.context import Context
from fhirserver.rest.app import create_app
from fhirserver.rest.door import Door
from fhirserver.rest.fast import ShortWays
from fhirserver.rest.options import Options
from tests.support.client import environ_of, wsgi_client

#: One moment for both ways: a search says when it was made.
LATER = datetime(2100, 1, 1, tzinfo=UTC)
ACCEPT = (
    None,
    "*/*",
    "application/fhir+json",
    "application/json",
    "application/fhir+xml",
    "text/html",
    "",
    "*/*;q=0.5",
)
#: What may vary beside Accept, all of it together with each of those.
OTHERS: tuple[dict[str, str], ...] = (
    {},
    {"If-None-Match": 'W/"1"'},
    {"If-None-Match": 'W/"2"'},
    {"If-None-Match": '"2"'},
    {"If-None-Match": "*"},
    {"If-None-Match": "2"},
    {"If-Modified-Since": "Fri, 01 Jan 2100 00:00:00 GMT"},
    {"If-Modified-Since": "Sat, 01 Jan 2000 00:00:00 GMT"},
    {"Accept-Encoding": "gzip"},
    {"Accept-Encoding": "gzip, br", "If-None-Match": 'W/"2"'},
    {"Accept-Encoding": "identity"},
    {"Origin": "https://app.example.org"},
    {"Origin": "https://evil.example.org"},
    {"Accept-Language": "zh"},
    {"Prefer": "return=minimal"},
    {"X-Forwarded-Host": "other.example.org", "X-Forwarded-Proto": "https"},
    {"Forwarded": "host=a b"},
    {"Content-Type": "text/plain"},
)
PATHS = (
    "/fhir/Patient/short",
    "/fhir/Patient/long",
    "/fhir/Patient/deleted",
    "/fhir/Patient/unknown",
    "/fhir/Patient/short/",
    "/fhir/Patient/",
    "/fhir/Patient/short/_history/1",
    "/fhir/Patient/sh%20ort",
    "/fhir/Patient/%E5%88%98",
    "/fhir/Binary/content",
    "/fhir/Foo/short",
    "/fhir/Patient/short?_summary=true",
    "/fhir/Patient/short?",
    "/other/Patient/short",
)
OPTIONS = (
    Options(),
    Options(cors_origins=("https://app.example.org",), trust_forwarded=True),
    Options(cors_origins=()),
)


@pytest.fixture
def filled(context: Context) -> Context:
    client = wsgi_client(create_app(context).wsgi_app, context.base_url)
    for id, text in (("short", "刘桂兰"), ("long", "刘桂兰 " * 1000), ("deleted", "x")):
        for active in (True, False):
            patient = {"resourceType": "Patient", "id": id, "active": active, "name": [{"text": text.strip()}]}
            assert client.put(f"/Patient/{id}", patient).status in (200, 201)
    assert client.delete("/Patient/deleted").status == 204
    content = {"resourceType": "Binary", "id": "content", "contentType": "text/plain", "data": "eHl6"}
    assert client.put("/Binary/content", content).status == 201
    return replace(context, now=lambda: LATER)


def answer_of(application: Callable[..., Iterable[bytes]], environ: dict[str, Any]) -> tuple[str, Any, bytes]:
    started: list[tuple[str, Any]] = []
    body = b"".join(application(environ, lambda status, headers: started.append((status, list(headers)))))
    return (*started[0], body)


@pytest.mark.parametrize("options", OPTIONS, ids=["any origin", "some origins, behind a proxy", "no origin"])
@pytest.mark.parametrize("path", PATHS)
def test_both_ways_answer_alike(filled: Context, path: str, options: Options) -> None:
    short = create_app(filled, options).wsgi_app
    assert isinstance(short, ShortWays)
    long = Door(filled, options)
    for method, accept, others in product(("GET", "HEAD"), ACCEPT, OTHERS):
        headers = {**others, **({} if accept is None else {"Accept": accept})}
        expected = long.answer(environ_of(method, path, headers))
        status, sent, body = expected
        assert answer_of(short, environ_of(method, path, headers)) == (status, sent, body), (method, headers)


def test_the_short_way_is_taken(filled: Context) -> None:
    """Without this the test above could pass because nothing is ever short."""

    class Closed(Door):
        def answer(self, environ: Any) -> Any:
            raise AssertionError("the long way")

    short = ShortWays(Closed(filled, Options()), _nothing)
    for accept, others in product(ACCEPT[:4], OTHERS[:2]):
        headers = {**others, **({} if accept is None else {"Accept": accept})}
        if others.get("If-None-Match") != 'W/"1"':
            assert answer_of(short, environ_of("GET", "/fhir/Patient/short", headers))[0] == "200 OK"
    not_modified = answer_of(short, environ_of("GET", "/fhir/Patient/short", {"If-None-Match": 'W/"2"'}))
    assert not_modified[0] == "304 Not Modified"


def test_flask_is_asked_for_all_but_get_below_base(filled: Context) -> None:
    short = ShortWays(Door(filled, Options()), _nothing)
    assert answer_of(short, environ_of("GET", "/fhir/Patient?name=x", {}))[0] == "200 OK"
    assert answer_of(short, environ_of("GET", "/fhir/Foo/1", {}))[0] == "404 Not Found"
    for method, path in (("DELETE", "/fhir/Patient/short"), ("HEAD", "/fhir/Patient/short"), ("GET", "/elsewhere")):
        with pytest.raises(AssertionError, match="Flask"):
            answer_of(short, environ_of(method, path, {}))


def _nothing(environ: Any, start_response: Any) -> list[bytes]:
    raise AssertionError("Flask")
