"""Date, DateTime and Time: partial values, comparison by precision, and calendar arithmetic.

hl7.org/fhirpath/N1/#datetime-equality and #datetime-arithmetic. A value keeps exactly the fields it was given.
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass, replace
from datetime import date as calendar_date
from datetime import datetime, timedelta
from decimal import ROUND_FLOOR, Decimal
from functools import lru_cache
from typing import TypeAlias

from fhirserver.fhirpath import messages


@dataclass(frozen=True, slots=True)
class Date:
    """Year, month, day: as many as are known."""

    fields: tuple[int, ...]

    def __str__(self) -> str:
        return _date_text(self.fields)


@dataclass(frozen=True, slots=True)
class DateTime:
    """Year, month, day, hour, minute: as many as are known; then seconds; and minutes east of UTC or None."""

    fields: tuple[int, ...]
    seconds: Decimal | None = None
    offset: int | None = None

    def __str__(self) -> str:
        clock = _time_text(self.fields[3:], self.seconds)
        return _date_text(self.fields[:3]) + (f"T{clock}{_offset_text(self.offset)}" if clock else "")


@dataclass(frozen=True, slots=True)
class Time:
    """Hour, minute: as many as are known; then seconds. A time has no zone."""

    fields: tuple[int, ...]
    seconds: Decimal | None = None

    def __str__(self) -> str:
        return _time_text(self.fields, self.seconds)


Moment: TypeAlias = Date | DateTime | Time


def _date_text(fields: tuple[int, ...]) -> str:
    return "-".join(f"{field:0{width}d}" for field, width in zip(fields, (4, 2, 2), strict=False))


def _time_text(fields: tuple[int, ...], seconds: Decimal | None) -> str:
    text = ":".join(f"{field:02d}" for field in fields)
    if seconds is None:
        return text
    whole, dot, fraction = format(seconds, "f").partition(".")
    return f"{text}:{whole:0>2}{dot}{fraction}"


def _offset_text(offset: int | None) -> str:
    if offset is None:
        return ""
    if offset == 0:
        return "Z"
    hours, minutes = divmod(abs(offset), 60)
    return f"{'-' if offset < 0 else '+'}{hours:02d}:{minutes:02d}"


# --- reading -------------------------------------------------------------------------------------------------------

_DAY = r"(?P<year>[0-9]{4})(?:-(?P<month>[0-9]{2})(?:-(?P<day>[0-9]{2}))?)?"
_CLOCK = r"(?P<hour>[0-9]{2})(?::(?P<minute>[0-9]{2})(?::(?P<second>[0-9]{2}(?:\.[0-9]{1,20})?))?)?"
_ZONE = r"(?P<zone>Z|[+-][0-9]{2}:[0-9]{2})?"
_DATE = re.compile(_DAY)
_DATE_TIME = re.compile(rf"{_DAY}(?:T(?:{_CLOCK}{_ZONE})?)?")
_TIME = re.compile(rf"T?{_CLOCK}")


@lru_cache(maxsize=4096)
def date(text: str) -> Date | None:
    """``2015``, ``2015-02`` or ``2015-02-04``; None when it is not a date of the calendar."""
    found = _DATE.fullmatch(text)
    fields = _date_fields(found) if found else None
    return Date(fields) if fields else None


@lru_cache(maxsize=4096)
def date_time(text: str) -> DateTime | None:
    """A date, or a date with ``T`` and a time to any precision and a zone; None when it is neither."""
    found = _DATE_TIME.fullmatch(text)
    if found is None or (day := _date_fields(found)) is None:
        return None
    if found["hour"] is None:
        return DateTime(day)
    clock = _clock_fields(found)
    offset = _offset(found["zone"])
    if clock is None or len(day) < 3 or (found["zone"] and offset is None):
        return None
    return DateTime(day + clock[0], clock[1], offset)


def time(text: str) -> Time | None:
    """``14``, ``14:30``, ``14:30:00`` or ``14:30:00.559``, with or without a leading T."""
    found = _TIME.fullmatch(text)
    clock = _clock_fields(found) if found else None
    return Time(*clock) if clock else None


def _date_fields(found: re.Match[str]) -> tuple[int, ...] | None:
    fields = tuple(int(found[name]) for name in ("year", "month", "day") if found[name])
    year, month, day = (*fields, 1, 1)[:3]
    valid = year >= 1 and 1 <= month <= 12 and 1 <= day <= monthrange(year, month)[1]
    return fields if valid else None


def _clock_fields(found: re.Match[str]) -> tuple[tuple[int, ...], Decimal | None] | None:
    fields = tuple(int(found[name]) for name in ("hour", "minute") if found[name])
    seconds = Decimal(found["second"]) if found["second"] else None
    hour, minute = (*fields, 0)[:2]
    # datatypes.html#dateTime: a leap second is the sixtieth
    valid = hour <= 23 and minute <= 59 and (seconds is None or seconds < 61)
    return (fields, seconds) if valid else None


def _offset(zone: str | None) -> int | None:
    if zone is None:
        return None
    if zone == "Z":
        return 0
    hours, minutes = int(zone[1:3]), int(zone[4:])
    if minutes > 59 or hours * 60 + minutes > 14 * 60:
        return None
    return (-1 if zone[0] == "-" else 1) * (hours * 60 + minutes)


def from_clock(now: datetime) -> DateTime:
    """The clock's moment to the millisecond, in the clock's zone."""
    offset = now.utcoffset()
    seconds = Decimal(now.second) + Decimal(now.microsecond // 1000).scaleb(-3)
    fields = (now.year, now.month, now.day, now.hour, now.minute)
    return DateTime(fields, seconds, None if offset is None else int(offset.total_seconds()) // 60)


# --- comparing -----------------------------------------------------------------------------------------------------


def comparable(left: object, right: object) -> bool:
    """A date converts implicitly to a dateTime; a time compares only with a time."""
    days = (Date, DateTime)
    return (isinstance(left, Time) and isinstance(right, Time)) or (isinstance(left, days) and isinstance(right, days))


def compare(left: Moment, right: Moment) -> int | None:
    """-1, 0 or 1; None where the precision of one ends before a difference shows, or only one has a zone."""
    if isinstance(left, DateTime) and isinstance(right, DateTime) and len(left.fields) > 3 and len(right.fields) > 3:
        if (left.offset is None) != (right.offset is None):
            return None
        if left.offset != right.offset:
            return _compare_zones(left, right)
    return _compare_fields(left.fields, _seconds(left), right.fields, _seconds(right))


def _seconds(moment: Moment) -> Decimal | None:
    return None if isinstance(moment, Date) else moment.seconds


def _compare_zones(left: DateTime, right: DateTime) -> int | None:
    """Both brought to UTC, in minutes since the calendar began."""
    if len(left.fields) < 5 or len(right.fields) < 5:
        return None
    return _compare_fields((_utc_minutes(left),), left.seconds, (_utc_minutes(right),), right.seconds)


def _utc_minutes(moment: DateTime) -> int:
    year, month, day, hour, minute = moment.fields
    days = calendar_date(year, month, day).toordinal()
    return (days * 24 + hour) * 60 + minute - (moment.offset or 0)


def _compare_fields(
    left: tuple[int, ...], left_seconds: Decimal | None, right: tuple[int, ...], right_seconds: Decimal | None
) -> int | None:
    for mine, other in zip(left, right, strict=False):
        if mine != other:
            return -1 if mine < other else 1
    if len(left) != len(right) or (left_seconds is None) != (right_seconds is None):
        return None
    if left_seconds is None or right_seconds is None or left_seconds == right_seconds:
        return 0
    return -1 if left_seconds < right_seconds else 1


# --- arithmetic ----------------------------------------------------------------------------------------------------

#: Calendar units from coarse to fine; a week is seven days.
UNITS = ("year", "month", "day", "hour", "minute", "second", "millisecond")
#: Units that a moment can be moved by at all; 10,000 years have 3.2e14 milliseconds.
_LONGEST = 10**15
#: #toquantity: how many of the next finer unit, for partial values that end above the unit of the duration.
_FACTORS = {"month": 12, "day": 30, "hour": 24, "minute": 60, "second": 60, "millisecond": 1000}


def add(moment: Moment, amount: Decimal, unit: str) -> Moment:
    """The moment moved by `amount` (negative: back) calendar units; a FhirError when the unit does not fit its type."""
    if abs(amount) > _LONGEST:
        raise messages.DATE_OUT_OF_RANGE.error()
    if unit == "week":
        amount, unit = amount * 7, "day"
    # N1: "For precisions above seconds, the decimal portion of the time-valued quantity is ignored"
    if unit not in ("second", "millisecond"):
        amount = Decimal(int(amount))
    if isinstance(moment, Time):
        return _move_time(moment, amount, unit)
    if unit not in UNITS or (isinstance(moment, Date) and UNITS.index(unit) > UNITS.index("day")):
        raise messages.NOT_A_DURATION.error(unit=unit, type=type(moment).__name__)
    amount, unit = _to_precision(amount, unit, _finest(moment))
    try:
        return _move_months(moment, amount, unit) if unit in ("year", "month") else _move(moment, amount, unit)
    except (OverflowError, ValueError):
        raise messages.DATE_OUT_OF_RANGE.error() from None


def _finest(moment: Date | DateTime) -> str:
    known = len(moment.fields)
    return "millisecond" if known == 5 and _seconds(moment) is not None else UNITS[known - 1]


def _to_precision(amount: Decimal, unit: str, finest: str) -> tuple[Decimal, str]:
    """A duration finer than a partial value, in the value's own finest unit: 23 months are 1 year for ``@2014``."""
    while UNITS.index(unit) > UNITS.index(finest):
        if unit == "day" and finest == "year":
            return Decimal(int(amount / 365)), "year"
        amount = Decimal(int(amount / _FACTORS[unit]))
        unit = UNITS[UNITS.index(unit) - 1]
    return amount, unit


