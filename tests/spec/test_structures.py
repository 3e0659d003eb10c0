from __future__ import annotations

import subprocess
import sys

import pytest

from fhirserver.spec.structures import (
    COMPLEX_TYPES,
    PRIMITIVE_TYPES,
    RESOURCE_TYPES,
    Binding,
    Constraint,
    structure,
)

TYPES = sorted(RESOURCE_TYPES | COMPLEX_TYPES | PRIMITIVE_TYPES)


def test_how_many_types_r4_has() -> None:
    assert len(RESOURCE_TYPES) == 146
    assert len(COMPLEX_TYPES) == 39
    assert len(PRIMITIVE_TYPES) == 20
    assert not {"Resource", "DomainResource", "Element", "BackboneElement"} & set(TYPES)


@pytest.mark.parametrize("name", TYPES)
def test_every_type_is_whole(name: str) -> None:
    facts = structure(name)
    root, *elements = facts.elements
    assert (facts.name, root.path, facts.abstract) == (name, name, False)
    assert structure(facts.base or "Element")
    for element in elements:
        assert element.path.startswith(f"{name}.")
        assert element.types or facts.children(element.content or "")
        assert all(structure(type) for type in element.types)
        assert set(element.targets) | set(element.canonicals) <= RESOURCE_TYPES
        assert facts.element(element.path) is element


def test_abstract_types_are_known() -> None:
    assert structure("DomainResource").base == "Resource"
    assert structure("Resource").base is None
    assert structure("BackboneElement").abstract


@pytest.mark.parametrize("name", ["Nonsense", "patient", "../Patient", "SimpleQuantity", ""])
def test_unknown_types(name: str) -> None:
    with pytest.raises(KeyError):
        structure(name)


def test_elements_of_an_observation() -> None:
    observation = structure("Observation")
    assert [element.name for element in observation.children("Observation")][:9] == [
        *("id", "meta", "implicitRules", "language", "text", "contained", "extension", "modifierExtension"),
        "identifier",
    ]
    status = observation.element("Observation.status")
    assert (status.min, status.max, status.types, status.summary, status.modifier) == (1, 1, ("code",), True, True)
    assert status.binding == Binding("required", "http://hl7.org/fhir/ValueSet/observation-status")
    value = observation.element("Observation.value[x]")
    assert (value.name, value.choice, value.max, len(value.types)) == ("value", True, 1, 11)
    assert observation.element("Observation.category").max is None
    assert observation.element("Observation.device").targets == ("Device", "DeviceMetric")
    assert observation.element("Observation.focus").targets == ()  # any
    low = observation.element("Observation.referenceRange.low")
    assert low.profiles == ("http://hl7.org/fhir/StructureDefinition/SimpleQuantity",)
    assert [rule.key for rule in observation.elements[0].constraints] == [
        *("dom-2", "dom-3", "dom-4", "dom-5", "dom-6", "obs-6", "obs-7"),
    ]


def test_content_references_share_children() -> None:
    questionnaire = structure("Questionnaire")
    inner = questionnaire.element("Questionnaire.item.item")
    assert (inner.content, inner.types) == ("Questionnaire.item", ())
    assert questionnaire.children("Questionnaire.item.item") == questionnaire.children("Questionnaire.item")
    assert questionnaire.children("Questionnaire.subjectType") == ()


def test_types_that_the_definitions_give_as_types_of_fhirpath() -> None:
    assert structure("Patient").element("Patient.id").types == ("id",)
    assert structure("Patient").element("Patient.contact.id").types == ("string",)
    assert structure("Extension").element("Extension.url").types == ("uri",)
    assert structure("boolean").element("boolean.value").types == ("boolean",)
    assert structure("date").element("date.value").types == ("date",)
    assert structure("xhtml").element("xhtml.value").types == ("string",)
    assert structure("oid").element("oid.value").regex == r"urn:oid:[0-2](\.(0|[1-9][0-9]*))+"


def test_what_xml_writes_as_attributes() -> None:
    assert structure("Extension").element("Extension.url").attribute
    assert structure("HumanName").element("HumanName.id").attribute
    assert not structure("Patient").element("Patient.id").attribute


def test_what_holds_everywhere_is_stated_once() -> None:
    assert [rule.key for rule in structure("Element").elements[0].constraints] == ["ele-1"]
    assert "ext-1" in [rule.key for rule in structure("Extension").elements[0].constraints]
    patient = structure("Patient")
    assert patient.element("Patient.name").constraints == ()
    assert patient.element("Patient.contact").constraints == (
        Constraint("pat-1", "error", "name.exists() or telecom.exists() or address.exists() or organization.exists()"),
    )


def test_targets_of_references_and_canonicals_are_apart() -> None:
    definition = structure("EvidenceVariable").element("EvidenceVariable.characteristic.definition[x]")
    assert definition.targets == ("Group",)
    assert definition.canonicals == ("ActivityDefinition",)


def test_a_type_is_read_only_when_it_is_asked_for() -> None:
    """Starting a server stays cheap: nothing but the list of types is read at import."""
    code = (
        "from fhirserver.spec import codes, search_parameters, structures as s;"
        "assert s.structure.cache_info().currsize == 0; s.structure('Patient');"
        "assert s.structure.cache_info().currsize == 1;"
        "assert search_parameters.all_search_parameters.cache_info().currsize == 0;"
        "assert codes.codings.cache_info().currsize == 0"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
