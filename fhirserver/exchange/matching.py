"""Patient/$match (patient-operation-match.html): who is this? Candidates come from the index, never from a scan."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from typing import TYPE_CHECKING, Any, cast

from fhirserver.exchange import duplicates
from fhirserver.exchange.identity import citizens
from fhirserver.exchange.likeness import Likeness, Weights, likeness
from fhirserver.exchange.packs import EVERYWHERE
from fhirserver.interactions.context import Context
from fhirserver.interactions.message import Request, Response
from fhirserver.operations import arguments, bundles
from fhirserver.operations.arguments import Arguments
from fhirserver.operations.table import Offered, of_server
from fhirserver.outcome import FhirError
from fhirserver.resource import json
from fhirserver.resource.dates import microseconds
from fhirserver.search.folding import has_han
from fhirserver.search.values import escape
from fhirserver.store.rows import Identity, Version

if TYPE_CHECKING:
    from fhirserver.exchange.governor import ExchangeGovernor

DEFINITION = arguments.definition("http://hl7.org/fhir/OperationDefinition/Patient-match")
_GRADE = "http://hl7.org/fhir/StructureDefinition/match-grade"
_DEFAULT_COUNT = 20
#: Issue types of what cannot be read.
_MALFORMED = frozenset({"structure", "value"})

Pairs = tuple[tuple[str, str], ...]


def run(context: Context, request: Request) -> Response:
    """A searchset, most likely first, each entry with its score and match-grade.

    `onlyCertainMatches`: none but those with the same checked number, which are the records of one person.
    """
    given = arguments.read(DEFINITION, request)
    asked = _asked(context, given)
    count = given.one("count", _DEFAULT_COUNT)
    if not isinstance(count, int) or count < 1:
        raise given.mistyped("count", "positiveInt", f"'{str(count)[:40]}'")
    with context.store.snapshot():
        found = _graded(context, asked)
    if given.one("onlyCertainMatches", False) is True:
        found = [each for each in found if each[0].grade == "certain"]
    entries = [_entry(request.base, *each) for each in found[: min(count, context.max_count)]]
    return bundles.searchset(context, [bundles.link(request, "self", ())], entries, len(entries))


def _asked(context: Context, given: Arguments) -> dict[str, Any]:
    """The Patient to find: R4's structure and types, not its invariants nor a profile: no more is known, perhaps."""
    asked: dict[str, Any] = given.one("resource")
    if asked.get("resourceType") != "Patient":
        raise given.mistyped("resource", "Patient", str(asked.get("resourceType")))
    plain = {name: value for name, value in asked.items() if name != "meta"}
    errors = [each for each in context.validator.check(plain) if each.code in _MALFORMED and each.severity == "error"]
    if errors:
        raise FhirError(errors, status=400)
    return plain


def _graded(context: Context, asked: dict[str, Any]) -> list[tuple[Likeness, Version]]:
    weights, most = _settings(context)
    found: list[tuple[Likeness, Version, dict[str, Any]]] = []
    for version in context.store.read_many(_candidates(context, asked, most)).values():
        if version.body is None:
            continue
        candidate = json.parse(version.body)
        alike = likeness(asked, candidate, weights) if _in_use(candidate) else None
        if alike is not None:
            found.append((alike, version, candidate))
    graded = [(alike, version) for alike, version, _ in _agreeing(found, weights)]
    return sorted(graded, key=lambda each: (-each[0].score, each[0].grade != "certain", each[1].id))


def _agreeing(
    found: list[tuple[Likeness, Version, dict[str, Any]]], weights: Weights
) -> list[tuple[Likeness, Version, dict[str, Any]]]:
    """Of records with one number that contradict one another none is certain: the number alone does not say whose."""
    certain = [candidate for alike, _, candidate in found if alike.grade == "certain"]
    pairs = ((one, other) for place, one in enumerate(certain) for other in certain[:place])
    if all((alike := likeness(one, other, weights)) is not None and alike.grade == "certain" for one, other in pairs):
        return found
    doubted = Likeness("probable", weights.probable)
    return [(doubted if each[0].grade == "certain" else each[0], *each[1:]) for each in found]


def _in_use(patient: dict[str, Any]) -> bool:
    return patient.get("active") is not False and not any(
        each.get("type") == "replaced-by" for each in patient.get("link", ())
    )


def _settings(context: Context) -> tuple[Weights, int]:
    """The weights, and how many candidates each search may bring: what the rule pack says now."""
    governor = cast("ExchangeGovernor", context.governor)
    (rule,) = duplicates.RULES
    now = microseconds(context.now())

    def parameter(name: str) -> Any:
        return governor.packs.parameter(rule, name, EVERYWHERE, now)

    return Weights(**{each.name: float(parameter(f"match-{each.name}")) for each in fields(Weights)}), parameter("most")


def _candidates(context: Context, asked: dict[str, Any], most: int) -> list[Identity]:
    assert context.search is not None
    now = microseconds(context.now())
    found: dict[Identity, None] = {}
    for pairs in _searches(asked):
        found |= dict.fromkeys(context.search.matches(context.store, "Patient", pairs, now=now, limit=most))
    return list(found)


def _searches(asked: dict[str, Any]) -> Iterator[Pairs]:
    """Each a search that few patients meet: a number, a telephone, a name with its birth date."""
    numbers = [each.number for each in citizens(asked)]
    for identifier in asked.get("identifier", ()):
        if "value" in identifier and "system" in identifier:
            yield (("identifier", f"{escape(identifier['system'])}|{escape(identifier['value'])}"),)
    for telecom in asked.get("telecom", ()):
        if telecom.get("system") in ("phone", "sms", None) and telecom.get("value", "").strip():
            yield (("phone", escape(telecom["value"])),)
    birth = asked.get("birthDate") or (numbers and citizens(asked)[0].birth.isoformat())
    if birth:
        for name in _names(asked):
            yield (("birthdate", birth), ("name", escape(name)))


def _names(asked: dict[str, Any]) -> set[str]:
    """How the names begin, by which the index finds them in characters and in pinyin: a surname or a word."""
    found: set[str] = set()
    for name in asked.get("name", ()):
        for text in (name.get("family"), name.get("text")):
            words = (text or "").split()
            if words:
                found |= {words[0][0]} if has_han(words[0]) else {words[0], words[-1]}
    return found


def _entry(base: str, alike: Likeness, version: Version) -> bytes:
    assert version.body is not None
    search = {
        "extension": [{"url": _GRADE, "valueCode": alike.grade}],
        "mode": "match",
        "score": alike.score,
    }
    url = f"{base}/{version.type}/{version.id}".encode()
    return b'{"fullUrl":"%b","resource":%b,"search":%b}' % (url, version.body, json.encode(search))


OPERATIONS = (Offered(DEFINITION, of_server(run)),)
