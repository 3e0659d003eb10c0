"""Criteria that many resources meet: counted in two steps, sought by their values, walked; always the same answer."""

from __future__ import annotations

from typing import Any

import pytest

from fhirserver.interactions.context import Context
from fhirserver.store.rows import Version, Write
from fhirserver.store.store import Transaction
from tests.support.client import Client

#: More than are counted at first (plan.FEW), and than are listed for a page of two.
EACH = 90


def _observation(number: int) -> dict[str, Any]:
    return {
        "resourceType": "Observation",
        "id": f"n{number:04}",
        "status": "final" if number % 2 else "amended",
        "code": {"coding": [{"system": "urn:c", "code": "ab"[number % 3 % 2]}]},
        "subject": {"reference": f"Patient/p{number % 7}"},
        "effectiveDateTime": f"2024-01-{number % 28 + 1:02}",
    }


@pytest.fixture
def many(context: Context, client: Client) -> Client:
    assert context.indexer is not None
    writes = []
    for number in range(3 * EACH):
        resource = _observation(number)
        version = Version("Observation", resource["id"], 1, number, "PUT", b"{}")
        writes.append(Write(version, None, context.indexer.rows(resource)))

    def work(transaction: Transaction) -> None:
        transaction.put(writes)

    context.store.write(work)
    return client


def _expected(codes: str, status: str) -> int:
    made = [_observation(number) for number in range(3 * EACH)]
    return sum(
        each["code"]["coding"][0]["code"] in codes.split(",") and (not status or each["status"] == status)
        for each in made
    )


@pytest.mark.parametrize("status", ["", "final"])
@pytest.mark.parametrize("codes", ["a,b", "a,b,absent", "absent,b", "absent,missing", "a", "a,b,c,d,e,f,g,h,i,j"])
def test_several_values_that_many_have(many: Client, codes: str, status: str) -> None:
    asked = f"/Observation?code={codes}&_total=accurate&_count=2" + (f"&status={status}" if status else "")
    for query in (asked, asked + "&_sort=date", asked + "&_sort=-_lastUpdated"):
        for _ in range(2):  # the second time sizes are known
            assert many.get(query).resource["total"] == _expected(codes, status), query


def test_what_a_minute_ago_did_not_exist_is_found(many: Client) -> None:
    asked, before = "/Observation?code=a,new&status=final&_summary=count", _expected("a", "final")
    assert many.get(asked).resource["total"] == before
    new = {**_observation(1), "id": "new", "code": {"coding": [{"system": "urn:c", "code": "new"}]}}
    assert many.put("/Observation/new", new).status == 201
    assert many.get("/Observation?code=a,new&status=final&_summary=count").resource["total"] == 1 + _expected(
        "a", "final"
    )
    assert many.get("/Observation?code=new&status=final").resource["total"] == 1
