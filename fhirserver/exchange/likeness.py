"""How much two records of a person are alike: a score of 0 to 1, and the grade of Patient/$match.

Pure. Only a checked number makes a match certain: name and birth date together do not, however well they agree.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from fhirserver.exchange.identity import MASTER_INDEX, citizens
from fhirserver.search.folding import fold, has_han
from fhirserver.search.pinyin import spellings

#: valueset-match-grade.html, the three that are answered.
Grade = Literal["certain", "probable", "possible"]

#: Numbers that one institution gives: without their assigner they say nothing.
_LOCAL = frozenset(f"urn:oid:2.16.156.10011.1.{last}" for last in (11, 12, 13))
#: What separates the parts of a name, and no name is told apart by.
_BETWEEN = str.maketrans("", "", " ·•・-'’.,，")
_HIGHEST_UNCERTAIN = 0.99


@dataclass(frozen=True, slots=True)
class Weights:
    """What each agreement adds to the score and each contradiction takes from it; the rule pack sets them.

    `spelled` and `initials` are the parts of `name` that a name in pinyin, and its initials, are worth.
    """

    name: float = 0.35
    birth: float = 0.35
    phone: float = 0.25
    gender: float = 0.05
    identifier: float = 0.45
    spelled: float = 0.8
    initials: float = 0.4
    contradiction: float = 0.25
    probable: float = 0.85
    possible: float = 0.55


@dataclass(frozen=True, slots=True)
class Likeness:
    """How alike: `score` 0 to 1."""

    grade: Grade
    score: float


def names(resource: Mapping[str, Any]) -> frozenset[str]:
    """A person's names, comparable: folded, without spaces and dots; in letters also with the given name first."""
    return frozenset(filter(None, (fold(text).translate(_BETWEEN) for text in _texts(resource))))


def _texts(resource: Mapping[str, Any]) -> Iterator[str]:
    for name in resource.get("name", ()):
        if isinstance(name.get("text"), str):
            yield name["text"]
        given = "".join(each for each in name.get("given", ()) if each)
        family = name.get("family") or ""
        if family and given:
            yield family + given
            if not has_han(family):
                yield given + family


def name_likeness(ours: frozenset[str], theirs: frozenset[str], weights: Weights) -> float | None:
    """1 for one name in common, less for one that is the other's pinyin or initials; 0 for different ones.

    None where one has no name.
    """
    if not ours or not theirs:
        return None
    if ours & theirs:
        return 1.0
    mine, other = _spelled(ours), _spelled(theirs)
    if not mine.full.isdisjoint(theirs) or not other.full.isdisjoint(ours):
        return weights.spelled
    if not mine.short.isdisjoint(theirs) or not other.short.isdisjoint(ours):
        return weights.initials
    return 0.0


@dataclass(frozen=True, slots=True)
class _Spelled:
    full: frozenset[str]
    short: frozenset[str]


def _spelled(texts: frozenset[str]) -> _Spelled:
    """The Chinese names among these in pinyin, and in its initials."""
    full: set[str] = set()
    short: set[str] = set()
    for text in texts:
        for spelling in spellings(text):
            (short if len(spelling) <= len(text) else full).add(spelling)
    return _Spelled(frozenset(full), frozenset(short))


def contradicts(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether names or birth dates say that two records with one number are of two people."""
    alike = name_likeness(names(one), names(other), Weights())
    return alike == 0.0 or _births(one, other) == -1


def _births(one: Mapping[str, Any], other: Mapping[str, Any]) -> float | None:
    """1 for one day, 0.5 for what is known of it, -1 for two days; None where one is not told."""
    ours, theirs = one.get("birthDate"), other.get("birthDate")
    if not isinstance(ours, str) or not isinstance(theirs, str):
        return None
    if ours == theirs:
        return 1.0 if len(ours) == 10 else 0.5
    short, long = sorted((ours, theirs), key=len)
    return 0.5 if long.startswith(short) else -1.0


def _phones(resource: Mapping[str, Any]) -> frozenset[str]:
    """Telephone numbers without what people write between digits, and without the country code of China."""
    found = set()
    for telecom in resource.get("telecom", ()):
        if telecom.get("system") in ("phone", "sms", None) and isinstance(telecom.get("value"), str):
            digits = "".join(each for each in telecom["value"] if each.isdigit())
            found.add(digits.removeprefix("0086") if digits.startswith("0086") else _without_country(digits))
    return frozenset(each for each in found if len(each) >= 7)


def _without_country(digits: str) -> str:
    return digits[2:] if digits.startswith("86") and len(digits) == 13 else digits


def _numbers(resource: Mapping[str, Any]) -> frozenset[tuple[str, str]]:
    """Identifiers that mean one person wherever they are written, the checked ones left out."""
    ids = resource.get("identifier", ())
    return frozenset(
        (each["system"], each["value"])
        for each in ids
        if "system" in each and "value" in each and each["system"] not in _LOCAL and each.get("use") != "old"
    )


def likeness(asked: Mapping[str, Any], candidate: Mapping[str, Any], weights: Weights) -> Likeness | None:
    """How much a candidate is like the person asked for; None when it is too little, or their numbers differ."""
    ours, theirs = ({each.number for each in citizens(dict(each))} for each in (asked, candidate))
    ours_known, theirs_known = _numbers(asked), _numbers(candidate)
    same = bool(ours & theirs) or any(system == MASTER_INDEX for system, _ in ours_known & theirs_known)
    if same:
        return _certain(asked, candidate, weights)
    if ours and theirs:
        return None
    score = _score(asked, candidate, weights)
    if ours_known & theirs_known:
        score += weights.identifier
    score = round(min(score, _HIGHEST_UNCERTAIN), 4)
    if score < weights.possible:
        return None
    return Likeness("probable" if score >= weights.probable else "possible", score)


def _certain(asked: Mapping[str, Any], candidate: Mapping[str, Any], weights: Weights) -> Likeness:
    """One number: certain, unless name or birth date speak against it. Then somebody has to look."""
    if contradicts(asked, candidate):
        return Likeness("probable", weights.probable)
    return Likeness("certain", 1.0)


def _score(asked: Mapping[str, Any], candidate: Mapping[str, Any], weights: Weights) -> float:
    score = 0.0
    alike = name_likeness(names(asked), names(candidate), weights)
    if alike is not None:
        score += weights.name * alike if alike else -weights.contradiction
    births = _births(asked, candidate)
    if births is not None:
        score += weights.birth * births if births > 0 else -weights.contradiction
    if _phones(asked) & _phones(candidate):
        score += weights.phone
    genders = {asked.get("gender"), candidate.get("gender")} & {"male", "female"}
    if asked.get("gender") == candidate.get("gender") and genders:
        score += weights.gender
    elif len(genders) == 2:
        score -= weights.contradiction
    return max(score, 0.0)
