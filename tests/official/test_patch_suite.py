"""HL7's patch cases (FHIR/fhir-test-cases): each one is a test."""

from __future__ import annotations

import json as plain
from typing import Any

import pytest
from lxml import etree

from fhirserver.outcome import FhirError
from fhirserver.patch import fhirpath_patch, json_patch
from fhirserver.resource import xml
from tests.support.suites import suite

pytestmark = pytest.mark.official


def _json_cases() -> list[Any]:
    cases = plain.loads(suite("patch/json-patch-tests.json").read_text())
    return [pytest.param(case, id=case["comment"]) for case in cases if not case.get("disabled")]


def _fhirpath_cases() -> list[Any]:
    root = etree.fromstring(suite("patch/fhir-patch-tests.xml").read_bytes())
    return [pytest.param(case, id=case.get("name")) for case in root.iter("case")]


@pytest.mark.parametrize("case", _json_cases())
def test_json_patch(case: dict[str, Any]) -> None:
    if "error" in case:
        with pytest.raises(FhirError):
            json_patch.apply(case["doc"], case["patch"])
    else:
        assert json_patch.apply(case["doc"], case["patch"]) == case.get("expected", case["doc"])


@pytest.mark.parametrize("case", _fhirpath_cases())
def test_fhirpath_patch(case: Any) -> None:
    before, patch = _resource(case.find("input")), _resource(case.find("diff"))
    if case.find("error") is not None:
        with pytest.raises(FhirError):
            fhirpath_patch.apply(before, patch)
    else:
        assert fhirpath_patch.apply(before, patch) == _resource(case.find("output"))


def _resource(holder: Any) -> dict[str, Any]:
    return xml.decode(etree.tostring(holder[0]))
