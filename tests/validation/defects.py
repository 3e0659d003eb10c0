"""The corpus of seeded defects: a valid resource, what is done to it, and exactly what the validator has to say.

Every row has one cause, so it has the issues of that cause and no others: (message key, FHIRPath).
"""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

from tests.validation.resources import (
    BUNDLE,
    COMPOSITION,
    CONDITION,
    GONE,
    MEDICATION_REQUEST,
    OBSERVATION,
    PARAMETERS,
    PATIENT,
    QUESTIONNAIRE,
    SERVICE_REQUEST,
    Edits,
    Resource,
)


class Defect(NamedTuple):
    """A row of the corpus."""

    name: str
    base: Resource
    edits: Edits
    expected: list[tuple[str, str]]


def _d(name: str, base: Resource, edits: Edits, *expected: tuple[str, str]) -> Defect:
    return Defect(name, base, edits, list(expected))


_DIV = '<div xmlns="http://www.w3.org/1999/xhtml">{}</div>'


def _narrative(content: str) -> Edits:
    return {"text": {"status": "generated", "div": _DIV.format(content)}}


_NAMES = [
    _d("unknown element", PATIENT, {"shoeSize": 43}, ("unknown-element", "Patient")),
    _d("misspelled element", PATIENT, {"brithDate": "1974"}, ("misspelled-element", "Patient")),
    _d("wrong case", PATIENT, {"Active": True}, ("misspelled-element", "Patient")),
    _d("unknown element in a backbone", PATIENT, {"contact.0.nmae": {}}, ("misspelled-element", "Patient.contact[0]")),
    _d("unknown element in a data type", PATIENT, {"name.0.middle": "x"}, ("unknown-element", "Patient.name[0]")),
    _d("element of another type", PATIENT, {"status": "final"}, ("unknown-element", "Patient")),
    _d("comments of DSTU2", PATIENT, {"fhir_comments": ["x"]}, ("unknown-element", "Patient")),
    _d(
        "resourceType in a data type",
        PATIENT,
        {"name.0.resourceType": "HumanName"},
        ("unknown-element", "Patient.name[0]"),
    ),
    _d("_name beside an object", PATIENT, {"_name": [{"id": "a"}]}, ("misspelled-element", "Patient")),
    _d("unknown name with an underscore", PATIENT, {"_shoeSize": {"id": "a"}}, ("unknown-element", "Patient")),
    _d(
        "modifierExtension in a data type",
        PATIENT,
        {"name.0.modifierExtension": [{}]},
        ("unknown-element", "Patient.name[0]"),
    ),
    _d(
        "a required element misspelled",
        OBSERVATION,
        {"status": GONE, "statsu": "final"},
        ("misspelled-element", "Observation"),
    ),
    _d("unknown inside an extension", PATIENT, {"extension.0.foo": 1}, ("unknown-element", "Patient.extension[0]")),
    _d("an unknown name that is endless", PATIENT, {"x" * 100_000: 1}, ("unknown-element", "Patient")),
]

