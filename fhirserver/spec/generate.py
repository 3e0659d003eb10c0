"""Writes the tables from two FHIR packages, the definitions of R4 and HL7's expansions of its value sets.

    python -m fhirserver.spec.generate hl7.fhir.r4.core-4.0.1.tgz hl7.fhir.r4.expansions-4.0.1.tgz

Facts only: none of HL7's descriptions, definitions or human texts gets into the tables.
"""

from __future__ import annotations

import hashlib
import sys
import tarfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec

from fhirserver.spec import generate_terminology
from fhirserver.spec.compose import Composer, NotEnumerable, canonical
from fhirserver.spec.operations import Operation, Parameter
from fhirserver.spec.provenance import Source
from fhirserver.spec.rows import lines, write
from fhirserver.spec.search_parameters import SearchParameter
from fhirserver.spec.structures import Binding, Constraint, Element

Resource = Mapping[str, Any]

_DEFINITIONS = "http://hl7.org/fhir/StructureDefinition/"
_FHIR_TYPE = _DEFINITIONS + "structuredefinition-fhir-type"
_SYSTEM = "http://hl7.org/fhirpath/System."
_REGEX = _DEFINITIONS + "regex"
#: Definitions that only illustrate (they would shadow the real ones).
_EXAMPLES = ("example", "example-reference", "example-extension", "example-composition", "example-section-library")
#: Where an example shadows nothing.
_TERMINOLOGY = ("CodeSystem", "ValueSet", "ConceptMap")


class Package:
    """A FHIR package archive: its identity and its resources by type, in the order of their canonicals."""

    def __init__(self, archive: Path) -> None:
        self._resources: dict[str, list[Resource]] = {}
        with tarfile.open(archive) as files:
            for member in files:
                folder, _, name = member.name.rpartition("/")
                if folder == "package" and member.isfile() and name != ".index.json":
                    content = files.extractfile(member)
                    assert content is not None
                    self._add(name, msgspec.json.decode(content.read()))
        self._sha256 = hashlib.sha256(archive.read_bytes()).hexdigest()

    def _add(self, name: str, content: Resource) -> None:
        if name == "package.json":
            self._name, self._version = content["name"], content["version"]
        elif content["resourceType"] in _TERMINOLOGY or content.get("id") not in _EXAMPLES:
            self._resources.setdefault(content["resourceType"], []).append(content)

    @property
    def source(self) -> Source:
        return Source(self._name, self._version, self._sha256)

    def resources(self, type: str) -> list[Resource]:
        return sorted(self._resources.get(type, ()), key=lambda resource: str(resource["url"]))


def generate(core: Package, expansions: Package) -> dict[str, bytes]:
    """All tables (file name under ``tables/`` -> bytes)."""
    definitions = core.resources("StructureDefinition")
    types = [row for row in definitions if row.get("derivation") != "constraint" and row["kind"] != "logical"]
    composer = Composer(core.resources("ValueSet"), core.resources("CodeSystem"), expansions.resources("ValueSet"))
    tables = {f"structures/{row['type']}.json": _structure(row) for row in types}
    tables["types.json"] = lines([row["type"], row["kind"], row["abstract"]] for row in types)
    tables["profiles.json"] = lines(_profile(row) for row in definitions if row.get("derivation") == "constraint")
    tables["codes.json"] = lines(_codes(definitions, composer))
    tables["search_parameters.json"] = lines(_search_parameters(core.resources("SearchParameter")))
    tables["compartments.json"] = lines(_compartment(row) for row in core.resources("CompartmentDefinition"))
    tables["operations.json"] = lines(_operation(row) for row in core.resources("OperationDefinition"))
    tables |= generate_terminology.tables(
        core.resources("CodeSystem"),
        core.resources("ValueSet"),
        core.resources("ConceptMap"),
        expansions.resources("ValueSet"),
    )
    tables["provenance.json"] = lines([core.source, expansions.source])
    return tables


# -- structures


def _structure(definition: Resource) -> bytes:
    base = definition.get("baseDefinition")
    head = {
        "name": definition["type"],
        "kind": definition["kind"],
        "base": base.removeprefix(_DEFINITIONS) if base else None,
        "abstract": definition["abstract"],
    }
    elements = lines(_element(element) for element in definition["snapshot"]["element"])
    return msgspec.json.encode(head)[:-1] + b',\n"elements":' + elements[:-1] + b"}\n"


def _element(element: Resource) -> Element:
    types = element.get("type", ())
    content = element.get("contentReference")
    return Element(
        path=element["path"],
        types=tuple(_type(element, row) for row in types),
        min=element["min"],
        max=None if element["max"] == "*" else int(element["max"]),
        targets=_targets(types, "Reference"),
        canonicals=_targets(types, "canonical"),
        profiles=tuple(profile for row in types for profile in row.get("profile", ())),
        binding=_binding(element.get("binding")),
        constraints=tuple(_constraints(element)),
        content=content.removeprefix("#") if content else None,
        summary=element.get("isSummary", False),
        modifier=element.get("isModifier", False),
        attribute="xmlAttr" in element.get("representation", ()),
        regex=next((extension["valueString"] for extension in _extensions(types, _REGEX)), None),
    )


