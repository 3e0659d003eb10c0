"""search.html#date: dates, dateTimes, instants, Periods and Timings, all as half-open stretches of time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import tzinfo
from typing import TYPE_CHECKING, Any

from fhirserver.resource.dates import Interval, interval, period, timing
from fhirserver.search import messages
from fhirserver.search.criteria import Criterion, MainDate, Range, Rows, Updated, either
from fhirserver.search.entries import Entries
from fhirserver.search.sql import Sql
from fhirserver.search.values import Prefix, prefixed, unescape

if TYPE_CHECKING:
    from fhirserver.search.parameters import Parameter
    from fhirserver.search.scope import Scope

MODIFIERS: tuple[str, ...] = ()

_TEXTS = frozenset({"date", "dateTime", "instant"})
_EXPECTED = "eq|ne|gt|lt|ge|le|sa|eb|ap and 2025 | 2025-03 | 2025-03-10 | 2025-03-10T08:00 | 2025-03-10T08:00:00+08:00"


def stretch(value: Any, type: str, zone: tzinfo) -> Interval | None:
    """The stretch of a value; None where it has no date (an empty Period, an Age, a text)."""
    try:
        if type in _TEXTS:
            return interval(value, zone)
        if type == "Period":
            return period(value, zone)
        if type == "Timing":
            return timing(value, zone)
    except ValueError:
        return None
    return None


def index(entries: Entries, path: int, value: Any, type: str) -> None:
    """Add the entries of one value."""
    found = stretch(value, type, entries.setting.zone)
    if found is not None:
        entries.dates.add((path, found.lo, found.hi))


def criterion(scope: Scope, parameter: Parameter, modifier: str | None, values: Sequence[str]) -> Criterion:
    """The criterion of a date parameter: on the main date, on lastUpdated, or on the rows of ix_date."""
    choices: list[Criterion] = []
    for value in values:
        prefix, asked = read(scope, parameter.code, value)
        condition = within(prefix, asked, scope.now)
        if parameter.code == "_lastUpdated":
            choices.append(Updated(parameter.resource, condition))
        elif parameter.main:
            choices.append(MainDate(condition, bounds(prefix, asked, scope.now, parameter.instant)))
        else:
            choices.append(Rows("ix_date", parameter.paths, condition("x.lo", "x.hi"), 6))
    return either(choices)


def read(scope: Scope, name: str, text: str) -> tuple[Prefix, Interval]:
    """The prefix and the stretch of a search value. Raises 400."""
    prefix, rest = prefixed(unescape(text))
    try:
        # a + that was not escaped in a URL arrives as a space, and a date holds no other
        return prefix, interval(rest.replace(" ", "+"), scope.setting.zone)
    except ValueError:
        raise messages.VALUE_FORM.error(name=name, found=text, kind="date", expected=_EXPECTED) from None


def within(prefix: Prefix, asked: Interval, now: int) -> Range:
    """The rule of a prefix (search.html#prefix) for a stretch in two columns."""
    lo, hi = asked
    if prefix == "ap":
        lo, hi = near(asked, now)

    def condition(low: str, high: str) -> Sql:
        text, values = _RULES[prefix]
        return Sql(text.format(lo=low, hi=high), tuple(lo if value == "lo" else hi for value in values))

    return condition


#: search.html#prefix: the condition on the target's stretch, and which end of the value's stretch fills each place.
_RULES: dict[Prefix, tuple[str, tuple[str, ...]]] = {
    # "the range of the search value fully contains the range of the target value"
    "eq": ("({lo} >= ? AND {hi} <= ?)", ("lo", "hi")),
    "ne": ("({lo} < ? OR {hi} > ?)", ("lo", "hi")),
    # "the range above the search value intersects (i.e. overlaps) with the range of the target value"
    "gt": ("{hi} > ?", ("hi",)),
    "lt": ("{lo} < ?", ("lo",)),
    # "... or the range of the search value fully contains the range of the target value"
    "ge": ("({lo} >= ? OR {hi} > ?)", ("lo", "hi")),
    "le": ("({hi} <= ? OR {lo} < ?)", ("hi", "lo")),
    "sa": ("{lo} >= ?", ("hi",)),
    "eb": ("{hi} <= ?", ("lo",)),
    # "the range of the search value overlaps with the range of the target value"
    "ap": ("({lo} < ? AND {hi} > ?)", ("hi", "lo")),
}


def near(asked: Interval, now: int) -> Interval:
    """search.html#prefix: "for a date, 10% of the gap between now and the date"."""
    slack = min(abs(now - asked.lo), abs(now - asked.hi)) // 10
    return Interval(asked.lo - slack, asked.hi + slack)


_SECOND = 1_000_000


def bounds(prefix: Prefix, asked: Interval, now: int, instant: bool) -> tuple[int | None, int | None]:
    """Between which starts every stretch lies that meets the rule.

    An instant is no longer than a second; then a rule about the end of the stretch also bounds its start.
    """
    lo, hi = near(asked, now) if prefix == "ap" else asked
    short = _SECOND if instant else None
    table: dict[str, tuple[int | None, int | None]] = {
        "eq": (lo, hi),
        "gt": (hi - short if short else None, None),
        "ge": (min(lo, hi - short) if short else None, None),
        "lt": (None, lo),
        "le": (None, hi),
        "sa": (hi, None),
        "eb": (None, lo),
        "ap": (lo - short if short else None, hi),
    }
    return table.get(prefix, (None, None))
