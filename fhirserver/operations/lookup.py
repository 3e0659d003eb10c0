"""CodeSystem/$lookup (codesystem-operation-lookup.html)."""

from __future__ import annotations

from fhirserver.interactions.message import Request, Response
from fhirserver.operations import arguments
from fhirserver.operations.answers import parameters
from fhirserver.operations.context import OperationContext, refuse_past
from fhirserver.terminology.lookup import lookup

DEFINITION = arguments.definition("http://hl7.org/fhir/OperationDefinition/CodeSystem-lookup")


def run(context: OperationContext, request: Request) -> Response:
    """What is known of a code, given as `code` and `system` or as `coding`."""
    given = arguments.read(DEFINITION, request)
    refuse_past(context, given)
    coding = given.one("coding", {})
    system, code = coding.get("system") or given.text("system"), coding.get("code") or given.text("code")
    if not system or not code:
        raise given.missing("code + system", "coding")
    found = lookup(
        context.terminology,
        system,
        code,
        version=coding.get("version") or given.text("version") or None,
        properties=given.all("property"),
        display_language=given.text("displayLanguage"),
    )
    return parameters(found)