_CARDINALITY = [
    _d("required element absent", OBSERVATION, {"status": GONE}, ("missing-element", "Observation")),
    _d("required object absent", OBSERVATION, {"code": GONE}, ("missing-element", "Observation")),
    _d(
        "two required elements absent",
        OBSERVATION,
        {"status": GONE, "code": GONE},
        ("missing-element", "Observation"),
        ("missing-element", "Observation"),
    ),
    _d(
        "required in a backbone",
        OBSERVATION,
        {"component.0.code": GONE},
        ("missing-element", "Observation.component[0]"),
    ),
    _d(
        "required deep down",
        QUESTIONNAIRE,
        {"item.0.item.0.linkId": GONE},
        ("missing-element", "Questionnaire.item[0].item[0]"),
    ),
    _d(
        "required choice absent",
        MEDICATION_REQUEST,
        {"medicationCodeableConcept": GONE},
        ("missing-element", "MedicationRequest"),
    ),
    _d(
        "required choice in a backbone",
        QUESTIONNAIRE,
        {"item.0.item.0.answerOption.0": {"initialSelected": True}},
        ("missing-element", "Questionnaire.item[0].item[0].answerOption[0]"),
    ),
    _d("extension without url", PATIENT, {"extension.0.url": GONE}, ("missing-element", "Patient.extension[0]")),
    _d("link of two parts, one absent", PATIENT, {"link.0.type": GONE}, ("missing-element", "Patient.link[0]")),
    _d("object where an array is due", PATIENT, {"name": {"family": "Li"}}, ("array-expected", "Patient.name")),
    _d(
        "string where an array is due",
        PATIENT,
        {"name.0.given": "Li", "name.0._given": GONE},
        ("array-expected", "Patient.name[0].given"),
    ),
    _d(
        "array where one object is due",
        OBSERVATION,
        {"subject": [{"reference": "Patient/p1"}]},
        ("single-value-expected", "Observation.subject"),
    ),
    _d("array where one string is due", PATIENT, {"gender": ["male"]}, ("single-value-expected", "Patient.gender")),
    _d("array in an array", PATIENT, {"name": [[{"family": "Li"}]]}, ("single-value-expected", "Patient.name[0]")),
    _d("empty array", PATIENT, {"name": []}, ("empty-array", "Patient.name")),
    _d("empty array of primitives", PATIENT, {"address.0.line": []}, ("empty-array", "Patient.address[0].line")),
    _d("empty array of contained resources", PATIENT, {"contained": []}, ("empty-array", "Patient.contained")),
    _d("empty object", PATIENT, {"maritalStatus": {}}, ("empty-element", "Patient.maritalStatus")),
    _d("empty object in an array", PATIENT, {"name.+": {}}, ("empty-element", "Patient.name[1]")),
    _d("nothing but an id", PATIENT, {"contact.+": {"id": "a"}}, ("empty-element", "Patient.contact[1]")),
]

_SHAPES = [
    _d("string where an object is due", OBSERVATION, {"code": "15074-8"}, ("object-expected", "Observation.code")),
    _d("reference as a string", OBSERVATION, {"subject": "Patient/p1"}, ("object-expected", "Observation.subject")),
    _d("number among objects", PATIENT, {"name.+": 1}, ("object-expected", "Patient.name[1]")),
    _d("object where a string is due", PATIENT, {"gender": {"value": "male"}}, ("invalid-code", "Patient.gender")),
    _d("null element", PATIENT, {"gender": None}, ("null-value", "Patient.gender")),
    _d("null object", PATIENT, {"maritalStatus": None}, ("null-value", "Patient.maritalStatus")),
    _d("null array", PATIENT, {"name": None}, ("null-value", "Patient.name")),
    _d("null in an array of objects", PATIENT, {"name.+": None}, ("null-value", "Patient.name[1]")),
    _d(
        "null in an array of strings", PATIENT, {"address.0.line.+": None}, ("null-value", "Patient.address[0].line[1]")
    ),
    _d(
        "null on both sides",
        PATIENT,
        {"name.0.given.+": None, "name.0._given.+": None},
        ("null-value", "Patient.name[0].given[2]"),
    ),
    _d(
        "null beside nothing",
        PATIENT,
        {"address.0.line": GONE, "address.0._line": [None]},
        ("null-value", "Patient.address[0].line[0]"),
    ),
    _d("arrays of different lengths", PATIENT, {"name.0.given.+": "x"}, ("unequal-arrays", "Patient.name[0].given")),
    _d("array beside one value", PATIENT, {"_gender": [{"id": "a"}]}, ("single-value-expected", "Patient.gender")),
    _d("object beside an array", PATIENT, {"name.0._given": {"id": "a"}}, ("array-expected", "Patient.name[0].given")),
    _d("string beside a value", PATIENT, {"_birthDate": "x"}, ("object-expected", "Patient.birthDate")),
    _d(
        "an id alone instead of a value",
        PATIENT,
        {"gender": GONE, "_gender": {"id": "a"}},
        ("empty-element", "Patient.gender"),
    ),
    _d("unknown beside a value", PATIENT, {"_gender": {"value": "male"}}, ("unknown-element", "Patient.gender")),
    _d(
        "defect in an extension of a primitive",
        PATIENT,
        {"_birthDate.extension.0.valueDateTime": "x"},
        ("invalid-date-time", "Patient.birthDate.extension[0].value"),
    ),
]

