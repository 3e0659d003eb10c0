"""Content negotiation, as pure functions of header texts."""

import pytest

from fhirserver.outcome import FhirError, Language
from fhirserver.rest.negotiation import (
    accepts_gzip,
    body_format,
    error_format,
    is_resource,
    language,
    prefers_html,
    response_format,
)

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        (None, "application/fhir+json"),
        ("", "application/fhir+json"),
        ("*/*", "application/fhir+json"),
        ("application/*", "application/fhir+json"),
        ("text/*", "text/json"),
        ("application/fhir+json", "application/fhir+json"),
        ("application/json", "application/json"),
        ("text/json", "text/json"),
        ("application/json+fhir", "application/json+fhir"),
        ("application/fhir+xml", "application/fhir+xml"),
        ("application/xml", "application/xml"),
        ("text/xml", "text/xml"),
        ("application/xml+fhir", "application/xml+fhir"),
        ("APPLICATION/FHIR+XML", "application/fhir+xml"),
        ("application/fhir+xml; charset=utf-8", "application/fhir+xml"),
        ("application/fhir+json;q=0.5, application/fhir+xml", "application/fhir+xml"),
        ("application/fhir+json;q=0.5, application/fhir+xml;q=0.4", "application/fhir+json"),
        ("application/fhir+xml, application/fhir+json", "application/fhir+xml"),
        ("application/fhir+json, application/fhir+xml", "application/fhir+json"),
        ("*/*, application/fhir+xml", "application/fhir+xml"),
        ("application/fhir+json;q=0, */*", "application/json"),
        ("application/*+json;q=1, text/xml", "text/xml"),
        ("image/png, application/fhir+xml;q=0.1", "application/fhir+xml"),
        ("application/fhir+json; fhirVersion=4.0", "application/fhir+json"),
        ("application/fhir+json; FHIRVERSION=4.0.1", "application/fhir+json"),
        ('application/fhir+json; fhirVersion="4.0"', "application/fhir+json"),
        ("application/fhir+json; fhirVersion=3.0, application/fhir+xml; fhirVersion=4.0", "application/fhir+xml"),
        ("application/fhir+json;q=high, application/fhir+xml;q=0.1", "application/fhir+xml"),
        (BROWSER, "application/xml"),
    ],
)
def test_accept(accept: str | None, media_type: str) -> None:
    assert response_format(accept, None).media_type == media_type


@pytest.mark.parametrize(
    ("accept", "key"),
    [
        ("text/html", "not-acceptable"),
        ("text/turtle", "not-acceptable"),
        ("application/fhir+turtle", "not-acceptable"),
        ("image/png", "not-acceptable"),
        ("application/fhir+json;q=0", "not-acceptable"),
        ("*/*;q=0", "not-acceptable"),
        ("nonsense", "not-acceptable"),
        (",,,", "not-acceptable"),
        ("application/fhir+json; fhirVersion=3.0", "fhir-version-not-acceptable"),
        ("application/fhir+json; fhirVersion=5.0", "fhir-version-not-acceptable"),
        ("application/fhir+xml; fhirVersion=4.3", "fhir-version-not-acceptable"),
        ("*/*; fhirVersion=1.0", "fhir-version-not-acceptable"),
    ],
)
def test_not_acceptable(accept: str, key: str) -> None:
    with pytest.raises(FhirError) as caught:
        response_format(accept, None)
    assert caught.value.status == 406
    assert caught.value.issues[0].key == key


@pytest.mark.parametrize(
    ("format", "media_type"),
    [
        ("json", "application/fhir+json"),
        ("xml", "application/fhir+xml"),
        ("application/fhir+json", "application/fhir+json"),
        ("application/fhir json", "application/fhir+json"),
        ("application/fhir xml", "application/fhir+xml"),
        ("application/json", "application/json"),
        ("text/json", "text/json"),
        ("application/xml", "application/xml"),
        ("text/xml", "text/xml"),
        ("JSON", "application/fhir+json"),
        ("application/fhir+json; fhirVersion=4.0", "application/fhir+json"),
        ("application/fhir json;fhirVersion=4.0", "application/fhir+json"),
    ],
)
def test_format_parameter_overrides_accept(format: str, media_type: str) -> None:
    assert response_format("text/turtle", format).media_type == media_type


