"""Short ways for GET below [base]: straight to the door, and for the commonest request of all shorter still.

What Flask does for a request costs a third of a search, and what is asked there is the door's to answer in any case.
``GET [base]/Type/id`` of a resource that is there, as JSON, also skips the route table and the parsing of what is
absent; the answer is made by the same functions, and a test holds all ways equal byte for byte.
"""

from __future__ import annotations

from collections.abc import Iterable
from wsgiref.types import StartResponse, WSGIApplication
from wsgiref.types import WSGIEnvironment as Environ

from fhirserver.interactions.preconditions import etag
from fhirserver.interactions.read import headers_of
from fhirserver.outcome import FhirError
from fhirserver.rest.address import forwarded_base
from fhirserver.rest.door import Door
from fhirserver.rest.negotiation import Format
from fhirserver.rest.observability import INTERACTION, ROUTE
from fhirserver.rest.wire import Wire, wire
from fhirserver.spec.structures import RESOURCE_TYPES

#: The values of Accept that are answered here, and the media type of the answer.
_CONTENT_TYPE = {
    accept: Format("json", media_type, named=True).content_type
    for accept, media_type in (
        (None, "application/fhir+json"),
        ("*/*", "application/fhir+json"),
        ("application/fhir+json", "application/fhir+json"),
        ("application/json", "application/json"),
    )
}
#: binary.html#rest: a Binary may go out as what it holds.
_TYPES = RESOURCE_TYPES - {"Binary"}


class ShortWays:
    """WSGI layer: plain reads are answered from the store, other GETs below [base] by the door; Flask has the rest."""

    def __init__(self, door: Door, application: WSGIApplication) -> None:
        self._door = door
        self._store = door.context.store
        self._base_url = door.context.base_url
        self._prefix = door.base_path + "/"
        self._options = door.options
        self._application = application

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] != "GET" or not environ["PATH_INFO"].startswith(self._prefix):
            return self._application(environ, start_response)
        status, headers, body = self._read(environ) or self._door.answer(environ)
        start_response(status, headers)
        return [body]

    def _read(self, environ: Environ) -> Wire | None:
        """The answer, or None when the request is not plain or there is nothing to read."""
        content_type = _CONTENT_TYPE.get(environ.get("HTTP_ACCEPT"))
        path: str = environ["PATH_INFO"]
        if content_type is None or environ.get("QUERY_STRING"):
            return None
        if "HTTP_IF_MODIFIED_SINCE" in environ:
            return None
        type, _, id = path[len(self._prefix) :].partition("/")
        if type not in _TYPES or not id or not id.isascii() or "/" in id:
            return None
        try:
            version = self._store.read(type, id)
            base = forwarded_base(environ, self._base_url) if self._options.trust_forwarded else self._base_url
        except FhirError:
            return None  # the long way says what is wrong
        if version is None or version.body is None:
            return None
        sent = environ.get("HTTP_IF_NONE_MATCH")
        if sent is not None and sent != etag(version.version):
            return None
        environ[ROUTE], environ[INTERACTION] = "/{type}/{id}", "read"
        headers = headers_of(version, base)
        if sent is not None:
            return wire(environ, self._options, 304, headers)
        return wire(environ, self._options, 200, headers, content_type, version.body)
