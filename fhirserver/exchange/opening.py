"""Whether a HealthcareService is open at a moment: availableTime, allDay, notAvailable (healthcareservice.html)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from fhirserver.resource.dates import microseconds, period

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def is_open(service: Mapping[str, Any], at: datetime, zone: ZoneInfo) -> bool:
    """Whether it is open. One that states no times is: they are not known, and nobody is sent away for that."""
    moment = microseconds(at)
    for closed in service.get("notAvailable", ()):
        during = period(closed["during"], zone) if "during" in closed else None
        if during is not None and during.lo <= moment < during.hi:
            return False
    times = service.get("availableTime", ())
    local = at.astimezone(zone)
    return not times or any(_holds(each, local) for each in times)


def _holds(times: Mapping[str, Any], local: datetime) -> bool:
    if times.get("allDay") is True:
        return _is_on(times, local)
    start, end = times.get("availableStartTime", "00:00:00"), times.get("availableEndTime", "24:00:00")
    clock = local.strftime("%H:%M:%S")
    if start < end:
        return start <= clock < end and _is_on(times, local)
    # over midnight: the small hours belong to the day before
    return (clock >= start and _is_on(times, local)) or (clock < end and _is_on(times, local - timedelta(days=1)))


def _is_on(times: Mapping[str, Any], local: datetime) -> bool:
    days = times.get("daysOfWeek")
    return not days or _DAYS[local.weekday()] in days
