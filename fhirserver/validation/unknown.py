"""Names that mean nothing at their place (json.html: unknown elements are errors, not extensions)."""

from __future__ import annotations

from fhirserver.outcome import Issue
from fhirserver.resource.primitives import found as shown
from fhirserver.resource.shapes import Shape
from fhirserver.spec.structures import COMPLEX_TYPES, PRIMITIVE_TYPES, Element, structure
from fhirserver.validation import messages
from fhirserver.validation.nearest import nearest

_TYPES = {name.lower() for name in COMPLEX_TYPES | PRIMITIVE_TYPES}
_NAMES, _ELEMENTS = 12, 40  # of so many people make sense


def unknown(name: str, shape: Shape) -> list[Issue]:
    """The issue for a name that objects of a shape do not have; it stands at that object."""
    meant = name.removeprefix("_").removesuffix("[x]")
    choice = _choice_meant(meant, shape)
    if choice is None:
        return [_stranger(name, shape)]
    names = _listed([each for each, member in shape.members.items() if member.element is choice], _NAMES)
    message = messages.CHOICE_WITHOUT_TYPE if meant == choice.name else messages.CHOICE_TYPE_NOT_ALLOWED
    return [message.at(path=choice.path, expected=names, found=_short(name))]


def _stranger(name: str, shape: Shape) -> Issue:
    near = nearest(name.removeprefix("_"), shape.members)
    if near:
        return messages.MISSPELLED_ELEMENT.at(path=shape.path, found=_short(name), expected=", ".join(near))
    return messages.UNKNOWN_ELEMENT.at(path=shape.path, found=_short(name), expected=_own_elements(shape))


def _own_elements(shape: Shape) -> str:
    """What objects of a shape may have beside what every element and resource has, for people."""
    base = structure("DomainResource" if shape.resource else "BackboneElement")
    everywhere = {element.name for element in base.elements}
    steps = dict.fromkeys(member.element.path.rpartition(".")[2] for member in shape.members.values())
    return _listed([step for step in steps if step not in everywhere], _ELEMENTS)


def _choice_meant(name: str, shape: Shape) -> Element | None:
    """The choice of types that a name belongs to, with a type that is not allowed or with none: ``valueDuration``."""
    for member in shape.members.values():
        choice = member.element
        if choice.choice and name.startswith(choice.name) and name[len(choice.name) :].lower() in _TYPES | {""}:
            return choice
    return None


def _listed(names: list[str], most: int) -> str:
    return ", ".join(names if len(names) <= most else [*names[:most], "…"])


def _short(name: str) -> str:
    return shown(name)[1:-1]
