"""What terminology says to a Coding by itself, and how that goes together with what its element is bound to."""

from __future__ import annotations

import pytest

from fhirserver.validation.knowledge import Policy
from tests.validation.profiles import Resource, knowing

CATEGORY = "http://terminology.hl7.org/CodeSystem/observation-category"
KINDS = "http://terminology.hl7.org/CodeSystem/v2-0203"
GENDER = "http://hl7.org/fhir/administrative-gender"

validator = knowing()


def observation(system: str, code: str, display: str | None = None) -> Resource:
    coding = {"system": system, "code": code} | ({"display": display} if display else {})
    return {"resourceType": "Observation", "status": "final", "code": {"coding": [coding]}}


def said(resource: Resource, policy: Policy | None = None) -> list[tuple[str, str, str]]:
    checks = validator if policy is None else knowing(policy=policy)
    return [(issue.severity, issue.key, issue.expression) for issue in checks.check(resource)]


@pytest.mark.parametrize(
    ("coding", "severity", "key", "place"),
    [
        ((CATEGORY, "labor"), "error", "code-not-in-code-system", ".code"),
        ((CATEGORY, "laboratory", "Vital Signs"), "warning", "coding-display", ".display"),
        (
            ("http://hl7.org/fhir/ValueSet/languages", "en"),
            "error",
            "coding-system-is-value-set",
            ".system",
        ),
        (("http://hl7.org/fhir/none", "x"), "error", "coding-system-unknown", ".system"),
        (("http://unitsofmeasure.org", "mcg"), "warning", "code-not-in-code-system", ".code"),
    ],
)
def test_what_is_wrong_with_a_coding(coding: tuple[str, ...], severity: str, key: str, place: str) -> None:
    path = f"Observation.code.coding[0]{place}"
    assert said(observation(*coding)) == [(severity, key, path)]


@pytest.mark.parametrize(
    "coding",
    [
        (CATEGORY, "laboratory"),
        (CATEGORY, "laboratory", "LABORATORY"),
        (CATEGORY, "laboratory", "检验"),  # nobody can compare what is written in another script
        ("http://loinc.org", "no content here"),
        ("http://example.org/codes", "x"),
        ("http://unitsofmeasure.org", "mmol/L"),
    ],
)
def test_what_is_right_or_cannot_be_known(coding: tuple[str, ...]) -> None:
    assert said(observation(*coding)) == []


def test_the_policy_decides() -> None:
    unknown, named = observation(CATEGORY, "labor"), observation(CATEGORY, "laboratory", "Vital Signs")
    assert said(unknown, Policy(unknown_code="ignore")) == []
    assert said(unknown, Policy(unknown_code="warn"))[0][0] == "warning"
    assert said(named, Policy(wrong_display="refuse"))[0][0] == "error"


def test_one_cause_one_issue() -> None:
    """A code that does not exist is not in the value set either: said once, at the element."""
    coding = {"system": "http://terminology.hl7.org/CodeSystem/condition-clinical", "code": "activ"}
    condition = {
        "resourceType": "Condition",
        "clinicalStatus": {"coding": [coding]},
        "subject": {"reference": "Patient/1"},
    }
    assert said(condition) == [("error", "code-not-in-value-set", "Condition.clinicalStatus")]


def test_a_warning_does_not_keep_a_binding_from_being_asked() -> None:
    coding = {"system": GENDER, "code": "male", "display": "Female"}
    condition = {
        "resourceType": "Condition",
        "clinicalStatus": {"coding": [coding]},
        "subject": {"reference": "Patient/1"},
    }
    assert [key for severity, key, _ in said(condition) if severity == "error"] == ["code-not-in-value-set"]


@pytest.mark.parametrize(
    ("resource", "severity", "key", "path"),
    [
        ({"resourceType": "Patient", "language": "english"}, "error", "code-beyond-maximum-value-set", "language"),
        ({"resourceType": "Binary", "contentType": "pdf"}, "error", "code-not-of-value-set", "contentType"),
        (
            {"resourceType": "Patient", "identifier": [{"type": {"coding": [{"system": KINDS, "code": "SS"}]}}]},
            "warning",
            "code-not-in-extensible-value-set",
            "identifier[0].type",
        ),
    ],
)
def test_bindings_that_only_terminology_can_judge(resource: Resource, severity: str, key: str, path: str) -> None:
    assert said(resource) == [(severity, key, f"{resource['resourceType']}.{path}")]


def test_long_codings_are_not_remembered() -> None:
    knowledge = validator.knowledge
    assert knowledge is not None
    knowledge.remarks.clear()
    assert said(observation(CATEGORY, "laboratory", "x" * 1000)) != []
    assert not knowledge.remarks._answers


def test_whether_another_code_would_fit_nobody_can_tell() -> None:
    concept = {"coding": [{"system": "http://example.org/kinds", "code": "x"}]}
    assert said({"resourceType": "Patient", "identifier": [{"type": concept, "value": "1"}]}) == []
