"""The HTTP door: bytes in, Request, an interaction, Response, bytes out.

Nothing here knows Flask: the WSGI environ of a request goes in, status line, headers and body come out.
"""

from __future__ import annotations

import logging
import traceback
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit
from wsgiref.types import WSGIEnvironment as Environ

from fhirserver.access.callers import caller_of
from fhirserver.interactions import asynchronous
from fhirserver.interactions.context import Context
from fhirserver.interactions.message import Request, Response
from fhirserver.interactions.messages import PARAMETER_VALUE
from fhirserver.interactions.parameters import GENERAL
from fhirserver.outcome import FhirError, operation_outcome
from fhirserver.resource import json, xml
from fhirserver.rest import address, body, messages, negotiation, pages
from fhirserver.rest.observability import INTERACTION, REQUEST_ID, ROUTE
from fhirserver.rest.options import Options
from fhirserver.rest.wire import Wire, preflight, wire

_log = logging.getLogger(__name__)

_GET = ("GET", "HEAD")
#: CGI's names of the request headers that have no HTTP_ before them.
_BARE = {"content-type": "CONTENT_TYPE", "content-length": "CONTENT_LENGTH"}
#: A page stored as a Binary must not run in this origin.
_SANDBOX = {"Content-Security-Policy": "sandbox; default-src 'none'"}


class Door:
    """Answers every request of the HTTP server, those outside [base] too."""

    def __init__(self, context: Context, options: Options) -> None:
        self.context = context
        self.options = options
        self.base_path = urlsplit(context.base_url).path

    def answer(self, environ: Environ) -> Wire:
        """The answer to a request; whatever goes wrong becomes an OperationOutcome."""
        exchange = _Exchange(self, environ)
        try:
            answer = exchange.answer()
        except FhirError as error:
            answer = exchange.refuse(error)
        except Exception as error:
            answer = exchange.fail(error)
        body.drain(environ, self.options.max_body)
        return answer


