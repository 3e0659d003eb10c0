"""Names that mean nothing at their place (json.html: unknown elements are errors, not extensions)."""

from __future__ import annotations

from fhirserver.outcome import Issue
from fhirserver.resource.primitives import found as shown
from fhirserver.resource.shapes import Shape
from fhirserver.spec.structures import COMPLEX_TYPES, PRIMITIVE_TYPES, Element
from fhirserver.validation import messages
from fhirserver.validation.nearest import nearest

_TYPES = {name.lower() for name in COMPLEX_TYPES | PRIMITIVE_TYPES}
_SHOWN = 6


def unknown(name: str, shape: Shape) -> list[Issue]:
    """The issue for a name that objects of a shape do not have; it stands at that object."""
    choice = _choice_meant(name.removeprefix("_"), shape)
    if choice is None:
        return [_stranger(name, shape)]
    names = [each for each, member in shape.members.items() if member.element is choice]
    if name.removeprefix("_") == choice.name:
        expected = _listed(names)
        return [messages.CHOICE_WITHOUT_TYPE.at(path=choice.path, expected=expected, found=_short(name))]
    return [messages.CHOICE_TYPE_NOT_ALLOWED.at(path=choice.path, expected=_listed(names), found=_short(name))]


def _stranger(name: str, shape: Shape) -> Issue:
    near = nearest(name.removeprefix("_"), shape.members)
    if not near:
        return messages.UNKNOWN_ELEMENT.at(path=shape.path, found=_short(name))
    return messages.MISSPELLED_ELEMENT.at(path=shape.path, found=_short(name), expected=_listed(near))


def _choice_meant(name: str, shape: Shape) -> Element | None:
    """The choice of types that a name belongs to, with a type that is not allowed or with none: ``valueDuration``."""
    for member in shape.members.values():
        choice = member.element
        if choice.choice and name.startswith(choice.name) and name[len(choice.name) :].lower() in _TYPES | {""}:
            return choice
    return None


def _listed(names: list[str]) -> str:
    return ", ".join(names if len(names) <= 2 * _SHOWN else [*names[:_SHOWN], "…"])


def _short(name: str) -> str:
    return shown(name)[1:-1]
