"""The HTTP door, called without HTTP: what needs a broken or a specially set up server."""

from __future__ import annotations

import logging
from collections.abc import Callable

import pytest

from fhirserver.interactions.context import Context
from fhirserver.interactions.message import Request, Response
from fhirserver.interactions.table import ROUTES, Route, Routes
from fhirserver.rest.app import create_app
from fhirserver.rest.door import Headers
from tests.support.client import FHIR_JSON, FHIR_XML, Client, environ_of

Door = Callable[..., Client]
PATIENT = {"resourceType": "Patient", "name": [{"family": "刘"}]}


class BrokenError(Exception):
    """What must never be seen: it holds a patient's name."""


def broken(context: Context, request: Request) -> Response:
    name = "\u5218"
    raise BrokenError(name)


def full(context: Context, request: Request) -> Response:
    return Response(200, {}, b'{"resourceType":"Basic"}')


@pytest.mark.parametrize(
    ("accept", "start"), [(FHIR_JSON, b'{"resourceType":"OperationOutcome"'), (FHIR_XML, b"<?xml")]
)
def test_a_bug_is_a_500_without_details(
    door: Door, caplog: pytest.LogCaptureFixture, accept: str, start: bytes
) -> None:
    routes = Routes((Route("read", ("GET",), "{type}/{id}", broken),))
    with caplog.at_level(logging.ERROR):
        reply = door(routes=routes).request("GET", "/Patient/1?_summary=true", headers={"Accept": accept})
    assert reply.status == 500
    assert reply.body.startswith(start)
    assert "刘" not in reply.body.decode() and b"Error" not in reply.body and b"test_door" not in reply.body
    assert reply.headers["Cache-Control"] == "no-store"
    assert "BrokenError" in caplog.text and "in broken" in caplog.text
    assert "刘" not in caplog.text, "patient data in the log"


def test_a_500_names_the_request_in_the_log(door: Door, context: Context) -> None:
    routes = Routes((Route("read", ("GET",), "{type}/{id}", broken),))
    client = door(routes=routes)
    assert "request id -" in client.get("/Patient/1").resource["issue"][0]["diagnostics"]


@pytest.mark.parametrize("base", ["http://h", "http://h:8080/fhir", "https://h/a/b/c"])
def test_base_can_be_anywhere(door: Door, base: str) -> None:
    client = door(base_url=base)
    created = client.post("/Patient", PATIENT)
    assert created.location.startswith(f"{base}/Patient/")
    assert client.get(created.location).status == 200
    assert client.get("/metadata").resource["implementation"]["url"] == base
    assert client.get("").status == 200


def test_outside_base(client: Client) -> None:
    for target in ("/Patient/1", "/fhirs", "/favicon.ico", "/admin"):
        reply = client.raw("GET", target)
        assert (reply.status, reply.keys) == (404, ["outside-base"])
        assert client.base in reply.body.decode()


def test_forwarded_headers_when_trusted(door: Door) -> None:
    client = door(trust_forwarded=True)
    forwarded = {"X_Forwarded_Host": "public.example.org", "X_Forwarded_Proto": "https"}
    public = "https://public.example.org/fhir"
    created = client.post("/Patient", PATIENT, **forwarded)
    assert created.location.startswith(f"{public}/Patient/")
    id = created.resource["id"]
    read = client.get(f"/Patient/{id}", **forwarded)
    assert read.headers["Content-Location"] == f"{public}/Patient/{id}/_history/1"
    history = client.get(f"/Patient/{id}/_history", **forwarded).resource
    assert history["entry"][0]["fullUrl"] == f"{public}/Patient/{id}"
    assert client.get("/metadata", **forwarded).resource["implementation"]["url"] == public
    assert client.get("/metadata").resource["implementation"]["url"] == client.base
    assert client.get("/metadata", Forwarded="host=a b").keys == ["forwarded-form"]


def test_a_host_header_that_is_no_host(client: Client) -> None:
    for host in ("", "a b", "evil/", "[::1", "h\u00e9"):
        assert client.get("/metadata?mode=full", Host=host).status == 200


def test_options_names_every_method_of_an_address(client: Client) -> None:
    for path in ("", "/", "/Patient", "/Patient/1", "/_history", "/metadata"):
        allowed = set(client.request("OPTIONS", path).headers["Allow"].split(", "))
        refused = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"} - allowed
        assert "OPTIONS" in allowed
        assert all(client.request(method, path).status == 405 for method in refused)
        assert all(client.request(method, path).status != 405 for method in allowed - {"DELETE"})


def test_routes_of_other_rooms_are_rows(door: Door) -> None:
    client = door(routes=Routes((*ROUTES, Route("operation", ("GET", "POST"), "{type}/{id}/$full", full))))
    assert client.get("/Patient/1/$full").status == 200
    assert client.get("/Patient/1/$other").status == 404
    assert client.delete("/Patient/1/$full").headers["Allow"] == "GET, POST, OPTIONS"


def test_the_environ_says_what_it_was(context: Context) -> None:
    application = create_app(context).wsgi_app
    for method, target, route, interaction in (
        ("GET", "/fhir/Patient/1", "/{type}/{id}", "read"),
        ("GET", "/fhir/Patient/1/_history/1", "/{type}/{id}/_history/{vid}", "vread"),
        ("GET", "/fhir/metadata", "/metadata", "capabilities"),
        ("GET", "/fhir/_history", "/_history", "history-system"),
    ):
        environ = environ_of(method, target, {})
        b"".join(application(environ, lambda *_: None))
        assert (environ["fhirserver.route"], environ["fhirserver.interaction"]) == (route, interaction)


def test_headers_of_a_request() -> None:
    headers = Headers(environ_of("POST", "/", {"If-Match": "x", "Content-Type": "y"}, b"z"))
    assert headers["if-match"] == "x"
    assert headers.get("content-type") == "y"
    assert "if-match" in headers and "prefer" not in headers
    assert {"if-match", "content-type", "content-length", "host"} == set(headers)
    assert len(headers) == 4