class _Exchange:
    """One request and how its sender wants to be answered."""

    def __init__(self, door: Door, environ: Environ) -> None:
        self.door = door
        self.environ = environ
        self.accept: str | None = environ.get("HTTP_ACCEPT")
        self.language = negotiation.language(environ.get("HTTP_ACCEPT_LANGUAGE"), door.options.language)
        self.format = negotiation.error_format(self.accept)
        self.pretty = False

    def answer(self) -> Wire:
        environ, door = self.environ, self.door
        query = address.query_of(environ)
        wished = next((value for name, value in query if name == "_format"), None)
        self.format, refusal = negotiation.format_of(self.accept, wished)
        self.pretty = _pretty(query)
        base = door.context.base_url
        if door.options.trust_forwarded:
            base = address.forwarded_base(environ, base)
        text = address.path_of(environ)
        path = address.segments(text, door.base_path)
        if path is None and text != "/":
            raise messages.OUTSIDE_BASE.error(base=base)
        if not path and _is_front(environ, query):
            return self.front(base, refusal, wished)
        if path is None:
            raise messages.OUTSIDE_BASE.error(base=base)
        return self.interact(Request(environ["REQUEST_METHOD"], path, base, query), refusal, wished)

    def interact(self, request: Request, refusal: FhirError | None, wished: str | None) -> Wire:
        """Find the row of the route table, read the body if that takes one, and carry it out."""
        environ, context, options = self.environ, self.door.context, self.door.options
        if request.method == "OPTIONS":
            return preflight(environ, options, context.routes.allowed(request.path, request.base))
        route = context.routes.match(request.method, request.path, request.base)
        environ[ROUTE], environ[INTERACTION] = f"/{route.path}", route.interaction
        # binary.html#rest: without a FHIR media type the content itself is asked for, whatever Accept says of it
        request.native = request.path[:1] == ("Binary",) and request.method in _GET and not self.format.named
        if refusal is not None and (wished is not None or not request.native):
            raise refusal
        request.headers = Headers(environ)
        request.caller = environ.get("HTTP_X_CALLER", "")
        if request.caller and request.method not in _GET:  # who is not known writes nothing
            caller_of(context.store, request.caller, context.now(), context.zone, (context.base_url,))
        request.language = self.language
        if route.body == "resource" and route.interaction == "operation":
            request.resource = body.arguments_of(environ, request.path, options.max_body)
        elif route.body == "resource":
            request.resource = body.resource_of(environ, request.path, options.max_body)
        elif route.body == "patch":
            request.resource, request.body = body.patch_of(environ, options.max_body)
        elif route.body == "form":
            request.body = body.read(environ, options.max_body)
        if asynchronous.wanted(request, route):
            return self.send(asynchronous.accept(context, request))
        return self.send(route.handler(context, request))

    def front(self, base: str, refusal: FhirError | None, wished: str | None) -> Wire:
        """GET / and GET [base]: a page for a person, a pointer to the CapabilityStatement for a program."""
        if wished is None and negotiation.prefers_html(self.accept):
            headers = {"Content-Security-Policy": pages.CONTENT_POLICY}
            page = pages.front(base, self.language)
            return wire(self.environ, self.door.options, 200, headers, "text/html; charset=utf-8", page)
        if refusal is not None:
            raise refusal
        outcome = operation_outcome([messages.HERE.at(base=base)], self.language)
        return self.send(Response(200, {}, json.encode(outcome)))

    def send(self, response: Response) -> Wire:
        """A response in the format asked for."""
        environ, options = self.environ, self.door.options
        if response.body is None:
            return wire(environ, options, response.status, response.headers)
        if response.media is not None:
            headers = {**response.headers, **_SANDBOX}
            return wire(environ, options, response.status, headers, response.media, response.body)
        body = response.body
        if self.format.kind == "xml":
            body = xml.encode(json.decode(body), pretty=self.pretty)
        elif self.pretty:
            body = json.pretty(body)
        return wire(environ, options, response.status, response.headers, self.format.content_type, body)

    def refuse(self, error: FhirError) -> Wire:
        outcome = operation_outcome(error.issues, self.language)
        return self.send(Response(error.status, error.headers, json.encode(outcome)))

    def fail(self, error: Exception) -> Wire:
        """500. The log gets where it happened but not the error's text, which may hold what a patient's record says."""
        request = self.environ.get(REQUEST_ID, "-")
        frames = "".join(traceback.format_tb(error.__traceback__))
        _log.error("%s in request %s\n%s", type(error).__qualname__, request, frames)
        return self.refuse(messages.INTERNAL_ERROR.error(request=request))


def _is_front(environ: Environ, query: list[tuple[str, str]]) -> bool:
    return environ["REQUEST_METHOD"] in _GET and all(name in GENERAL for name, _ in query)


def _pretty(query: list[tuple[str, str]]) -> bool:
    """http.html#parameters: "Value values are true and false"."""
    value = next((value for name, value in query if name == "_pretty"), "false")
    if value not in ("true", "false"):
        raise PARAMETER_VALUE.error(name="_pretty", found=value, expected="true | false")
    return value == "true"


class Headers(Mapping[str, str]):
    """The headers of a request by their lower-case names, read from the environ only when asked for."""

    __slots__ = ("_environ",)

    def __init__(self, environ: Environ) -> None:
        self._environ = environ

    def __getitem__(self, name: str) -> str:
        value: str = self._environ[_BARE.get(name) or "HTTP_" + name.upper().replace("-", "_")]
        return value

    def __iter__(self) -> Iterator[str]:
        yield from (name for name, key in _BARE.items() if key in self._environ)
        yield from (key[5:].lower().replace("_", "-") for key in self._environ if key.startswith("HTTP_"))

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __contains__(self, name: Any) -> bool:
        return (_BARE.get(name) or "HTTP_" + name.upper().replace("-", "_")) in self._environ
