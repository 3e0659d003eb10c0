"""minValue[x], maxValue[x] and maxLength (elementdefinition.html): how small, large or long a value may be."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator
from typing import Any

from fhirserver.conformance.snapshot import Node as Part
from fhirserver.fhirpath.comparison import order
from fhirserver.fhirpath.model import fhir_type
from fhirserver.fhirpath.nodes import Node
from fhirserver.outcome import FhirError, Message
from fhirserver.validation import messages
from fhirserver.validation.definitions import value_of
from fhirserver.validation.fixed import spelled
from fhirserver.validation.issues import Found
from fhirserver.validation.walk import Walk

Judge = Callable[[Node, Walk], Found]


def limits(part: Part) -> Iterator[Judge]:
    """The checks of an element's limits."""
    for name, fits, message in (
        ("minValue", operator.ge, messages.BELOW_MINIMUM),
        ("maxValue", operator.le, messages.ABOVE_MAXIMUM),
    ):
        limit = value_of(part, name)
        if limit is not None:
            yield _compared(limit, fits, message)
    most = part.element.get("maxLength")
    if isinstance(most, int):
        yield _not_longer(most)


def _compared(limit: tuple[str, Any], fits: Callable[[int, int], bool], message: Message) -> Judge:
    type, value = limit
    try:
        bound = fhir_type(type if type == "Quantity" else type[0].lower() + type[1:]).convert(value)
    except FhirError:
        bound = None

    def check(node: Node, walk: Walk) -> Found:
        own = node.system
        if own is None or bound is None:
            # a quantity without a value, or in a unit of its own, cannot be within a limit
            return (
                [message.at(node.path, expected=spelled(value), found=spelled(node.value))]
                if type == "Quantity"
                else None
            )
        try:
            known = order(own, bound, "<=")
        except FhirError:
            return None
        if known is not None and fits(known, 0):
            return None
        if known is None and type != "Quantity":
            return None
        return [message.at(node.path, expected=spelled(value), found=spelled(node.value))]

    return check


def _not_longer(most: int) -> Judge:
    def check(node: Node, walk: Walk) -> Found:
        if not isinstance(node.value, str) or len(node.value) <= most:
            return None
        return [messages.TOO_LONG.at(node.path, limit=most, found=len(node.value))]

    return check