def _move_months(moment: Date | DateTime, amount: Decimal, unit: str) -> Moment:
    """By years or months; a day that the month does not have becomes its last."""
    fields = moment.fields
    months = int(amount) * (12 if unit == "year" else 1)
    year, month = divmod(fields[0] * 12 + (fields[1] - 1 if len(fields) > 1 else 0) + months, 12)
    if not 1 <= year <= 9999:
        raise OverflowError
    moved = (year, month + 1)[: len(fields)]
    if len(fields) > 2:
        moved += (min(fields[2], monthrange(year, month + 1)[1]), *fields[3:])
    return replace(moment, fields=moved)


def _move(moment: Date | DateTime, amount: Decimal, unit: str) -> Moment:
    """By days or less."""
    if unit in ("second", "millisecond") and isinstance(moment, DateTime) and moment.seconds is not None:
        seconds = moment.seconds + (amount if unit == "second" else amount.scaleb(-3))
        minutes = (seconds / 60).to_integral_value(ROUND_FLOOR)
        moved = replace(moment, seconds=seconds - 60 * minutes)
        return _shifted(moved, timedelta(minutes=int(minutes)))
    return _shifted(moment, timedelta(**{f"{unit}s": int(amount)}))


def _shifted(moment: Date | DateTime, by: timedelta) -> Moment:
    year, month, day, hour, minute = moment.fields + (1, 1, 1, 0, 0)[len(moment.fields) :]
    moved = datetime(year, month, day, hour, minute) + by  # noqa: DTZ001 (the zone stays what it is)
    fields = (moved.year, moved.month, moved.day, moved.hour, moved.minute)
    return replace(moment, fields=fields[: len(moment.fields)])


