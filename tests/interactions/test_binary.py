"""Binary as plain content."""

import pytest

from fhirserver.interactions.binary import content, resource


@pytest.mark.parametrize(
    ("media", "sent"),
    [
        ("application/pdf", "application/pdf"),
        ("text/plain; charset=gb18030", "text/plain; charset=gb18030"),
        ("application/vnd.ms-excel+x", "application/vnd.ms-excel+x"),
        ("text/html\nSet-Cookie: x", "application/octet-stream"),
        ("pdf", "application/octet-stream"),
        ("text/plain; name=刘", "application/octet-stream"),
    ],
)
def test_the_media_type_is_fit_for_a_header(media: str, sent: str) -> None:
    body = b'{"resourceType":"Binary","contentType":"%b","data":"eHl6"}' % media.replace("\n", "\\n").encode()
    assert content(body) == (sent, b"xyz")


def test_without_data() -> None:
    assert content(b'{"resourceType":"Binary","contentType":"text/plain"}') == ("text/plain", b"")


def test_there_and_back() -> None:
    made = resource("text/plain", b"\x00\xff", "Patient/1")
    assert made == {
        "resourceType": "Binary",
        "contentType": "text/plain",
        "securityContext": {"reference": "Patient/1"},
        "data": "AP8=",
    }
    assert "securityContext" not in resource("text/plain", b"x", None)
    assert "data" not in resource("text/plain", b"", None)
