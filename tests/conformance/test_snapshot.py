from __future__ import annotations

from typing import Any

import pytest

from fhirserver.conformance.snapshot import Snapshot
from tests.support.terms import registry

Element = dict[str, Any]
DEFINITIONS = "http://hl7.org/fhir/StructureDefinition/"


def snapshot(type: str, *differential: Element, others: tuple[dict[str, Any], ...] = (), **parts: Any) -> Snapshot:
    """The snapshot of a profile on a type of R4."""
    definition = {
        "resourceType": "StructureDefinition",
        "url": "urn:profile",
        "type": type,
        "derivation": "constraint",
        "baseDefinition": DEFINITIONS + type,
        "differential": {"element": list(differential)},
        **parts,
    }
    return registry(*others).snapshot(definition)


def elements(type: str, *differential: Element, **parts: Any) -> dict[str, Element]:
    made = snapshot(type, *differential, **parts)
    assert made.issues == []
    return {element["id"]: element for element in made.elements()}


def extension(url: str, **root: Any) -> dict[str, Any]:
    return {
        "resourceType": "StructureDefinition",
        "url": url,
        "type": "Extension",
        "derivation": "constraint",
        "baseDefinition": DEFINITIONS + "Extension",
        "differential": {"element": [{"id": "Extension", "path": "Extension", **root}]},
    }


def test_an_empty_differential_gives_the_base() -> None:
    base = registry().structure(DEFINITIONS + "Patient")
    assert base is not None
    made = snapshot("Patient").elements()
    assert [element["id"] for element in made] == [element["id"] for element in base["snapshot"]["element"]]


def test_what_is_stated_replaces_what_is_inherited() -> None:
    made = elements("Patient", {"path": "Patient.name", "min": 1, "max": "1", "mustSupport": True, "short": "Name"})
    name = made["Patient.name"]
    assert (name["min"], name["max"], name["mustSupport"], name["short"]) == (1, "1", True, "Name")
    assert name["base"] == {"path": "Patient.name", "min": 0, "max": "*"}


def test_rules_add_up_and_tell_their_source() -> None:
    rule = {"key": "p-1", "severity": "error", "human": "x", "expression": "given.exists()"}
    made = elements("Patient", {"path": "Patient.name", "constraint": [rule], "condition": ["p-1"]})
    sources = {row["key"]: row["source"] for row in made["Patient.name"]["constraint"]}
    assert sources == {"ele-1": DEFINITIONS + "Element", "p-1": "urn:profile"}
    assert made["Patient.name"]["condition"] == ["p-1"]


def test_a_text_may_go_on_from_the_inherited_one() -> None:
    first = {"path": "Patient.name", "definition": "One."}
    base = {**extension("urn:base"), "type": "Patient", "baseDefinition": DEFINITIONS + "Patient"}
    base["differential"] = {"element": [first]}
    made = elements(
        "Patient", {"path": "Patient.name", "definition": "...Two."}, others=(base,), baseDefinition="urn:base"
    )
    assert made["Patient.name"]["definition"] == "One.\r\nTwo."


def test_a_fixed_value_takes_the_place_of_another() -> None:
    base = {**extension("urn:base"), "type": "Patient", "baseDefinition": DEFINITIONS + "Patient"}
    base["differential"] = {"element": [{"path": "Patient.gender", "patternCode": "male"}]}
    stated = {"path": "Patient.gender", "patternCode": "female"}
    made = elements("Patient", stated, others=(base,), baseDefinition="urn:base")["Patient.gender"]
    assert made["patternCode"] == "female"


def test_walking_into_a_type_brings_its_elements() -> None:
    made = elements("Patient", {"path": "Patient.name.family", "min": 1})
    assert made["Patient.name.family"]["min"] == 1
    assert made["Patient.name.family"]["base"]["path"] == "HumanName.family"
    assert "Patient.name.given" in made
    assert "Patient.contact.name.given" not in made


def test_walking_through_a_choice_of_types_brings_what_they_share() -> None:
    made = elements("Observation", {"path": "Observation.value[x].extension", "max": "0"})
    inside = [id for id in made if id.startswith("Observation.value[x].")]
    assert inside == ["Observation.value[x].id", "Observation.value[x].extension"]


