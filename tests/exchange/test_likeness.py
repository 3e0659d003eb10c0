"""How alike two records are, and the grade that follows."""

from __future__ import annotations

from typing import Any

import pytest

from fhirserver.exchange.identity import CITIZEN, MASTER_INDEX
from fhirserver.exchange.likeness import Weights, contradicts, likeness, names

LIU: dict[str, Any] = {
    "identifier": [{"system": CITIZEN, "value": "37020019680412022X"}],
    "name": [{"text": "刘桂兰"}],
    "gender": "female",
    "birthDate": "1968-04-12",
    "telecom": [{"system": "phone", "value": "138 0000 0001"}],
}
WITHOUT_NUMBER = {name: value for name, value in LIU.items() if name != "identifier"}


def asked(**more: Any) -> dict[str, Any]:
    return {name: value for name, value in {**WITHOUT_NUMBER, **more}.items() if value is not None}


def grade(one: dict[str, Any], other: dict[str, Any] = LIU) -> str | None:
    found = likeness(one, other, Weights())
    return found.grade if found is not None else None


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        ({"identifier": LIU["identifier"]}, "certain"),
        ({"identifier": [{"system": CITIZEN, "value": "37020019680412022x"}]}, "certain"),
        (LIU, "certain"),
        ({"identifier": LIU["identifier"], "name": [{"text": "Liu Guilan"}]}, "certain"),
        # one number and another name: somebody has to look
        ({"identifier": LIU["identifier"], "name": [{"text": "张海涛"}]}, "probable"),
        ({"identifier": LIU["identifier"], "birthDate": "1968-04-13"}, "probable"),
        # everything but the number
        (asked(), "probable"),
        (asked(telecom=[{"value": "+86 13800000001"}]), "probable"),
        # name and birth date are never certain
        (asked(telecom=None), "possible"),
        (asked(telecom=None, gender=None), "possible"),
        (asked(birthDate=None), "possible"),
        (asked(name=None), "possible"),
        (asked(name=[{"text": "Liu Guilan"}], telecom=None), "possible"),
        (asked(name=[{"family": "Liu", "given": ["Guilan"]}]), "probable"),
        (asked(telecom=None, gender=None, birthDate=None), None),
        (asked(telecom=None, name=[{"text": "刘桂芳"}]), None),
        # two numbers are two people, whatever else agrees
        (asked(identifier=[{"system": CITIZEN, "value": "370200196207210358"}]), None),
        # a number that does not pass its check says nothing
        (asked(identifier=[{"system": CITIZEN, "value": "370200196804120221"}]), "probable"),
        ({}, None),
    ],
)
def test_grades(one: dict[str, Any], expected: str | None) -> None:
    assert grade(one) == expected


def test_the_server_s_own_index_is_certain_and_a_local_number_says_nothing() -> None:
    empi = {**WITHOUT_NUMBER, "identifier": [{"system": MASTER_INDEX, "value": "1"}]}
    assert grade({"identifier": empi["identifier"]}, empi) == "certain"
    local = {**WITHOUT_NUMBER, "identifier": [{"system": "urn:oid:2.16.156.10011.1.11", "value": "1"}]}
    assert grade({"identifier": local["identifier"]}, local) is None
    card = {**WITHOUT_NUMBER, "identifier": [{"system": "urn:oid:2.16.156.10011.1.19", "value": "1"}]}
    assert grade({"identifier": card["identifier"]}, card) is None
    assert grade({"identifier": card["identifier"], "name": LIU["name"]}, card) == "possible"
    assert grade(asked(identifier=card["identifier"], telecom=None), card) == "probable"


def test_more_agreement_never_scores_less() -> None:
    scores = []
    person: dict[str, Any] = {}
    for name in ("name", "birthDate", "gender", "telecom"):
        person[name] = LIU[name]
        found = likeness(person, LIU, Weights(possible=0.0))
        assert found is not None
        scores.append(found.score)
    assert scores == sorted(scores)
    assert scores[-1] < 1


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("刘桂兰", "刘 桂兰", False),
        ("阿卜杜拉·买买提", "阿卜杜拉买买提", False),
        ("刘桂兰", "LIU GUILAN", False),
        ("刘桂兰", "Lgl", False),
        ("单田芳", "Shan Tianfang", False),
        ("刘桂兰", "刘桂芳", True),
        ("刘桂兰", "Zhang Haitao", True),
    ],
)
def test_names_that_contradict(one: str, other: str, expected: bool) -> None:
    assert contradicts({"name": [{"text": one}]}, {"name": [{"text": other}]}) is expected


def test_names_in_pieces() -> None:
    assert names({"name": [{"family": "刘", "given": ["桂", "兰"]}]}) == {"刘桂兰"}
    assert names({"name": [{"family": "Smith", "given": ["Ann"]}]}) == {"smithann", "annsmith"}
    assert names({"name": [{"use": "official"}]}) == frozenset()
