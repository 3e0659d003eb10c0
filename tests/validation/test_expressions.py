"""Expressions in definitions, and definitions that are malformed themselves."""

from __future__ import annotations

from typing import Any

import pytest

from tests.validation.profiles import BASE, Resource, knowing, profile

validator = knowing()


def said(resource: Resource) -> list[tuple[str, str, str]]:
    return [(issue.severity, issue.key, issue.expression) for issue in validator.check(resource)]


def constraint(expression: str) -> Resource:
    rule = {"key": "p-1", "severity": "error", "human": "x", "expression": expression}
    return profile("p", "Patient", {"id": "Patient", "constraint": [rule]})


@pytest.mark.parametrize(
    ("expression", "severity"),
    [("name.exists()", None), ("name.((", "error"), ("name.exists(", "error"), ("name.ofLater()", "warning")],
)
def test_invariants(expression: str, severity: str | None) -> None:
    place = "StructureDefinition.differential.element[0].constraint[0].expression"
    found = [row for row in said(constraint(expression)) if row[1] == "expression-malformed"]
    assert found == ([(severity, "expression-malformed", place)] if severity else [])


def test_search_parameters() -> None:
    parameter = {
        "resourceType": "SearchParameter",
        "url": "http://example.org/SearchParameter/p",
        "name": "P",
        "status": "draft",
        "description": "x",
        "code": "p",
        "base": ["Patient"],
        "type": "string",
    }
    assert said({**parameter, "expression": "Patient.name"}) == []
    assert said({**parameter, "expression": "Patient.name |"}) == [
        ("error", "expression-malformed", "SearchParameter.expression")
    ]


@pytest.mark.parametrize(
    "differential",
    [None, [], {}, {"element": None}, {"element": [None]}, {"element": [{"id": 1, "slicing": 1, "constraint": 1}]}],
)
def test_malformed_definitions_get_issues_and_never_an_exception(differential: Any) -> None:
    assert said({**profile("p", "Patient"), "differential": differential})


PATIENT = {"resourceType": "Patient", "maritalStatus": {"coding": [{"system": "urn:x:cs", "code": "a"}]}}


def test_malformed_definitions_of_a_package_judge_nothing_and_say_so() -> None:
    """Nobody checks the files of a package: what cannot be read is no error of the server."""
    whole = {**profile("whole", "Patient"), "snapshot": {"element": [{"path": 5, "type": 7, "constraint": 1}]}}
    parts = {**profile("parts", "Patient"), "differential": {"element": [{"id": 5}]}}
    concept = {"code": "a", "property": "x"}
    system = {"resourceType": "CodeSystem", "url": "urn:x:cs", "content": "complete", "concept": [concept]}
    value_set = {"resourceType": "ValueSet", "url": "urn:x:vs", "compose": {"include": 5}}
    binding = {"strength": "required", "valueSet": "urn:x:vs"}
    bound = profile("bound", "Patient", {"id": "Patient.maritalStatus", "binding": binding})
    checks = knowing(whole, parts, system, value_set, bound)
    for name in ("whole", "parts", "bound"):
        issues = list(checks.check(PATIENT, profiles=[BASE + name]))
        assert {issue.key for issue in issues} <= {"profile-unusable", "code-not-checked"}
