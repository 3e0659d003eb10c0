"""search.html#number: a value stands for the range its digits leave open, except after gt, lt, ge, le, sa, eb."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any, NamedTuple

from fhirserver.search import messages
from fhirserver.search.criteria import Criterion, Rows, either
from fhirserver.search.entries import Entries
from fhirserver.search.sql import Sql
from fhirserver.search.values import Prefix, prefixed, unescape

if TYPE_CHECKING:
    from fhirserver.search.parameters import Parameter
    from fhirserver.search.scope import Scope

MODIFIERS: tuple[str, ...] = ()

INFINITY = float("inf")
#: Stands for no unit in the columns of ix_number.
NO_UNIT = 0

_FORM = re.compile(r"[+-]?\d{1,30}(?:\.\d{1,30})?(?:[eE][+-]?\d{1,3})?")
_LARGEST = 1.7e308


class Span(NamedTuple):
    """A closed range of numbers."""

    lo: float
    hi: float


def number(value: Any) -> Decimal | None:
    """A JSON number as a Decimal."""
    if isinstance(value, Decimal):
        return Decimal(value)
    return Decimal(value) if isinstance(value, int) and not isinstance(value, bool) else None


def finite(value: Decimal) -> float:
    """The nearest float; what is too large becomes the largest."""
    return max(-_LARGEST, min(_LARGEST, float(value)))


def span(value: Any, type: str) -> Span | None:
    """The range of a value: a point for a number, its ends for a Range."""
    if type == "Range":
        low, high = (number((value.get(end) or {}).get("value")) for end in ("low", "high"))
        if low is None and high is None:
            return None
        return Span(finite(low) if low is not None else -INFINITY, finite(high) if high is not None else INFINITY)
    found = number(value)
    return None if found is None else Span(finite(found), finite(found))


def index(entries: Entries, path: int, value: Any, type: str) -> None:
    """Add the entry of one value."""
    found = span(value, type)
    if found is not None:
        entries.numbers[(path, *_stored(found), NO_UNIT)] = (NO_UNIT, NO_UNIT, NO_UNIT, 0.0, 0.0)


def _stored(found: Span) -> Span:
    """Not every database keeps infinity."""
    return Span(max(found.lo, -_LARGEST), min(found.hi, _LARGEST))


def criterion(scope: Scope, parameter: Parameter, modifier: str | None, values: Sequence[str]) -> Criterion:
    """The criterion of a number parameter."""
    choices: list[Criterion] = []
    for value in values:
        prefix, asked, half = read(parameter.code, unescape(value), "number")
        choices.append(Rows("ix_number", parameter.paths, within(prefix, asked, half, "x.lo", "x.hi"), 7))
    return either(choices)


def read(name: str, text: str, kind: str) -> tuple[Prefix, Decimal, Decimal]:
    """The prefix, the number and half the width of its last digit. Raises 400."""
    prefix, rest = prefixed(text)
    if not _FORM.fullmatch(rest):
        raise messages.VALUE_FORM.error(
            name=name, found=text, kind=kind, expected="eq|ne|gt|lt|ge|le|sa|eb|ap and a number such as 5.40 or 1e-3"
        )
    try:
        value = Decimal(rest)
    except InvalidOperation as error:  # pragma: no cover - the form leaves none
        raise ValueError(rest) from error
    return prefix, value, half_width(rest)


def half_width(text: str) -> Decimal:
    """Half of the place of the last digit: 0.5 for ``100``, 0.005 for ``5.40``.

    search.html#number gives ``1e2`` the range 95 to 105, a twentieth of its exponent's place; so do we.
    """
    exponent = Decimal(text).as_tuple().exponent
    assert isinstance(exponent, int)
    half = Decimal(5).scaleb(exponent - 1)
    return half / 10 if exponent > 0 else half


#: search.html#prefix for a closed range: v is the value, l and h the ends of the range its digits leave open.
_RULES: dict[Prefix, tuple[str, str]] = {
    "eq": ("({lo} >= ? AND {hi} < ?)", "lh"),
    "ne": ("({lo} < ? OR {hi} >= ?)", "lh"),
    "gt": ("{hi} > ?", "v"),
    "lt": ("{lo} < ?", "v"),
    "ge": ("{hi} >= ?", "v"),
    "le": ("{lo} <= ?", "v"),
    "sa": ("{lo} > ?", "v"),
    "eb": ("{hi} < ?", "v"),
    "ap": ("({lo} <= ? AND {hi} >= ?)", "HL"),
}


def within(prefix: Prefix, value: Decimal, half: Decimal, lo: str, hi: str) -> Sql:
    """The condition of a prefix on two columns."""
    tenth = max(abs(value) / 10, half)
    ends = {"v": value, "l": value - half, "h": value + half, "L": value - tenth, "H": value + tenth}
    text, places = _RULES[prefix]
    return Sql(text.format(lo=lo, hi=hi), tuple(finite(ends[place]) for place in places))