_CHOICES = [
    _d("two values of a choice", OBSERVATION, {"valueString": "x"}, ("choice-several", "Observation.value")),
    _d(
        "two values, one only extended",
        OBSERVATION,
        {"_valueString": {"extension": [{"url": "urn:x", "valueCode": "x"}]}},
        ("choice-several", "Observation.value"),
    ),
    _d("two values of another choice", PATIENT, {"deceasedDateTime": "2020"}, ("choice-several", "Patient.deceased")),
    _d(
        "type that the choice does not allow",
        OBSERVATION,
        {"valueQuantity": GONE, "valueAddress": {"city": "x"}},
        ("choice-type-not-allowed", "Observation"),
    ),
    _d(
        "type that a required choice does not allow",
        MEDICATION_REQUEST,
        {"medicationCodeableConcept": GONE, "medicationString": "x"},
        ("choice-type-not-allowed", "MedicationRequest"),
    ),
    _d(
        "choice without type",
        OBSERVATION,
        {"valueQuantity": GONE, "value": {"value": 1}},
        ("choice-without-type", "Observation"),
    ),
    _d("choice in FHIRPath's spelling", OBSERVATION, {"value[x]": 1}, ("choice-without-type", "Observation")),
    _d(
        "type in the wrong case",
        OBSERVATION,
        {"valueQuantity": GONE, "valuequantity": {"value": 1}},
        ("choice-type-not-allowed", "Observation"),
    ),
    _d(
        "wrong content of a choice",
        OBSERVATION,
        {"valueQuantity.value": "6.3"},
        ("invalid-decimal", "Observation.value.value"),
    ),
]

