"""The names that may stand in an object."""

from __future__ import annotations

import pytest

from fhirserver.resource.shapes import nearest, shape
from fhirserver.spec.structures import COMPLEX_TYPES, RESOURCE_TYPES


def test_every_type_has_a_shape_down_to_its_primitives() -> None:
    seen = set()
    waiting = [shape(type) for type in sorted(RESOURCE_TYPES | COMPLEX_TYPES)]
    while waiting:
        current = waiting.pop()
        if current in seen:
            continue
        seen.add(current)
        assert current.members, current.path
        waiting += [member.shape for member in current.members.values() if member.type != "Resource"]
    assert len(seen) > 650


def test_a_choice_appears_under_each_of_its_names() -> None:
    members = shape("Observation").members
    values = [member for member in members.values() if member.element.path == "Observation.value[x]"]
    assert len(values) == 11
    assert {member.order for member in values} == {members["valueQuantity"].order}
    assert members["valueQuantity"].type == "Quantity"
    assert members["valueDateTime"].primitive
    assert "value" not in members


def test_elements_with_children_of_their_own() -> None:
    contact = shape("Patient").members["contact"]
    assert contact.many
    assert contact.shape.path == "Patient.contact"
    assert "organization" in contact.shape.members
    assert not contact.shape.resource


def test_elements_that_reuse_the_children_of_another() -> None:
    item = shape("Questionnaire").members["item"].shape
    assert item.members["item"].shape is item
    assert shape("Bundle").members["entry"].shape.members["link"].shape is shape("Bundle").members["link"].shape


def test_attributes_of_xml_have_no_tag() -> None:
    extension = shape("Extension")
    assert {name for name, member in extension.members.items() if member.element.attribute} == {"id", "url"}
    assert "{http://hl7.org/fhir}url" not in extension.tags
    assert "{http://hl7.org/fhir}id" in shape("Patient").tags
    assert "{http://www.w3.org/1999/xhtml}div" in shape("Narrative").tags


def test_unknown_types() -> None:
    with pytest.raises(KeyError):
        shape("Patiet")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("nme", "name"),
        ("addres", "address"),
        ("zzz", "name, address, telecom"),
        ("x" * 100_000, "name, address, telecom"),
    ],
)
def test_nearest_names(name: str, text: str) -> None:
    assert nearest(name, ["name", "address", "telecom"]) == text


def test_a_long_list_of_names_is_cut() -> None:
    assert nearest("zzz", [f"a{n}" for n in range(12)]) == "a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, …"
