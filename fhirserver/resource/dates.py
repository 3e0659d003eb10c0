"""date, dateTime, instant and time: their precision, and the interval of real time each stands for.

A date of FHIR is not a moment but a stretch: ``2013-01`` is all of January. Searches compare such stretches
(search.html#date), so every value becomes a half-open interval ``[lo, hi)`` of integer microseconds since
1970-01-01T00:00:00Z. Python's `datetime` carries no year 10000 and no leap second: the arithmetic here is on day
numbers.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import lru_cache
from typing import Any, NamedTuple

# datatypes.html#dateTime, in pieces; primitives.py builds its forms from the same ones
YEAR = r"(?!0000)[0-9]{4}"
MONTH = r"(?:0[1-9]|1[0-2])"
DAY = r"(?:0[1-9]|[12][0-9]|3[01])"
HOUR_MINUTE = r"(?:[01][0-9]|2[0-3]):[0-5][0-9]"
SECOND = r"(?:[0-5][0-9]|60)(?:\.[0-9]+)?"
ZONE = r"(?:Z|[+-](?:(?:0[0-9]|1[0-3]):[0-5][0-9]|14:00))"

#: The form of a dateTime and, wider, of a date in a search: search.html#date lets seconds and the zone be left out.
_FORM = re.compile(rf"({YEAR})(?:-({MONTH})(?:-({DAY})(?:T({HOUR_MINUTE})(?::({SECOND}))?({ZONE})?)?)?)?").fullmatch

_SECOND = 1_000_000
_MINUTE = 60 * _SECOND
_DAY = 24 * 60 * _MINUTE
_UNIX = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH = _UNIX.toordinal()
_LAST_DAY = date.max.toordinal()

#: Before and after every date FHIR can write in any zone: the ends of an open Period.
EARLIEST = -_EPOCH * _DAY
LATEST = (_LAST_DAY + 2 - _EPOCH) * _DAY


class Interval(NamedTuple):
    """A stretch of real time: microseconds since 1970-01-01T00:00:00Z, `lo` inside, `hi` outside."""

    lo: int
    hi: int


def interval(text: str, zone: tzinfo) -> Interval:
    """The interval of a date, dateTime or instant, or of a date in a search (seconds or zone left out).

    `zone` holds where the text names none. ValueError when the text is no date or no day of the calendar.
    """
    found = _FORM(text)
    if found is None:
        raise ValueError(f"not a date: {text[:40]!r}")
    year, month, day, clock, second, offset = found.groups()
    if clock is None:
        return _days(int(year), month, day, zone)
    if second is None:
        moment, width = 0, _MINUTE
    else:
        moment, width = _fraction(second)
        if offset is not None and moment < _MINUTE:
            # the common form, and no leap second: Python reads it faster than we do
            lo = microseconds(datetime.fromisoformat(text))
            return Interval(lo, lo + width)
    ordinal = date(int(year), int(month), int(day)).toordinal()
    moment += int(clock[:2]) * 60 * _MINUTE + int(clock[3:]) * _MINUTE
    lo = (ordinal - _EPOCH) * _DAY + moment
    lo -= _offset(offset) if offset is not None else _east(ordinal, moment, zone)
    return Interval(lo, lo + width)


def _days(year: int, month: str | None, day: str | None, zone: tzinfo) -> Interval:
    if day is not None and month is not None:
        first = date(year, int(month), int(day)).toordinal()
        after = first + 1
    elif month is not None:
        first = date(year, int(month), 1).toordinal()
        after = _first_day(year, int(month) + 1)
    else:
        first = date(year, 1, 1).toordinal()
        after = _first_day(year, 13)
    return Interval(_midnight(first, zone), _midnight(after, zone))


def _first_day(year: int, month: int) -> int:
    """The day number of a month's first day; month 13 is January of the next year, also after 9999."""
    if month <= 12:
        return date(year, month, 1).toordinal()
    return date(year, 12, 31).toordinal() + 1


def _fraction(second: str) -> tuple[int, int]:
    """``05.25`` as microseconds within the minute and the width of its last digit; beyond six digits it is cut."""
    whole, _, digits = second.partition(".")
    digits = digits[:6]
    width = 10 ** (6 - len(digits))
    return int(whole) * _SECOND + (int(digits) * width if digits else 0), width


def _offset(zone: str) -> int:
    """``+08:00`` as microseconds east of UTC."""
    if zone == "Z":
        return 0
    east = int(zone[1:3]) * 60 * _MINUTE + int(zone[4:]) * _MINUTE
    return -east if zone[0] == "-" else east


@lru_cache(maxsize=8192)
def _midnight(ordinal: int, zone: tzinfo) -> int:
    """The UTC microseconds at which a day begins in a zone."""
    return (ordinal - _EPOCH) * _DAY - _east(ordinal, 0, zone)


def _east(ordinal: int, moment: int, zone: tzinfo) -> int:
    """How far east of UTC a zone was, in microseconds, on a day number, `moment` microseconds into it."""
    local = datetime.fromordinal(min(ordinal, _LAST_DAY)) + timedelta(seconds=min(moment // _SECOND, 86399))
    east = zone.utcoffset(local)
    assert east is not None
    return east.days * _DAY + east.seconds * _SECOND


def period(value: Mapping[str, Any], zone: tzinfo) -> Interval | None:
    """The interval of a Period; a missing start or end is open (datatypes.html#Period). None without both."""
    start, end = value.get("start"), value.get("end")
    if start is None and end is None:
        return None
    return Interval(
        interval(start, zone).lo if start is not None else EARLIEST,
        interval(end, zone).hi if end is not None else LATEST,
    )


def timing(value: Mapping[str, Any], zone: tzinfo) -> Interval | None:
    """The outer limits of a Timing, its events and its bounds; None when it names no date.

    search.html#date: "the specified scheduling details are ignored and only the outer limits matter".
    """
    stretches = [interval(event, zone) for event in value.get("event", ()) if event is not None]
    bounds = value.get("repeat", {}).get("boundsPeriod")
    limits = period(bounds, zone) if bounds is not None else None
    return span([*stretches, limits] if limits else stretches)


def span(intervals: Iterable[Interval]) -> Interval | None:
    """The smallest interval around all of them; None when there are none."""
    known = list(intervals)
    return Interval(min(i.lo for i in known), max(i.hi for i in known)) if known else None


def instant(us: int, zone: tzinfo) -> str:
    """Microseconds since 1970 as a FHIR instant, cut to milliseconds: ``2025-03-10T08:00:00.123+08:00``.

    A zone whose offset then was no whole minute (Shanghai before 1901) cannot be written; UTC is.
    """
    moment = _UNIX + timedelta(microseconds=us)
    local = moment.astimezone(zone)
    east = local.utcoffset()
    if east is None or east.seconds % 60:
        local = moment
    return local.isoformat(timespec="milliseconds")


def microseconds(moment: datetime) -> int:
    """An aware datetime as microseconds since 1970-01-01T00:00:00Z, exactly."""
    passed = moment - _UNIX
    return passed.days * _DAY + passed.seconds * _SECOND + passed.microseconds
