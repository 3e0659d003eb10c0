"""The straight line over the ground."""

from __future__ import annotations

import pytest

from fhirserver.exchange.distances import Place, kilometres, place


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (Place(36.07, 120.38), Place(36.07, 120.38), 0.0),
        (Place(0, 0), Place(0, 1), 111.195),
        (Place(0, 0), Place(1, 0), 111.195),
        (Place(0, 0), Place(0, 180), 20015.114),
        (Place(90, 0), Place(-90, 50), 20015.114),
        (Place(0, 179.5), Place(0, -179.5), 111.195),
        (Place(36.07, 120.38), Place(36.07, 120.3801), 0.009),
    ],
)
def test_distances(one: Place, other: Place, expected: float) -> None:
    assert kilometres(one, other) == pytest.approx(expected, abs=0.001)
    assert kilometres(other, one) == pytest.approx(expected, abs=0.001)


def test_a_place_needs_both_coordinates() -> None:
    assert place({"latitude": 1, "longitude": 2}) == (1.0, 2.0)
    assert place({"latitude": 1}) is place({}) is place(None) is None
