"""Structures of R4: resources, complex types and primitive types with all their elements.

One generated table a type under ``tables/structures/``; a type is read when it is first asked for.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import Literal

import msgspec

from fhirserver.spec import rows

Kind = Literal["resource", "complex-type", "primitive-type"]


class Binding(msgspec.Struct, frozen=True, array_like=True):
    """ElementDefinition.binding: how strongly, and to which value set (canonical without ``|version``)."""

    strength: str
    value_set: str


class Constraint(msgspec.Struct, frozen=True, array_like=True):
    """ElementDefinition.constraint: key, ``error`` or ``warning``, and the FHIRPath expression."""

    key: str
    severity: str
    expression: str


class Element(msgspec.Struct, frozen=True, omit_defaults=True):
    """One element of a structure, as its snapshot has it.

    Left out of `constraints` are ele-1 (holds for every element) and ext-1 (holds for every Extension): they are
    stated once, on the roots of ``Element`` and ``Extension``.
    """

    path: str  #: ``Patient.contact.name``, ``Observation.value[x]``; a root is the bare type name
    types: tuple[str, ...] = ()  #: FHIR type codes; () for the roots and for `content`
    min: int = 0
    max: int | None = 1  #: None is ``*``
    targets: tuple[str, ...] = ()  #: resource types a Reference may point at; () is any
    canonicals: tuple[str, ...] = ()  #: resource types a canonical may name; () is any
    profiles: tuple[str, ...] = ()  #: canonicals of profiles on the type, such as SimpleQuantity
    binding: Binding | None = None
    constraints: tuple[Constraint, ...] = ()
    content: str | None = (
        None  #: path of the element whose children these are (contentReference): ``Questionnaire.item``
    )
    summary: bool = False
    modifier: bool = False
    attribute: bool = False  #: an XML attribute (``Extension.url``, ``Element.id``, the value of a primitive)
    regex: str | None = None  #: lexical form, on the value of primitive types

    @property
    def name(self) -> str:
        """The last step of the path without ``[x]``: ``name``, ``value``."""
        return self.path.rpartition(".")[2].removesuffix("[x]")

    @property
    def choice(self) -> bool:
        """Whether it is a choice of types (``value[x]``), even where only one type is left to choose."""
        return self.path.endswith("[x]")


class _Row(msgspec.Struct, frozen=True):
    """A file of ``tables/structures/``."""

    name: str
    kind: Kind
    base: str | None
    abstract: bool
    elements: tuple[Element, ...]


_decoder = msgspec.json.Decoder(_Row)


@dataclass(frozen=True, slots=True)
class Structure:
    """A type of R4 with all elements of its snapshot in order, the root first."""

    name: str
    kind: Kind
    base: str | None
    abstract: bool
    elements: tuple[Element, ...]
    _elements: dict[str, Element] = field(repr=False, compare=False)
    _children: dict[str, tuple[Element, ...]] = field(repr=False, compare=False)

    def element(self, path: str) -> Element:
        """The element with this path, ``Observation.value[x]`` with its ``[x]``; KeyError when there is none."""
        return self._elements[path]

    def children(self, path: str) -> tuple[Element, ...]:
        """The elements directly under a path, in order; () where a type of its own describes them.

        An element that reuses another's content (``Questionnaire.item.item``) has that one's children.
        """
        return self._children.get(self._elements[path].content or path, ())


@cache
def structure(name: str) -> Structure:
    """The structure of a resource or data type; KeyError when R4 has no such type."""
    if name not in _kinds():
        raise KeyError(name)
    row = _decoder.decode((rows.TABLES / "structures" / f"{name}.json").read_bytes())
    children: dict[str, list[Element]] = {}
    for element in row.elements[1:]:
        children.setdefault(element.path.rpartition(".")[0], []).append(element)
    return Structure(
        row.name,
        row.kind,
        row.base,
        row.abstract,
        row.elements,
        {element.path: element for element in row.elements},
        {path: tuple(below) for path, below in children.items()},
    )


class _Type(msgspec.Struct, frozen=True, array_like=True):
    """A row of ``tables/types.json``."""

    name: str
    kind: Kind
    abstract: bool


_type_decoder = msgspec.json.Decoder(list[_Type])


@cache
def _kinds() -> dict[str, _Type]:
    return {row.name: row for row in rows.read("types.json", _type_decoder)}


def _names(kind: Kind) -> frozenset[str]:
    return frozenset(row.name for row in _kinds().values() if row.kind == kind and not row.abstract)


#: The 146 concrete resource types (``Resource`` and ``DomainResource`` are abstract).
RESOURCE_TYPES = _names("resource")
#: The concrete complex types, with ``Extension`` and ``Age``; ``Element`` and ``BackboneElement`` are abstract.
COMPLEX_TYPES = _names("complex-type")
#: The primitive types, with ``xhtml``.
PRIMITIVE_TYPES = _names("primitive-type")
