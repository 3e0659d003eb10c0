"""What references say and where they stand."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fhirserver.resource import json
from fhirserver.resource.references import (
    LINKS,
    Canonical,
    Reference,
    canonical,
    parse,
    replace_narrative_links,
    walk,
)
from tests.resource.strategies import JSON, resources

BASES = ("http://here.example/fhir", "https://here.example:8443/fhir")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Patient/1", Reference("Patient/1", "literal", "Patient", "1")),
        ("Patient/a.B-9/_history/2", Reference("Patient/a.B-9/_history/2", "literal", "Patient", "a.B-9", "2")),
        (
            "https://here.example:8443/fhir/Patient/1/_history/3",
            Reference("https://here.example:8443/fhir/Patient/1/_history/3", "literal", "Patient", "1", "3", BASES[1]),
        ),
        (
            "http://there.example/Patient/1",
            Reference("http://there.example/Patient/1", "external", "Patient", "1", None, "http://there.example"),
        ),
        ("http://there.example/x?y=z", Reference("http://there.example/x?y=z", "external")),
        ("http://here.example/fhir/Foo/1", Reference("http://here.example/fhir/Foo/1", "external")),
        ("mailto:a@b", Reference("mailto:a@b", "external")),
        ("#p", Reference("#p", "contained", id="p")),
        ("#", Reference("#", "contained", id="")),
        ("urn:uuid:c757873d-ec9a-4326", Reference("urn:uuid:c757873d-ec9a-4326", "urn")),
        ("urn:oid:1.2.3", Reference("urn:oid:1.2.3", "urn")),
        (
            "Patient?identifier=a|b",
            Reference("Patient?identifier=a|b", "conditional", "Patient", query="identifier=a|b"),
        ),
    ],
)  # fmt: skip
def test_forms_of_references(text: str, expected: Reference) -> None:
    assert parse(text, BASES) == expected


@pytest.mark.parametrize(
    "text",
    ["", "1", "Patient", "Patient/", "/Patient/1", "Patient/1/", "Patient/1 ", "Foo/1", "patient/1", "Patient/a_b",
     "Patient?", "Patient/1/_history/", "Patient/1#a", "Foo?a=b", "Patient/" + "x" * 65, "Patient/1\n", "Resource/1"],
)  # fmt: skip
def test_what_has_none_of_these_forms(text: str) -> None:
    assert parse(text, BASES).kind == "malformed"


def test_what_a_reference_is() -> None:
    assert parse("Patient/1/_history/2").relative == "Patient/1"
    assert parse("http://here.example/fhir/Patient/1", BASES).relative == "Patient/1"
    assert parse("http://there.example/Patient/1", BASES).relative is None
    assert not any(parse(text).absolute for text in ("Patient/1", "#a", "Patient?a=b", ""))
    assert all(parse(text, BASES).absolute for text in ("urn:oid:1", "http://x/y", f"{BASES[0]}/Basic/1"))


@given(st.text())
def test_any_text_is_some_reference(text: str) -> None:
    assert parse(text, BASES).text == text


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("http://x/y", ("http://x/y", None, None)),
        ("http://x/y|1.0", ("http://x/y", "1.0", None)),
        ("http://x/y|1.0|2#a", ("http://x/y", "1.0|2", "a")),
        ("http://x/y#a|b", ("http://x/y", None, "a|b")),
        ("#a", ("", None, "a")),
        ("http://x/y|", ("http://x/y", None, None)),
    ],
)
def test_parts_of_a_canonical(text: str, parts: Canonical) -> None:
    assert canonical(text) == parts


RESOURCE: dict[str, Any] = {
    "resourceType": "Observation",
    "meta": {"profile": ["http://x/p", "http://x/q"]},
    "text": {"status": "generated", "div": "<div>a</div>"},
    "contained": [{"resourceType": "Basic", "id": "b", "subject": {"reference": "Patient/2"}}],
    "subject": {
        "reference": "Patient/1",
        "identifier": {"system": "urn:s", "assigner": {"reference": "Organization/1"}},
    },
    "_status": {"extension": [{"url": "urn:e", "valueReference": {"reference": "Basic/9"}}]},
    "performer": [{"display": "x"}, {"reference": "Practitioner/1"}],
    "valueCodeableConcept": {"coding": [{"system": "http://x/cs", "code": "c"}]},
    "extension": [{"url": "urn:e", "valueAttachment": {"url": "Binary/1"}}, {"url": "urn:e", "valueOid": "urn:oid:1"}],
}


def places(kinds: set[str]) -> list[tuple[str, str]]:
    return [(place.path, place.text) for place in walk(RESOURCE, kinds)]


def test_references_with_their_paths() -> None:
    assert places({"Reference"}) == [
        ("Observation.contained[0].subject.reference", "Patient/2"),
        ("Observation.subject.reference", "Patient/1"),
        ("Observation.subject.identifier.assigner.reference", "Organization/1"),
        ("Observation.status.extension[0].value.reference", "Basic/9"),
        ("Observation.performer[1].reference", "Practitioner/1"),
    ]


def test_the_other_links() -> None:
    assert places({"canonical"}) == [
        ("Observation.meta.profile[0]", "http://x/p"),
        ("Observation.meta.profile[1]", "http://x/q"),
    ]
    assert places({"xhtml"}) == [("Observation.text.div", "<div>a</div>")]
    assert places({"url", "oid"}) == [
        ("Observation.extension[0].value.url", "Binary/1"),
        ("Observation.extension[1].value", "urn:oid:1"),
    ]
    assert ("Observation.value.coding[0].system", "http://x/cs") in places({"uri"})
    assert len(places(set(LINKS))) == 15


def test_a_link_can_be_replaced_where_it_stands() -> None:
    resource = json.decode(json.encode(RESOURCE))
    for place in walk(resource):
        place.holder[place.key] = f"<{place.text}>"
    assert resource["meta"]["profile"] == ["<http://x/p>", "<http://x/q>"]
    assert resource["performer"] == [{"display": "x"}, {"reference": "<Practitioner/1>"}]


def test_a_bundle_is_walked_through_its_resources() -> None:
    bundle = {"resourceType": "Bundle", "entry": [{"fullUrl": "urn:uuid:a", "resource": RESOURCE}]}
    found = [place.path for place in walk(bundle, {"Reference"})]
    assert found[1] == "Bundle.entry[0].resource.subject.reference"


@settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large], deadline=None)
@given(resources(depth=3))
def test_every_place_holds_its_text(resource: dict[str, Any]) -> None:
    for place in walk(resource):
        assert isinstance(place.text, str)
        assert place.kind in LINKS
        assert place.path.startswith(resource["resourceType"] + ".")


@given(JSON)
def test_what_is_no_resource_is_passed_over(value: Any) -> None:
    for resource in (
        value,
        {"resourceType": "Patient", "name": value, "link": value, "contained": value, "_active": value},
    ):
        list(walk(resource))


NARRATIVE = (
    '<div xmlns="http://www.w3.org/1999/xhtml"><!-- <a href="Patient/1"> -->'
    '<a name="href" title="href=&quot;Patient/1&quot;" href=\'Patient/1\'>Patient/1</a>'
    '<img alt="" src="Binary/1?a&amp;b" />'
    '<b href="Patient/1"><![CDATA[<a href="Patient/1">]]></b></div>'
)


def test_links_of_a_narrative_are_replaced_and_nothing_else() -> None:
    new = {"Patient/1": 'Patient/2&"', "Binary/1?a&b": "Binary/3"}
    assert replace_narrative_links(NARRATIVE, new.get) == NARRATIVE.replace(
        "href='Patient/1'", "href='Patient/2&amp;\"'"
    ).replace("Binary/1?a&amp;b", "Binary/3")
    assert replace_narrative_links(NARRATIVE, lambda target: None) == NARRATIVE


def test_a_broken_narrative_is_left_alone() -> None:
    for broken in ('<a "' * 50_000, "<a href=" * 50_000, "<a " + "x='" * 50_000, "<!--" * 50_000):
        assert replace_narrative_links(broken, str) == broken
