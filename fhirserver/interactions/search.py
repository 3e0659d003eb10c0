"""http.html#search: on a type, on the system, in a compartment; by GET and by POST to _search."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qsl, quote_plus

from fhirserver.interactions import messages, tokens
from fhirserver.interactions.context import Context
from fhirserver.interactions.message import Request, Response
from fhirserver.interactions.parameters import Selection
from fhirserver.outcome import Issue, operation_outcome
from fhirserver.resource import json
from fhirserver.resource.dates import instant, microseconds
from fhirserver.search import compartments
from fhirserver.search.explanation import Asked, explanation
from fhirserver.search.messages import FORM_ENCODING, FORM_TYPE
from fhirserver.search.order import Place, pack, unpack
from fhirserver.search.query import PAGE, Limits, Query, understand_query
from fhirserver.search.scope import Scope
from fhirserver.search.search import Result, run
from fhirserver.store.rows import Version

_FORM = "application/x-www-form-urlencoded"


def search_type(context: Context, request: Request) -> Response:
    """Resources of one type."""
    return _search(context, request, (request.type,))


def search_system(context: Context, request: Request) -> Response:
    """Resources of all types, or of those `_type` names."""
    return _search(context, request, ())


def search_compartment(context: Context, request: Request) -> Response:
    """search.html#2.21.1.2: resources of one type, or with ``*`` of all, in the compartment of a resource."""
    return _search(context, request, compartments.types(request.type, request.path[2]), (request.type, request.id))


def _search(
    context: Context, request: Request, types: Sequence[str], compartment: tuple[str, str] | None = None
) -> Response:
    assert context.search is not None
    scope = context.search.scope(microseconds(context.now()))
    query = understand_query(
        scope,
        types,
        _pairs(request),
        limits=Limits(context.default_count, context.max_count),
        lenient=request.preferences.lenient,
        within=compartments.within(scope, *compartment) if compartment is not None else None,
    )
    if query.explain:
        return Response(200, {}, _explained(context, scope, query))
    place = _place(context, request, query)
    return Response(200, {}, _bundle(context, request, scope, query, run(context.store, scope, query, place)))


def _pairs(request: Request) -> list[tuple[str, str]]:
    """http.html#search: with POST the parameters of the URL and of the body count alike."""
    if request.method != "POST" or not request.body:
        return request.query
    media = request.headers.get("content-type", _FORM).partition(";")[0].strip().lower()
    if media != _FORM:
        raise FORM_TYPE.error(found=media[:100] or "-")
    try:
        form = request.body.decode("utf-8")
        return request.query + parse_qsl(form, keep_blank_values=True, errors="strict")
    except ValueError:
        raise FORM_ENCODING.error() from None


def _purpose(request: Request, query: Query) -> str:
    """What a page link is good for: this search. The size of a page may change on the way."""
    asked = [f"{name}={value}" for name, value in query.understood if name != "_count"]
    return "\0".join(("search", *_address(request), "", *asked))


def _address(request: Request) -> tuple[str, ...]:
    """The path of the search without _search, which a GET does not have."""
    return tuple(segment for segment in request.path if segment != "_search")


def _place(context: Context, request: Request, query: Query) -> Place | None:
    if query.page is None:
        return None
    sealed = tokens.unseal(context.secret, _purpose(request, query), query.page)
    if sealed is None:
        raise messages.PAGE_UNKNOWN.error(name=PAGE)
    return unpack(str(sealed[0]))


@lru_cache(maxsize=4096)
def _quoted(text: str) -> str:
    """A name or a value as it stands in a URL. Clients ask with the same few all day."""
    return quote_plus(text, safe=":/|,$*")


def _links(request: Request, query: Query, token: str | None) -> list[dict[str, str]]:
    """The self link with what was understood and, behind a `token`, the next one."""
    address = "/".join((request.base, *_address(request)))
    asked = "&".join([f"{_quoted(name)}={_quoted(value)}" for name, value in query.understood])
    links = [{"relation": "self", "url": f"{address}?{asked}" if asked else address}]
    if token is not None:
        links.append({"relation": "next", "url": f"{address}?{asked}&{PAGE}={token}"})
    return links


def _bundle(context: Context, request: Request, scope: Scope, query: Query, result: Result) -> bytes:
    """The searchset as bytes: the stored JSON of each resource goes in as it is."""
    head: dict[str, Any] = {
        "resourceType": "Bundle",
        "meta": {"lastUpdated": instant(microseconds(context.now()), context.zone)},
        "type": "searchset",
    }
    if result.total is not None:
        head["total"] = result.total
    token = None
    if result.next is not None:
        token = tokens.seal(context.secret, _purpose(request, query), [pack(result.next)])
    head["link"] = _links(request, query, token)
    selection = _selection(query)
    entries = [_entry(request, version, "match", selection) for version in result.matches]
    entries += [_entry(request, version, "include", selection) for version in result.included]
    issues = [*query.issues, *result.issues]
    if issues:
        entries.append(_outcome(request, issues))
    if not entries:
        return json.encode(head)
    return b"".join((json.encode(head)[:-1], b',"entry":[', b",".join(entries), b"]}"))


def _selection(query: Query) -> Selection | None:
    if query.summary in ("false", "count") and not query.elements:
        return None
    return Selection(query.summary, frozenset(query.elements))


def _entry(request: Request, version: Version, mode: str, selection: Selection | None) -> bytes:
    assert version.body is not None
    body = version.body if selection is None else selection.of_body(version.body)
    url = f"{request.base}/{version.type}/{version.id}".encode()
    return b'{"fullUrl":"%b","resource":%b,"search":{"mode":"%b"}}' % (url, body, mode.encode())


def _outcome(request: Request, issues: Sequence[Issue]) -> bytes:
    """search.html#lenient: what was ignored is told in an entry of its own."""
    outcome = operation_outcome(issues, request.language)
    return json.encode({"resource": outcome, "search": {"mode": "outcome"}})


def _explained(context: Context, scope: Scope, query: Query) -> bytes:
    """How each parameter was understood, the SQL of the page and the database's plan, as Parameters."""
    parts: list[dict[str, Any]] = [
        {"name": "parameter", "valueString": f"{name}={value}"} for name, value in query.understood
    ]
    for each in explanation(context.store, scope, query):
        found = [
            {"name": "type", "valueCode": each.type},
            *(_criterion(asked) for asked in each.asked),
            {"name": "sql", "valueString": each.statement.text},
            {"name": "values", "valueString": ", ".join(map(str, each.statement.params)) or "-"},
            *({"name": "plan", "valueString": line} for line in each.plan if line.strip()),
        ]
        parts.append({"name": "statement", "part": found})
    return json.encode({"resourceType": "Parameters", "parameter": parts})


def _criterion(asked: Asked) -> dict[str, Any]:
    found = [{"name": "parameter", "valueString": asked.parameter}]
    if asked.meaning:
        found.append({"name": "looks-at", "valueString": asked.meaning})
    size = {"name": "resources", "valueInteger": asked.size} if asked.size is not None else None
    return {"name": "criterion", "part": [*found, size] if size else found}
