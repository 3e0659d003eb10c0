"""A small world for checks by the letter of search.html: every kind of value, with its edges."""

from __future__ import annotations

from typing import Any

LOINC, UCUM, LOCAL = "http://loinc.org", "http://unitsofmeasure.org", "http://example.org/cs"
RESIDENT = "urn:oid:2.16.156.10011.1.3"
V2_0203 = "http://terminology.hl7.org/CodeSystem/v2-0203"


def _observation(id: str, **more: Any) -> dict[str, Any]:
    return {"resourceType": "Observation", "id": id, "status": "final", "code": {"text": id}, **more}


def _coded(system: str | None, code: str, **more: Any) -> dict[str, Any]:
    coding = {"code": code, **more} if system is None else {"system": system, "code": code, **more}
    return {"coding": [coding]}


def _quantity(
    value: Any, unit: str | None = None, system: str | None = None, code: str | None = None
) -> dict[str, Any]:
    found = {"value": value, "unit": unit, "system": system, "code": code}
    return {name: each for name, each in found.items() if each is not None}


def _risk(id: str, probability: Any) -> dict[str, Any]:
    return {
        "resourceType": "RiskAssessment",
        "id": id,
        "status": "final",
        "subject": {"reference": "Patient/p1"},
        "prediction": [{"probabilityDecimal": probability}],
    }


ORGANIZATIONS: list[dict[str, Any]] = [
    {"resourceType": "Organization", "id": "oa", "name": "Sunrise Hospital", "alias": ["日出医院"], "active": True},
    {"resourceType": "Organization", "id": "ob", "name": "Ward B", "partOf": {"reference": "Organization/oa"}},
    {"resourceType": "Organization", "id": "oc", "name": "Ward 100%_C", "partOf": {"reference": "Organization/ob"}},
]

PEOPLE: list[dict[str, Any]] = [
    {
        "resourceType": "Practitioner",
        "id": "dr",
        "name": [{"family": "陈", "given": ["伟"]}],
        "telecom": [{"system": "phone", "value": "+86 10 8888"}, {"system": "email", "value": "Dr.Chen@Example.org"}],
        "identifier": [{"system": "http://example.org/staff", "value": "77"}],
    },
    {
        "resourceType": "Patient",
        "id": "p1",
        "meta": {
            "tag": [{"system": "http://example.org/tag", "code": "vip"}],
            "security": [{"system": "http://terminology.hl7.org/CodeSystem/v3-Confidentiality", "code": "R"}],
            "profile": ["http://example.org/StructureDefinition/p"],
            "source": "http://example.org/his#42",
        },
        "active": True,
        "name": [
            {"use": "official", "family": "Chalmers", "given": ["Peter", "James"]},
            {"use": "usual", "given": ["Jim"]},
        ],
        "gender": "male",
        "birthDate": "1974-12-25",
        "deceasedBoolean": False,
        "address": [{"city": "PleasantVille", "country": "AU", "postalCode": "3999"}],
        "telecom": [{"system": "phone", "value": "(03) 5555 6473"}],
        "identifier": [
            {
                "type": _coded(V2_0203, "MR"),
                "system": "urn:oid:1.2.36",
                "value": "12345",
            }
        ],
        "generalPractitioner": [{"reference": "Practitioner/dr"}],
        "managingOrganization": {"reference": "Organization/ob"},
        "communication": [{"language": _coded("urn:ietf:bcp:47", "zh-CN")}],
    },
    {
        "resourceType": "Patient",
        "id": "p2",
        "active": False,
        "name": [{"family": "O'Connor-Smith", "given": ["Renée"]}],
        "gender": "female",
        "birthDate": "1980-05",
        "deceasedDateTime": "2020-02-02",
        "managingOrganization": {"reference": "Organization/oc"},
        "identifier": [{"value": "12345"}, {"system": "urn:oid:1.2.37", "value": "x|y"}],
    },
    {"resourceType": "Patient", "id": "p3", "name": [{"text": "欧阳修"}], "birthDate": "2001"},
    {
        "resourceType": "Patient",
        "id": "p4",
        "name": [{"family": "重", "given": ["庆"]}],
        "identifier": [{"system": RESIDENT, "value": "11010519491231002X"}],
    },
    {
        "resourceType": "Patient",
        "id": "p5",
        "identifier": [{"use": "old", "system": RESIDENT, "value": "110105491231002"}],
    },
]

