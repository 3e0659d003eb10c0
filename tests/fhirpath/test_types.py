"""#types: is, as, type()."""

from __future__ import annotations

import pytest

from tests.fhirpath.evaluating import OBSERVATION, PATIENT, error, values


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("Patient is Patient", [True]),
        ("Patient is DomainResource", [True]),
        ("Patient is Observation", [False]),
        ("Patient.is(System.Patient)", [False]),
        ("gender is code", [True]),
        ("gender is string", [True]),
        ("gender is String", [False]),
        ("gender.value is String", [True]),
        ("active is Boolean", [False]),
        ("true is Boolean", [True]),
        ("true is boolean", [False]),
        ("1 'mg' is Quantity", [True]),
        ("1 'mg' is System.Quantity", [True]),
        ("1 is Quantity", [False]),
        ("@2020 is Date", [True]),
        ("photo is Attachment", []),
        ("contact.is(BackboneElement)", [True]),
        ("gender.as(code)", ["male"]),
        ("gender.as(string)", []),
        ("gender.as(System.String)", ["male"]),
        ("gender as Element", ["male"]),
        ("gender as System.Boolean", []),
        ("photo as Attachment", []),
        ("(1 | 'a').type().name", ["Integer", "String"]),
        ("gender.type().namespace", ["FHIR"]),
    ],
)
def test_types(expression: str, expected: list[object]) -> None:
    assert values(expression, PATIENT) == expected


def test_subtypes_of_complex_types() -> None:
    extension = {"url": "x", "valueAge": {"value": 4}}
    assert values("value is Quantity", extension, "Extension") == [True]
    assert values("(value as Quantity).value", extension, "Extension") == ["4"]
    assert values("value.ofType(Duration)", extension, "Extension") == []


def test_several_items_and_unknown_types_are_errors() -> None:
    assert error("name is HumanName", PATIENT) == "fhirpath-not-single"
    assert error("name as HumanName", PATIENT) == "fhirpath-not-single"
    assert error("component.value as Quantity", OBSERVATION) == "fhirpath-not-single"
    assert error("gender is nonsense", PATIENT) == "fhirpath-unknown-type"
    assert error("gender.ofType(string1)", PATIENT) == "fhirpath-unknown-type"
    assert error("gender.as('code')", PATIENT) == "fhirpath-not-a-type"
