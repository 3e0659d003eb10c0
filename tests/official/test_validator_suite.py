"""HL7's validator suite for R4: each verdict is the reference validator's, or known_gaps.csv says why not.

The reference ran some cases with options of its own; what corresponds to them here is in `policy`.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from functools import cache
from typing import Any

import msgspec
import pytest

from fhirserver.conformance.clients import Clients, Memory
from fhirserver.conformance.registry import Registry
from fhirserver.outcome import FhirError, Issue
from fhirserver.resource import json, xml
from fhirserver.terminology.terminology import Terminology
from fhirserver.validation import Validator
from fhirserver.validation.knowledge import Knowledge, Policy
from tests.support.gaps import known_gaps
from tests.support.suites import suite

pytestmark = pytest.mark.official

FOLDER = suite("validator")
CASES: list[dict[str, Any]] = msgspec.json.decode((FOLDER / "cases.json").read_bytes())
GAPS = known_gaps("validator")
#: Cases the reference ran with its security checks: no HTML in texts.
NO_HTML = frozenset({"pat-security-bad-string", "pat-security-good3", "bad-markdown-no-html"})
#: Of the errors in cases that are not valid, at least this many are found on the very element the reference names.
SAME_ELEMENT = 0.88


def load(name: str) -> dict[str, Any]:
    body = (FOLDER / "files" / name).read_bytes()
    return xml.decode(body) if name.endswith(".xml") else json.decode(body)


def policy(name: str) -> Policy:
    """The defaults, but for those that the reference ran with an option of its own."""
    return Policy(embedded_html="refuse") if name in NO_HTML else Policy()


@cache
def errors(number: int) -> tuple[Issue, ...]:
    case = CASES[number]
    definitions = Memory()
    profiles = []
    files = [*case.get("supporting", ()), *([case["profile"]] if "profile" in case else ())]
    for place, name in enumerate(dict.fromkeys(files)):
        resource = load(name)
        definitions.changed({**resource, "id": f"d{place}"})
        if name == case.get("profile"):
            profiles.append(resource["url"])
    registry = Registry([Clients(definitions)])
    knowledge = Knowledge(registry, Terminology(registry), policy(case["name"]), lambda: datetime.now(UTC))
    try:
        issues = list(Validator(knowledge).check(load(case["file"]), profiles=profiles))
    except FhirError as error:
        issues = error.issues
    return tuple(issue for issue in issues if issue.severity in ("error", "fatal"))


def element(expression: str) -> str:
    """A FHIRPath without what the reference puts into it for people."""
    return re.sub(r"/\*[^*]*\*/|\.ofType\(\w+\)", "", expression).rstrip(".")


@pytest.mark.parametrize("number", range(len(CASES)), ids=lambda number: CASES[number]["name"])
def test_the_verdict_is_that_of_the_reference(number: int) -> None:
    case = CASES[number]
    found = errors(number)
    agrees = (not found) == case["valid"]
    if case["name"] in GAPS:
        assert not agrees, "a known gap is none any more: take its row out"
        pytest.xfail(GAPS[case["name"]])
    assert agrees, [f"{issue.expression}: {issue.text()}" for issue in found]


def test_errors_are_found_where_the_reference_finds_them() -> None:
    invalid = [(number, case) for number, case in enumerate(CASES) if not case["valid"]]
    same = [
        case["name"]
        for number, case in invalid
        if {element(row["expression"]) for row in case["errors"]}
        & {element(each.expression) for each in errors(number)}
    ]
    assert len(same) / len(invalid) >= SAME_ELEMENT
