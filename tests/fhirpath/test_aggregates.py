"""#aggregates."""

from __future__ import annotations

import pytest

from tests.fhirpath.evaluating import PATIENT, values


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("(1 | 2 | 3).aggregate($this + $total, 0)", [6]),
        ("(3 | 1 | 2).aggregate(iif($total.empty(), $this, iif($this < $total, $this, $total)))", [1]),
        ("{}.aggregate($this + $total, 7)", [7]),
        ("{}.aggregate($this)", []),
        ("name.aggregate($total + given.aggregate($total + $index, 0), 0)", [1]),
        ("(5 | 6).aggregate($total + $index, 0)", [1]),
        ("$total | $index", []),
    ],
)
def test_aggregate(expression: str, expected: list[object]) -> None:
    assert values(expression, PATIENT) == expected
