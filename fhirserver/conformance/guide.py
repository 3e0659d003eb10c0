"""The Implementation Guide of the exchange: its definitions, which come with the server.

`fhirserver/guide` leads to what SUSHI has built in `profiles/`; a wheel holds the files themselves.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from fhirserver.conformance.folder import Folder
from fhirserver.resource import json
from fhirserver.spec.operations import Operation, Parameter

FOLDER = Path(__file__).parent.parent / "guide"
#: What its entries say of where they come from.
SOURCE = "guide"
CANONICAL = "https://medgroup.example.org/fhir"
#: How the ids of its examples begin.
_DEMO = "demo-"


def layer() -> Folder:
    """The guide's definitions as a layer of the registry; the catalogues of the demo hospital are none."""
    return Folder(FOLDER, name=SOURCE, without=_DEMO)


@cache
def implementation_guide() -> dict[str, Any]:
    """The ImplementationGuide resource; shared, not to be changed."""
    (file,) = FOLDER.glob("ImplementationGuide-*.json")
    return json.decode(file.read_bytes())


def read(type: str, id: str) -> dict[str, Any]:
    """A resource of the guide; FileNotFoundError when it has none."""
    return json.decode((FOLDER / f"{type}-{id}.json").read_bytes())


@cache
def profiles() -> dict[str, tuple[str, ...]]:
    """The canonicals of its profiles by the resource type they constrain; shared, not to be changed."""
    found: dict[str, tuple[str, ...]] = {}
    for file in sorted(FOLDER.glob("StructureDefinition-*.json")):
        definition = json.decode(file.read_bytes())
        if definition["kind"] == "resource":
            found[definition["type"]] = (*found.get(definition["type"], ()), definition["url"])
    return found


def search_parameters() -> list[dict[str, Any]]:
    """Its SearchParameter resources, in the order of their ids."""
    return [json.decode(file.read_bytes()) for file in sorted(FOLDER.glob("SearchParameter-*.json"))]


def operation(id: str) -> Operation:
    """The facts of one of its OperationDefinitions; FileNotFoundError when it has none of that id."""
    definition = read("OperationDefinition", id)
    return Operation(
        url=definition["url"],
        code=definition["code"],
        resources=tuple(definition.get("resource", ())),
        system=definition["system"],
        type=definition["type"],
        instance=definition["instance"],
        affects_state=definition.get("affectsState", False),
        parameters=tuple(_parameter(row) for row in definition.get("parameter", ())),
    )


def _parameter(row: dict[str, Any]) -> Parameter:
    return Parameter(
        name=row["name"],
        use=row["use"],
        min=row["min"],
        max=None if row["max"] == "*" else int(row["max"]),
        type=row.get("type"),
        target_profiles=tuple(row.get("targetProfile", ())),
        parts=tuple(_parameter(part) for part in row.get("part", ())),
    )