ENCOUNTERS: list[dict[str, Any]] = [
    {
        "resourceType": "Encounter",
        "id": id,
        "status": "finished",
        "class": {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": code},
        "subject": {"reference": f"Patient/{patient}"},
        "period": period,
    }
    for id, code, patient, period in (
        ("e1", "AMB", "p1", {"start": "2013-01-14T08:00:00+08:00", "end": "2013-01-14T10:00:00+08:00"}),
        ("e2", "IMP", "p1", {"start": "2013-01-21"}),
        ("e3", "IMP", "p2", {"end": "2013-01-21"}),
        ("e4", "EMER", "p2", {"start": "2013-03-15"}),
    )
]

OBSERVATIONS: list[dict[str, Any]] = [
    _observation("day", effectiveDateTime="2013-01-14", subject={"reference": "Patient/p1"}),
    _observation("midnight", effectiveDateTime="2013-01-14T00:00:00+08:00", subject={"reference": "Patient/p1"}),
    _observation("ten", effectiveDateTime="2013-01-14T10:00:00+08:00", subject={"reference": "Patient/p2"}),
    _observation("next", effectiveDateTime="2013-01-15T00:00:00+08:00", subject={"reference": "Patient/p2"}),
    # 2013-01-15 03:00 in Shanghai
    _observation("zulu", effectiveDateTime="2013-01-14T19:00:00Z"),
    _observation("month", effectivePeriod={"start": "2013-01", "end": "2013-02"}),
    _observation("undated", subject={"identifier": {"system": "urn:oid:1.2.36", "value": "12345"}}),
    _observation("mg", code=_coded(LOCAL, "dose"), valueQuantity=_quantity(5.4, "mg", UCUM, "mg")),
    _observation("g", code=_coded(LOCAL, "dose"), valueQuantity=_quantity(0.0054, "g", UCUM, "g")),
    _observation("bare", code=_coded(LOCAL, "count"), valueQuantity=_quantity(5.4)),
    _observation("said", code=_coded(LOCAL, "dose"), valueQuantity=_quantity(5.4, "mg")),
    _observation(
        "less", code=_coded(LOCAL, "dose"), valueQuantity={**_quantity(2, "mg", UCUM, "mg"), "comparator": "<"}
    ),
    _observation(
        "panel",
        code=_coded(LOINC, "85354-9", display="Blood pressure panel"),
        component=[
            {"code": _coded(LOINC, "8480-6"), "valueQuantity": _quantity(150, "mmHg", UCUM, "mm[Hg]")},
            {"code": _coded(LOINC, "8462-4"), "valueQuantity": _quantity(90, "mmHg", UCUM, "mm[Hg]")},
        ],
        hasMember=[{"reference": "Observation/mg"}],
    ),
    _observation("root", code=_coded(LOCAL, "a"), valueCodeableConcept=_coded(LOCAL, "b", display="Bee")),
    _observation("child", code=_coded(LOCAL, "b"), valueCodeableConcept={"text": "free words here"}),
    _observation("leaf", code=_coded(LOCAL, "c"), status="amended", subject={"reference": "Group/g"}),
    _observation("nosystem", code=_coded(None, "a"), status="cancelled"),
    _observation("case", code=_coded(LOCAL, "A")),
    _observation("pinned", subject={"reference": "Patient/p1/_history/1"}),
    _observation("away", subject={"reference": "http://other.example.org/fhir/Patient/p1"}),
]

OTHERS: list[dict[str, Any]] = [
    {
        "resourceType": "Group",
        "id": "g",
        "type": "person",
        "actual": True,
        "member": [{"entity": {"reference": "Patient/p2"}}],
    },
    *(_risk(id, value) for id, value in (("r40", 0.4), ("r400", 0.400), ("r41", 0.41), ("r5", 0.5), ("r1", 1))),
    {
        "resourceType": "CodeSystem",
        "id": "cs",
        "url": LOCAL,
        "status": "active",
        "content": "complete",
        "hierarchyMeaning": "is-a",
        "caseSensitive": True,
        "concept": [
            {"code": "a", "concept": [{"code": "b", "concept": [{"code": "c"}]}]},
            {"code": "A"},
            {"code": "dose"},
            {"code": "count"},
        ],
    },
    {
        "resourceType": "ValueSet",
        "id": "vs",
        "url": "http://example.org/fhir/ValueSet/some/letters",
        "status": "active",
        "compose": {"include": [{"system": LOCAL, "concept": [{"code": "a"}, {"code": "c"}]}]},
    },
    {"resourceType": "ValueSet", "id": "vs2", "url": "http://example.org/fhir/ValueSet/somewhere", "status": "draft"},
    {"resourceType": "ValueSet", "id": "vs3", "url": "urn:oid:1.2.3.4", "status": "draft"},
    {
        "resourceType": "Location",
        "id": "bund",
        "status": "active",
        "position": {"latitude": 31.2397, "longitude": 121.4906},
    },
    {"resourceType": "Location", "id": "west", "status": "active", "position": {"latitude": 0, "longitude": -179.99}},
    {
        "resourceType": "List",
        "id": "l",
        "status": "current",
        "mode": "working",
        "entry": [{"item": {"reference": "Patient/p1"}}, {"item": {"reference": "Observation/mg"}}],
    },
    {
        "resourceType": "Task",
        "id": "t",
        "status": "requested",
        "intent": "order",
        "owner": {"reference": "Organization/ob"},
        "focus": {"reference": "Observation/panel"},
        "for": {"reference": "Patient/p1"},
    },
    {
        "resourceType": "DiagnosticReport",
        "id": "rep",
        "status": "final",
        "code": {"text": "化验单"},
        "subject": {"reference": "Patient/p1"},
        "result": [{"reference": "Observation/panel"}],
        "conclusion": "患者血糖偏高，建议复查",
        "text": {
            "status": "generated",
            "div": '<div xmlns="http://www.w3.org/1999/xhtml">空腹血糖升高 <b>glucose</b> high</div>',
        },
    },
    {
        "resourceType": "MedicationRequest",
        "id": "mr",
        "status": "active",
        "intent": "order",
        "medicationReference": {"reference": "Medication/m"},
        "subject": {"reference": "Patient/p1"},
    },
    {"resourceType": "Medication", "id": "m", "code": _coded(LOCAL, "dose")},
]

#: In an order in which every reference leads to something that is there.
RESOURCES = [*ORGANIZATIONS, *PEOPLE, *ENCOUNTERS, *OTHERS[:1], *OBSERVATIONS, *OTHERS[1:]]
