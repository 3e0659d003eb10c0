"""HL7's expansions of R4's value sets: the same codes come out of the definitions, or known_gaps.csv says why not."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest

from fhirserver.conformance.registry import Registry
from fhirserver.outcome import FhirError
from fhirserver.resource.json import decode
from fhirserver.terminology.expand import Options, expand
from fhirserver.terminology.terminology import Terminology
from tests.support.gaps import known_gaps
from tests.support.suites import package_files

EXPANSIONS = "packages/hl7.fhir.r4.expansions-4.0.1.tgz"

pytestmark = pytest.mark.official


@cache
def terminology() -> Terminology:
    return Terminology(Registry())


@cache
def reference() -> dict[str, dict[str, Any]]:
    """HL7's expanded value sets by id, as far as R4 itself defines them."""
    files = (decode(body) for name, body in package_files(EXPANSIONS) if name.startswith("ValueSet-"))
    return {row["id"]: row for row in files if terminology().value_set(row["url"]) is not None}


def contained(rows: list[dict[str, Any]]) -> Iterator[tuple[str, str]]:
    for row in rows:
        yield row["system"], row["code"]
        yield from contained(row.get("contains", []))


def ours(value_set: dict[str, Any]) -> dict[str, Any]:
    found = terminology().value_set(f"{value_set['url']}|{value_set['version']}")
    assert found is not None
    return expand(terminology(), found, Options(), identifier="urn:uuid:0", timestamp="2025-03-10T08:00:00Z")


def difference(value_set: dict[str, Any]) -> str:
    """In what our list differs from HL7's, empty when it does not."""
    expected = list(contained(value_set["expansion"].get("contains", [])))
    try:
        found = list(contained(ours(value_set).get("contains", [])))
    except FhirError as error:
        return "; ".join(issue.text() for issue in error.issues)
    missing, added = sorted({*expected} - {*found}), sorted({*found} - {*expected})
    if len(found) != len({*found}):
        return "a code comes twice"
    return f"missing {missing}, added {added}" if missing or added else ""


@pytest.mark.parametrize("id", sorted(reference()))
def test_the_codes_are_those_of_the_reference(id: str) -> None:
    found = difference(reference()[id])
    assert bool(found) is (id in known_gaps("expansions")), found


def test_every_known_gap_is_a_value_set_of_the_package() -> None:
    assert set(known_gaps("expansions")) <= set(reference())


def test_every_value_set_of_the_package_is_known_but_one() -> None:
    names = {decode(body)["id"] for name, body in package_files(EXPANSIONS) if name.startswith("ValueSet-")}
    assert len(names - set(reference())) == 1, "only an example that is no part of R4"