_PRIMITIVES = [
    _d("boolean in quotes", PATIENT, {"active": "true"}, ("invalid-boolean", "Patient.active")),
    _d("number for a boolean", PATIENT, {"active": 1}, ("invalid-boolean", "Patient.active")),
    _d(
        "decimal in quotes",
        OBSERVATION,
        {"referenceRange.0.low.value": "3.1"},
        ("invalid-decimal", "Observation.referenceRange[0].low.value"),
    ),
    _d(
        "boolean for a decimal",
        OBSERVATION,
        {"valueQuantity.value": True},
        ("invalid-decimal", "Observation.value.value"),
    ),
    _d("number for a string", PATIENT, {"name.0.family": 5}, ("invalid-string", "Patient.name[0].family")),
    _d("empty string", PATIENT, {"name.0.family": ""}, ("invalid-string", "Patient.name[0].family")),
    _d("control character", PATIENT, {"name.0.family": "a\x01"}, ("invalid-string", "Patient.name[0].family")),
    _d("day that does not exist", PATIENT, {"birthDate": "2021-02-30"}, ("invalid-date", "Patient.birthDate")),
    _d("leap day of no leap year", PATIENT, {"birthDate": "1900-02-29"}, ("invalid-date", "Patient.birthDate")),
    _d("month 13", PATIENT, {"birthDate": "2021-13"}, ("invalid-date", "Patient.birthDate")),
    _d("date with slashes", PATIENT, {"birthDate": "1974/12/25"}, ("invalid-date", "Patient.birthDate")),
    _d("date with a time", PATIENT, {"birthDate": "1974-12-25T08:00:00Z"}, ("invalid-date", "Patient.birthDate")),
    _d(
        "dateTime without zone",
        OBSERVATION,
        {"effectiveDateTime": "2021-03-01T08:00:00"},
        ("invalid-date-time", "Observation.effective"),
    ),
    _d(
        "dateTime without seconds",
        OBSERVATION,
        {"effectiveDateTime": "2021-03-01T08:00Z"},
        ("invalid-date-time", "Observation.effective"),
    ),
    _d("instant without time", OBSERVATION, {"issued": "2021-03-01"}, ("invalid-instant", "Observation.issued")),
    _d(
        "code with a space at its end", PATIENT, {"meta.tag.0.code": "a "}, ("invalid-code", "Patient.meta.tag[0].code")
    ),
    _d(
        "uri with a space", PATIENT, {"identifier.0.system": "urn:a b"}, ("invalid-uri", "Patient.identifier[0].system")
    ),
    _d("id with an underscore", PATIENT, {"id": "a_b"}, ("invalid-id", "Patient.id")),
    _d("id of 65 characters", PATIENT, {"id": "a" * 65}, ("invalid-id", "Patient.id")),
    _d("empty id", PATIENT, {"id": ""}, ("invalid-id", "Patient.id")),
    _d("positiveInt of zero", PATIENT, {"telecom.0.rank": 0}, ("invalid-positive-int", "Patient.telecom[0].rank")),
    _d(
        "integer with a fraction",
        PATIENT,
        {"multipleBirthInteger": Decimal("1.5")},
        ("invalid-integer", "Patient.multipleBirth"),
    ),
    _d(
        "integer beyond 32 bits", PATIENT, {"multipleBirthInteger": 2**31}, ("invalid-integer", "Patient.multipleBirth")
    ),
    _d(
        "base64 of a wrong length",
        PATIENT,
        {"photo": [{"contentType": "image/png", "data": "abc"}]},
        ("invalid-base64-binary", "Patient.photo[0].data"),
    ),
    _d(
        "time of day 24",
        SERVICE_REQUEST,
        {"occurrenceTiming.repeat.timeOfDay": ["24:00:00"]},
        ("invalid-time", "ServiceRequest.occurrence.repeat.timeOfDay[0]"),
    ),
    _d("one of several strings", PATIENT, {"address.0.line.+": 1}, ("invalid-string", "Patient.address[0].line[1]")),
]

_BINDINGS = [
    _d("code outside its value set", PATIENT, {"gender": "M"}, ("code-not-in-value-set", "Patient.gender")),
    _d("code in the wrong case", PATIENT, {"gender": "Male"}, ("code-not-in-value-set", "Patient.gender")),
    _d("status of no value set", OBSERVATION, {"status": "done"}, ("code-not-in-value-set", "Observation.status")),
    _d("code of a data type", PATIENT, {"name.0.use": "nick"}, ("code-not-in-value-set", "Patient.name[0].use")),
    _d(
        "code in a backbone", PATIENT, {"contact.0.gender": "f"}, ("code-not-in-value-set", "Patient.contact[0].gender")
    ),
    _d("priority", SERVICE_REQUEST, {"priority": "high"}, ("code-not-in-value-set", "ServiceRequest.priority")),
    _d(
        "comparator",
        OBSERVATION,
        {"valueQuantity.comparator": "=<"},
        ("code-not-in-value-set", "Observation.value.comparator"),
    ),
    _d(
        "currency",
        PARAMETERS,
        {"parameter.+": {"name": "m", "valueMoney": {"value": 1, "currency": "RMB"}}},
        ("code-not-in-value-set", "Parameters.parameter[3].value.currency"),
    ),
    _d(
        "resource type as a code",
        QUESTIONNAIRE,
        {"subjectType": ["Pateint"]},
        ("code-not-in-value-set", "Questionnaire.subjectType[0]"),
    ),
    _d(
        "concept with a code of no value set",
        CONDITION,
        {"clinicalStatus.coding.0.code": "ill"},
        ("code-not-in-value-set", "Condition.clinicalStatus"),
    ),
    _d(
        "concept of another code system",
        CONDITION,
        {"clinicalStatus.coding.0.system": "urn:x"},
        ("code-not-in-value-set", "Condition.clinicalStatus"),
    ),
    _d(
        "concept without coding",
        CONDITION,
        {"clinicalStatus": {"text": "active"}},
        ("code-not-in-value-set", "Condition.clinicalStatus"),
    ),
    _d(
        "coding without system",
        CONDITION,
        {"clinicalStatus.coding.0.system": GONE},
        ("code-not-in-value-set", "Condition.clinicalStatus"),
    ),
    _d("bound code that is no code", PATIENT, {"gender": 1}, ("invalid-code", "Patient.gender")),
]

