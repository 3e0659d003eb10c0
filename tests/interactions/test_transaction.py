"""Transactions (http.html#transaction): order, links, conditions, answers, and that nothing is done by halves."""

from __future__ import annotations

import json
from base64 import b64encode
from typing import Any

import pytest

from fhirserver.assembly import assemble
from fhirserver.interactions.context import Context
from fhirserver.settings import Settings
from tests.support.client import Client, Reply
from tests.support.databases import cluster, database_url, postgresql_cluster, postgresql_url, sqlite_url
from tests.support.whole import BASE, SYSTEM, bundle, client, client_of, count, entry, patient, whole

__all__ = ["client", "database_url", "postgresql_cluster", "postgresql_url", "sqlite_url", "whole"]

P, Q = "urn:uuid:11111111-1111-4111-8111-111111111111", "urn:uuid:22222222-2222-4222-8222-222222222222"
ELSEWHERE, FULL_URL = "http://o.org/fhir", "Bundle.entry[1].fullUrl"
DIV = '<div xmlns="http://www.w3.org/1999/xhtml">'


def observation(subject: str | None = None, **more: Any) -> dict[str, Any]:
    made = {"resourceType": "Observation", "status": "final", "code": {"text": "x"}, **more}
    return {**made, "subject": {"reference": subject}} if subject else made


def post(client: Client, *entries: Any, **headers: str) -> Reply:
    return client.post("", bundle(*entries), **headers)


def done(client: Client, *entries: Any, **headers: str) -> list[Any]:
    """The entries of the answer to a transaction that goes through."""
    reply = post(client, *entries, **headers)
    assert reply.status == 200, reply.resource
    assert reply.resource["type"] == "transaction-response"
    return reply.resource.get("entry", [])  # type: ignore[no-any-return]


def refused(client: Client, *entries: Any, **headers: str) -> list[tuple[str, str | None]]:
    """(key, expression) of each issue of a transaction that is refused, which stores nothing."""
    before = count(client, "Patient"), count(client, "Observation")
    reply = post(client, *entries, **headers)
    assert reply.status >= 400, reply.resource
    assert (count(client, "Patient"), count(client, "Observation")) == before
    return [
        (issue["details"]["coding"][0]["code"], issue.get("expression", [None])[0]) for issue in reply.resource["issue"]
    ]


def statuses(entries: list[Any]) -> list[str]:
    return [each["response"]["status"][:3] for each in entries]


def where(answer: Any) -> str:
    """``Patient/1`` of an answer."""
    location: str = answer["response"]["location"]
    return location.partition("/_history")[0]


# ---- links ----------------------------------------------------------------------------------------------------------


def test_links_by_urn_in_a_circle(client: Client) -> None:
    person = patient("1", link=[{"other": {"reference": Q}, "type": "seealso"}])
    other = {"resourceType": "RelatedPerson", "patient": {"reference": P}}
    first, second = done(client, entry("POST", "RelatedPerson", other, Q), entry("POST", "Patient", person, P))
    assert client.get(f"/{where(second)}").resource["link"][0]["other"]["reference"] == where(first)
    assert client.get(f"/{where(first)}").resource["patient"]["reference"] == where(second)
    assert count(client, f"RelatedPerson?patient={where(second)}") == 1


def test_links_everywhere(client: Client) -> None:
    document = {
        "resourceType": "DocumentReference",
        "status": "current",
        "text": {"status": "generated", "div": f'{DIV}<a href="{Q}">x</a> {Q} <img src="{Q}#1" alt=""/></div>'},
        "contained": [{"resourceType": "Device", "id": "b", "patient": {"reference": P}}],
        "extension": [{"url": "http://example.org/e", "valueReference": {"reference": P}}],
        "author": [{"reference": "#b"}],
        "content": [{"attachment": {"url": Q}}],
        "description": Q,
    }
    binary = {"resourceType": "Binary", "contentType": "text/plain", "data": "eA=="}
    answers = done(
        client,
        entry("POST", "DocumentReference", document),
        entry("POST", "Binary", binary, Q),
        entry("POST", "Patient", patient("1"), P),
    )
    here, content, subject = (where(each) for each in answers)
    stored = client.get(f"/{here}").resource
    url = f"{BASE}/{content}"
    assert stored["text"]["div"] == f'{DIV}<a href="{url}">x</a> {Q} <img src="{url}#1" alt=""/></div>'
    assert stored["contained"][0]["patient"]["reference"] == subject
    assert stored["extension"][0]["valueReference"]["reference"] == subject
    assert stored["author"] == [{"reference": "#b"}]
    assert stored["content"][0]["attachment"]["url"] == url
    assert stored["description"] == Q


