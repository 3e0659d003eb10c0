"""Values for search, without nodes."""

from __future__ import annotations

from typing import Any

import pytest

from fhirserver.fhirpath import Environment, compile
from fhirserver.fhirpath.extract import extraction
from fhirserver.fhirpath.model import fhir_type
from fhirserver.fhirpath.parser import parse
from tests.fhirpath.evaluating import OBSERVATION, PATIENT


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("Patient.name.given", [("string", "Peter"), ("string", "James"), ("string", "Jim")]),
        ("Patient.gender | Person.gender", [("code", "male")]),
        ("Person.gender", []),
        ("Resource.id", [("id", "1")]),
        ("id", [("id", "1")]),
        ("Patient.deceased", [("boolean", False)]),
        ("Patient.deceased.as(dateTime)", []),
        ("(Patient.deceased as boolean)", [("boolean", False)]),
        ("Patient.telecom.where(system='email').value", [("string", "a@b.example")]),
        ("Patient.telecom.where(system='email' or system='phone' and value='1').rank", [("positiveInt", 1)]),
        ("Patient.generalPractitioner.where(resolve() is Organization)", [("Reference", {"reference": "#org"})]),
        ("Patient.generalPractitioner.where(resolve() is DomainResource).type", [("uri", "Practitioner")]),
        ("Patient.contact.name.family", [("string", "du Marché")]),
        ("Patient.extension('x')", []),
    ],
)
def test_paths(expression: str, expected: list[tuple[str, Any]]) -> None:
    compiled = compile(expression, "Patient")
    assert extraction(compiled.syntax, fhir_type("Patient")) is not None
    assert compiled.values(PATIENT) == expected


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("Patient.deceased.exists() and Patient.deceased != false", [("boolean", False)]),
        ("Patient.contained[0]", [("Organization", {"resourceType": "Organization", "id": "org", "name": "Here"})]),
        ("Patient.name.count()", [("integer", 2)]),
        ("Patient.birthDate.extension('http://x.example/time').value", [("dateTime", "1974-12-25T14:35:45-05:00")]),
        (
            "@2020 | @2020-01-01T00:00:00Z | @T10:00 | 1.50",
            [("date", "2020"), ("dateTime", "2020-01-01T00:00:00Z"), ("time", "10:00")],
        ),
        ("1 'mg'", [("Quantity", {"value": 1, "system": "http://unitsofmeasure.org", "code": "mg"})]),
        ("Patient.name.where(given.exists()).family", [("string", "Chalmers")]),
    ],
)
def test_what_is_no_path_goes_through_the_engine(expression: str, expected: list[tuple[str, Any]]) -> None:
    assert extraction(parse(expression), fhir_type("Patient")) is None
    assert compile(expression, "Patient").values(PATIENT)[: len(expected)] == expected


def test_as_filters_among_several() -> None:
    quantity = {"value": 1, "unit": "pill"}
    assert compile("(Observation.component.value as Quantity)", "Observation").values(OBSERVATION) == [
        ("Quantity", quantity)
    ]
    assert compile("Observation.component.value.as(string)", "Observation").values(OBSERVATION) == [("string", "high")]
    engine = compile("(component.where(code.exists()).value as Quantity)", "Observation")
    assert engine.values(OBSERVATION) == [("Quantity", quantity)]


def test_nulls_hold_places_only() -> None:
    patient = {"resourceType": "Patient", "name": [{"given": [None, "b"], "_given": [{"id": "1"}, None]}]}
    assert compile("Patient.name.given", "Patient").values(patient) == [("string", "b")]


@pytest.mark.parametrize("name", ["x", 5, {"family": "x"}, ["x"], [["x"]], [None, {"family": "x"}]])
def test_json_of_another_shape_is_passed_over(name: Any) -> None:
    found = compile("Patient.name.family | Patient.name.where(use='usual').family", "Patient").values(
        {"resourceType": "Patient", "name": name}
    )
    assert found in ([], [("string", "x")])


def test_without_a_type_the_engine_does_it() -> None:
    assert compile("name.family").values(PATIENT) == [("string", "Chalmers")]


def test_where_the_type_or_the_whole_is_not_known_the_engine_does_it() -> None:
    expression = compile("Patient.gender | Person.gender", "DomainResource")
    assert extraction(expression.syntax, fhir_type("DomainResource")) is None
    assert expression.values(PATIENT) == [("code", "male")]
    participant = {"individual": {"reference": "#a"}}
    encounter = {
        "resourceType": "Encounter",
        "contained": [{"resourceType": "Person", "id": "a"}],
        "participant": [participant],
    }
    part = compile("individual.where(resolve() is Person)", "Encounter.participant")
    assert part.values(participant, Environment(resource=encounter)) == [("Reference", {"reference": "#a"})]
