"""Which operations there are, and the rows they add to the route table."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal, cast

from fhirserver.interactions.context import Context
from fhirserver.interactions.message import Request, Response
from fhirserver.interactions.table import Route
from fhirserver.operations import (
    convert,
    document,
    everything,
    expand,
    json_schema,
    lastn,
    lookup,
    messages,
    meta,
    snapshot,
    subsumes,
    translate,
    validate,
    validate_code,
)
from fhirserver.operations.context import OperationContext
from fhirserver.spec.operations import Operation

Handler = Callable[[OperationContext, Request], Response]
#: Operations on what is stored need the server's own context.
ServerHandler = Callable[[Context, Request], Response]
Level = Literal["system", "type", "instance"]

#: The type in the definition of an operation on resources of any type.
ANY = "Resource"


@dataclass(frozen=True, slots=True)
class Offered:
    """An operation this server carries out: its definition says for which types, on the type or on an instance.

    `levels`: those of the definition's that are offered here; None for all.
    """

    definition: Operation
    run: Handler
    levels: tuple[Level, ...] | None = None

    def is_on(self, level: Level) -> bool:
        """Whether it can be called on the system, on a type or on an instance."""
        defined = {"system": self.definition.system, "type": self.definition.type, "instance": self.definition.instance}
        return defined[level] and (self.levels is None or level in self.levels)

    def is_for(self, type: str | None) -> bool:
        """Whether it is for resources of a type; None on the system."""
        return type is None or not {type, ANY}.isdisjoint(self.definition.resources)


def _of_server(run: ServerHandler) -> Handler:
    return cast(Handler, run)


OPERATIONS: tuple[Offered, ...] = (
    Offered(expand.DEFINITION, expand.run),
    Offered(lookup.DEFINITION, lookup.run),
    Offered(subsumes.DEFINITION, subsumes.run),
    Offered(translate.DEFINITION, translate.run),
    Offered(validate_code.IN_VALUE_SET, validate_code.run_in_value_set),
    Offered(validate_code.IN_CODE_SYSTEM, validate_code.run_in_code_system),
    Offered(validate.DEFINITION, _of_server(validate.run)),
    Offered(snapshot.DEFINITION, snapshot.run),
    Offered(json_schema.DEFINITION, json_schema.run),
    Offered(convert.DEFINITION, convert.run),
    Offered(meta.DEFINITION, _of_server(meta.run), ("instance",)),
    Offered(meta.ADD, _of_server(meta.run_add)),
    Offered(meta.DELETE, _of_server(meta.run_delete)),
    Offered(everything.OF_PATIENT, _of_server(everything.run_patient), ("instance",)),
    Offered(everything.OF_ENCOUNTER, _of_server(everything.run_encounter)),
    Offered(document.DEFINITION, _of_server(document.run)),
    Offered(lastn.DEFINITION, _of_server(lastn.run)),
)

#: Operations that change what is stored, which GET must not do.
_CHANGING = frozenset({"meta-add", "meta-delete"})
_LEVELS: tuple[Level, ...] = ("system", "type", "instance")
_PATHS: dict[Level, str] = {"system": "${}", "type": "{{type}}/${}", "instance": "{{type}}/{{id}}/${}"}


def run(context: Context, request: Request) -> Response:
    """Carry out the operation that the last segment of the path names; 404 where the type has none of that name.

    What clients have stored in the meantime takes part.
    """
    lent = cast(OperationContext, context)
    lent.terminology.registry.refresh()
    code = request.path[-1].removeprefix("$")
    level = _LEVELS[len(request.path) - 1]
    type = request.type if level != "system" else None
    offered = [operation for operation in OPERATIONS if operation.definition.code == code]
    for operation in offered:
        if operation.is_for(type) and operation.is_on(level):
            return operation.run(lent, request)
    types = ", ".join(sorted({type for operation in offered for type in operation.definition.resources}))
    raise messages.OPERATION_UNKNOWN.error(code=code, type="/".join(request.path[:-1]), offered=types)


def routes() -> Iterator[Route]:
    """operations.html#executing: GET for operations that change nothing, with simple parameters; POST for all."""
    for code in sorted({operation.definition.code for operation in OPERATIONS}):
        offered = [row for row in OPERATIONS if row.definition.code == code]
        urls = tuple(row.definition.url for row in offered)
        for level in _LEVELS:
            if any(row.is_on(level) for row in offered):
                path = _PATHS[level].format(code)
                if not any(row.definition.code in _CHANGING for row in offered):
                    yield Route("operation", ("GET", "HEAD"), path, run, operations=urls)
                yield Route("operation", ("POST",), path, run, body="resource", operations=urls)
