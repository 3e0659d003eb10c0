"""http.html#read"""

from __future__ import annotations

from fhirserver.interactions import binary, messages, parameters
from fhirserver.interactions.context import Context
from fhirserver.interactions.message import Request, Response
from fhirserver.interactions.preconditions import etag, last_modified, not_modified
from fhirserver.resource.dates import instant
from fhirserver.store.rows import Version


def read(context: Context, request: Request) -> Response:
    """The current version. Raises 404 for an id never used and 410 for a deleted resource."""
    version = context.store.read(request.type, request.id)
    if version is None:
        raise messages.RESOURCE_UNKNOWN.error(type=request.type, id=request.id)
    if version.deleted:
        # "servers MAY include an ETag on the error response when reading a deleted record"
        raise messages.RESOURCE_DELETED.error(
            type=request.type,
            id=request.id,
            when=instant(version.last_updated, context.zone),
            headers={"ETag": etag(version.version)},
        )
    return answer(request, version)


def answer(request: Request, version: Version) -> Response:
    """A version that is there, whole or in part, or 304 when the sender has it already."""
    selection = parameters.selection(parameters.parse(request), request.type)
    headers = headers_of(version, request.base)
    if not_modified(request.headers, version):
        return Response(304, headers)
    assert version.body is not None
    if request.native and version.type == "Binary":
        media, content = binary.content(version.body)
        return Response(200, headers, content, media)
    return Response(200, headers, version.body if selection is None else selection.of_body(version.body))


def headers_of(version: Version, base: str) -> dict[str, str]:
    """The headers of a response that holds a version; Content-Location is where this very version can be read again."""
    return {
        "ETag": etag(version.version),
        "Last-Modified": last_modified(version),
        "Content-Location": location(version, base),
    }


def location(version: Version, base: str) -> str:
    """http.html#create: "Location: [base]/[type]/[id]/_history/[vid]"."""
    return f"{base}/{version.type}/{version.id}/_history/{version.version}"
