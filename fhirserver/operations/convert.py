"""$convert (resource-operation-convert.html): a resource in the other format."""

from __future__ import annotations

from fhirserver.interactions.message import Request, Response
from fhirserver.operations import arguments
from fhirserver.operations.context import OperationContext
from fhirserver.resource import json

DEFINITION = arguments.definition("http://hl7.org/fhir/OperationDefinition/Resource-convert")


def run(context: OperationContext, request: Request) -> Response:
    """The resource as it came: the door reads it by its Content-Type and writes it as Accept asks."""
    return Response(200, body=json.encode(arguments.read(DEFINITION, request).one("input")))
