"""http.html#vread"""

from __future__ import annotations

from fhirserver.interactions import messages
from fhirserver.interactions.context import Context
from fhirserver.interactions.message import Request, Response
from fhirserver.interactions.preconditions import etag
from fhirserver.interactions.read import answer
from fhirserver.resource.dates import instant
from fhirserver.store.rows import Version


def vread(context: Context, request: Request) -> Response:
    """One version, current or not. Raises 404 when there is none and 410 for a version that is a deletion."""
    version = _version(context, request)
    if version is None:
        raise messages.VERSION_UNKNOWN.error(type=request.type, id=request.id, vid=request.vid)
    if version.deleted:
        raise messages.VERSION_DELETED.error(
            type=request.type,
            id=request.id,
            vid=request.vid,
            when=instant(version.last_updated, context.zone),
            headers={"ETag": etag(version.version)},
        )
    return answer(request, version)


def _version(context: Context, request: Request) -> Version | None:
    """The version named, if it is spelled as this server spells versions: 1, 2, ... without leading zeros or signs."""
    vid = request.vid
    if not vid.isascii() or not vid.isdigit() or vid[0] == "0":
        return None
    return context.store.vread(request.type, request.id, int(vid))