def test_a_content_reference_becomes_what_it_refers_to() -> None:
    made = elements("Questionnaire", {"path": "Questionnaire.item.item.linkId", "short": "inner"})
    assert made["Questionnaire.item.item"]["type"] == [{"code": "BackboneElement"}]
    assert "contentReference" not in made["Questionnaire.item.item"]
    assert made["Questionnaire.item.item.item"]["contentReference"] == "#Questionnaire.item"


def test_a_slice_is_a_copy_with_a_name() -> None:
    made = elements(
        "Observation",
        {
            "id": "Observation.component",
            "path": "Observation.component",
            "slicing": {"discriminator": [{"type": "value", "path": "code"}], "rules": "open"},
            "mustSupport": True,
        },
        {"id": "Observation.component:a", "path": "Observation.component", "sliceName": "a", "min": 1, "max": "1"},
        {"id": "Observation.component:a.code", "path": "Observation.component.code", "short": "the code"},
        {"id": "Observation.component:b", "path": "Observation.component", "sliceName": "b"},
    )
    a, b = made["Observation.component:a"], made["Observation.component:b"]
    assert (a["sliceName"], a["min"], a["max"], a["path"]) == ("a", 1, "1", "Observation.component")
    assert (b["min"], b["max"], b["mustSupport"], "slicing" in b) == (0, "*", True, False)
    assert made["Observation.component:a.code"]["short"] == "the code"
    assert "Observation.component:b.code" in made, "a slice that nothing is said of inside is whole all the same"
    ids = [id for id in made if id.startswith("Observation.component")]
    assert ids.index("Observation.component.referenceRange") < ids.index("Observation.component:a")
    assert ids.index("Observation.component:a.referenceRange") < ids.index("Observation.component:b")


def test_slices_are_found_by_path_where_there_are_no_ids() -> None:
    slicing = {"discriminator": [{"type": "value", "path": "system"}], "rules": "open"}
    made = elements(
        "Patient",
        {"path": "Patient.identifier", "slicing": slicing},
        {"path": "Patient.identifier", "sliceName": "a"},
        {"path": "Patient.identifier.system", "fixedUri": "urn:a"},
        {"path": "Patient.identifier", "sliceName": "b"},
        {"path": "Patient.identifier.system", "fixedUri": "urn:b"},
    )
    assert made["Patient.identifier:a.system"]["fixedUri"] == "urn:a"
    assert made["Patient.identifier:b.system"]["fixedUri"] == "urn:b"
    assert "Patient.identifier.system" not in made


def test_a_slice_may_be_named_by_an_id_inside_it_only() -> None:
    slicing = {"discriminator": [{"type": "value", "path": "system"}], "rules": "open"}
    made = elements(
        "Patient",
        {"id": "Patient.identifier", "path": "Patient.identifier", "slicing": slicing},
        {"id": "Patient.identifier:a.system", "path": "Patient.identifier.system", "fixedUri": "urn:a"},
    )
    assert made["Patient.identifier:a.system"]["fixedUri"] == "urn:a"


def test_what_is_said_of_all_slices_inside_holds_in_each() -> None:
    slicing = {"discriminator": [{"type": "value", "path": "system"}], "rules": "open"}
    made = elements(
        "Patient",
        {"id": "Patient.identifier", "path": "Patient.identifier", "slicing": slicing},
        {"id": "Patient.identifier.value", "path": "Patient.identifier.value", "min": 1},
        {"id": "Patient.identifier:a", "path": "Patient.identifier", "sliceName": "a"},
    )
    assert made["Patient.identifier:a.value"]["min"] == 1


def test_a_slice_may_be_sliced_again() -> None:
    slicing = {"discriminator": [{"type": "value", "path": "system"}], "rules": "open"}
    made = elements(
        "Patient",
        {"path": "Patient.identifier", "slicing": slicing},
        {"path": "Patient.identifier", "sliceName": "a", "slicing": slicing},
        {"path": "Patient.identifier", "sliceName": "a/b", "min": 1, "slicing": slicing},
        {"path": "Patient.identifier", "sliceName": "a/b/c", "max": "1"},
        {"path": "Patient.identifier", "sliceName": "c"},
    )
    assert [id for id in made if id.startswith("Patient.identifier")] == [
        "Patient.identifier",
        "Patient.identifier:a",
        "Patient.identifier:a/b",
        "Patient.identifier:a/b/c",
        "Patient.identifier:c",
    ]


