"""search.html#special, location.html: `near` with the real distance over the ground.

A position is kept as a point on the unit sphere. The straight line between two points (the chord) grows with their
distance, so SQL compares a sum of squares and needs no trigonometry.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from math import cos, degrees, radians, sin
from typing import TYPE_CHECKING, Any

from fhirserver.fhirpath.units import unit
from fhirserver.search import messages
from fhirserver.search.criteria import Criterion, Rows, either
from fhirserver.search.entries import Entries
from fhirserver.search.numbers import number
from fhirserver.search.sql import Sql
from fhirserver.search.values import split, unescape

if TYPE_CHECKING:
    from fhirserver.search.parameters import Parameter
    from fhirserver.search.scope import Scope

MODIFIERS: tuple[str, ...] = ()

#: Mean radius of the earth in metres.
_EARTH = 6_371_008.8
#: "If the units are omitted, then kms should be assumed"; without a distance, "a reasonable" one: 50 km.
_UNIT = "km"
_DISTANCE = Decimal(50)


def point(latitude: float, longitude: float) -> tuple[float, float, float]:
    """A position in degrees on the unit sphere."""
    phi, theta = radians(latitude), radians(longitude)
    return cos(phi) * cos(theta), cos(phi) * sin(theta), sin(phi)


def index(entries: Entries, path: int, value: Any, type: str) -> None:
    """Add the entry of one Location.position."""
    latitude, longitude = number(value.get("latitude")), number(value.get("longitude"))
    if latitude is not None and longitude is not None:
        entries.positions.add((path, float(latitude), *point(float(latitude), float(longitude))))


def criterion(scope: Scope, parameter: Parameter, modifier: str | None, values: Sequence[str]) -> Criterion:
    """``[latitude]|[longitude]|[distance]|[units]``."""
    return either([_one(parameter, value) for value in values])


def _one(parameter: Parameter, value: str) -> Criterion:
    try:
        latitude, longitude, metres = _read([unescape(part) for part in split(value, "|")])
    except (ValueError, InvalidOperation):
        raise messages.VALUE_FORM.error(
            name=parameter.code, found=value, kind="special", expected="latitude|longitude|distance|km"
        ) from None
    angle = min(metres / _EARTH, 3.1415926535)
    chord = 2 * sin(angle / 2)
    x, y, z = point(latitude, longitude)
    reach = degrees(angle) + 1e-9
    condition = Sql(
        "x.latitude >= ? AND x.latitude <= ? AND "
        "(x.x - ?) * (x.x - ?) + (x.y - ?) * (x.y - ?) + (x.z - ?) * (x.z - ?) <= ?",
        (latitude - reach, latitude + reach, x, x, y, y, z, z, chord * chord + 1e-15),
    )
    return Rows("ix_position", parameter.paths, condition, 3)


def _read(parts: list[str]) -> tuple[float, float, float]:
    """Latitude and longitude in degrees, the distance in metres. ValueError when they are none."""
    if not 2 <= len(parts) <= 4:
        raise ValueError(parts)
    latitude, longitude = Decimal(parts[0]), Decimal(parts[1])
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        raise ValueError(parts)
    distance = Decimal(parts[2]) if len(parts) > 2 and parts[2] else _DISTANCE
    length = unit(parts[3] if len(parts) > 3 and parts[3] else _UNIT)
    if distance < 0 or not distance.is_finite() or length is None or length.dimension != (("m", 1),):
        raise ValueError(parts)
    return float(latitude), float(longitude), float(distance) * float(length.factor)
