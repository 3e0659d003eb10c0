"""= and ~, of values, resources' elements and collections."""

from __future__ import annotations

from typing import Any

import pytest

from fhirserver.fhirpath.equality import Distinct, distinct
from fhirserver.fhirpath.evaluation import Environment, Frame
from fhirserver.outcome import FhirError
from tests.fhirpath.evaluating import nodes, values

CODES: dict[str, Any] = {
    "resourceType": "Observation",
    "code": {"coding": [{"system": "s", "code": "a", "display": "A", "id": "1"}, {"system": "s", "code": "b"}]},
    "valueCodeableConcept": {"text": "other", "coding": [{"system": "s", "code": "b", "version": "2"}]},
    "category": [{"text": "x"}, {"id": "1", "text": "X"}, {"text": "x"}, {"text": "y"}],
    "referenceRange": [{"low": {"value": 1}}, {"low": {"value": 1}}],
    "note": [{"text": "x"}, {"id": "1", "text": "X"}, {"text": "y"}],
    "subject": {"reference": "Patient/1"},
    "encounter": {"reference": "Patient/1"},
    "effectivePeriod": {"start": "2020-01-01T00:00:00Z"},
    "component": [
        {"valuePeriod": {"start": "2020-01-01T08:00:00+08:00"}},
        {"valuePeriod": {"start": "2020-01-01"}},
        {"valuePeriod": {"start": "2021-01-01"}},
    ],
}


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("1 = 1.0", [True]),
        ("1 = true", [False]),
        ("'1' = 1", [False]),
        ("'a' = 'a '", [False]),
        ("{} = {}", []),
        ("1 != {}", []),
        ("1 != 2", [True]),
        ("(1 | 2) = (1 | 2)", [True]),
        ("(1 | 2) = (2 | 1)", [False]),
        ("(1 | 2) = 1", [False]),
        ("1.combine(@2020) = 1.combine(@2020-01)", []),
        ("2.combine(@2020) = 1.combine(@2020-01)", [False]),
        ("subject = encounter", [True]),
        ("category[0] = category[2]", [True]),
        ("category[0] = category[1]", [False]),
        ("category[0] = category[3]", [False]),
        ("category[0] = 'x'", [False]),
        ("category[0] = subject", [False]),
        ("effective = component[0].value", [True]),
        ("effective = component[1].value", []),
        ("effective = component[2].value", [False]),
        ("code.coding[0] = code.coding[0]", [True]),
        ("'A  b' ~ 'a\\t\\nB'", [True]),
        ("'a' ~ 'a '", [False]),
        ("1 ~ 1.0", [True]),
        ("true ~ 1", [False]),
        ("{} ~ {}", [True]),
        ("1 ~ {}", [False]),
        ("(1 | 2) ~ (2 | 1)", [True]),
        ("1.combine(1) ~ (1 | 2)", [False]),
        ("1 !~ 2", [True]),
        ("@2020 ~ @2020-01", [False]),
        ("note[0] ~ note[1]", [True]),
        ("note[0] ~ note[2]", [False]),
        ("category[0] ~ category[2]", [False]),
        ("category[0] ~ 'x'", [False]),
        ("category[0] ~ subject", [False]),
        ("code ~ value", [True]),
        ("code.coding[1] ~ value.coding", [True]),
        ("code.coding[0] ~ value.coding", [False]),
        ("code.coding[1] = value.coding", [False]),
    ],
)
def test_equality_and_equivalence(expression: str, expected: list[bool]) -> None:
    assert values(expression, CODES) == expected


def test_distinct() -> None:
    frame = Frame(Environment(), [])
    mixed = nodes(
        "1.combine(1.0).combine('1').combine(true).combine(@2020).combine(@2020).combine(1 'g').combine(1000 'mg')"
    )
    assert [node.value for node in distinct(mixed, frame)] == [
        mixed[0].value,
        "1",
        True,
        mixed[4].value,
        mixed[6].value,
    ]
    assert values("referenceRange.distinct().count() | category.distinct().count()", CODES) == [1, 3]


def test_comparing_what_cannot_be_hashed_counts_as_steps() -> None:
    seen = Distinct(Frame(Environment(steps=2), []), nodes("category", CODES)[:2])
    with pytest.raises(FhirError):
        seen.add(nodes("category", CODES)[3])
