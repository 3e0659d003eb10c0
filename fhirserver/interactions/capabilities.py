"""http.html#capabilities: the CapabilityStatement, made of the route table and the facts of R4: it cannot lie."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from fhirserver import __version__
from fhirserver.interactions import messages, parameters
from fhirserver.interactions.context import Context
from fhirserver.interactions.message import Request, Response
from fhirserver.interactions.preconditions import if_none_match
from fhirserver.resource import json
from fhirserver.spec.structures import RESOURCE_TYPES

if TYPE_CHECKING:
    from fhirserver.interactions.table import Route

#: CapabilityStatement.date: the day on which what is stated here last changed. Set it with the version.
RELEASED = "2026-11-21"
NAME = "fhirserver"
TITLE = "FHIR R4 interoperability server for medical groups"

FORMATS = ("application/fhir+json", "application/fhir+xml", "json", "xml")
_MODES = ("full", "normative")
#: The codes of CapabilityStatement.rest.interaction (valueset-system-restful-interaction).
_SYSTEM_CODES = frozenset({"transaction", "batch", "search-system", "history-system"})
#: The elements of CapabilityStatement that are trial use in R4, by the standards-status its definition carries.
_TRIAL_USE = {
    "rest": frozenset({"security"}),
    "resource": frozenset(
        {
            "supportedProfile",
            "versioning",
            "readHistory",
            "updateCreate",
            "conditionalCreate",
            "conditionalRead",
            "conditionalUpdate",
            "conditionalDelete",
            "referencePolicy",
            "searchInclude",
            "searchRevInclude",
        }
    ),
}


def capabilities(context: Context, request: Request) -> Response:
    """What the server can do now. ``mode=normative`` leaves out what is trial use in R4."""
    values = parameters.parse(request, ("mode",))
    mode = values.get("mode", "full")
    if mode not in _MODES:
        raise messages.MODE_UNSUPPORTED.error(found=mode, offered=", ".join(_MODES))
    body, tag = _statement(context, request.base, mode)
    selection = parameters.selection(values, "CapabilityStatement")
    if selection is not None:
        body = selection.of_body(body)
        tag = _tag(body)
    headers = {"ETag": f'W/"{tag}"'}
    known = if_none_match(request.headers)
    if known is not None and known.match(tag):
        return Response(304, headers)
    return Response(200, headers, body)


@lru_cache(maxsize=16)
def _statement(context: Context, base: str, mode: str) -> tuple[bytes, str]:
    statement = capability_statement(context.routes.rows, base, cors=context.cors)
    if mode == "normative":
        statement["rest"] = [_normative(rest) for rest in statement["rest"]]
    body = json.encode(statement)
    return body, _tag(body)


def _tag(body: bytes) -> str:
    """What identifies the content: it changes with the resource, as http.html asks, and is the same in every worker."""
    return blake2b(body, digest_size=12).hexdigest()


def capability_statement(routes: Iterable[Route], base: str, *, cors: bool) -> dict[str, Any]:
    """The CapabilityStatement of a server that has these rows, at this [base].

    `cors`: whether pages of other origins may call it.
    """
    rows = tuple(routes)
    return {
        "resourceType": "CapabilityStatement",
        "id": NAME,
        "url": f"{base}/metadata",
        "version": __version__,
        "name": NAME,
        "title": TITLE,
        "status": "active",
        "date": RELEASED,
        "kind": "instance",
        "software": {"name": NAME, "version": __version__, "releaseDate": RELEASED},
        "implementation": {"description": TITLE, "url": base},
        "fhirVersion": "4.0.1",
        "format": list(FORMATS),
        "rest": [_rest(rows, cors)],
    }


def _rest(rows: tuple[Route, ...], cors: bool) -> dict[str, Any]:
    per_type = [row for row in rows if row.per_type]
    system = [{"code": row.interaction} for row in rows if row.interaction in _SYSTEM_CODES]
    common = {"interaction": [{"code": row.interaction} for row in per_type], **_states(per_type)}
    rest: dict[str, Any] = {
        "mode": "server",
        "security": {"cors": cors},
        "resource": [_resource(type, common) for type in sorted(RESOURCE_TYPES)],
    }
    if system:
        rest["interaction"] = system
    return rest


def _resource(type: str, common: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": type, "profile": f"http://hl7.org/fhir/StructureDefinition/{type}", **common}


def _states(rows: Iterable[Route]) -> dict[str, Any]:
    return {name: value for row in rows for name, value in row.states.items()}


def _normative(rest: Mapping[str, Any]) -> dict[str, Any]:
    kept = {name: value for name, value in rest.items() if name not in _TRIAL_USE["rest"]}
    kept["resource"] = [
        {name: value for name, value in resource.items() if name not in _TRIAL_USE["resource"]}
        for resource in rest["resource"]
    ]
    return kept