@pytest.mark.parametrize(
    ("full_url", "own", "reference"),
    [
        ("http://other.org/fhir/Patient/7", "http://other.org/fhir/Observation/1", "Patient/7"),
        ("http://other.org/fhir/Patient/7", None, "http://other.org/fhir/Patient/7"),
        ("http://other.org/fhir/Patient/7", None, "http://other.org/fhir/Patient/7/_history/3"),
        ("Patient/7", None, "Patient/7"),
        (f"{BASE}/Patient/7", None, "Patient/7"),
        ("Patient/7", None, f"{BASE}/Patient/7"),
        (None, None, "Patient/7"),
        ("urn:oid:1.2.3", None, "urn:oid:1.2.3"),
    ],
)
def test_links_by_url(client: Client, full_url: str | None, own: str | None, reference: str) -> None:
    person, seen = done(
        client,
        entry("POST", "Patient", patient("1", id="7"), full_url),
        entry("POST", "Observation", observation(reference), own),
    )
    version = "/_history/1" if "_history" in reference else ""
    assert client.get(f"/{where(seen)}").resource["subject"]["reference"] == where(person) + version


def test_links_to_others_are_left_alone(client: Client) -> None:
    for reference in ("Patient/8", "http://third.org/fhir/Patient/7", "http://other.org/fhir/Patient/77"):
        (_, seen) = done(
            client,
            entry("POST", "Patient", patient("1"), "http://other.org/fhir/Patient/7"),
            entry("POST", "Observation", observation(reference)),
        )
        assert client.get(f"/{where(seen)}").resource["subject"]["reference"] == reference


def test_a_canonical_is_no_link(client: Client) -> None:
    asked = {"resourceType": "Questionnaire", "status": "draft", "url": "http://example.org/q"}
    given = {"resourceType": "QuestionnaireResponse", "status": "completed", "questionnaire": "http://example.org/q"}
    answers = done(
        client,
        entry("POST", "Questionnaire", asked, "http://example.org/q"),
        entry("POST", "QuestionnaireResponse", given),
    )
    assert client.get(f"/{where(answers[0])}").resource["url"] == "http://example.org/q"
    assert client.get(f"/{where(answers[1])}").resource["questionnaire"] == "http://example.org/q"


def test_links_to_updates_and_found_resources(client: Client) -> None:
    there = client.post("/Patient", patient("1")).resource["id"]
    answers = done(
        client,
        entry("PUT", "Patient/mine", patient("2", id="mine"), P),
        entry("POST", "Patient", patient("1"), Q, ifNoneExist=f"identifier={SYSTEM}|1"),
        entry("POST", "Observation", observation(P)),
        entry("POST", "Observation", observation(Q)),
    )
    assert statuses(answers) == ["201", "200", "201", "201"]
    assert client.get(f"/{where(answers[2])}").resource["subject"]["reference"] == "Patient/mine"
    assert client.get(f"/{where(answers[3])}").resource["subject"]["reference"] == f"Patient/{there}"


def test_conditional_references(client: Client) -> None:
    there = client.post("/Patient", patient("1")).resource["id"]
    (seen,) = done(client, entry("POST", "Observation", observation(f"Patient?identifier={SYSTEM}|1")))
    assert client.get(f"/{where(seen)}").resource["subject"]["reference"] == f"Patient/{there}"
    at = "Bundle.entry[1].resource.subject.reference"
    bad = observation(f"Patient?identifier={SYSTEM}|2")
    one = entry("POST", "Patient", patient("3"))
    assert refused(client, one, entry("POST", "Observation", bad)) == [("reference-matches-none", at)]
    client.post("/Patient", patient("1"))
    bad = observation(f"Patient?identifier={SYSTEM}|1")
    assert refused(client, one, entry("POST", "Observation", bad)) == [("reference-matches-several", at)]
    bad = observation("Patient?identifier=")
    assert refused(client, one, entry("POST", "Observation", bad)) == [("criterion-empty", at)]


