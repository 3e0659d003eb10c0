"""How far apart two places are: the straight line over the ground."""

from __future__ import annotations

from collections.abc import Mapping
from math import asin, cos, radians, sin, sqrt
from typing import Any, NamedTuple

#: Mean radius of the earth in kilometres.
_EARTH = 6371.0088


class Place(NamedTuple):
    """Degrees, WGS 84."""

    latitude: float
    longitude: float


def place(position: Mapping[str, Any] | None) -> Place | None:
    """The place of a Location.position; None where it lacks a coordinate."""
    if not position or "latitude" not in position or "longitude" not in position:
        return None
    return Place(float(position["latitude"]), float(position["longitude"]))


def kilometres(one: Place, other: Place) -> float:
    """The great-circle distance (haversine), which is exact near zero as well."""
    phi, psi = radians(one.latitude), radians(other.latitude)
    across = sin(radians(other.longitude - one.longitude) / 2) ** 2 * cos(phi) * cos(psi)
    return 2 * _EARTH * asin(sqrt(min(1.0, sin((psi - phi) / 2) ** 2 + across)))
