"""Partial dates: reading, comparing, moving, boundaries."""

from __future__ import annotations

from datetime import date as day
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fhirserver.fhirpath import dates
from fhirserver.fhirpath.dates import Date, DateTime, Time
from fhirserver.outcome import FhirError
from tests.fhirpath.evaluating import error, values


@pytest.mark.parametrize("text", ["2015", "2015-02", "2016-02-29", "0001-01-01", "9999-12-31"])
def test_dates_keep_their_text(text: str) -> None:
    found = dates.date(text)
    assert isinstance(found, Date)
    assert str(found) == text


@pytest.mark.parametrize(
    "text",
    [
        "2015",
        "2015-02-04",
        "2015-02-04T14:34",
        "2015-02-04T14:34:28.100+09:00",
        "2015-02-04T14:34:28Z",
        "2016-12-31T23:59:60Z",
    ],
)
def test_date_times_keep_their_text(text: str) -> None:
    found = dates.date_time(text)
    assert isinstance(found, DateTime)
    assert str(found) == text


@pytest.mark.parametrize("text", ["14", "14:30", "14:30:05", "14:30:05.120"])
def test_times_keep_their_text(text: str) -> None:
    found = dates.time(text)
    assert isinstance(found, Time)
    assert str(found) == text


@pytest.mark.parametrize(
    "text", ["", "15", "2015-2", "2015-00", "2015-02-29", "2015-02-04T", "0000", "2015-02-04x", "２０１５"]
)
def test_no_dates(text: str) -> None:
    assert dates.date(text) is None


@pytest.mark.parametrize(
    "text",
    ["2015-02-04T25:00Z", "2015-02-04T10:60Z", "2015-02T10:00Z", "2015-02-04T10:00+14:01", "2015-02-04T10:00+01:60"],
)
def test_no_date_times(text: str) -> None:
    assert dates.date_time(text) is None


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("@2012 = @2012", [True]),
        ("@2012 = @2013", [False]),
        ("@2012-01 = @2012", []),
        ("@2012-01 = @2013", [False]),
        ("@2012-01-01T10:30 = @2012-01-01T10:30", [True]),
        ("@2012-01-01T10:30:31 = @2012-01-01T10:30", []),
        ("@2012-01-01T10:30:31.0 = @2012-01-01T10:30:31", [True]),
        ("@2012-01-01T10:30:31.1 = @2012-01-01T10:30:31", [False]),
        ("@2012-01-01T10:30:31.1 ~ @2012-01-01T10:30:31", [False]),
        ("@2012-01 ~ @2012", [False]),
        ("@2012T = @2012", [True]),
        ("@2017-11-05T01:30:00.0-04:00 = @2017-11-05T00:30:00.0-05:00", [True]),
        ("@2017-11-05T23:30:00-05:00 = @2017-11-06T04:30:00Z", [True]),
        ("@2017-11-05T01:30-04:00 = @2017-11-05T00:30:00-05:00", []),
        ("@2017-11-05T01:30:00Z = @2017-11-05T01:30:00", []),
        ("@2017-11-05T01+01:00 = @2017-11-05T00Z", []),
        ("@9999-12-31T23:59:59-12:00 > @9999-12-31T23:59:59Z", [True]),
        ("@0001-01-01T00:00:00+14:00 < @0001-01-01T00:00:00Z", [True]),
        ("@2018-03 < @2018-03-01", []),
        ("@2018-03 < @2018-04-01", [True]),
        ("@2018-03-01T10 > @2018-03-01T10:30", []),
        ("@T10:30 > @T10:30:00", []),
        ("@T10:30:00 >= @T10:30:00.0", [True]),
        ("@2018 = @T10", [False]),
    ],
)
def test_comparisons(expression: str, expected: list[bool]) -> None:
    assert values(expression) == expected


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("@2014 + 24 months", "2016"),
        ("@2014 + 23 months", "2015"),
        ("@2016 + 365 days", "2017"),
        ("@2016 + 364 days", "2016"),
        ("@2014-01 + 40 days", "2014-02"),
        ("@2019-03-01 - 24 months", "2017-03-01"),
        ("@2020-01-31 + 1 month", "2020-02-29"),
        ("@2020-02-29 - 1 year", "2019-02-28"),
        ("@2020-03-31 - 1 month", "2020-02-29"),
        ("@2020-12-31 + 1 day", "2021-01-01"),
        ("@2020-12-31 + 2 weeks", "2021-01-14"),
        ("@2020-12-31T23:59:59.5Z + 500 milliseconds", "2021-01-01T00:00:00.000Z"),
        ("@2020-12-31T23:59:59Z + 1 second", "2021-01-01T00:00:00Z"),
        ("@2020-12-31T23:59:59Z - 0.5 seconds", "2020-12-31T23:59:58.5Z"),
        ("@2020-12-31T23:59+08:00 + 1 minute", "2021-01-01T00:00+08:00"),
        ("@2020-12-31T23:59+08:00 + 90 seconds", "2021-01-01T00:00+08:00"),
        ("@2020-12-31T23+08:00 + 90 minutes", "2021-01-01T00+08:00"),
        ("@2020-12-31 + 1.9 days", "2021-01-01"),
        ("@2020-12-31T + 25 hours", "2021-01-01"),
        ("@T23:30 + 90 minutes", "01:00"),
        ("@T01:30:00 - 2 hours", "23:30:00"),
        ("@T01 + 90 minutes", "02"),
        ("@T23:59:59.999 + 1 'ms'", "00:00:00.000"),
        ("@1973-12-25 + 1 'wk'", "1974-01-01"),
    ],
)
def test_arithmetic(expression: str, expected: str) -> None:
    assert values(expression) == [expected]


