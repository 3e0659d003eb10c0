from __future__ import annotations

import pytest

from fhirserver.outcome import FhirError
from fhirserver.terminology.subsumes import is_subsumed, subsumed_codes, subsumes, subsuming_codes
from tests.support.terms import code_system, terminology

KNOWN = terminology(code_system("urn:s", ("a", None, ("b", None, "c"), "d")))


@pytest.mark.parametrize(
    ("a", "b", "outcome"),
    [
        ("a", "a", "equivalent"),
        ("a", "c", "subsumes"),
        ("c", "a", "subsumed-by"),
        ("b", "d", "not-subsumed"),
    ],
)
def test_outcomes(a: str, b: str, outcome: str) -> None:
    assert subsumes(KNOWN, "urn:s", a, b) == outcome
    assert is_subsumed(KNOWN, "urn:s", a, b) is (outcome in ("equivalent", "subsumes"))


def test_below_and_above() -> None:
    assert list(subsumed_codes(KNOWN, "urn:s", "b")) == ["b", "c"]
    assert list(subsuming_codes(KNOWN, "urn:s", "c")) == ["c", "b", "a"]


@pytest.mark.parametrize(
    ("system", "code", "key"),
    [
        ("urn:s", "z", "code-not-found"),
        ("urn:nowhere", "a", "code-system-unknown"),
        ("http://snomed.info/sct", "1", "code-system-without-hierarchy"),
        ("http://unitsofmeasure.org", "mg", "code-system-without-hierarchy"),
    ],
)
def test_what_nobody_can_tell(system: str, code: str, key: str) -> None:
    for ask in (lambda: subsumes(KNOWN, system, code, code), lambda: list(subsumed_codes(KNOWN, system, code))):
        with pytest.raises(FhirError) as raised:
            ask()
        assert [issue.key for issue in raised.value.issues] == [key]
    assert is_subsumed(KNOWN, system, code, "a") is False
