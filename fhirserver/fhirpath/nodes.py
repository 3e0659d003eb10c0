"""Nodes: what a collection holds. A value of FHIR with its type and place, or a plain value of the language."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fhirserver.fhirpath.model import Type


class Node:
    """One item of a collection.

    Attributes:
        value: of FHIR the raw JSON value: a dict, or a str, bool, int or Decimal, or None where a primitive has only
            an id or extensions; of FHIRPath itself a bool, int, Decimal, str, Date, DateTime, Time or Quantity.
        type: `Type`, with ``name`` ("HumanName", "Patient.contact", "Integer") and ``namespace`` ("FHIR", "System").
        sibling: the ``_birthDate`` object of a primitive, with its id and extensions, or None.
        parent, key, index: where it is: ``parent.value[key]``, or ``parent.value[key][index]`` where index is not
            None. A node without a parent is a whole resource, the focus of the evaluation, or a calculated value.
    """

    __slots__ = ("index", "key", "parent", "sibling", "type", "value")

    def __init__(
        self,
        value: Any,
        type: Type,
        sibling: dict[str, Any] | None = None,
        parent: Node | None = None,
        key: str = "",
        index: int | None = None,
    ) -> None:
        self.value = value
        self.type = type
        self.sibling = sibling
        self.parent = parent
        self.key = key
        self.index = index

    @property
    def path(self) -> str:
        """Its FHIRPath: ``Patient.name[0].given[1]``; a choice by its element's name, ``Observation.value``."""
        if self.parent is None:
            return self.type.name
        name = self.parent.type.element_name(self.key)
        return f"{self.parent.path}.{name}{'' if self.index is None else f'[{self.index}]'}"

    @property
    def system(self) -> Any | None:
        """The value as FHIRPath calculates with it, a str in a ``date`` as a Date; None where it has no such value."""
        value = self.value
        return None if value is None else self.type.convert(value)

    @property
    def resource(self) -> Node | None:
        """The resource it is part of: itself, or the nearest around it."""
        node: Node | None = self
        while node is not None and node.type.kind != "resource":
            node = node.parent
        return node

    @property
    def root_resource(self) -> Node | None:
        """``%rootResource``: the container of a contained resource, but not the Bundle around a resource."""
        node = self.resource
        return node.parent if node is not None and node.key == "contained" and node.parent is not None else node

    def __repr__(self) -> str:
        return f"<{self.type.name} {self.path} {self.value!r}>"
