"""The HTTP door, called without HTTP: what needs a broken or a specially set up server."""

from __future__ import annotations

import gzip
import io
import json
import logging
from base64 import b64encode
from collections.abc import Callable
from typing import Any

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


# ---- what goes wrong in the server -----------------------------------------------------------------------------------


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


# ---- bodies ----------------------------------------------------------------------------------------------------------


def test_a_compressed_body(client: Client) -> None:
    body = gzip.compress(json.dumps(PATIENT).encode())
    reply = client.post("/Patient", body, Content_Type=FHIR_JSON, Content_Encoding="gzip")
    assert reply.status == 201
    assert reply.resource["name"] == PATIENT["name"]


@pytest.mark.parametrize("damage", [lambda body: body[:-5], lambda body: body + b"x", lambda body: body[10:]])
def test_a_damaged_compressed_body(client: Client, damage: Callable[[bytes], bytes]) -> None:
    body = damage(gzip.compress(json.dumps(PATIENT).encode()))
    reply = client.post("/Patient", body, Content_Type=FHIR_JSON, Content_Encoding="gzip")
    assert (reply.status, reply.keys) == (400, ["body-not-gzip"])


def test_a_compressed_bomb(door: Door) -> None:
    bomb = gzip.compress(b" " * 50_000_000)
    reply = door(max_body=100_000).post("/Patient", bomb, Content_Type=FHIR_JSON, Content_Encoding="gzip")
    assert (reply.status, reply.keys) == (413, ["body-too-large"])


@pytest.mark.parametrize(("size", "status"), [(999, 201), (1000, 201), (1001, 413)])
def test_the_limit_of_a_body_is_exact(door: Door, size: int, status: int) -> None:
    empty = len(json.dumps({"resourceType": "Patient", "name": [{"text": ""}]}))
    body = json.dumps({"resourceType": "Patient", "name": [{"text": "x" * (size - empty)}]})
    assert door(max_body=1000).post("/Patient", body, Content_Type=FHIR_JSON).status == status


@pytest.mark.parametrize(("size", "status"), [(500, 201), (5000, 413)])
def test_a_body_without_a_length(context: Context, door: Door, size: int, status: int) -> None:
    """Transfer-Encoding: chunked, as Granian hands it over."""
    application = create_app(context, None if size < 1000 else _options(1000)).wsgi_app
    body = json.dumps({"resourceType": "Patient", "name": [{"text": "x" * size}]}).encode()
    environ = environ_of("POST", "/fhir/Patient", {"Content-Type": FHIR_JSON, "Transfer-Encoding": "chunked"})
    del environ["CONTENT_LENGTH"]
    environ["wsgi.input"] = io.BytesIO(body)
    started: list[str] = []
    b"".join(application(environ, lambda status, headers: started.append(status)))
    assert started[0][:3] == str(status)


def _options(max_body: int) -> Any:
    from fhirserver.rest.options import Options

    return Options(max_body=max_body)


# ---- Binary (binary.html#rest) ---------------------------------------------------------------------------------------

PDF = b"%PDF-1.4 \x00\xff"


def test_content_of_any_type_becomes_a_binary(client: Client) -> None:
    created = client.post("/Binary", PDF, Content_Type="application/pdf", X_Security_Context="Patient/1")
    assert created.status == 201
    assert created.resource["contentType"] == "application/pdf"
    assert created.resource["data"] == b64encode(PDF).decode()
    assert created.resource["securityContext"] == {"reference": "Patient/1"}
    path = f"/Binary/{created.resource['id']}"
    for accept in (None, "*/*", "application/pdf", "application/json", "image/png"):
        read = client.request("GET", path, headers={} if accept is None else {"Accept": accept})
        assert (read.status, read.body, read.headers["Content-Type"]) == (200, PDF, "application/pdf"), accept
        assert read.headers["ETag"] == 'W/"1"'
        assert read.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    for accept, kind in ((FHIR_JSON, FHIR_JSON), (FHIR_XML, FHIR_XML)):
        read = client.get(path, accept=accept)
        assert read.headers["Content-Type"] == f"{kind}; charset=utf-8"
    assert client.get(f"{path}?_format=json").resource["resourceType"] == "Binary"
    assert client.get(f"{path}/_history/1").body == PDF
    assert client.head(path).headers["Content-Length"] == str(len(PDF))
    assert client.get(path, if_none_match='W/"1"').status == 304


def test_a_binary_is_updated_with_content(client: Client) -> None:
    assert client.put("/Binary/b", PDF, Content_Type="application/pdf").status == 201
    updated = client.put("/Binary/b", b"text", Content_Type="text/plain; charset=utf-8")
    assert (updated.status, updated.resource["id"]) == (200, "b")
    read = client.get("/Binary/b")
    assert (read.body, read.headers["Content-Type"]) == (b"text", "text/plain; charset=utf-8")


