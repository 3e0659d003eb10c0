"""Equality (=) and equivalence (~), and sets by equality (hl7.org/fhirpath/N1/#equality; R4 fhirpath.html#changes)."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from decimal import Decimal
from typing import Any

from fhirserver.fhirpath import dates, numbers, quantities
from fhirserver.fhirpath.evaluation import Frame
from fhirserver.fhirpath.nodes import Node
from fhirserver.fhirpath.quantities import Quantity

_MOMENTS = (dates.Date, dates.DateTime, dates.Time)
#: Types of which two values may be neither equal nor unequal.
_PARTIAL = frozenset((*_MOMENTS, Quantity))


def equal(left: list[Node], right: list[Node]) -> bool | None:
    """left = right; None when one is empty, or a partial date or an unknown unit leaves it open."""
    if not left or not right:
        return None
    if len(left) != len(right):
        return False
    if len(left) == 1:
        return equal_nodes(left[0], right[0])
    return _all(equal_nodes(mine, other) for mine, other in zip(left, right, strict=True))


def _all(results: Iterable[bool | None]) -> bool | None:
    known: bool | None = True
    for result in results:
        if result is False:
            return False
        if result is None:
            known = None
    return known


def equal_nodes(left: Node, right: Node) -> bool | None:
    """Whether two items are equal."""
    mine, other = left.system, right.system
    if mine is None and other is None:
        return _equal_complex(left, right)
    if mine is None or other is None:
        return False
    return equal_values(mine, other)


def equal_values(left: Any, right: Any) -> bool | None:
    """Whether two values are equal, after an implicit conversion of integers, decimals and dates."""
    if left.__class__ is right.__class__ and left.__class__ not in _PARTIAL:
        return bool(left == right)
    if isinstance(left, bool) or isinstance(right, bool):
        return False
    if isinstance(left, int | Decimal) and isinstance(right, int | Decimal):
        return left == right
    if isinstance(left, _MOMENTS) and isinstance(right, _MOMENTS):
        return _is_zero(dates.compare(left, right)) if dates.comparable(left, right) else False
    if isinstance(left, Quantity) or isinstance(right, Quantity):
        mine, other = _quantity(left), _quantity(right)
        return False if mine is None or other is None else _is_zero(quantities.compare(mine, other))
    return False


def _is_zero(order: int | None) -> bool | None:
    return None if order is None else order == 0


def _quantity(value: Any) -> Quantity | None:
    if isinstance(value, Quantity):
        return value
    return Quantity(Decimal(value)) if isinstance(value, int | Decimal) and not isinstance(value, bool) else None


def _equal_complex(left: Node, right: Node) -> bool | None:
    """Complex values are equal when all their children are."""
    if not (left.type.is_a(right.type) or right.type.is_a(left.type)):
        return False
    if left.value == right.value and left.sibling == right.sibling:
        return True
    return _all(equal(mine, other) if mine and other else False for mine, other in _paired_children(left, right))


def _paired_children(left: Node, right: Node) -> Iterable[tuple[list[Node], list[Node]]]:
    """The children of both by name; names that neither has are left out."""
    for name, child in left.type.children.items():
        mine: list[Node] = []
        other: list[Node] = []
        child.collect(left, mine)
        if theirs := right.type.children.get(name):
            theirs.collect(right, other)
        if mine or other:
            yield mine, other


# --- equivalence ---------------------------------------------------------------------------------------------------


def equivalent(left: list[Node], right: list[Node]) -> bool:
    """left ~ right: in any order; two empty collections are equivalent."""
    if len(left) != len(right):
        return False
    rest = list(right)
    for mine in left:
        found = next((place for place, other in enumerate(rest) if equivalent_nodes(mine, other)), None)
        if found is None:
            return False
        del rest[found]
    return True


def equivalent_nodes(left: Node, right: Node) -> bool:
    """Whether two items are equivalent."""
    mine, other = left.system, right.system
    if mine is None and other is None:
        return _equivalent_complex(left, right)
    if mine is None or other is None:
        return False
    return equivalent_values(mine, other)


def equivalent_values(left: Any, right: Any) -> bool:
    """Whether two values are equivalent: text by letters, decimals by the less precise, quantities in one unit."""
    if isinstance(left, str) and isinstance(right, str):
        return _normalised(left) == _normalised(right)
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if isinstance(left, int | Decimal) and isinstance(right, int | Decimal):
        return numbers.equivalent(Decimal(left), Decimal(right))
    if isinstance(left, Quantity) or isinstance(right, Quantity):
        mine, other = _quantity(left), _quantity(right)
        return mine is not None and other is not None and quantities.equivalent(mine, other)
    return equal_values(left, right) is True


def _normalised(text: str) -> str:
    """#string-equivalence: "ignoring case and locale, and normalizing whitespace"."""
    return text.casefold().translate(_WHITESPACE)


_WHITESPACE = str.maketrans("\t\r\n", "   ")


def _equivalent_complex(left: Node, right: Node) -> bool:
    """R4: a Coding by its system and code alone; anything else by all its children but `id`."""
    if not (left.type.is_a(right.type) or right.type.is_a(left.type)):
        return False
    if left.type.name == "Coding":
        return all(left.value.get(key) == right.value.get(key) for key in ("system", "code"))
    if left.type.name == "CodeableConcept":
        return _share_coding(left, right)
    return all(
        equivalent(mine, other)
        for mine, other in _paired_children(left, right)
        if (mine or other)[0].key not in ("id", "_id")
    )


def _share_coding(left: Node, right: Node) -> bool:
    """R4: CodeableConcepts are equivalent when they have an equivalent Coding in common."""
    mine: list[Node] = []
    other: list[Node] = []
    left.type.children["coding"].collect(left, mine)
    right.type.children["coding"].collect(right, other)
    return any(_equivalent_complex(one, two) for one in mine for two in other)


# --- sets ----------------------------------------------------------------------------------------------------------


class Distinct:
    """The items met so far, by equality: a set for text and numbers, a list for what cannot be hashed."""

    def __init__(self, frame: Frame, items: Iterable[Node] = ()) -> None:
        self.frame = frame
        self.hashed: set[Hashable] = set()
        self.others: list[Node] = []
        for item in items:
            self.add(item)

    def __contains__(self, item: Node) -> bool:
        return self._holds(item, _key(item))

    def _holds(self, item: Node, key: Hashable) -> bool:
        if key is not None:
            return key in self.hashed
        self.frame.spend(len(self.others))
        return any(equal_nodes(item, other) is True for other in self.others)

    def add(self, item: Node) -> bool:
        """Whether the item is new."""
        key = _key(item)
        if self._holds(item, key):
            return False
        if key is None:
            self.others.append(item)
        else:
            self.hashed.add(key)
        return True


def _key(item: Node) -> Hashable:
    """What stands for an item in a set; None where equality is more than that of one value."""
    value = item.system
    if isinstance(value, bool):
        return ("Boolean", value)
    if isinstance(value, str | int):
        return value
    if isinstance(value, Decimal):
        return value if numbers.in_range(value) else None
    return None


def distinct(items: Iterable[Node], frame: Frame) -> list[Node]:
    """The items without those equal to an earlier one."""
    seen = Distinct(frame)
    return [item for item in items if seen.add(item)]
