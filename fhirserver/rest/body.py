"""The body of a request: its bytes within the limit, and the resource in them."""

from __future__ import annotations

import zlib
from typing import Any
from wsgiref.types import WSGIEnvironment as Environ

from fhirserver.interactions import binary, patching
from fhirserver.interactions.messages import PATCH_MEDIA_UNSUPPORTED
from fhirserver.outcome import FhirError
from fhirserver.resource import json, xml
from fhirserver.rest import messages
from fhirserver.rest.negotiation import body_format, is_resource

_CHUNK = 1 << 16
_GZIP = 16 + zlib.MAX_WBITS
_PATIENCE = 4
#: Key of the environ: the body has been read to its end.
_TAKEN = "fhirserver.body_taken"


def read(environ: Environ, limit: int) -> bytes:
    """The bytes of the body, decompressed. Raises 413 beyond `limit`, 415 for an unknown Content-Encoding."""
    length = _length(environ)
    if length is not None and length > limit:
        raise too_large(limit)
    body: bytes = _unmeasured(environ, limit) if length is None else environ["wsgi.input"].read(length)
    environ[_TAKEN] = True
    encoding = environ.get("HTTP_CONTENT_ENCODING", "").strip().lower()
    if encoding in ("", "identity"):
        return body
    if encoding not in ("gzip", "x-gzip"):
        raise messages.ENCODING_UNSUPPORTED.error(found=encoding[:40])
    return _gunzip(body, limit)


def drain(environ: Environ, limit: int) -> None:
    """Read what is left of a body nobody wanted, as far as `_PATIENCE` times the limit.

    A client that is still sending would not see the answer: the server closes the connection on it.
    """
    if _TAKEN in environ or not (_length(environ) or "HTTP_TRANSFER_ENCODING" in environ):
        return
    left = limit * _PATIENCE
    while left > 0 and (chunk := environ["wsgi.input"].read(_CHUNK)):
        left -= len(chunk)


def _length(environ: Environ) -> int | None:
    text = environ.get("CONTENT_LENGTH") or ""
    return int(text[:19]) if text.isdigit() else None


def too_large(limit: int) -> FhirError:
    return messages.BODY_TOO_LARGE.error(limit=limit)


def _unmeasured(environ: Environ, limit: int) -> bytes:
    """A body without Content-Length (chunked), as far as the limit; none where the server does not mark its end."""
    if not environ.get("wsgi.input_terminated"):
        return b""
    body = bytearray()
    while chunk := environ["wsgi.input"].read(_CHUNK):
        body += chunk
        if len(body) > limit:
            raise too_large(limit)
    return bytes(body)


def _gunzip(body: bytes, limit: int) -> bytes:
    stream = zlib.decompressobj(_GZIP)
    try:
        plain = stream.decompress(body, limit + 1)
    except zlib.error:
        raise messages.BODY_NOT_GZIP.error() from None
    if len(plain) > limit:
        raise too_large(limit)
    if not stream.eof or stream.unused_data:
        raise messages.BODY_NOT_GZIP.error()
    return plain


def resource_of(environ: Environ, path: tuple[str, ...], limit: int) -> dict[str, Any]:
    """The resource in the body; for Binary, content of any type that is no resource makes one (binary.html#rest)."""
    content_type = environ.get("CONTENT_TYPE") or None
    if path[:1] == ("Binary",) and not is_resource(content_type):
        assert content_type is not None
        return _binary(environ, path, content_type, limit)
    kind = body_format(content_type) if content_type is not None else None
    body = read(environ, limit)
    if not body.strip():
        raise messages.BODY_MISSING.error()
    return _decoded(body, kind or body_format(None))


def arguments_of(environ: Environ, path: tuple[str, ...], limit: int) -> dict[str, Any] | None:
    """The body of an operation; None where there is none, as all parameters may stand in the URL."""
    if path[:1] == ("Binary",) and environ.get("CONTENT_TYPE"):
        return resource_of(environ, path, limit)
    body = read(environ, limit)
    return _decoded(body, body_format(environ.get("CONTENT_TYPE") or None)) if body.strip() else None


def _decoded(body: bytes, kind: str) -> dict[str, Any]:
    return json.decode(body) if kind == "json" else xml.decode(body)


def patch_of(environ: Environ, limit: int) -> tuple[dict[str, Any] | None, bytes]:
    """The body of a PATCH: a resource (FHIRPath Patch), or the bytes of a JSON Patch. Raises 415 for anything else."""
    content_type = environ.get("CONTENT_TYPE") or ""
    media = content_type.partition(";")[0].strip().lower()
    if media == patching.JSON_PATCH:
        return None, read(environ, limit)
    if not is_resource(content_type or None):
        raise PATCH_MEDIA_UNSUPPORTED.error(found=content_type[:200], headers=patching.ACCEPT)
    return resource_of(environ, (), limit), b""


def _binary(environ: Environ, path: tuple[str, ...], content_type: str, limit: int) -> dict[str, Any]:
    data = read(environ, limit)
    resource = binary.resource(content_type, data, environ.get("HTTP_X_SECURITY_CONTEXT"))
    if len(path) == 2:
        resource["id"] = path[1]  # the content has no id of its own to disagree with the URL's
    return resource
