"""Choices of types (formats.html#choice): ``value[x]`` has one value, whose type is in its name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fhirserver.resource.shapes import Shape
from fhirserver.spec.structures import Element
from fhirserver.validation import messages
from fhirserver.validation.cardinality import missing
from fhirserver.validation.issues import Found


def names_of(element: Element, shape: Shape) -> frozenset[str]:
    """The names a choice may have, those beside its primitives among them."""
    named = [name for name, member in shape.members.items() if member.element is element]
    return frozenset(named) | {f"_{name}" for name in named if shape.members[name].primitive}


def one_value(element: Element, shape: Shape) -> Callable[[dict[str, Any]], Found]:
    """The check of a choice in the object it stands in; issues stand at that object."""
    names = names_of(element, shape)
    required = element.min > 0

    def check(value: dict[str, Any]) -> Found:
        present = names.intersection(value)
        if len(present) == 1:
            return None
        if not present:
            return missing(element, value, shape) if required else None
        # valueString and _valueString are the two halves of one value
        values = {name.removeprefix("_") for name in present}
        if len(values) == 1:
            return None
        return [messages.CHOICE_SEVERAL.at(f".{element.name}", path=element.path, found=", ".join(sorted(values)))]

    return check
