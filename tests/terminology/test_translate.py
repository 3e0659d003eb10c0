from __future__ import annotations

from typing import Any

import pytest

from fhirserver.outcome import FhirError
from fhirserver.terminology.concept_map import read
from fhirserver.terminology.translate import EQUIVALENCES, Question, known_map, translate
from tests.support.terms import terminology


def concept_map(*targets: dict[str, Any], url: str = "urn:m", code: str = "1", **group: Any) -> dict[str, Any]:
    return {
        "resourceType": "ConceptMap",
        "url": url,
        "version": "1",
        "sourceCanonical": "urn:vs:a|2",
        "targetUri": "urn:vs:b",
        "group": [
            {"source": "urn:a", "target": "urn:b", "element": [{"code": code, "target": list(targets)}], **group}
        ],
    }


def found(*maps: dict[str, Any], code: str = "1", system: str = "urn:a", **question: Any) -> list[tuple[Any, ...]]:
    """(equivalence, system, code, source map) of every match."""
    known = terminology(*maps)
    own = [each for each in known.concept_maps() if each.url.startswith("urn:")]
    matches = translate(known, [{"system": system, "code": code}], own, Question(**question))
    return [
        (match.equivalence, (match.concept or {}).get("system"), (match.concept or {}).get("code"), match.source)
        for match in matches
    ]


def target(code: str | None, equivalence: str = "equivalent", **parts: Any) -> dict[str, Any]:
    return {**({"code": code} if code else {}), "equivalence": equivalence, **parts}


def test_a_code_in_the_terms_of_another_system() -> None:
    assert found(concept_map(target("x"))) == [("equivalent", "urn:b", "x", "urn:m|1")]
    assert found(concept_map(target("x")), code="2") == []
    assert found(concept_map(target("x")), system="urn:c") == []


def test_the_strongest_first() -> None:
    targets = [target(str(place), equivalence) for place, equivalence in enumerate(reversed(EQUIVALENCES))]
    assert [match[0] for match in found(concept_map(*targets))] == list(EQUIVALENCES)


@pytest.mark.parametrize(("equivalence", "turned"), EQUIVALENCES.items())
def test_the_other_way_round_an_equivalence_turns(equivalence: str, turned: str) -> None:
    matches = found(concept_map(target("x", equivalence)), system="urn:b", code="x", reverse=True)
    assert matches == [(turned, "urn:a", "1", "urn:m|1")]


def test_a_map_may_say_that_there_is_no_translation() -> None:
    known = terminology()
    [match] = translate(
        known, [{"system": "urn:a", "code": "1"}], [_read(concept_map(target(None, "unmatched")))], Question()
    )
    assert (match.concept, match.matches) == (None, False)
    assert found(concept_map(target("x", "disjoint"))) == [("disjoint", "urn:b", "x", "urn:m|1")]


def test_where_to_may_be_asked() -> None:
    one = concept_map(target("x"))
    for question, expected in (
        ({"target_system": "urn:b"}, 1),
        ({"target_system": "urn:c"}, 0),
        ({"source": "urn:vs:a"}, 1),
        ({"source": "urn:vs:b"}, 0),
        ({"target": "urn:vs:b|7"}, 1),
        ({"source": "urn:vs:a", "target": "urn:vs:c"}, 0),
    ):
        assert len(found(one, **question)) == expected, question
    back = {"system": "urn:b", "code": "x", "reverse": True}
    assert len(found(one, **back, target_system="urn:a")) == 1
    assert len(found(one, **back, source="urn:vs:b", target="urn:vs:a")) == 1
    assert len(found(one, **back, source="urn:vs:a")) == 0


def test_all_maps_are_asked_and_each_answer_given_once() -> None:
    maps = [concept_map(target("x"), url="urn:m"), concept_map(target("x"), target("y"), url="urn:n")]
    assert [match[2] for match in found(*maps)] == ["x", "y"]


def test_dependencies() -> None:
    dependency = {"property": "urn:e", "system": "urn:t", "value": "9"}
    mapped = concept_map(target("x", dependsOn=[dependency]), target("y"))
    assert [match[2] for match in found(mapped)] == ["y"]
    given = frozenset({("urn:e", "urn:t", "9")})
    assert [match[2] for match in found(mapped, dependencies=given)] == ["x", "y"]


def test_products() -> None:
    product = {"property": "urn:e", "system": "urn:t", "value": "9", "display": "nine"}
    [match] = translate(
        terminology(),
        [{"system": "urn:a", "code": "1"}],
        [_read(concept_map(target("x", product=[product])))],
        Question(),
    )
    assert [(each.property, each.system, each.value, each.display) for each in match.products] == [
        ("urn:e", "urn:t", "9", "nine")
    ]


def test_what_no_element_names() -> None:
    for unmapped, expected in (
        ({"mode": "provided"}, ("equal", "urn:b", "2", "urn:m|1")),
        ({"mode": "fixed", "code": "other"}, ("inexact", "urn:b", "other", "urn:m|1")),
    ):
        assert found(concept_map(target("x"), unmapped=unmapped), code="2") == [expected]
        assert found(concept_map(target("x"), unmapped=unmapped), code="1") == [("equivalent", "urn:b", "x", "urn:m|1")]


def test_another_map_for_what_no_element_names() -> None:
    first = concept_map(target("x"), unmapped={"mode": "other-map", "url": "urn:n"})
    second = {**concept_map(target("y"), url="urn:n", code="2")}
    known = terminology(first, second)
    matches = translate(known, [{"system": "urn:a", "code": "2"}], [known_map(known, "urn:m")], Question())
    assert [(match.concept or {})["code"] for match in matches] == ["y"]
    assert [match.source for match in matches] == ["urn:n|1"]


def test_maps_that_refer_to_each_other_end() -> None:
    first = concept_map(target("x"), unmapped={"mode": "other-map", "url": "urn:n"})
    second = concept_map(target("x"), url="urn:n", unmapped={"mode": "other-map", "url": "urn:m"})
    assert found(first, second, code="2") == []


def test_a_map_that_is_not_known() -> None:
    with pytest.raises(FhirError, match="concept-map-unknown"):
        known_map(terminology(), "urn:nowhere")
    with pytest.raises(FhirError, match="concept-map-unreadable"):
        read(b'{"group":1}')


def test_maps_of_r4() -> None:
    known = terminology()
    matches = translate(
        known,
        [{"system": "http://hl7.org/fhir/administrative-gender", "code": "male"}],
        known.concept_maps(),
        Question(),
    )
    assert {(match.concept or {})["system"].rpartition("/")[2] for match in matches} == {
        "v2-0001",
        "v3-AdministrativeGender",
    }


def _read(resource: dict[str, Any]) -> Any:
    from fhirserver.resource import json

    return read(json.encode(resource))