def test_a_binary_as_a_resource(client: Client) -> None:
    binary = {"resourceType": "Binary", "id": "b", "contentType": "text/plain", "data": "eHl6"}
    assert client.put("/Binary/b", binary).status == 201
    assert client.get("/Binary/b").body == b"xyz"


def test_a_binary_without_content(client: Client) -> None:
    created = client.post("/Binary", b"", Content_Type="image/png")
    assert created.status == 201
    assert client.get(f"/Binary/{created.resource['id']}").body == b""


def test_a_media_type_cannot_split_the_headers(client: Client) -> None:
    """The primitive `code` allows a line end inside; a header must not have one."""
    binary = {"resourceType": "Binary", "id": "b", "contentType": "text/html\nSet-Cookie:x", "data": "eHl6"}
    assert client.put("/Binary/b", binary).status in (201, 400)
    reply = client.get("/Binary/b")
    assert reply.status == 404 or reply.headers["Content-Type"] == "application/octet-stream"


def test_errors_about_a_binary_are_resources(client: Client) -> None:
    reply = client.get("/Binary/unknown", accept="image/png")
    assert (reply.status, reply.keys) == (404, ["resource-unknown"])


# ---- [base] and the proxy in front -----------------------------------------------------------------------------------


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


# ---- the front page --------------------------------------------------------------------------------------------------

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


@pytest.mark.parametrize("target", ["/", "/fhir", "/fhir/"])
def test_a_person_finds_a_page(client: Client, target: str) -> None:
    reply = client.raw("GET", target, headers={"Accept": BROWSER})
    page = reply.body.decode()
    assert reply.status == 200
    assert reply.headers["Content-Type"] == "text/html; charset=utf-8"
    assert "default-src 'none'" in reply.headers["Content-Security-Policy"]
    assert f"{client.base}/metadata" in page and "curl" in page
    assert page.index('section lang="en"') < page.index('section lang="zh"')
    chinese = client.raw("GET", target, headers={"Accept": BROWSER, "Accept-Language": "zh-CN"}).body.decode()
    assert chinese.index('section lang="zh"') < chinese.index('section lang="en"')
    assert client.raw("HEAD", target, headers={"Accept": BROWSER}).body == b""


@pytest.mark.parametrize("target", ["/", "/fhir", "/fhir/"])
def test_a_program_finds_a_pointer(client: Client, target: str) -> None:
    reply = client.raw("GET", target)
    assert (reply.status, reply.keys) == (200, ["base-here"])
    assert f"{client.base}/metadata" in reply.body.decode()
    assert b"<OperationOutcome" in client.raw("GET", target + "?_format=xml").body
    assert client.raw("GET", target, headers={"Accept": "image/png"}).status == 406


def test_the_curl_line_of_the_page_works(client: Client) -> None:
    page = client.raw("GET", "/", headers={"Accept": BROWSER}).body.decode()
    sent = page.partition("-d '")[2].partition("'")[0]
    assert client.post("/Patient", sent, Content_Type=FHIR_JSON).status == 201


# ---- compression and HEAD --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/Patient/long", "/Patient/long?_pretty=true", "/Patient/long?_format=xml"])
def test_gzip(client: Client, path: str) -> None:
    client.put("/Patient/long", {"resourceType": "Patient", "id": "long", "name": [{"text": "刘桂兰 x" * 500}]})
    plain = client.get(path)
    packed = client.get(path, accept_encoding="gzip")
    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Content-Encoding"] == "gzip"
    assert packed.headers["Content-Length"] == str(len(packed.body))
    assert gzip.decompress(packed.body) == plain.body
    assert len(packed.body) < len(plain.body) / 4
    assert "Accept-Encoding" in plain.headers["Vary"] and plain.headers["Vary"] == packed.headers["Vary"]
    head = client.head(path, accept_encoding="gzip")
    assert (head.headers.pairs, head.body) == (packed.headers.pairs, b"")


def test_small_bodies_are_not_compressed(client: Client) -> None:
    client.put("/Patient/short", {"resourceType": "Patient", "id": "short", "active": True})
    assert "Content-Encoding" not in client.get("/Patient/short", accept_encoding="gzip").headers


# ---- the rest --------------------------------------------------------------------------------------------------------


def test_a_host_header_that_is_no_host(client: Client) -> None:
    for host in ("", "a b", "evil/", "[::1", "h\u00e9"):
        assert client.get("/metadata?mode=full", Host=host).status == 200


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
