"""$validate (resource-operation-validate.html): what a write would say of a resource, without writing it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from fhirserver.interactions.context import Context
from fhirserver.interactions.message import Request, Response
from fhirserver.operations import arguments, messages
from fhirserver.operations.arguments import Arguments
from fhirserver.outcome import Issue, operation_outcome
from fhirserver.resource import json

DEFINITION = arguments.definition("http://hl7.org/fhir/OperationDefinition/Resource-validate")

#: valueset-resource-validation-mode
_MODES = ("create", "update", "delete", "profile")


def run(context: Context, request: Request) -> Response:
    """200 with every issue, or with one that says that all is well.

    resource-operation-validate.html: "it returns a 200 Ok whether or not the resource is valid". What cannot be
    understood at all, an unknown mode or no resource to look at, is an error of the call.
    """
    given = arguments.read(DEFINITION, request)
    mode = given.text("mode")
    if mode and mode not in _MODES:
        raise given.mistyped("mode", " | ".join(_MODES), mode)
    issues = list(_issues(context, request, given, mode)) or [messages.ALL_OK.at()]
    return Response(200, {}, json.encode(operation_outcome(issues, request.language)))


def _issues(context: Context, request: Request, given: Arguments, mode: str) -> Iterator[Issue]:
    on_instance = len(request.path) == 3
    resource: dict[str, Any] | None = given.one("resource")
    if mode == "delete":
        # "the resource parameter may be omitted": the question is whether it may be deleted, and it may if it is there
        if not on_instance:
            raise messages.MODE_NEEDS_INSTANCE.error(mode=mode)
        _stored(context, request)
        return
    if resource is None and on_instance:
        resource = _stored(context, request)
    if resource is None:
        raise given.missing("resource")
    if mode == "update" and not on_instance:
        raise messages.MODE_NEEDS_INSTANCE.error(mode=mode)
    if mode == "update" and resource.get("id") != request.id:
        yield messages.ID_DISAGREES.at(f"{request.type}.id", expected=request.id, found=resource.get("id", "-"))
    profiles = [given.text("profile")] if "profile" in given else []
    yield from context.validator.check(resource, type=request.type, profiles=profiles)


def _stored(context: Context, request: Request) -> dict[str, Any]:
    """The current version of the instance. Raises 404 where there is none."""
    version = context.store.read(request.type, request.id)
    if version is None or version.body is None:
        raise messages.RESOURCE_NOT_STORED.error(type=request.type, id=request.id)
    return json.decode(version.body)
