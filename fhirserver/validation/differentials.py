"""StructureDefinitions: a differential that cannot be laid over its base is of no use to anybody (profiling.html)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from fhirserver.conformance.messages import SLICE_WITHOUT_SLICING
from fhirserver.conformance.snapshot import Node as Part
from fhirserver.conformance.snapshot import tree
from fhirserver.fhirpath.model import fhir_type
from fhirserver.outcome import FhirError, Issue
from fhirserver.spec.structures import COMPLEX_TYPES, PRIMITIVE_TYPES
from fhirserver.validation import messages
from fhirserver.validation.definitions import codes, within
from fhirserver.validation.knowledge import Knowledge

_TYPES = COMPLEX_TYPES | PRIMITIVE_TYPES
#: Types whose elements are stated elsewhere.
_OPEN = frozenset({"BackboneElement", "Element", "Resource"})
#: The first step of a path that is the name of an element.
_FIRST = re.compile(r"(?!\$|extension\(|resolve\(|ofType\()[a-zA-Z]+").match


def buildable(resource: dict[str, Any], knowledge: Knowledge) -> Iterator[Issue]:
    """The issues of making the snapshot of a StructureDefinition that is a profile; none where its base is not here."""
    if resource.get("resourceType") != "StructureDefinition" or resource.get("derivation") != "constraint":
        return
    try:
        snapshot = knowledge.registry.snapshot(resource)
        root = tree(snapshot.elements())
    except (FhirError, KeyError, TypeError, AttributeError, ValueError):
        # the base is not known here, or the differential is so malformed that other checks have said so
        return
    for issue in snapshot.issues:
        # a name without slicing can be told from nothing, but harms nobody: HL7's own profiles have some
        severity = "warning" if issue.message is SLICE_WITHOUT_SLICING else issue.severity
        yield replace(issue, expression="StructureDefinition", severity=severity)
    yield from _sliced(resource, root)


def _sliced(resource: dict[str, Any], root: Part) -> Iterator[Issue]:
    """The issues of the slicings in a differential; what in it is malformed other checks have told."""
    differential = resource.get("differential")
    elements = differential.get("element") if isinstance(differential, dict) else None
    for index, element in enumerate(elements if isinstance(elements, list) else ()):
        try:
            part = within(root, element.get("id", ""))
            if part is not None and "slicing" in element:
                path = f"StructureDefinition.differential.element[{index}].slicing"
                yield from list(_discriminators(part, element["slicing"].get("discriminator", ()), path))
        except (KeyError, TypeError, AttributeError, ValueError):
            continue


def _discriminators(part: Part, said: list[dict[str, Any]], path: str) -> Iterator[Issue]:
    """profiling.html#discriminator: a discriminator's path starts at an element that the sliced one has."""
    types = [fhir_type(name) for name in codes(part) if name in _TYPES and name not in _OPEN]
    for index, discriminator in enumerate(said):
        step = _FIRST(discriminator.get("path", ""))
        if step and types and not any(step[0] in type.children for type in types):
            names = ", ".join(type.name for type in types)
            yield messages.DISCRIMINATOR_NOWHERE.at(f"{path}.discriminator[{index}]", found=step[0], type=names)