@pytest.mark.parametrize(
    "format", ["ttl", "html", "text/html", "", "yaml", "json,xml", "*/*", "application/fhir+json;fhirVersion=5.0"]
)
def test_format_parameter_refused(format: str) -> None:
    with pytest.raises(FhirError) as caught:
        response_format("application/fhir+json", format)
    assert caught.value.status == 406


@pytest.mark.parametrize(
    ("accept", "named"),
    [
        (None, False),
        ("*/*", False),
        ("application/json", False),
        ("application/*", False),
        ("application/fhir+json", True),
        ("application/fhir+xml;q=0.5, image/png;q=0.1", True),
    ],
)
def test_whether_a_fhir_type_was_named(accept: str | None, named: bool) -> None:
    assert response_format(accept, None).named is named


def test_errors_go_out_as_xml_to_those_who_seem_to_read_it() -> None:
    assert error_format("text/xml2").kind == "xml"
    assert error_format("xml, json").kind == "json"
    assert error_format(None).kind == "json"


@pytest.mark.parametrize(
    ("content_type", "kind"),
    [
        ("application/fhir+json", "json"),
        ("application/fhir+json; charset=utf-8", "json"),
        ('application/fhir+json;charset="UTF-8"', "json"),
        ("application/json", "json"),
        ("text/json", "json"),
        ("application/json+fhir", "json"),
        ("application/fhir+xml", "xml"),
        ("Application/XML; charset=utf8", "xml"),
        ("text/xml", "xml"),
        ("application/fhir+json; fhirVersion=4.0", "json"),
        ("application/fhir+json; fhirVersion=4.0; charset=UTF-8", "json"),
    ],
)
def test_content_type(content_type: str, kind: str) -> None:
    assert body_format(content_type) == kind


@pytest.mark.parametrize(
    ("content_type", "key"),
    [
        (None, "content-type-missing"),
        (" ", "content-type-missing"),
        ("text/plain", "content-type-unsupported"),
        ("application/x-www-form-urlencoded", "content-type-unsupported"),
        ("application/fhir+turtle", "content-type-unsupported"),
        ("*/*", "content-type-unsupported"),
        ("json", "content-type-unsupported"),
        ("application/fhir+json; charset=iso-8859-1", "charset-unsupported"),
        ("application/fhir+json; charset=utf-16", "charset-unsupported"),
        ("application/fhir+xml; charset=gb18030", "charset-unsupported"),
        ("application/fhir+json; fhirVersion=3.0", "fhir-version-unsupported"),
        ("application/fhir+json; fhirVersion=5.0", "fhir-version-unsupported"),
    ],
)
def test_content_type_refused(content_type: str | None, key: str) -> None:
    with pytest.raises(FhirError) as caught:
        body_format(content_type)
    assert caught.value.status == 415
    assert caught.value.issues[0].key == key


def test_which_bodies_are_resources() -> None:
    assert is_resource("application/fhir+xml; charset=utf-8")
    assert is_resource(None)
    assert not is_resource("application/pdf")


@pytest.mark.parametrize(
    ("header", "default", "expected"),
    [
        (None, "en", "en"),
        (None, "both", "both"),
        ("zh", "en", "zh"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "en", "zh"),
        ("en-GB,zh;q=0.9", "zh", "en"),
        ("de-DE,de;q=0.9,zh;q=0.1", "en", "zh"),
        ("fr", "zh", "zh"),
        ("zh;q=0,en;q=0.1", "zh", "en"),
        ("zh;q=0", "en", "en"),
        ("en;q=0.5,zh;q=0.5", "both", "en"),
        ("*", "zh", "zh"),
        (";;,q=1", "en", "en"),
    ],
)
def test_language(header: str | None, default: Language, expected: Language) -> None:
    assert language(header, default) == expected


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("gzip", True),
        ("gzip, deflate, br", True),
        ("GZIP", True),
        ("x-gzip", True),
        ("*", True),
        ("gzip;q=0", False),
        ("*;q=0", False),
        ("gzip;q=0, *", False),
        ("identity", False),
        ("br", False),
        ("", False),
    ],
)
def test_gzip(header: str, expected: bool) -> None:
    assert accepts_gzip(header) is expected


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        (BROWSER, True),
        ("text/html", True),
        (None, False),
        ("*/*", False),
        ("application/fhir+json, text/html;q=0.5", False),
        ("text/html;q=0", False),
    ],
)
def test_browsers(accept: str | None, expected: bool) -> None:
    assert prefers_html(accept) is expected
