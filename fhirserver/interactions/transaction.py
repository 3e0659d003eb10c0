"""http.html#transaction: POST [base] of a Bundle that lists what to do; all of it or nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from fhirserver.interactions import messages, parameters, results
from fhirserver.interactions.action import Action, Done, located
from fhirserver.interactions.actions import carry_out
from fhirserver.interactions.batch import batch
from fhirserver.interactions.context import Context
from fhirserver.interactions.entries import Entries, Entry, action_of, answer_of, entries_of
from fhirserver.interactions.links import Links
from fhirserver.interactions.message import Request, Response
from fhirserver.outcome import FhirError
from fhirserver.store.store import Reads


def post_bundle(context: Context, request: Request) -> Response:
    """A transaction or a batch, as the Bundle says. Raises 4xx for whatever else is posted to [base]."""
    bundle = request.resource
    assert bundle is not None, "the door decodes the body of routes that take a resource"
    parameters.parse(request)
    if bundle["resourceType"] != "Bundle":
        raise messages.BUNDLE_EXPECTED.error(found=bundle["resourceType"], base=request.base)
    if bundle.get("type") == "transaction":
        return transaction(context, request, bundle)
    if bundle.get("type") == "batch":
        return batch(context, request, bundle)
    raise messages.BUNDLE_TYPE.error("Bundle.type", found=bundle.get("type"), base=request.base)


def transaction(context: Context, request: Request, bundle: Mapping[str, Any]) -> Response:
    """All entries or none: DELETE, POST, PUT and PATCH, then what only reads. The order they stand in does not matter.

    Raises a FhirError whose issues name the entry and the element in it: ``Bundle.entry[3].resource.name[0]``.
    """
    entries = entries_of(context, request, bundle)
    _refuse(entries)
    writes = [entry for entry in entries.in_order() if not entry.reads]
    actions = [_action(context, entry, entries) for entry in writes]
    _refuse(entries)
    reads = [entry for entry in entries.all if entry.reads]

    def respond(inside: Reads, done: Sequence[Done]) -> Response:
        answers: dict[int, bytes] = {
            entry.number: answer_of(context, request, each) for entry, each in zip(writes, done, strict=True)
        }
        seen = replace(context, store=_View(inside))
        for entry in reads:
            answers[entry.number] = _read(seen, entry)
        body = results.bundle("transaction-response", (answers[entry.number] for entry in entries.all))
        return Response(200, {}, body)

    if not writes:
        with context.store.snapshot():
            return respond(context.store, [])
    return carry_out(context, request, [each for each in actions if each], respond, reads_inside=bool(reads))


def _refuse(entries: Entries) -> None:
    """Raise everything that is wrong with the entries."""
    errors = [entry.error for entry in entries.all if entry.error is not None]
    issues = [*entries.issues, *(issue for error in errors for issue in error.issues)]
    if issues:
        # a transaction answers for itself: that an entry's address is unknown does not mean [base] is
        raise FhirError(issues, status=max([400, *(error.status for error in errors if error.status >= 422)]))


def _action(context: Context, entry: Entry, entries: Entries) -> Action | None:
    """The write an entry asks for; None when it is refused, which its `error` says then."""
    assert entry.request is not None and entry.route is not None
    try:
        action = action_of(context, entry.route, entry.request)
        if action is None:
            url = "/".join(entry.request.path)
            raise messages.ENTRY_NOT_IN_TRANSACTION.error(method=entry.method, url=url)
    except FhirError as error:
        issues = [located(issue, entry.place) for issue in error.issues]
        entry.error = FhirError(issues, status=error.status)
        return None
    action.at, action.number = entry.place, entry.number
    content = action.patch.content if action.patch is not None else action.resource
    if content is not None:
        links = Links(content, entries.sources, entry.base)
        action.links = links if links.any else None
    return action


def _read(context: Context, entry: Entry) -> bytes:
    """Bundle.entry of a read, a search or a history. One that fails fails the transaction."""
    assert entry.request is not None and entry.route is not None
    try:
        response = entry.route.handler(context, entry.request)
    except FhirError as error:
        issues = [located(issue, entry.place) for issue in error.issues]
        raise FhirError(issues, status=error.status, headers=error.headers) from None
    return results.of_response(entry.request, response, whole=True)


class _View:
    """The store as the inside of a transaction sees it, for the interactions that read."""

    def __init__(self, reads: Reads) -> None:
        self._reads = reads

    def __getattr__(self, name: str) -> Any:
        return getattr(self._reads, name)

    def write(self, _: Any, size: int = 1) -> Any:
        """An operation that writes has a transaction of its own, which cannot be a part of this one."""
        raise messages.ENTRY_CHANGES.error()

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """What is read belongs together already."""
        yield
