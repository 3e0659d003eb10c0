"""HealthcareService/$nearest and CP-NEAREST: in an emergency the nearest service counts, whatever its group."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any, NamedTuple

from fhirserver.conformance import guide
from fhirserver.exchange import membership
from fhirserver.exchange.distances import Place, kilometres, place
from fhirserver.exchange.kinds import DIRECTION, codes, is_referral
from fhirserver.exchange.membership import local
from fhirserver.exchange.opening import is_open
from fhirserver.exchange.people_messages import NOT_NEAREST
from fhirserver.exchange.rules import Rule
from fhirserver.interactions.context import Context
from fhirserver.interactions.governing import Proposal
from fhirserver.interactions.message import Request, Response
from fhirserver.operations import arguments, bundles
from fhirserver.operations.arguments import Arguments
from fhirserver.operations.table import Offered, of_server
from fhirserver.outcome import Issue
from fhirserver.resource import json
from fhirserver.resource.dates import interval, microseconds
from fhirserver.search.values import escape
from fhirserver.store.rows import Version
from fhirserver.store.store import Reads

if TYPE_CHECKING:
    from fhirserver.exchange.case import Case

_SERVICE_TYPE = f"{guide.CANONICAL}/CodeSystem/service-type"
_CHARACTERISTIC = f"{guide.CANONICAL}/CodeSystem/service-characteristic"
_EXTERNAL_CHOICE = f"{guide.CANONICAL}/StructureDefinition/external-choice"
_DISTANCE = "http://hl7.org/fhir/StructureDefinition/location-distance"

DEFINITION = guide.operation("healthcareservice-nearest")

#: Kinds of service for which there is an accreditation; one without it is not listed.
_ACCREDITED = frozenset({"chest-pain-centre", "chest-pain-unit"})
#: How far around is looked, in kilometres, until enough is found; the last is everywhere.
_RADII = (5, 20, 80, 320, 1280, 20_100)
#: No more services than this are compared.
_MOST = 500
_DEFAULT_COUNT = 10
_ZERO = datetime(1970, 1, 1, tzinfo=UTC)


class Near(NamedTuple):
    """A service that is in use and open, the nearest of its locations, and how far that is."""

    kilometres: float
    service: Version
    location: Version


def nearest(
    context: Context, reads: Reads, code: str, here: Place, at: datetime, count: int, without: str | None = None
) -> list[Near]:
    """The services of a kind (CodeSystem service-type) that are in use and open at a moment, nearest first.

    `without`: an organisation (``Organization/x``) whose own services are left out.
    """
    found: list[Near] = []
    for radius in _RADII:
        found = _within(context, reads, code, here, radius, at, without)
        if len(found) >= count:
            break
    return found[:count]


def _within(
    context: Context, reads: Reads, code: str, here: Place, radius: int, at: datetime, without: str | None
) -> list[Near]:
    assert context.search is not None
    pairs = (
        ("service-type", f"{_SERVICE_TYPE}|{escape(code)}"),
        ("location.near", f"{here.latitude:.9f}|{here.longitude:.9f}|{radius}|km"),
    )
    identities = context.search.matches(reads, "HealthcareService", pairs, now=microseconds(context.now()), limit=_MOST)
    services = [(version, _body(version)) for version in reads.read_many(identities).values()]
    listed = [(version, body) for version, body in services if _is_offered(context, body, code, at, without)]
    locations = _read(reads, {each for _, body in listed for each in _references(context, body, "location")})
    owners = _read(reads, {each for _, body in listed for each in _references(context, body, "providedBy")})
    gone = {each for each, (_, body) in owners.items() if body.get("active") is False}
    found = []
    for version, body in listed:
        if gone.isdisjoint(_references(context, body, "providedBy")):
            found += _nearest_location(context, here, version, body, locations)
    return sorted((each for each in found if each.kilometres <= radius), key=lambda each: (each[0], each.service.id))


def _is_offered(context: Context, service: dict[str, Any], code: str, at: datetime, without: str | None) -> bool:
    if not service or service.get("active") is False or not is_open(service, at, context.zone):
        return False
    if without is not None and without in _references(context, service, "providedBy"):
        return False
    return code not in _ACCREDITED or "accredited" in codes(service.get("characteristic"), _CHARACTERISTIC)


_Bodies = Mapping[str, tuple[Version, dict[str, Any]]]


def _nearest_location(
    context: Context, here: Place, version: Version, service: dict[str, Any], locations: _Bodies
) -> list[Near]:
    found = []
    for reference in _references(context, service, "location"):
        location, body = locations.get(reference, (None, {}))
        there = place(body.get("position"))
        if location is not None and there is not None and body.get("status", "active") == "active":
            found.append(Near(kilometres(here, there), version, location))
    return sorted(found, key=lambda each: each.kilometres)[:1]


def _references(context: Context, resource: Mapping[str, Any], element: str) -> list[str]:
    value = resource.get(element, ())
    listed: Iterable[Any] = (value,) if isinstance(value, Mapping) else value
    return [found for each in listed if (found := local(each, context.base_url)) is not None]


def _read(reads: Reads, references: Iterable[str]) -> _Bodies:
    identities = [(type, id) for type, _, id in (each.partition("/") for each in sorted(references))]
    versions = reads.read_many(identities) if identities else {}
    return {"/".join(each): (version, _body(version)) for each, version in versions.items() if not version.deleted}


def _body(version: Version) -> dict[str, Any]:
    return json.parse(version.body) if version.body is not None else {}


# -- $nearest


def run(context: Context, request: Request) -> Response:
    """A searchset: the services, nearest first, each with its distance, and the locations they were measured to."""
    given = arguments.read(DEFINITION, request)
    here = Place(_degrees(given, "lat", 90), _degrees(given, "lng", 180))
    count = given.one("count", _DEFAULT_COUNT)
    if not isinstance(count, int) or count < 1:
        raise given.mistyped("count", "positiveInt", f"'{str(count)[:40]}'")
    at = _moment(context, given)
    with context.store.snapshot():
        found = nearest(context, context.store, given.text("code"), here, at, min(count, context.max_count))
    entries = [_entry(request.base, each) for each in found]
    locations = {each.location.identity: each.location for each in found}
    entries += [bundles.entry(request.base, each, "include") for each in locations.values()]
    return bundles.searchset(context, [bundles.link(request, "self", _asked(request))], entries, len(found))


def _asked(request: Request) -> list[tuple[str, str]]:
    names = {each.name for each in DEFINITION.parameters if each.use == "in"}
    return [pair for pair in request.query if pair[0] in names]


def _degrees(given: Arguments, name: str, most: int) -> float:
    text = str(given.one(name))
    try:
        value = Decimal(text)
    except InvalidOperation:
        raise given.mistyped(name, "decimal", f"'{text[:40]}'") from None
    if not value.is_finite() or abs(value) > most:
        raise given.mistyped(name, f"-{most}..{most}", f"'{text[:40]}'")
    return float(value)


def _moment(context: Context, given: Arguments) -> datetime:
    if "at" not in given:
        return context.now()
    try:
        return _ZERO + timedelta(microseconds=interval(given.text("at"), context.zone).lo)
    except ValueError:
        raise given.mistyped("at", "dateTime", f"'{given.text('at')[:40]}'") from None


def _entry(base: str, near: Near) -> bytes:
    assert near.service.body is not None
    distance = {
        "value": round(near.kilometres, 3),
        "unit": "km",
        "system": "http://unitsofmeasure.org",
        "code": "km",
    }
    search = {"extension": [{"url": _DISTANCE, "valueDistance": distance}], "mode": "match"}
    url = f"{base}/{near.service.type}/{near.service.id}".encode()
    return b'{"fullUrl":"%b","resource":%b,"search":%b}' % (url, near.service.body, json.encode(search))


# -- CP-NEAREST


def check_nearest(case: Case, proposal: Proposal) -> Iterator[Issue]:
    """An emergency goes to the nearest service; who chooses another says why (external-choice or note)."""
    after = proposal.after
    if after is None or "emergency" not in codes(after.get("category"), DIRECTION):
        return
    wanted = codes(after.get("code"), _SERVICE_TYPE) & frozenset(case.parameter("CP-NEAREST", "services"))
    performers = after.get("performer", ())
    if not wanted or len(performers) != 1 or _has_reason(after) or _is_told(proposal):
        return
    here, chosen = where(case, after), _place_of(case, local(performers[0], case.context.base_url))
    if here is None or chosen is None:
        return
    requester = membership.named(case, after, "requester")
    own = membership.organization_of(case, requester) if requester is not None else None
    found = nearest(case.context, case.transaction, min(wanted), here, case.now, 1, own)
    if found and kilometres(here, chosen) - found[0].kilometres > case.parameter("CP-NEAREST", "tolerance-km"):
        yield NOT_NEAREST.at(
            "ServiceRequest.performer[0]",
            nearest=f"HealthcareService/{found[0].service.id}",
            near=round(found[0].kilometres, 1),
            far=round(kilometres(here, chosen), 1),
        )


def _has_reason(request: Mapping[str, Any]) -> bool:
    return bool(request.get("note")) or any(
        each.get("url") == _EXTERNAL_CHOICE for each in request.get("extension", ())
    )


def _is_told(proposal: Proposal) -> bool:
    """Whether the choice was made, and told of, before."""
    return proposal.before is not None and proposal.before.get("performer") == (proposal.after or {}).get("performer")


def where(case: Case, request: Mapping[str, Any]) -> Place | None:
    """Where the patient is: where the visit takes place, else where the requester works, else their organisation."""
    visit = case.resource(membership.named(case, request, "encounter") or "") or {}
    places = [each.get("location") for each in visit.get("location", ())]
    requester = membership.named(case, request, "requester")
    role = (case.resource(requester) or {}) if requester is not None else {}
    places += role.get("location", ()) if isinstance(role.get("location"), list) else ()
    for each in places:
        found = _place_of(case, local(each, case.context.base_url))
        if found is not None:
            return found
    organization = membership.organization_of(case, requester) if requester is not None else None
    return _place_of(case, organization)


def _place_of(case: Case, reference: str | None) -> Place | None:
    """The place of a Location, of the first one of a HealthcareService, or of the first one of an Organization."""
    if reference is None:
        return None
    type = reference.partition("/")[0]
    if type == "Organization":
        found = case.find("Location", f"organization={reference}&status=active", 50)
        return next((there for each in found if (there := place(each.get("position"))) is not None), None)
    resource = case.resource(reference) or {}
    if type == "Location":
        return place(resource.get("position"))
    locations = _references(case.context, resource, "location") if type == "HealthcareService" else ()
    return next((there for each in locations if (there := _place_of(case, each)) is not None), None)


RULES = (
    Rule(
        "CP-NEAREST",
        ("ServiceRequest",),
        "胸痛救治: 就近原则 the nearest in an emergency",
        (NOT_NEAREST,),
        check_nearest,
        modes=("off", "advise"),
        default="advise",
        when=is_referral,
        parameters={"services": ["chest-pain-centre", "chest-pain-unit"], "tolerance-km": 0.5},
    ),
)
OPERATIONS = (Offered(DEFINITION, of_server(run)),)
