"""$meta, $meta-add and $meta-delete (resource-operation-meta.html): the profiles, tags and labels of one resource.

What they change is a version like any other: who set which label when is part of the history.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fhirserver.interactions.action import Action, Done
from fhirserver.interactions.actions import carry_out
from fhirserver.interactions.context import Context
from fhirserver.interactions.message import Request, Response
from fhirserver.interactions.preconditions import Precondition, Tags, etag
from fhirserver.operations import arguments, messages
from fhirserver.operations.answers import parameters
from fhirserver.outcome import FhirError
from fhirserver.resource import json

_DEFINITIONS = "http://hl7.org/fhir/OperationDefinition/Resource-"
DEFINITION = arguments.definition(f"{_DEFINITIONS}meta")
ADD = arguments.definition(f"{_DEFINITIONS}meta-add")
DELETE = arguments.definition(f"{_DEFINITIONS}meta-delete")

Meta = dict[str, Any]

#: Meta's elements that are sets (resource.html#Meta); a coding is told by its system and code.
_SETS = ("profile", "security", "tag")
#: How often a change is tried again when somebody else was faster.
_TRIES = 5


def run(context: Context, request: Request) -> Response:
    """The meta of the current version."""
    arguments.read(DEFINITION, request)
    return _answer(_current(context, request)[0].get("meta", {}))


def run_add(context: Context, request: Request) -> Response:
    """The meta with what was given added to it."""
    return _changed(context, request, arguments.read(ADD, request).one("meta"), _added)


def run_delete(context: Context, request: Request) -> Response:
    """The meta without what was given; what it does not have is no error."""
    return _changed(context, request, arguments.read(DELETE, request).one("meta"), _removed)


def _answer(meta: Meta) -> Response:
    return parameters([{"name": "return", "valueMeta": meta}] if meta else [])


def _current(context: Context, request: Request) -> tuple[dict[str, Any], int]:
    version = context.store.read(request.type, request.id)
    if version is None or version.body is None:
        raise messages.RESOURCE_NOT_STORED.error(type=request.type, id=request.id)
    return json.decode(version.body), version.version


def _changed(
    context: Context, request: Request, given: Meta, change: Callable[[list[Any], list[Any]], list[Any]]
) -> Response:
    for attempt in range(_TRIES):
        resource, number = _current(context, request)
        meta = resource.get("meta", {})
        for name in _SETS:
            if name in given:
                meta[name] = change(meta.get(name, []), given[name])
        resource["meta"] = {name: value for name, value in meta.items() if value != []}
        unchanged = Precondition(Tags(etag(number), frozenset({str(number)})))
        action = Action("PUT", request.type, request.id, resource=resource, precondition=unchanged)
        try:
            return carry_out(context, request, [action], lambda _, done: _answer(_meta(done[0])))
        except FhirError as error:
            if error.status != 412 or attempt == _TRIES - 1:
                raise
    raise AssertionError("the last try returns or raises")


def _meta(done: Done) -> Meta:
    version = done.changes[0][1].version
    assert version is not None and version.body is not None
    meta: Meta = json.decode(version.body)["meta"]
    return meta


def _key(item: Any) -> Any:
    return (item.get("system"), item.get("code")) if isinstance(item, dict) else item


def _added(held: list[Any], given: list[Any]) -> list[Any]:
    known = {_key(item) for item in held}
    return [*held, *(item for item in given if _key(item) not in known)]


def _removed(held: list[Any], given: list[Any]) -> list[Any]:
    gone = {_key(item) for item in given}
    return [item for item in held if _key(item) not in gone]
