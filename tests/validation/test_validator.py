from __future__ import annotations

import sys
from collections.abc import Iterable
from copy import deepcopy
from typing import Any

import pytest

from fhirserver.outcome import Issue
from fhirserver.validation import Validator
from tests.validation.defects import DEFECTS, Defect
from tests.validation.resources import BUNDLE, GONE, OBSERVATION, PATIENT, SERVICE_REQUEST, mutated
from tests.validation.tricky import TRICKY, Tricky

validator = Validator()


def said(issues: Iterable[Issue]) -> list[tuple[str, str]]:
    return [(issue.key, issue.expression) for issue in issues]


def only(resource: dict[str, Any]) -> Issue:
    (issue,) = validator.check(resource)
    return issue


@pytest.mark.parametrize("defect", DEFECTS, ids=lambda defect: defect.name)
def test_every_seeded_defect_is_caught_where_it_is(defect: Defect) -> None:
    assert said(validator.check(defect.base)) == []
    assert said(validator.check(mutated(defect.base, defect.edits))) == defect.expected


@pytest.mark.parametrize("defect", DEFECTS, ids=lambda defect: defect.name)
def test_every_issue_says_what_is_wrong_in_both_languages(defect: Defect) -> None:
    for issue in validator.check(mutated(defect.base, defect.edits)):
        english, chinese = issue.text("en"), issue.text("zh")
        assert english.isascii() or "“" in english or "…" in english
        assert any("一" <= character <= "鿿" for character in chinese)
        assert "None" not in english + chinese and "Text(" not in english + chinese
        assert len(english) < 500


@pytest.mark.parametrize("tricky", TRICKY, ids=lambda tricky: tricky.name)
def test_what_only_looks_wrong_is_accepted(tricky: Tricky) -> None:
    assert said(validator.check(mutated(tricky.base, tricky.edits))) == []


@pytest.mark.parametrize("case", [*DEFECTS, *TRICKY], ids=lambda case: case.name)
def test_checking_changes_nothing(case: Defect | Tricky) -> None:
    resource = mutated(case.base, case.edits)
    before = deepcopy(resource)
    list(validator.check(resource))
    assert resource == before


def test_the_type_that_is_asked_for() -> None:
    assert said(validator.check(PATIENT, type="Patient")) == []
    assert said(validator.check(PATIENT, type="Person")) == [("resource-type-mismatch", "Patient.resourceType")]


@pytest.mark.parametrize("body", [None, [], "Patient", 1, True])
def test_what_is_no_resource_at_all(body: Any) -> None:
    assert len(said(validator.check(body))) == 1


# -- what the messages say


def test_a_misspelled_element_names_what_was_meant() -> None:
    issue = only(mutated(PATIENT, {"contact.0.gendre": "male"}))
    assert issue.text("en") == "Patient.contact has no element “gendre”. Did you mean gender?"
    assert issue.text("zh") == "Patient.contact 没有元素“gendre”。是否应为 gender？"


def test_a_code_outside_its_value_set_names_the_codes() -> None:
    assert only(mutated(PATIENT, {"gender": "M"})).text("en") == (
        '"M" is not in the required value set http://hl7.org/fhir/ValueSet/administrative-gender.'
        " Expected one of female, male, other, unknown."
    )


def test_a_code_of_a_large_value_set_gets_near_matches() -> None:
    edits = {"resourceType": "Questionnaire", "status": "draft", "subjectType": ["Pateint"]}
    assert "such as Patient" in only(edits).text("en")


def test_a_missing_element_names_itself_and_its_cardinality() -> None:
    assert only(mutated(OBSERVATION, {"status": GONE})).text("en") == (
        "Observation.status is required (1..1); it is missing."
    )


def test_a_wrong_target_names_the_right_ones() -> None:
    issue = only(mutated(PATIENT, {"managingOrganization": {"reference": "Practitioner/1"}}))
    assert issue.text("en") == (
        "Patient.managingOrganization refers to one of Organization;"
        ' found "Practitioner/1", which is of type Practitioner.'
    )


def test_a_reference_into_nothing_names_what_is_contained() -> None:
    issue = only(mutated(SERVICE_REQUEST, {"performer": [{"reference": "#dco"}]}))
    assert "contains one of doc, serum" in issue.text("en")


# -- bounds


def test_no_more_than_a_hundred_issues_and_a_note() -> None:
    issues = list(validator.check({"resourceType": "Patient", "name": [{"use": "x"}] * 500}))
    assert [issue.key for issue in issues] == ["code-not-in-value-set"] * 100 + ["issues-left-out"]
    assert issues[-1].severity == "information"
    assert issues[99].expression == "Patient.name[99].use"


def test_a_hundred_issues_exactly_leave_nothing_out() -> None:
    issues = list(validator.check({"resourceType": "Patient", "name": [{"use": "x"}] * 100}))
    assert [issue.key for issue in issues] == ["code-not-in-value-set"] * 100


def test_hostile_names_and_arrays_stop_early() -> None:
    many = {"resourceType": "Patient", **{f"x{number}": 1 for number in range(20_000)}}
    assert len(list(validator.check(many))) == 101
    nested = {"resourceType": "Patient", "name": [{"given": [1] * 1000}] * 1000}
    assert len(list(validator.check(nested))) == 101


def test_what_is_looked_up_often_is_collected_once() -> None:
    """Thousands of contained resources, entries and references between them take time in proportion."""
    contained = [{"resourceType": "Patient", "id": f"p{number}"} for number in range(3_000)]
    focus = [{"reference": f"#p{number}"} for number in range(3_000)]
    assert said(validator.check({**OBSERVATION, "contained": contained, "focus": focus})) == []
    entry = BUNDLE["entry"][1]
    entries = [{**entry, "fullUrl": f"http://example.org/fhir/Patient/{number}"} for number in range(3_000)]
    assert said(validator.check({**BUNDLE, "entry": [BUNDLE["entry"][0], *entries]})) == []


def test_nesting_beyond_all_measure_is_refused() -> None:
    extension: dict[str, Any] = {"url": "u", "valueCode": "x"}
    for _ in range(sys.getrecursionlimit()):
        extension = {"url": "u", "extension": [extension]}
    assert said(validator.check({"resourceType": "Patient", "extension": [extension]})) == [("too-deep", "Patient")]
