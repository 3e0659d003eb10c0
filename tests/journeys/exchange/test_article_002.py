"""Article 002, a county: four tiers in one group, hospitals that merge and move, patients from the next county."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.journeys.exchange.vendor import (
    COMMUNITY,
    Group,
    Referral,
    Resource,
    concept,
    criterion,
    now,
    outside,
    refusals,
)
from tests.support.client import Client

pytestmark = pytest.mark.slow

UNCLEAR = criterion("up-criterion", "unclear-diagnosis")


def test_city_county_township_village(client: Client) -> None:
    """1+5+16+N: a typed tree that pages; nothing is part of itself."""
    group = Group(client)
    villages = [group.organization(f"village-{number:02}", 0, partOf="centre") for number in range(30)]
    group.write(*villages)
    found, query = [], f"/Organization?partof:below=Organization/{group.id('centre')}&tier=0&_count=7"
    while query:
        bundle = group.admin.client.get(query).resource
        found += [entry["resource"]["id"] for entry in bundle["entry"]]
        query = next((link["url"] for link in bundle["link"] if link["relation"] == "next"), "")
    assert sorted(found) == sorted([*(each["id"] for each in villages), group.id("station")])
    for above in ("centre", "village-00"):
        ring = group.put_all(group.organization("centre", 1, partOf=above))
        assert (ring.status, refusals(ring)) == (422, {"GOV-CYCLE"})
    none = client.get("/Organization?_count=0").resource
    assert none["total"] > 30 and "entry" not in none


def test_two_hospitals_become_one(client: Client) -> None:
    """New requests to the old hospital are told where to go; what was on its way there is read and finished."""
    group = Group(client)
    group.member("old", 2)
    group.write(group.service("old-surgery", "old", "inpatient", specialty="04"))
    before = Referral(group, to=group.at("old-surgery")).sent()
    group.office("old").moved(before.task, "accepted")
    merged = {
        "resourceType": "Provenance",
        "id": group.id("merger"),
        "target": [{"reference": f"Organization/{group.id('district')}"}],
        "recorded": now(client).isoformat(timespec="seconds"),
        "activity": {"coding": [{**concept("provenance-activity", "merged")["coding"][0]}]},
        "agent": [{"who": {"reference": f"Organization/{group.tag}"}}],
        "entity": [{"role": "revision", "what": {"reference": f"Organization/{group.id('old')}"}}],
    }
    group.write(group.organization("old", 2, active=False), merged)
    for target in (group.at("old-surgery"), f"Organization/{group.id('old')}"):
        refused = Referral(group, to=target).post()
        assert (refused.status, "REF-CAPABILITY" in refusals(refused)) == (422, True)
        assert f"Organization/{group.id('district')}" in refused.body.decode()
    assert group.office("old").send("GET", f"/{before.id}").status == 200
    assert before.task["status"] == "accepted"
    held = group.office("old").moved(before.task, "on-hold", statusReason=concept("status-reason", "waiting"))
    assert held["status"] == "on-hold"
    assert group.body("old").move(before.task, "accepted").status == 401


def test_more_than_one_tier_at_once(client: Client) -> None:
    """From the village to the city: advised against, unless the patient or the disease asks for it."""
    group = Group(client)
    told: dict[str, str] = {"Prefer": "return=OperationOutcome"}
    wanted: Resource = {"by": "station", "to": group.at("lead-surgery")}
    warned = Referral(group, why=(UNCLEAR,), **wanted).post(**told)
    assert (warned.status, refusals(warned)) == (201, {"REF-LEVEL"})
    for reason in ((UNCLEAR, outside("patient-choice")), (criterion("up-criterion", "not-available"),)):
        quiet = Referral(group, why=reason, **wanted).post(**told)
        assert (quiet.status, refusals(quiet)) == (201, set())
    step = Referral(group, by="district", to=group.at("lead-surgery"), why=(UNCLEAR,)).post(**told)
    assert (step.status, refusals(step)) == (201, set())


def test_patients_from_the_next_county(client: Client) -> None:
    """Who lives outside the grid is served; the referral says so."""
    group = Group(client)
    Referral(group, to=group.at("lead-surgery"), why=(UNCLEAR, outside("out-of-grid"))).sent()


def test_leaving_the_group_does_not_undo_what_was(client: Client) -> None:
    """Membership counts as of the day: the referral of a member is answered after the member has left."""
    group = Group(client)
    referral = Referral(group, to=group.at("district-surgery")).sent()
    yesterday = (now(client) - timedelta(days=1)).date().isoformat()
    group.write(group.affiliation("centre", "member", period={"start": "2023-07-01", "end": yesterday}))
    refused = Referral(group, to=group.at("lead-surgery")).post()
    assert (refused.status, refusals(refused)) == (422, {"REF-NOTMEMBER"})
    assert group.office("district").moved(referral.task, "accepted")["status"] == "accepted"
    assert group.doctor("centre").moved(referral.task, "cancelled")["status"] == "cancelled"


def test_what_a_referral_must_have(client: Client) -> None:
    """Seen, asked, agreed to, documented: each that is missing is named, with where it belongs; nothing is stored."""
    group = Group(client)
    referral = Referral(group, to=group.at("lead-surgery"))
    whole = referral.request
    missing = {
        "REF-NOVISIT": ({**whole, "encounter": None}, "ServiceRequest.encounter"),
        "REF-CONSENT": ({**whole, "extension": whole["extension"][1:]}, "ServiceRequest.extension"),
        "REF-CRITERION": ({**whole, "extension": whole["extension"][:1]}, "ServiceRequest.extension"),
        "REF-PACKAGE": ({**whole, "supportingInfo": whole["supportingInfo"][1:]}, "ServiceRequest.supportingInfo"),
    }
    for rule, (request, place) in missing.items():
        referral.request = {name: value for name, value in request.items() if value is not None}
        for header in ({}, {"Prefer": "handling=dry-run"}):
            refused = referral.post(**header)
            assert (refused.status, refusals(refused)) == (422, {rule})
            assert refused.resource["issue"][0]["expression"] == [place]
    referral.request = whole
    assert referral.post(Prefer="handling=dry-run").status == 200
    assert referral.story() == []
    referral.sent()


def test_one_grid_for_each_community(client: Client) -> None:
    """The county is laid out anew: no community is in two grids, nor in a subdistrict that another grid has whole."""
    group = Group(client)
    number = f"37029{int(group.tag[1:], 16) % 10000:04}"

    def grid(key: str, *codes: str, **more: str) -> Resource:
        return {
            "resourceType": "Location",
            "id": group.id(key),
            "status": "active",
            "mode": "instance",
            "type": [concept("location-type", "grid")],
            "identifier": [{"system": COMMUNITY, "value": code} for code in codes],
            **more,
        }

    group.write(grid("one", f"{number}001", f"{number}002"))
    for codes in ((f"{number}002",), (f"{number}003", f"{number}001"), (number,)):
        refused = group.put_all(grid("two", *codes))
        assert (refused.status, refusals(refused)) == (409, {"GRID-OVERLAP"}), codes
    group.write(grid("two", f"{number}003"))
    group.write(grid("one", f"{number}001", status="inactive"), grid("three", f"{number}001"))
    group.write(grid("two", f"{number}003", status="inactive"), grid("three", number))
    refused = group.put_all(grid("four", f"{number}009"))
    assert (refused.status, refusals(refused)) == (409, {"GRID-OVERLAP"})
