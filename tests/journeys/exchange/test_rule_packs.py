"""Each group takes the rules as it has agreed to, from the day it has agreed to; the same request, other answers."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests.journeys.exchange.conftest import BEGINNING
from tests.journeys.exchange.vendor import Group, Referral, criterion, forward, refusals
from tests.support.server import running

pytestmark = pytest.mark.slow

PACKS = """\
id: strict
version: "1"
title: 从严的集团
group: Organization/strict
from: {beginning}
until: {last}
rules:
  REF-LEVEL: {{mode: enforce}}
  REF-CONSENT: {{mode: advise}}
  REF-NOVISIT: {{mode: off}}
  REF-TIME: {{parameters: {{minutes: {{routine: 60}}}}}}
---
id: strict-later
version: "2"
title: 从严的集团
group: Organization/strict
from: {later}
rules:
  REF-LEVEL: {{mode: off}}
---
id: free
version: "1"
title: 自由的集团
group: Organization/free
profiles: false
"""
UNCLEAR = criterion("up-criterion", "unclear-diagnosis")
TOLD = {"Prefer": "return=OperationOutcome"}


def test_the_same_request_in_three_groups(database_url: str, tmp_path: Path) -> None:
    today = datetime.fromisoformat(BEGINNING).date()
    days = {"beginning": today, "last": today + timedelta(days=9), "later": today + timedelta(days=10)}
    folder = tmp_path / "packs"
    folder.mkdir()
    for number, text in enumerate(PACKS.format(**days).split("---\n")):
        (folder / f"{number}.yaml").write_text(text, encoding="utf-8")
    settings = {"clock": BEGINNING, "rule_packs": str(folder)}
    with running(database_url, tmp_path, settings) as server:
        strict, free, usual = (Group(server.client(), tag=tag) for tag in ("strict", "free", "usual"))

        def skips(group: Group) -> tuple[int, set[str]]:
            reply = Referral(group, to=group.at("lead-surgery"), why=(UNCLEAR,)).post(**TOLD)
            return reply.status, refusals(reply)

        assert skips(strict) == (422, {"REF-LEVEL"})
        assert skips(usual) == (201, {"REF-LEVEL"})

        def unseen(group: Group) -> tuple[int, set[str]]:
            referral = Referral(group, to=group.at("district-surgery"))
            del referral.request["encounter"]
            referral.request["extension"] = referral.request["extension"][1:]
            reply = referral.post(**TOLD)
            return reply.status, refusals(reply)

        assert unseen(strict) == (201, {"REF-CONSENT"})
        assert unseen(usual) == (422, {"REF-CONSENT", "REF-NOVISIT"})

        waits = [
            Referral(group, to=group.at("district-surgery")).sent().task["restriction"]["period"]
            for group in (strict, usual)
        ]
        lengths = [datetime.fromisoformat(each["end"]) - datetime.fromisoformat(each["start"]) for each in waits]
        assert lengths == [timedelta(hours=1), timedelta(hours=72)]

        nameless = {"resourceType": "Patient", "gender": "female"}
        answers = [group.doctor("centre").send("POST", "/Patient", nameless).status for group in (free, usual)]
        assert answers == [201, 422]

        forward(server.client(), "d", 11)
        assert skips(strict) == (201, set())
        assert unseen(strict) == (422, {"REF-CONSENT", "REF-NOVISIT"})
