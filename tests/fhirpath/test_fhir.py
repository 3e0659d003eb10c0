"""The functions of R4."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from fhirserver.fhirpath import Node
from fhirserver.fhirpath.fhir import target_type
from fhirserver.fhirpath.model import fhir_type
from tests.fhirpath.evaluating import OBSERVATION, PATIENT, error, nodes, values


def test_extension() -> None:
    assert values("birthDate.extension('http://x.example/time').value", PATIENT) == ["1974-12-25T14:35:45-05:00"]
    assert (
        values(
            "birthDate.extension('other') | birthDate.extension('') | name.extension('x') | birthDate.extension({})",
            PATIENT,
        )
        == []
    )


def test_has_value_and_get_value() -> None:
    assert values("gender.hasValue() | name.hasValue() | photo.hasValue()", PATIENT) == [True, False]
    assert values("name.given.hasValue() | name[0].hasValue()", PATIENT) == [False]
    (node,) = nodes("birthDate.getValue()", PATIENT)
    assert repr(node.type) == "System.Date"
    assert values("name.getValue() | photo.getValue()", PATIENT) == []


def test_resolve_without_a_resolver_knows_what_references_tell() -> None:
    assert values("generalPractitioner.resolve().id", PATIENT) == ["1", "org"]
    assert values("generalPractitioner.select(resolve() is Practitioner)", PATIENT) == [True, False, True]
    assert values("generalPractitioner.where(resolve() is Organization).reference", PATIENT) == ["#org"]
    assert values("contained.select(%resource.generalPractitioner.resolve().name)", PATIENT) == [
        "Here",
    ]
    assert values("'http://x.example/Nonsense/1'.resolve()") == []


def test_resolve_with_a_resolver() -> None:
    def resolve(text: str) -> Mapping[str, Any] | None:
        return {"resourceType": "Practitioner", "id": "1", "active": True} if text == "Practitioner/1" else None

    assert values("generalPractitioner.resolve().active", PATIENT, resolve=resolve) == [True]
    assert values("'Practitioner/1'.resolve().active", PATIENT, resolve=resolve) == [True]


def test_a_contained_resource_may_point_at_its_container() -> None:
    resource = {
        "resourceType": "Patient",
        "id": "p",
        "contained": [
            {"resourceType": "Organization", "id": "a", "partOf": {"reference": "#b"}},
            {"resourceType": "Organization", "id": "b", "partOf": {"reference": "#"}},
            {"resourceType": "Organization", "id": "c", "partOf": {"reference": "#none"}},
        ],
    }
    assert values("contained.partOf.resolve().id", resource) == ["b", "p"]
    reference = resource["contained"][0]["partOf"]  # type: ignore[index]
    assert values(
        "resolve().id", reference, "Reference", resource=resource["contained"][0], root_resource=resource
    ) == ["b"]


@pytest.mark.parametrize(
    ("reference", "expected"),
    [
        ({"reference": "Practitioner/1"}, "Practitioner"),
        ({"reference": "http://x.example/fhir/Practitioner/1/_history/2"}, "Practitioner"),
        ({"reference": "Practitioner?identifier=1"}, "Practitioner"),
        ({"reference": "#org"}, "Organization"),
        ({"reference": "#none"}, None),
        ({"reference": "#"}, "Patient"),
        ({"reference": "urn:uuid:0b7c3b5a-7c4b-4a87-9a0d-7d1b3f9c2a11"}, None),
        ({"reference": "urn:uuid:0b7c3b5a-7c4b-4a87-9a0d-7d1b3f9c2a11", "type": "Group"}, "Group"),
        ({"reference": "urn:uuid:0b7c3b5a-7c4b-4a87-9a0d-7d1b3f9c2a11", "type": "http://x.example/Type"}, None),
        ({"reference": "urn:oid:1.2.3", "type": ["Group"]}, None),
        ({"identifier": {"value": "1"}, "type": "Group"}, None),
        ({}, None),
        ("Practitioner/1", None),
    ],
)
def test_types_of_targets(reference: Any, expected: str | None) -> None:
    assert target_type(reference, PATIENT) == expected


def test_member_of_asks_the_caller() -> None:
    def member_of(item: Node, url: str) -> bool | None:
        return None if url == "unknown" else bool(item.system == "male")

    assert values(
        "gender.memberOf('x') | name[0].use.memberOf('x') | photo.memberOf('x')", PATIENT, member_of=member_of
    ) == [True, False]
    assert error("gender.memberOf('unknown')", PATIENT, member_of=member_of) == "fhirpath-unknown-value-set"
    assert error("gender.memberOf('x')", PATIENT) == "fhirpath-not-available"


def test_conforms_to() -> None:
    base = "http://hl7.org/fhir/StructureDefinition/"
    assert values(f"conformsTo('{base}Patient') | conformsTo('{base}Person')", PATIENT) == [True, False]
    assert error("conformsTo('http://trash')", PATIENT) == "fhirpath-unknown-profile"
    assert error(f"conformsTo('{base}nonsense')", PATIENT) == "fhirpath-unknown-profile"
    assert values("conformsTo('http://x')", PATIENT, conforms_to=lambda item, url: item.type.name == "Patient") == [
        True
    ]


def test_subsumes() -> None:
    def subsumes(upper: Mapping[str, Any], lower: Mapping[str, Any]) -> bool:
        return bool(lower["code"].startswith(upper["code"]))

    resource = {
        "resourceType": "Observation",
        "code": {"coding": [{"system": "s", "code": "a"}]},
        "valueCodeableConcept": {"coding": [{"system": "s", "code": "ab"}]},
    }
    assert values("code.subsumes(value)", resource, subsumes=subsumes) == [True]
    assert values("code.subsumedBy(value)", resource, subsumes=subsumes) == [False]
    assert values("value.subsumedBy(code.coding)", resource, subsumes=subsumes) == [True]
    assert values("code.subsumes(value) | code.subsumes(code)", resource) == [False, True]
    assert values("bodySite.subsumes(code)", resource) == []
    assert error("status.subsumes(code)", OBSERVATION) == "fhirpath-wrong-type"


def test_html_checks() -> None:
    good = '<div xmlns="http://www.w3.org/1999/xhtml"><p>x</p></div>'
    bad = '<div xmlns="http://www.w3.org/1999/xhtml"><script>x</script></div>'
    assert values("`div`.htmlChecks()", {"status": "generated", "div": good}, "Narrative") == [True]
    assert values("`div`.htmlChecks()", {"status": "generated", "div": bad}, "Narrative") == [False]
    assert values("status.htmlChecks() | `div`.htmlChecks()", {"status": "generated"}, "Narrative") == []


def test_definitions_and_slices_come_from_the_caller() -> None:
    definition = Node({"path": "Patient.gender"}, fhir_type("ElementDefinition"))
    assert values("gender.elementDefinition().path", PATIENT, element_definition=lambda item: [definition]) == [
        "Patient.gender"
    ]
    assert values(
        "telecom.slice('u', 'email').value",
        PATIENT,
        slice=lambda item, url, name: [item] if item.value["system"] == name else [],
    ) == ["a@b.example"]
    assert values("telecom.slice({}, 'email')", PATIENT, slice=lambda item, url, name: [item]) == []
    assert error("gender.elementDefinition()", PATIENT) == "fhirpath-not-available"
    assert error("gender.slice('u', 'x')", PATIENT) == "fhirpath-not-available"


def test_check_modifiers() -> None:
    patient = {"resourceType": "Patient", "modifierExtension": [{"url": "a"}, {"url": "b"}]}
    assert len(values("checkModifiers('a', 'b')", patient)) == 1
    assert error("checkModifiers('a')", patient) == "fhirpath-modifier"
    assert error("checkModifiers()", patient) == "fhirpath-modifier"


def test_a_reference_of_another_shape_resolves_to_nothing() -> None:
    for broken in ({"reference": "urn:oid:1.2.3", "type": []}, {"reference": {}}, {"reference": "", "type": "Group"}):
        assert values("resolve().count()", broken, "Reference") in ([0], [1])
