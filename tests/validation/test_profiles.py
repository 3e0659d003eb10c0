"""Each feature of ElementDefinition: what it lets pass and what it says of the rest."""

from __future__ import annotations

from typing import Any

import pytest

from fhirserver.validation.knowledge import Policy
from tests.validation.profiles import BASE, extension, found, issues, knowing, profile

Resource = dict[str, Any]

OBSERVATION: Resource = {
    "resourceType": "Observation",
    "status": "final",
    "code": {"coding": [{"system": "http://loinc.org", "code": "718-7"}]},
    "subject": {"reference": "Patient/1"},
    "valueQuantity": {"value": 140, "unit": "g/L", "system": "http://unitsofmeasure.org", "code": "g/L"},
}
PATIENT: Resource = {"resourceType": "Patient", "name": [{"family": "Li", "given": ["Wei"]}], "gender": "female"}

#: name, profile's elements, what is laid over the base resource, the issues
FEATURES: list[tuple[str, Resource, list[Resource], Resource, list[tuple[str, str]]]] = [
    ("required", PATIENT, [{"id": "Patient.birthDate", "min": 1}], {}, [("profile-element-missing", "Patient")]),
    ("forbidden", PATIENT, [{"id": "Patient.gender", "max": "0"}], {}, [("profile-element-not-allowed", "Patient")]),
    (
        "too many",
        PATIENT,
        [{"id": "Patient.name", "max": "1"}],
        {"name": [{"family": "a"}, {"family": "b"}]},
        [("profile-too-many", "Patient")],
    ),
    (
        "too few",
        PATIENT,
        [{"id": "Patient.name", "min": 2}],
        {},
        [("profile-too-few", "Patient")],
    ),
    ("fixed", PATIENT, [{"id": "Patient.gender", "fixedCode": "male"}], {}, [("fixed-value", "Patient.gender")]),
    (
        "fixed has more",
        PATIENT,
        [{"id": "Patient.name", "fixedHumanName": {"family": "Li"}}],
        {},
        [("fixed-value-has-more", "Patient.name[0].given")],
    ),
    (
        "pattern",
        OBSERVATION,
        [{"id": "Observation.code", "patternCodeableConcept": {"coding": [{"code": "x"}]}}],
        {},
        [("pattern-value", "Observation.code.coding")],
    ),
    (
        "type",
        OBSERVATION,
        [{"id": "Observation.value[x]", "type": [{"code": "string"}]}],
        {},
        [("type-not-allowed", "Observation.value")],
    ),
    (
        "largest value",
        OBSERVATION,
        [
            {
                "id": "Observation.value[x]",
                "type": [{"code": "Quantity"}],
                "maxValueQuantity": {"value": 100, "system": "http://unitsofmeasure.org", "code": "g/L"},
            }
        ],
        {},
        [("above-maximum", "Observation.value")],
    ),
    (
        "longest text",
        PATIENT,
        [{"id": "Patient.name.family", "maxLength": 3}],
        {"name": [{"family": "Wang"}]},
        [("value-too-long", "Patient.name[0].family")],
    ),
    (
        "target",
        OBSERVATION,
        [
            {
                "id": "Observation.subject",
                "type": [{"code": "Reference", "targetProfile": ["http://hl7.org/fhir/StructureDefinition/Device"]}],
            }
        ],
        {},
        [("profile-reference-target", "Observation.subject")],
    ),
    (
        "aggregation",
        OBSERVATION,
        [{"id": "Observation.subject", "type": [{"code": "Reference", "aggregation": ["contained"]}]}],
        {},
        [("reference-aggregation", "Observation.subject")],
    ),
    (
        "binding",
        PATIENT,
        [
            {
                "id": "Patient.maritalStatus",
                "binding": {
                    "strength": "required",
                    "valueSet": "http://hl7.org/fhir/ValueSet/administrative-gender",
                },
            }
        ],
        {
            "maritalStatus": {
                "coding": [{"system": "http://terminology.hl7.org/CodeSystem/v3-NullFlavor", "code": "UNK"}]
            }
        },
        [("profile-code-not-in-value-set", "Patient.maritalStatus")],
    ),
    (
        "invariant",
        PATIENT,
        [
            {
                "id": "Patient",
                "path": "Patient",
                "constraint": [
                    {
                        "key": "own-1",
                        "severity": "error",
                        "human": "A birth date is there",
                        "expression": "birthDate.exists()",
                    }
                ],
            }
        ],
        {},
        [("own-1", "Patient")],
    ),
]


