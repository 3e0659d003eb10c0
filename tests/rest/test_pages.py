"""What GET / and GET [base] answer to people and to programs."""

from __future__ import annotations

import pytest

from tests.support.client import FHIR_JSON, Client

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
