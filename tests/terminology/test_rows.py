"""Compose rules: what a value set lists, and that membership agrees with the list."""

from __future__ import annotations

from typing import Any

import pytest

from fhirserver.outcome import FhirError
from fhirserver.terminology.membership import contains
from fhirserver.terminology.rows import rows
from fhirserver.terminology.scope import Scope
from fhirserver.terminology.terminology import Terminology, Versions
from tests.support.terms import code_system, terminology, value_set

#: a > (b > (c, d), e), f; with properties
TREE = code_system(
    "urn:s",
    (
        "a",
        "Alpha",
        ("b", "Beta", ("c", "Gamma"), ("d", "Delta")),
        {"code": "e", "display": "Epsilon", "property": [{"code": "kind", "valueCode": "x"}]},
    ),
    {
        "code": "f",
        "display": "Phi",
        "property": [{"code": "kind", "valueCode": "y"}, {"code": "inactive", "valueBoolean": True}],
    },
)
ALL = {"system": "urn:s"}


def by(property: str, op: str, value: str) -> dict[str, Any]:
    return {"system": "urn:s", "filter": [{"property": property, "op": op, "value": value}]}


def listed(known: Terminology, url: str = "urn:v", versions: Versions | None = None) -> str:
    """The codes of a value set as one word; checks on the way that membership says the same."""
    found = known.value_set(url)
    assert found is not None
    codes = [(row.concept.system, row.concept.code) for row in rows(Scope(known, versions), found)]
    assert len(codes) == len({*codes}), "each code once"
    for system, code in codes:
        assert contains(Scope(known, versions), found, system, code) is True
    others = {("urn:s", code) for code in "abcdefz"} - {*codes}
    assert all(contains(Scope(known, versions), found, system, code) is not True for system, code in others)
    return "".join(code for _, code in codes)


def codes(*includes: dict[str, Any], **parts: Any) -> str:
    return listed(terminology(TREE, value_set("urn:v", *includes, **parts)))


def problems(*resources: dict[str, Any], url: str = "urn:v", versions: Versions | None = None) -> list[str]:
    known = terminology(TREE, *resources)
    with pytest.raises(FhirError) as raised:
        list(rows(Scope(known, versions), known.value_set(url)))  # type: ignore[arg-type]
    return [issue.key for issue in raised.value.issues]


@pytest.mark.parametrize(
    ("include", "expected"),
    [
        (ALL, "abcdef"),
        (by("concept", "is-a", "b"), "bcd"),
        (by("concept", "descendent-of", "b"), "cd"),
        (by("concept", "is-not-a", "b"), "aef"),
        (by("concept", "generalizes", "c"), "abc"),
        (by("concept", "in", "c, f"), "cf"),
        (by("concept", "not-in", "c,f"), "abde"),
        (by("code", "=", "c"), "c"),
        (by("kind", "=", "x"), "e"),
        (by("kind", "in", "x,y"), "ef"),
        (by("kind", "not-in", "x"), "abcdf"),
        (by("kind", "exists", "true"), "ef"),
        (by("kind", "exists", "false"), "abcd"),
        (by("code", "regex", "[a-c]"), "abc"),
        (by("display", "regex", ".*ta"), "bd"),
        (by("display", "regex", "Be"), ""),
        (by("parent", "=", "b"), "cd"),
        (by("child", "=", "b"), "a"),
        (by("inactive", "=", "true"), "f"),
        ({"system": "urn:s", "concept": [{"code": "d"}, {"code": "a"}]}, "da"),
        ({"system": "urn:s", "concept": [{"code": "a"}, {"code": "a"}]}, "a"),
        (
            {
                "system": "urn:s",
                "filter": [
                    {"property": "concept", "op": "is-a", "value": "a"},
                    {"property": "concept", "op": "is-not-a", "value": "b"},
                ],
            },
            "ae",
        ),
    ],
)
def test_includes(include: dict[str, Any], expected: str) -> None:
    assert codes(include) == expected


def test_a_listed_code_that_does_not_exist_is_left_out() -> None:
    known = terminology(TREE, value_set("urn:v", {"system": "urn:s", "concept": [{"code": "nowhere"}, {"code": "a"}]}))
    found = known.value_set("urn:v")
    assert found is not None
    assert [row.concept.code for row in rows(Scope(known), found)] == ["a"]


def test_includes_add_up_each_code_once() -> None:
    assert codes(by("concept", "is-a", "b"), by("concept", "in", "e,c,f")) == "bcdef"


def test_excludes_take_away() -> None:
    assert codes(ALL, exclude=(by("concept", "is-a", "b"), {"system": "urn:s", "concept": [{"code": "f"}]})) == "ae"