def test_conditional_references_to_what_the_transaction_makes(client: Client) -> None:
    answers = done(
        client,
        entry("POST", "Observation", observation(f"Patient?identifier={SYSTEM}|1")),
        entry("POST", "Patient", patient("1")),
    )
    assert client.get(f"/{where(answers[0])}").resource["subject"]["reference"] == where(answers[1])
    # one that is there and one that is made: two
    again = refused(
        client,
        entry("POST", "Observation", observation(f"Patient?identifier={SYSTEM}|1")),
        entry("POST", "Patient", patient("1")),
    )
    assert [key for key, _ in again] == ["reference-matches-several"]


# ---- interactions ----------------------------------------------------------------------------------------------------


def test_every_interaction_in_the_right_order(client: Client) -> None:
    client.put("/Patient/a", patient("a", id="a"))
    client.put("/Patient/b", patient("b", id="b"))
    client.put("/Patient/c", patient("c", id="c", active=True))
    operations = b64encode(json.dumps([{"op": "replace", "path": "/active", "value": False}]).encode()).decode()
    binary = {"resourceType": "Binary", "contentType": "application/json-patch+json", "data": operations}
    answers = done(
        client,
        entry("GET", "Patient?_count=50"),
        entry("GET", "Patient/b"),
        entry("HEAD", "Patient/b"),
        entry("GET", "Patient/b/_history/1"),
        entry("GET", "Patient/b/_history"),
        entry("PATCH", "Patient/c", binary),
        entry("PUT", "Patient/b", patient("b", id="b", active=True)),
        entry("POST", "Patient", patient("d")),
        entry("DELETE", "Patient/a"),
    )
    assert statuses(answers) == ["200", "200", "200", "200", "200", "200", "200", "201", "204"]
    found = {each["resource"]["identifier"][0]["value"] for each in answers[0]["resource"]["entry"]}
    assert found == {"b", "c", "d"}
    assert answers[1]["resource"]["active"] is True and answers[1]["response"]["etag"] == 'W/"2"'
    assert "resource" not in answers[2]
    assert "active" not in answers[3]["resource"]
    assert answers[4]["resource"]["type"] == "history" and len(answers[4]["resource"]["entry"]) == 2
    assert answers[5]["response"]["location"] == "Patient/c/_history/2"
    assert client.get("/Patient/c").resource["active"] is False
    assert answers[8]["response"]["etag"] == 'W/"2"'


def test_fhirpath_patch_and_conditional_urls(client: Client) -> None:
    client.put("/Patient/a", patient("a", id="a"))
    client.put("/Patient/b", patient("b", id="b", active=True))
    client.put("/Patient/c", patient("c", id="c"))
    parts = [
        {"name": "type", "valueCode": "replace"},
        {"name": "path", "valueString": "Patient.active"},
        {"name": "value", "valueBoolean": False},
    ]
    change = {"resourceType": "Parameters", "parameter": [{"name": "operation", "part": parts}]}
    answers = done(
        client,
        entry("PUT", f"Patient?identifier={SYSTEM}|a", patient("a", gender="male")),
        entry("PATCH", f"Patient?identifier={SYSTEM}|b", change),
        entry("DELETE", f"{BASE}/Patient?identifier={SYSTEM}%7Cc"),
        entry("PUT", f"Patient?identifier={SYSTEM}|d", patient("d"), P),
        entry("POST", "Observation", observation(P)),
    )
    assert statuses(answers) == ["200", "200", "204", "201", "201"]
    assert client.get("/Patient/a").resource["gender"] == "male"
    assert client.get("/Patient/b").resource["active"] is False
    assert client.get("/Patient/c").status == 410
    assert client.get(f"/{where(answers[4])}").resource["subject"]["reference"] == where(answers[3])


