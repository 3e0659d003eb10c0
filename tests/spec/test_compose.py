from __future__ import annotations

from typing import Any

import pytest

from fhirserver.spec.compose import Codings, Composer, NotEnumerable, canonical

ANIMALS = {
    "url": "urn:animals",
    "content": "complete",
    "concept": [
        {
            "code": "bird",
            "concept": [{"code": "owl"}, {"code": "hen", "property": [{"code": "kept", "valueCode": "yes"}]}],
        },
        {"code": "cat", "property": [{"code": "kept", "valueCode": "yes"}]},
    ],
}
FISH = {"url": "urn:fish", "content": "not-present"}


def codings(compose: dict[str, Any], *others: dict[str, Any], expansion: dict[str, Any] | None = None) -> Codings:
    value_sets = [{"url": "urn:vs", "compose": compose}, *others]
    expansions = [{"url": "urn:vs", "expansion": expansion}] if expansion else []
    return Composer(value_sets, [ANIMALS, FISH], expansions).codings("urn:vs")


def listed(found: Codings) -> dict[str, list[str]]:
    return {system: sorted(codes) for system, codes in found.items()}


@pytest.mark.parametrize(
    ("compose", "codes"),
    [
        ({"include": [{"system": "urn:animals"}]}, ["bird", "cat", "hen", "owl"]),
        ({"include": [{"system": "urn:animals", "concept": [{"code": "owl"}]}]}, ["owl"]),
        (
            {
                "include": [
                    {"system": "urn:animals", "filter": [{"property": "concept", "op": "is-a", "value": "bird"}]}
                ]
            },
            ["bird", "hen", "owl"],
        ),
        (
            {
                "include": [
                    {"system": "urn:animals", "filter": [{"property": "concept", "op": "is-not-a", "value": "bird"}]}
                ]
            },
            ["cat"],
        ),
        (
            {"include": [{"system": "urn:animals", "filter": [{"property": "kept", "op": "=", "value": "yes"}]}]},
            ["cat", "hen"],
        ),
        (
            {
                "include": [{"system": "urn:animals"}],
                "exclude": [{"system": "urn:animals", "concept": [{"code": "cat"}]}],
            },
            ["bird", "hen", "owl"],
        ),
    ],
)
def test_includes_filters_and_excludes(compose: dict[str, Any], codes: list[str]) -> None:
    assert listed(codings(compose)) == {"urn:animals": codes}


def test_value_sets_within_value_sets_are_added_and_intersected() -> None:
    pets = {"url": "urn:pets", "compose": {"include": [{"system": "urn:animals", "concept": [{"code": "cat"}]}]}}
    include = {"include": [{"valueSet": ["urn:pets|1.0"]}, {"system": "urn:animals", "concept": [{"code": "owl"}]}]}
    assert listed(codings(include, pets)) == {"urn:animals": ["cat", "owl"]}
    both = {"include": [{"system": "urn:animals", "valueSet": ["urn:pets"]}]}
    assert listed(codings(both, pets)) == {"urn:animals": ["cat"]}


def test_what_is_not_in_the_package_comes_from_an_expansion() -> None:
    fish = {"include": [{"system": "urn:fish"}]}
    whole = {"contains": [{"system": "urn:fish", "code": "eel"}]}
    assert listed(codings(fish, expansion=whole)) == {"urn:fish": ["eel"]}


@pytest.mark.parametrize("expansion", [None, {}, {"contains": [{"code": "eel"}], "extension": [{"url": "too costly"}]}])
def test_what_nobody_lists(expansion: dict[str, Any] | None) -> None:
    with pytest.raises(NotEnumerable):
        codings({"include": [{"system": "urn:fish"}]}, expansion=expansion)


def test_canonical_without_version() -> None:
    assert canonical("urn:vs|4.0.1") == canonical("urn:vs") == "urn:vs"
