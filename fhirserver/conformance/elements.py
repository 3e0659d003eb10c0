"""How one ElementDefinition is laid over another: a row of :data:`MERGE` for each part (elementdefinition.html)."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from typing import Any

Element = dict[str, Any]
Merge = Callable[[Any, Any], Any]

#: profiling.html#snapshot: what an element takes over from the root of the profile its type names, before the
#: differential speaks: the texts, what the whole type is held to, and whether it modifies.
FROM_TYPE_PROFILE = (
    "short",
    "definition",
    "comment",
    "requirements",
    "alias",
    "mapping",
    "isModifier",
    "isModifierReason",
    "condition",
    "constraint",
)

_EXTENSIONS = "http://hl7.org/fhir/StructureDefinition/"
#: Extensions that speak of the definition they stand in, not of those derived from it.
NOT_INHERITED = frozenset(
    _EXTENSIONS + name
    for name in (
        "structuredefinition-standards-status",
        "structuredefinition-normative-version",
        "structuredefinition-fmm",
        "structuredefinition-hierarchy",
    )
)

#: Of the element that is sliced, what its slices do not repeat.
NOT_IN_SLICES = ("slicing", "sliceName", "sliceIsConstraining")

#: The order in which an ElementDefinition is written (elementdefinition.html#resource).
ORDER = (
    "id",
    "extension",
    "path",
    "representation",
    "sliceName",
    "sliceIsConstraining",
    "label",
    "code",
    "slicing",
    "short",
    "definition",
    "comment",
    "requirements",
    "alias",
    "min",
    "max",
    "base",
    "contentReference",
    "type",
    "defaultValue",
    "meaningWhenMissing",
    "orderMeaning",
    "fixed",
    "pattern",
    "example",
    "minValue",
    "maxValue",
    "maxLength",
    "condition",
    "constraint",
    "mustSupport",
    "isModifier",
    "isModifierReason",
    "isSummary",
    "binding",
    "mapping",
)
_CHOICES = ("defaultValue", "fixed", "pattern", "minValue", "maxValue")


def _text(inherited: str, stated: str) -> str:
    """A text that begins with "..." goes on from the inherited one (elementdefinition.html#definition)."""
    return f"{inherited}\r\n{stated.removeprefix('...')}" if stated.startswith("...") else stated


def _added(key: Callable[[Any], Any]) -> Merge:
    """Rows are added to what is inherited; a row with the key of an inherited one takes its place."""

    def merge(inherited: list[Any], stated: list[Any]) -> list[Any]:
        rows = {key(row): row for row in inherited}
        rows.update({key(row): row for row in stated})
        return list(rows.values())

    return merge


def _whole(row: Any) -> str:
    return repr(row)


def _constraints(inherited: list[Element], stated: list[Element]) -> list[Element]:
    """Rules add up; one that only repeats what is inherited keeps the source it has."""
    known = {row["key"]: row for row in inherited}
    add = _added(lambda row: str(row["key"]))
    rows: list[Element] = add(inherited, [_repeated(row, known.get(row["key"])) for row in stated])
    return rows


def _repeated(stated: Element, inherited: Element | None) -> Element:
    same = inherited is not None and inherited.get("expression") == stated.get("expression")
    return {**stated, "source": inherited["source"]} if same and inherited and "source" in inherited else stated


def _laid_over(inherited: Element, stated: Element) -> Element:
    """A binding or slicing: stated parts win, a binding to another value set takes none of the old description."""
    if stated.get("valueSet", inherited.get("valueSet")) != inherited.get("valueSet"):
        return stated
    return {**inherited, **stated}


MERGE: dict[str, Merge] = {
    "definition": _text,
    "comment": _text,
    "requirements": _text,
    "extension": _added(lambda row: row["url"]),
    "alias": _added(_whole),
    "code": _added(_whole),
    "condition": _added(_whole),
    "mapping": _added(_whole),
    "example": _added(_whole),
    "constraint": _constraints,
    "binding": _laid_over,
    "slicing": _laid_over,
}


def inherited(definition: Element) -> list[Element]:
    """The elements of a base's or a type's snapshot as others take them over.

    Rules get their source, and the root leaves out what it says of its own definition only.
    """
    root, *rest = (_with_sources(element, definition["url"]) for element in definition["snapshot"]["element"])
    extensions = [row for row in root.get("extension", ()) if row["url"] not in NOT_INHERITED]
    root = {name: value for name, value in root.items() if name != "extension"}
    return [{**root, "extension": extensions} if extensions else root, *rest]


def _with_sources(element: Element, url: str) -> Element:
    if all("source" in row for row in element.get("constraint", ())):
        return element
    return {**element, "constraint": [{**row, "source": row.get("source", url)} for row in element["constraint"]]}


def lay_over(inherited: Element, stated: Element) -> Element:
    """A new ElementDefinition: `stated` (from a differential) over `inherited`. Neither is changed.

    Everything not in :data:`MERGE` is replaced; ``id``, ``path`` and ``base`` stay the inherited element's own.
    """
    result = deepcopy(inherited)
    for name, value in stated.items():
        if name in ("id", "path", "base"):
            continue
        if (choice := choice_of(name)) in ("fixed", "pattern"):
            _drop_choice(result, choice)
        merge = MERGE.get(name)
        result[name] = deepcopy(merge(result[name], value) if merge and name in result else value)
    return result


def from_type_profile(element: Element, root: Element) -> Element:
    """`element` with what the root element of the profile of its type says of every use."""
    taken = {name: root[name] for name in FROM_TYPE_PROFILE if name in root}
    replaced = {name: value for name, value in element.items() if name not in ("alias", "mapping")}
    return lay_over(replaced, taken)


def choice_of(name: str) -> str:
    """``fixedUri`` -> ``fixed``; any other name as it is."""
    return next((choice for choice in _CHOICES if name.startswith(choice) and name != choice), name)


def _drop_choice(element: Element, choice: str) -> None:
    for name in [name for name in element if choice_of(name) == choice]:
        del element[name]


def in_order(element: Element) -> Element:
    """The same element with its parts in the order of the specification."""
    return dict(sorted(element.items(), key=lambda item: _RANK.get(choice_of(item[0].lstrip("_")), len(ORDER))))


_RANK = {name: rank for rank, name in enumerate(ORDER)}
