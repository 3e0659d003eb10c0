"""A search that runs too long is cut with a clear answer, and the worker goes on."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from fhirserver.interactions.context import Context
from fhirserver.rest.app import create_app
from fhirserver.store.store import StoreSettings, open_store
from tests.search.conftest import BASE
from tests.support.client import Client, wsgi_client

LIMIT = 0.1


def _entry(number: int) -> dict[str, Any]:
    given = [f"{letter}{number}" for letter in "abcdefghij"]
    resource = {"resourceType": "Patient", "id": f"p{number}", "name": [{"given": given}]}
    return {"resource": resource, "request": {"method": "PUT", "url": f"Patient/p{number}"}}


def test_a_search_that_runs_too_long_is_cut(context: Context, client: Client, database_url: str) -> None:
    entries = [_entry(number) for number in range(4000)]
    reply = client.post("", {"resourceType": "Bundle", "type": "transaction", "entry": entries})
    assert reply.status == 200, reply.body
    hurried = replace(context, store=open_store(database_url, settings=StoreSettings(query_timeout=LIMIT)))
    try:
        worker = wsgi_client(create_app(hurried).wsgi_app, BASE)
        # every text is looked into for each of many others: nothing an index helps with
        texts = ",".join(f"none{number}" for number in range(200))
        slow = f"/Patient?name:contains={texts}&_filter=not%20(name%20co%20zzz)"
        for _ in range(2):
            cut = worker.get(slow)
            assert cut.status == 400, cut.body
            assert cut.keys == ["store-query-too-long"]
            assert cut.resource["issue"][0]["code"] == "too-costly"
            # the same worker, the same connection
            assert len(worker.get("/Patient?_id=p7").resource["entry"]) == 1
    finally:
        hurried.store.close()
