"""Rules through the door: refused, warned of or not asked, as the rule pack of the group behind the write says."""

from __future__ import annotations

from tests.exchange.conftest import example
from tests.support.client import Client

PLACER = "PractitionerRole/demo-chc-doctor-role"


def test_an_unknown_caller_is_refused(group: Client) -> None:
    reply = group.post("/Task", example("Task-demo-group-task"), x_caller="PractitionerRole/nobody")
    assert (reply.status, reply.keys) == (401, ["caller-unknown"])


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