_EXTENSIONS = [
    _d("extension of nothing", PATIENT, {"extension.0.valueCode": GONE}, ("extension-empty", "Patient.extension[0]")),
    _d(
        "extension of both",
        PATIENT,
        {"extension.1.valueCode": "x"},
        ("extension-value-and-extensions", "Patient.extension[1]"),
    ),
    _d(
        "extension of two values",
        PATIENT,
        {"extension.0.valueString": "x"},
        ("choice-several", "Patient.extension[0].value"),
    ),
    _d(
        "extension of no such type",
        PATIENT,
        {"extension.0": {"url": "urn:x", "valueNarrative": {}}},
        ("choice-type-not-allowed", "Patient.extension[0]"),
    ),
    _d(
        "extension within an extension",
        PATIENT,
        {"extension.1.extension.0.valueString": 5},
        ("invalid-string", "Patient.extension[1].extension[0].value"),
    ),
    _d(
        "modifierExtension of nothing",
        PATIENT,
        {"modifierExtension": [{"url": "urn:x"}]},
        ("extension-empty", "Patient.modifierExtension[0]"),
    ),
]

_REFERENCES = [
    _d(
        "target of a wrong type",
        OBSERVATION,
        {"subject.reference": "Practitioner/1"},
        ("reference-target", "Observation.subject"),
    ),
    _d(
        "absolute target of a wrong type",
        OBSERVATION,
        {"performer.0.reference": "https://x.org/r4/Device/1/_history/2"},
        ("reference-target", "Observation.performer[0]"),
    ),
    _d(
        "conditional target of a wrong type",
        OBSERVATION,
        {"subject.reference": "Practitioner?identifier=1"},
        ("reference-target", "Observation.subject"),
    ),
    _d(
        "contained target of a wrong type",
        SERVICE_REQUEST,
        {"specimen.0.reference": "#doc", "supportingInfo": [{"reference": "#serum"}]},
        ("reference-target", "ServiceRequest.specimen[0]"),
    ),
    _d(
        "type of a wrong type",
        OBSERVATION,
        {"subject": {"type": "Practitioner", "identifier": {"value": "1"}}},
        ("reference-target", "Observation.subject"),
    ),
    _d(
        "target in the Bundle of a wrong type",
        BUNDLE,
        {"entry.1.resource.performer": [{"reference": "urn:uuid:22222222-2222-2222-2222-222222222222"}]},
        ("reference-target", "Bundle.entry[1].resource.performer[0]"),
    ),
    _d(
        "misspelled type",
        OBSERVATION,
        {"subject.reference": "Pateint/1"},
        ("resource-type-unknown", "Observation.subject.reference"),
    ),
    _d(
        "type in the wrong case",
        OBSERVATION,
        {"subject.reference": "patient/1"},
        ("resource-type-unknown", "Observation.subject.reference"),
    ),
    _d(
        "type that R4 has not",
        OBSERVATION,
        {"subject": {"type": "Pateint", "display": "x"}},
        ("resource-type-unknown", "Observation.subject.type"),
    ),
    _d(
        "type and reference disagree",
        OBSERVATION,
        {"subject.type": "Group"},
        ("reference-type-disagrees", "Observation.subject.type"),
    ),
    _d(
        "no form of a reference",
        OBSERVATION,
        {"subject.reference": "12345"},
        ("reference-malformed", "Observation.subject.reference"),
    ),
    _d(
        "reference with an id that is none",
        OBSERVATION,
        {"subject.reference": "Patient/a_b"},
        ("reference-malformed", "Observation.subject.reference"),
    ),
    _d(
        "what is not contained",
        SERVICE_REQUEST,
        {"requester.reference": "#nobody", "performer": [{"reference": "#doc"}]},
        ("contained-not-found", "ServiceRequest.requester.reference"),
    ),
    _d(
        "nothing is contained",
        OBSERVATION,
        {"subject.reference": "#p"},
        ("contained-not-found", "Observation.subject.reference"),
    ),
]

