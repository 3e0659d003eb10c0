"""Profiles for tests: written as differentials, known to a validator with a registry of its own."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from fhirserver.conformance.clients import Clients, Memory
from fhirserver.conformance.registry import Registry
from fhirserver.outcome import Issue
from fhirserver.terminology.terminology import Terminology
from fhirserver.validation import Validator
from fhirserver.validation.knowledge import Knowledge, Policy

Resource = dict[str, Any]

BASE = "http://example.org/fhir/StructureDefinition/"


def profile(name: str, type: str, *elements: Resource, base: str | None = None, **parts: Any) -> Resource:
    """A StructureDefinition that constrains a type (or `base`) by these elements; paths begin at the type's name."""
    root = [] if elements and elements[0]["id"] == type else [{"id": type, "path": type}]
    rows = [*root, *({"path": path_of(each["id"]), **each} for each in elements)]
    return {
        "resourceType": "StructureDefinition",
        "id": name,
        "url": BASE + name,
        "name": name.title().replace("-", ""),
        "status": "active",
        "kind": "complex-type" if type == "Extension" else "resource",
        "abstract": False,
        "type": type,
        "baseDefinition": base or f"http://hl7.org/fhir/StructureDefinition/{type}",
        "derivation": "constraint",
        "differential": {"element": rows},
        **parts,
    }


def path_of(id: str) -> str:
    return ".".join(step.partition(":")[0] for step in id.split("."))


def extension(name: str, *elements: Resource, contexts: tuple[str, ...] = ("Element",), **parts: Any) -> Resource:
    """The definition of an extension."""
    context = [{"type": "element", "expression": each} for each in contexts]
    fixed = {"id": "Extension.url", "path": "Extension.url", "fixedUri": BASE + name}
    return profile(name, "Extension", *elements, fixed, context=context, **parts)


def knowing(*definitions: Resource, policy: Policy | None = None) -> Validator:
    """A validator that knows these definitions beside R4."""
    memory = Memory()
    for number, each in enumerate(definitions):
        memory.changed({**each, "id": each.get("id", f"d{number}")})
    registry = Registry([Clients(memory)])
    now = datetime(2025, 3, 10, tzinfo=UTC)
    return Validator(Knowledge(registry, Terminology(registry), policy, lambda: now))


def found(validator: Validator, resource: Resource, *names: str) -> list[tuple[str, str]]:
    """The keys and places of the issues of a resource under profiles by their names."""
    return [(issue.key, issue.expression) for issue in issues(validator, resource, *names)]


def issues(validator: Validator, resource: Resource, *names: str) -> list[Issue]:
    return list(validator.check(resource, profiles=[BASE + name for name in names]))
