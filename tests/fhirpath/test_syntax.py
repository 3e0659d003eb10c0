"""Names of types in the tree."""

from __future__ import annotations

import pytest

from fhirserver.fhirpath.parser import parse
from fhirserver.fhirpath.syntax import type_name


@pytest.mark.parametrize(
    ("text", "expected"),
    [("Patient", "Patient"), ("FHIR.`Patient`", "FHIR.Patient"), ("f()", None), ("f().Patient", None), ("'x'", None)],
)
def test_type_names(text: str, expected: str | None) -> None:
    assert type_name(parse(text)) == expected
