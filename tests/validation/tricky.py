"""Resources that look wrong and are not: every row is valid R4."""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

from tests.validation.resources import (
    BUNDLE,
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


class Tricky(NamedTuple):
    """A row of the corpus."""

    name: str
    base: Resource
    edits: Edits


_ABSENT = {"extension": [{"url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason", "valueCode": "unknown"}]}
_DIV = '<div xmlns="http://www.w3.org/1999/xhtml"{}>{}</div>'


def _narrative(div: str) -> Edits:
    return {"text": {"status": "generated", "div": div}}


TRICKY: list[Tricky] = [
    Tricky("nothing but a type", {"resourceType": "Patient"}, {}),
    Tricky("nothing but a type and an id", {"resourceType": "Patient", "id": "a"}, {}),
    Tricky("required primitive that is only extended", OBSERVATION, {"status": GONE, "_status": _ABSENT}),
    Tricky(
        "required choice that is only extended",
        QUESTIONNAIRE,
        {"item.0.item.0.answerOption.0": {"_valueDate": _ABSENT}},
    ),
    Tricky(
        "choice with both halves", OBSERVATION, {"valueQuantity": GONE, "valueString": "x", "_valueString": {"id": "v"}}
    ),
    Tricky("array with a gap", PATIENT, {"name.0.given": ["a", None], "name.0._given": [None, _ABSENT]}),
    Tricky("array of gaps only", PATIENT, {"name.0.given": [None], "name.0._given": [_ABSENT]}),
    Tricky("extensions without values beside", PATIENT, {"name.0.given": GONE, "name.0._given": [_ABSENT]}),
    Tricky("an id beside a value", PATIENT, {"_gender": {"id": "g"}}),
    Tricky("id and extension beside no value", PATIENT, {"gender": GONE, "_gender": {"id": "g", **_ABSENT}}),
    Tricky("an element id that no resource could have", PATIENT, {"name.0.id": "a_b/c"}),
    Tricky("leap day", PATIENT, {"birthDate": "2000-02-29"}),
    Tricky("year alone", PATIENT, {"birthDate": "1974"}),
    Tricky("leap second", OBSERVATION, {"issued": "2016-12-31T23:59:60Z"}),
    Tricky("zone of fourteen hours", OBSERVATION, {"effectiveDateTime": "2021-03-01T08:00:00+14:00"}),
    Tricky("nine digits of a second", OBSERVATION, {"issued": "2021-03-01T08:00:00.123456789Z"}),
    Tricky("whole number as a decimal", OBSERVATION, {"valueQuantity.value": 6}),
    Tricky("decimal with an exponent", OBSERVATION, {"valueQuantity.value": Decimal("1E+2")}),
    Tricky(
        "negative decimal of many digits", OBSERVATION, {"valueQuantity.value": Decimal("-0.000000000000000000000001")}
    ),
    Tricky("code with a space inside", PATIENT, {"meta.tag.0.code": "a b"}),
    Tricky("base64 with line ends", PATIENT, {"photo": [{"contentType": "text/plain", "data": "YWJj\r\nZGVm"}]}),
    Tricky("string with line ends and tabs", PATIENT, {"name.0.text": "a\r\n\tb"}),
    Tricky("string in another script", PATIENT, {"name.0.family": "𠮷田"}),
    Tricky(
        "extension deep in extensions",
        PATIENT,
        {"extension.1.extension.0": {"url": "urn:y", "extension": [{"url": "z", "valueBoolean": False}]}},
    ),
    Tricky("extension whose value is only extended", PATIENT, {"extension.0": {"url": "urn:x", "_valueDate": _ABSENT}}),
    Tricky("extension with a relative url", PATIENT, {"extension.1.extension.0.url": "part"}),
    Tricky(
        "extension of false and zero", PATIENT, {"extension.+": {"url": "urn:n", "valueInteger": 0}, "active": False}
    ),
    Tricky("unknown code in an extensible binding", CONDITION, {"severity": {"coding": [{"code": "bad"}]}}),
    Tricky(
        "concept with one of two codings in the value set",
        CONDITION,
        {"clinicalStatus.coding.+": {"system": "urn:own", "code": "9"}},
    ),
    Tricky("MIME type of no list", PATIENT, {"photo": [{"contentType": "application/x-own"}]}),
    Tricky("reference with a version", OBSERVATION, {"subject.reference": "Patient/p1/_history/3"}),
    Tricky(
        "reference to another server that is no FHIR server",
        OBSERVATION,
        {"subject.reference": "http://example.org/people?id=1"},
    ),
    Tricky(
        "urn that no entry has", OBSERVATION, {"subject.reference": "urn:uuid:33333333-3333-3333-3333-333333333333"}
    ),
    Tricky("reference by identifier", OBSERVATION, {"subject": {"identifier": {"value": "1"}}}),
    Tricky("reference by display", OBSERVATION, {"subject": {"display": "somebody"}}),
    Tricky(
        "type of a logical model",
        PATIENT,
        {"extension.0": {"url": "u", "valueReference": {"type": "http://x.org/model", "display": "x"}}},
    ),
    Tricky("any type where any is allowed", OBSERVATION, {"focus": [{"reference": "Basic/1"}]}),
    Tricky("conditional reference", BUNDLE, {"entry.1.resource.subject.reference": "Patient?identifier=urn:x|1"}),
    Tricky(
        "entry that refers by fullUrl of http",
        BUNDLE,
        {"entry.0.fullUrl": "http://x.org/r/1", "entry.1.resource.subject.reference": "http://x.org/r/1"},
    ),
    Tricky(
        "contained that refers to its container",
        SERVICE_REQUEST,
        {
            "contained.+": {
                "resourceType": "Provenance",
                "id": "p",
                "target": [{"reference": "#"}],
                "recorded": "2021-03-01T08:00:00Z",
                "agent": [{"who": {"display": "x"}}],
            }
        },
    ),
    Tricky(
        "contained that only another contained refers to",
        SERVICE_REQUEST,
        {
            "contained.+": {"resourceType": "Organization", "id": "o", "name": "x"},
            "contained.1.extension": [{"url": "u", "valueReference": {"reference": "#o"}}],
        },
    ),
    Tricky(
        "contained that a canonical names",
        QUESTIONNAIRE,
        {
            "contained": [{"resourceType": "ValueSet", "id": "vs", "status": "draft"}],
            "item.0.item.0.answerOption": GONE,
            "item.0.item.0.answerValueSet": "#vs",
        },
    ),
    Tricky(
        "contained that only the narrative shows",
        PATIENT,
        {
            "contained": [{"resourceType": "Binary", "id": "pic", "contentType": "image/png"}],
            **_narrative(_DIV.format("", '<img src="#pic" alt="x"/>')),
        },
    ),
    Tricky("comparator where a Quantity may have one", OBSERVATION, {"valueQuantity.comparator": "<"}),
    Tricky(
        "contentReference three levels down",
        QUESTIONNAIRE,
        {
            "item.0.item.0": {
                "linkId": "1.1",
                "type": "group",
                "item": [{"linkId": "1.1.1", "type": "group", "item": [{"linkId": "d", "type": "display"}]}],
            }
        },
    ),
    Tricky(
        "every kind of value in Parameters",
        PARAMETERS,
        {
            "parameter.+": {"name": "x", "valueDosage": {"text": "1"}},
            "parameter.0.resource": {"resourceType": "Binary", "contentType": "text/plain", "data": "YQ=="},
        },
    ),
    Tricky(
        "quantity without comparator where none is allowed",
        MEDICATION_REQUEST,
        {"dispenseRequest.quantity": {"extension": [{"url": "u", "valueCode": "x"}]}},
    ),
    Tricky(
        "narrative with tables, images and links",
        PATIENT,
        _narrative(
            _DIV.format(
                ' class="x"',
                '<table border="1"><tr><td style="color:red">x</td></tr></table>'
                '<img src="data:image/png;base64,AA==" alt="x"/><a href="#x" id="x">x</a>',
            )
        ),
    ),
    Tricky("narrative of an image alone", PATIENT, _narrative(_DIV.format("", '<img src="#x" alt="x"/>'))),
    Tricky("Bundle of nothing", {"resourceType": "Bundle", "type": "collection"}, {}),
]
