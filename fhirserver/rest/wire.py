"""The last step of every answer: the headers all of them have, compression, and the bytes.

Both ways through the door end here (:mod:`fhirserver.rest.door`, :mod:`fhirserver.rest.fast`), so they cannot differ.
"""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from isal import igzip

from fhirserver.interactions.patching import ACCEPT
from fhirserver.rest.negotiation import accepts_gzip
from fhirserver.rest.options import Options

Headers = list[tuple[str, str]]
#: Status line, headers, body.
Wire = tuple[str, Headers, bytes]

_STATUS = {status.value: f"{status.value} {status.phrase}" for status in HTTPStatus}
#: Smaller bodies gain nothing.
_GZIP_FROM = 1500
_GZIP_LEVEL = 1

#: After a request of so many bytes (a Bundle) the connection ends. A connection stays with the process that took it: a
#: few that send one Bundle after another would often all be with one process, and the others idle.
_LARGE_REQUEST = 65_536

#: Every answer depends on these; Accept-Language because messages do.
_VARY = "Accept, Accept-Encoding, Accept-Language"
#: A browser must not take content for anything but what it says it is.
_ALWAYS: Headers = [("X-Content-Type-Options", "nosniff")]
#: What has an entity tag may be kept by its reader alone and must be asked for again; the rest is not kept at all.
_REVALIDATE = ("Cache-Control", "private, no-cache")
_NO_STORE = ("Cache-Control", "no-store")

#: What a page of another origin may read of an answer and may send; CORS allows only a few headers by itself.
_EXPOSED = (
    "ETag, Location, Content-Location, Last-Modified, Allow, Preference-Applied, Retry-After, X-Progress, "
    "Idempotency-Replayed, X-Request-Id"
)
_ACCEPTED = (
    "Accept, Accept-Language, Authorization, Content-Type, Idempotency-Key, If-Match, If-Modified-Since, "
    "If-None-Exist, If-None-Match, Prefer, X-Caller, X-Request-Id, X-Security-Context"
)
_PREFLIGHT_SECONDS = "3600"


def wire(
    environ: Mapping[str, Any],
    options: Options,
    status: int,
    headers: Mapping[str, str],
    content_type: str | None = None,
    body: bytes = b"",
) -> Wire:
    """An answer as WSGI takes it. `content_type` is None for an answer without a body."""
    sent: Headers = [*headers.items(), *_ALWAYS]
    if "Cache-Control" not in headers:
        sent.append(_REVALIDATE if "ETag" in headers and status < 400 else _NO_STORE)
    _add_cors(sent, environ.get("HTTP_ORIGIN"), options)
    if _is_large(environ):
        sent.append(("Connection", "close"))
    if content_type is not None:
        sent.append(("Content-Type", content_type))
        if len(body) >= _GZIP_FROM and accepts_gzip(environ.get("HTTP_ACCEPT_ENCODING", "")):
            body = igzip.compress(body, compresslevel=_GZIP_LEVEL, mtime=0)
            sent.append(("Content-Encoding", "gzip"))
    if status not in (204, 304):
        sent.append(("Content-Length", str(len(body))))
    if environ["REQUEST_METHOD"] == "HEAD":
        body = b""
    return _STATUS[status], sent, body


def _is_large(environ: Mapping[str, Any]) -> bool:
    """HTTP/2 has no such header: its connections are of those that ask for many things at once."""
    length = environ.get("CONTENT_LENGTH") or ""
    large = length.isdigit() and int(length[:19]) >= _LARGE_REQUEST
    return large and environ.get("SERVER_PROTOCOL") == "HTTP/1.1"


def _add_cors(sent: Headers, origin: str | None, options: Options) -> None:
    """https://fetch.spec.whatwg.org/#http-cors-protocol. Without credentials: the server knows no cookies."""
    allowed = options.cors_origins
    if "*" in allowed:
        sent.append(("Vary", _VARY))
        if origin is not None:
            sent += (("Access-Control-Allow-Origin", "*"), ("Access-Control-Expose-Headers", _EXPOSED))
        return
    sent.append(("Vary", f"{_VARY}, Origin" if allowed else _VARY))
    if origin in allowed:
        assert origin is not None
        sent += (("Access-Control-Allow-Origin", origin), ("Access-Control-Expose-Headers", _EXPOSED))


def preflight(environ: Mapping[str, Any], options: Options, allowed: tuple[str, ...]) -> Wire:
    """The answer to OPTIONS: Allow, and for a browser that asks before it calls what it may do."""
    headers = {"Allow": ", ".join(allowed), **(ACCEPT if "PATCH" in allowed else {})}
    origin = environ.get("HTTP_ORIGIN")
    if "HTTP_ACCESS_CONTROL_REQUEST_METHOD" in environ and (
        "*" in options.cors_origins or origin in options.cors_origins
    ):
        headers |= {
            "Access-Control-Allow-Methods": ", ".join(allowed),
            "Access-Control-Allow-Headers": _ACCEPTED,
            "Access-Control-Max-Age": _PREFLIGHT_SECONDS,
        }
    return wire(environ, options, 204, headers)