def test_inactive_codes_are_left_out_where_the_definition_says_so() -> None:
    assert codes(ALL, inactive=False) == "abcde"
    assert codes(ALL, inactive=True) == "abcdef"


def test_value_sets_in_one_include_hold_together() -> None:
    """valueset.html#compositions: "the intersection" of the system and all value sets."""
    first, second = value_set("urn:1", by("concept", "is-a", "b")), value_set("urn:2", by("concept", "in", "c,e"))
    for include, expected in (
        ({"valueSet": ["urn:1"]}, "bcd"),
        ({"valueSet": ["urn:1", "urn:2"]}, "c"),
        ({"system": "urn:s", "valueSet": ["urn:2"]}, "ce"),
        ({**by("concept", "in", "c,d"), "valueSet": ["urn:1", "urn:2"]}, "c"),
    ):
        assert listed(terminology(TREE, first, second, value_set("urn:v", include))) == expected


def test_value_sets_in_two_includes_add_up() -> None:
    first, second = value_set("urn:1", by("concept", "is-a", "b")), value_set("urn:2", by("concept", "in", "c,e"))
    outer = value_set("urn:v", {"valueSet": ["urn:1"]}, {"valueSet": ["urn:2"]}, {"valueSet": ["urn:1"]})
    assert listed(terminology(TREE, first, second, outer)) == "bcde"


def test_a_value_set_may_be_excluded() -> None:
    inner = value_set("urn:1", by("concept", "is-a", "b"))
    assert listed(terminology(TREE, inner, value_set("urn:v", ALL, exclude=({"valueSet": ["urn:1"]},)))) == "aef"


def test_a_nested_value_set_has_a_version() -> None:
    versions = [
        {**value_set("urn:1", {"system": "urn:s", "concept": [{"code": code}]}), "version": version}
        for version, code in (("1", "a"), ("2", "b"))
    ]
    assert listed(terminology(TREE, *versions, value_set("urn:v", {"valueSet": ["urn:1|1"]}))) == "a"
    assert listed(terminology(TREE, *versions, value_set("urn:v", {"valueSet": ["urn:1"]}))) == "b"


def test_cycles_are_found() -> None:
    assert problems(value_set("urn:v", {"valueSet": ["urn:v"]})) == ["value-set-circular"]
    around = [value_set(f"urn:{here}", {"valueSet": [f"urn:{there}"]}) for here, there in ("ab", "bc", "ca")]
    assert problems(*around, url="urn:a") == ["value-set-circular"]
    known = terminology(*around)
    with pytest.raises(FhirError, match="value-set-circular"):
        contains(Scope(known), known.value_set("urn:a"), "urn:s", "a")  # type: ignore[arg-type]


def test_the_same_value_set_twice_is_no_cycle() -> None:
    inner = value_set("urn:1", by("concept", "is-a", "b"))
    middle = value_set("urn:2", {"valueSet": ["urn:1"]})
    outer = value_set("urn:v", {"valueSet": ["urn:1"]}, {"valueSet": ["urn:2", "urn:1"]})
    assert listed(terminology(TREE, inner, middle, outer)) == "bcd"


def test_what_is_missing_is_told_before_the_first_row() -> None:
    unknown = value_set("urn:v", ALL, {"system": "http://loinc.org"}, {"valueSet": ["urn:nowhere"]})
    assert problems(unknown) == ["code-system-unknown", "value-set-unknown"]
    assert problems(value_set("urn:v", {"system": "http://unitsofmeasure.org"})) == ["code-system-endless"]
    assert problems(value_set("urn:v", {"system": "http://snomed.info/sct"})) == ["code-system-empty"]
    assert problems(value_set("urn:v", {"system": "urn:s", "version": "2"}), {**TREE, "version": "1"}) == [
        "code-system-version-unknown"
    ]


def test_what_a_filter_cannot_mean_is_told() -> None:
    assert problems(value_set("urn:v", by("concept", "is-a", "nowhere"))) == ["filter-code-unknown"]
    assert problems(value_set("urn:v", by("concept", "resembles", "a"))) == ["filter-unknown"]
    assert problems(value_set("urn:v", by("code", "regex", "(a+)+"))) == ["regex-too-costly"]


def test_listed_codes_need_no_code_system() -> None:
    loinc = {"system": "http://loinc.org", "concept": [{"code": "8480-6", "display": "Systolic"}]}
    known = terminology(value_set("urn:v", loinc))
    found = known.value_set("urn:v")
    assert found is not None
    assert [(row.concept.code, row.display) for row in rows(Scope(known), found)] == [("8480-6", "Systolic")]
    assert contains(Scope(known), found, "http://loinc.org", "8480-6") is True
    assert contains(Scope(known), found, "http://loinc.org", "8462-4") is False


