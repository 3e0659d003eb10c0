"""Where a node is."""

from __future__ import annotations

from tests.fhirpath.evaluating import OBSERVATION, PATIENT, nodes


def test_a_node_knows_its_place() -> None:
    (node,) = nodes("name.given.where($this = 'James')", PATIENT)
    assert node.path == "Patient.name[0].given[1]"
    assert node.parent is not None
    assert node.parent.value is PATIENT["name"][0]
    assert (node.key, node.index) == ("given", 1)


def test_a_choice_has_the_name_of_its_element() -> None:
    (node,) = nodes("value", OBSERVATION)
    assert (node.path, node.key, node.index) == ("Observation.value", "valueQuantity", None)
    assert repr(node).startswith("<Quantity Observation.value {'value': 185")


def test_the_resources_around_a_node() -> None:
    (name,) = nodes("contained.name", PATIENT)
    assert name.resource is not None
    assert name.root_resource is not None
    assert (name.resource.path, name.root_resource.path) == ("Patient.contained[0]", "Patient")
    bundle = {"resourceType": "Bundle", "entry": [{"resource": PATIENT}]}
    (inside,) = nodes("entry.resource.gender", bundle)
    assert inside.path == "Bundle.entry[0].resource.gender"
    assert inside.root_resource is not None
    assert inside.root_resource.value is PATIENT


def test_a_calculated_value_has_no_place() -> None:
    (node,) = nodes("1 + 1")
    assert (node.parent, node.resource, node.root_resource, node.path) == (None, None, None, "Integer")


def test_system_values() -> None:
    assert [node.system for node in nodes("gender | active | name[0]", PATIENT)] == ["male", True, None]
