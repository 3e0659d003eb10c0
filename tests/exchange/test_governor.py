"""Rules through the door: refused, warned of or not asked, as the rule pack of the group behind the write says."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from fhirserver.assembly import assemble
from fhirserver.settings import Settings
from tests.exchange.conftest import example
from tests.exchange.referrals import Referral
from tests.support.client import Client
from tests.support.whole import BASE, bundle, client_of, entry

PLACER = "PractitionerRole/demo-chc-doctor-role"


def test_an_unknown_caller_is_refused(group: Client) -> None:
    reply = group.post("/Task", example("Task-demo-group-task"), x_caller="PractitionerRole/nobody")
    assert (reply.status, reply.keys) == (401, ["caller-unknown"])
    assert "X-Caller" in reply.headers["WWW-Authenticate"]
    basic = {"resourceType": "Basic", "code": {"text": "x"}}
    assert group.post("/Basic", basic, x_caller="nobody").keys == ["caller-form"], "without rules to keep as well"
    assert group.get("/Task", x_caller="nobody").status == 200


def test_a_member_updates_a_task_with_the_version_it_has_read(group: Client) -> None:
    task = example("Task-demo-group-task")
    assert group.put("/Task/demo-group-task", task).status == 201
    changed = {**task, "description": "x"}
    reply = group.put("/Task/demo-group-task", changed, x_caller=PLACER)
    assert (reply.status, reply.keys) == (428, ["GEN-IFMATCH"])
    assert reply.resource["issue"][0]["details"]["coding"][0]["system"].endswith("/CodeSystem/rule")
    assert group.put("/Task/demo-group-task", changed, x_caller=PLACER, if_match='W/"1"').status == 200


def test_search_parameters_of_the_guide_work_from_the_start(group: Client) -> None:
    assert {entry["resource"]["id"] for entry in group.get("/Organization?tier=1").resource["entry"]} == {"demo-chc"}
    stated = next(each for each in group.get("/metadata").resource["rest"][0]["resource"] if each["type"] == "Task")
    (due,) = [each for each in stated["searchParam"] if each["name"] == "due"]
    assert "documentation" not in due, "an empty database has all its rows"


def test_a_rule_that_a_profile_keeps_is_told_as_the_rule(group: Client) -> None:
    patient = {**example("Patient-demo-zhang"), "gender": "female"}
    reply = group.put("/Patient/demo-zhang", patient)
    assert (reply.status, reply.keys[0]) == (422, "GEN-ID-SEX")
    assert reply.resource["issue"][0]["details"]["coding"][0]["system"].endswith("/CodeSystem/rule")


def test_profiles_govern_what_members_write_unclaimed(group: Client) -> None:
    patient = {"resourceType": "Patient", "name": [{"text": "无证件"}]}
    assert group.post("/Patient", patient).status == 201, "an administrator is no member"
    assert group.post("/Patient", patient, x_caller="Organization/demo-outside").status == 201
    reply = group.post("/Patient", patient, x_caller=PLACER)
    assert reply.status == 422
    assert "profile-element-missing" in reply.keys


def test_without_profiles_in_the_pack_they_govern_nobody(database_url: str, tmp_path: Path) -> None:
    (tmp_path / "pack.yaml").write_text("id: default\nversion: '2'\ntitle: none\nprofiles: false\n")
    context = assemble(Settings(database_url=database_url, base_url=BASE, rule_packs=str(tmp_path)))
    client = client_of(context)
    assert client.post("", example("Bundle-demo-setup")).status == 200
    patient = {"resourceType": "Patient", "name": [{"text": "无证件"}]}
    assert client.post("/Patient", patient, x_caller=PLACER).status == 201
    context.store.close()


def test_the_capability_statement_names_the_guide(client: Client) -> None:
    stated = client.get("/metadata").resource
    assert stated["implementationGuide"] == ["https://medgroup.example.org/fhir/ImplementationGuide/medgroup.exchange"]
    profiles = {each["type"]: each.get("supportedProfile", []) for each in stated["rest"][0]["resource"]}
    assert profiles["ServiceRequest"] == ["https://medgroup.example.org/fhir/StructureDefinition/mg-referral"]
    assert len(profiles["Task"]) == 2
    assert profiles["Basic"] == []
    normative = client.get("/metadata?mode=normative").resource
    assert all("supportedProfile" not in each for each in normative["rest"][0]["resource"])


def test_validate_knows_the_profiles_by_canonical(client: Client) -> None:
    profile = "https://medgroup.example.org/fhir/StructureDefinition/mg-patient"
    reply = client.post(f"/Patient/$validate?profile={profile}", {"resourceType": "Patient"})
    assert reply.status == 200
    assert "profile-element-missing" in reply.keys


@pytest.mark.parametrize(
    ("mode", "status", "severities"), [("enforce", 422, ["error"]), ("advise", 201, ["warning"]), ("off", 201, [])]
)
def test_a_rule_that_a_profile_points_at_speaks_once(
    database_url: str, tmp_path: Path, mode: str, status: int, severities: list[str]
) -> None:
    pack = f"id: default\nversion: '2'\ntitle: x\nprofiles: true\nrules:\n  REF-CONSENT: {{mode: {mode}}}\n"
    (tmp_path / "pack.yaml").write_text(pack)
    context = assemble(Settings(database_url=database_url, base_url=BASE, rule_packs=str(tmp_path)))
    client = client_of(context)
    assert client.post("", example("Bundle-demo-setup")).status == 200
    referral = Referral(client)
    profile = "https://medgroup.example.org/fhir/StructureDefinition/mg-referral"
    consent = f"{profile.rpartition('/')[0]}/referral-consent"
    extensions = [each for each in referral.request["extension"] if each["url"] != consent]
    claimed = {**referral.request, "extension": extensions, "meta": {"profile": [profile]}}
    reply = client.post("/ServiceRequest", claimed, x_caller=PLACER, prefer="return=OperationOutcome")
    assert reply.status == status, reply.body.decode()
    told = [issue for issue in reply.resource["issue"] if issue["details"]["coding"][0]["code"] == "REF-CONSENT"]
    assert [issue["severity"] for issue in told] == severities
    context.store.close()


def test_if_match_is_asked_of_every_way_to_write(group: Client) -> None:
    assert group.put("/Task/demo-group-task", example("Task-demo-group-task")).status == 201
    patch = json.dumps([{"op": "add", "path": "/description", "value": "x"}])
    headers = {"X-Caller": PLACER, "Content-Type": "application/json-patch+json"}
    blind = group.request("PATCH", "/Task/demo-group-task", patch, headers)
    assert (blind.status, blind.keys) == (428, ["GEN-IFMATCH"])
    changed = {**example("Task-demo-group-task"), "description": "x"}
    blind = group.post("", bundle(entry("PUT", "Task/demo-group-task", changed)), x_caller=PLACER)
    assert (blind.status, blind.keys) == (428, ["GEN-IFMATCH"])
    assert blind.resource["issue"][0]["expression"] == ["Bundle.entry[0].resource"]
    stale = entry("PUT", "Task/demo-group-task", changed, ifMatch='W/"7"')
    assert group.post("", bundle(stale), x_caller=PLACER).status == 412
    seen = entry("PUT", "Task/demo-group-task", changed, ifMatch='W/"1"')
    assert group.post("", bundle(seen), x_caller=PLACER).status == 200
