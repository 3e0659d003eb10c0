"""The entries of a batch or transaction as requests (http.html#transaction)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC
from email.utils import formatdate
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from fhirserver.interactions import answer, delete, messages, parameters, results
from fhirserver.interactions.action import Action, Done, located
from fhirserver.interactions.context import Context
from fhirserver.interactions.create import create_action
from fhirserver.interactions.criteria import decoded
from fhirserver.interactions.links import Sources, base_of, named_by
from fhirserver.interactions.message import Request
from fhirserver.interactions.patch import patch_action
from fhirserver.interactions.update import update_action
from fhirserver.outcome import FhirError, Issue
from fhirserver.resource.dates import interval
from fhirserver.spec.operations import operations
from fhirserver.validation.issues import LIMIT

if TYPE_CHECKING:
    from fhirserver.interactions.table import Route

#: How a request of each interaction that writes becomes an action.
_ACTIONS: Mapping[str, Callable[[Context, Request], Action]] = {
    "create": create_action,
    "update": update_action,
    "patch": patch_action,
    "delete": lambda _, request: delete.delete_action(request),
}
#: http.html#trules: the order in which entries are carried out.
ORDER = {"DELETE": 0, "POST": 1, "PUT": 2, "PATCH": 2, "GET": 3, "HEAD": 3}
_READS = frozenset({"GET", "HEAD"})
_WITH_RESOURCE = frozenset({"POST", "PUT", "PATCH"})
#: Bundle.entry.request's elements that stand for headers.
_HEADERS = {"ifMatch": "if-match", "ifNoneMatch": "if-none-match", "ifNoneExist": "if-none-exist"}
_MICROSECONDS = 1_000_000


@dataclass(slots=True)
class Entry:
    """One entry: the request it asks for with its row of the route table, or the issues it has instead.

    `place` is where it stands, ``Bundle.entry[3]``; `base` the base URL its fullUrl begins with, if any. `asks`: it is
    a POST that changes nothing, a search or an operation. `again`: it failed for now, and may be sent again as it is.
    """

    number: int
    place: str
    full_url: str | None = None
    base: str | None = None
    request: Request | None = None
    route: Route | None = None
    error: FhirError | None = None
    asks: bool = False
    again: bool = False

    @property
    def method(self) -> str:
        return self.request.method if self.request is not None else "GET"

    @property
    def reads(self) -> bool:
        """Whether it changes nothing."""
        return self.method in _READS or self.asks


@dataclass(slots=True)
class Entries:
    """All entries of a Bundle, and what they call each other."""

    all: list[Entry]
    sources: Sources
    issues: list[Issue] = field(default_factory=list)

    def in_order(self) -> list[Entry]:
        """As they are to be carried out; those of one kind in the sender's order."""
        return sorted(self.all, key=lambda entry: ORDER.get(entry.method, 3))


def entries_of(context: Context, request: Request, bundle: Mapping[str, Any]) -> Entries:
    """The entries of a Bundle. What is wrong with one entry stands in its `error`, the rest in `issues`.

    Raises 413 for too many entries.
    """
    listed = bundle.get("entry", [])
    if not isinstance(listed, list):
        listed = []
    if len(listed) > context.max_entries:
        raise messages.TOO_MANY_ENTRIES.error("Bundle.entry", found=len(listed), limit=context.max_entries)
    found = Entries([Entry(number, f"Bundle.entry[{number}]") for number in range(len(listed))], Sources(request.base))
    _check_form(context, bundle, listed, found)
    for entry, sent in zip(found.all, listed, strict=True):
        if entry.error is None:
            try:
                _read(context, request, entry, sent)
                _name(found, entry, sent)
            except FhirError as error:
                issues = [located(issue, entry.place) for issue in error.issues]
                entry.error = FhirError(issues, status=error.status, headers=error.headers)
    return found


