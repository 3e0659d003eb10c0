"""Terminology over real HTTP: what a hospital stores takes part at once, in every worker."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote
from uuid import uuid4

from tests.support.client import Client
from tests.support.server import Server

#: So often that every worker is asked.
ASKED = 8


def codes(client: Client, url: str, **query: str) -> list[tuple[str, str]]:
    """(code, display) of an expansion, the same from whichever worker."""
    found = set()
    text = "".join(f"&{name}={quote(value)}" for name, value in query.items())
    for _ in range(ASKED):
        reply = client.get(f"/ValueSet/$expand?url={quote(url)}{text}")
        assert reply.status == 200, reply.resource
        rows = reply.resource["expansion"].get("contains", [])
        found.add(tuple((row["code"], row.get("display", "")) for row in rows))
    assert len(found) == 1
    return list(found.pop())


def named(reply: Any) -> dict[str, Any]:
    assert reply.status == 200, reply.resource
    return {
        row["name"]: next(value for name, value in row.items() if name != "name") for row in reply.resource["parameter"]
    }


def test_the_codes_of_a_hospital(server: Server) -> None:
    client = server.client()
    system, url = f"urn:uuid:{uuid4()}", f"urn:uuid:{uuid4()}"
    wards = {
        "resourceType": "CodeSystem",
        "url": system,
        "status": "active",
        "content": "complete",
        "concept": [{"code": "01", "display": "内科"}, {"code": "02", "display": "外科"}],
    }
    value_set = {
        "resourceType": "ValueSet",
        "url": url,
        "status": "active",
        "compose": {"include": [{"system": system}]},
    }
    assert client.post("/ValueSet", value_set).status == 201
    refused = client.get(f"/ValueSet/$expand?url={url}")
    assert (refused.status, refused.keys) == (422, ["code-system-unknown"])

    created = client.post("/CodeSystem", wards)
    assert created.status == 201
    assert codes(client, url) == [("01", "内科"), ("02", "外科")]
    assert codes(client, url, filter="外") == [("02", "外科")]

    # a change and an addition to it take part as well
    path = created.location.partition("/_history")[0]
    more = {**created.resource, "concept": [*wards["concept"], {"code": "03", "display": "儿科"}]}
    assert client.put(path, more).status == 200
    english = {
        "resourceType": "CodeSystem",
        "url": f"urn:uuid:{uuid4()}",
        "status": "active",
        "content": "supplement",
        "supplements": system,
        "concept": [{"code": "03", "designation": [{"language": "en", "value": "Paediatrics"}]}],
    }
    assert client.post("/CodeSystem", english).status == 201
    assert codes(client, url, displayLanguage="en") == [("01", "内科"), ("02", "外科"), ("03", "Paediatrics")]

    # what is gone is gone
    assert client.delete(path).status == 204
    assert client.get(f"/ValueSet/$expand?url={url}").keys == ["code-system-unknown"]


def test_a_code_is_checked_looked_up_and_translated(client: Client) -> None:
    sex = quote("urn:oid:2.16.156.10011.2.3.3.4")
    assert named(client.get(f"/CodeSystem/$lookup?system={sex}&code=2"))["display"] == "女性"
    assert named(client.get(f"/CodeSystem/$validate-code?url={sex}&code=7"))["result"] is False
    target = quote("http://hl7.org/fhir/administrative-gender")
    answer = client.get(f"/ConceptMap/$translate?system={sex}&code=2&targetsystem={target}")
    assert named(answer)["result"] is True
    assert answer.resource["parameter"][1]["part"][1]["valueCoding"]["code"] == "female"


def test_what_is_wrong_with_a_code_is_told_in_the_callers_language(client: Client) -> None:
    url = quote("http://hl7.org/fhir/ValueSet/administrative-gender")
    reply = client.get(f"/ValueSet/$validate-code?url={url}&code=femal", Accept_Language="zh-CN")
    assert named(reply)["message"] == (
        "值集 http://hl7.org/fhir/ValueSet/administrative-gender|4.0.1 中没有“femal”；"
        "相近的有：female (Female), male (Male)。"
    )


def test_the_capability_statement_names_the_operations(client: Client) -> None:
    [rest] = client.get("/metadata").resource["rest"]
    offered = {
        row["type"]: [each["name"] for each in row["operation"]] for row in rest["resource"] if "operation" in row
    }
    assert {"expand", "validate-code"} <= {*offered["ValueSet"]}
    assert {"lookup", "subsumes", "validate-code"} <= {*offered["CodeSystem"]}
    assert {"translate"} <= {*offered["ConceptMap"]}


def test_what_is_known_is_stated(server: Server) -> None:
    client = server.client()
    url = f"urn:uuid:{uuid4()}"
    own = {"resourceType": "CodeSystem", "url": url, "status": "active", "content": "complete"}
    for version in ("1.0.0", "2.0.0"):
        assert client.post("/CodeSystem", {**own, "version": version}).status == 201
    for _ in range(ASKED):
        reply = client.get("/metadata?mode=terminology")
        assert reply.status == 200
        stated = {each["uri"]: each for each in reply.resource["codeSystem"]}
        assert stated[url]["version"] == [
            {"code": "2.0.0", "isDefault": True},
            {"code": "1.0.0", "isDefault": False},
        ]
    assert "http://hl7.org/fhir/administrative-gender" in stated
    checked = client.post("/TerminologyCapabilities/$validate", reply.resource)
    assert [issue["severity"] for issue in checked.resource["issue"]] == ["information"], checked.resource
    again = client.get("/metadata?mode=terminology", if_none_match=reply.headers["ETag"])
    assert again.status == 304
