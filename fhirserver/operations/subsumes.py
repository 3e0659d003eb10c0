"""CodeSystem/$subsumes (codesystem-operation-subsumes.html)."""

from __future__ import annotations

from fhirserver.interactions.message import Request, Response
from fhirserver.operations import arguments
from fhirserver.operations.answers import parameters
from fhirserver.operations.arguments import Arguments
from fhirserver.operations.context import OperationContext, stored
from fhirserver.terminology.subsumes import subsumes

DEFINITION = arguments.definition("http://hl7.org/fhir/OperationDefinition/CodeSystem-subsumes")


def run(context: OperationContext, request: Request) -> Response:
    """How two codes of a code system lie to one another."""
    given = arguments.read(DEFINITION, request)
    system, version = _system(context, request, given)
    code_a, code_b = _code(given, "A"), _code(given, "B")
    outcome = subsumes(context.terminology, system, code_a, code_b, version)
    return parameters([{"name": "outcome", "valueCode": outcome}])


def _system(context: OperationContext, request: Request, given: Arguments) -> tuple[str, str | None]:
    if len(request.path) == 3:
        resource = stored(context, "CodeSystem", request.id)
        return resource["url"], resource.get("version")
    coding_a, coding_b = given.one("codingA", {}), given.one("codingB", {})
    system = given.text("system") or coding_a.get("system")
    if not system or coding_b.get("system", system) != system:
        raise given.missing("system", "codingA + codingB")
    return system, given.text("version") or coding_a.get("version")


def _code(given: Arguments, which: str) -> str:
    code = given.text(f"code{which}") or given.one(f"coding{which}", {}).get("code")
    if not code:
        raise given.missing(f"code{which}", f"coding{which}")
    return str(code)