def _type(element: Resource, row: Resource) -> str:
    """The FHIR type of an element, also where the definition names a type of FHIRPath."""
    code = str(row["code"])
    if not code.startswith(_SYSTEM):
        return code
    if element["path"].endswith(".id") and "representation" not in element:
        return "id"
    return next(
        (str(extension["valueUrl"]) for extension in _extensions([row], _FHIR_TYPE)), code.removeprefix(_SYSTEM).lower()
    )


def _extensions(types: Iterable[Resource], url: str) -> Iterator[Resource]:
    for row in types:
        yield from (extension for extension in row.get("extension", ()) if extension["url"] == url)


def _targets(types: Iterable[Resource], code: str) -> tuple[str, ...]:
    """The resource types a Reference or canonical may lead to, () where it may be any."""
    named = [
        target.removeprefix(_DEFINITIONS)
        for row in types
        if row["code"] == code
        for target in row.get("targetProfile", ())
    ]
    return () if "Resource" in named else tuple(named)


def _binding(binding: Resource | None) -> Binding | None:
    if binding is None or "valueSet" not in binding:
        return None
    return Binding(binding["strength"], canonical(binding["valueSet"]))


def _constraints(element: Resource) -> Iterator[Constraint]:
    for row in element.get("constraint", ()):
        stated_once = {"ele-1": "Element", "ext-1": "Extension"}.get(row["key"], element["path"])
        if stated_once == element["path"]:
            yield Constraint(row["key"], row["severity"], row["expression"])


# -- profiles

_IDENTITY = (
    *("url", "id", "name", "kind", "abstract", "contextInvariant"),
    *("type", "baseDefinition", "derivation", "context"),
)
_PROSE = frozenset(
    {
        *("short", "definition", "comment", "requirements", "alias", "label", "mapping", "example"),
        *("condition", "code", "extension", "isModifierReason", "meaningWhenMissing", "orderMeaning"),
    }
)


def _profile(definition: Resource) -> Resource:
    kept = {name: definition[name] for name in _IDENTITY if name in definition}
    version = {"version": definition["version"]} if "version" in definition else {}
    elements = [_constrained(element) for element in definition["differential"]["element"]]
    return {
        "url": kept.pop("url"),
        "resourceType": "StructureDefinition",
        "status": "active",
        **version,
        **kept,
        "differential": {"element": elements},
    }


def _constrained(element: Resource) -> Resource:
    return {name: _without_prose(name, value) for name, value in element.items() if name.lstrip("_") not in _PROSE}


def _without_prose(name: str, value: Any) -> Any:
    if name == "constraint":
        return [{key: row[key] for key in ("key", "severity", "expression", "source") if key in row} for row in value]
    if name in ("binding", "slicing"):
        return {key: part for key, part in value.items() if key not in ("description", "extension")}
    return value


# -- codes


def _codes(definitions: Iterable[Resource], composer: Composer) -> Iterator[list[Any]]:
    for value_set in sorted(_required_value_sets(definitions)):
        try:
            codings = composer.codings(value_set)
        except NotEnumerable:
            continue
        yield [value_set, {system: list(codes) for system, codes in codings.items()}]


def _required_value_sets(definitions: Iterable[Resource]) -> set[str]:
    return {
        canonical(element["binding"]["valueSet"])
        for definition in definitions
        for element in definition.get("snapshot", definition.get("differential"))["element"]
        if element.get("binding", {}).get("strength") == "required" and "valueSet" in element["binding"]
    }


# -- search parameters, compartments, operations


def _search_parameters(resources: Iterable[Resource]) -> Iterator[SearchParameter]:
    for row in resources:
        if "base" in row:
            yield SearchParameter(
                url=row["url"],
                code=row["code"],
                base=tuple(row["base"]),
                type=row["type"],
                expression=row.get("expression"),
                target=tuple(row.get("target", ())),
                comparator=tuple(row.get("comparator", ())),
                modifier=tuple(row.get("modifier", ())),
                multiple_or=row.get("multipleOr"),
                multiple_and=row.get("multipleAnd"),
                component=tuple((part["definition"], part["expression"]) for part in row.get("component", ())),
                xpath_usage=row.get("xpathUsage"),
            )


def _compartment(resource: Resource) -> list[Any]:
    return [resource["code"], {row["code"]: row["param"] for row in resource["resource"] if "param" in row}]


def _operation(resource: Resource) -> Operation:
    return Operation(
        url=resource["url"],
        code=resource["code"],
        resources=tuple(resource.get("resource", ())),
        system=resource["system"],
        type=resource["type"],
        instance=resource["instance"],
        affects_state=resource.get("affectsState", False),
        parameters=tuple(_parameter(row) for row in resource.get("parameter", ())),
    )


def _parameter(row: Resource) -> Parameter:
    binding = _binding(row.get("binding"))
    return Parameter(
        name=row["name"],
        use=row["use"],
        min=row["min"],
        max=None if row["max"] == "*" else int(row["max"]),
        type=row.get("type"),
        search_type=row.get("searchType"),
        target_profiles=tuple(row.get("targetProfile", ())),
        binding=(binding.strength, binding.value_set) if binding else None,
        parts=tuple(_parameter({"use": row["use"], **part}) for part in row.get("part", ())),
    )


def main(arguments: list[str]) -> None:
    core, expansions = (Package(Path(argument)) for argument in arguments)
    write(generate(core, expansions))


if __name__ == "__main__":
    main(sys.argv[1:])
