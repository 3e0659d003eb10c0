"""_summary and _elements on one resource."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fhirserver.outcome import FhirError
from fhirserver.resource import xml
from fhirserver.resource.subset import SUBSETTED, element_names, elements, is_subsetted, summary
from tests.resource.strategies import resources

PATIENT: dict[str, Any] = {
    "resourceType": "Patient",
    "id": "a",
    "meta": {"versionId": "3", "tag": [{"code": "x"}]},
    "implicitRules": "urn:r",
    "text": {"status": "generated", "div": "<div>a</div>"},
    "contained": [{"resourceType": "Basic"}],
    "extension": [{"url": "u", "valueCode": "c"}],
    "modifierExtension": [{"url": "m", "valueCode": "c"}],
    "active": True,
    "name": [{"id": "n", "extension": [{"url": "u"}], "given": ["A", None], "_given": [None, {"id": "g"}]}],
    "birthDate": "2024",
    "_birthDate": {"extension": [{"url": "u"}]},
    "photo": [{"contentType": "image/png", "data": "QUJD", "url": "Binary/1"}],
    "contact": [{"gender": "male"}],
    "deceasedBoolean": False,
    "link": [{"other": {"reference": "Patient/2"}, "type": "seealso"}],
}


def names(part: dict[str, Any]) -> set[str]:
    assert is_subsetted(part)
    assert list(part)[:3] == ["resourceType", "id", "meta"]
    return set(part) - {"resourceType", "id", "meta"}


def test_the_tag_is_added_once_and_nothing_is_changed() -> None:
    before = copy.deepcopy(PATIENT)
    part = summary(PATIENT, "data")
    assert part["meta"] == {"versionId": "3", "tag": [{"code": "x"}, SUBSETTED]}
    assert summary(part, "data")["meta"] == part["meta"]
    assert before == PATIENT
    assert not is_subsetted(PATIENT)


def test_summary_false_is_the_resource_itself() -> None:
    assert summary(PATIENT, "false") is PATIENT


def test_summary_true_has_the_marked_elements() -> None:
    part = summary(PATIENT, "true")
    assert names(part) == {
        "implicitRules", "modifierExtension", "active", "name", "birthDate", "_birthDate", "deceasedBoolean", "link",
    }  # fmt: skip
    assert part["name"] == [{"given": ["A", None], "_given": [None, {"id": "g"}]}]
    assert part["modifierExtension"] == PATIENT["modifierExtension"]
    assert part["link"] == PATIENT["link"]


def test_summary_true_leaves_bulk_out_of_data_types() -> None:
    practitioner = {"resourceType": "DocumentReference", "id": "a", "content": [{"attachment": PATIENT["photo"][0]}]}
    part = summary(practitioner, "true")
    assert part["content"] == [{"attachment": {"contentType": "image/png", "url": "Binary/1"}}]


def test_summary_true_keeps_an_element_that_would_be_left_empty() -> None:
    resource = {"resourceType": "Patient", "id": "a", "name": [{"extension": [{"url": "u", "valueCode": "c"}]}]}
    assert summary(resource, "true")["name"] == resource["name"]


def test_summary_true_keeps_the_resources_of_a_bundle() -> None:
    bundle = {
        "resourceType": "Bundle",
        "id": "a",
        "type": "batch",
        "entry": [{"fullUrl": "urn:x", "resource": PATIENT}],
    }
    assert summary(bundle, "true")["entry"] == bundle["entry"]


def test_summary_text_has_the_text_and_what_is_mandatory() -> None:
    assert names(summary(PATIENT, "text")) == {"text"}
    observation = {
        "resourceType": "Observation",
        "id": "a",
        "status": "final",
        "_status": {"id": "s"},
        "code": {},
        "valueInteger": 1,
    }
    assert names(summary(observation, "text")) == {"status", "_status", "code"}


def test_summary_data_has_all_but_the_text() -> None:
    assert names(summary(PATIENT, "data")) == set(PATIENT) - {"resourceType", "id", "meta", "text"}


@pytest.mark.parametrize(
    ("mode", "key"), [("count", "summary-count"), ("True", "unknown-summary"), ("", "unknown-summary")]
)
def test_other_modes_are_refused(mode: str, key: str) -> None:
    with pytest.raises(FhirError, match=key) as caught:
        summary(PATIENT, mode)
    assert caught.value.status == 400


def test_elements_keeps_what_nobody_may_miss() -> None:
    always = {"implicitRules", "modifierExtension", "active", "deceasedBoolean", "link"}
    assert names(elements(PATIENT, {"birthDate"})) == always | {"birthDate", "_birthDate"}
    assert names(elements(PATIENT, {"photo", "text"})) == always | {"photo", "text"}
    observation = {
        "resourceType": "Observation",
        "id": "a",
        "status": "final",
        "code": {},
        "valueInteger": 1,
        "issued": "x",
    }
    assert names(elements(observation, {"value"})) == {"status", "code", "valueInteger"}


def test_names_of_elements() -> None:
    assert element_names("name, birthDate,deceased[x],id,", "Patient") == {"name", "birthDate", "deceased", "id"}
    assert element_names("", "Patient") == frozenset()


@pytest.mark.parametrize(
    ("value", "near"),
    [("nme", "name"), ("deceasedBoolean", "deceased"), ("name,brthDate", "birthDate"), ("resourceType", "id, meta")],
)
def test_unknown_elements_are_refused_with_the_nearest(value: str, near: str) -> None:
    with pytest.raises(FhirError, match="unknown-elements") as caught:
        element_names(value, "Patient")
    assert caught.value.status == 400
    assert f"nearest: {near}" in caught.value.issues[0].text("en")


@settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large], deadline=None)
@given(resources(depth=3), st.sampled_from(["true", "text", "data"]))
def test_any_part_is_a_part_and_can_be_written(resource: dict[str, Any], mode: str) -> None:
    part = summary(resource, mode)
    assert part.keys() <= resource.keys() | {"meta"}
    assert summary(part, mode).keys() == part.keys()
    xml.encode(part)