def _check_form(context: Context, bundle: Mapping[str, Any], listed: Sequence[Any], found: Entries) -> None:
    """Validate the Bundle without the resources in it, which are validated when they are written."""
    shell = {name: value for name, value in bundle.items() if name != "entry"}
    if listed:
        shell["entry"] = [_without_resource(entry) for entry in listed]
    elif "entry" in bundle:
        shell["entry"] = bundle["entry"]
    issues = list(context.validator.check(shell, type="Bundle"))
    if len(issues) > LIMIT and listed:
        issues = list(_one_by_one(context, shell))
    of_entry: dict[int, list[Issue]] = {}
    for issue in issues:
        # the invariants of Bundle are for what is stored; what they ask of entries is asked here in better words
        if issue.severity not in ("error", "fatal") or issue.key.startswith("bdl-"):
            continue
        number = _number(issue.expression)
        if number is None:
            found.issues.append(issue)
        else:
            of_entry.setdefault(number, []).append(issue)
    for number, its in of_entry.items():
        found.all[number].error = FhirError(its)


def _one_by_one(context: Context, shell: Mapping[str, Any]) -> Iterator[Issue]:
    """The issues of a Bundle with so many that the validator leaves some out: no entry may pass for that."""
    around = {name: value for name, value in shell.items() if name != "entry"}
    yield from context.validator.check(around, type="Bundle")
    for number, entry in enumerate(shell["entry"]):
        for issue in context.validator.check({"resourceType": "Bundle", "type": "batch", "entry": [entry]}):
            if _number(issue.expression) == 0:
                place = issue.expression.replace("Bundle.entry[0]", f"Bundle.entry[{number}]", 1)
                yield replace(issue, expression=place)


def _without_resource(entry: Any) -> Any:
    if isinstance(entry, dict) and isinstance(entry.get("resource"), dict) and len(entry) > 1:
        return {name: value for name, value in entry.items() if name != "resource"}
    return entry


def _number(expression: str) -> int | None:
    """The number of the entry an expression stands in."""
    number, bracket, _ = expression.removeprefix("Bundle.entry[").partition("]")
    return int(number) if bracket and number.isdigit() else None


def _read(context: Context, outer: Request, entry: Entry, sent: Mapping[str, Any]) -> None:
    """Make the request of an entry and find its row in the route table."""
    asked = sent.get("request")
    if asked is None:
        raise messages.ENTRY_REQUEST_MISSING.error(entry.place)
    method, url = asked["method"], asked["url"]
    path, query = _address(outer.base, url)
    resource = sent.get("resource")
    if method in _WITH_RESOURCE and resource is None and path[-1:] != ("_search",):
        raise messages.ENTRY_RESOURCE_MISSING.error(entry.place, method=method)
    if method not in _WITH_RESOURCE and resource is not None:
        raise messages.ENTRY_RESOURCE_SURPLUS.error(f"{entry.place}.resource", method=method)
    if isinstance(resource, dict) and not isinstance(resource.get("resourceType"), str):
        raise FhirError([issue.under(f"{entry.place}.resource") for issue in context.validator.check(resource)])
    entry.route = context.routes.match(method, path, outer.base)
    if entry.route.interaction in ("transaction", "batch"):
        raise messages.ENTRY_NESTED.error()
    entry.asks = method == "POST" and (path[-1:] == ("_search",) or _only_asks(context, entry.route, path, outer.base))
    entry.request = Request(
        method, path, outer.base, query, _headers(outer, asked), resource, language=outer.language, caller=outer.caller
    )


def _only_asks(context: Context, route: Route, path: tuple[str, ...], base: str) -> bool:
    """operations.html#executing: an operation that GET may call changes nothing. Of others than R4's nobody knows."""
    if route.interaction != "operation" or "GET" not in context.routes.allowed(path, base):
        return False
    return bool(route.operations) and _known_operations().issuperset(each.url for each in route.operations)


