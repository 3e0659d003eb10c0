"""Extensions for elements of other releases of FHIR."""

from __future__ import annotations

import pytest

from fhirserver.validation.knowledge import Policy
from tests.validation.profiles import knowing

BASE = "http://hl7.org/fhir/"


def said(url: str, policy: Policy | None = None) -> list[tuple[str, str]]:
    patient = {"resourceType": "Patient", "extension": [{"url": BASE + url, "valueString": "x"}]}
    return [(issue.severity, issue.key) for issue in knowing(policy=policy).check(patient)]


@pytest.mark.parametrize(
    ("url", "severity", "key"),
    [
        ("5.0/StructureDefinition/extension-Encounter.plannedStartDate", "warning", "extension-of-another-version"),
        ("3.0/StructureDefinition/extension-Patient.animal", "warning", "extension-of-another-version"),
        ("1.0/StructureDefinition/extension-Observation.value[x]", "warning", "extension-of-another-version"),
        ("4.0/StructureDefinition/extension-Patient.gender", "warning", "extension-of-another-version"),
        ("4.0/StructureDefinition/extension-Patient.colour", "error", "extension-of-no-element"),
        ("4.0/StructureDefinition/extension-Patent.gender", "error", "extension-of-no-element"),
        ("5.0/StructureDefinition/extension-Patient", "error", "extension-of-no-element"),
        ("5.0/StructureDefinition/extension-patient.name", "error", "extension-of-no-element"),
        ("7.0/StructureDefinition/extension-Patient.name", "error", "extension-release"),
    ],
)
def test_what_the_url_names(url: str, severity: str, key: str) -> None:
    assert said(url) == [(severity, key)]


def test_the_policy_decides_what_cannot_be_known() -> None:
    url = "5.0/StructureDefinition/extension-Encounter.plannedStartDate"
    assert said(url, Policy(cross_version_extension="ignore")) == []
    assert said(url, Policy(cross_version_extension="refuse")) == [("error", "extension-of-another-version")]


def test_other_urls_of_hl7_are_not_meant() -> None:
    assert said("us/core/StructureDefinition/extension-x") == []
