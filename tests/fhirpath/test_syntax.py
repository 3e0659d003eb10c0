"""Walking the tree."""

from __future__ import annotations

import pytest

from fhirserver.fhirpath.parser import parse
from fhirserver.fhirpath.syntax import Member, parts, type_name, uses_special


@pytest.mark.parametrize(
    ("text", "expected"),
    [("Patient", "Patient"), ("FHIR.`Patient`", "FHIR.Patient"), ("f()", None), ("f().Patient", None), ("'x'", None)],
)
def test_type_names(text: str, expected: str | None) -> None:
    assert type_name(parse(text)) == expected


@pytest.mark.parametrize(
    ("text", "count"),
    [("a", 0), ("a.b", 1), ("f(a, b)", 2), ("a.f(b)", 2), ("a[0]", 2), ("-a", 1), ("a + b", 2), ("1", 0)],
)
def test_parts(text: str, count: int) -> None:
    assert len(parts(parse(text))) == count


def test_specials_are_found_at_any_depth() -> None:
    total = frozenset(("total",))
    assert uses_special(parse("a.where(b = (1 | -$total))"), total)
    assert not uses_special(parse("a.where($this = $index)"), total)
    assert isinstance(parse("a"), Member)
