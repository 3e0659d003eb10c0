"""Bodies: compressed, damaged, too large, without a length."""

from __future__ import annotations

import gzip
import io
import json
from collections.abc import Callable

import pytest

from fhirserver.interactions.context import Context
from fhirserver.rest.app import create_app
from fhirserver.rest.options import Options
from tests.support.client import FHIR_JSON, Client, environ_of

Door = Callable[..., Client]
PATIENT = {"resourceType": "Patient", "name": [{"family": "刘"}]}


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
    application = create_app(context, Options(max_body=1000)).wsgi_app
    body = json.dumps({"resourceType": "Patient", "name": [{"text": "x" * size}]}).encode()
    environ = environ_of("POST", "/fhir/Patient", {"Content-Type": FHIR_JSON, "Transfer-Encoding": "chunked"})
    del environ["CONTENT_LENGTH"]
    environ["wsgi.input"] = io.BytesIO(body)
    started: list[str] = []
    b"".join(application(environ, lambda status, headers: started.append(status)))
    assert started[0][:3] == str(status)
