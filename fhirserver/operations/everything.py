"""$everything (patient-operation-everything.html, encounter-operation-everything.html): a whole record, page by page.

The record is the compartment; what its resources refer to comes along on their page, as far as it is no other
patient's.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from fhirserver.interactions import messages as interaction_messages
from fhirserver.interactions import tokens
from fhirserver.interactions.context import Context
from fhirserver.interactions.message import Request, Response
from fhirserver.operations import arguments, bundles, messages, referred
from fhirserver.operations.arguments import Arguments
from fhirserver.operations.bundles import Pairs
from fhirserver.resource import json
from fhirserver.resource.dates import Interval, interval, microseconds
from fhirserver.resource.references import parse
from fhirserver.search import compartments, understand
from fhirserver.search.criteria import AllOf, Criterion, Not, OneOf, either
from fhirserver.search.main_dates import MAIN_DATES
from fhirserver.search.order import ByMainDate, Place, pack, unpack
from fhirserver.search.query import PAGE, Query
from fhirserver.search.scope import Scope
from fhirserver.search.search import Result, identities
from fhirserver.search.search import run as run_search
from fhirserver.spec.compartments import compartments as known_compartments
from fhirserver.spec.operations import Operation
from fhirserver.spec.structures import RESOURCE_TYPES
from fhirserver.store.rows import Version

_DEFINITIONS = "http://hl7.org/fhir/OperationDefinition"
OF_PATIENT = arguments.definition(f"{_DEFINITIONS}/Patient-everything")
OF_ENCOUNTER = arguments.definition(f"{_DEFINITIONS}/Encounter-everything")

#: How many patients of whom there is nothing to show a page passes over.
_PASSED_OVER = 100
#: "The date range relates to care dates": the main date of each type, and more where care has another one.
_CARE_DATES = {**{type: (code,) for type, code in MAIN_DATES.items()}, "Condition": ("recorded-date", "onset-date")}


@dataclass(frozen=True, slots=True)
class _Wish:
    """What is asked for. `types` empty: of all types. `since` in microseconds; `links` the parameters of a link."""

    types: frozenset[str]
    start: str
    end: str
    since_text: str
    since: int | None
    count: int
    links: Pairs


def run_patient(context: Context, request: Request) -> Response:
    """The record of a patient, or on the type those of all patients, one after the other."""
    return _run(context, request, OF_PATIENT) if len(request.path) == 3 else _run_all(context, request)


def run_encounter(context: Context, request: Request) -> Response:
    """What belongs to an encounter."""
    return _run(context, request, OF_ENCOUNTER)


def _run(context: Context, request: Request, definition: Operation) -> Response:
    wish, purpose, sealed = _asked(context, request, definition)
    place = unpack(str(sealed[0])) if sealed is not None else None
    with context.store.snapshot():
        root = context.store.read(request.type, request.id)
        if root is None or root.body is None:
            raise messages.RESOURCE_NOT_STORED.error(type=request.type, id=request.id)
        page = _page_of(context, root, wish, place)
    next = [pack(page.next)] if page.next is not None else None
    total = len(page.matches) if place is None and next is None else None
    return _answer(context, request, wish, purpose, page, next, total)


def _run_all(context: Context, request: Request) -> Response:
    """A page is of one patient; its token holds the place before the patient and, within a record, the one there.

    Patients of whom there is nothing to show are passed over, some at a time.
    """
    assert context.search is not None
    wish, purpose, sealed = _asked(context, request, OF_PATIENT)
    before = unpack(str(sealed[0])) if sealed is not None and sealed[0] else None
    place = unpack(str(sealed[1])) if sealed is not None and len(sealed) == 2 else None
    page, next = _Page([], [], None), None
    with context.store.snapshot():
        scope = context.search.scope(microseconds(context.now()))
        for _ in range(_PASSED_OVER):
            query = Query(("Patient",), {"Patient": []}, ByMainDate(), 1, total="none")
            patients = run_search(context.store, scope, query, before)
            for root in patients.matches:
                page = _page_of(context, root, wish, place)
            place = page.next
            if place is not None:
                next = [pack(before) if before is not None else "", pack(place)]
            elif patients.next is not None:
                before = patients.next
                next = [pack(before)]
            else:
                next = None
            if page.matches or page.included or next is None:
                break
    return _answer(context, request, wish, purpose, page, next, None)


@dataclass(frozen=True, slots=True)
class _Page:
    """What a page shows: of the record, and what that refers to; and where the next page begins."""

    matches: Sequence[Version]
    included: Sequence[Version]
    next: Place | None


def _asked(context: Context, request: Request, definition: Operation) -> tuple[_Wish, str, list[Any] | None]:
    """What is asked for, what a token of it is good for, and what the token of this request holds."""
    # _page is no parameter of the operation: only next links have it
    asked = replace(request, query=[pair for pair in request.query if pair[0] != PAGE])
    wish = _wish(context, arguments.read(definition, asked))
    purpose = "\0".join(("everything", *request.path, *(f"{name}={value}" for name, value in wish.links)))
    token = next((value for name, value in request.query if name == PAGE), None)
    if token is None:
        return wish, purpose, None
    sealed = tokens.unseal(context.secret, purpose, token)
    if sealed is None:
        raise interaction_messages.PAGE_UNKNOWN.error(name=PAGE)
    return wish, purpose, list(sealed)


def _page_of(context: Context, root: Version, wish: _Wish, place: Place | None) -> _Page:
    """A page of one record; without a `place` its first, which has the root itself."""
    is_new = place is None and (wish.since is None or root.last_updated >= wish.since)
    first = [root] if is_new and (not wish.types or root.type in wish.types) else []
    matches, included, next = _page(context, root, wish, wish.count - len(first), place or (), with_root=is_new)
    return _Page([*first, *_of_types(matches, wish)], list(_of_types(included, wish)), next)


def _answer(
    context: Context,
    request: Request,
    wish: _Wish,
    purpose: str,
    page: _Page,
    next: list[str] | None,
    total: int | None,
) -> Response:
    links = [bundles.link(request, "self", wish.links)]
    if next is not None:
        links.append(bundles.link(request, "next", [*wish.links, (PAGE, tokens.seal(context.secret, purpose, next))]))
    entries = [bundles.entry(request.base, version, "match") for version in page.matches]
    entries += [bundles.entry(request.base, version, "include") for version in page.included]
    return bundles.searchset(context, links, entries, total)


def _wish(context: Context, given: Arguments) -> _Wish:
    types = [type.strip() for text in given.all("_type") for type in text.split(",")]
    for type in types:
        if type not in RESOURCE_TYPES:
            raise given.mistyped("_type", "code of a resource type", f"'{type[:40]}'")
    dates = {name: _date(context, given, name) for name in ("start", "end", "_since")}
    start, end, since = dates["start"], dates["end"], dates["_since"]
    if start is not None and end is not None and start.lo >= end.hi:
        raise messages.PERIOD_REVERSED.error(start=given.text("start"), end=given.text("end"))
    count = given.one("_count", context.max_count)
    if count < 1:
        raise given.mistyped("_count", f"integer, 1..{context.max_count}", str(count))
    links = [(name, given.text(name)) for name in ("start", "end", "_since") if name in given]
    if types:
        links.append(("_type", ",".join(dict.fromkeys(types))))
    count = min(count, context.max_count)
    if "_count" in given:
        links.append(("_count", str(count)))
    return _Wish(
        frozenset(types),
        given.text("start"),
        given.text("end"),
        given.text("_since"),
        since.lo if since is not None else None,
        count,
        links,
    )


def _date(context: Context, given: Arguments, name: str) -> Interval | None:
    if name not in given:
        return None
    try:
        return interval(given.text(name), context.zone)
    except ValueError:
        expected = "instant" if name == "_since" else "date"
        raise given.mistyped(name, expected, f"'{given.text(name)[:40]}'") from None


def _of_types(versions: Sequence[Version], wish: _Wish) -> Iterator[Version]:
    return (version for version in versions if not wish.types or version.type in wish.types)


def _page(
    context: Context, root: Version, wish: _Wish, count: int, place: Place, *, with_root: bool
) -> tuple[list[Version], list[Version], Place | None]:
    """A page of the compartment without its root, what that refers to, and where the next page begins.

    `with_root`: what the root refers to belongs to this page.
    """
    assert context.search is not None
    scope = context.search.scope(microseconds(context.now()))
    query = Query(*_criteria(scope, root, wish), ByMainDate(), count, total="none")
    # a page that the root fills
    found = Result(next=()) if count == 0 else run_search(context.store, scope, query, place or None)
    sources = [root, *found.matches] if with_root else found.matches
    resources = [json.decode(version.body) for version in sources if version.body is not None]
    included = _referred(context, root, resources)
    return found.matches, _without_members(context, query, root, included), found.next


def _criteria(scope: Scope, root: Version, wish: _Wish) -> tuple[tuple[str, ...], dict[str, list[Criterion]]]:
    """The types to walk and for each the criteria.

    Where all types asked for are of a patient's record they are enough; what else is asked for, others refer to.
    """
    types = compartments.types(root.type, "*")
    if root.type == "Patient" and wish.types and wish.types.issubset(types):
        types = tuple(type for type in types if type in wish.types)
    within = compartments.within(scope, root.type, root.id)
    criteria: dict[str, list[Criterion]] = {}
    for type in types:
        inside = within(type)
        assert inside is not None
        criteria[type] = [inside, *_filters(scope, type, wish)]
        if type == root.type:
            criteria[type].append(Not(OneOf(type, [root.res])))
    return types, criteria


def _filters(scope: Scope, type: str, wish: _Wish) -> Iterator[Criterion]:
    if wish.since is not None:
        yield understand.criterion(scope, type, "_lastUpdated", f"ge{wish.since_text}")
    bounds = [f"ge{wish.start}"] * bool(wish.start) + [f"le{wish.end}"] * bool(wish.end)
    codes = _CARE_DATES.get(type, ())
    if bounds and codes:
        # what has no date cannot be said to lie outside
        undated = [understand.criterion(scope, type, f"{code}:missing", "true") for code in codes]
        dated = [AllOf(type, [understand.criterion(scope, type, code, each) for each in bounds]) for code in codes]
        yield either([*dated, AllOf(type, undated)])


def _referred(context: Context, root: Version, resources: Sequence[dict[str, Any]]) -> list[Version]:
    assert context.search is not None
    base_urls = context.search.setting.base_urls
    patient = _patient(root, base_urls)
    of_patients = known_compartments()["Patient"]
    return referred.closure(
        context.store,
        resources,
        base_urls,
        keep=lambda each: not referred.is_of_another(each, patient, base_urls),
        # beyond the record only what is of no patient, such as the organization of a practitioner's role
        follow=lambda each: each["resourceType"] not in of_patients,
    )


def _patient(root: Version, base_urls: Sequence[str]) -> str | None:
    """The id of the patient whose record it is."""
    if root.type == "Patient":
        return root.id
    assert root.body is not None
    subject = json.decode(root.body).get("subject", {}).get("reference", "")
    found = parse(subject, base_urls)
    return found.id if found.kind == "literal" and found.type == "Patient" else None


def _without_members(context: Context, query: Query, root: Version, included: Sequence[Version]) -> list[Version]:
    """Without what is a match on this page or another one."""
    wanted: dict[str, list[Version]] = {}
    for version in included:
        if version.type in query.criteria:
            wanted.setdefault(version.type, []).append(version)
    members = {root.identity}
    for type, versions in wanted.items():
        criteria = [*query.criteria[type], OneOf(type, [version.res for version in versions])]
        members.update(identities(context.store, type, criteria, len(versions)))
    return [version for version in included if version.identity not in members]
