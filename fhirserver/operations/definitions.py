"""OperationDefinitions of what this server offers, made of the same rows that carry the operations out.

R4's operations keep R4's canonicals, so that what the CapabilityStatement names can be read here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from typing import Any

from fhirserver.conformance.layers import Entry, Shelf
from fhirserver.resource import json
from fhirserver.spec.operations import Operation, Parameter

_R4 = "http://hl7.org/fhir/OperationDefinition/"


class Definitions:
    """A layer of the registry: the definitions of some operations."""

    def __init__(self, operations: Iterable[Operation]) -> None:
        distinct = {operation.url: operation for operation in operations}
        self._shelf = Shelf(_entry(operation) for operation in distinct.values())

    def find(self, kind: str, url: str) -> Sequence[Entry]:
        return self._shelf.find(kind, url)

    def entries(self, kind: str) -> Iterator[Entry]:
        return self._shelf.entries(kind)

    def refresh(self) -> bool:
        return False


def _entry(operation: Operation) -> Entry:
    id = operation.url.rpartition("/")[2]
    version = "4.0.1" if operation.url.startswith(_R4) else None
    return Entry(
        "OperationDefinition", operation.url, version, id, "operations of this server", partial(_body, operation)
    )


def _body(operation: Operation) -> bytes:
    return json.encode(definition(operation))


def definition(operation: Operation) -> dict[str, Any]:
    """The OperationDefinition of an operation (operationdefinition.html); it has no texts."""
    id = operation.url.rpartition("/")[2]
    parameters = [_parameter(row) for row in operation.parameters]
    return {
        "resourceType": "OperationDefinition",
        "id": id,
        "url": operation.url,
        **({"version": "4.0.1"} if operation.url.startswith(_R4) else {}),
        "name": "".join(word[:1].upper() + word[1:] for word in id.split("-")),
        "status": "active",
        "kind": "operation",
        "affectsState": operation.affects_state,
        "code": operation.code,
        **({"resource": list(operation.resources)} if operation.resources else {}),
        "system": operation.system,
        "type": operation.type,
        "instance": operation.instance,
        **({"parameter": parameters} if parameters else {}),
    }


def _parameter(row: Parameter) -> dict[str, Any]:
    return {
        "name": row.name,
        "use": row.use,
        "min": row.min,
        "max": "*" if row.max is None else str(row.max),
        **({"type": row.type} if row.type else {}),
        **({"targetProfile": list(row.target_profiles)} if row.target_profiles else {}),
        **({"part": [_parameter(part) for part in row.parts]} if row.parts else {}),
    }
