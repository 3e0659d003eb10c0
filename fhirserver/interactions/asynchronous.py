"""Asynchronous requests (http.html#async, and R5's async-bundle pattern): 202 now, the outcome at a URL of its own.

A job that writes runs under a retry key of its own, so one that was cut short after its commit is not done twice.
"""

from __future__ import annotations

import logging
import traceback
from email.utils import formatdate
from functools import partial
from threading import Event, Lock, Thread
from typing import TYPE_CHECKING, Any

import msgspec

from fhirserver.interactions import messages, retries
from fhirserver.interactions.answer import outcome
from fhirserver.interactions.context import Context
from fhirserver.interactions.message import Request, Response
from fhirserver.interactions.results import of_answer
from fhirserver.outcome import FhirError
from fhirserver.resource import json
from fhirserver.resource.dates import instant, microseconds
from fhirserver.store import answers, jobs
from fhirserver.store.jobs import Claim
from fhirserver.store.store import Transaction

if TYPE_CHECKING:
    from fhirserver.interactions.table import Route

_log = logging.getLogger(__name__)

#: The interactions for which Prefer: respond-async is honoured. Others are done before a status could be asked for.
OFFERED = frozenset(
    {"transaction", "batch", "search-type", "search-system", "history-instance", "history-type", "history-system"}
)
#: Headers a job needs of the request.
_KEPT = ("prefer", "if-none-match", "if-modified-since")

_SECOND = 1_000_000
#: For how long a worker takes a job before it must say that it is still alive.
_LEASE = 15 * _SECOND
_RENEWAL = 5.0
#: How often a worker looks for jobs that others have taken in or left behind, and clears what is out of date.
_LOOK = 1.0
_CLEARING = 600.0
#: A job that has brought the server down so often is given up.
_ATTEMPTS = 5


def wanted(request: Request, route: Route) -> bool:
    """Whether the request is to be answered later."""
    return route.interaction in OFFERED and request.preferences.respond_async


def accept(context: Context, request: Request) -> Response:
    """Take the request in: 202 with the URL of its status in Content-Location."""
    retry = retries.key_of(context, request)
    if retry is not None and (kept := retry.recall(context.store)) is not None:
        return kept
    id = context.new_id()
    now = microseconds(context.wall())
    url = f"{request.base}/_async/{id}"
    headers = {"Content-Location": url, "Preference-Applied": "respond-async"}
    response = Response(202, headers, outcome([messages.ACCEPTED.at(url=url)], request.language))
    packed = _packed(request)

    def work(transaction: Transaction) -> None:
        if retry is not None:
            transaction.lock([retry.lock])
            retry.check(transaction)
            retry.keep(transaction, response)
        jobs.submit(transaction, id, packed, now, now + context.async_seconds * _SECOND)

    try:
        context.store.write(work)
    except retries.KeptError as answered:
        return answered.response
    _submitted.set()
    return response


