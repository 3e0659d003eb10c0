"""What operators see of the server: the request id, the access log, `/metrics`, `/healthz` and `/readyz`.

One WSGI layer around the application. The application tells it what a request was by two keys in the environ:
:data:`ROUTE`, a template such as ``/{type}/{id}`` without any id or query value, and :data:`INTERACTION`, ``read``.
Of what a client sent only the method and a well-formed X-Request-Id and X-Caller are ever written down, so that no
patient's data can get into the log or the metrics.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from datetime import datetime
from time import perf_counter
from typing import TYPE_CHECKING, Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

import msgspec
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

if TYPE_CHECKING:
    from types import TracebackType

    ExcInfo = tuple[type[BaseException], BaseException, TracebackType] | tuple[None, None, None]

#: Keys of the environ: the first two are written by the application, the third is there before it is called.
ROUTE = "fhirserver.route"
INTERACTION = "fhirserver.interaction"
REQUEST_ID = "fhirserver.request_id"

#: What a client may choose as X-Request-Id; anything else is replaced, so that a log line cannot be forged.
_REQUEST_ID = re.compile(r"[A-Za-z0-9\-._]{1,64}")
#: What says who calls (access/callers.py): the id of a role or an organisation.
_CALLER = re.compile(r"(?:PractitionerRole|Organization)/[A-Za-z0-9\-.]{1,64}")
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})

Line = dict[str, Any]
Log = Callable[[Line], None]


def observed(
    application: WSGIApplication,
    *,
    now: Callable[[], datetime],
    new_id: Callable[[], str],
    ping: Callable[[], None],
    log: Log | None,
    metrics: Metrics,
) -> WSGIApplication:
    """The application with request ids, the access log, metrics and the three operators' pages around it.

    `ping` raises when the store cannot answer. `log` is None for no access log.
    """
    probes: dict[str, Callable[[], tuple[str, str, bytes]]] = {
        "/healthz": _alive,
        "/readyz": lambda: _ready(ping),
        "/metrics": lambda: ("200 OK", "text/plain; version=0.0.4; charset=utf-8", metrics.text()),
    }

    def call(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        probe = probes.get(environ["PATH_INFO"])
        if probe is not None and environ["REQUEST_METHOD"] in ("GET", "HEAD"):
            return _answer(probe(), environ, start_response)
        request = _Observation(environ, start_response, new_id, now, log, metrics)
        try:
            body = application(environ, request.start)
        except BaseException:
            request.end(0, status="500")
            raise
        if isinstance(body, list):
            request.end(sum(map(len, body)))
            return body
        return request.stream(body)

    return call


class _Observation:
    """One request on its way through: hands its id back to the client and reports once, after the last byte."""

    __slots__ = ("_begun", "_environ", "_id", "_log", "_metrics", "_now", "_start", "_status")

    def __init__(
        self,
        environ: WSGIEnvironment,
        start_response: StartResponse,
        new_id: Callable[[], str],
        now: Callable[[], datetime],
        log: Log | None,
        metrics: Metrics,
    ) -> None:
        self._begun = perf_counter()
        given = environ.get("HTTP_X_REQUEST_ID", "")
        self._id = given if _REQUEST_ID.fullmatch(given) else new_id()
        environ[REQUEST_ID] = self._id
        self._environ = environ
        self._start = start_response
        self._now = now
        self._log = log
        self._metrics = metrics
        self._status = "500"

    def start(
        self, status: str, headers: list[tuple[str, str]], exc_info: ExcInfo | None = None
    ) -> Callable[[bytes], object]:
        self._status = status[:3]
        headers.append(("X-Request-Id", self._id))
        return self._start(status, headers) if exc_info is None else self._start(status, headers, exc_info)

    def stream(self, body: Iterable[bytes]) -> Iterator[bytes]:
        sent = 0
        try:
            for chunk in body:
                sent += len(chunk)
                yield chunk
        finally:
            close = getattr(body, "close", None)
            if close is not None:
                close()
            self.end(sent)

    def end(self, sent: int, status: str | None = None) -> None:
        seconds = perf_counter() - self._begun
        environ = self._environ
        method = environ["REQUEST_METHOD"]
        method = method if method in _METHODS else "other"
        route = environ.get(ROUTE, "")
        status = status or self._status
        self._metrics.count(method, route, environ.get(INTERACTION, ""), status, seconds)
        if self._log is not None:
            line: Line = {
                "time": self._now().isoformat(timespec="milliseconds"),
                "method": method,
                "route": route,
                "status": int(status),
                "ms": round(seconds * 1000, 2),
                "bytes": sent,
                "request": self._id,
                "worker": os.getpid(),
            }
            if _CALLER.fullmatch(environ.get("HTTP_X_CALLER", "")):
                line["caller"] = environ["HTTP_X_CALLER"]
            self._log(line)


# ---- the access log --------------------------------------------------------------------------------------------------


def access_log(form: str, descriptor: int = 2) -> Log | None:
    """The writer of the access log in the form of the setting `log_format`; None for `off`.

    Each line is one write, so that lines of several processes never mix.
    """
    if form == "off":
        return None
    if form == "text" or (form == "auto" and os.isatty(descriptor)):
        return lambda line: _write(descriptor, " ".join(f"{key}={value}" for key, value in line.items()).encode())
    encode = msgspec.json.Encoder().encode
    return lambda line: _write(descriptor, encode(line))


def _write(descriptor: int, line: bytes) -> None:
    with suppress(OSError):  # a log that cannot be written must not stop the requests
        os.write(descriptor, line + b"\n")


# ---- metrics ---------------------------------------------------------------------------------------------------------

_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Metrics:
    """Counters of one server, summed over its worker processes.

    With the variable PROMETHEUS_MULTIPROC_DIR (`fhirserver serve` sets it) every process keeps its values in files of
    that folder and any of them answers `/metrics` with the sums; values of a worker that died stay in the sums.
    """

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._requests = Counter(
            "fhirserver_requests", "Requests answered.", ("method", "route", "status"), registry=self._registry
        )
        self._seconds = Histogram(
            "fhirserver_request_seconds",
            "Time from the request's arrival to its last byte.",
            ("interaction",),
            buckets=_BUCKETS,
            registry=self._registry,
        )
        # labels() hashes, checks and locks; a plain dictionary of what it returned is several times cheaper.
        self._counts: dict[tuple[str, str, str], Callable[[], None]] = {}
        self._times: dict[str, Callable[[float], None]] = {}

    def count(self, method: str, route: str, interaction: str, status: str, seconds: float) -> None:
        key = (method, route, status)
        count = self._counts.get(key)
        if count is None:
            count = self._counts[key] = self._requests.labels(*key).inc
        time = self._times.get(interaction)
        if time is None:
            time = self._times[interaction] = self._seconds.labels(interaction).observe
        count()
        time(seconds)

    def text(self) -> bytes:
        """The metrics in Prometheus' text format."""
        if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
            return generate_latest(self._registry)
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        return generate_latest(registry)


# ---- probes ----------------------------------------------------------------------------------------------------------


def _alive() -> tuple[str, str, bytes]:
    return "200 OK", "application/json", b'{"status":"alive"}'


def _ready(ping: Callable[[], None]) -> tuple[str, str, bytes]:
    try:
        ping()
    except Exception as error:  # whatever the store says, the answer is "not now"
        reason = type(error).__name__.encode()
        return "503 Service Unavailable", "application/json", b'{"status":"not ready","reason":"%s"}' % reason
    return "200 OK", "application/json", b'{"status":"ready"}'


def _answer(answer: tuple[str, str, bytes], environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    status, media_type, body = answer
    headers = [("Content-Type", media_type), ("Content-Length", str(len(body))), ("Cache-Control", "no-store")]
    start_response(status, headers)
    return [b"" if environ["REQUEST_METHOD"] == "HEAD" else body]
