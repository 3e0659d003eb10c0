"""http.html#history of a resource, of a type and of the whole system."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC
from urllib.parse import urlencode

from fhirserver.interactions import messages, parameters, tokens
from fhirserver.interactions.context import Context
from fhirserver.interactions.message import Request, Response
from fhirserver.interactions.parameters import Selection
from fhirserver.interactions.preconditions import etag
from fhirserver.interactions.read import location
from fhirserver.resource import json
from fhirserver.resource.dates import instant, interval, microseconds
from fhirserver.store.rows import Cursor, Version

#: The parameter that carries the place in the list in a next link.
PAGE = "_page"
PARAMETERS = ("_count", "_since", "_at", PAGE)
_SUMMARIES = (*parameters.SUMMARIES, "count")

#: Bundle.entry.request.method of a version: of the interactions history shows, a patch is an update.
_REQUEST_METHOD = {"POST": "POST", "PUT": "PUT", "PATCH": "PUT", "DELETE": "DELETE"}


@dataclass(frozen=True, slots=True)
class Page:
    """What was asked for; times in microseconds, `parameters` the effective ones for the self link."""

    count: int
    since: int | None
    at: tuple[int, int] | None
    before: Cursor | None
    selection: Selection | None
    parameters: Mapping[str, str]


def history_instance(context: Context, request: Request) -> Response:
    """All versions of one resource, newest first, its deletions included. Raises 404 for an id never used."""
    page = _page(context, request)
    current = context.store.read(request.type, request.id)
    if current is None:
        raise messages.RESOURCE_UNKNOWN.error(type=request.type, id=request.id)
    whole = page.since is None and page.at is None
    return _answer(context, request, page, request.type, request.id, total=current.version if whole else None)


def history_type(context: Context, request: Request) -> Response:
    """All versions of all resources of a type, newest first."""
    return _answer(context, request, _page(context, request), request.type, None)


def history_system(context: Context, request: Request) -> Response:
    """All versions of all resources, newest first."""
    return _answer(context, request, _page(context, request), None, None)


def _page(context: Context, request: Request) -> Page:
    values = dict(parameters.parse(request, PARAMETERS))
    type = request.type if len(request.path) > 1 else None
    selection = parameters.selection(values, type, summaries=_SUMMARIES)
    count = _count(values, context.default_count, context.max_count)
    values["_count"] = str(count)
    since = _since(values)
    at = _at(values, context)
    before = _before(context, request, values)
    return Page(count, since, at, before, selection, values)


def _count(values: Mapping[str, str], default: int, most: int) -> int:
    """ "The server is not bound to return the number requested, but cannot return more"; 0 asks for the total alone."""
    if values.get("_summary") == "count":
        return 0
    text = values.get("_count", str(default))
    if not text.isascii() or not text.isdigit():
        raise messages.PARAMETER_VALUE.error(name="_count", found=text, expected=f"0..{most}")
    # Longer than any count: int() of thousands of digits is slow.
    return most if len(text) > 9 else min(int(text), most)


def _since(values: Mapping[str, str]) -> int | None:
    """The instant of _since: "a full date time with time zone"."""
    text = values.get("_since")
    if text is None:
        return None
    text = _zone_repaired(text)
    try:
        if "T" not in text or not (text.endswith("Z") or text[-6] in "+-"):
            raise ValueError(text)
        return interval(text, UTC).lo
    except (ValueError, IndexError):
        expected = "2025-03-10T08:00:00+08:00"
        raise messages.PARAMETER_VALUE.error(name="_since", found=text, expected=expected) from None


def _at(values: Mapping[str, str], context: Context) -> tuple[int, int] | None:
    """The period of _at; a time without a zone is in the server's."""
    text = values.get("_at")
    if text is None:
        return None
    try:
        period = interval(_zone_repaired(text), context.zone)
    except ValueError:
        expected = "2025 | 2025-03 | 2025-03-10 | 2025-03-10T08:00:00+08:00"
        raise messages.PARAMETER_VALUE.error(name="_at", found=text, expected=expected) from None
    return period.lo, period.hi


def _zone_repaired(text: str) -> str:
    """A + that was not escaped in a URL arrives as a space, and a time holds no other."""
    return text.replace(" ", "+")


def _before(context: Context, request: Request, values: Mapping[str, str]) -> Cursor | None:
    token = values.get(PAGE)
    if token is None:
        return None
    place = tokens.unseal(context.secret, _purpose(request, values), token)
    if place is None:
        raise messages.PAGE_UNKNOWN.error(name=PAGE)
    return Cursor(*map(int, place))


def _purpose(request: Request, values: Mapping[str, str]) -> str:
    """What a page link is good for: this list under these filters. The size of a page may change on the way."""
    return "\0".join(("history", *request.path, values.get("_since", ""), values.get("_at", "")))


def _answer(
    context: Context, request: Request, page: Page, type: str | None, id: str | None, total: int | None = None
) -> Response:
    # One more than asked for tells whether there is a next page.
    versions = context.store.history(type, id, since=page.since, at=page.at, before=page.before, count=page.count + 1)
    if total is None and len(versions) <= page.count and page.before is None:
        total = len(versions)
    last = versions[page.count - 1] if 0 < page.count < len(versions) else None
    versions = versions[: page.count]
    body = _bundle(context, request, page, versions, last, total)
    return Response(200, {}, body)


def _bundle(
    context: Context,
    request: Request,
    page: Page,
    versions: Sequence[Version],
    last: Version | None,
    total: int | None,
) -> bytes:
    """The Bundle as bytes: the stored JSON of each version goes in as it is."""
    links = [_link("self", request, page.parameters)]
    if last is not None:
        token = tokens.seal(context.secret, _purpose(request, page.parameters), last.cursor)
        links.append(_link("next", request, {**page.parameters, PAGE: token}))
    head: dict[str, object] = {
        "resourceType": "Bundle",
        "meta": {"lastUpdated": instant(microseconds(context.now()), context.zone)},
        "type": "history",
    }
    if total is not None:
        head["total"] = total
    head["link"] = links
    if not versions:
        return json.encode(head)
    entries = b",".join(_entry(context, request, page, version) for version in versions)
    return b"".join((json.encode(head)[:-1], b',"entry":[', entries, b"]}"))


def _link(relation: str, request: Request, values: Mapping[str, str]) -> dict[str, str]:
    path = "/".join((request.base, *request.path))
    return {"relation": relation, "url": f"{path}?{urlencode(values)}"}


def _entry(context: Context, request: Request, page: Page, version: Version) -> bytes:
    """Bundle.entry of one version: "no resource included for a delete"."""
    method = _REQUEST_METHOD[version.method]
    relative = f"{version.type}/{version.id}"
    full = json.encode({"fullUrl": f"{request.base}/{relative}"})[:-1]
    response = {
        "request": {"method": method, "url": version.type if method == "POST" else relative},
        "response": {
            "status": _status(version),
            "location": location(version, request.base),
            "etag": etag(version.version),
            "lastModified": instant(version.last_updated, context.zone),
        },
    }
    tail = b"," + json.encode(response)[1:]
    if version.body is None:
        return full + tail
    body = version.body if page.selection is None else page.selection.of_body(version.body)
    return b"".join((full, b',"resource":', body, tail))


def _status(version: Version) -> str:
    if version.deleted:
        return "204"
    return "201" if version.version == 1 else "200"
