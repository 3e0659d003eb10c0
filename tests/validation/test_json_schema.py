"""JSON Schemas of profiles: HL7's examples pass, structural counter-examples do not."""

from __future__ import annotations

import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from fhirserver.conformance.registry import Registry
from fhirserver.resource import json as codec
from fhirserver.validation.json_schema import json_schema
from tests.support.gaps import known_gaps
from tests.support.suites import package_files
from tests.validation.profiles import profile
from tests.validation.test_profiles import OBSERVATION, PATIENT, SLICED

TYPES = ("Patient", "ServiceRequest", "Observation", "DiagnosticReport", "MedicationRequest", "Questionnaire", "Bundle")
LARGEST = 60_000  # bytes of an example: the library takes its time

registry = Registry()


def schema_of(definition: dict[str, Any]) -> Draft202012Validator:
    schema = json.loads(codec.encode(json_schema(registry.with_snapshot(definition))))
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


def of_type(type: str) -> Draft202012Validator:
    definition = registry.structure(f"http://hl7.org/fhir/StructureDefinition/{type}")
    assert definition is not None
    return schema_of(definition)


@pytest.mark.official
def test_official_examples_pass() -> None:
    schemas = {type: of_type(type) for type in TYPES}
    gaps = known_gaps("examples-structure")
    refused = {}
    for name, body in package_files("packages/hl7.fhir.r4.examples-4.0.1.tgz"):
        if name.partition("-")[0] in schemas and len(body) < LARGEST and name not in gaps:
            resource = json.loads(body)
            error = next(schemas[resource["resourceType"]].iter_errors(resource), None)
            if error is not None:
                refused[name] = f"{error.json_path}: {error.message}"
    assert refused == {}


@pytest.mark.parametrize(
    "edits",
    [
        {"brithDate": "1974"},
        {"name": {"family": "Li"}},
        {"name": []},
        {"gender": "M"},
        {"active": "true"},
        {"birthDate": "01.02.1974"},
        {"multipleBirthInteger": "2"},
        {"link": [{"type": "seealso"}]},
        {"resourceType": "Person"},
        {"contact": [{"nmae": {}}]},
    ],
)
def test_structural_defects_are_refused(edits: dict[str, Any]) -> None:
    schema = of_type("Patient")
    assert schema.is_valid(PATIENT)
    assert not schema.is_valid({**PATIENT, **edits})


@pytest.mark.parametrize(
    ("elements", "edits"),
    [
        ([{"id": "Patient.birthDate", "min": 1}], {}),
        ([{"id": "Patient.gender", "max": "0"}], {}),
        ([{"id": "Patient.gender", "fixedCode": "male"}], {}),
        ([{"id": "Patient.name", "max": "1"}], {"name": [{"family": "a"}, {"family": "b"}]}),
        ([{"id": "Patient.name.period", "min": 1}], {}),
        (SLICED, {"identifier": [{"system": "urn:file"}]}),
        (SLICED, {"identifier": [{"system": "urn:card"}, {"system": "urn:card"}]}),
    ],
)
def test_what_a_profile_asks(elements: list[dict[str, Any]], edits: dict[str, Any]) -> None:
    resource = {**PATIENT, **edits}
    assert of_type("Patient").is_valid(resource)
    assert not schema_of(profile("p", "Patient", *elements)).is_valid(resource)


def test_what_conforms_to_a_profile_passes() -> None:
    schema = schema_of(profile("p", "Patient", *SLICED))
    assert schema.is_valid({**PATIENT, "identifier": [{"system": "urn:file"}, {"system": "urn:card", "value": "1"}]})


def test_choices_and_patterns() -> None:
    only = [{"id": "Observation.value[x]", "type": [{"code": "string"}]}]
    assert not schema_of(profile("p", "Observation", *only)).is_valid(OBSERVATION)
    pattern = {"coding": [{"system": "http://loinc.org"}]}
    schema = schema_of(profile("p", "Observation", {"id": "Observation.code", "patternCodeableConcept": pattern}))
    assert schema.is_valid(OBSERVATION)
    assert not schema.is_valid({**OBSERVATION, "code": {"coding": [{"system": "urn:x", "code": "718-7"}]}})
