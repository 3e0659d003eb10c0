"""The public face: evaluate, holds, values."""

from __future__ import annotations

from fhirserver.fhirpath import Environment, Expression, Node, compile
from fhirserver.fhirpath.model import fhir_type
from tests.fhirpath.evaluating import PATIENT, nodes


def test_evaluate_gives_nodes() -> None:
    expression = compile("name.given", "Patient")
    assert isinstance(expression, Expression)
    assert repr(expression) == "<FHIRPath 'name.given'>"
    found = expression.evaluate(PATIENT)
    assert [(node.value, node.type.name, node.path) for node in found] == [
        ("Peter", "string", "Patient.name[0].given[0]"),
        ("James", "string", "Patient.name[0].given[1]"),
        ("Jim", "string", "Patient.name[1].given[0]"),
    ]


def test_the_result_is_the_callers_own() -> None:
    compile("true").evaluate(None).clear()
    compile("{}").evaluate(None).append(Node(1, fhir_type("integer")))
    assert len(compile("true").evaluate(None)) == 1
    assert compile("{}").evaluate(None) == []


def test_holds() -> None:
    assert compile("name.exists()", "Patient").holds(PATIENT) is True
    assert compile("photo.exists()", "Patient").holds(PATIENT) is False
    assert compile("photo.size > 1", "Patient").holds(PATIENT) is None
    assert compile("gender", "Patient").holds(PATIENT) is True


def test_a_focus_may_be_a_part() -> None:
    assert compile("start <= end", "Period").holds({"start": "2020", "end": "2021"}) is True
    assert compile("name.exists() or telecom.exists()", "Patient.contact").holds(PATIENT["contact"][0]) is True
    assert compile("$this.length() > 2", "string").holds("abc") is True
    (contact,) = nodes("contact", PATIENT)
    assert [node.path for node in compile("name.family").evaluate(contact)] == ["Patient.contact[0].name.family"]
    assert len(compile("given").evaluate(nodes("name", PATIENT))) == 3
    assert compile("given").evaluate(None) == []


def test_a_resource_is_what_its_resource_type_says() -> None:
    assert compile("Patient.gender.exists()", "Resource").holds(PATIENT) is True
    assert compile("gender").evaluate({"gender": "male"}, Environment()) == []