def test_conditions(client: Client) -> None:
    client.put("/Patient/a", patient("a", id="a"))
    changed = patient("a", id="a", active=True)
    at = "Bundle.entry[1].request"
    other = entry("POST", "Patient", patient("x"))
    assert refused(client, other, entry("PUT", "Patient/a", changed, ifMatch='W/"3"')) == [("version-conflict", at)]
    assert refused(client, other, entry("PUT", "Patient/a", changed, ifNoneMatch="*")) == [("already-there", at)]
    assert refused(client, other, entry("DELETE", "Patient/a", ifMatch='W/"3"')) == [("version-conflict", at)]
    assert refused(client, other, entry("PUT", "Patient/a", changed, ifMatch="x")) == [("etag-form", at)]
    assert statuses(done(client, entry("PUT", "Patient/a", changed, ifMatch='W/"1"'))) == ["200"]
    assert statuses(done(client, entry("GET", "Patient/a", ifNoneMatch='W/"2"'))) == ["304"]
    assert statuses(done(client, entry("GET", "Patient/a", ifModifiedSince="2100-01-01T00:00:00Z"))) == ["304"]


def test_if_none_exist(client: Client) -> None:
    criteria = f"identifier={SYSTEM}|1"
    (made,) = done(client, entry("POST", "Patient", patient("1"), ifNoneExist=criteria))
    (found,) = done(client, entry("POST", "Patient", patient("1"), ifNoneExist=criteria))
    assert statuses([made, found]) == ["201", "200"] and where(made) == where(found)
    client.post("/Patient", patient("1"))
    at = "Bundle.entry[0].request"
    assert refused(client, entry("POST", "Patient", patient("1"), ifNoneExist=criteria)) == [
        ("criteria-match-several", at)
    ]


def test_one_criterion_twice_makes_one_resource(client: Client) -> None:
    criteria = f"identifier={SYSTEM}|1"
    twice = [entry("POST", "Patient", patient("1"), url, ifNoneExist=criteria) for url in (P, Q)]
    answers = done(client, *twice, entry("POST", "Observation", observation(Q)))
    assert statuses(answers) == ["201", "200", "201"] and where(answers[0]) == where(answers[1])
    assert client.get(f"/{where(answers[2])}").resource["subject"]["reference"] == where(answers[0])
    assert count(client, "Patient") == 1
    differ = [entry("POST", "Patient", patient("2", active=each), ifNoneExist="identifier=2") for each in (True, False)]
    assert [key for key, _ in refused(client, *differ)] == ["entries-same-criteria"]


# ---- answers ---------------------------------------------------------------------------------------------------------


def test_answers_by_prefer(client: Client) -> None:
    (plain,) = done(client, entry("POST", "Patient", patient("1")))
    assert set(plain) == {"response"}
    assert set(plain["response"]) == {"status", "location", "etag", "lastModified"}
    assert plain["response"]["status"] == "201 Created"
    (whole,) = done(client, entry("POST", "Patient", patient("1")), prefer="return=representation")
    assert whole["resource"]["identifier"][0]["value"] == "1"
    assert whole["fullUrl"] == f"{BASE}/{where(whole)}"
    assert whole["response"]["lastModified"] == whole["resource"]["meta"]["lastUpdated"]
    (told,) = done(client, entry("DELETE", where(whole)), prefer="return=OperationOutcome")
    assert told["response"]["outcome"]["issue"][0]["details"]["coding"][0]["code"] == "deleted"


def test_nothing_to_do(client: Client) -> None:
    assert done(client) == []
    assert client.post("", {**bundle(), "entry": []}).status == 400


# ---- refusals --------------------------------------------------------------------------------------------------------


def test_all_issues_of_all_entries(client: Client) -> None:
    issues = refused(
        client,
        entry("POST", "Patient", patient("1")),
        entry("POST", "Patient", patient("1", name=[{"given": "Li"}])),
        entry("POST", "Observation", observation(status="done")),
    )
    assert [at for _, at in issues] == ["Bundle.entry[1].resource.name[0].given", "Bundle.entry[2].resource.status"]