@pytest.mark.parametrize(
    ("base", "elements", "edits", "expected"),
    [case[1:] for case in FEATURES],
    ids=[case[0] for case in FEATURES],
)
def test_features(base: Resource, elements: list[Resource], edits: Resource, expected: list[tuple[str, str]]) -> None:
    resource = {**base, **edits}
    validator = knowing(profile("p", base["resourceType"], *elements))
    assert found(validator, resource) == []
    assert found(validator, resource, "p") == expected
    for issue in issues(validator, resource, "p"):
        assert issue.text("en") and issue.text("zh") != issue.text("en")


SLICED = [
    {
        "id": "Patient.identifier",
        "slicing": {"discriminator": [{"type": "value", "path": "system"}], "rules": "closed", "ordered": True},
    },
    {"id": "Patient.identifier:card", "sliceName": "card", "min": 1, "max": "1"},
    {"id": "Patient.identifier:card.system", "min": 1, "fixedUri": "urn:card"},
    {"id": "Patient.identifier:card.value", "min": 1, "maxLength": 4},
    {"id": "Patient.identifier:file", "sliceName": "file", "min": 0, "max": "*"},
    {"id": "Patient.identifier:file.system", "min": 1, "fixedUri": "urn:file"},
]


@pytest.mark.parametrize(
    ("systems", "expected"),
    [
        (["urn:card"], []),
        (["urn:card", "urn:file", "urn:file"], []),
        ([], [("slice-missing", "Patient")]),
        (["urn:file"], [("slice-missing-near", "Patient")]),
        (["urn:card", "urn:card"], [("slice-too-many", "Patient")]),
        (["urn:file", "urn:card"], [("slice-order", "Patient.identifier[1]")]),
        (["urn:card", "urn:other"], [("slice-none-fits", "Patient.identifier[1]")]),
    ],
)
def test_slices(systems: list[str], expected: list[tuple[str, str]]) -> None:
    validator = knowing(profile("p", "Patient", *SLICED))
    identifiers = [{"system": system, "value": "1"} for system in systems]
    resource = {**PATIENT, **({"identifier": identifiers} if systems else {})}
    assert found(validator, resource, "p") == expected


def test_what_is_in_a_slice_is_held_to_the_rules_of_the_slice() -> None:
    validator = knowing(profile("p", "Patient", *SLICED))
    resource = {**PATIENT, "identifier": [{"system": "urn:card", "value": "12345"}]}
    assert found(validator, resource, "p") == [("value-too-long", "Patient.identifier[0].value")]


def test_the_nearest_slice_and_why_it_is_not_that() -> None:
    validator = knowing(profile("p", "Patient", *SLICED))
    resource = {**PATIENT, "identifier": [{"system": "urn:cart", "value": "1"}]}
    missing, stray = issues(validator, resource, "p")
    assert missing.text("en") == (
        "Patient.identifier needs 1..1 of the slice “card”; found 0. "
        'Nearest is Patient.identifier[0], but system: expected "urn:card"; found "urn:cart".'
    )
    assert "最接近的是“card”" in stray.text("zh")


WEIGHT = extension(
    "weight",
    {"id": "Extension.value[x]", "min": 1, "type": [{"code": "Quantity"}]},
    contexts=("Patient",),
)


@pytest.mark.parametrize(
    ("resource", "expected"),
    [
        ({"extension": [{"url": BASE + "weight", "valueQuantity": {"value": 1}}]}, []),
        ({"extension": [{"url": BASE + "weight", "valueString": "1"}]}, [("type-not-allowed", "Patient.extension[0]")]),
        (
            {"name": [{"extension": [{"url": BASE + "weight", "valueQuantity": {"value": 1}}]}]},
            [("extension-context", "Patient.name[0]")],
        ),
        (
            {"modifierExtension": [{"url": BASE + "weight", "valueQuantity": {"value": 1}}]},
            [("extension-does-not-modify", "Patient.modifierExtension[0]")],
        ),
        ({"extension": [{"url": "weight", "valueCode": "a"}]}, [("extension-url-relative", "Patient.extension[0]")]),
        ({"extension": [{"url": "urn:unknown", "valueCode": "a"}]}, [("extension-unknown", "Patient.extension[0]")]),
    ],
)
def test_extensions(resource: Resource, expected: list[tuple[str, str]]) -> None:
    validator = knowing(WEIGHT, policy=Policy(unknown_extension="refuse"))
    assert found(validator, {"resourceType": "Patient", **resource}) == expected


