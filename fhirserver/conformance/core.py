"""The layer of R4 itself: the generated facts of spec/ as conformance resources."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache, partial

from fhirserver.conformance.layers import Entry, Resource
from fhirserver.resource import json
from fhirserver.spec import profiles, structures, terminology
from fhirserver.spec.structures import Constraint, Element, Structure, structure

DEFINITIONS = "http://hl7.org/fhir/StructureDefinition/"
VERSION = "4.0.1"
_ABSTRACT = ("Resource", "DomainResource", "Element", "BackboneElement")
_REGEX = DEFINITIONS + "regex"
_FHIR_TYPE = DEFINITIONS + "structuredefinition-fhir-type"
#: FHIRPath's own types, which R4 names for the values of primitives (fhirpath.html#types); all others are strings.
_SYSTEM_TYPES = {
    "boolean": "Boolean",
    "date": "Date",
    "dateTime": "DateTime",
    "decimal": "Decimal",
    "instant": "DateTime",
    "integer": "Integer",
    "positiveInt": "Integer",
    "time": "Time",
    "unsignedInt": "Integer",
}


class Core:
    """Everything the R4 core package defines, read when asked for."""

    def find(self, kind: str, url: str) -> Sequence[Entry]:
        if kind == "StructureDefinition":
            entry = _types().get(url) or _profiles().get(url)
            return (entry,) if entry else ()
        if kind in ("CodeSystem", "ValueSet", "ConceptMap"):
            entry = _terminology(kind).get(url)
            return (entry,) if entry else ()
        return ()

    def entries(self, kind: str) -> Iterator[Entry]:
        if kind == "StructureDefinition":
            yield from _types().values()
            yield from _profiles().values()
        elif kind in ("CodeSystem", "ValueSet", "ConceptMap"):
            yield from _terminology(kind).values()

    def refresh(self) -> bool:
        return False


@cache
def _terminology(kind: terminology.Kind) -> dict[str, Entry]:
    return {
        head.url: Entry(kind, head.url, head.version, head.id, "R4", body, head.supplements)
        for head in terminology.heads(kind)
        if (body := partial(terminology.body, kind, head.url))
    }


@cache
def _profiles() -> dict[str, Entry]:
    return {
        url: Entry("StructureDefinition", url, VERSION, url.rpartition("/")[2], "R4", partial(_profile, url))
        for url in profiles.profile_urls()
    }


@cache
def _types() -> dict[str, Entry]:
    return {
        DEFINITIONS + name: Entry(
            "StructureDefinition", DEFINITIONS + name, VERSION, name, "R4", partial(_type_body, name)
        )
        for name in (*structures.RESOURCE_TYPES, *structures.COMPLEX_TYPES, *structures.PRIMITIVE_TYPES, *_ABSTRACT)
    }


def _profile(url: str) -> bytes:
    return json.encode(profiles.profile(url))


def _type_body(name: str) -> bytes:
    return json.encode(type_definition(name))


def type_definition(name: str) -> Resource:
    """The StructureDefinition of a type of R4 with its snapshot, as facts: without any of HL7's texts."""
    found = structure(name)
    base = {"baseDefinition": DEFINITIONS + found.base, "derivation": "specialization"} if found.base else {}
    return {
        "resourceType": "StructureDefinition",
        "id": name,
        "url": DEFINITIONS + name,
        "version": VERSION,
        "name": name,
        "status": "active",
        "fhirVersion": VERSION,
        "kind": found.kind,
        "abstract": found.abstract,
        "type": name,
        **base,
        "snapshot": {"element": [_element(found, element) for element in found.elements]},
    }


def _element(found: Structure, element: Element) -> Resource:
    row: Resource = {"id": element.path, "path": element.path}
    if element.attribute:
        row["representation"] = ["xmlAttr"]
    row |= {"min": element.min, "max": _max(element), "base": _base(found, element)}
    if element.content:
        row["contentReference"] = f"#{element.content}"
    if element.types:
        row["type"] = [_type(found, element, code) for code in element.types]
    constraints = list(_constraints(found, element))
    if constraints:
        row["constraint"] = constraints
    row |= {"isModifier": element.modifier, "isSummary": element.summary}
    if element.binding:
        row["binding"] = {"strength": element.binding.strength, "valueSet": element.binding.value_set}
    return row


