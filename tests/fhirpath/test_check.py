"""Strict mode: what can never work on a type."""

from __future__ import annotations

import pytest

from fhirserver.fhirpath import compile
from fhirserver.outcome import FhirError


@pytest.mark.parametrize(
    ("expression", "type", "text"),
    [
        ("name.given1", "Patient", "HumanName has no element given1 (given?)"),
        ("valueQuantity.unit", "Observation", "Observation has no element valueQuantity (value?)"),
        ("(value as Period).unit", "Observation", "Period has no element unit"),
        ("contact.nome", "Patient", "Patient.contact has no element nome (name?)"),
        ("name.where(givn = 'x')", "Patient", "HumanName has no element givn (given?)"),
        ("name.all(x.exists())", "Patient", "HumanName has no element x"),
        ("gender.x", "Patient", "code has no element x"),
        ("Encounter.status", "Patient", "the path starts at Encounter, but the context is Patient"),
        ("name.startsWith('x')", "Patient", "startsWith() expects String, not HumanName"),
        ("name.select(period).trim()", "Patient", "trim() expects String, not Period"),
        ("iif(1 | 2, true)", "Patient", "iif() expects Boolean, not Integer"),
        ("birthDate + 7", "Patient", "+ expects date, not Integer"),
        ("name < 1", "Patient", "< expects HumanName, not Integer"),
        ("gender > @2020", "Patient", "> expects code, not Date"),
        ("children().skip(1)", "Patient", "skip() depends on an order that its input does not have"),
        ("descendants().where(true).first()", "Patient", "first() depends on an order that its input does not have"),
        ("Patient.nome", None, "Patient has no element nome (name?)"),
        ("name.nonsense()", "Patient", "there is no function nonsense()"),
    ],
)
def test_refused(expression: str, type: str | None, text: str) -> None:
    if "nonsense" not in expression:
        compile(expression, type)
    with pytest.raises(FhirError) as caught:
        compile(expression, type, strict=True)
    assert caught.value.issues[0].text().endswith(text)


@pytest.mark.parametrize(
    ("expression", "type"),
    [
        ("Patient.name.given", "Patient"),
        ("Resource.id | DomainResource.text", "Patient"),
        ("name.given.where($this.length() > $index)", "Patient"),
        ("contained.nonsense", "Patient"),
        ("contained.ofType(Patient).name.family", "Observation"),
        ("subject.resolve().name", "Observation"),
        ("children().nonsense", "Patient"),
        ("value.unit | value.start | component.value.unit", "Observation"),
        ("value.startsWith('x')", "Observation"),
        ("value > 5 'mg' and value.value > 5", "Observation"),
        ("issued < now() and effective < today()", "Observation"),
        ("effective + 1 day > now()", "Observation"),
        ("gender + 'x' & 'y' | 'z'", "Patient"),
        ("name.count() * 2 - 1 > 0", "Patient"),
        ("birthDate.extension('x').value", "Patient"),
        ("iif(active, gender, {})", "Patient"),
        ("%resource.nonsense | %context.name | $total", "Patient"),
        ("name.select(given).first().upper()", "Patient"),
        ("name.ofType(HumanName).given[0]", "Patient"),
        ("nonsense.more", None),
        ("Patient.name.given", None),
        ("-multipleBirth > 0", "Patient"),
        ("name.sort(-family).trace('x', given)", "Patient"),
        ("3.sqrt() + 1.power(2) > 1", "Patient"),
        ("type().name = 'Patient'", "Patient"),
    ],
)
def test_accepted(expression: str, type: str | None) -> None:
    assert compile(expression, type, strict=True)
