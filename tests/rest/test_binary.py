"""Binary as plain content over HTTP (binary.html#rest)."""

from __future__ import annotations

from base64 import b64encode

from tests.support.client import FHIR_JSON, FHIR_XML, Client

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
