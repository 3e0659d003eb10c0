"""StructureDefinition/$snapshot (structuredefinition-operation-snapshot.html): a differential with its snapshot."""

from __future__ import annotations

from typing import Any

from fhirserver.interactions.message import Request, Response
from fhirserver.operations import arguments, messages
from fhirserver.operations.context import OperationContext, stored
from fhirserver.outcome import FhirError
from fhirserver.resource import json

DEFINITION = arguments.definition("http://hl7.org/fhir/OperationDefinition/StructureDefinition-snapshot")


def run(context: OperationContext, request: Request) -> Response:
    """The StructureDefinition with a snapshot made anew of its base and its differential.

    Raises FhirError (422) where the differential cannot be laid over the base, or the base is not known.
    """
    given = arguments.read(DEFINITION, request)
    registry = context.terminology.registry
    if len(request.path) == 3:
        definition = stored(context, request.type, request.id)
    elif "definition" in given:
        definition = given.one("definition")
    elif "url" in given:
        found = registry.resource("StructureDefinition", given.text("url"))
        if found is None:
            raise messages.DEFINITION_UNKNOWN.error(url=given.text("url"))
        definition = found
    else:
        raise given.missing("definition", "url")
    return Response(200, body=json.encode(_with_snapshot(context, definition)))


def _with_snapshot(context: OperationContext, definition: dict[str, Any]) -> dict[str, Any]:
    if not definition.get("differential") and definition.get("snapshot"):
        return definition
    snapshot = context.terminology.registry.snapshot(definition)
    elements = snapshot.elements()
    if snapshot.issues:
        raise FhirError(snapshot.issues, status=422)
    return {**definition, "snapshot": {"element": elements}}
