"""The CapabilityStatement says what the route table does."""

from __future__ import annotations

import json
from typing import Any

import pytest

from fhirserver.interactions.capabilities import capability_statement
from fhirserver.interactions.context import Context
from fhirserver.interactions.message import Request
from fhirserver.interactions.table import ROUTES, Route, Routes, dispatch
from fhirserver.resource import xml
from fhirserver.search.parameters import Definitions
from fhirserver.spec.search_parameters import SearchParameter
from fhirserver.spec.structures import RESOURCE_TYPES, structure
from fhirserver.validation import Validator
from tests.support.suites import package_files

BASE = "http://fhir.example.org/fhir"
HL7 = "http://hl7.org/fhir"
STATEMENT = capability_statement(ROUTES, BASE, Definitions(), cors=True)


def test_it_is_valid() -> None:
    assert list(Validator().check(STATEMENT, type="CapabilityStatement")) == []


def test_it_goes_through_xml() -> None:
    assert xml.decode(xml.encode(STATEMENT)) == STATEMENT


def test_it_names_every_resource_type_once() -> None:
    types = [resource["type"] for resource in STATEMENT["rest"][0]["resource"]]
    assert types == sorted(RESOURCE_TYPES)


def test_it_says_what_the_rows_do() -> None:
    patient = dict(next(each for each in STATEMENT["rest"][0]["resource"] if each["type"] == "Patient"))
    assert [row["code"] for row in patient.pop("interaction")] == [
        "read",
        "vread",
        "update",
        "patch",
        "delete",
        "history-instance",
        "history-type",
        "create",
        "search-type",
    ]
    assert {
        "name": "identifier",
        "definition": f"{HL7}/SearchParameter/Patient-identifier",
        "type": "token",
    } in patient["searchParam"]
    assert "Patient:general-practitioner" in patient["searchInclude"]
    assert "Observation:subject" in patient["searchRevInclude"] and "Slot:schedule" not in patient["searchRevInclude"]
    for name in ("searchParam", "searchInclude", "searchRevInclude"):
        del patient[name]
    assert patient == {
        "type": "Patient",
        "profile": "http://hl7.org/fhir/StructureDefinition/Patient",
        "versioning": "versioned-update",
        "readHistory": True,
        "updateCreate": True,
        "conditionalRead": "full-support",
        "conditionalCreate": True,
        "conditionalUpdate": True,
        "conditionalDelete": "multiple",
    }
    assert [row["code"] for row in STATEMENT["rest"][0]["interaction"]] == [
        "history-system",
        "search-system",
        "transaction",
        "batch",
    ]
    assert f"{HL7}/CompartmentDefinition/patient" in STATEMENT["rest"][0]["compartment"]
    assert STATEMENT["rest"][0]["security"] == {"cors": True}


GONE = ("vread", "update", "history-system", "search-type", "search-system")


def test_a_row_less_is_a_statement_less() -> None:
    rows = tuple(row for row in ROUTES if row.interaction not in GONE)
    statement = capability_statement(rows, BASE, None, cors=False)
    patient = statement["rest"][0]["resource"][0]
    assert {"readHistory", "updateCreate", "versioning"}.isdisjoint(patient)
    assert {"code": "update"} not in patient["interaction"]
    assert [row["code"] for row in statement["rest"][0]["interaction"]] == ["transaction", "batch"]
    assert "compartment" not in statement["rest"][0]
    assert {"searchParam", "searchInclude", "searchRevInclude"}.isdisjoint(patient)
    assert list(Validator().check(statement)) == []


def test_a_row_more_is_a_statement_more() -> None:
    handler = ROUTES[0].handler
    more = (
        Route("patch", ("PATCH",), "{type}/{id}", handler),
        Route("transaction", ("POST",), "_x", handler, also=("batch",)),
    )
    rest = capability_statement((ROUTES[0], *more), BASE, None, cors=True)["rest"][0]
    assert rest["resource"][0]["interaction"] == [{"code": "patch"}]
    assert [row["code"] for row in rest["interaction"]] == ["transaction", "batch"]


