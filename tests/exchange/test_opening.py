"""When a service is open."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from fhirserver.exchange.opening import is_open

ZONE = ZoneInfo("Asia/Shanghai")
WEEK = ["mon", "tue", "wed", "thu", "fri"]
DAY = {"daysOfWeek": WEEK, "availableStartTime": "08:00:00", "availableEndTime": "17:00:00"}
CLOSED = {"notAvailable": [{"description": "检修", "during": {"start": "2025-03-10", "end": "2025-03-11"}}]}
NIGHT = {"daysOfWeek": ["fri"], "availableStartTime": "20:00:00", "availableEndTime": "06:00:00"}


@pytest.mark.parametrize(
    ("service", "at", "expected"),
    [
        ({}, "2025-03-10T03:00", True),
        ({"availableTime": [{"allDay": True}]}, "2025-03-10T03:00", True),
        ({"availableTime": [{"allDay": True, "daysOfWeek": ["sun"]}]}, "2025-03-10T03:00", False),
        ({"availableTime": [DAY]}, "2025-03-10T08:00", True),
        ({"availableTime": [DAY]}, "2025-03-10T07:59", False),
        ({"availableTime": [DAY]}, "2025-03-10T17:00", False),
        ({"availableTime": [DAY]}, "2025-03-09T12:00", False),
        ({"availableTime": [DAY, {"daysOfWeek": ["sun"], "allDay": True}]}, "2025-03-09T12:00", True),
        ({"availableTime": [{"daysOfWeek": WEEK}]}, "2025-03-10T23:59", True),
        ({"availableTime": [NIGHT]}, "2025-03-14T20:00", True),
        ({"availableTime": [NIGHT]}, "2025-03-15T05:59", True),
        ({"availableTime": [NIGHT]}, "2025-03-14T05:59", False),
        ({"availableTime": [NIGHT]}, "2025-03-15T20:00", False),
        (
            {"notAvailable": [{"description": "a", "during": {"start": "2025-03-10", "end": "2025-03-11"}}]},
            "2025-03-11T23:00",
            False,
        ),
        (
            {"notAvailable": [{"description": "a", "during": {"start": "2025-03-10", "end": "2025-03-11"}}]},
            "2025-03-12T00:00",
            True,
        ),
        ({"notAvailable": [{"description": "a"}]}, "2025-03-12T00:00", True),
    ],
)
def test_opening(service: dict[str, Any], at: str, expected: bool) -> None:
    assert is_open(service, datetime.fromisoformat(at).replace(tzinfo=ZONE), ZONE) is expected
