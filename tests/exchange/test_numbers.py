"""What is written under the systems of identity numbers and social credit codes, through the door."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from fhirserver.assembly import assemble
from fhirserver.exchange.identity import CITIZEN, SOCIAL_CREDIT
from fhirserver.settings import Settings
from tests.support.client import Client
from tests.support.whole import BASE, client_of

RULE = "https://medgroup.example.org/fhir/CodeSystem/rule"


def person(number: str, type: str = "Patient", **more: Any) -> dict[str, Any]:
    identifier = {"system": CITIZEN, "value": number, **more.pop("identifier", {})}
    return {"resourceType": type, "identifier": [identifier], **more}


def keys(client: Client, resource: dict[str, Any]) -> tuple[int, list[str]]:
    reply = client.post(f"/{resource['resourceType']}", resource, prefer="return=OperationOutcome")
    issues = reply.resource.get("issue", [])
    return reply.status, [
        issue["details"]["coding"][0]["code"]
        for issue in issues
        if issue["details"]["coding"][0]["system"] == RULE and issue["severity"] in ("error", "warning")
    ]


@pytest.mark.parametrize("type", ["Patient", "Practitioner", "RelatedPerson", "Person"])
def test_a_wrong_check_character_is_refused_whatever_the_profile(client: Client, type: str) -> None:
    more = {"patient": {"reference": "Patient/x"}} if type == "RelatedPerson" else {}
    reply = client.post(f"/{type}", person("340524198001010013", type, **more))
    assert reply.status == 422
    (issue,) = reply.resource["issue"]
    assert issue["details"]["coding"] == [{"system": RULE, "code": "GEN-ID-CHECKSUM"}]
    assert issue["expression"] == [f"{type}.identifier[0].value"]
    assert "340524198001010013" not in reply.body.decode()
    assert "**************0013" in issue["diagnostics"]


def test_numbers_that_are_right(client: Client) -> None:
    sent = person("34052419800101001X", birthDate="1980-01-01", gender="male")
    assert keys(client, sent) == (201, [])


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({"birthDate": "1980-01-02"}, ["GEN-ID-BIRTH"]),
        ({"birthDate": "1981"}, ["GEN-ID-BIRTH"]),
        ({"gender": "female"}, ["GEN-ID-SEX"]),
        ({"birthDate": "1980-02", "gender": "female"}, ["GEN-ID-BIRTH", "GEN-ID-SEX"]),
    ],
)
def test_what_does_not_agree_with_the_number(client: Client, more: dict[str, Any], expected: list[str]) -> None:
    assert keys(client, person("34052419800101001X", **more)) == (422, expected)


@pytest.mark.parametrize("more", [{"birthDate": "1980"}, {"birthDate": "1980-01"}, {"gender": "other"}, {}])
def test_what_says_less_agrees(client: Client, more: dict[str, Any]) -> None:
    assert keys(client, person("34052419800101001X", **more)) == (201, [])


def test_a_number_of_fifteen_digits_is_stored_as_an_old_one_only(client: Client) -> None:
    assert keys(client, person("370200620721035")) == (422, ["GEN-ID-CHECKSUM"])
    assert keys(client, person("370200620721035", identifier={"use": "old"})) == (201, [])
    # and recognises nobody
    assert keys(client, person("370200620721035", identifier={"use": "old"})) == (201, [])


def test_a_birth_date_in_the_future_is_refused(client: Client) -> None:
    head = "370200209001010" + "01"
    number = next(head + check for check in "0123456789X" if _valid(head + check))
    assert keys(client, person(number)) == (422, ["GEN-ID-CHECKSUM"])


def _valid(number: str) -> bool:
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    total = sum(int(digit) * weight for digit, weight in zip(number, weights, strict=False))
    return "10X98765432"[total % 11] == number[17]


def test_an_area_nobody_knows_is_a_warning(client: Client) -> None:
    number = next("89020019680412022"[:17] + check for check in "0123456789X" if _valid("89020019680412022" + check))
    assert keys(client, person(number)) == (201, ["GEN-ID-CHECKSUM"])


def test_a_small_x_is_stored_as_a_capital_one_and_found_either_way(client: Client) -> None:
    created = client.post("/Patient", person("34052419800101001x"))
    assert created.status == 201
    assert created.resource["identifier"][0]["value"] == "34052419800101001X"
    for number in ("34052419800101001x", "34052419800101001X"):
        assert client.get(f"/Patient?identifier={CITIZEN}|{number}").resource["total"] == 1
    same = client.put(f"/Patient/{created.resource['id']}", {**created.resource, **person("34052419800101001x")})
    assert (same.status, same.resource["meta"]["versionId"]) == (200, "1")


@pytest.mark.parametrize(("code", "status"), [("12370200DEMA00013T", 201), ("12370200DEMA00013U", 422)])
def test_social_credit_codes(client: Client, code: str, status: int) -> None:
    organization = {"resourceType": "Organization", "identifier": [{"system": SOCIAL_CREDIT, "value": code}]}
    assert keys(client, organization) == (status, ["GEN-ORG-USCC"] if status == 422 else [])


@pytest.mark.parametrize("url", ["/Patient?identifier={}", "/Patient?identifier:of-type=x&identifier={}"])
def test_no_message_shows_a_whole_number(client: Client, url: str) -> None:
    number = "34052419800101001X"
    resource = {
        "resourceType": "Patient",
        "active": number,
        "gender": number,
        "birthDate": number,
        "id": "a b" + number,
    }
    for reply in (
        client.get(url.format(f"{CITIZEN}%7C{number}%7C1")),
        client.get(f"/Patient?{number}=1"),
        client.get(f"/Patient/{number}"),
        client.post("/Patient", resource),
        client.put(f"/Patient/{number}x", resource),
        client.request("DELETE", f"/Patient?identifier=|&_id={number}"),
    ):
        if reply.resource["resourceType"] == "OperationOutcome":
            assert all(number not in issue["diagnostics"] for issue in reply.resource["issue"]), reply.resource


def test_a_pack_may_have_old_data_taken_in(tmp_path: Path, database_url: str) -> None:
    pack = "id: intake\nversion: '1'\ntitle: intake\narea: '37'\nrules:\n  GEN-ID-CHECKSUM:\n    mode: advise\n"
    (tmp_path / "intake.yaml").write_text(pack, encoding="utf-8")
    settings = Settings(database_url=database_url, base_url=BASE, rule_packs=str(tmp_path))
    context = assemble(settings)
    try:
        client = client_of(context)
        code = [{"system": SOCIAL_CREDIT, "value": "12370200DEMA00013T"}]
        here = {"resourceType": "Organization", "id": "here", "active": True, "name": "here", "identifier": code}
        assert client.put("/Organization/here", here).status == 201
        wrong = person("340524198001010013", managingOrganization={"reference": "Organization/here"})
        assert keys(client, wrong) == (201, ["GEN-ID-CHECKSUM"])
        claimed = {**wrong, "meta": {"profile": ["https://medgroup.example.org/fhir/StructureDefinition/mg-patient"]}}
        reply = client.post("/Patient", {**claimed, "name": [{"text": "刘"}], "gender": "male"})
        assert reply.status == 422
        assert "GEN-ID-CHECKSUM" in reply.keys
        assert client.post("/Patient", person("340524198001010013")).status == 422
    finally:
        context.store.close()