_CONTAINED = [
    _d(
        "contained in the contained",
        SERVICE_REQUEST,
        {"contained.0.contained": [{"resourceType": "Patient", "id": "p"}]},
        ("contained-nested", "ServiceRequest.contained[0].contained"),
    ),
    _d(
        "contained without id",
        SERVICE_REQUEST,
        {"contained.+": {"resourceType": "Patient", "active": True}},
        ("contained-without-id", "ServiceRequest.contained[2]"),
    ),
    _d(
        "contained twice",
        SERVICE_REQUEST,
        {"contained.+": {"resourceType": "Patient", "id": "doc"}},
        ("contained-duplicate-id", "ServiceRequest.contained[2].id"),
    ),
    _d(
        "contained and not referred to",
        SERVICE_REQUEST,
        {"requester": GONE},
        ("contained-unreferenced", "ServiceRequest.contained[1]"),
    ),
    _d(
        "contained with a version",
        SERVICE_REQUEST,
        {"contained.0.meta": {"versionId": "1"}},
        ("contained-versioned", "ServiceRequest.contained[0].meta.versionId"),
    ),
    _d(
        "contained with a time",
        SERVICE_REQUEST,
        {"contained.0.meta": {"lastUpdated": "2021-03-01T09:00:00Z"}},
        ("contained-versioned", "ServiceRequest.contained[0].meta.lastUpdated"),
    ),
    _d(
        "contained with a label",
        SERVICE_REQUEST,
        {"contained.0.meta": {"security": [{"code": "R"}]}},
        ("contained-security", "ServiceRequest.contained[0].meta.security"),
    ),
    _d(
        "contained of no type",
        SERVICE_REQUEST,
        {"contained.0.resourceType": GONE},
        ("resource-type-missing", "ServiceRequest.contained[0]"),
    ),
    _d(
        "contained of an unknown type",
        SERVICE_REQUEST,
        {"contained.0.resourceType": "Specimens"},
        ("resource-type-unknown", "ServiceRequest.contained[0]"),
    ),
    _d(
        "contained of an abstract type",
        SERVICE_REQUEST,
        {"contained.0.resourceType": "DomainResource"},
        ("resource-type-unknown", "ServiceRequest.contained[0]"),
    ),
    _d(
        "defect in the contained",
        SERVICE_REQUEST,
        {"contained.1.name.0.use": "x"},
        ("code-not-in-value-set", "ServiceRequest.contained[1].name[0].use"),
    ),
    _d(
        "contained that is no object",
        SERVICE_REQUEST,
        {"contained.+": "Patient"},
        ("not-a-resource", "ServiceRequest.contained[2]"),
    ),
    _d("contained in Parameters", PARAMETERS, {"contained": []}, ("unknown-element", "Parameters")),
]