def test_nobody_can_tell_of_codes_of_a_code_system_that_is_not_here() -> None:
    known = terminology(TREE, value_set("urn:v", ALL, {"system": "http://loinc.org"}))
    scope, found = Scope(known), known.value_set("urn:v")
    assert found is not None
    assert contains(scope, found, "http://loinc.org", "8480-6") is None
    assert [issue.key for issue in scope.doubts] == ["code-system-unknown"]
    assert contains(Scope(known), found, "urn:s", "a") is True
    assert contains(Scope(known), found, "urn:s", "z") is False
    assert contains(Scope(known), found, "urn:other", "a") is False


def test_a_fragment_knows_only_what_it_has() -> None:
    fragment = {**TREE, "content": "fragment"}
    known = terminology(fragment, value_set("urn:v", ALL), value_set("urn:w", by("concept", "is-a", "b")))
    for url in ("urn:v", "urn:w"):
        found = known.value_set(url)
        assert found is not None
        assert contains(Scope(known), found, "urn:s", "c") is True
        assert contains(Scope(known), found, "urn:s", "z") is None
    assert contains(Scope(known), known.value_set("urn:w"), "urn:s", "e") is False  # type: ignore[arg-type]


def test_case_may_not_matter() -> None:
    system = code_system("urn:s", "Ab", "cD", caseSensitive=False)
    include = {"system": "urn:s", "concept": [{"code": "AB"}]}
    known = terminology(system, value_set("urn:v", include), value_set("urn:w", ALL))
    assert contains(Scope(known), known.value_set("urn:w"), "urn:s", "CD") is True  # type: ignore[arg-type]
    assert contains(Scope(known), known.value_set("urn:v"), "urn:s", "AB") is True  # type: ignore[arg-type]


def test_filters_over_grammars() -> None:
    lengths = {
        "system": "http://unitsofmeasure.org",
        "filter": [{"property": "canonical", "op": "=", "value": "m"}],
    }
    other = {"system": "http://unitsofmeasure.org", "filter": [{"property": "dimension", "op": "=", "value": "L"}]}
    known = terminology(value_set("urn:v", lengths), value_set("urn:w", other))
    found = known.value_set("urn:v")
    assert found is not None
    system = "http://unitsofmeasure.org"
    answers = [contains(Scope(known), found, system, code) for code in ("km", "kg", "nonsense")]
    assert answers == [True, False, False]
    assert contains(Scope(known), known.value_set("urn:w"), system, "km") is None  # type: ignore[arg-type]


def test_a_stored_expansion_stands_in_for_what_cannot_be_worked_out() -> None:
    expansion = {
        "contains": [
            {"abstract": True, "display": "group", "contains": [{"system": "http://loinc.org", "code": "8480-6"}]},
            {"system": "http://loinc.org", "code": "8462-4"},
        ]
    }
    for resource in (
        {**value_set("urn:v", {"system": "http://loinc.org"}), "expansion": expansion},
        {"resourceType": "ValueSet", "url": "urn:v", "expansion": expansion},
    ):
        known = terminology(resource)
        found = known.value_set("urn:v")
        assert found is not None
        assert [row.concept.code for row in rows(Scope(known), found)] == ["8480-6", "8462-4"]
        assert contains(Scope(known), found, "http://loinc.org", "8480-6") is True
        assert contains(Scope(known), found, "http://loinc.org", "1-8") is False


def test_a_value_set_may_bring_its_code_system() -> None:
    inside = {**code_system("urn:inside", "x", "y"), "id": "own"}
    resource = {**value_set("urn:v", {"system": "#own"}), "contained": [inside]}
    known = terminology(resource)
    found = known.value_set("urn:v")
    assert found is not None
    assert [(row.concept.system, row.concept.code) for row in rows(Scope(known), found)] == [
        ("urn:inside", "x"),
        ("urn:inside", "y"),
    ]
    assert contains(Scope(known), found, "urn:inside", "y") is True


def test_an_empty_definition_has_no_codes() -> None:
    known = terminology({"resourceType": "ValueSet", "url": "urn:v"})
    assert listed(known) == ""


def test_which_version_of_a_code_system() -> None:
    old, new = ({**code_system("urn:s", code), "version": version} for version, code in (("1", "a"), ("2", "b")))
    unstated = value_set("urn:v", ALL)
    stated = value_set("urn:w", {**ALL, "version": "2"})
    known = terminology(old, new, unstated, stated)
    one = {"urn:s": "1"}
    assert listed(known) == "b"
    assert listed(known, versions=Versions(default=one)) == "a"
    assert listed(known, "urn:w", Versions(default=one)) == "b"
    assert listed(known, "urn:w", Versions(force=one)) == "a"
    assert problems(old, new, unstated, stated, url="urn:w", versions=Versions(check=one)) == [
        "code-system-version-check"
    ]