@pytest.mark.parametrize("action", ["ignore", "warn", "refuse"])
def test_unknown_profiles_are_a_setting(action: Any) -> None:
    validator = knowing(policy=Policy(unknown_profile=action))
    severities = [issue.severity for issue in validator.check({**PATIENT, "meta": {"profile": ["urn:x"]}})]
    assert severities == {"ignore": [], "warn": ["warning"], "refuse": ["error"]}[action]


def test_profiles_a_type_has_to_have() -> None:
    needs = profile("p", "Patient", {"id": "Patient.birthDate", "min": 1})
    validator = knowing(needs, policy=Policy(required_profiles={"Patient": [BASE + "p"]}))
    assert found(validator, PATIENT) == [("profile-element-missing", "Patient")]
    entry = {"fullUrl": "urn:uuid:c757873d-ec9a-4326-a141-556f43239520", "resource": PATIENT}
    bundle = {"resourceType": "Bundle", "type": "collection", "entry": [entry]}
    assert found(validator, bundle) == [("profile-element-missing", "Bundle.entry[0].resource")]


def test_a_target_at_hand_conforms_to_its_profile() -> None:
    target = profile("doctor", "Practitioner", {"id": "Practitioner.qualification", "min": 1})
    by = {"id": "Observation.performer", "type": [{"code": "Reference", "targetProfile": [BASE + "doctor"]}]}
    validator = knowing(target, profile("p", "Observation", by))
    doctor = {"resourceType": "Practitioner", "id": "d"}
    resource = {**OBSERVATION, "contained": [doctor], "performer": [{"reference": "#d"}]}
    assert found(validator, resource, "p") == [("reference-target-profile", "Observation.performer[0]")]
    doctor["qualification"] = [{"code": {"text": "MD"}}]  # type: ignore[assignment]
    assert found(validator, resource, "p") == []


def test_a_profile_changes_while_the_validator_runs() -> None:
    validator = knowing(profile("p", "Patient", {"id": "Patient.birthDate", "min": 1}))
    assert found(validator, PATIENT, "p") and found(validator, PATIENT, "q") == [
        ("profile-unknown", "Patient.meta.profile")
    ]


def test_no_error_is_lost_among_warnings() -> None:
    links = "".join(f'<a href="#x{number}">x</a>' for number in range(300))
    text = {"status": "generated", "div": f'<div xmlns="http://www.w3.org/1999/xhtml">{links}</div>'}
    patient = {"resourceType": "Patient", "text": text, "gender": "x"}
    validator = knowing(policy=Policy(narrative_links="warn"))
    severities = [issue.severity for issue in validator.check(patient)]
    assert severities.count("error") == 1 and len(severities) == 100


@pytest.mark.parametrize(("name", "expected"), [("code", []), ("cod", ["extension-part-unknown"])])
def test_the_parts_of_an_extension_are_those_its_definition_names(name: str, expected: list[str]) -> None:
    url = "http://hl7.org/fhir/StructureDefinition/patient-nationality"
    part = {"url": name, "valueCodeableConcept": {"text": "x"}}
    patient = {"resourceType": "Patient", "extension": [{"url": url, "extension": [part]}]}
    assert [issue.key for issue in knowing().check(patient)] == expected


def test_a_rule_that_takes_too_long_is_asked_once() -> None:
    rule = {"key": "s-1", "severity": "error", "human": "x", "expression": "$this.matches('^(a|aa)+$')"}
    validator = knowing(profile("p", "Patient", {"id": "Patient.name.family", "constraint": [rule]}))
    names = [{"family": "a" * 60 + "b"}] * 200
    assert found(validator, {"resourceType": "Patient", "name": names}, "p") == [
        ("constraint-too-costly", "Patient.name[0].family")
    ]
