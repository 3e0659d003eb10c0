"""SimpleQuantity (datatypes.html#SimpleQuantity): a Quantity without comparator, wherever an element asks for it."""

from __future__ import annotations

from typing import Any

from fhirserver.resource.primitives import found as shown
from fhirserver.spec.structures import Element
from fhirserver.validation import messages
from fhirserver.validation.issues import Found
from fhirserver.validation.scope import Scope

_SIMPLE_QUANTITY = "http://hl7.org/fhir/StructureDefinition/SimpleQuantity"


def is_simple(element: Element) -> bool:
    return _SIMPLE_QUANTITY in element.profiles


def without_comparator(quantity: dict[str, Any], parent: Any, scope: Scope) -> Found:
    """The comparator's issue in a well-formed Quantity."""
    if "comparator" not in quantity:
        return None
    return [messages.SIMPLE_QUANTITY_COMPARATOR.at(".comparator", found=shown(quantity["comparator"]))]
