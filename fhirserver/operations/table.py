"""Which operations there are, and the rows they add to the route table."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
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

    `levels`: those of the definition's that are offered here; None for all. `by_get`: whether GET is offered; None
    where the definition's affectsState tells. `stated`: whether the CapabilityStatement names it.
    """

    definition: Operation
    run: Handler
    levels: tuple[Level, ...] | None = None
    by_get: bool | None = None
    stated: bool = True

    @property
    def is_changing(self) -> bool:
        """operations.html#executing: GET is for operations that do not affect the state of the server."""
        return self.definition.affects_state if self.by_get is None else not self.by_get

    def is_on(self, level: Level) -> bool:
        """Whether it can be called on the system, on a type or on an instance."""
        defined = {"system": self.definition.system, "type": self.definition.type, "instance": self.definition.instance}
        return defined[level] and (self.levels is None or level in self.levels)

    def is_for(self, type: str | None) -> bool:
        """Whether it is for resources of a type; None on the system."""
        return type is None or not {type, ANY}.isdisjoint(self.definition.resources)


def of_server(run: ServerHandler) -> Handler:
    """The handler of an operation that needs the server's own context."""
    return cast(Handler, run)


OPERATIONS: tuple[Offered, ...] = (
    Offered(expand.DEFINITION, expand.run),
    Offered(lookup.DEFINITION, lookup.run),
    Offered(subsumes.DEFINITION, subsumes.run),
    Offered(translate.DEFINITION, translate.run),
    Offered(validate_code.IN_VALUE_SET, validate_code.run_in_value_set),
    Offered(validate_code.IN_CODE_SYSTEM, validate_code.run_in_code_system),
    Offered(validate.DEFINITION, of_server(validate.run)),
    Offered(snapshot.DEFINITION, snapshot.run),
    Offered(json_schema.DEFINITION, json_schema.run),
    Offered(convert.DEFINITION, convert.run),
    Offered(meta.DEFINITION, of_server(meta.run), ("instance",)),
    Offered(meta.ADD, of_server(meta.run_add), by_get=False),
    Offered(meta.DELETE, of_server(meta.run_delete), by_get=False),
    Offered(everything.OF_PATIENT, of_server(everything.run_patient)),
    Offered(everything.OF_ENCOUNTER, of_server(everything.run_encounter)),
    Offered(document.DEFINITION, of_server(document.run)),
    Offered(lastn.DEFINITION, of_server(lastn.run)),
)

_LEVELS: tuple[Level, ...] = ("system", "type", "instance")
_PATHS: dict[Level, str] = {"system": "${}", "type": "{{type}}/${}", "instance": "{{type}}/{{id}}/${}"}


def run(rows: Sequence[Offered], context: Context, request: Request) -> Response:
    """Carry out the operation that the last segment of the path names; 404 where the type has none of that name.

    What clients have stored in the meantime takes part.
    """
    lent = cast(OperationContext, context)
    lent.terminology.registry.refresh()
    code = request.path[-1].removeprefix("$")
    level = _LEVELS[len(request.path) - 1]
    type = request.type if level != "system" else None
    offered = [row for row in rows if row.definition.code == code]
    for row in offered:
        if row.is_for(type) and row.is_on(level):
            return row.run(lent, request)
    types = ", ".join(sorted({type for row in offered for type in row.definition.resources}))
    raise messages.OPERATION_UNKNOWN.error(code=code, type="/".join(request.path[:-1]), offered=types)


def routes(rows: Sequence[Offered] = OPERATIONS) -> Iterator[Route]:
    """operations.html#executing: GET for operations that change nothing, with simple parameters; POST for all.

    `rows` are all operations of a server: two rooms may each have one of the same name, for types of their own.
    """
    handler = partial(run, rows)
    for code in sorted({row.definition.code for row in rows}):
        offered = [row for row in rows if row.definition.code == code]
        stated = tuple(row.definition for row in offered if row.stated)
        for level in _LEVELS:
            if any(row.is_on(level) for row in offered):
                path = _PATHS[level].format(code)
                if not any(row.is_changing for row in offered):
                    yield Route("operation", ("GET", "HEAD"), path, handler, operations=stated)
                yield Route("operation", ("POST",), path, handler, body="resource", operations=stated)
