from __future__ import annotations

from typing import Any

import pytest

from fhirserver.outcome import FhirError
from fhirserver.resource import json
from fhirserver.terminology.code_system import CodeSystem
from tests.support.terms import code_system


def read(*concepts: Any, supplements: tuple[dict[str, Any], ...] = (), **parts: Any) -> CodeSystem:
    body = json.encode(code_system("urn:s", *concepts, **parts))
    return CodeSystem(body, [json.encode(supplement) for supplement in supplements])


def prop(code: str, **value: Any) -> dict[str, Any]:
    return {"code": code, **value}


def below(system: CodeSystem, code: str) -> list[str]:
    number = system.number(code)
    assert number is not None
    return [system.code(each) for each in system.below(number)]


def test_concepts_are_numbered_as_they_stand_parents_first() -> None:
    system = read(("a", "A", ("b", "B", "c"), "d"), "e")
    assert list(system.codes()) == ["a", "b", "c", "d", "e"]
    assert system.size == 5
    assert below(system, "a") == ["a", "b", "c", "d"]
    assert below(system, "e") == ["e"]


def test_a_concept_is_found_by_its_code() -> None:
    found = read(("a", "A"), version="1").find("a")
    assert found is not None
    assert (found.system, found.version, found.code, found.display) == ("urn:s", "1", "a", "A")
    assert read("a").find("A") is None


def test_case_may_not_matter() -> None:
    system = read(("Ab", "A"), caseSensitive=False)
    assert system.find("aB").code == "Ab"  # type: ignore[union-attr]
    assert system.refuses("AB") is False


def test_only_a_whole_code_system_refuses_codes() -> None:
    for content, refuses in (("complete", True), ("fragment", False), ("example", False), ("not-present", False)):
        assert read("a", content=content).refuses("b") is refuses
        assert read("a", content=content).refuses("a") is False


def test_a_code_of_the_wrong_shape_is_refused_though_the_list_is_not_here() -> None:
    url = "https://medgroup.example.org/fhir/CodeSystem/drug-std"
    system = CodeSystem(json.encode(code_system(url, content="not-present")))
    assert system.refuses("86900001000012") is False
    assert system.refuses("8690000100001") is True
    assert system.refuses("869000010000１2") is True, "digits are those of ASCII"


@pytest.mark.parametrize(
    ("concept", "abstract", "inactive"),
    [
        ({"property": [prop("notSelectable", valueBoolean=True)]}, True, False),
        ({"property": [prop("abstract", valueBoolean=True)]}, True, False),
        ({"property": [prop("hidden", valueBoolean=True)]}, True, False),
        ({"property": [prop("notSelectable", valueBoolean=False)]}, False, False),
        ({"property": [prop("inactive", valueBoolean=True)]}, False, True),
        ({"property": [prop("status", valueCode="retired")]}, False, True),
        ({"property": [prop("status", valueCode="deprecated")]}, False, False),
        ({"property": [prop("colour", valueCode="retired")]}, False, False),
    ],
)
def test_what_properties_mean(concept: dict[str, Any], abstract: bool, inactive: bool) -> None:
    """concept-properties.html; a code system may have its own name for one, told by its uri."""
    uri = "http://hl7.org/fhir/concept-properties#notSelectable"
    found = read({"code": "a", **concept}, property=[{"code": "hidden", "uri": uri, "type": "boolean"}]).find("a")
    assert found is not None
    assert (found.abstract, found.inactive) == (abstract, inactive)


def test_parents_and_children_may_be_properties() -> None:
    system = read(
        "a",
        "b",
        {"code": "c", "property": [prop("parent", valueCode="a"), prop("parent", valueCode="b")]},
        {"code": "d", "property": [prop("child", valueCode="c")]},
    )
    assert below(system, "a") == ["a", "c"]
    assert below(system, "d") == ["d", "c"]
    number = system.number("c")
    assert number is not None
    assert sorted(system.code(each) for each in system.above(number)) == ["a", "b", "c", "d"]


def test_a_hierarchy_that_bites_its_tail_ends_all_the_same() -> None:
    system = read(
        {"code": "a", "property": [prop("parent", valueCode="b")]},
        {"code": "b", "property": [prop("parent", valueCode="a")]},
    )
    assert below(system, "a") == ["a", "b"]
    assert system.is_below(0, 1)
    assert system.is_below(1, 0)


def test_a_very_deep_hierarchy_is_walked() -> None:
    """As deep as a body may be (json.MAX_DEPTH), two levels a concept."""
    concept: Any = "c60"
    for depth in reversed(range(60)):
        concept = (f"c{depth}", None, concept)
    system = read(concept)
    assert len(below(system, "c0")) == 61
    assert system.is_below(60, 0)


def test_values_of_properties_as_filters_write_them() -> None:
    system = read(
        {
            "code": "a",
            "display": "A",
            "definition": "text",
            "property": [
                prop("flag", valueBoolean=True),
                prop("kind", valueCode="x"),
                prop("kind", valueCoding={"system": "urn:k", "code": "y"}),
            ],
            "concept": [{"code": "b"}],
        }
    )
    values = {name: system.values(0, name) for name in ("flag", "kind", "code", "concept", "display", "definition")}
    assert values == {
        "flag": ["true"],
        "kind": ["x", "y"],
        "code": ["a"],
        "concept": ["a"],
        "display": ["A"],
        "definition": ["text"],
    }
    assert (system.values(0, "child"), system.values(1, "parent")) == (["b"], ["a"])
    assert (system.values(0, "inactive"), system.values(0, "notSelectable"), system.values(0, "nothing")) == (
        ["false"],
        ["false"],
        [],
    )


def test_supplements_add_designations_and_properties() -> None:
    own = {"code": "a", "display": "A", "designation": [{"language": "de", "value": "A-de"}]}
    supplement = {
        "resourceType": "CodeSystem",
        "language": "zh-CN",
        "content": "supplement",
        "supplements": "urn:s",
        "property": [{"code": "level", "type": "integer"}],
        "concept": [
            {"code": "a", "display": "甲", "designation": [{"language": "fr", "value": "A-fr"}]},
            {"code": "x", "display": "not there"},
            {"code": "b", "property": [prop("level", valueInteger=3)]},
        ],
    }
    system = read(own, "b", supplements=(supplement,))
    assert [(row.get("language"), row["value"]) for row in system.designations(0)] == [
        ("de", "A-de"),
        ("fr", "A-fr"),
        ("zh-CN", "甲"),
    ]
    assert system.values(1, "level") == ["3"]
    assert system.find("a").display == "A"  # type: ignore[union-attr]
    assert system.find("x") is None


def test_the_first_of_two_concepts_with_one_code_counts() -> None:
    assert read(("a", "first"), ("a", "second")).find("a").display == "first"  # type: ignore[union-attr]


def test_what_is_no_code_system_is_refused() -> None:
    with pytest.raises(FhirError, match="code-system-unreadable"):
        CodeSystem(b'{"concept":[{"display":"without code"}]}')
