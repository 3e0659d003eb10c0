"""ElementDefinitions as the compiler of profiles reads them: rows of a snapshot beside what R4 itself says there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from fhirserver.conformance.snapshot import Node as Part
from fhirserver.fhirpath.model import Type
from fhirserver.spec.structures import Constraint, Element, Structure, structure

Row = dict[str, Any]

_TYPES = "http://hl7.org/fhir/StructureDefinition/"
_FHIR_TYPE = _TYPES + "structuredefinition-fhir-type"
_PROFILE_ELEMENT = _TYPES + "elementdefinition-profile-element"
_NO_CONSTRAINTS: tuple[Constraint, ...] = ()


@dataclass(frozen=True, slots=True)
class Given:
    """What R4 says of an element already, and what is therefore checked already."""

    owner: Structure
    element: Element

    def child(self, name: str, part: Part) -> Given | None:
        """What R4 says of an element below; the types a profile leaves to `part` decide where it is looked up."""
        for owner, path in self._places(part):
            found = next((each for each in owner.children(path) if each.path.rpartition(".")[2] == name), None)
            if found is not None:
                return Given(owner, found)
        return None

    def _places(self, part: Part) -> list[tuple[Structure, str]]:
        own = [(self.owner, self.element.path)]
        return own + [(found.owner, found.element.path) for code in codes(part) if (found := given(code))]

    @property
    def constraints(self) -> dict[str, str]:
        """Key -> expression of the rules that hold anyway: of the element, and of its type."""
        rows = [*self.element.constraints]
        for type in self.element.types:
            found = given(type)
            rows += found.element.constraints if found else _NO_CONSTRAINTS
        return {row.key: row.expression for row in rows}


def given(type: str) -> Given | None:
    """What R4 says of a type; None when it has none of that name."""
    try:
        found = structure(type)
    except KeyError:
        return None
    return Given(found, found.elements[0])


def rows(part: Part) -> list[Row]:
    """The rows of ``ElementDefinition.type``."""
    found: list[Row] = part.element.get("type", [])
    return found


def code(row: Row) -> str:
    """The FHIR type of a row, also where it names a type of FHIRPath or the url of a type."""
    named = str(row.get("code", ""))
    if "System." in named:
        stated = (each.get("valueUrl") for each in row.get("extension", ()) if each.get("url") == _FHIR_TYPE)
        return next(stated, None) or named.rpartition("System.")[2].lower()
    return named.removeprefix(_TYPES)


def codes(part: Part) -> list[str]:
    """The types of an element."""
    return [code(row) for row in rows(part)]


def profiles(row: Row) -> list[str]:
    """The canonicals of the profiles on a type, with the id of an element of theirs as fragment where one is meant.

    extension-elementdefinition-profile-element.html: "The specific element in the profile".
    """
    found: list[str] = row.get("profile", [])
    beside = row.get("_profile", ())
    if beside:
        return [each + _element(held) for each, held in zip(found, beside, strict=False)]
    return found


def _element(held: Any) -> str:
    extensions = held.get("extension", ()) if isinstance(held, dict) else ()
    return next((f"#{each.get('valueString')}" for each in extensions if each.get("url") == _PROFILE_ELEMENT), "")


def within(root: Part, id: str) -> Part | None:
    """The part of a definition with an element id such as ``Composition.section:codeA``."""
    if root.element.get("id") == id:
        return root
    for part in (*(root.children or ()), *root.slices):
        found = within(part, id)
        if found is not None:
            return found
    return None


def is_of(type: Type, name: str) -> bool:
    """Whether a value's type is one that an ElementDefinition names, or derived from it."""
    here: Type | None = type
    while here is not None:
        if here.name == name or (here.kind == "backbone" and name in ("BackboneElement", "Element")):
            return True
        here = here.base
    return False


def value_of(part: Part, name: str) -> tuple[str, Any] | None:
    """The value of ``fixed[x]``, ``pattern[x]``, ``minValue[x]`` ..., with its type; None when there is none."""
    for key, value in part.element.items():
        if key.startswith(name) and key[len(name) : len(name) + 1].isupper():
            return key[len(name) :], value
    return None
