from __future__ import annotations

from typing import Any

import pytest

from fhirserver.outcome import FhirError
from fhirserver.terminology.lookup import lookup
from tests.support.terms import code_system, terminology

SYSTEM = code_system(
    "urn:s",
    {
        "code": "a",
        "display": "Alpha",
        "definition": "first",
        "designation": [
            {"language": "zh-CN", "use": {"system": "urn:use", "code": "short"}, "value": "甲"},
            {"language": "de", "value": "Alpha-de"},
        ],
        "property": [{"code": "kind", "valueCode": "x"}, {"code": "notSelectable", "valueBoolean": True}],
        "concept": [{"code": "b", "display": "Beta"}],
    },
    version="3",
    name="S",
    title="The system",
)


def found(code: str = "a", **options: Any) -> list[tuple[Any, ...]]:
    """Rows of the answer as (name, value) or (name, code, value) of properties, designations as (name, value)."""
    rows = []
    for row in lookup(terminology(SYSTEM), "urn:s", code, **options):
        parts = {
            part["name"]: next(value for name, value in part.items() if name != "name") for part in row.get("part", ())
        }
        if row["name"] == "property":
            rows.append((parts["code"], parts["value"]))
        elif row["name"] == "designation":
            rows.append(("designation", parts["value"]))
        else:
            rows.append((row["name"], row["valueString"]))
    return rows


def test_all_there_is() -> None:
    assert found() == [
        ("name", "The system"),
        ("version", "3"),
        ("display", "Alpha"),
        ("designation", "甲"),
        ("designation", "Alpha-de"),
        ("definition", "first"),
        ("child", "b"),
        ("kind", "x"),
        ("notSelectable", True),
    ]
    assert found("b")[3:] == [("parent", "a")]


@pytest.mark.parametrize(
    ("properties", "expected"),
    [
        (["kind"], [("kind", "x")]),
        (["child", "definition"], [("definition", "first"), ("child", "b")]),
        (["lang.zh"], [("designation", "甲")]),
        (["designation"], [("designation", "甲"), ("designation", "Alpha-de")]),
        (["inactive"], [("inactive", False)]),
        (["nothing"], []),
    ],
)
def test_only_what_is_asked_for(properties: list[str], expected: list[tuple[Any, ...]]) -> None:
    assert found(properties=properties)[3:] == expected


def test_the_display_in_a_language() -> None:
    assert ("display", "甲") in found(display_language="zh")


def test_a_designation_tells_its_language_and_use() -> None:
    [designation, _] = [row for row in lookup(terminology(SYSTEM), "urn:s", "a") if row["name"] == "designation"]
    assert designation["part"] == [
        {"name": "language", "valueCode": "zh-CN"},
        {"name": "use", "valueCoding": {"system": "urn:use", "code": "short"}},
        {"name": "value", "valueString": "甲"},
    ]


def test_a_grammar_shows_the_code_itself() -> None:
    assert lookup(terminology(), "urn:ietf:bcp:47", "zh-CN") == [
        {"name": "name", "valueString": "BCP 47"},
        {"name": "display", "valueString": "zh-CN"},
    ]


@pytest.mark.parametrize(
    ("system", "code", "options", "key", "status"),
    [
        ("urn:s", "z", {}, "code-not-found", 404),
        ("urn:s", "a", {"version": "9"}, "code-system-version-unknown", 422),
        ("http://loinc.org", "8480-6", {}, "code-system-unknown", 422),
        ("http://snomed.info/sct", "1", {}, "code-system-not-whole", 422),
        ("urn:ietf:bcp:47", "zh_CN", {}, "code-not-found", 404),
    ],
)
def test_what_cannot_be_looked_up(system: str, code: str, options: Any, key: str, status: int) -> None:
    with pytest.raises(FhirError) as raised:
        lookup(terminology(SYSTEM), system, code, **options)
    assert ([issue.key for issue in raised.value.issues], raised.value.status) == ([key], status)
