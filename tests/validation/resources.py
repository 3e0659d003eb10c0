"""Valid resources that the corpus mutates, and the mutations."""

from __future__ import annotations

from copy import deepcopy
from decimal import Decimal
from typing import Any

Resource = dict[str, Any]

#: A mutation: path ("contact.0.gender") -> what to put there; GONE takes it away. "name.+" appends to an array.
Edits = dict[str, Any]


class _Gone:
    """The value of a mutation that takes something away."""


GONE = _Gone()

EXTENSION = {"url": "urn:x", "valueString": "x"}

PATIENT: Resource = {
    "resourceType": "Patient",
    "id": "p1",
    "meta": {
        "versionId": "1",
        "lastUpdated": "2021-03-01T08:00:00.000+08:00",
        "tag": [{"system": "urn:t", "code": "a"}],
    },
    "language": "zh-CN",
    "extension": [{"url": "urn:simple", "valueCode": "x"}, {"url": "urn:complex", "extension": [EXTENSION]}],
    "identifier": [{"use": "official", "system": "urn:oid:1.2.36", "value": "12345"}],
    "active": True,
    "name": [{"use": "official", "family": "王", "given": ["小", "明"], "_given": [{"id": "g1"}, None]}],
    "telecom": [{"system": "phone", "value": "021", "use": "home", "rank": 1}],
    "gender": "male",
    "birthDate": "1974-12-25",
    "_birthDate": {"extension": [{"url": "urn:birthTime", "valueDateTime": "1974-12-25T14:35:45-05:00"}]},
    "deceasedBoolean": False,
    "address": [{"use": "home", "line": ["1 Road"], "city": "Shanghai", "period": {"start": "1974-12-25"}}],
    "contact": [{"name": {"family": "Li"}, "gender": "female", "organization": {"reference": "Organization/1"}}],
    "communication": [{"language": {"coding": [{"system": "urn:ietf:bcp:47", "code": "zh"}]}, "preferred": True}],
    "managingOrganization": {"reference": "Organization/1", "display": "Hospital"},
    "generalPractitioner": [{"reference": "Practitioner/1", "type": "Practitioner"}],
    "link": [{"other": {"reference": "Patient/2"}, "type": "seealso"}],
}

OBSERVATION: Resource = {
    "resourceType": "Observation",
    "id": "o1",
    "status": "final",
    "category": [{"coding": [{"system": "urn:c", "code": "laboratory"}]}],
    "code": {"coding": [{"system": "http://loinc.org", "code": "15074-8"}], "text": "Glucose"},
    "subject": {"reference": "Patient/p1"},
    "effectiveDateTime": "2021-03-01T08:00:00+08:00",
    "issued": "2021-03-01T09:00:00.5Z",
    "performer": [{"reference": "http://example.org/fhir/Practitioner/f005"}],
    "valueQuantity": {
        "value": Decimal("6.30"),
        "unit": "mmol/l",
        "system": "http://unitsofmeasure.org",
        "code": "mmol/L",
    },
    "referenceRange": [{"low": {"value": Decimal("3.1")}, "high": {"value": Decimal("6.2")}, "text": "3.1-6.2"}],
    "component": [{"code": {"text": "part"}, "valueString": "x"}],
}

SERVICE_REQUEST: Resource = {
    "resourceType": "ServiceRequest",
    "id": "s1",
    "contained": [
        {"resourceType": "Specimen", "id": "serum", "subject": {"reference": "Patient/p1"}},
        {"resourceType": "Practitioner", "id": "doc", "name": [{"family": "Li"}]},
    ],
    "status": "active",
    "intent": "order",
    "priority": "routine",
    "subject": {"reference": "Patient/p1"},
    "requester": {"reference": "#doc"},
    "specimen": [{"reference": "#serum"}],
    "occurrenceTiming": {"repeat": {"boundsPeriod": {"start": "2021"}, "frequency": 1, "period": 1, "periodUnit": "d"}},
    "quantityQuantity": {"value": 1},
}

MEDICATION_REQUEST: Resource = {
    "resourceType": "MedicationRequest",
    "status": "active",
    "intent": "order",
    "medicationCodeableConcept": {"text": "aspirin"},
    "subject": {"reference": "Patient/p1"},
    "dispenseRequest": {"quantity": {"value": 30}, "performer": {"reference": "Organization/1"}},
    "dosageInstruction": [{"sequence": 1, "doseAndRate": [{"doseQuantity": {"value": Decimal("0.5")}}]}],
}

CONDITION: Resource = {
    "resourceType": "Condition",
    "clinicalStatus": {
        "coding": [{"system": "http://terminology.hl7.org/CodeSystem/condition-clinical", "code": "active"}]
    },
    "subject": {"reference": "Patient/p1"},
    "onsetAge": {"value": 52, "unit": "years", "system": "http://unitsofmeasure.org", "code": "a"},
}

QUESTIONNAIRE: Resource = {
    "resourceType": "Questionnaire",
    "url": "http://example.org/q",
    "status": "draft",
    "item": [
        {
            "linkId": "1",
            "type": "group",
            "item": [{"linkId": "1.1", "type": "choice", "answerOption": [{"valueInteger": 1}, {"valueString": "x"}]}],
        }
    ],
}

BUNDLE: Resource = {
    "resourceType": "Bundle",
    "type": "transaction",
    "entry": [
        {
            "fullUrl": "urn:uuid:11111111-1111-1111-1111-111111111111",
            "resource": {"resourceType": "Patient", "name": [{"family": "Li"}]},
            "request": {"method": "POST", "url": "Patient"},
        },
        {
            "fullUrl": "urn:uuid:22222222-2222-2222-2222-222222222222",
            "resource": {
                "resourceType": "Observation",
                "status": "final",
                "code": {"text": "x"},
                "subject": {"reference": "urn:uuid:11111111-1111-1111-1111-111111111111"},
            },
            "request": {"method": "POST", "url": "Observation"},
        },
    ],
}

COMPOSITION: Resource = {
    "resourceType": "Composition",
    "status": "final",
    "type": {"text": "referral"},
    "date": "2021-03",
    "author": [{"reference": "Practitioner/1"}],
    "title": "Referral",
    "section": [
        {
            "title": "Reason",
            "text": {"status": "generated", "div": '<div xmlns="http://www.w3.org/1999/xhtml"><p>x</p></div>'},
        }
    ],
}

PARAMETERS: Resource = {
    "resourceType": "Parameters",
    "parameter": [
        {"name": "resource", "resource": {"resourceType": "Patient", "active": True}},
        {"name": "coding", "valueCoding": {"system": "http://loinc.org", "code": "x"}},
        {"name": "match", "part": [{"name": "score", "valueDecimal": Decimal("0.90")}]},
    ],
}


def mutated(base: Resource, edits: Edits) -> Resource:
    """A copy of a resource with changes made at paths."""
    resource = deepcopy(base)
    for path, value in edits.items():
        *steps, last = path.split(".")
        place: Any = resource
        for step in steps:
            place = place[int(step) if isinstance(place, list) else step]
        _put(place, last, deepcopy(value) if value is not GONE else GONE)
    return resource


def _put(place: Any, last: str, value: Any) -> None:
    if isinstance(place, list) and last == "+":
        place.append(value)
        return
    key: Any = int(last) if isinstance(place, list) else last
    if value is GONE:
        del place[key]
    else:
        place[key] = value
