"""Registries and terminologies made of a few resources, for tests."""

from __future__ import annotations

from typing import Any

from fhirserver.conformance.clients import Clients, Memory
from fhirserver.conformance.layers import Layer
from fhirserver.conformance.registry import Registry
from fhirserver.terminology.terminology import Terminology

Resource = dict[str, Any]


def registry(*resources: Resource, layers: tuple[Layer, ...] = ()) -> Registry:
    """R4 with these resources, as if clients had stored them."""
    return stored(*resources, layers=layers)[0]


def stored(*resources: Resource, layers: tuple[Layer, ...] = ()) -> tuple[Registry, Memory]:
    """The same, with the memory that can be told of changes."""
    memory = Memory()
    for number, resource in enumerate(resources):
        memory.changed({"id": f"r{number}", "status": "active", **resource})
    return Registry([Clients(memory), *layers]), memory


def terminology(*resources: Resource, max_expansion: int = 10_000) -> Terminology:
    """Terminology over R4 and these resources."""
    return Terminology(registry(*resources), max_expansion=max_expansion)


def code_system(url: str, *concepts: Any, **parts: Any) -> Resource:
    """A CodeSystem; a concept is a code, or (code, display), or a whole ``CodeSystem.concept``."""
    rows = [_concept(concept) for concept in concepts]
    return {"resourceType": "CodeSystem", "url": url, "content": "complete", **parts, "concept": rows}


def value_set(url: str, *includes: Resource, exclude: tuple[Resource, ...] = (), **parts: Any) -> Resource:
    """A ValueSet of includes such as ``{"system": "urn:a"}``."""
    compose: Resource = {"include": list(includes), **parts}
    if exclude:
        compose["exclude"] = list(exclude)
    return {"resourceType": "ValueSet", "url": url, "compose": compose}


def _concept(concept: Any) -> Resource:
    if isinstance(concept, str):
        return {"code": concept}
    if isinstance(concept, tuple):
        code, display, *inner = concept
        children = {"concept": [_concept(child) for child in inner]} if inner else {}
        return {"code": code, "display": display, **children}
    found: Resource = concept
    return found