_RESOURCES = [
    _d("resource of an unknown type", PATIENT, {"resourceType": "Pacient"}, ("resource-type-unknown", "")),
    _d("resource without a type", PATIENT, {"resourceType": GONE}, ("resource-type-missing", "")),
    _d("resourceType that is no string", PATIENT, {"resourceType": 1}, ("resource-type-not-a-string", "")),
    _d(
        "defect in an entry",
        BUNDLE,
        {"entry.1.resource.status": "x"},
        ("code-not-in-value-set", "Bundle.entry[1].resource.status"),
    ),
    _d(
        "entry of an unknown type",
        BUNDLE,
        {"entry.0.resource": {"resourceType": "Pat"}},
        ("resource-type-unknown", "Bundle.entry[0].resource"),
    ),
    _d("entry that is no resource", BUNDLE, {"entry.0.resource": []}, ("not-a-resource", "Bundle.entry[0].resource")),
    _d("null entry", BUNDLE, {"entry.0.resource": None}, ("null-value", "Bundle.entry[0].resource")),
    _d(
        "outcome of an entry",
        BUNDLE,
        {"entry.0.response": {"status": "400", "outcome": {"resourceType": "OperationOutcome"}}},
        ("missing-element", "Bundle.entry[0].response.outcome"),
        ("bdl-4", "Bundle"),
    ),
    _d(
        "defect in Parameters",
        PARAMETERS,
        {"parameter.0.resource.gender": "x"},
        ("code-not-in-value-set", "Parameters.parameter[0].resource.gender"),
    ),
    _d(
        "defect in a part of Parameters",
        PARAMETERS,
        {"parameter.2.part.0.name": GONE},
        ("missing-element", "Parameters.parameter[2].part[0]"),
    ),
    _d(
        "comparator in a SimpleQuantity",
        MEDICATION_REQUEST,
        {"dispenseRequest.quantity.comparator": "<"},
        ("simple-quantity-comparator", "MedicationRequest.dispenseRequest.quantity.comparator"),
    ),
]

_NARRATIVES = [
    _d("narrative with a script", PATIENT, _narrative("<script>x</script>"), ("narrative-element", "Patient.text.div")),
    _d(
        "narrative with a handler",
        PATIENT,
        _narrative('<p onclick="x()">x</p>'),
        ("narrative-attribute", "Patient.text.div"),
    ),
    _d("narrative with a form", PATIENT, _narrative("<form>x</form>"), ("narrative-element", "Patient.text.div")),
    _d(
        "narrative that runs code",
        PATIENT,
        _narrative('<a href="javascript:x()">x</a>'),
        ("narrative-link", "Patient.text.div"),
    ),
    _d("narrative without content", PATIENT, _narrative("<p> </p>"), ("narrative-empty", "Patient.text.div")),
    _d("narrative that is not well-formed", PATIENT, _narrative("<p>x"), ("xml-tags", "Patient.text.div")),
    _d("narrative with an entity", PATIENT, _narrative("a&nbsp;b"), ("xml-entity", "Patient.text.div")),
    _d(
        "narrative without namespace",
        PATIENT,
        {"text": {"status": "generated", "div": "<div>x</div>"}},
        ("narrative-not-div", "Patient.text.div"),
    ),
    _d(
        "narrative that is no div",
        PATIENT,
        {"text": {"status": "generated", "div": "<p xmlns='http://www.w3.org/1999/xhtml'>x</p>"}},
        ("narrative-not-div", "Patient.text.div"),
    ),
    _d(
        "narrative that is no string",
        PATIENT,
        {"text": {"status": "generated", "div": 1}},
        ("invalid-xhtml", "Patient.text.div"),
    ),
    _d(
        "narrative of an empty string",
        PATIENT,
        {"text": {"status": "generated", "div": ""}},
        ("invalid-xhtml", "Patient.text.div"),
    ),
    _d("narrative without status", PATIENT, {"text": {"div": _DIV.format("x")}}, ("missing-element", "Patient.text")),
    _d(
        "narrative in a section",
        COMPOSITION,
        {"section.0.text.div": _DIV.format("<script>x</script>")},
        ("narrative-element", "Composition.section[0].text.div"),
    ),
]

DEFECTS: list[Defect] = [
    *_NAMES,
    *_CARDINALITY,
    *_SHAPES,
    *_CHOICES,
    *_PRIMITIVES,
    *_BINDINGS,
    *_EXTENSIONS,
    *_REFERENCES,
    *_CONTAINED,
    *_RESOURCES,
    *_NARRATIVES,
]
