"""Whatever a client sends, it is the client's fault or it works: nothing gives a 5xx or an answer that is no answer."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from string import printable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fhirserver.assembly import assemble
from fhirserver.resource import xml
from fhirserver.rest.app import create_app
from fhirserver.settings import Settings
from tests.support.client import Client, wsgi_client

HEADERS = (
    "Accept",
    "Accept-Encoding",
    "Accept-Language",
    "Content-Encoding",
    "Content-Type",
    "Forwarded",
    "Host",
    "If-Match",
    "If-Modified-Since",
    "If-None-Exist",
    "If-None-Match",
    "Origin",
    "Prefer",
    "X-Forwarded-Host",
    "X-Request-Id",
)
WORDS = (
    "application/fhir+json",
    "application/fhir+xml",
    "*/*",
    "charset=utf-8",
    "fhirVersion=4.0",
    "q=0.5",
    'W/"1"',
    "*",
    "gzip",
    "return=minimal",
    "handling=lenient",
    "zh",
    "Sat, 01 Jan 2000 00:00:00 GMT",
    "identifier=1",
    "https://app.example.org",
    ",",
    ";",
    "=",
    '"',
)
#: Header values hold no control characters: the HTTP server refuses those before us.
header_text = st.lists(
    st.sampled_from(WORDS) | st.text(st.sampled_from([*printable[:95], "\x80", "\xff"]), max_size=8), max_size=5
).map("".join)
headers = st.dictionaries(st.sampled_from(HEADERS), header_text, max_size=4)
segment = st.sampled_from(
    (
        "Patient",
        "Binary",
        "Observation",
        "Foo",
        "1",
        "_history",
        "_search",
        "metadata",
        "$x",
        "*",
        "",
        "..",
        "%E5%88%98",
    )
) | st.text(st.sampled_from("aZ09-._~%2Ff$"), max_size=6)
path = st.lists(segment, max_size=5).map("/".join)
query = st.lists(
    st.sampled_from(
        ("_format=xml", "_format", "_pretty=true", "_summary=text", "_elements=id", "_count=1", "_since=2020", "_at=20")
    )
    | st.text(st.sampled_from("_acz=&%20+:;|,é"), max_size=10).map(lambda text: text.encode().decode("latin-1")),
    max_size=3,
).map("&".join)
body = st.sampled_from(
    (
        b"",
        b"{}",
        b'{"resourceType":"Patient"}',
        b'{"resourceType":"Patient","id":"1","meta":{"tag":5}}',
        b'{"resourceType":"Patient","id":"1","meta":[{"versionId":1}]}',
        b'{"resourceType":["Patient"]}',
        b'<Patient xmlns="http://hl7.org/fhir"><id value="1"/></Patient>',
        b"<Patient/>",
        b"\xff\xfe",
        b"[" * 1000,
    )
) | st.binary(max_size=40)
method = st.sampled_from(("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "BREW"))


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    folder: Path = tmp_path_factory.mktemp("hostile")
    base = "http://fhir.example.org/fhir"
    context = assemble(Settings(database_url=f"sqlite:///{folder / 'fhir.db'}", base_url=base))
    yield wsgi_client(create_app(context).wsgi_app, base)
    context.store.close()


@settings(max_examples=600, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(method=method, path=path, query=query, headers=headers, body=body)
def test_nothing_breaks_the_server(
    client: Client, method: str, path: str, query: str, headers: dict[str, str], body: bytes
) -> None:
    target = f"/fhir/{path}" + (f"?{query}" if query else "")
    reply = client.raw(method, target, body, headers)
    assert 200 <= reply.status < 500, reply.body
    kind = reply.headers.get("Content-Type", "")
    if reply.status >= 400 and method != "HEAD" and "Content-Encoding" not in reply.headers:
        assert decoded(kind, reply.body)["resourceType"] == "OperationOutcome"
    if reply.status in (204, 304) or method == "HEAD":
        assert reply.body == b""
    for name, value in reply.headers.pairs:
        assert "\r" not in value and "\n" not in value, name
        value.encode("latin-1")


def decoded(kind: str, body: bytes) -> Any:
    return xml.decode(body) if "xml" in kind else json.loads(body)
