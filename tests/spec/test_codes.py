from __future__ import annotations

import pytest

from fhirserver.spec.codes import codes, codings
from fhirserver.spec.structures import COMPLEX_TYPES, RESOURCE_TYPES, structure

VS = "http://hl7.org/fhir/ValueSet/"


def test_a_whole_code_system() -> None:
    assert codes(VS + "administrative-gender") == {"male", "female", "other", "unknown"}
    assert codings(VS + "administrative-gender") == {
        "http://hl7.org/fhir/administrative-gender": {"male", "female", "other", "unknown"}
    }


def test_codes_of_a_hierarchy_and_of_several_systems() -> None:
    statuses = codes(VS + "clinicalimpression-status")
    assert statuses == {"in-progress", "completed", "entered-in-error"}
    clinical = codes(VS + "condition-clinical")
    assert clinical == {"active", "recurrence", "relapse", "inactive", "remission", "resolved"}
    types = codes(VS + "all-types")
    assert types and {"Patient", "HumanName", "string", "Any", "Type", "DomainResource"} <= types


def test_an_expansion_of_hl7_where_nothing_can_be_composed() -> None:
    currencies = codes(VS + "currencies")
    assert currencies and {"CNY", "EUR", "CHF"} <= currencies


@pytest.mark.parametrize(
    "value_set", [VS + "mimetypes", VS + "ucum-units", "http://loinc.org/vs/LL379-9", VS + "no-such", ""]
)
def test_what_cannot_be_listed(value_set: str) -> None:
    assert codes(value_set) is None
    assert codings(value_set) is None


def test_every_other_required_binding_has_codes() -> None:
    bound = {
        element.binding.value_set
        for name in RESOURCE_TYPES | COMPLEX_TYPES
        for element in structure(name).elements
        if element.binding and element.binding.strength == "required"
    }
    unlisted = {value_set.rpartition("/")[2] for value_set in bound if not codes(value_set)}
    assert unlisted == {"mimetypes", "ucum-units", "LL379-9"}
