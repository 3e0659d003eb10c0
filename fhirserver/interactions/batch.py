"""http.html#transaction: a batch; each entry is a request of its own, with a status of its own."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from fhirserver.interactions import messages, results, retries
from fhirserver.interactions.action import Done
from fhirserver.interactions.actions import carry_out
from fhirserver.interactions.context import Context
from fhirserver.interactions.entries import Entries, Entry, action_of, answer_of, entries_of
from fhirserver.interactions.links import Links
from fhirserver.interactions.message import Request, Response
from fhirserver.outcome import FhirError
from fhirserver.store.rows import Identity
from fhirserver.store.store import Reads

if TYPE_CHECKING:
    from fhirserver.interactions.table import Route

_log = logging.getLogger(__name__)


def batch(context: Context, request: Request, bundle: Mapping[str, Any]) -> Response:
    """Each entry by itself; 200 however they fare. Raises 4xx only for what is wrong with the Bundle as such."""
    entries = entries_of(context, request, bundle)
    if entries.issues:
        raise FhirError(entries.issues)
    retry = retries.key_of(context, request)
    if retry is not None and (kept := retry.recall(context.store)) is not None:
        return kept
    _refuse_interdependent(entries)
    answers: dict[int, bytes] = {}
    settled = True
    for entry in entries.in_order():
        if retry is not None and entry.request is not None and not entry.reads:
            # each entry is stored by itself, so each is kept by itself
            entry.request.retry_key = f"{retry.spelled} entry[{entry.number}]"
        answers[entry.number] = _carried_out(context, request, entry)
        settled = settled and not entry.again
    body = results.bundle("batch-response", (answers[entry.number] for entry in entries.all))
    headers = {"Preference-Applied": "handling=dry-run"} if request.preferences.dry_run else {}
    response = Response(200, headers, body)
    if retry is not None and settled:
        context.store.write(lambda transaction: retry.keep(transaction, response))
    return response


def _carried_out(context: Context, request: Request, entry: Entry) -> bytes:
    if entry.error is not None:
        return results.of_error(entry.error, request.language)
    assert entry.request is not None and entry.route is not None
    try:
        return _answer(context, entry.route, entry.request)
    except FhirError as error:
        entry.again = error.status >= 500 or "Retry-After" in error.headers
        return results.of_error(error, request.language)
    except Exception as error:
        entry.again = True
        # what the other entries have stored stays stored, and their sender must learn of it
        _log.error(
            "%s in %s\n%s", type(error).__qualname__, entry.place, "".join(traceback.format_tb(error.__traceback__))
        )
        return results.of_error(messages.ENTRY_FAILED.error(), request.language)


def _answer(context: Context, route: Route, request: Request) -> bytes:
    """Carry out one request and say in a Bundle.entry what became of it."""
    action = action_of(context, route, request)
    if action is None:
        return results.of_response(request, route.handler(context, request), whole=True)

    def respond(_: Reads, done: Sequence[Done]) -> Response:
        return Response(200, {}, answer_of(context, request, done[0]))

    body = carry_out(context, request, [action], respond).body
    assert body is not None
    return body


def _refuse_interdependent(entries: Entries) -> None:
    """http.html#brules: "there SHALL be no interdependencies between the different entries"."""
    first: dict[Identity, int] = {}
    for entry in entries.all:
        if entry.error is not None or entry.request is None or entry.reads:
            continue
        path = entry.request.path
        if len(path) == 2:
            before = first.setdefault((path[0], path[1]), entry.number)
            if before != entry.number:
                told = messages.ENTRIES_INTERDEPENDENT.error(_at(entry), first=before, type=path[0], id=path[1])
                entry.error = told
        resource = entry.request.resource
        if resource is not None and entry.method in ("POST", "PUT"):
            others = [other for other in Links(resource, entries.sources, entry.base).entries if _makes(entries, other)]
            if others and others != [entry.number]:
                entry.error = messages.BATCH_LINK.error(_at(entry), entry=others[0])


def _makes(entries: Entries, number: int) -> bool:
    """Whether an entry makes a resource under an id that nobody knows yet."""
    request = entries.all[number].request
    return request is not None and len(request.path) == 1


def _at(entry: Entry) -> str:
    return f"{entry.place}.request"
