"""The environment: clock, variables, %resource, the limit of steps."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from decimal import Decimal

import pytest

from fhirserver.fhirpath import Environment, compile
from fhirserver.fhirpath.evaluation import Frame, nodes_of
from fhirserver.outcome import FhirError
from fhirserver.resource.json import Literal
from tests.fhirpath.evaluating import PATIENT, error, nodes, values


def test_the_clock_is_the_callers() -> None:
    zone = timezone(timedelta(hours=8))
    ticks = iter(datetime(2026, 11, 21, 8, minute, 5, 123999, tzinfo=zone) for minute in range(60))
    found = values("now() | now() | today() | timeOfDay()", None, now=lambda: next(ticks))
    assert found == ["2026-11-21T08:00:05.123+08:00", "2026-11-21", "08:00:05.123"]


def test_without_a_clock_there_is_no_now() -> None:
    with pytest.raises(FhirError) as caught:
        compile("today()").evaluate(None, Environment())
    assert caught.value.issues[0].key == "fhirpath-not-available"


def test_variables() -> None:
    given = {"x": 1, "text": "a", "many": [1, Decimal("2.5")], "nothing": None, "patient": PATIENT}
    assert values("%x + 1", variables=given) == [2]
    assert values("%many", variables=given) == [1, "2.5"]
    assert values("%nothing", variables=given) == []
    assert values("%patient.gender", variables=given) == ["male"]
    assert values("%`text`&%'text'", variables=given) == ["aa"]
    assert error("%y", variables=given) == "fhirpath-unknown-variable"


def test_constants() -> None:
    assert values("%ucum | %sct | %loinc") == [
        "http://unitsofmeasure.org",
        "http://snomed.info/sct",
        "http://loinc.org",
    ]
    assert values("%`vs-x`") == ["http://hl7.org/fhir/ValueSet/x"]
    assert values('%"ext-x"') == ["http://hl7.org/fhir/StructureDefinition/x"]


def test_resource_and_context() -> None:
    assert values("name.where(%context.id = '1').family", PATIENT) == ["Chalmers"]
    assert values("name.select(%resource.id)", PATIENT) == ["1", "1"]
    assert values("contained.select(%rootResource.id)", PATIENT) == ["1"]
    (organization,) = nodes("contained", PATIENT)
    assert values("%resource.id | %rootResource.id | %context.id", organization) == ["org", "1"]
    given = {"resource": PATIENT["contained"][0], "root_resource": PATIENT}
    assert values("%resource.id | %rootResource.id | family", PATIENT["name"][0], "HumanName", **given) == [
        "org",
        "1",
        "Chalmers",
    ]
    assert values("%resource.id | %rootResource.id", {}, "HumanName", resource=PATIENT) == ["1"]
    assert values("%resource", None) == []


def test_steps_are_limited() -> None:
    assert error("1.repeat($this + 1)", steps=1000) == "fhirpath-too-many-steps"
    assert (
        error("descendants().where(%resource.descendants().exists($this = 1))", PATIENT, steps=500)
        == "fhirpath-too-many-steps"
    )
    frame = Frame(Environment(steps=1), [])
    frame.spend(1)
    with pytest.raises(FhirError) as caught:
        frame.spend(1)
    assert caught.value.issues[0].code == "too-costly"


def test_a_callers_values_become_nodes() -> None:
    (node,) = nodes_of(Literal("1e2"))
    assert (node.type.name, node.system) == ("Decimal", 100)
    assert [node.type.name for node in nodes_of([True, 1, "a", PATIENT, [None]])] == [
        "Boolean",
        "Integer",
        "String",
        "Patient",
    ]