@pytest.mark.parametrize(
    ("wrong", "key", "at"),
    [
        ({"resource": patient("1")}, "entry-request-missing", "Bundle.entry[1]"),
        (entry("POST", "Patient"), "entry-resource-missing", "Bundle.entry[1]"),
        (entry("DELETE", "Patient/1", patient("1")), "entry-resource-surplus", "Bundle.entry[1].resource"),
        (entry("POST", "Observation", patient("1")), "body-type-differs", "Bundle.entry[1].resource"),
        (entry("PUT", "Patient/1", patient("1")), "body-id-missing", "Bundle.entry[1].resource.id"),
        (entry("PUT", "Patient/1", patient("1", id="2")), "body-id-differs", "Bundle.entry[1].resource.id"),
        (entry("POST", "Patients", patient("1")), "type-unknown-near", "Bundle.entry[1].request"),
        (entry("POST", "Patient/1", patient("1")), "method-not-allowed", "Bundle.entry[1].request"),
        (entry("GET", "http://other.org/fhir/Patient/1"), "entry-elsewhere", "Bundle.entry[1].request"),
        (entry("POST", BASE, bundle()), "entry-nested", "Bundle.entry[1].request"),
        (entry("DELETE", "Patient"), "criteria-missing", "Bundle.entry[1].request"),
        (entry("GET", "Patient/nobody"), "resource-unknown", "Bundle.entry[1].request"),
        (
            entry("POST", "Patient", patient("1"), "http://o.org/Patient/1/_history/2"),
            "full-url-version",
            "Bundle.entry[1].fullUrl",
        ),
        (
            entry("POST", "Patient", patient("1", id="2"), "http://o.org/Patient/1"),
            "full-url-differs",
            "Bundle.entry[1].fullUrl",
        ),
        (
            entry("PUT", "Patient/2", patient("1", id="2"), "http://o.org/Device/2"),
            "full-url-differs",
            "Bundle.entry[1].fullUrl",
        ),
        (entry("FETCH", "Patient/1"), None, "Bundle.entry[1].request.method"),
        ({"request": {"url": "Patient"}, "resource": patient("1")}, None, "Bundle.entry[1].request"),
        (entry("POST", "Patient", {"id": "x"}), None, "Bundle.entry[1].resource"),
        (entry("POST", "Patient", "x"), None, "Bundle.entry[1].resource"),
        ("x", None, "Bundle.entry[1]"),
    ],
)
def test_what_is_wrong_with_an_entry(client: Client, wrong: Any, key: str | None, at: str) -> None:
    issues = refused(client, entry("POST", "Patient", patient("0")), wrong)
    assert at in [where for _, where in issues], issues
    assert key is None or key in [key for key, _ in issues]


def test_overlaps(client: Client) -> None:
    client.put("/Patient/a", patient("a", id="a"))
    put = entry("PUT", "Patient/a", patient("a", id="a", active=True))
    criteria = f"Patient?identifier={SYSTEM}|a"
    for other in (
        put,
        entry("DELETE", "Patient/a"),
        entry("DELETE", criteria),
        entry("PUT", criteria, patient("a", gender="male")),
    ):
        assert [key for key, _ in refused(client, put, other)] == ["entries-overlap"]
    assert [key for key, _ in refused(client, *(entry("POST", "Patient", patient("1"), P) for _ in "12"))] == [
        "full-url-repeated"
    ]
    assert client.get("/Patient/a").headers["ETag"] == 'W/"1"'


def test_other_bundles_and_resources(client: Client) -> None:
    for type in ("collection", "document", "message", "searchset", "history", "transaction-response"):
        reply = client.post("", bundle(type=type))
        assert (reply.status, reply.keys) == (422, ["bundle-type"])
        assert f"POST {BASE}/Bundle" in reply.resource["issue"][0]["diagnostics"]
    assert client.post("", patient("1")).keys == ["bundle-expected"]
    assert client.post("/Bundle", bundle(type="collection")).status == 201
    assert client.post("?foo=1", bundle()).keys == ["parameter-unknown"]
    assert client.post("?_format=json", bundle()).status == 200
    assert client.post("", {"resourceType": "Bundle"}).status >= 400


def test_too_many_entries(whole: Context) -> None:
    small = client_of(whole, max_entries=2)
    assert post(small, *(entry("GET", "Patient") for _ in "12")).status == 200
    assert post(small, *(entry("GET", "Patient") for _ in "123")).status == 413


