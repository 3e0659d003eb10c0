"""The admission catalogue: the look-up, and through the door."""

from __future__ import annotations

from typing import Any

import pytest

from fhirserver.exchange.catalogue import targets
from tests.exchange.conftest import example
from tests.support.client import Client, Reply

CODES = "https://medgroup.example.org/fhir/CodeSystem"
ICD = f"{CODES}/icd-10-cn-clinical"
CLASS = f"{CODES}/disease-class"
ACT = "http://terminology.hl7.org/CodeSystem/v3-ActCode"


def concept_map(*rows: tuple[str, str]) -> dict[str, Any]:
    elements = [{"code": code, "target": [{"code": to, "equivalence": "relatedto"}]} for code, to in rows]
    return {"group": [{"source": ICD, "target": CLASS, "element": elements}]}


@pytest.mark.parametrize(
    ("code", "expected"),
    [("I10.x00x002", {"key"}), ("I10.x00x003", {"controlled"}), ("I10", {"controlled"}), ("I1", set()), ("J45", set())],
)
def test_a_category_stands_for_all_below_it(code: str, expected: set[str]) -> None:
    maps = [concept_map(("I10", "controlled"), ("I10.x00x002", "key"))]
    assert targets(maps, CLASS, ICD, code) == expected
    assert targets(maps, CLASS, f"{CODES}/icd-10-cn-nhsa", code) == set()


def encounter(hospital: str, code: str = "I10.x00x002", kind: str = "IMP", **more: Any) -> dict[str, Any]:
    return {
        "resourceType": "Encounter",
        "status": "in-progress",
        "class": {"system": ACT, "code": kind},
        "subject": {"reference": "Patient/demo-liu"},
        "serviceProvider": {"reference": f"Organization/{hospital}"},
        "reasonCode": [{"coding": [{"system": ICD, "code": code}]}],
        **more,
    }


EXEMPT = {"coding": [{"system": f"{CODES}/catalogue-exemption", "code": "complication"}], "text": "合并急性肾损伤"}


@pytest.fixture
def hospitals(group: Client) -> Client:
    """The demo group, whose lead has a catalogue."""
    for name in ("ConceptMap-demo-disease-class", "ConceptMap-demo-lowest-tier"):
        resource = example(name)
        assert group.put(f"/ConceptMap/{resource['id']}", resource).status == 201
    return group


def admit(client: Client, resource: dict[str, Any]) -> tuple[int, list[dict[str, Any]]]:
    reply = client.post(f"/{resource['resourceType']}", resource, prefer="return=OperationOutcome")
    issues = [each for each in reply.resource["issue"] if each["details"]["coding"][0]["code"] == "CAT-RESTRICTED"]
    return reply.status, issues


def overrides(client: Client) -> list[dict[str, Any]]:
    reply: Reply = client.get(f"/Provenance?_tag={CODES}/workflow-tag|catalogue-override")
    return [each["resource"] for each in reply.resource.get("entry", [])]


def test_a_controlled_disease_is_warned_about_with_who_takes_it(hospitals: Client) -> None:
    status, (issue,) = admit(hospitals, encounter("demo-lead"))
    assert status == 201
    assert issue["severity"] == "warning"
    assert issue["expression"] == ["Encounter.reasonCode[0]"]
    assert "Organization/demo-chc" in issue["diagnostics"]
    assert "Organization/demo-district" in issue["diagnostics"]
    assert "Organization/demo-station" not in issue["diagnostics"]  # tier 0, below the lowest that should admit it
    (record,) = overrides(hospitals)
    assert record["target"][0]["reference"].startswith("Encounter/")
    assert "reason" not in record


@pytest.mark.parametrize(
    "resource",
    [
        encounter("demo-lead", "I21.900"),
        encounter("demo-lead", "J45.900"),
        encounter("demo-lead", kind="AMB"),
        encounter("demo-district"),
        encounter("demo-lead", status="cancelled"),
    ],
)
def test_what_the_catalogue_does_not_restrict(hospitals: Client, resource: dict[str, Any]) -> None:
    assert admit(hospitals, resource) == (201, [])
    assert overrides(hospitals) == []


def test_an_exemption_needs_its_text_and_is_counted(hospitals: Client) -> None:
    bare = {"coding": EXEMPT["coding"]}
    reasons = encounter("demo-lead")["reasonCode"]
    assert len(admit(hospitals, encounter("demo-lead", reasonCode=[*reasons, bare]))[1]) == 1
    assert admit(hospitals, encounter("demo-lead", reasonCode=[*reasons, EXEMPT])) == (201, [])
    assert sorted("reason" in each for each in overrides(hospitals)) == [False, True]
    count = hospitals.get(f"/Provenance?_tag={CODES}/workflow-tag|catalogue-override&_summary=count")
    assert count.resource["total"] == 2


def test_the_diagnosis_of_the_encounter_counts_and_an_update_is_asked_when_it_admits(hospitals: Client) -> None:
    condition = {
        "resourceType": "Condition",
        "id": "c",
        "subject": {"reference": "Patient/demo-liu"},
        "code": {"coding": [{"system": ICD, "code": "I10.x00x002"}]},
    }
    assert hospitals.put("/Condition/c", condition).status == 201
    visit = encounter("demo-lead", kind="AMB", diagnosis=[{"condition": {"reference": "Condition/c"}}])
    visit.pop("reasonCode")
    made = hospitals.post("/Encounter", visit).resource
    admitted = {**made, "class": {"system": ACT, "code": "IMP"}}
    reply = hospitals.put(f"/Encounter/{made['id']}", admitted, prefer="return=OperationOutcome")
    assert "CAT-RESTRICTED" in reply.keys
    ended = {**admitted, "status": "finished", "period": {"start": "2025-03-10", "end": "2025-03-11"}}
    reply = hospitals.put(f"/Encounter/{made['id']}", ended, prefer="return=OperationOutcome")
    assert "CAT-RESTRICTED" not in reply.keys
    assert len(overrides(hospitals)) == 1


def referral(criterion: dict[str, Any] | None = None) -> dict[str, Any]:
    """The whole referral of the guide with a controlled disease."""
    sent = example("Bundle-demo-transaction")
    (request,) = (each["resource"] for each in sent["entry"] if each["resource"]["resourceType"] == "ServiceRequest")
    request["reasonCode"] = [{"coding": [{"system": ICD, "code": "I10.x00x002"}]}]
    request["performer"] = [{"reference": "HealthcareService/demo-lead-surgery"}]
    if criterion is not None:
        url = "https://medgroup.example.org/fhir/StructureDefinition/referral-criterion"
        request["extension"].append({"url": url, "valueCodeableConcept": criterion})
    return sent


def restricted(reply: Reply) -> list[list[str]]:
    assert reply.status == 200, reply.body.decode()
    outcomes = [each["response"].get("outcome", {}) for each in reply.resource["entry"]]
    return [
        issue["expression"]
        for outcome in outcomes
        for issue in outcome.get("issue", [])
        if issue["details"]["coding"][0]["code"] == "CAT-RESTRICTED"
    ]


def test_an_upward_referral_of_a_controlled_disease(hospitals: Client) -> None:
    ((expression,),) = restricted(hospitals.post("", referral(), prefer="return=OperationOutcome"))
    assert expression.endswith("reasonCode[0]")
    assert len(overrides(hospitals)) == 1


def test_an_upward_referral_with_an_exemption(hospitals: Client) -> None:
    assert restricted(hospitals.post("", referral(EXEMPT), prefer="return=OperationOutcome")) == []
    assert [each["reason"][0]["text"] for each in overrides(hospitals)] == [EXEMPT["text"]]
