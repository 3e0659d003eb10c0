"""Slicing (profiling.html#slicing): the items of an element told apart, and each held to the rules of its slice."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from fhirserver.conformance.snapshot import Node as Part
from fhirserver.fhirpath.nodes import Node
from fhirserver.outcome import Issue
from fhirserver.validation import messages
from fhirserver.validation.discriminators import Discriminator, discriminator
from fhirserver.validation.issues import Found, joined
from fhirserver.validation.messages import Text
from fhirserver.validation.walk import Walk

if TYPE_CHECKING:
    from fhirserver.validation.knowledge import Knowledge

#: All items of an element, the object they stand in -> issues.
Group = Callable[[list[Node], Node, Walk], Found]

_DEFAULT = "@default"
_LOOKED_AT = 20  # items that a missing slice is compared with


@dataclass(frozen=True, slots=True)
class Slice:
    """A slice: its name, what tells its items, how many there may be, and what each is held to."""

    name: str
    discriminators: tuple[Discriminator, ...]
    min: int
    max: int | None
    group: Group | None

    def holds(self, item: Node, walk: Walk) -> bool:
        """Whether an item is of this slice."""
        return bool(self.discriminators) and all(each.test(item, walk) for each in self.discriminators)

    def nearness(self, item: Node, walk: Walk) -> int:
        """How many discriminators fit."""
        return sum(each.test(item, walk) for each in self.discriminators)

    def why_not(self, item: Node, walk: Walk) -> Text:
        """The first discriminator that does not fit: where, what was expected, what is there."""
        for each in self.discriminators:
            if not each.test(item, walk):
                found = each.found(item, walk)
                return Text(
                    f"{each.path}: expected {each.expected.en}; found {found}",
                    f"{each.path}：应为 {each.expected.zh}；实际为 {found}",
                )
        return Text("", "")


def slicing(knowledge: Knowledge, part: Part, group: Callable[[Part], Group | None]) -> Group | None:
    """The check of a sliced element; `group` compiles what the items of one slice are held to. None: not sliced."""
    if not part.slices:
        return None
    said = part.element.get("slicing", {})
    kinds = [(each.get("type", "value"), each.get("path", "$this")) for each in said.get("discriminator", ())]
    slices = [_slice(knowledge, each, kinds, group) for each in part.slices]
    return _Slicing(part, slices, str(said.get("rules", "open")), said.get("ordered") is True).check


def _slice(
    knowledge: Knowledge, part: Part, kinds: list[tuple[str, str]], group: Callable[[Part], Group | None]
) -> Slice:
    made = [found for kind, path in kinds if (found := discriminator(knowledge, part, kind, path)) is not None]
    most = part.element.get("max", "*")
    return Slice(
        part.slice or "", tuple(made), int(part.element.get("min", 0)), None if most == "*" else int(most), group(part)
    )


class _Slicing:
    """The slices of one element."""

    def __init__(self, part: Part, slices: list[Slice], rules: str, ordered: bool) -> None:
        path = str(part.element.get("path", part.name))
        self._path = path
        self._name = path.rpartition(".")[2].removesuffix("[x]")
        self._default = next((each for each in slices if each.name == _DEFAULT), None)
        self._slices = [each for each in slices if each is not self._default]
        self._rules = rules
        self._ordered = ordered

    def check(self, items: list[Node], holder: Node, walk: Walk) -> Found:
        """The issues of all items: of each slice, and of what belongs to none."""
        sorted_out: dict[int, list[Node]] = {}
        order: list[int] = []
        for item in items:
            number = self._number(item, walk)
            order.append(number)
            sorted_out.setdefault(number, []).append(item)
        issues: Found = None
        for number, each in enumerate(self._slices):
            own = sorted_out.get(number, [])
            for issue in self._counted(each, own, items, holder, walk):
                issues = joined(issues, [issue])
            if each.group is not None:
                found = each.group(own, holder, walk)
                issues = joined(issues, found) if found else issues
        rest = sorted_out.get(len(self._slices), [])
        for issue in self._beside(rest, order, items, walk):
            issues = joined(issues, [issue])
        if self._default is not None and self._default.group is not None:
            found = self._default.group(rest, holder, walk)
            issues = joined(issues, found) if found else issues
        return issues

    def _number(self, item: Node, walk: Walk) -> int:
        """The slice of an item; the number after the last where it is of none."""
        for number, each in enumerate(self._slices):
            if each.holds(item, walk):
                return number
        return len(self._slices)

    def _counted(self, slice: Slice, own: list[Node], items: list[Node], holder: Node, walk: Walk) -> Iterator[Issue]:
        cardinality = f"{slice.min}..{'*' if slice.max is None else slice.max}"
        values = {"path": self._path, "slice": slice.name, "expected": cardinality, "found": len(own)}
        if len(own) < slice.min:
            yield self._missing(slice, [each for each in items if each not in own], holder, values, walk)
        elif slice.max is not None and len(own) > slice.max:
            # too many stand in the object that has them; a single one too many is easily pointed at
            yield messages.SLICE_TOO_MANY.at(holder.path, **values)

    def _missing(self, slice: Slice, others: list[Node], holder: Node, values: dict[str, Any], walk: Walk) -> Issue:
        """What is missing, and of what is there the item that comes nearest."""
        nearest = max(others[:_LOOKED_AT], key=lambda item: slice.nearness(item, walk), default=None)
        if nearest is None or not slice.discriminators:
            return messages.SLICE_MISSING.at(holder.path, **values)
        return messages.SLICE_MISSING_NEAR.at(
            holder.path, near=nearest.path, why=slice.why_not(nearest, walk), **values
        )

    def _beside(self, rest: list[Node], order: list[int], items: list[Node], walk: Walk) -> Iterator[Issue]:
        last = len(self._slices)
        if self._rules == "closed" and self._default is None:
            for item in rest:
                yield self._unsliced(item, walk)
        elif self._rules == "openAtEnd" and rest:
            stray = next(
                (n for n, number in enumerate(order) if number == last and any(o < last for o in order[n:])), None
            )
            if stray is not None:
                yield messages.SLICE_NOT_AT_END.at(items[stray].path, path=self._path)
        if self._ordered:
            highest = -1
            for item, number in zip(items, order, strict=True):
                if number < last and number < highest:
                    names = self._slices[number].name, self._slices[highest].name
                    yield messages.SLICE_ORDER.at(item.path, path=self._path, slice=names[0], before=names[1])
                    return
                highest = max(highest, number) if number < last else highest

    def _unsliced(self, item: Node, walk: Walk) -> Issue:
        """An item of no slice where all have to be of one: the nearest slice, and why it is not that."""
        known = [each for each in self._slices if each.discriminators]
        nearest = max(known, key=lambda each: each.nearness(item, walk), default=None)
        names = ", ".join(each.name for each in self._slices[:10])
        if nearest is None:
            return messages.SLICE_UNKNOWN.at(item.path, path=self._path, expected=names)
        return messages.SLICE_NONE_FITS.at(
            item.path, path=self._path, expected=names, near=nearest.name, why=nearest.why_not(item, walk)
        )
