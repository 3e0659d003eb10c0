"""The terminology part of the tables: code systems, value sets and concept maps as facts, without any prose."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from fhirserver.spec.rows import lines

Resource = Mapping[str, Any]
#: What is kept of an element: its parts, each True (as it is) or, for an element inside, the parts kept of that.
Kept = Mapping[str, Any]

_IDENTITY: Kept = {"url": True, "resourceType": True, "id": True, "version": True, "name": True, "status": True}
_DESIGNATION: Kept = {"language": True, "use": {"system": True, "code": True}, "value": True}
_CONCEPT: dict[str, Any] = {
    "code": True,
    "display": True,
    "designation": _DESIGNATION,
    "property": True,
}
_CONCEPT["concept"] = _CONCEPT
_CODE_SYSTEM: Kept = {
    **_IDENTITY,
    "identifier": {"system": True, "value": True},
    "caseSensitive": True,
    "valueSet": True,
    "hierarchyMeaning": True,
    "compositional": True,
    "versionNeeded": True,
    "content": True,
    "supplements": True,
    "count": True,
    "filter": {"code": True, "operator": True, "value": True},
    "property": {"code": True, "uri": True, "type": True},
    "concept": _CONCEPT,
}
_COMPOSED: Kept = {
    "system": True,
    "version": True,
    "concept": {"code": True, "display": True, "designation": _DESIGNATION},
    "filter": {"property": True, "op": True, "value": True},
    "valueSet": True,
}
_CONTAINS: dict[str, Any] = {
    "system": True,
    "abstract": True,
    "inactive": True,
    "version": True,
    "code": True,
    "display": True,
}
_CONTAINS["contains"] = _CONTAINS
_VALUE_SET: Kept = {
    **_IDENTITY,
    "identifier": {"system": True, "value": True},
    "immutable": True,
    "contained": _CODE_SYSTEM,
    "compose": {"lockedDate": True, "inactive": True, "include": _COMPOSED, "exclude": _COMPOSED},
    "expansion": {"identifier": True, "timestamp": True, "total": True, "contains": _CONTAINS},
}
_DEPENDENCY: Kept = {"property": True, "system": True, "value": True, "display": True}
_CONCEPT_MAP: Kept = {
    **_IDENTITY,
    "sourceUri": True,
    "sourceCanonical": True,
    "targetUri": True,
    "targetCanonical": True,
    "group": {
        "source": True,
        "sourceVersion": True,
        "target": True,
        "targetVersion": True,
        "element": {
            "code": True,
            "display": True,
            "target": {
                "code": True,
                "display": True,
                "equivalence": True,
                "dependsOn": _DEPENDENCY,
                "product": _DEPENDENCY,
            },
        },
        "unmapped": {"mode": True, "code": True, "display": True, "url": True},
    },
}


#: Code systems that belong to others, as far as a value set of R4 lists them: url, name, content, value set.
_LISTED = (
    ("urn:iso:std:iso:3166", "ISO3166", "fragment", "http://hl7.org/fhir/ValueSet/iso3166-1-2"),
    ("urn:iso:std:iso:4217", "ISO4217", "complete", "http://hl7.org/fhir/ValueSet/currencies"),
)


#: Code system versions that value sets name though R4 has another only (errata: ``valueset-task-code.html``).
_NEVER_PUBLISHED = ("http://hl7.org/fhir/CodeSystem/task-code", "3.6.0")


def tables(
    code_systems: Iterable[Resource],
    value_sets: Sequence[Resource],
    maps: Iterable[Resource],
    expansions: Sequence[Resource],
) -> dict[str, bytes]:
    """The three tables (file name -> bytes) out of whole resources."""
    sources = [*value_sets, *expansions]
    listed = [_listed(*row, sources) for row in _LISTED]
    systems = [_kept(_CODE_SYSTEM, row) for row in code_systems] + listed
    return {
        "code_systems.json": lines(systems),
        "value_sets.json": lines(_corrected(_kept(_VALUE_SET, row)) for row in value_sets),
        "concept_maps.json": lines(_kept(_CONCEPT_MAP, row) for row in maps),
    }


def _corrected(value_set: Resource) -> Resource:
    for include in value_set["compose"]["include"]:
        if (include.get("system"), include.get("version")) == _NEVER_PUBLISHED:
            del include["version"]
    return value_set


def _listed(url: str, name: str, content: str, value_set: str, sources: Iterable[Resource]) -> Resource:
    rows = [row for source in sources if source["url"] == value_set for row in _rows_of(source, url)]
    concepts = {row["code"]: {"code": row["code"], "display": _without_note(row["display"])} for row in rows}
    head = {"url": url, "resourceType": "CodeSystem", "id": name.lower(), "name": name, "status": "active"}
    return {**head, "caseSensitive": True, "content": content, "concept": list(concepts.values())}


def _without_note(display: str) -> str:
    """A list copied from a web page still has the numbers of its notes."""
    return re.sub(r"\[\w+\]", "", display).strip()


def _rows_of(source: Resource, system: str) -> Iterable[Resource]:
    """What a value set says of one code system, in its compose or in its expansion."""
    for include in source.get("compose", {}).get("include", ()):
        if include.get("system") == system:
            yield from include.get("concept", ())
    for row in source.get("expansion", {}).get("contains", ()):
        if row.get("system") == system:
            yield row


def _kept(parts: Kept, value: Any) -> Any:
    if isinstance(value, list):
        return [_kept(parts, item) for item in value]
    found = ((name, inner) for name, inner in parts.items() if name in value)
    return {name: value[name] if inner is True else _kept(inner, value[name]) for name, inner in found}
