"""Dates as stretches of real time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fhirserver.resource.dates import EARLIEST, LATEST, Interval, instant, interval, microseconds, period, span, timing

SHANGHAI = ZoneInfo("Asia/Shanghai")
EAST_8 = timezone(timedelta(hours=8))


def at(text: str) -> int:
    return microseconds(datetime.fromisoformat(text))


@pytest.mark.parametrize(
    ("text", "lo", "hi"),
    [
        ("2024", "2024-01-01T00:00:00+08:00", "2025-01-01T00:00:00+08:00"),
        ("2024-02", "2024-02-01T00:00:00+08:00", "2024-03-01T00:00:00+08:00"),
        ("2024-12", "2024-12-01T00:00:00+08:00", "2025-01-01T00:00:00+08:00"),
        ("2024-02-29", "2024-02-29T00:00:00+08:00", "2024-03-01T00:00:00+08:00"),
        ("2024-02-29T10:30", "2024-02-29T10:30:00+08:00", "2024-02-29T10:31:00+08:00"),
        ("2024-02-29T10:30Z", "2024-02-29T10:30:00+00:00", "2024-02-29T10:31:00+00:00"),
        ("2024-02-29T10:30:15", "2024-02-29T10:30:15+08:00", "2024-02-29T10:30:16+08:00"),
        ("2024-02-29T10:30:15Z", "2024-02-29T10:30:15+00:00", "2024-02-29T10:30:16+00:00"),
        ("2024-02-29T10:30:15-05:30", "2024-02-29T10:30:15-05:30", "2024-02-29T10:30:16-05:30"),
        ("2024-02-29T10:30:15.2Z", "2024-02-29T10:30:15.200+00:00", "2024-02-29T10:30:15.300+00:00"),
        ("2024-02-29T10:30:15.250Z", "2024-02-29T10:30:15.250+00:00", "2024-02-29T10:30:15.251+00:00"),
        ("2024-02-29T10:30:15.1234567Z", "2024-02-29T10:30:15.123456+00:00", "2024-02-29T10:30:15.123457+00:00"),
        ("2016-12-31T23:59:60Z", "2017-01-01T00:00:00+00:00", "2017-01-01T00:00:01+00:00"),
    ],
)
def test_the_interval_has_the_precision_of_the_text(text: str, lo: str, hi: str) -> None:
    assert interval(text, SHANGHAI) == (at(lo), at(hi))


@pytest.mark.parametrize(
    "text",
    [
        "", "24", "0000", "2024-13", "2024-00", "2024-02-30", "2023-02-29", "2024-04-31", "2024-1-1", "2024-02-29T",
        "2024-02-29T24:00:00Z", "2024-02-29T10", "2024-02-29T10:60Z", "2024-02-29T10:30:61Z", "2024-02-29T10:30:15.Z",
        "2024-02-29T10:30:15+15:00", "2024-02-29T10:30:15+14:01", "2024-02-29 10:30:15", "2024-02-29T10:30:15z",
        " 2024", "2024\n", "２０２４", "20240229", "2024-02-29T10:30:15+0800",
    ],
)  # fmt: skip
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"day|not a date"):
        interval(text, SHANGHAI)


@pytest.mark.parametrize("zone", [UTC, SHANGHAI, EAST_8, timezone(timedelta(hours=-14)), timezone(timedelta(hours=14))])
@pytest.mark.parametrize(
    "text", ["0001", "0001-01-01", "0001-01-01T00:00:00", "9999", "9999-12-31", "9999-12-31T23:59:60"]
)
def test_the_first_and_the_last_year_do_not_overflow(text: str, zone: tzinfo) -> None:
    lo, hi = interval(text, zone)
    assert EARLIEST <= lo < hi <= LATEST
    for offset in ("+14:00", "-14:00"):
        if "T" in text:
            assert EARLIEST <= interval(text + offset, zone).lo < LATEST


def test_days_touch_where_the_clocks_change() -> None:
    """Berlin had a day of 23 hours and one of 25; Shanghai began summer time at midnight in 1940."""
    berlin = ZoneInfo("Europe/Berlin")
    hours = [(i.hi - i.lo) / 3_600_000_000 for i in (interval(f"2024-{day}", berlin) for day in ("03-31", "10-27"))]
    assert hours == [23, 25]
    assert interval("1940-05-31", SHANGHAI).hi == interval("1940-06-01", SHANGHAI).lo


@given(st.datetimes(timezones=st.sampled_from([UTC, EAST_8, timezone(timedelta(hours=-11, minutes=-30))])))
def test_a_full_text_gives_the_moment_back(moment: datetime) -> None:
    text = moment.isoformat(timespec="microseconds").replace("+00:00", "Z")
    assert interval(text, SHANGHAI) == (microseconds(moment), microseconds(moment) + 1)


@given(st.dates())
def test_days_months_and_years_follow_one_another(day: object) -> None:
    text = str(day)
    inner, month, year = (interval(text[:length], SHANGHAI) for length in (10, 7, 4))
    assert year.lo <= month.lo <= inner.lo < inner.hi <= month.hi <= year.hi


def test_a_period_is_open_where_an_end_is_missing() -> None:
    day = interval("2024-02-29", SHANGHAI)
    assert period({"start": "2024-02-29", "end": "2024-02-29"}, SHANGHAI) == day
    assert period({"start": "2024-02-29"}, SHANGHAI) == (day.lo, LATEST)
    assert period({"end": "2024-02-29"}, SHANGHAI) == (EARLIEST, day.hi)
    assert period({"extension": []}, SHANGHAI) is None


def test_a_timing_has_its_outer_limits() -> None:
    first, last = interval("2024-01-01", SHANGHAI), interval("2024-03", SHANGHAI)
    assert timing({"event": ["2024-03", None, "2024-01-01"]}, SHANGHAI) == (first.lo, last.hi)
    bounds = {"repeat": {"boundsPeriod": {"start": "2024-01-01"}}}
    assert timing(bounds, SHANGHAI) == (first.lo, LATEST)
    assert timing({"event": ["2023"], **bounds}, SHANGHAI) == (interval("2023", SHANGHAI).lo, LATEST)
    assert timing({"repeat": {"frequency": 1}}, SHANGHAI) is None
    assert timing({"repeat": {"boundsPeriod": {"id": "a"}}}, SHANGHAI) is None


def test_the_span_of_nothing_is_nothing() -> None:
    assert span([]) is None
    assert span([Interval(1, 2), Interval(-3, 0)]) == (-3, 2)


def test_an_instant_has_milliseconds_and_the_zone() -> None:
    moment = at("2025-03-10T00:00:00.123456+00:00")
    assert instant(moment, SHANGHAI) == "2025-03-10T08:00:00.123+08:00"
    assert instant(moment, UTC) == "2025-03-10T00:00:00.123+00:00"
    assert instant(0, EAST_8) == "1970-01-01T08:00:00.000+08:00"


def test_an_offset_that_no_instant_can_write_becomes_utc() -> None:
    assert instant(at("1890-01-01T00:00:00+00:00"), SHANGHAI) == "1890-01-01T00:00:00.000+00:00"


@given(st.integers(at("1902-01-01T00:00:00+00:00"), at("9999-01-01T00:00:00+00:00")))
def test_an_instant_reads_back(moment: int) -> None:
    assert interval(instant(moment, SHANGHAI), UTC).lo == moment - moment % 1000