def test_the_slices_of_a_base_profile_go_on() -> None:
    base = {**extension("urn:base"), "type": "Patient", "baseDefinition": DEFINITIONS + "Patient"}
    slicing = {"discriminator": [{"type": "value", "path": "system"}], "rules": "open"}
    base["differential"] = {
        "element": [
            {"path": "Patient.identifier", "slicing": slicing},
            {"path": "Patient.identifier", "sliceName": "a", "min": 1},
            {"path": "Patient.identifier.system", "fixedUri": "urn:a"},
        ]
    }
    made = elements(
        "Patient",
        {"id": "Patient.identifier:a", "path": "Patient.identifier", "sliceName": "a", "max": "1"},
        {"id": "Patient.identifier:b", "path": "Patient.identifier", "sliceName": "b"},
        others=(base,),
        baseDefinition="urn:base",
    )
    a = made["Patient.identifier:a"]
    assert (a["min"], a["max"], made["Patient.identifier:a.system"]["fixedUri"]) == (1, "1", "urn:a")
    assert "Patient.identifier:b" in made


def test_extensions_are_sliced_by_url_without_a_word() -> None:
    element = {
        "id": "Patient.extension:race",
        "path": "Patient.extension",
        "sliceName": "race",
        "max": "1",
        "type": [{"code": "Extension", "profile": ["urn:race"]}],
    }
    rule = {"key": "race-1", "severity": "error", "human": "x", "expression": "true"}
    race = extension("urn:race", short="Race", isModifier=False, constraint=[rule])
    made = elements("Patient", element, others=(race,))
    assert made["Patient.extension"]["slicing"]["discriminator"] == [{"type": "value", "path": "url"}]
    found = made["Patient.extension:race"]
    assert (found["short"], found["min"], found["max"]) == ("Race", 0, "1")
    assert "race-1" in [row["key"] for row in found["constraint"]]


def test_walking_into_an_extension_slice_brings_the_extensions_own_elements() -> None:
    race = extension("urn:race")
    race["differential"]["element"].append({"path": "Extension.url", "fixedUri": "urn:race"})
    made = elements(
        "Patient",
        {
            "id": "Patient.extension:race",
            "path": "Patient.extension",
            "sliceName": "race",
            "type": [{"code": "Extension", "profile": ["urn:race"]}],
        },
        {"id": "Patient.extension:race.value[x]", "path": "Patient.extension.value[x]", "min": 1},
        others=(race,),
    )
    assert made["Patient.extension:race.url"]["fixedUri"] == "urn:race"
    assert made["Patient.extension:race.value[x]"]["min"] == 1


def test_a_name_for_one_type_of_a_choice_is_a_slice_by_type() -> None:
    made = elements(
        "Observation",
        {"path": "Observation.valueQuantity", "min": 1},
        {"path": "Observation.valueQuantity.unit", "min": 1},
    )
    value, quantity = made["Observation.value[x]"], made["Observation.value[x]:valueQuantity"]
    assert value["slicing"] == {
        "discriminator": [{"type": "type", "path": "$this"}],
        "ordered": False,
        "rules": "closed",
    }
    assert [row["code"] for row in value["type"]] == ["Quantity"]
    assert (quantity["path"], quantity["min"], quantity["sliceName"]) == ("Observation.value[x]", 1, "valueQuantity")
    assert made["Observation.value[x]:valueQuantity.unit"]["min"] == 1


def test_names_for_two_types_of_a_choice_leave_both() -> None:
    made = elements(
        "Observation",
        {"path": "Observation.valueQuantity", "short": "q"},
        {"path": "Observation.valueString", "short": "s"},
    )
    assert [row["code"] for row in made["Observation.value[x]"]["type"]] == ["Quantity", "string"]
    assert made["Observation.value[x]:valueString"]["type"] == [{"code": "string"}]


def test_slices_by_type_as_publishing_tools_write_them() -> None:
    slicing = {"discriminator": [{"type": "type", "path": "$this"}], "ordered": False, "rules": "open"}
    made = elements(
        "Observation",
        {"id": "Observation.value[x]", "path": "Observation.value[x]", "slicing": slicing},
        {
            "id": "Observation.value[x]:valueQuantity",
            "path": "Observation.value[x]",
            "sliceName": "valueQuantity",
            "type": [{"code": "Quantity"}],
        },
        {"id": "Observation.value[x]:valueQuantity.code", "path": "Observation.value[x].code", "min": 1},
    )
    assert len(made["Observation.value[x]"]["type"]) == 11
    assert made["Observation.value[x]:valueQuantity.code"]["min"] == 1
    assert "Observation.value[x]:valueQuantity.unit" in made