@cache
def _known_operations() -> frozenset[str]:
    return frozenset(operation.url for operation in operations())


def _address(base: str, url: str) -> tuple[tuple[str, ...], list[tuple[str, str]]]:
    """The path below [base] and the query of a URL, relative or absolute."""
    path, _, query = url.partition("?")
    if path == base or path.startswith(f"{base}/"):
        path = path[len(base) :]
    elif "://" in path:
        raise messages.ENTRY_ELSEWHERE.error(url=url[:200], base=base)
    path = path.strip("/")
    segments = tuple(unquote(segment) for segment in path.split("/")) if path else ()
    return segments, decoded(query)


def _headers(outer: Request, asked: Mapping[str, Any]) -> dict[str, str]:
    """The headers of an entry: its own conditions, and how the sender of the Bundle wants to be answered."""
    headers = {header: asked[name] for name, header in _HEADERS.items() if name in asked}
    if "ifModifiedSince" in asked:
        seconds = interval(asked["ifModifiedSince"], UTC).lo // _MICROSECONDS
        headers["if-modified-since"] = formatdate(seconds, usegmt=True)
    if (prefer := outer.headers.get("prefer")) is not None:
        headers["prefer"] = prefer
    return headers


def _name(found: Entries, entry: Entry, sent: Mapping[str, Any]) -> None:
    """Remember what other entries call a resource that is written."""
    assert entry.request is not None
    entry.full_url = sent.get("fullUrl")
    entry.base = base_of(entry.full_url)
    if entry.full_url is not None:
        _check_full_url(entry, entry.full_url, sent.get("resource"))
    if entry.reads or entry.method == "DELETE":
        return
    if entry.full_url is not None:
        if not found.sources.add(entry.full_url, entry.number):
            first = found.sources.entries[entry.full_url]
            raise messages.FULL_URL_REPEATED.error(f"{entry.place}.fullUrl", first=first)
        return
    # "the server SHALL also update any references to that resource in the same bundle": without a fullUrl its id is
    # all that can be referred to
    resource = entry.request.resource
    if entry.method == "POST" and resource is not None and isinstance(id := resource.get("id"), str):
        found.sources.add(f"{resource.get('resourceType')}/{id}", entry.number)


def _check_full_url(entry: Entry, full_url: str, resource: Any) -> None:
    """bundle.html: a fullUrl names no version (bdl-8) and does not disagree with the id. Raises 400."""
    if "/_history/" in full_url:
        raise messages.FULL_URL_VERSION.error(f"{entry.place}.fullUrl")
    named = named_by(full_url)
    if named is None or entry.method == "PATCH" or not isinstance(resource, dict):
        return
    type, id = resource.get("resourceType"), resource.get("id", named[1])
    if named != (type, id):
        found, expected = "/".join(named), f"{type}/{id}"
        raise messages.FULL_URL_DIFFERS.error(f"{entry.place}.fullUrl", found=found, expected=expected)


def action_of(context: Context, route: Route, request: Request) -> Action | None:
    """The write a request asks for; None when it asks for something else."""
    make = _ACTIONS.get(route.interaction)
    return make(context, parameters.divided(request)[0]) if make is not None else None


def answer_of(context: Context, request: Request, done: Done) -> bytes:
    """Bundle.entry of a write; `request` says how its sender wants to be answered."""
    returns = request.preferences.returns
    if done.action.method == "DELETE":
        version = done.changes[0][1].version if len(done.changes) == 1 else None
        told = answer.outcome(list(delete.issues(done)), request.language) if returns == "OperationOutcome" else None
        return results.of_version(context, request, 204 if told is None else 200, version, outcome=told)
    written = answer.written_of(done)
    assert written.version is not None
    body = written.version.body if returns == "representation" else None
    outcome = answer.outcome(answer.issues(done), request.language) if returns == "OperationOutcome" else None
    return results.of_version(context, request, 201 if written.created else 200, written.version, body, outcome)
