"""Which value set an operation is about: the instance, one that was sent, one named by url or by where it is bound."""

from __future__ import annotations

from typing import Any, NamedTuple

from fhirserver.conformance.registry import Registry
from fhirserver.interactions.message import Request
from fhirserver.operations import messages
from fhirserver.operations.arguments import Arguments
from fhirserver.operations.context import OperationContext, stored
from fhirserver.terminology.messages import VALUE_SET_UNKNOWN
from fhirserver.terminology.terminology import Terminology, read
from fhirserver.terminology.value_set import ValueSet

Resource = dict[str, Any]


class Found(NamedTuple):
    """A value set, as the resource and as terminology reads it."""

    resource: Resource
    definition: ValueSet


def value_set(context: OperationContext, request: Request, given: Arguments) -> Found:
    """The ValueSet of ``{id}``, `valueSet`, `url` (with `valueSetVersion`) or `context`; FhirError for none."""
    if len(request.path) == 3:
        return _sent(stored(context, "ValueSet", request.id))
    if "valueSet" in given:
        return _sent(given.one("valueSet"))
    if "url" in given:
        return _named(context.terminology, given.text("url"), given.text("valueSetVersion"))
    if "context" in given:
        return _named(context.terminology, _bound(context.terminology.registry, given.text("context")), "")
    raise given.missing("url", "valueSet", "context")


def _sent(resource: Resource) -> Found:
    return Found(resource, read(resource))


def _named(terminology: Terminology, url: str, version: str) -> Found:
    canonical = f"{url}|{version}" if version and "|" not in url else url
    resource, definition = terminology.registry.resource("ValueSet", canonical), terminology.value_set(canonical)
    if resource is None or definition is None:
        raise VALUE_SET_UNKNOWN.error(value_set=canonical)
    return Found(resource, definition)


def _bound(registry: Registry, context: str) -> str:
    """The value set an element is bound to: a StructureDefinition's url, #, and the element's path or id."""
    url, _, path = context.partition("#")
    structure = registry.structure(url)
    for element in structure["snapshot"]["element"] if structure else ():
        if path in (element["path"], element["id"]) and "valueSet" in element.get("binding", {}):
            return str(element["binding"]["valueSet"])
    raise messages.NOTHING_BOUND.error(context=context)
