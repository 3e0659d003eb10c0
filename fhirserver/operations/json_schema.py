"""StructureDefinition/$json-schema: the JSON Schema of a profile. An operation of this server's own."""

from __future__ import annotations

from fhirserver.interactions.message import Request, Response
from fhirserver.operations import arguments, messages
from fhirserver.operations.context import OperationContext, stored
from fhirserver.resource import json
from fhirserver.spec.operations import Operation, Parameter
from fhirserver.validation.json_schema import json_schema

DEFINITION = Operation(
    url="https://medgroup.example.org/fhir/OperationDefinition/StructureDefinition-json-schema",
    code="json-schema",
    resources=("StructureDefinition",),
    type=True,
    instance=True,
    parameters=(Parameter("url", "in", 0, 1, "uri"),),
)

#: json-schema.org: the media type of a schema.
MEDIA = "application/schema+json"


def run(context: OperationContext, request: Request) -> Response:
    """The schema (draft 2020-12) of the instance, or of the profile or type that `url` names."""
    given = arguments.read(DEFINITION, request)
    registry = context.terminology.registry
    if len(request.path) == 3:
        definition = registry.with_snapshot(stored(context, request.type, request.id))
    elif "url" in given:
        found = registry.structure(given.text("url"))
        if found is None:
            raise messages.DEFINITION_UNKNOWN.error(url=given.text("url"))
        definition = found
    else:
        raise given.missing("url")
    return Response(200, {}, json.encode(json_schema(definition)), MEDIA)
