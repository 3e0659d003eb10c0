"""What is certain without FHIRPath is what FHIRPath says."""

from __future__ import annotations

from typing import Any

import pytest

from fhirserver import fhirpath
from fhirserver.fhirpath.evaluation import Environment
from fhirserver.validation.certain import certain

PERIOD = "start.hasValue().not() or end.hasValue().not() or (start <= end)"
OBS_7 = "value.empty() or component.code.where(coding.intersect(%resource.code.coding).exists()).empty()"


@pytest.mark.parametrize(
    ("type", "expression", "value", "expected"),
    [
        ("Period", PERIOD, {"start": "2015-02-07T13:28:17+08:00"}, True),
        ("Period", PERIOD, {"start": "2015-02-07T13:28:17+08:00", "end": "2015-02-07T13:28:17+08:00"}, True),
        ("Period", PERIOD, {"start": "2015-02-07T13:28:17Z", "end": "2016-02-07T13:28:17Z"}, True),
        ("Period", PERIOD, {"start": "2015-02-07T13:28:17Z", "end": "2015-02-07T13:28:16Z"}, False),
        ("Period", PERIOD, {"start": "2015-02-07T13:28:17Z", "end": "2015-02-07T13:28:17+08:00"}, False),
        ("Period", PERIOD, {"start": "2015-02-07T13:28:17.5Z", "end": "2015-02-07T13:28:18.1Z"}, False),
        ("Period", PERIOD, {"start": "2015", "end": "2016"}, False),
        ("Period", PERIOD, {"_start": {"id": "a"}, "end": "2016"}, False),
        ("Quantity", "code.empty() or system.exists()", {"code": "g"}, False),
        ("Quantity", "code.empty() or system.exists()", {"code": "g", "system": "http://unitsofmeasure.org"}, True),
        ("Quantity", "code.empty() or system.exists()", {"value": 1}, True),
        ("Observation", OBS_7, {"resourceType": "Observation"}, True),
        ("Observation", OBS_7, {"resourceType": "Observation", "valueString": "a"}, False),
        ("Observation", OBS_7, {"resourceType": "Observation", "_valueString": {"id": "a"}}, False),
    ],
)
def test_certain(type: str, expression: str, value: dict[str, Any], expected: bool) -> None:
    test = certain(expression, type)
    assert test is not None
    assert test(value) is expected
    if expected:
        assert fhirpath.compile(expression, type).holds(value, Environment(resource=value, root_resource=value))


@pytest.mark.parametrize(
    "expression",
    ["name.matches('a or b.empty()')", "code.empty() and system.exists()", "(code.empty() or unit.exists()).not()",
     "value.count() > 1", "code.exists() = system.exists()", "nothing.empty()", "code.empty() | system.exists()"],
)  # fmt: skip
def test_nothing_is_certain_of_other_expressions(expression: str) -> None:
    assert certain(expression, "Quantity") is None


def test_what_is_no_object_is_never_certain() -> None:
    test = certain(PERIOD, "Period")
    assert test is not None
    assert not test(None) and not test([]) and not test("2015")
