"""Values that have to be there themselves (R5's mustHaveValue and valueAlternatives, as extensions in R4)."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from fhirserver.conformance.snapshot import Node as Part
from fhirserver.fhirpath.nodes import Node
from fhirserver.validation import messages
from fhirserver.validation.issues import Found
from fhirserver.validation.walk import Walk

Judge = Callable[[Node, Walk], Found]

_R5 = "http://hl7.org/fhir/5.0/StructureDefinition/extension-ElementDefinition."


def presence(part: Part) -> Iterator[Judge]:
    """The checks of primitives that may not do with extensions alone, or with some extensions only."""
    said = part.element.get("extension", ())
    if any(each.get("url") == _R5 + "mustHaveValue" and each.get("valueBoolean") is True for each in said):
        yield _valued
    alternatives = [each.get("valueCanonical") for each in said if each.get("url") == _R5 + "valueAlternatives"]
    if alternatives:
        yield _valued_or([each for each in alternatives if isinstance(each, str)])


def _valued(node: Node, walk: Walk) -> Found:
    return [messages.VALUE_REQUIRED.at(node.path)] if node.value is None else None


def _valued_or(urls: list[str]) -> Judge:
    def check(node: Node, walk: Walk) -> Found:
        held = (node.sibling or {}).get("extension") or ()
        if node.value is not None or any(isinstance(each, dict) and each.get("url") in urls for each in held):
            return None
        return [messages.VALUE_OR_EXTENSION.at(node.path, expected=", ".join(urls))]

    return check
