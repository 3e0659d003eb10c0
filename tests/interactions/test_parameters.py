"""Query parameters: http.html#parameters."""

from __future__ import annotations

import pytest

from fhirserver.interactions.message import Request
from fhirserver.interactions.parameters import Selection, parse, selection
from fhirserver.outcome import FhirError

BASE = "http://fhir.example.org/fhir"


def request(*pairs: tuple[str, str], **headers: str) -> Request:
    return Request("GET", ("Patient", "1"), BASE, list(pairs), headers)


def test_what_is_known() -> None:
    pairs = (("_format", "json"), ("_pretty", "true"), ("_summary", "text"), ("_elements", "name"), ("_count", "1"))
    assert parse(request(*pairs), ("_count",)) == dict(pairs)
    assert parse(request()) == {}


@pytest.mark.parametrize(
    ("pair", "key", "text"),
    [
        (("_sumary", "true"), "parameter-unknown-near", "_summary"),
        (("_summary:exact", "true"), "parameter-unknown-near", "_summary"),
        (("x", "1"), "parameter-unknown", "_elements"),
        (("", "1"), "parameter-unknown", "_elements"),
        (("_Format", "json"), "parameter-unknown-near", "_format"),
    ],
)
def test_what_is_not_known(pair: tuple[str, str], key: str, text: str) -> None:
    with pytest.raises(FhirError) as caught:
        parse(request(pair))
    assert caught.value.status == 400
    assert caught.value.issues[0].key == key
    assert text in caught.value.issues[0].text("en")
    assert parse(request(pair, prefer="handling=lenient")) == {}


def test_once_only() -> None:
    for prefer in ("handling=strict", "handling=lenient"):
        with pytest.raises(FhirError) as caught:
            parse(request(("_summary", "true"), ("_summary", "true"), prefer=prefer))
        assert caught.value.issues[0].key == "parameter-repeated"


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({}, None),
        ({"_summary": "false"}, None),
        ({"_elements": ""}, None),
        ({"_summary": "true"}, Selection("true")),
        ({"_elements": "name, birthDate"}, Selection("false", frozenset({"name", "birthDate"}))),
        ({"_elements": "name", "_summary": "text"}, Selection("text", frozenset({"name"}))),
    ],
)
def test_selection(values: dict[str, str], expected: Selection | None) -> None:
    assert selection(values, "Patient") == expected


@pytest.mark.parametrize("values", [{"_summary": "count"}, {"_summary": ""}, {"_elements": "nmae"}])
def test_selections_refused(values: dict[str, str]) -> None:
    with pytest.raises(FhirError) as caught:
        selection(values, "Patient")
    assert caught.value.status == 400


def test_elements_of_several_types_are_not_checked() -> None:
    assert selection({"_elements": "name,status"}, None) == Selection("false", frozenset({"name", "status"}))


def test_a_selection_of_bytes() -> None:
    body = b'{"resourceType":"Patient","id":"1","language":"zh","gender":"female"}'
    part = Selection("false", frozenset({"gender"})).of_body(body)
    assert b'"gender":"female"' in part and b"SUBSETTED" in part and b"language" not in part