def status(context: Context, request: Request) -> Response:
    """202 with X-Progress while the request is worked on; then 200 with a batch-response that holds the outcome."""
    job = jobs.find(context.store, request.id)
    now = microseconds(context.wall())
    if job is None or job.expires <= now:
        raise messages.JOB_UNKNOWN.error()
    if job.answer is None:
        began = instant(job.created, context.zone)
        progress = f"waiting since {began}" if job.state == jobs.WAITING else f"working, accepted at {began}"
        return Response(202, {"X-Progress": progress, "Retry-After": "1"})
    return Response(200, {"Expires": formatdate(job.expires // _SECOND, usegmt=True)}, job.answer)


def cancel(context: Context, request: Request) -> Response:
    """202; the request is not begun any more, and its outcome is gone. Raises 404 when there is none."""
    if not context.store.write(lambda transaction: jobs.cancel(transaction, request.id)):
        raise messages.JOB_UNKNOWN.error()
    return Response(202, {}, outcome([messages.JOB_CANCELLED.at()], request.language))


# ---- requests as they wait -------------------------------------------------------------------------------------------


def _packed(request: Request) -> bytes:
    kept = {name: request.headers[name] for name in _KEPT if name in request.headers}
    fields = {
        "method": request.method,
        "path": request.path,
        "base": request.base,
        "query": request.query,
        "headers": kept,
        "body": json.encode(request.resource) if request.resource is not None else request.body,
        "resource": request.resource is not None,
        "language": request.language,
        "caller": request.caller,
    }
    return msgspec.msgpack.encode(fields)


def _unpacked(packed: bytes) -> Request:
    fields: dict[str, Any] = msgspec.msgpack.decode(packed)
    body, resource = fields.pop("body"), fields.pop("resource")
    path, query = tuple(fields.pop("path")), [(name, value) for name, value in fields.pop("query")]
    if resource:
        return Request(path=path, query=query, resource=json.decode(body), **fields)
    return Request(path=path, query=query, body=body, **fields)


# ---- workers ---------------------------------------------------------------------------------------------------------

#: Set in a process that has just taken a job in: its own workers need not wait for the next look.
_submitted = Event()


class Workers:
    """Threads of this process that work on jobs, any server's on the same database."""

    def __init__(self, context: Context, count: int) -> None:
        self._context = context
        self._count = count
        self._stopped = Event()
        self._taken: dict[str, Claim] = {}
        self._lock = Lock()
        self._threads: list[Thread] = []

    def start(self) -> None:
        """Begin. The threads end with the process; what they are at is taken up again when its lease is over."""
        if self._count:
            loops = [self._work] * self._count + [self._renew, self._clear]
            self._threads = [Thread(target=loop, name="fhirserver-async", daemon=True) for loop in loops]
            for thread in self._threads:
                thread.start()

    def stop(self) -> None:
        """Take no new job, and wait for those under way."""
        self._stopped.set()
        _submitted.set()
        for thread in self._threads:
            thread.join()

    def run_one(self) -> bool:
        """Work on the job that has waited longest; False when there is none."""
        context = self._context
        now = microseconds(context.wall())
        if not jobs.waiting(context.store, now):
            return False
        taken = context.store.write(lambda transaction: jobs.claim(transaction, now, now + _LEASE))
        if taken is None:
            return False
        with self._lock:
            self._taken[taken.id] = taken
        try:
            answer = _answered(context, taken)
        finally:
            with self._lock:
                del self._taken[taken.id]
        expires = microseconds(context.wall()) + context.async_seconds * _SECOND
        context.store.write(lambda transaction: jobs.finish(transaction, taken, answer, expires))
        return True

    def _work(self) -> None:
        while not self._stopped.is_set():
            _submitted.clear()
            try:
                if self.run_one():
                    continue
            except Exception as error:
                _complain(error)
            _submitted.wait(_LOOK)

    def _renew(self) -> None:
        while not self._stopped.wait(_RENEWAL):
            with self._lock:
                taken = list(self._taken.values())
            for each in taken:
                lease = microseconds(self._context.wall()) + _LEASE
                try:
                    self._context.store.write(partial(jobs.renew, taken=each, lease=lease))
                except Exception as error:
                    _complain(error)

    def _clear(self) -> None:
        while not self._stopped.wait(_CLEARING):
            try:
                clear(self._context)
            except Exception as error:
                _complain(error)


def clear(context: Context) -> None:
    """Delete kept answers and outcomes whose time is over, in small pieces."""
    now = microseconds(context.wall())
    while context.store.write(lambda transaction: jobs.purge(transaction, now) + answers.purge(transaction, now)):
        pass


def _answered(context: Context, taken: Claim) -> bytes:
    """The outcome of a job as the Bundle its status URL will give.

    Raises what only stands in the way for now: the job is taken up again when its lease is over.
    """
    if taken.attempts > _ATTEMPTS:
        error = messages.JOB_ABANDONED.error(attempts=_ATTEMPTS)
        return of_answer("", Response(error.status, {}, outcome(error.issues, "en")))
    request = _unpacked(taken.request)
    request.retry_key = f"job {taken.id}"
    try:
        route = context.routes.match(request.method, request.path, request.base)
        response = route.handler(context, request)
    except FhirError as error:
        if "Retry-After" in error.headers:
            raise
        response = Response(error.status, error.headers, outcome(error.issues, request.language))
    except Exception as error:
        _complain(error)
        failed = messages.ENTRY_FAILED.error()
        response = Response(failed.status, {}, outcome(failed.issues, request.language))
    return of_answer(request.base, response)


def _complain(error: Exception) -> None:
    """The log gets where it happened but not the error's text, which may hold what a patient's record says."""
    frames = "".join(traceback.format_tb(error.__traceback__))
    _log.error("%s in an asynchronous request\n%s", type(error).__qualname__, frames)
