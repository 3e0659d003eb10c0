"""Where an element of a differential belongs: the steps from the root, each a name with the slice it means."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

Element = dict[str, Any]


class Step(NamedTuple):
    """One step of a path: ``component:SystolicBP`` is ``Step("component", "SystolicBP")``."""

    name: str
    slice: str | None = None


Steps = tuple[Step, ...]


def located(elements: Iterable[Element]) -> Iterator[tuple[Steps, Element]]:
    """Each element of a differential with its steps, the root's first.

    elementdefinition.html#id: the id says it all. Where it is absent or does not fit the path, the slices of the steps
    above are those the differential was last in.
    """
    open_slices: dict[str, str | None] = {}
    for element in elements:
        path = element["path"]
        steps = _by_id(element) or _by_path(element, open_slices)
        open_slices = {above: name for above, name in open_slices.items() if _is_above(above, path)}
        open_slices[path] = steps[-1].slice
        yield steps, element


def _by_id(element: Element) -> Steps | None:
    steps = tuple(_step(text) for text in element.get("id", "").split("."))
    names = element["path"].split(".")
    fits = len(steps) == len(names) and all(_same(step, name) for step, name in zip(steps, names, strict=True))
    return steps if fits and steps[-1].slice in (element.get("sliceName"), _shortcut(steps[-1], names[-1])) else None


def _step(text: str) -> Step:
    name, colon, slice_name = text.partition(":")
    return Step(name, slice_name if colon else None)


def _same(step: Step, name: str) -> bool:
    """An id may say ``value[x]:valueQuantity`` where the path says ``valueQuantity``."""
    return step.name == name or (step.name.endswith("[x]") and step.slice == name)


def _shortcut(step: Step, name: str) -> str | None:
    return name if step.slice == name else None


def _by_path(element: Element, open_slices: dict[str, str | None]) -> Steps:
    names = element["path"].split(".")
    paths = [".".join(names[: end + 1]) for end in range(len(names))]
    above = [Step(name, open_slices.get(path)) for name, path in zip(names[:-1], paths[:-1], strict=True)]
    return (*above, Step(names[-1], element.get("sliceName")))


def _is_above(above: str, path: str) -> bool:
    return path.startswith(above + ".")