def test_each_search_parameter_is_one_the_search_knows() -> None:
    known = Definitions()
    for resource in STATEMENT["rest"][0]["resource"]:
        stated = {each["name"]: each["type"] for each in resource["searchParam"]}
        compiled = known.of(resource["type"]).parameters
        assert set(stated) == set(compiled) - {"_query"}
        assert len(stated) == len(resource["searchParam"]), "cpb-12: names are unique"


def test_search_parameters_of_this_server() -> None:
    own = SearchParameter("http://example.org/sp", "blood", ("Patient",), "token", "Patient.extension.value")
    everywhere = SearchParameter("http://example.org/lang", "lang", ("Resource",), "token", "Resource.language")
    statement = capability_statement(ROUTES, BASE, Definitions([own, everywhere]), cors=True)
    for resource in statement["rest"][0]["resource"]:
        names = [each["name"] for each in resource["searchParam"]]
        assert ("blood" in names) == (resource["type"] == "Patient")
        assert "lang" in names


@pytest.mark.official
def test_what_is_normative(context: Context) -> None:
    response = dispatch(context, Request("GET", ("metadata",), BASE, [("mode", "normative")]))
    assert response.body is not None
    statement = json.loads(response.body)
    assert list(Validator().check(statement)) == []
    assert trial_use().isdisjoint(paths_of(statement, "CapabilityStatement"))


def trial_use() -> set[str]:
    """The elements the official definition marks as trial use."""
    files = package_files("packages/hl7.fhir.r4.core-4.0.1.tgz")
    definition = json.loads(
        next(text for name, text in files if name == "StructureDefinition-CapabilityStatement.json")
    )
    return {
        element["path"]
        for element in definition["snapshot"]["element"]
        for extension in element.get("extension", ())
        if extension["url"].endswith("structuredefinition-standards-status") and extension["valueCode"] == "trial-use"
    }


def paths_of(value: Any, path: str) -> set[str]:
    if isinstance(value, list):
        return set().union(*(paths_of(each, path) for each in value))
    if not isinstance(value, dict):
        return {path}
    return {path}.union(*(paths_of(each, f"{path}.{name}") for name, each in value.items()))


def test_the_etag_is_of_the_content(context: Context) -> None:
    def tag(rows: tuple[Route, ...] = ROUTES, base: str = BASE, query: list[tuple[str, str]] | None = None) -> str:
        from dataclasses import replace

        server = replace(context, routes=Routes(rows))
        return dispatch(server, Request("GET", ("metadata",), base, query or [])).headers["ETag"]

    assert tag() == tag()
    assert (
        len(
            {
                tag(),
                tag(base="http://other/fhir"),
                tag(tuple(row for row in ROUTES if row.interaction != "delete")),
                tag(query=[("_summary", "true")]),
            }
        )
        == 4
    )


def test_who_has_it_already(context: Context) -> None:
    tag = dispatch(context, Request("GET", ("metadata",), BASE)).headers["ETag"]
    for sent in (tag, f'W/"x", {tag}', "*", tag.removeprefix("W/")):
        response = dispatch(context, Request("GET", ("metadata",), BASE, headers={"if-none-match": sent}))
        assert (response.status, response.body, response.headers) == (304, None, {"ETag": tag}), sent
    assert dispatch(context, Request("GET", ("metadata",), BASE, headers={"if-none-match": 'W/"x"'})).status == 200


def test_the_facts_are_of_r4() -> None:
    assert structure("CapabilityStatement").element("CapabilityStatement.rest.resource.versioning")


@pytest.mark.parametrize("mode", ["other", ""])
def test_modes_that_are_not_offered(context: Context, mode: str) -> None:
    from fhirserver.outcome import FhirError

    with pytest.raises(FhirError) as caught:
        dispatch(context, Request("GET", ("metadata",), BASE, [("mode", mode)]))
    assert caught.value.status == 400
