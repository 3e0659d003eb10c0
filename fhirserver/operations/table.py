"""Which operations there are, and the rows they add to the route table."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import cast

from fhirserver.interactions.context import Context
from fhirserver.interactions.message import Request, Response
from fhirserver.interactions.table import Route
from fhirserver.operations import expand, lookup, messages, subsumes, translate, validate_code
from fhirserver.operations.context import OperationContext
from fhirserver.spec.operations import Operation

Handler = Callable[[OperationContext, Request], Response]


@dataclass(frozen=True, slots=True)
class Offered:
    """An operation this server carries out: its definition says for which types, on the type or on an instance."""

    definition: Operation
    run: Handler


OPERATIONS: tuple[Offered, ...] = (
    Offered(expand.DEFINITION, expand.run),
    Offered(lookup.DEFINITION, lookup.run),
    Offered(subsumes.DEFINITION, subsumes.run),
    Offered(translate.DEFINITION, translate.run),
    Offered(validate_code.IN_VALUE_SET, validate_code.run_in_value_set),
    Offered(validate_code.IN_CODE_SYSTEM, validate_code.run_in_code_system),
)


def run(context: Context, request: Request) -> Response:
    """Carry out the operation that the last segment of the path names; 404 where the type has none of that name.

    What clients have stored in the meantime takes part.
    """
    lent = cast(OperationContext, context)
    lent.terminology.registry.refresh()
    code = request.path[-1].removeprefix("$")
    on_instance = len(request.path) == 3
    offered = [operation for operation in OPERATIONS if operation.definition.code == code]
    for operation in offered:
        definition = operation.definition
        if request.type in definition.resources and (definition.instance if on_instance else definition.type):
            return operation.run(lent, request)
    types = ", ".join(sorted({type for operation in offered for type in operation.definition.resources}))
    raise messages.OPERATION_UNKNOWN.error(code=code, type="/".join(request.path[:-1]), offered=types)


def routes() -> Iterator[Route]:
    """operations.html#executing: GET for operations that change nothing, with simple parameters; POST for all."""
    for code in sorted({operation.definition.code for operation in OPERATIONS}):
        urls = tuple(row.definition.url for row in OPERATIONS if row.definition.code == code)
        for path in (f"{{type}}/${code}", f"{{type}}/{{id}}/${code}"):
            yield Route("operation", ("GET", "HEAD"), path, run, operations=urls)
            yield Route("operation", ("POST",), path, run, body="resource", operations=urls)
