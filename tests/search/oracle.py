"""The rules of search.html written down slowly and obviously, over resources in memory.

Nothing here is shared with the code it judges, except how the text of a date becomes a stretch of time.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta, timezone
from decimal import Decimal
from typing import Any

from fhirserver.resource.dates import EARLIEST, LATEST, interval

Resource = dict[str, Any]
SHANGHAI = timezone(timedelta(hours=8))

#: (type, parameter) -> (kind, how its values are found)
PARAMETERS: dict[tuple[str, str], tuple[str, Callable[[Resource], list[Any]]]] = {
    ("Patient", "name"): ("string", lambda r: [text for name in r.get("name", []) for text in _name(name)]),
    ("Patient", "family"): ("string", lambda r: [name["family"] for name in r.get("name", []) if "family" in name]),
    ("Patient", "gender"): ("token", lambda r: _codes("http://hl7.org/fhir/administrative-gender", r.get("gender"))),
    ("Patient", "birthdate"): ("date", lambda r: _dates(r.get("birthDate"))),
    ("Patient", "identifier"): ("token", lambda r: [(i.get("system"), i["value"]) for i in r.get("identifier", [])]),
    ("Patient", "organization"): ("reference", lambda r: _references(r.get("managingOrganization"))),
    ("Organization", "name"): ("string", lambda r: [r["name"]] if "name" in r else []),
    ("Organization", "partof"): ("reference", lambda r: _references(r.get("partOf"))),
    ("Observation", "status"): ("token", lambda r: _codes("http://hl7.org/fhir/observation-status", r.get("status"))),
    ("Observation", "code"): ("token", lambda r: _concept(r.get("code"))),
    ("Observation", "category"): ("token", lambda r: [each for c in r.get("category", []) for each in _concept(c)]),
    ("Observation", "subject"): ("reference", lambda r: _references(r.get("subject"))),
    ("Observation", "patient"): (
        "reference",
        lambda r: [each for each in _references(r.get("subject")) if each.startswith("Patient/")],
    ),
    ("Observation", "performer"): ("reference", lambda r: _references(*r.get("performer", []))),
    ("Observation", "date"): ("date", lambda r: _dates(r.get("effectiveDateTime"), r.get("effectivePeriod"))),
    ("Observation", "value-quantity"): ("quantity", lambda r: [r["valueQuantity"]] if "valueQuantity" in r else []),
    ("Observation", "component-code"): (
        "token",
        lambda r: [each for part in r.get("component", []) for each in _concept(part["code"])],
    ),
}


def _name(name: dict[str, Any]) -> list[str]:
    return [text for key in ("text", "family") if (text := name.get(key))] + name.get("given", [])


def _codes(system: str, code: str | None) -> list[tuple[str | None, str]]:
    return [] if code is None else [(None, code)]


def _concept(concept: dict[str, Any] | None) -> list[tuple[str | None, str]]:
    return [(coding.get("system"), coding["code"]) for coding in (concept or {}).get("coding", [])]


def _references(*references: dict[str, Any] | None) -> list[str]:
    return [reference["reference"] for reference in references if reference]


def _dates(*values: Any) -> list[tuple[int, int]]:
    found = []
    for value in values:
        if isinstance(value, str):
            found.append(tuple(interval(value, SHANGHAI)))
        elif value:
            lo = interval(value["start"], SHANGHAI).lo if "start" in value else EARLIEST
            hi = interval(value["end"], SHANGHAI).hi if "end" in value else LATEST
            found.append((lo, hi))
    return found  # type: ignore[return-value]


def search(resources: Sequence[Resource], type: str, pairs: Iterable[tuple[str, str]]) -> set[str]:
    """The ids of the resources of a type that meet all parameters."""
    asked = list(pairs)
    return {
        resource["id"]
        for resource in resources
        if resource["resourceType"] == type and all(_meets(resources, resource, *pair) for pair in asked)
    }


def _meets(resources: Sequence[Resource], resource: Resource, name: str, value: str) -> bool:
    if name.startswith("_has:"):
        _, source, link, rest = name.split(":", 3)
        kind, values = PARAMETERS[source, link]
        me = f"{resource['resourceType']}/{resource['id']}"
        return any(
            each["resourceType"] == source and me in values(each) and _meets(resources, each, rest, value)
            for each in resources
        )
    head, _, tail = name.partition(".")
    if tail:
        code, _, only = head.partition(":")
        _, values = PARAMETERS[resource["resourceType"], code]
        targets = [each for each in resources if f"{each['resourceType']}/{each['id']}" in values(resource)]
        return any(
            (not only or each["resourceType"] == only)
            and (tail.startswith("_") or (each["resourceType"], tail.split(".")[0].split(":")[0]) in PARAMETERS)
            and _meets(resources, each, tail, value)
            for each in targets
        )
    code, _, modifier = head.partition(":")
    if code == "_id":
        return resource["id"] in value.split(",")
    kind, values = PARAMETERS[resource["resourceType"], code]
    found = values(resource)
    if modifier == "missing":
        return bool(found) != (value == "true")
    choices = value.split(",")
    if modifier == "not":
        return not any(_token(each, choice) for each in found for choice in choices)
    return any(_MATCH[kind](each, choice, modifier) for each in found for choice in choices)


def _token(value: tuple[str | None, str], asked: str) -> bool:
    system, bar, code = asked.rpartition("|")
    if not bar:
        return value[1] == asked
    if not code:
        return value[0] == system
    return value == (system or None, code)


def _fold(text: str) -> str:
    plain = unicodedata.normalize("NFD", unicodedata.normalize("NFKC", text).casefold())
    kept = "".join(each for each in plain if not unicodedata.combining(each))
    return re.sub(r"\s+", " ", unicodedata.normalize("NFC", kept)).strip()


def _string(value: str, asked: str, modifier: str) -> bool:
    if modifier == "exact":
        return value == asked
    if modifier == "contains":
        return _fold(asked) in _fold(value)
    return _fold(value).startswith(_fold(asked))


def _reference(value: str, asked: str, modifier: str) -> bool:
    if modifier:
        return value == f"{modifier}/{asked}"
    return value == asked or ("/" not in asked and value.endswith(f"/{asked}"))


def _prefixed(text: str) -> tuple[str, str]:
    return (text[:2], text[2:]) if text[:2].isalpha() else ("eq", text)


def _date(value: tuple[int, int], asked: str, modifier: str) -> bool:
    prefix, text = _prefixed(asked)
    lo, hi = interval(text, SHANGHAI)
    inside = lo <= value[0] and value[1] <= hi
    return {
        "eq": inside,
        "ne": not inside,
        "gt": value[1] > hi,
        "lt": value[0] < lo,
        "ge": value[1] > hi or inside,
        "le": value[0] < lo or inside,
        "sa": value[0] >= hi,
        "eb": value[1] <= lo,
    }[prefix]


_GRAMS = {"mg": Decimal("0.001"), "g": Decimal(1), "kg": Decimal(1000)}


def _quantity(value: dict[str, Any], asked: str, modifier: str) -> bool:
    number, _, unit = asked.partition("|")
    prefix, text = _prefixed(number)
    target, point = Decimal(text), Decimal(str(value["value"]))
    half = Decimal(5).scaleb(int(target.as_tuple().exponent) - 1)
    code = unit.rpartition("|")[2]
    if unit.startswith("|"):
        if code not in (value.get("code"), value.get("unit")):
            return False
    elif unit:
        if value.get("code") not in _GRAMS:
            return False
        point *= _GRAMS[value["code"]]
        target, half = target * _GRAMS[code], half * _GRAMS[code]
    return {
        "eq": target - half <= point < target + half,
        "ne": not target - half <= point < target + half,
        "gt": point > target,
        "lt": point < target,
        "ge": point >= target,
        "le": point <= target,
        "sa": point > target,
        "eb": point < target,
    }[prefix]


_MATCH: dict[str, Callable[[Any, str, str], bool]] = {
    "token": lambda value, asked, modifier: _token(value, asked),
    "string": _string,
    "reference": _reference,
    "date": _date,
    "quantity": _quantity,
}