def test_a_dry_run_stores_nothing(client: Client) -> None:
    answers = done(
        client,
        entry("POST", "Patient", patient("1"), P),
        entry("POST", "Observation", observation(P)),
        prefer="handling=dry-run",
    )
    assert statuses(answers) == ["201", "201"]
    assert answers[0]["response"]["outcome"]["issue"][0]["details"]["coding"][0]["code"] == "created"
    assert count(client, "Patient") == 0 and client.get(f"/{where(answers[0])}").status == 404
    wrong = entry("POST", "Patient", patient("1", gender="x"))
    assert refused(client, wrong, prefer="handling=dry-run")[0][1] == "Bundle.entry[0].resource.gender"


def test_links_that_stay(client: Client) -> None:
    """A uuid cannot hold a URL, and a Bundle inside an entry has links of its own."""
    practitioner = {"resourceType": "Practitioner"}
    composition = {
        "resourceType": "Composition",
        "status": "final",
        "type": {"text": "x"},
        "date": "2024-01-01",
        "author": [{"reference": P}],
        "subject": {"reference": Q},
        "title": "x",
    }
    document = {
        "resourceType": "Bundle",
        "type": "collection",
        "entry": [{"fullUrl": "urn:oid:1.2", "resource": composition}, {"fullUrl": P, "resource": practitioner}],
    }
    basic = {"resourceType": "Basic", "code": {"text": "x"}, "extension": [{"url": "http://e.org/u", "valueUuid": P}]}
    _, person, kept, other = done(
        client,
        entry("POST", "Practitioner", practitioner, P),
        entry("POST", "Patient", patient("1"), Q),
        entry("POST", "Bundle", document),
        entry("POST", "Basic", basic),
    )
    inside = client.get(f"/{where(kept)}").resource["entry"]
    assert inside[1]["fullUrl"] == P and inside[0]["resource"]["author"][0]["reference"] == P
    assert inside[0]["resource"]["subject"]["reference"] == where(person)
    assert client.get(f"/{where(other)}").resource["extension"][0]["valueUuid"] == P


def _fhirpath(reference: str) -> dict[str, Any]:
    parts = [
        {"name": "type", "valueCode": "add"},
        {"name": "path", "valueString": "Observation"},
        {"name": "name", "valueString": "subject"},
        {"name": "value", "valueReference": {"reference": reference}},
    ]
    return {"resourceType": "Parameters", "parameter": [{"name": "operation", "part": parts}]}


def _json(path: str, value: Any) -> dict[str, Any]:
    operations = json.dumps([{"op": "add", "path": path, "value": value}]).encode()
    data = b64encode(operations).decode()
    return {"resourceType": "Binary", "contentType": "application/json-patch+json", "data": data}


@pytest.mark.parametrize("reference", [P, f"Patient?identifier={SYSTEM}|1"])
@pytest.mark.parametrize(
    "patch",
    [
        _fhirpath,
        lambda reference: _json("/subject", {"reference": reference}),
        lambda reference: _json("/subject/reference", reference),
    ],
)
def test_links_in_patches(client: Client, patch: Any, reference: str) -> None:
    there = observation() if patch is _fhirpath else observation("Patient/old")
    client.put("/Patient/old", patient("old", id="old"))
    client.put("/Observation/o", {**there, "id": "o"})
    person, _ = done(
        client, entry("POST", "Patient", patient("1"), P), entry("PATCH", "Observation/o", patch(reference))
    )
    assert client.get("/Observation/o").resource["subject"]["reference"] == where(person)


def test_conditional_references_to_what_is_patched(client: Client) -> None:
    client.put("/Patient/a", patient("a", id="a"))
    change = _json("/identifier/0/value", "b")
    (_, seen) = done(
        client,
        entry("PATCH", "Patient/a", change),
        entry("POST", "Observation", observation(f"Patient?identifier={SYSTEM}|b")),
    )
    assert client.get(f"/{where(seen)}").resource["subject"]["reference"] == "Patient/a"
    back = [
        entry("PATCH", "Patient/a", _json("/identifier/0/value", "c")),
        entry("POST", "Observation", observation(f"Patient?identifier={SYSTEM}|b")),
    ]
    assert refused(client, *back) == [("reference-matches-none", "Bundle.entry[1].resource.subject.reference")]


