"""One person in two records, through the door."""

from __future__ import annotations

from typing import Any

from fhirserver.exchange.identity import CITIZEN, MASTER_INDEX
from tests.support.client import Client
from tests.support.whole import bundle, entry

NUMBER = "37020019680412022X"
OTHER = "370200196207210358"
CODES = "https://medgroup.example.org/fhir/CodeSystem"


def patient(organization: str, number: str = NUMBER, name: str = "刘桂兰", **more: Any) -> dict[str, Any]:
    return {
        "resourceType": "Patient",
        "identifier": [{"system": CITIZEN, "value": number}],
        "name": [{"text": name}],
        "managingOrganization": {"reference": f"Organization/{organization}"},
        **more,
    }


def created(client: Client, resource: dict[str, Any]) -> str:
    reply = client.post(f"/{resource['resourceType']}", resource)
    assert reply.status == 201, reply.body.decode()
    id: str = reply.resource["id"]
    return id


def links(client: Client, id: str) -> list[str]:
    found = client.get(f"/Patient/{id}").resource.get("link", [])
    assert all(each["type"] == "seealso" for each in found)
    return [each["other"]["reference"].removeprefix("Patient/") for each in found]


def index(client: Client, id: str) -> str | None:
    resource = client.get(f"/Patient/{id}").resource
    found = [each["value"] for each in resource["identifier"] if each["system"] == MASTER_INDEX]
    assert len(found) <= 1
    return found[0] if found else None


def test_a_second_record_in_one_organisation_is_refused(client: Client) -> None:
    first = created(client, patient("a"))
    reply = client.post("/Patient", patient("a", number=NUMBER.lower(), name="Liu Guilan"))
    assert reply.status == 409
    assert reply.keys == ["GEN-DUP-PATIENT"]
    assert f"Patient/{first}" in reply.resource["issue"][0]["diagnostics"]
    assert NUMBER not in reply.body.decode()


def test_a_record_that_is_not_in_use_is_in_nobodys_way(client: Client) -> None:
    first = created(client, patient("a", active=False))
    second = created(client, patient("a"))
    back = client.put(f"/Patient/{first}", {**patient("a", active=True), "id": first})
    assert (back.status, back.keys) == (409, ["GEN-DUP-PATIENT"])
    replaced = [{"type": "replaced-by", "other": {"reference": f"Patient/{second}"}}]
    merged = client.put(f"/Patient/{first}", {**patient("a", active=True, link=replaced), "id": first})
    assert merged.status == 200


def test_two_in_one_transaction_are_refused(client: Client) -> None:
    sent = bundle(entry("POST", "Patient", patient("a")), entry("POST", "Patient", patient("a")))
    assert client.post("", sent).status == 409


def test_records_in_two_organisations_are_linked_both_ways(client: Client) -> None:
    first = created(client, patient("a"))
    assert index(client, first) is None
    second = created(client, patient("b", name="LIU Guilan", birthDate="1968-04-12"))
    assert links(client, first) == [second]
    assert links(client, second) == [first]
    assert index(client, first) == index(client, second) is not None
    third = created(client, patient("c"))
    assert sorted(links(client, third)) == sorted([first, second])
    assert sorted(links(client, first)) == sorted([second, third])
    assert index(client, third) == index(client, first)
    history = client.get(f"/Patient/{first}/_history").resource
    assert history["total"] == 3
    assert "link" not in history["entry"][-1]["resource"]


def test_two_in_one_transaction_are_linked(client: Client) -> None:
    sent = bundle(entry("POST", "Patient", patient("a")), entry("POST", "Patient", patient("b")))
    reply = client.post("", sent)
    assert reply.status == 200, reply.body.decode()
    places = [each["response"]["location"] for each in reply.resource["entry"]]
    first, second = (place.split("Patient/")[1].split("/")[0] for place in places)
    assert links(client, first) == [second]
    assert links(client, second) == [first]
    assert index(client, first) == index(client, second) is not None


def test_an_update_that_does_not_know_of_the_link_leaves_it(client: Client) -> None:
    first = created(client, patient("a"))
    second = created(client, patient("b"))
    number = index(client, first)
    sent = client.put(f"/Patient/{first}", {**patient("a"), "id": first, "gender": "female"})
    assert sent.status == 200
    assert links(client, first) == [second]
    assert index(client, first) == number
    assert (
        client.put(f"/Patient/{first}", {**patient("a"), "id": first, "gender": "female"}).resource["meta"]
        == (sent.resource["meta"])
    )