def test_a_profile_on_a_type_brings_its_elements() -> None:
    quantity = {**extension("urn:mg"), "type": "Quantity", "baseDefinition": DEFINITIONS + "Quantity"}
    quantity["differential"] = {"element": [{"path": "Quantity.code", "fixedCode": "mg", "min": 1}]}
    made = elements(
        "Observation",
        {"path": "Observation.value[x]", "type": [{"code": "Quantity", "profile": ["urn:mg"]}]},
        {"path": "Observation.value[x].unit", "min": 1},
        others=(quantity,),
    )
    assert made["Observation.value[x].code"]["fixedCode"] == "mg"


def test_where_a_profile_is_not_known_its_type_brings_the_elements() -> None:
    made = elements(
        "Bundle",
        {"path": "Bundle.entry.resource", "type": [{"code": "Organization", "profile": ["urn:nowhere"]}]},
        {"path": "Bundle.entry.resource.name", "min": 1},
    )
    assert made["Bundle.entry.resource.name"]["min"] == 1


def test_a_specialization_adds_elements() -> None:
    made = elements(
        "Thing",
        {"path": "Thing", "min": 0, "max": "*"},
        {"path": "Thing.part", "min": 1, "max": "*", "type": [{"code": "BackboneElement"}]},
        {"path": "Thing.part.code", "min": 0, "max": "1", "type": [{"code": "CodeableConcept"}]},
        derivation="specialization",
        baseDefinition=DEFINITIONS + "DomainResource",
    )
    assert list(made)[:2] == ["Thing", "Thing.id"]
    assert made["Thing"]["base"]["path"] == "Thing"
    assert made["Thing.id"]["base"]["path"] == "Resource.id"
    assert made["Thing.part.code"]["base"] == {"path": "Thing.part.code", "min": 0, "max": "1"}
    assert made["Thing.part.modifierExtension"]["base"]["path"] == "BackboneElement.modifierExtension"


@pytest.mark.parametrize("path", ["Patient.nome", "Patient.name.famly", "Observation.status", "Patient.valueQuantity"])
def test_an_element_the_base_does_not_have_is_named(path: str) -> None:
    made = snapshot("Patient", {"path": path, "min": 1})
    place = "StructureDefinition.differential.element[0]"
    assert [(issue.key, issue.expression, issue.values["path"]) for issue in made.issues] == [
        ("element-not-in-base", place, path)
    ]
    assert "Patient.name" in [element["id"] for element in made.elements()], "the rest is made all the same"


def test_types_hold_types_without_end_but_paths_end() -> None:
    path = ".".join(["Patient", *["extension"] * 5000])
    assert [issue.key for issue in snapshot("Patient", {"path": path, "min": 1}).issues] == ["element-not-in-base"]
    path = ".".join(["Questionnaire", *["item"] * 60])
    assert snapshot("Questionnaire", {"path": path, "min": 1}).issues == []


def test_a_slice_without_slicing_is_named() -> None:
    made = snapshot("Patient", {"path": "Patient.identifier", "sliceName": "a"})
    assert [issue.key for issue in made.issues] == ["slice-without-slicing"]


def test_a_slice_name_on_what_is_there_once_is_only_a_name() -> None:
    made = elements("Patient", {"path": "Patient.gender", "sliceName": "sex", "min": 1})
    assert made["Patient.gender:sex"]["min"] == 1
    assert "Patient.gender" not in made


def test_neither_base_nor_differential_is_changed() -> None:
    known = registry()
    base = known.structure(DEFINITIONS + "Patient")
    before = repr(base)
    differential = {"path": "Patient.name", "constraint": [{"key": "p-1", "severity": "error", "expression": "true"}]}
    said = repr(differential)
    definition = {
        "url": "urn:p",
        "type": "Patient",
        "baseDefinition": DEFINITIONS + "Patient",
        "differential": {"element": [differential]},
    }
    known.snapshot(definition).elements()
    assert (repr(base), repr(differential)) == (before, said)
