"""HL7's 5,306 examples of R4: all are accepted but those that known_gaps.csv says are not valid.

By structure, invariants, the definitions of their extensions, and the profiles of R4 that they claim.
"""

from __future__ import annotations

from collections import defaultdict

import pytest

from fhirserver.resource.json import decode
from fhirserver.spec.structures import RESOURCE_TYPES
from tests.support.gaps import known_gaps
from tests.support.suites import package_files
from tests.validation.profiles import knowing

EXAMPLES = "packages/hl7.fhir.r4.examples-4.0.1.tgz"

pytestmark = pytest.mark.official


@pytest.fixture(scope="module")
def refused() -> dict[str, dict[str, list[str]]]:
    """Resource type -> file -> what the validator says of it, for files it does not accept."""
    validator = knowing()
    refused: dict[str, dict[str, list[str]]] = defaultdict(dict)
    for name, body in package_files(EXAMPLES):
        resource = decode(body)
        errors = [issue for issue in validator.check(resource) if issue.severity == "error"]
        said = [f"{issue.expression}: {issue.text()}" for issue in errors]
        if said:
            refused[resource["resourceType"]][name] = said
    return refused


@pytest.fixture(scope="module")
def gaps() -> dict[str, str]:
    return known_gaps("examples-structure")


@pytest.mark.parametrize("type", sorted(RESOURCE_TYPES))
def test_valid_examples_are_accepted(type: str, refused: dict[str, dict[str, list[str]]], gaps: dict[str, str]) -> None:
    assert {name: said for name, said in refused[type].items() if name not in gaps} == {}


def test_every_known_gap_is_still_one(refused: dict[str, dict[str, list[str]]], gaps: dict[str, str]) -> None:
    assert set(gaps) == {name for files in refused.values() for name in files}