def test_contradicting_names_ask_for_a_review(client: Client) -> None:
    first = created(client, patient("a"))
    reply = client.post("/Patient", patient("b", name="张海涛"), prefer="return=OperationOutcome")
    assert reply.status == 201
    assert "GEN-DUP-PATIENT" in reply.keys
    second = reply.location.split("/Patient/")[1].split("/")[0]
    assert links(client, first) == links(client, second) == []
    (task,) = entries(client, f"/Task?code={CODES}/task-code|identity-review&status=requested")
    assert {task["focus"]["reference"], task["for"]["reference"]} == {f"Patient/{first}", f"Patient/{second}"}
    assert "刘桂兰" not in str(task)
    # an update asks no second time
    client.put(f"/Patient/{second}", {**patient("b", name="张海涛", gender="female"), "id": second})
    assert len(entries(client, f"/Task?code={CODES}/task-code|identity-review")) == 1


def entries(client: Client, url: str) -> list[Any]:
    return [each["resource"] for each in client.get(url).resource.get("entry", [])]


def decide(client: Client, task: dict[str, Any], decision: str) -> None:
    output = {
        "type": {"coding": [{"system": f"{CODES}/task-output", "code": "identity-decision"}]},
        "valueCodeableConcept": {"coding": [{"system": f"{CODES}/identity-decision", "code": decision}]},
    }
    reply = client.put(f"/Task/{task['id']}", {**task, "status": "completed", "output": [output]})
    assert reply.status == 200, reply.body.decode()


def test_a_review_links_what_is_one_person(client: Client) -> None:
    first = created(client, patient("a"))
    second = created(client, patient("b", name="刘桂蓝"))
    (task,) = entries(client, f"/Task?code={CODES}/task-code|identity-review")
    decide(client, task, "same-person")
    assert links(client, first) == [second]
    assert links(client, second) == [first]
    client.put(f"/Patient/{second}", {**patient("b", name="刘桂蓝", gender="female"), "id": second})
    assert links(client, second) == [first]


def test_a_review_parts_what_is_two_people_and_history_stays(client: Client) -> None:
    first = created(client, patient("a"))
    second = created(client, patient("b"))
    review = {
        "resourceType": "Task",
        "status": "requested",
        "intent": "order",
        "code": {"coding": [{"system": f"{CODES}/task-code", "code": "identity-review"}]},
        "focus": {"reference": f"Patient/{first}"},
        "for": {"reference": f"Patient/{second}"},
        "authoredOn": "2025-03-10T09:00:00+08:00",
    }
    task = client.post("/Task", review).resource
    decide(client, task, "different-persons")
    assert links(client, first) == links(client, second) == []
    assert index(client, first) is None
    assert index(client, second) is None
    client.put(f"/Patient/{first}", {**patient("a"), "id": first, "gender": "female"})
    assert links(client, first) == []
    assert client.get(f"/Patient/{first}/_history/2").resource["link"]


def test_a_corrected_number_parts(client: Client) -> None:
    first = created(client, patient("a"))
    second = created(client, patient("b"))
    third = created(client, patient("c"))
    client.put(f"/Patient/{second}", {**patient("b", number=OTHER), "id": second})
    assert links(client, second) == []
    assert index(client, second) is None
    assert links(client, first) == [third]
    assert index(client, first) == index(client, third) is not None


def test_a_deleted_record_is_linked_no_more(client: Client) -> None:
    first = created(client, patient("a"))
    second = created(client, patient("b"))
    assert client.delete(f"/Patient/{second}").status in (200, 204)
    assert links(client, first) == []
    assert index(client, first) is None


def test_a_member_cannot_write_a_number_of_the_master_index(client: Client) -> None:
    client.put("/Organization/a", {"resourceType": "Organization", "id": "a", "active": True, "name": "a"})
    resource = patient("a")
    resource["identifier"].append({"system": MASTER_INDEX, "value": "mine"})
    reply = client.post("/Patient", resource, x_caller="Organization/a")
    assert reply.status == 201
    assert index(client, reply.resource["id"]) is None
