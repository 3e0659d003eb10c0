"""#subsetting."""

from __future__ import annotations

import pytest

from tests.fhirpath.evaluating import PATIENT, error, values


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("name.given[0]", ["Peter"]),
        ("name.given[3]", []),
        ("name.given[-1]", []),
        ("name.given[{}]", []),
        ("name.given[name.count()]", ["Jim"]),
        ("name[1].given.single()", ["Jim"]),
        ("photo.single()", []),
        ("name.given.first()", ["Peter"]),
        ("name.given.last()", ["Jim"]),
        ("photo.last()", []),
        ("name.given.tail()", ["James", "Jim"]),
        ("name.given.skip(2)", ["Jim"]),
        ("name.given.skip(-1).count()", [3]),
        ("name.given.skip({})", []),
        ("name.given.take(1)", ["Peter"]),
        ("name.given.take(0)", []),
        ("name.given.take(-1)", []),
        ("(1 | 2 | 3).combine(2).intersect(2 | 3 | 4)", [2, 3]),
        ("(1 | 2).combine(2).exclude(1)", [2, 2]),
        ("name.exclude(name.first()).given", ["Jim"]),
    ],
)
def test_subsetting(expression: str, expected: list[object]) -> None:
    assert values(expression, PATIENT) == expected


def test_single_of_several_is_an_error() -> None:
    assert error("name.single()", PATIENT) == "fhirpath-not-single"
    assert error("name['a']", PATIENT) == "fhirpath-wrong-type"
