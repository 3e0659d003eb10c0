"""The searches a hospital lives with: its inbox, the most urgent first; what is due; the story of a requisition."""

from __future__ import annotations

from tests.exchange.referrals import OWNER, RECEIVER, Referral
from tests.support.client import Client

URGENCY = ("routine", "stat", "asap", "urgent", "routine", "stat")


def test_the_inbox_is_sorted_by_urgency(group: Client) -> None:
    made = [Referral(group).send(priority=each).task for each in URGENCY]
    Referral(group).send().move(OWNER, "accepted")
    inbox = f"/Task?owner={RECEIVER}&status=requested&_include=Task:focus"
    found: list[str] = []
    page: str | None = f"{inbox}&_sort=-priority,authored-on&_count=2"
    while page:
        bundle = group.get(page).resource
        found += [entry["resource"]["id"] for entry in bundle["entry"] if entry["search"]["mode"] == "match"]
        assert any(entry["search"]["mode"] == "include" for entry in bundle["entry"])
        page = next((link["url"] for link in bundle["link"] if link["relation"] == "next"), None)
    assert [made.index(next(task for task in made if task["id"] == id)) for id in found] == [1, 5, 2, 3, 0, 4]
    routine = group.get(f"{inbox}&_sort=priority&_count=1").resource["entry"][0]["resource"]
    assert routine["priority"] == "routine"


def test_what_is_due_first(group: Client) -> None:
    made = [Referral(group).send(priority=each).task for each in URGENCY]
    bundle = group.get(f"/Task?owner={RECEIVER}&status=requested&_sort=due").resource
    due = [entry["resource"]["restriction"]["period"]["end"] for entry in bundle["entry"]]
    assert due == sorted(due) and len(due) == len(made)


def test_the_whole_story_in_one_search(group: Client) -> None:
    referral = Referral(group).send()
    referral.move(OWNER, "accepted")
    resources = referral.story("_include=Task:focus", "_include=Task:patient", "_revinclude=Provenance:target")
    assert sorted(each["resourceType"] for each in resources) == [
        "Patient",
        "Provenance",
        "Provenance",
        "ServiceRequest",
        "Task",
        "Task",
    ]
