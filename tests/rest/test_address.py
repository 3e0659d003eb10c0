"""URLs."""

import pytest

from fhirserver.outcome import FhirError
from fhirserver.rest.address import forwarded_base, path_of, query_of, segments
from tests.support.client import environ_of

BASE = "http://127.0.0.1:8080/fhir"


@pytest.mark.parametrize(
    ("path", "base_path", "expected"),
    [
        ("/fhir", "/fhir", ()),
        ("/fhir/", "/fhir", ()),
        ("/fhir/Patient", "/fhir", ("Patient",)),
        ("/fhir/Patient/", "/fhir", ("Patient",)),
        ("/fhir/Patient/1/_history/2", "/fhir", ("Patient", "1", "_history", "2")),
        ("/fhir//Patient", "/fhir", ("", "Patient")),
        ("/fhir/Patient//", "/fhir", ("Patient", "")),
        ("/fhirs/Patient", "/fhir", None),
        ("/", "/fhir", None),
        ("/FHIR/Patient", "/fhir", None),
        ("/a/b/Patient/1", "/a/b", ("Patient", "1")),
        ("/", "", ()),
        ("/Patient/1", "", ("Patient", "1")),
    ],
)
def test_segments(path: str, base_path: str, expected: tuple[str, ...] | None) -> None:
    assert segments(path, base_path) == expected


def test_a_path_is_utf8() -> None:
    assert path_of(environ_of("GET", "/fhir/%E4%B8%AD", {})) == "/fhir/中"


@pytest.mark.parametrize("target", ["/fhir/%FF", "/fhir/%E4%B8", "/fhir/%zz", "/fhir/%", "/fhir/100%25"])
def test_paths_refused(target: str) -> None:
    with pytest.raises(FhirError) as caught:
        path_of(environ_of("GET", target, {}))
    assert caught.value.status == 400


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", []),
        ("a=1", [("a", "1")]),
        ("a=1&b=2&a=3", [("a", "1"), ("b", "2"), ("a", "3")]),
        ("a=b=c", [("a", "b=c")]),
        ("a", [("a", "")]),
        ("a=", [("a", "")]),
        ("&&a=1&", [("a", "1")]),
        ("a=x+y%2Bz", [("a", "x y+z")]),
        ("a=%E4%B8%AD", [("a", "中")]),
        ("n%61me=1", [("name", "1")]),
        ("a=1;b=2", [("a", "1;b=2")]),
    ],
)
def test_query(query: str, expected: list[tuple[str, str]]) -> None:
    assert query_of({"QUERY_STRING": query}) == expected


@pytest.mark.parametrize(
    "query", ["a=%", "a=%z1", "a=%4", "a=%FF", "a=%E4%B8", "%=1", "a=%C0%AF", "a=%ED%A0%80", "a=\xff"]
)
def test_queries_refused(query: str) -> None:
    with pytest.raises(FhirError) as caught:
        query_of({"QUERY_STRING": query})
    assert caught.value.issues[0].key == "url-encoding"


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({}, BASE),
        ({"Forwarded": "for=1.2.3.4;proto=https;host=fhir.example.org"}, "https://fhir.example.org/fhir"),
        ({"Forwarded": 'Proto=HTTPS; Host="fhir.example.org:8443"'}, "https://fhir.example.org:8443/fhir"),
        ({"Forwarded": "for=1.2.3.4, for=5.6.7.8;host=b.example.org"}, BASE),
        ({"X-Forwarded-Proto": "https", "X-Forwarded-Host": "a.example.org"}, "https://a.example.org/fhir"),
        ({"X-Forwarded-Host": "a.example.org, b.example.org"}, "http://a.example.org/fhir"),
        ({"X-Forwarded-Proto": "https"}, "https://127.0.0.1:8080/fhir"),
        ({"X-Forwarded-Host": "[2001:db8::1]:80"}, "http://[2001:db8::1]:80/fhir"),
        # RFC 7239 is the standard, the others a custom
        ({"Forwarded": "host=a.example.org", "X-Forwarded-Host": "b.example.org"}, "http://a.example.org/fhir"),
    ],
)
def test_forwarded(headers: dict[str, str], expected: str) -> None:
    assert forwarded_base(environ_of("GET", "/", headers), BASE) == expected


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Forwarded-Host": "evil.example.org/path"},
        {"X-Forwarded-Host": 'a"><script>'},
        {"X-Forwarded-Proto": "javascript"},
        {"Forwarded": "proto=ftp"},
        {"Forwarded": "host=a b"},
    ],
)
def test_forwarded_refused(headers: dict[str, str]) -> None:
    with pytest.raises(FhirError) as caught:
        forwarded_base(environ_of("GET", "/", headers), BASE)
    assert caught.value.status == 400
