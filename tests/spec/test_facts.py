"""Compartments, operations, profiles and errata: the smaller tables."""

from __future__ import annotations

import pytest

from fhirserver.spec.compartments import compartments
from fhirserver.spec.errata import ERRATA
from fhirserver.spec.operations import operations
from fhirserver.spec.profiles import profile, profile_urls
from fhirserver.spec.search_parameters import search_parameters
from fhirserver.spec.structures import RESOURCE_TYPES


def test_the_five_compartments() -> None:
    assert set(compartments()) == {"Device", "Encounter", "Patient", "Practitioner", "RelatedPerson"}
    assert compartments()["Patient"]["Observation"] == ("subject", "performer")
    assert "Organization" not in compartments()["Patient"]


def test_compartments_are_made_of_search_parameters() -> None:
    unknown = [
        (compartment, type, code)
        for compartment, resources in compartments().items()
        for type, codes in resources.items()
        for code in codes
        if code not in search_parameters(type) and code != "{def}"
    ]
    assert unknown == []


def test_operations() -> None:
    found = {operation.url.rpartition("/")[2]: operation for operation in operations()}
    assert len(found) == 46
    everything = found["Patient-everything"]
    assert (everything.code, everything.resources, everything.system) == ("everything", ("Patient",), False)
    assert everything.type and everything.instance and not everything.affects_state
    assert [parameter.name for parameter in everything.parameters if parameter.use == "in"] == [
        *("start", "end", "_since", "_type", "_count"),
    ]
    lookup = found["CodeSystem-lookup"]
    (prop,) = [row for row in lookup.parameters if row.name == "property" and row.use == "out"]
    assert prop.max is None and [part.name for part in prop.parts][:2] == ["code", "value"]
    assert {type for operation in operations() for type in operation.resources} <= RESOURCE_TYPES | {"Resource"}


def test_profiles_of_the_core_package() -> None:
    vital_signs = profile("http://hl7.org/fhir/StructureDefinition/vitalsigns")
    assert (vital_signs["type"], vital_signs["derivation"]) == ("Observation", "constraint")
    elements = {element["id"]: element for element in vital_signs["differential"]["element"]}
    assert elements["Observation.category:VSCat"]["min"] == 1
    assert elements["Observation.effective[x]"]["constraint"] == [
        {
            "key": "vs-1",
            "severity": "error",
            "expression": "($this as dateTime).toString().length() >= 8",
        }
    ]
    assert len(profile_urls()) == 439
    assert profile(vital_signs["url"]) is not profile(vital_signs["url"])
    with pytest.raises(KeyError):
        profile("http://hl7.org/fhir/StructureDefinition/Patient")


def test_extensions_say_where_they_may_stand() -> None:
    birth_place = profile("http://hl7.org/fhir/StructureDefinition/patient-birthPlace")
    assert birth_place["context"] == [{"type": "element", "expression": "Patient"}]


def test_errata_are_complete_rows() -> None:
    assert ERRATA
    assert all(all(part.strip() for part in row) for row in ERRATA)
    assert all(".html" in row.anchor for row in ERRATA)
