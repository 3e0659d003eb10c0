"""Types and how they find their children in JSON."""

from __future__ import annotations

import pytest

from fhirserver.fhirpath.model import fhir_type, resource_type, system_node, type_info, type_named
from fhirserver.outcome import FhirError
from fhirserver.spec.structures import COMPLEX_TYPES, PRIMITIVE_TYPES, RESOURCE_TYPES
from tests.fhirpath.evaluating import PATIENT, nodes, values


@pytest.mark.parametrize("name", sorted(RESOURCE_TYPES | COMPLEX_TYPES | PRIMITIVE_TYPES))
def test_every_type_of_r4_has_its_children(name: str) -> None:
    pending, seen = [fhir_type(name)], set()
    while pending:
        type = pending.pop()
        if type.name not in seen and (type.kind == "backbone" or type.name == name):
            seen.add(type.name)
            assert type.children
            pending += [below for child in type.children.values() for below in child.types.values()]


@pytest.mark.parametrize(
    ("name", "base", "derived"),
    [
        ("Patient", "DomainResource", True),
        ("Patient", "Resource", True),
        ("Age", "Quantity", True),
        ("code", "string", True),
        ("Patient.contact", "BackboneElement", True),
        ("Patient.contact", "Element", True),
        ("Quantity", "Age", False),
        ("string", "System.String", False),
        ("Patient", "System.Any", True),
    ],
)
def test_inheritance(name: str, base: str, derived: bool) -> None:
    assert type_named(name).is_a(type_named(base)) is derived


def test_names() -> None:
    assert repr(type_named("Quantity")) == "FHIR.Quantity"
    assert repr(type_named("System.Quantity")) == "System.Quantity"
    assert repr(type_named("String")) == "System.String"
    assert repr(type_named("FHIR.string")) == "FHIR.string"
    for name in ("string1", "patient", "FHIR.String", "Patient.name", "Patient.contact.name", "Other.Patient"):
        with pytest.raises(FhirError):
            type_named(name)


def test_types_of_elements() -> None:
    found = nodes("descendants()", PATIENT)
    types = {node.path: repr(node.type) for node in found}
    assert types["Patient.id"] == "FHIR.id"
    assert types["Patient.name[0].given[1]"] == "FHIR.string"
    assert types["Patient.deceased"] == "FHIR.boolean"
    assert types["Patient.contact[0]"] == "FHIR.Patient.contact"
    assert types["Patient.contained[0]"] == "FHIR.Organization"
    assert types["Patient.birthDate.extension[0].value"] == "FHIR.dateTime"
    assert types["Patient.contact[0].name.family.id"] == "FHIR.string"


def test_content_references_share_the_type() -> None:
    questionnaire = {"resourceType": "Questionnaire", "item": [{"linkId": "1", "item": [{"linkId": "1.1"}]}]}
    assert [node.type.name for node in nodes("repeat(item)", questionnaire)] == ["Questionnaire.item"] * 2


def test_resources_are_known_by_their_resource_type() -> None:
    assert resource_type({"resourceType": "Patient"}).name == "Patient"
    assert resource_type({"resourceType": "Nonsense"}).name == "Resource"
    assert resource_type({}).name == "Resource"


def test_reflection() -> None:
    assert type_info(system_node(1).type).value == {"namespace": "System", "name": "Integer", "baseType": "System.Any"}
    assert values("Patient.maritalStatus.type().name", {"resourceType": "Patient", "maritalStatus": {}}) == [
        "CodeableConcept"
    ]
    assert values("name[0].type().element.where(name = 'given').type", PATIENT) == ["List<FHIR.string>"]
    assert values("type().element.where(name = 'deceased').type", PATIENT) == ["Choice<FHIR.boolean,FHIR.dateTime>"]
    assert values("contact.type().element.name", PATIENT)[:3] == ["id", "extension", "modifierExtension"]
    assert values("gender.type().baseType", PATIENT) == ["FHIR.string"]
