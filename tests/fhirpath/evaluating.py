"""Evaluating in one line: expressions in, plain values out."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from fhirserver.fhirpath import Environment, Node, compile
from fhirserver.fhirpath.conversion import to_string
from fhirserver.outcome import FhirError

NOW = datetime(2026, 11, 21, 16, 30, 15, 123456, tzinfo=UTC)

PATIENT: dict[str, Any] = {
    "resourceType": "Patient",
    "id": "1",
    "contained": [{"resourceType": "Organization", "id": "org", "name": "Here"}],
    "active": True,
    "name": [
        {"use": "official", "family": "Chalmers", "given": ["Peter", "James"]},
        {"use": "usual", "given": ["Jim"]},
    ],
    "telecom": [
        {"system": "phone", "value": "1", "rank": 1},
        {"system": "email", "value": "a@b.example"},
    ],
    "gender": "male",
    "birthDate": "1974-12-25",
    "_birthDate": {"extension": [{"url": "http://x.example/time", "valueDateTime": "1974-12-25T14:35:45-05:00"}]},
    "deceasedBoolean": False,
    "generalPractitioner": [
        {"reference": "Practitioner/1"},
        {"reference": "#org"},
        {"reference": "urn:uuid:0b7c3b5a-7c4b-4a87-9a0d-7d1b3f9c2a11", "type": "Practitioner"},
    ],
    "contact": [{"name": {"family": "du Marché", "_family": {"id": "f"}}, "gender": "female"}],
}

OBSERVATION: dict[str, Any] = {
    "resourceType": "Observation",
    "status": "final",
    "code": {"coding": [{"system": "http://loinc.org", "code": "85354-9"}]},
    "valueQuantity": {"value": 185, "unit": "lbs", "system": "http://unitsofmeasure.org", "code": "[lb_av]"},
    "component": [
        {"code": {"text": "a"}, "valueQuantity": {"value": 1, "unit": "pill"}},
        {"code": {"text": "b"}, "valueString": "high"},
        {"code": {"text": "c"}, "_valueString": {"extension": [{"url": "http://x.example/no", "valueCode": "x"}]}},
    ],
}


def environment(**given: Any) -> Environment:
    return Environment(**({"now": lambda: NOW} | given))


def nodes(expression: str, focus: Any = None, type: str | None = None, **given: Any) -> list[Node]:
    """The collection that an expression gives for a focus."""
    return compile(expression, type).evaluate(focus, environment(**given))


def values(expression: str, focus: Any = None, type: str | None = None, **given: Any) -> list[Any]:
    """The same as plain values: bool, int and str as they are, decimals, dates and quantities as text."""
    return [_plain(node) for node in nodes(expression, focus, type, **given)]


def _plain(node: Node) -> Any:
    value = node.system
    if isinstance(value, bool | int | str):
        return value
    return node.value if value is None else to_string(value)


def error(expression: str, focus: Any = None, type: str | None = None, **given: Any) -> str:
    """The key of the message with which an expression fails; an AssertionError when it does not."""
    try:
        found = values(expression, focus, type, **given)
    except FhirError as problem:
        assert problem.issues[0].text("both")
        return problem.issues[0].key
    raise AssertionError(f"{expression} gives {found}")
