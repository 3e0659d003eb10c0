from __future__ import annotations

import pytest

from fhirserver.spec.search_parameters import all_search_parameters, search_parameters
from fhirserver.spec.structures import RESOURCE_TYPES


def test_parameters_of_a_type_include_the_inherited() -> None:
    patient = search_parameters("Patient")
    assert {"birthdate", "_id", "_lastUpdated", "_text", "_content"} <= set(patient)
    assert patient["birthdate"].type == "date"
    assert "_text" not in search_parameters("Binary")  # not a DomainResource


def test_one_definition_for_several_types() -> None:
    patient = search_parameters("Observation")["patient"]
    assert patient.url == "http://hl7.org/fhir/SearchParameter/clinical-patient"
    assert patient is search_parameters("Condition")["patient"]
    assert {"Observation", "Condition"} < set(patient.base)


def test_composites_name_their_components() -> None:
    code_value = search_parameters("Observation")["code-value-quantity"]
    assert code_value.type == "composite"
    assert code_value.component == (
        ("http://hl7.org/fhir/SearchParameter/clinical-code", "code"),
        ("http://hl7.org/fhir/SearchParameter/Observation-value-quantity", "value.as(Quantity)"),
    )
    urls = {parameter.url for parameter in all_search_parameters()}
    assert {url for parameter in all_search_parameters() for url, _ in parameter.component} <= urls


def test_examples_do_not_shadow_the_real_ones() -> None:
    assert search_parameters("Condition")["subject"].url.endswith("/Condition-subject")
    assert search_parameters("Patient")["_id"].url.endswith("/Resource-id")


def test_every_base_is_a_type() -> None:
    bases = {base for parameter in all_search_parameters() for base in parameter.base}
    assert bases < RESOURCE_TYPES | {"Resource", "DomainResource"}


def test_unknown_type() -> None:
    with pytest.raises(KeyError):
        search_parameters("Nonsense")