@pytest.mark.parametrize(
    ("expression", "key"),
    [
        ("@2020-01-01 + 1 'a'", "fhirpath-not-a-duration"),
        ("@2020-01-01 + 1 'mg'", "fhirpath-not-a-duration"),
        ("@2020-01-01 + 1 hour", "fhirpath-not-a-duration"),
        ("@T10:00 + 1 day", "fhirpath-not-a-duration"),
        ("@9999-12-31 + 1 day", "fhirpath-date-out-of-range"),
        ("@0001 - 1 year", "fhirpath-date-out-of-range"),
        ("@2020T + 99999999999999999999 milliseconds", "fhirpath-date-out-of-range"),
    ],
)
def test_arithmetic_that_cannot_be(expression: str, key: str) -> None:
    assert error(expression) == key


@given(st.dates(), st.integers(-100_000, 100_000))
def test_days_are_those_of_the_calendar(start: day, days: int) -> None:
    moment = Date((start.year, start.month, start.day))
    try:
        expected = start + timedelta(days=days)
    except OverflowError:
        with pytest.raises(FhirError):
            dates.add(moment, Decimal(days), "day")
        return
    assert str(dates.add(moment, Decimal(days), "day")) == expected.isoformat()


@given(st.datetimes(), st.datetimes(), st.integers(-840, 840), st.integers(-840, 840))
def test_order_is_that_of_the_moments(left: object, right: object, mine: int, other: int) -> None:
    from datetime import datetime, timezone

    assert isinstance(left, datetime)
    assert isinstance(right, datetime)
    one = dates.from_clock(left.replace(tzinfo=timezone(timedelta(minutes=mine)), microsecond=0))
    two = dates.from_clock(right.replace(tzinfo=timezone(timedelta(minutes=other)), microsecond=0))
    apart = left.replace(microsecond=0) - right.replace(microsecond=0) - timedelta(minutes=mine - other)
    assert dates.compare(one, two) == (apart > timedelta()) - (apart < timedelta())


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("@2014.lowBoundary()", ["2014-01-01"]),
        ("@2014-02.highBoundary()", ["2014-02-28"]),
        ("@2014.highBoundary(6)", ["2014-12"]),
        ("@2014.highBoundary(5)", []),
        ("@2014.highBoundary(17)", []),
        ("@2014T.lowBoundary()", ["2014-01-01T00:00:00.000+14:00"]),
        ("@2014-01-01T08:05+08:00.highBoundary()", ["2014-01-01T08:05:59.999+08:00"]),
        ("@2014-01-01T08:05:30.5Z.highBoundary()", ["2014-01-01T08:05:30.599Z"]),
        ("@2014-01-01T08:05:30Z.highBoundary(14)", ["2014-01-01T08:05:30Z"]),
        ("@2014-01-01T08:05:30Z.lowBoundary(12)", ["2014-01-01T08:05Z"]),
        ("@2014-01-01T08Z.lowBoundary(4)", ["2014"]),
        ("@T10.highBoundary()", ["10:59:59.999"]),
        ("@T10:30.lowBoundary(4)", ["10:30"]),
        ("@2014.precision()", [4]),
        ("@2014-01-05T10:30:00.000Z.precision()", [17]),
        ("@T10:30:00.precision()", [6]),
    ],
)
def test_boundaries_and_precision(expression: str, expected: list[object]) -> None:
    assert values(expression) == expected