@pytest.mark.parametrize(
    ("wrong", "at"),
    [
        (entry("POST", "Patient", patient("1"), ifNoneExist="foo=1"), "Bundle.entry[1].request"),
        (entry("PUT", "Patient?foo=1", patient("1")), "Bundle.entry[1].request"),
        (entry("DELETE", "Patient?birthdate=x"), "Bundle.entry[1].request"),
        (entry("POST", "Observation", observation("Patient?foo=1")), "Bundle.entry[1].resource.subject.reference"),
    ],
)
def test_criteria_that_are_not_understood(client: Client, wrong: Any, at: str) -> None:
    issues = refused(client, entry("POST", "Patient", patient("0")), wrong, {**wrong})
    assert [place for _, place in issues] == [at, at.replace("[1]", "[2]")]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (entry("POST", "Patient", patient("1")), entry("PUT", "Patient?identifier=1", patient("1", gender="male"))),
        (entry("PUT", "Patient/x", patient("1", id="x")), entry("POST", "Patient", patient("1"), ifNoneExist="_id=y")),
        (
            entry("POST", "Patient", patient("1", gender="male"), ifNoneExist="identifier=1"),
            entry("POST", "Patient", patient("1", gender="male"), ifNoneExist="gender=male"),
        ),
        (
            entry("PATCH", "Patient/a", _json("/identifier/0/value", "1")),
            entry("POST", "Patient", patient("1"), ifNoneExist="identifier=1"),
        ),
        (entry("POST", "DocumentReference"), entry("PUT", "DocumentReference?identifier=1")),
    ],
)
def test_criteria_that_mean_another_entry(client: Client, first: Any, second: Any) -> None:
    client.put("/Patient/a", patient("a", id="a"))
    document = {
        "resourceType": "DocumentReference",
        "masterIdentifier": {"value": "1"},
        "status": "current",
        "content": [{"attachment": {"title": "x"}}],
    }
    if first["request"]["url"] == "DocumentReference":
        first, second = {**first, "resource": document}, {**second, "resource": document}
    if "ifNoneExist" in second["request"] and "_id=y" in second["request"]["ifNoneExist"]:
        assert statuses(done(client, first, second)) == ["201", "201"]  # they mean two
        return
    for pair in ((first, second), (second, first)):
        assert {key for key, _ in refused(client, *pair)} == {"entries-meet"}


def test_operations(client: Client) -> None:
    client.put("/Patient/a", patient("a", id="a"))
    made, checked, all = done(
        client,
        entry("POST", "Patient", patient("1")),
        entry("POST", "Patient/$validate", patient("1", gender="x")),
        entry("GET", "Patient/a/$everything"),
    )
    assert made["response"]["status"] == "201 Created"
    assert checked["resource"]["resourceType"] == "OperationOutcome" and all["resource"]["total"] == 1
    tag = {"resourceType": "Parameters", "parameter": [{"name": "meta", "valueMeta": {"tag": [{"code": "x"}]}}]}
    wrong = entry("POST", "Patient/a/$meta-add", tag)
    assert refused(client, wrong) == [("entry-not-in-transaction", "Bundle.entry[0].request")]
    moved = {"resourceType": "Parameters", "parameter": [{"name": "by", "valueDuration": {"value": 1, "unit": "h"}}]}
    assert refused(client, entry("POST", "$clock", moved)) == [("entry-not-in-transaction", "Bundle.entry[0].request")]
    composition = {**COMPOSITION, "id": "c"}
    client.put("/Composition/c", composition)
    persist = {"resourceType": "Parameters", "parameter": [{"name": "persist", "valueBoolean": True}]}
    wrong = entry("POST", "Composition/c/$document", persist)
    assert refused(client, wrong) == [("entry-changes", "Bundle.entry[0].request")]
    assert count(client, "Bundle") == 0


COMPOSITION = {
    "resourceType": "Composition",
    "status": "final",
    "type": {"text": "x"},
    "date": "2024-01-01",
    "author": [{"display": "x"}],
    "title": "x",
}


@pytest.mark.postgresql
def test_a_database_that_is_away() -> None:
    """What cannot be read now can be asked for again: a transaction that only reads says so too."""
    with cluster() as own:
        made = assemble(Settings(database_url=own.url(own.create()), base_url=BASE))
    for one in (entry("GET", "Patient/a"), entry("POST", "Patient", patient("1"))):
        reply = post(client_of(made), one)
        assert (reply.status, reply.headers.get("Retry-After")) == (503, "1")
    made.store.close()
