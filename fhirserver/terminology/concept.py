"""A concept of a code system (codesystem.html#concepts), and the designations and properties it has."""

from __future__ import annotations

from typing import Any, NamedTuple

Designation = dict[str, Any]
Property = dict[str, Any]


class Concept(NamedTuple):
    """What is known of a code.

    `number` is its place in its code system, -1 where the system has no list of codes. `abstract`: not meant to be used
    itself (notSelectable); `inactive`: no longer to be used.
    """

    system: str
    version: str | None
    code: str
    display: str | None
    abstract: bool = False
    inactive: bool = False
    number: int = -1


def value_of(property: Property) -> Any:
    """The value of a ``concept.property`` or ``Parameters.parameter`` row, whichever type it has; None for none."""
    return next((value for name, value in property.items() if name.startswith("value")), None)


def text_of(value: Any) -> str:
    """The value of a property as filters write it (valueset.html#filter): ``true``, ``C50``, a Coding by its code."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value.get("code", "")) if isinstance(value, dict) else str(value)
