"""Compression, HEAD, and the headers every answer has."""

from __future__ import annotations

import gzip

import pytest

from tests.support.client import Client


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


def test_a_connection_ends_after_a_large_request(client: Client) -> None:
    short = {"resourceType": "Patient", "id": "short", "active": True}
    long = {**short, "id": "long", "name": [{"text": "x" * 1000} for _ in range(100)]}
    assert "Connection" not in client.put("/Patient/short", short).headers
    assert client.put("/Patient/long", long).headers["Connection"] == "close"
