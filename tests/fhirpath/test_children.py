"""Elements in JSON: primitives and their siblings, choices, and what is not shaped as its type says."""

from __future__ import annotations

from typing import Any

import pytest

from tests.fhirpath.evaluating import OBSERVATION, nodes, values


def test_primitives_and_their_siblings() -> None:
    name = {"given": ["a", None, "c"], "_given": [None, {"id": "x"}, {"id": "y"}, {"id": "z"}]}
    found = nodes("given", name, "HumanName")
    assert [(node.value, node.sibling, node.index) for node in found] == [
        ("a", None, 0),
        (None, {"id": "x"}, 1),
        ("c", {"id": "y"}, 2),
        (None, {"id": "z"}, 3),
    ]
    assert values("given.id", name, "HumanName") == ["x", "y", "z"]
    assert values("given.value", name, "HumanName") == ["a", "c"]


def test_choices_are_found_by_their_name_alone() -> None:
    assert [node.key for node in nodes("value | component.value", OBSERVATION)] == ["valueQuantity"] * 2 + [
        "valueString"
    ] * 2
    assert values("component[2].value.exists()", OBSERVATION) == [True]
    assert values("component[2].value.hasValue()", OBSERVATION) == [False]
    assert values("component[2].value.extension.value", OBSERVATION) == ["x"]
    assert values("valueQuantity", OBSERVATION) == []


@pytest.mark.parametrize(
    "broken",
    [
        {"name": "x"},
        {"name": {"family": "x"}},
        {"name": [None, 1, "x", []]},
        {"name": [{"family": ["x"]}, {"family": {}}, {"given": "x"}, {"given": [[]]}]},
        {"name": [{"_family": 1, "_given": {}}]},
        {"contained": [1, {"resourceType": []}, {"resourceType": "Nonsense", "id": "1"}]},
        {"birthDate": 5, "_birthDate": [], "deceasedBoolean": "x", "maritalStatus": []},
    ],
)
def test_json_of_another_shape_is_passed_over(broken: dict[str, Any]) -> None:
    resource = {"resourceType": "Patient", **broken}
    found = nodes("descendants()", resource)
    assert all(node.path.startswith("Patient.") for node in found)
    assert values("name.family", resource) == []
