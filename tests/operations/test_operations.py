"""The operations of terminology as the route table calls them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from fhirserver.conformance.folder import Folder
from fhirserver.interactions.message import Request
from fhirserver.interactions.table import ROUTES, Routes
from fhirserver.operations.table import OPERATIONS, routes, run
from fhirserver.outcome import FhirError
from fhirserver.resource import json
from fhirserver.store.rows import Version
from fhirserver.terminology import china
from fhirserver.terminology.terminology import Terminology
from fhirserver.validation import Validator
from tests.support.terms import code_system, registry, value_set

GENDER = "http://hl7.org/fhir/ValueSet/administrative-gender"
SEX = "urn:oid:2.16.156.10011.2.3.3.4"
SHANGHAI = ZoneInfo("Asia/Shanghai")
ACT = "http://terminology.hl7.org/CodeSystem/v3-ActCode"


class Stored:
    """A store with these resources."""

    def __init__(self, *resources: dict[str, Any]) -> None:
        self._bodies = {(row["resourceType"], row["id"]): json.encode(row) for row in resources}

    def read(self, type: str, id: str) -> Version | None:
        body = self._bodies.get((type, id))
        return Version(type, id, 1, 0, "PUT", body) if body else None


OWN = {**value_set("urn:own", {"system": "http://hl7.org/fhir/administrative-gender"}), "id": "own", "status": "draft"}


def known() -> Terminology:
    own = code_system("urn:s", "a", "b", version="1")
    return Terminology(registry(own, layers=(Folder(china.FOLDER),)))


@dataclass
class Context:
    terminology: Terminology = field(default_factory=known)
    store: Stored = field(default_factory=lambda: Stored(OWN))
    zone: ZoneInfo = SHANGHAI
    now: Callable[[], datetime] = lambda: datetime(2025, 3, 10, tzinfo=UTC)
    new_id: Callable[[], str] = lambda: "6b0a9e0e-0000-4000-8000-000000000001"


CONTEXT = Context()


def request(path: str, resource: dict[str, Any] | None, query: dict[str, Any]) -> Request:
    pairs = [(name, each) for name, value in query.items() for each in (value if isinstance(value, list) else [value])]
    method = "GET" if resource is None else "POST"
    return Request(method, tuple(path.split("/")), "http://localhost/fhir", query=pairs, resource=resource)


def call(path: str, resource: dict[str, Any] | None = None, **query: Any) -> dict[str, Any]:
    """The answer to a call, which has to be a valid resource."""
    response = run(OPERATIONS, CONTEXT, request(path, resource, query))
    assert response.status == 200
    assert response.body is not None
    answer = json.decode(response.body)
    assert [issue.text() for issue in Validator().check(answer) if issue.severity == "error"] == []
    return answer


def refused(path: str, resource: dict[str, Any] | None = None, **query: Any) -> tuple[int, list[str]]:
    with pytest.raises(FhirError) as raised:
        run(OPERATIONS, CONTEXT, request(path, resource, query))
    return raised.value.status, [issue.key for issue in raised.value.issues]


def parameters(**values: Any) -> dict[str, Any]:
    """A Parameters resource; names as ``code_valueCode``."""
    rows = []
    for name, value in values.items():
        name, _, type = name.partition("_")
        rows.append({"name": name, type: value})
    return {"resourceType": "Parameters", "parameter": rows}


def named(answer: dict[str, Any]) -> dict[str, Any]:
    """The simple parameters of an answer by name."""
    rows = (
        (row["name"], next((value for part, value in row.items() if part != "name"), None))
        for row in answer["parameter"]
    )
    return dict(rows)


# -- $expand


def test_expand_by_url() -> None:
    answer = call("ValueSet/$expand", url=GENDER)
    assert answer["url"] == GENDER
    assert "compose" not in answer
    expansion = answer["expansion"]
    assert expansion["identifier"] == "urn:uuid:6b0a9e0e-0000-4000-8000-000000000001"
    assert expansion["timestamp"] == "2025-03-10T08:00:00.000+08:00"
    assert [row["code"] for row in expansion["contains"]] == ["male", "female", "other", "unknown"]


def test_expand_with_its_definition() -> None:
    assert "compose" in call("ValueSet/$expand", url=GENDER, includeDefinition="true")


def test_expand_a_version() -> None:
    assert call("ValueSet/$expand", url=GENDER, valueSetVersion="4.0.1")["version"] == "4.0.1"
    assert refused("ValueSet/$expand", url=GENDER, valueSetVersion="9") == (404, ["value-set-unknown"])


def test_expand_an_instance() -> None:
    assert call("ValueSet/own/$expand")["expansion"]["total"] == 4
    assert call("ValueSet/gbt-2261-1/$expand")["expansion"]["total"] == 4, "the server brings this one itself"
    assert refused("ValueSet/nowhere/$expand") == (404, ["operation-resource-unknown"])


def test_expand_what_is_sent() -> None:
    sent = {**value_set("urn:sent", {"system": "urn:s"}), "status": "draft"}
    for body in (sent, parameters(valueSet_resource=sent)):
        assert call("ValueSet/$expand", body, filter="b")["expansion"]["total"] == 1


def test_expand_what_an_element_is_bound_to() -> None:
    context = "http://hl7.org/fhir/StructureDefinition/Patient#Patient.gender"
    assert call("ValueSet/$expand", context=context)["url"] == GENDER
    for wrong in ("http://hl7.org/fhir/StructureDefinition/Patient#Patient.name", "urn:nowhere#x"):
        assert refused("ValueSet/$expand", context=wrong) == (404, ["operation-context-unknown"])


def test_expand_with_everything() -> None:
    body = parameters(
        url_valueUri=GENDER,
        filter_valueString="m",
        offset_valueInteger=0,
        count_valueInteger=10,
        includeDesignations_valueBoolean=True,
        designation_valueString="urn:ietf:bcp:47|zh",
        activeOnly_valueBoolean=True,
        excludeNested_valueBoolean=False,
        displayLanguage_valueCode="zh",
        date_valueDateTime="2030-01-01",
    )
    body["parameter"].append({"name": "exclude-system", "valueCanonical": "urn:s"})
    body["parameter"].append({"name": "system-version", "valueCanonical": "urn:s|1"})
    expansion = call("ValueSet/$expand", body)["expansion"]
    assert [row["code"] for row in expansion["contains"]] == ["male"]
    assert {row["name"] for row in expansion["parameter"]} >= {"filter", "count", "designation", "exclude-system"}


@pytest.mark.parametrize(
    ("query", "status", "key"),
    [
        ({}, 400, "operation-parameter-missing"),
        ({"url": "urn:nowhere"}, 404, "value-set-unknown"),
        ({"url": GENDER, "cout": "2"}, 400, "operation-parameter-unknown"),
        ({"url": [GENDER, GENDER]}, 400, "operation-parameter-repeated"),
        ({"url": GENDER, "count": "many"}, 400, "operation-parameter-type"),
        ({"url": GENDER, "count": "-1"}, 400, "operation-parameter-type"),
        ({"url": GENDER, "activeOnly": "yes"}, 400, "operation-parameter-type"),
        ({"valueSet": "x"}, 400, "operation-parameter-not-in-url"),
        ({"url": GENDER, "date": "2020"}, 400, "operation-parameter-not-supported"),
        ({"url": "http://hl7.org/fhir/ValueSet/condition-code"}, 422, "code-system-empty"),
        ({"url": "http://hl7.org/fhir/ValueSet/ucum-units"}, 422, "code-system-endless"),
    ],
)
def test_expand_refuses(query: dict[str, Any], status: int, key: str) -> None:
    assert refused("ValueSet/$expand", **query) == (status, [key])


def test_general_parameters_are_not_the_operations() -> None:
    assert call("ValueSet/$expand", url=GENDER, _format="json", _pretty="true")["url"] == GENDER


def test_a_body_of_another_type_is_refused() -> None:
    patient = {"resourceType": "Patient"}
    assert refused("ValueSet/$expand", patient) == (400, ["operation-body-type"])
    assert refused("CodeSystem/$lookup", patient) == (400, ["operation-body-type"])
    wrong = parameters(valueSet_resource=patient)
    assert refused("ValueSet/$expand", wrong) == (400, ["operation-parameter-type"])
    assert refused("ValueSet/$expand", parameters(count_valueString="2")) == (400, ["operation-parameter-type"])


def test_text_types_are_taken_for_one_another() -> None:
    for type in ("valueUri", "valueUrl", "valueCanonical", "valueString"):
        assert call("ValueSet/$expand", parameters(**{f"url_{type}": GENDER}))["url"] == GENDER


# -- $validate-code


@pytest.mark.parametrize(
    ("query", "result"),
    [
        ({"code": "male"}, True),
        ({"code": "Male"}, False),
        ({"code": "male", "system": "http://hl7.org/fhir/administrative-gender", "display": "Male"}, True),
        ({"code": "male", "display": "Man"}, False),
        ({"code": "male", "system": "urn:other"}, False),
    ],
)
def test_validate_code_in_a_value_set(query: dict[str, str], result: bool) -> None:
    answer = named(call("ValueSet/$validate-code", url=GENDER, **query))
    assert answer["result"] is result
    assert ("message" in answer) is not result
    assert named(call("ValueSet/own/$validate-code", **query))["result"] is result


def test_validate_codings_and_concepts() -> None:
    right = {"system": "http://hl7.org/fhir/administrative-gender", "code": "male"}
    wrong = {"system": "urn:other", "code": "x"}
    for body, result in (
        (parameters(url_valueUri=GENDER, coding_valueCoding=right), True),
        (parameters(url_valueUri=GENDER, coding_valueCoding=wrong), False),
        (parameters(url_valueUri=GENDER, codeableConcept_valueCodeableConcept={"coding": [wrong, right]}), True),
        (parameters(url_valueUri=GENDER, codeableConcept_valueCodeableConcept={"text": "male"}), False),
    ):
        assert named(call("ValueSet/$validate-code", body))["result"] is result
    assert refused("ValueSet/$validate-code", url=GENDER) == (400, ["operation-parameter-missing"])


def test_validate_an_abstract_code() -> None:
    query = {"url": "http://hl7.org/fhir/ValueSet/account-type", "system": ACT, "code": "_ActAccountCode"}
    assert named(call("ValueSet/$validate-code", **query))["result"] is False
    assert named(call("ValueSet/$validate-code", **query, abstract="true"))["result"] is True


def test_a_code_that_nobody_can_tell_of_is_not_called_valid() -> None:
    url = "http://hl7.org/fhir/ValueSet/observation-codes"
    answer = named(call("ValueSet/$validate-code", url=url, system="http://loinc.org", code="8480-6"))
    assert answer["result"] is False
    assert "http://loinc.org" in answer["message"]
    assert "not installed" in answer["message"]


def test_validate_code_in_a_code_system() -> None:
    assert named(call("CodeSystem/$validate-code", url=SEX, code="1", displayLanguage="en")) == {
        "result": True,
        "display": "Male",
    }
    assert named(call("CodeSystem/$validate-code", url=SEX, code="3"))["result"] is False
    assert named(call("CodeSystem/gbt-2261-1/$validate-code", code="1"))["result"] is True
    body = parameters(coding_valueCoding={"system": SEX, "code": "1"})
    assert named(call("CodeSystem/$validate-code", body))["result"] is True
    assert named(call("CodeSystem/$validate-code", url="urn:s", version="1", code="a"))["result"] is True
    assert refused("CodeSystem/$validate-code", code="1") == (400, ["operation-parameter-missing"])
    sent = parameters(codeSystem_resource=code_system("urn:x"), code_valueCode="1")
    assert refused("CodeSystem/$validate-code", sent) == (400, ["operation-parameter-not-supported"])


# -- $lookup, $subsumes, $translate


def test_lookup() -> None:
    answer = call("CodeSystem/$lookup", system=SEX, code="1")
    assert (named(answer)["name"], named(answer)["display"]) == ("GB/T 2261.1 人的性别代码", "男性")
    body = parameters(coding_valueCoding={"system": SEX, "code": "1"}, property_valueCode="designation")
    assert [row["name"] for row in call("CodeSystem/$lookup", body)["parameter"]].count("designation") == 2
    assert refused("CodeSystem/$lookup", code="1") == (400, ["operation-parameter-missing"])
    assert refused("CodeSystem/$lookup", system=SEX, code="7") == (404, ["code-not-found"])


def test_subsumes() -> None:
    assert named(call("CodeSystem/$subsumes", system=ACT, codeA="FF", codeB="FFC")) == {"outcome": "subsumes"}
    assert named(call("CodeSystem/gbt-2261-2/$subsumes", codeA="21", codeB="20")) == {"outcome": "subsumed-by"}
    codings = [{"system": ACT, "code": code} for code in ("FF", "FF")]
    body = parameters(codingA_valueCoding=codings[0], codingB_valueCoding=codings[1])
    assert named(call("CodeSystem/$subsumes", body)) == {"outcome": "equivalent"}
    assert refused("CodeSystem/$subsumes", system=ACT, codeA="FF") == (400, ["operation-parameter-missing"])
    assert refused("CodeSystem/$subsumes", codeA="FF", codeB="FF") == (400, ["operation-parameter-missing"])


def test_translate() -> None:
    url = "https://medgroup.example.org/fhir/ConceptMap/gbt-2261-1-to-gender"
    for answer in (
        call("ConceptMap/$translate", url=url, system=SEX, code="1"),
        call("ConceptMap/gbt-2261-1-to-gender/$translate", system=SEX, code="1"),
        call("ConceptMap/$translate", system=SEX, code="1", targetsystem="http://hl7.org/fhir/administrative-gender"),
        call("ConceptMap/$translate", system=SEX, code="1", target=GENDER),
        call("ConceptMap/$translate", parameters(url_valueUri=url, coding_valueCoding={"system": SEX, "code": "1"})),
    ):
        assert named(answer)["result"] is True
        assert answer["parameter"][1] == {
            "name": "match",
            "part": [
                {"name": "equivalence", "valueCode": "equivalent"},
                {
                    "name": "concept",
                    "valueCoding": {"system": "http://hl7.org/fhir/administrative-gender", "code": "male"},
                },
                {"name": "source", "valueUri": url},
            ],
        }


def test_translate_back_and_in_vain() -> None:
    query = {"system": "http://hl7.org/fhir/administrative-gender", "targetsystem": SEX}
    assert named(call("ConceptMap/$translate", **query, code="male", reverse="true"))["result"] is True
    answer = named(call("ConceptMap/$translate", **query, code="other", reverse="true"))
    assert answer["result"] is False
    assert "other" in answer["message"]
    assert refused("ConceptMap/$translate", code="1") == (400, ["operation-parameter-missing"])
    assert refused("ConceptMap/$translate", url="urn:nowhere", system=SEX, code="1") == (404, ["concept-map-unknown"])


def test_translate_with_a_dependency_and_a_product() -> None:
    other = {"property": "urn:e", "system": "urn:t", "value": "9"}
    mapped = {"code": "x", "equivalence": "equivalent", "dependsOn": [other], "product": [other]}
    concept_map = {
        "resourceType": "ConceptMap",
        "status": "draft",
        "group": [{"source": "urn:a", "target": "urn:b", "element": [{"code": "1", "target": [mapped]}]}],
    }
    body = parameters(conceptMap_resource=concept_map, coding_valueCoding={"system": "urn:a", "code": "1"})
    assert named(call("ConceptMap/$translate", body))["result"] is False
    parts = [
        {"name": "element", "valueUri": "urn:e"},
        {"name": "concept", "valueCodeableConcept": {"coding": [{"system": "urn:t", "code": "9"}]}},
    ]
    body["parameter"].append({"name": "dependency", "part": parts})
    match = call("ConceptMap/$translate", body)["parameter"][1]
    assert {
        "name": "product",
        "part": [
            {"name": "element", "valueUri": "urn:e"},
            {"name": "concept", "valueCoding": {"system": "urn:t", "code": "9"}},
        ],
    } in match["part"]


# -- the table


@pytest.mark.parametrize("code", ["expand", "lookup", "subsumes", "translate", "validate-code"])
def test_every_operation_has_its_rows(code: str) -> None:
    table = Routes((*ROUTES, *routes()))
    for method in ("GET", "HEAD", "POST"):
        assert table.match(method, ("ValueSet", f"${code}"), "http://localhost/fhir").interaction == "operation"


@pytest.mark.parametrize("path", ["Patient/$expand", "ConceptMap/$validate-code", "CodeSystem/gbt-2261-1/$lookup"])
def test_an_operation_the_type_does_not_have(path: str) -> None:
    assert refused(path) == (404, ["operation-unknown"])