_SECONDS_OF = {"hour": "3600", "minute": "60", "second": "1", "millisecond": "0.001"}


def _move_time(moment: Time, amount: Decimal, unit: str) -> Time:
    """A time of day moves round the clock, a partial one by whole units of its own precision."""
    if unit not in _SECONDS_OF:
        raise messages.NOT_A_DURATION.error(unit=unit, type="Time")
    step = amount * Decimal(_SECONDS_OF[unit])
    if moment.seconds is None:
        finest = 60 if len(moment.fields) == 2 else 3600
        step = Decimal(int(step / finest)) * finest
    hour, minute = (*moment.fields, 0)[:2]
    total = hour * 3600 + minute * 60 + (moment.seconds or 0) + step
    total -= 86400 * (total / 86400).to_integral_value(ROUND_FLOOR)
    minutes = int(total) // 60
    seconds = None if moment.seconds is None else total - 60 * minutes
    return Time((minutes // 60, minutes % 60)[: len(moment.fields)], seconds)


# --- boundaries and precision (standard for trial use) ------------------------------------------------------------

#: Digits of a value known to the year, the month ... the millisecond.
_DIGITS = {"Date": (4, 6, 8), "DateTime": (4, 6, 8, 10, 12, 14, 17), "Time": (2, 4, 6, 9)}


def precision(moment: Moment) -> int:
    """#precision: the number of digits known, 4 for a year, 17 for a dateTime to the millisecond."""
    seconds = _seconds(moment)
    digits = 2 * len(moment.fields) + (0 if isinstance(moment, Time) else 2)
    if seconds is None:
        return digits
    return digits + (5 if seconds.as_tuple().exponent else 2)


def boundary(moment: Moment, digits: int | None, *, high: bool) -> Moment | None:
    """#lowboundary, #highboundary: the first or last moment the value may stand for, to so many digits."""
    steps = _DIGITS[type(moment).__name__]
    digits = steps[-1] if digits is None else digits
    if digits not in steps:
        return None
    if isinstance(moment, Date):
        return Date(_fill_day(moment.fields, high)[: steps.index(digits) + 1])
    known = steps.index(digits) + 1
    if isinstance(moment, Time):
        clock, seconds = _fill_clock(moment.fields, moment.seconds, high)
        return Time(clock[:known], _cut(seconds, digits, steps))
    day = _fill_day(moment.fields[:3], high)
    clock, seconds = _fill_clock(moment.fields[3:], moment.seconds, high)
    offset = moment.offset if known > 3 else None
    if known > 3 and moment.offset is None:
        # the zone is not known either: the day begins first at +14:00 and ends last at -12:00
        offset = -12 * 60 if high else 14 * 60
    return DateTime((day + clock)[: min(known, 5)], _cut(seconds, digits, steps), offset)


def _fill_day(fields: tuple[int, ...], high: bool) -> tuple[int, ...]:
    year, month = (*fields, 12 if high else 1)[:2]
    return (*fields, *(month, monthrange(year, month)[1] if high else 1)[len(fields) - 1 :])


def _fill_clock(fields: tuple[int, ...], seconds: Decimal | None, high: bool) -> tuple[tuple[int, ...], Decimal]:
    fields += ((23, 59) if high else (0, 0))[len(fields) :]
    if seconds is None:
        return fields, Decimal("59.999") if high else Decimal("0.000")
    missing = max(0, 3 + int(seconds.as_tuple().exponent))
    return fields, Decimal(f"{seconds}{'' if '.' in str(seconds) else '.'}{('9' if high else '0') * missing}")


def _cut(seconds: Decimal, digits: int, steps: tuple[int, ...]) -> Decimal | None:
    if digits == steps[-1]:
        return seconds
    return Decimal(int(seconds)) if digits == steps[-2] else None
