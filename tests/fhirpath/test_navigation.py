"""Paths, children, descendants."""

from __future__ import annotations

from tests.fhirpath.evaluating import OBSERVATION, PATIENT, nodes, values


def test_a_path_may_start_with_a_type() -> None:
    assert values("Patient.gender | DomainResource.gender | Resource.gender | gender", PATIENT) == ["male"]
    assert values("Observation.status", PATIENT) == []
    assert values("HumanName.family | family", {"family": "x"}, "HumanName") == ["x"]
    assert values("name.where(HumanName.use = 'usual').given", PATIENT) == ["Jim"]


def test_names_of_types_are_elements_after_the_start() -> None:
    assert values("code.code", {"code": "x"}, "Coding") == []
    assert values("code", {"code": "x"}, "Coding") == ["x"]


def test_unknown_elements_are_empty() -> None:
    assert values("name.nonsense.given | `na me`", PATIENT) == []
    assert values("1.name | 'a'.length", PATIENT) == []


def test_children_are_in_the_order_of_the_type() -> None:
    patient = {"gender": "male", "resourceType": "Patient", "id": "1", "active": True}
    assert [node.path for node in nodes("children()", patient)] == ["Patient.id", "Patient.active", "Patient.gender"]
    assert values("gender.children() | 1.children()", patient) == []
    assert [node.path for node in nodes("birthDate.children()", PATIENT)] == ["Patient.birthDate.extension[0]"]


def test_descendants_go_all_the_way_and_keep_equal_items() -> None:
    assert len(values("descendants().where($this = 'male')", PATIENT)) == 1
    assert values("descendants().where($this is Extension).url", PATIENT) == ["http://x.example/time"]
    questionnaire = {"resourceType": "Questionnaire", "item": [{"linkId": "1"}, {"linkId": "1"}]}
    assert values("descendants().linkId.isDistinct()", questionnaire) == [False]
    assert values("repeat(item).linkId", questionnaire) == ["1"]


def test_a_choice_has_one_name() -> None:
    assert values("value.unit | component.value.unit", OBSERVATION) == ["lbs", "pill"]