def _max(element: Element) -> str:
    return "*" if element.max is None else str(element.max)


def _base(found: Structure, element: Element) -> Resource:
    """elementdefinition.html#ElementDefinition.base: where the element is first defined, and its cardinality there."""
    path, first = _first(found, element)
    return {"path": path, "min": first.min, "max": _max(first)}


def _first(found: Structure, element: Element) -> tuple[str, Element]:
    above, _, name = element.path.rpartition(".")
    inner = above != found.name
    bases = (_inner_bases(found, above) if inner else [found.base]) if above else []
    for base in bases:
        inherited = structure(base) if base else None
        if inherited and f"{base}.{name}" in {other.path for other in inherited.elements}:
            return _first(inherited, inherited.element(f"{base}.{name}"))
    return element.path, element


def _inner_bases(found: Structure, path: str) -> list[str]:
    """The type an element with elements of its own has: BackboneElement, or Element inside data types."""
    return [code for code in found.element(path).types if code in ("BackboneElement", "Element")]


def _type(found: Structure, element: Element, code: str) -> Resource:
    row: Resource = {"code": code}
    if _is_plain_text(found, element):
        row = _fhirpath_type("string" if element.name == "id" else code, element.regex)
    named = [profile for profile in element.profiles if profiles.profile(profile)["type"] == code]
    targets = element.targets if code == "Reference" else element.canonicals if code == "canonical" else ()
    if named:
        row["profile"] = named
    if targets:
        row["targetProfile"] = [DEFINITIONS + target for target in targets]
    return row


def _fhirpath_type(fhir: str, regex: str | None) -> Resource:
    lexical = [{"url": _REGEX, "valueString": regex}] if regex else []
    return {
        "extension": [{"url": _FHIR_TYPE, "valueUrl": fhir}, *lexical],
        "code": f"http://hl7.org/fhirpath/System.{_SYSTEM_TYPES.get(fhir, 'String')}",
    }


def _is_plain_text(found: Structure, element: Element) -> bool:
    """What has no element of its own inside: attributes, the value of a primitive, the id of a resource."""
    is_value = found.kind == "primitive-type" and element.path == f"{found.name}.value"
    return element.attribute or is_value or (found.kind == "resource" and element.path == f"{found.name}.id")


def _constraints(found: Structure, element: Element) -> Iterator[Resource]:
    """The element's rules, ele-1 and ext-1 among them, which the table of spec/ states but once."""
    stated = {rule.key: rule for rule in element.constraints}
    for name, rule in _everywhere().items():
        if rule.key not in stated and _holds(name, found, element):
            yield _constraint(rule, name)
    for rule in element.constraints:
        yield _constraint(rule, _source(found, element, rule))


def _source(found: Structure, element: Element, rule: Constraint) -> str:
    """The type that first states a rule of an element."""
    base = structure(found.base) if found.base and element.path == found.name else None
    inherited = base and any(other.key == rule.key for other in base.elements[0].constraints)
    return _source(base, base.elements[0], rule) if base and inherited else found.name


def _holds(name: str, found: Structure, element: Element) -> bool:
    if name == "Extension":
        return element.types == ("Extension",) or found.name == "Extension" == element.path
    if "." not in element.path:
        return found.kind != "resource"
    return not _is_plain_text(found, element) and element.types != ("Resource",)


@cache
def _everywhere() -> dict[str, Constraint]:
    """The rule for every element and the rule for every extension, by the type that states it."""
    return {name: structure(name).element(name).constraints[0] for name in ("Element", "Extension")}


def _constraint(rule: Constraint, source: str) -> Resource:
    return {
        "key": rule.key,
        "severity": rule.severity,
        "expression": rule.expression,
        "source": DEFINITIONS + source,
    }
