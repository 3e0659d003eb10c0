"""http.html#capabilities: the CapabilityStatement, made of the route table and the facts of R4: it cannot lie."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from fhirserver import __version__
from fhirserver.conformance import guide
from fhirserver.interactions import messages, parameters, patching
from fhirserver.interactions.context import Context
from fhirserver.interactions.message import Request, Response
from fhirserver.interactions.preconditions import if_none_match
from fhirserver.interactions.terminology_capabilities import terminology_capabilities
from fhirserver.resource import json
from fhirserver.search.parameters import SPECIAL
from fhirserver.spec.compartments import compartments
from fhirserver.spec.operations import Operation
from fhirserver.spec.search_parameters import SearchParameter, search_parameters
from fhirserver.spec.structures import RESOURCE_TYPES, structure

if TYPE_CHECKING:
    from fhirserver.interactions.table import Route
    from fhirserver.search.parameters import Definitions

#: CapabilityStatement.date: the day on which what is stated here last changed. Set it with the version.
RELEASED = "2026-11-21"
NAME = "fhirserver"
TITLE = "FHIR R4 interoperability server for medical groups"

_HL7 = "http://hl7.org/fhir"
FORMATS = ("application/fhir+json", "application/fhir+xml", "json", "xml")
#: Search parameters that have no expression and work all the same. No named query (_query) is defined.
_WITHOUT_EXPRESSION = SPECIAL - {"_query"}
#: CapabilityStatement.rest.resource.searchParam.documentation of a custom parameter without rows of older resources.
_PARTIAL = "Partial: resources written before this search parameter are found only after `fhirserver reindex`."
_MODES = ("full", "normative", "terminology")
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
    """What the server can do now.

    ``mode=normative`` leaves out what is trial use in R4; ``mode=terminology`` gives TerminologyCapabilities.
    """
    values = parameters.parse(request, ("mode",))
    mode = values.get("mode", "full")
    if mode not in _MODES or (mode == "terminology" and context.terminology is None):
        raise messages.MODE_UNSUPPORTED.error(found=mode, offered=", ".join(_MODES))
    if mode == "terminology":
        type, (body, tag) = "TerminologyCapabilities", _terminology(context, request.base)
    else:
        definitions = context.search.known() if context.search is not None else None
        type, (body, tag) = "CapabilityStatement", _statement(context, request.base, mode, definitions)
    selection = parameters.selection(values, type)
    if selection is not None:
        body = selection.of_body(body)
        tag = _tag(body)
    headers = {"ETag": f'W/"{tag}"'}
    known = if_none_match(request.headers)
    if known is not None and known.match(tag):
        return Response(304, headers)
    return Response(200, headers, body)


@lru_cache(maxsize=16)
def _statement(context: Context, base: str, mode: str, definitions: Definitions | None) -> tuple[bytes, str]:
    single = context.delete_limit == 1
    statement = capability_statement(
        context.routes.rows, base, definitions, cors=context.cors, single_delete=single, guided=_is_guided(context)
    )
    if mode == "normative":
        statement["rest"] = [_normative(rest) for rest in statement["rest"]]
    body = json.encode(statement)
    return body, _tag(body)


def _is_guided(context: Context) -> bool:
    """Whether the guide of the exchange is among the definitions of the server."""
    url: str = guide.implementation_guide()["url"]
    return context.terminology is not None and context.terminology.registry.find("ImplementationGuide", url) is not None


def _terminology(context: Context, base: str) -> tuple[bytes, str]:
    assert context.terminology is not None
    registry = context.terminology.registry
    registry.refresh()
    body = json.encode(terminology_capabilities(context.routes.rows, registry, base, title=TITLE, date=RELEASED))
    return body, _tag(body)


def _tag(body: bytes) -> str:
    """What identifies the content: it changes with the resource, as http.html asks, and is the same in every worker."""
    return blake2b(body, digest_size=12).hexdigest()


def capability_statement(
    routes: Iterable[Route],
    base: str,
    definitions: Definitions | None,
    *,
    cors: bool,
    single_delete: bool = False,
    guided: bool = False,
) -> dict[str, Any]:
    """The CapabilityStatement of a server that has these rows, at this [base].

    `definitions`: its search parameters, stated where there is a row to search with. `cors`: whether pages of other
    origins may call it. `single_delete`: whether a conditional delete may delete one resource only. `guided`: whether
    it keeps the guide of the exchange.
    """
    rows = tuple(_single(row) if single_delete else row for row in routes)
    return {
        "resourceType": "CapabilityStatement",
        "id": NAME,
        "url": f"{base}/metadata",
        "version": __version__,
        "name": "Fhirserver",  # cpb-0: a name begins with a capital
        "title": TITLE,
        "status": "active",
        "date": RELEASED,
        "kind": "instance",
        "software": {"name": NAME, "version": __version__, "releaseDate": RELEASED},
        "implementation": {"description": TITLE, "url": base},
        "fhirVersion": "4.0.1",
        "format": list(FORMATS),
        "patchFormat": list(patching.MEDIA),
        **({"implementationGuide": [guide.implementation_guide()["url"]]} if guided else {}),
        "rest": [_rest(rows, definitions, guide.profiles() if guided else {}, cors)],
    }


def _single(row: Route) -> Route:
    if "conditionalDelete" not in row.states:
        return row
    return replace(row, states={**row.states, "conditionalDelete": "single"})


def _rest(
    rows: Sequence[Route], definitions: Definitions | None, profiles: Mapping[str, Sequence[str]], cors: bool
) -> dict[str, Any]:
    per_type = [row for row in rows if row.per_type and row.interaction != "operation"]
    offered = list({each.url: each for row in rows for each in row.operations}.values())
    system = [row for row in rows if row.interaction in _SYSTEM_CODES]
    common = {"interaction": _codes(per_type), **_states(per_type)}
    searched = _searched(definitions) if definitions is not None and _can(per_type, "search-type") else {}
    partial = definitions.partial if definitions is not None else frozenset()
    rest: dict[str, Any] = {
        "mode": "server",
        "security": {"cors": cors},
        "resource": [
            {**_resource(type, common, profiles.get(type, ()), searched, partial), **_operations(type, offered)}
            for type in sorted(RESOURCE_TYPES)
        ],
    }
    if system:
        rest["interaction"] = _codes(system)
    everywhere = {each.url: each for row in rows if not row.per_type for each in row.operations if each.system}
    if everywhere:
        rest["operation"] = _named(everywhere.values())
    if any("{compartment}" in row.segments for row in rows):
        rest["compartment"] = [f"{_HL7}/CompartmentDefinition/{name.lower()}" for name in sorted(compartments())]
    return rest


def _operations(type: str, offered: Iterable[Operation]) -> dict[str, Any]:
    """The operations on a type and its instances, by their definitions."""
    on_types = (each for each in offered if each.type or each.instance)
    known = [each for each in on_types if not {type, "Resource"}.isdisjoint(each.resources)]
    return {"operation": _named(known)} if known else {}


def _named(known: Iterable[Operation]) -> list[dict[str, str]]:
    return [{"name": each.code, "definition": each.url} for each in sorted(known, key=lambda each: each.url)]


def _can(rows: Iterable[Route], interaction: str) -> bool:
    return any(row.interaction == interaction for row in rows)


def _codes(rows: Iterable[Route]) -> list[dict[str, str]]:
    """Each interaction once: a search by GET and by POST is one."""
    return [{"code": code} for code in dict.fromkeys(code for row in rows for code in (row.interaction, *row.also))]


def _states(rows: Iterable[Route]) -> dict[str, Any]:
    return {name: value for row in rows for name, value in row.states.items()}


def _searched(definitions: Definitions) -> dict[str, list[SearchParameter]]:
    """The search parameters of each type, as definitions: compiling them all would cost a start half a second."""
    return {
        type: [
            *(
                each
                for code, each in sorted(search_parameters(type).items())
                if each.expression is not None or code in _WITHOUT_EXPRESSION
            ),
            *(each for each in definitions.custom if _is_for(each, type)),
        ]
        for type in sorted(RESOURCE_TYPES)
    }


def _is_for(custom: SearchParameter, type: str) -> bool:
    return not {type, "Resource", structure(type).base}.isdisjoint(custom.base)


def _resource(
    type: str,
    common: Mapping[str, Any],
    profiles: Sequence[str],
    searched: Mapping[str, Sequence[SearchParameter]],
    partial: frozenset[str],
) -> dict[str, Any]:
    profile = f"{_HL7}/StructureDefinition/{type}"
    resource = {"type": type, "profile": profile, "supportedProfile": list(profiles), **common}
    if type in searched:
        resource["searchInclude"] = [f"{type}:{each.code}" for each in searched[type] if each.type == "reference"]
        resource["searchRevInclude"] = [
            f"{source}:{each.code}"
            for source, known in searched.items()
            for each in known
            if each.type == "reference" and (not each.target or type in each.target)
        ]
        resource["searchParam"] = [_search_parameter(each, partial) for each in searched[type]]
    return {name: value for name, value in resource.items() if value != []}


def _search_parameter(parameter: SearchParameter, partial: frozenset[str]) -> dict[str, str]:
    stated = {"name": parameter.code, "definition": parameter.url, "type": parameter.type}
    return {**stated, "documentation": _PARTIAL} if parameter.url in partial else stated


def _normative(rest: Mapping[str, Any]) -> dict[str, Any]:
    kept = {name: value for name, value in rest.items() if name not in _TRIAL_USE["rest"]}
    kept["resource"] = [
        {name: value for name, value in resource.items() if name not in _TRIAL_USE["resource"]}
        for resource in rest["resource"]
    ]
    return kept
