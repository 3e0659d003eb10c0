"""The one door for writes, on both databases."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from threading import Barrier, Thread
from typing import Any

import pytest

from fhirserver.interactions.context import Context
from fhirserver.interactions.message import Response
from fhirserver.interactions.preconditions import Precondition, Tags
from fhirserver.interactions.write import Change, Written, write
from fhirserver.outcome import FhirError
from fhirserver.resource import json
from fhirserver.resource.json import Literal
from tests.interactions.conftest import START, Clock

PATIENT = {"resourceType": "Patient", "id": "1", "active": True}


def put(context: Context, resource: dict[str, Any], **precondition: Any) -> Written:
    change = Change("PUT", resource["resourceType"], "1", resource, Precondition(**precondition))
    (written,) = write(context, [change])
    return written


def body(written: Written) -> bytes:
    assert written.version is not None and written.version.body is not None
    return written.version.body


# ---- the bytes -------------------------------------------------------------------------------------------------------


def test_the_final_bytes(context: Context) -> None:
    written = put(context, {"active": True, "meta": {"source": "urn:x"}, "resourceType": "Patient", "gender": "female"})
    assert body(written) == (
        b'{"resourceType":"Patient","id":"1","meta":{"versionId":"1","lastUpdated":"2025-03-10T08:00:01.000+08:00",'
        b'"source":"urn:x"},"active":true,"gender":"female"}'
    )


def test_nothing_but_an_identity(context: Context) -> None:
    written = put(context, {"resourceType": "Patient"})
    assert body(written).endswith(b'"lastUpdated":"2025-03-10T08:00:01.000+08:00"}}')


@pytest.mark.parametrize("meta", [None, {"versionId": "7"}, {"lastUpdated": "x"}, {"versionId": 1, "_lastUpdated": {}}])
def test_what_the_sender_says_of_the_version_is_ignored(context: Context, meta: Any) -> None:
    sent = {**PATIENT, "meta": meta} if meta else PATIENT
    assert json.decode(body(put(context, sent)))["meta"] == {
        "versionId": "1",
        "lastUpdated": "2025-03-10T08:00:01.000+08:00",
    }


def test_numbers_keep_their_spelling(context: Context) -> None:
    observation = {
        "resourceType": "Observation",
        "status": "final",
        "code": {"text": "x"},
        "component": [
            {"code": {"text": "y"}, "valueQuantity": {"value": value}} for value in (Decimal("1.00"), Literal("1e2"))
        ],
    }
    assert b'"value":1.00}' in body(put(context, observation)) and b'"value":1e2}' in body(put(context, observation))


# ---- what is no change -----------------------------------------------------------------------------------------------


def test_the_same_content_makes_no_version(context: Context) -> None:
    first = put(context, PATIENT)
    again = put(context, {**PATIENT, "meta": {"versionId": "1", "lastUpdated": "2025-03-10T08:00:01.000+08:00"}})
    assert (again.changed, again.created) == (False, False)
    assert body(again) == body(first)


def test_the_order_of_members_is_no_content(context: Context) -> None:
    name = {"family": "刘", "given": ["桂兰"]}
    put(context, {**PATIENT, "name": [name], "gender": "female"})
    again = put(
        context, {"resourceType": "Patient", "gender": "female", "name": [dict(reversed(name.items()))], **PATIENT}
    )
    assert not again.changed


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"given": ["a", "b"]}, {"given": ["b", "a"]}),
        ({"text": "ab"}, {"text": "ba"}),
        ({"text": "a"}, {"text": "ab"}),
    ],
)
def test_what_is_a_change(context: Context, before: Any, after: Any) -> None:
    put(context, {**PATIENT, "name": [before]})
    assert put(context, {**PATIENT, "name": [after]}).changed


def test_precision_is_content(context: Context) -> None:
    """datatypes.html#decimal"""
    basic = {"resourceType": "Basic", "code": {"text": "x"}}

    def with_value(value: Decimal) -> dict[str, Any]:
        return {**basic, "extension": [{"url": "urn:x", "valueDecimal": value}]}

    put(context, with_value(Decimal("1.0")))
    assert put(context, with_value(Decimal("1.00"))).changed
    assert not put(context, with_value(Decimal("1.00"))).changed


def test_meta_is_content(context: Context) -> None:
    put(context, PATIENT)
    tagged = {**PATIENT, "meta": {"tag": [{"code": "x"}]}}
    assert put(context, tagged).changed
    assert not put(context, tagged).changed


def test_another_time_zone_is_no_harm(context: Context) -> None:
    from zoneinfo import ZoneInfo

    put(context, PATIENT)
    written = put(replace(context, zone=ZoneInfo("UTC")), PATIENT)
    assert b'"lastUpdated":"2025-03-10T00:00:' in body(written) or not written.changed


# ---- versions --------------------------------------------------------------------------------------------------------


def test_versions_go_on_after_a_deletion(context: Context) -> None:
    put(context, PATIENT)
    deletion = Change("DELETE", "Patient", "1")
    (deleted,) = write(context, [deletion])
    assert deleted.version is not None and (deleted.version.version, deleted.version.body) == (2, None)
    (again,) = write(context, [deletion])
    assert (again.changed, again.version) == (False, deleted.version)
    back = put(context, PATIENT)
    assert back.created and back.version is not None and back.version.version == 3


def test_deleting_what_never_was(context: Context) -> None:
    (written,) = write(context, [Change("DELETE", "Patient", "never")])
    assert (written.changed, written.version) == (False, None)
    assert context.store.read("Patient", "never") is None


def test_time_goes_on_even_when_the_clock_goes_back(context: Context, clock: Clock) -> None:
    first = put(context, PATIENT)
    clock.now = START - timedelta(days=1)
    second = put(context, {**PATIENT, "active": False})
    assert first.version is not None and second.version is not None
    assert second.version.last_updated == first.version.last_updated + 1000


def test_versions_of_one_moment_differ_in_time(context: Context) -> None:
    still = replace(context, now=lambda: START)
    times = [put(still, {**PATIENT, "active": active}).version for active in (True, False, True)]
    assert len({version.last_updated for version in times if version is not None}) == 3


# ---- several at once -------------------------------------------------------------------------------------------------


def test_all_or_none(context: Context) -> None:
    stale = Precondition(if_match=Tags('W/"9"', frozenset({"9"})))
    with pytest.raises(FhirError) as caught:
        write(context, [Change("PUT", "Patient", "a", PATIENT), Change("PUT", "Patient", "b", PATIENT, stale)])
    assert caught.value.status == 412
    assert context.store.read("Patient", "a") is None


def test_what_is_not_valid_stores_nothing(context: Context) -> None:
    with pytest.raises(FhirError) as caught:
        write(context, [Change("PUT", "Patient", "a", PATIENT), Change("PUT", "Patient", "b", {**PATIENT, "x": 1})])
    assert caught.value.status == 400
    assert context.store.read("Patient", "a") is None


def test_one_time_for_all(context: Context) -> None:
    written = write(context, [Change("PUT", "Patient", id, PATIENT) for id in ("a", "b")])
    assert len({each.version.last_updated for each in written if each.version is not None}) == 1


def race(work: Callable[[int], None], threads: int = 8) -> None:
    barrier = Barrier(threads)

    def run(number: int) -> None:
        barrier.wait()
        work(number)

    started = [Thread(target=run, args=(number,)) for number in range(threads)]
    for thread in started:
        thread.start()
    for thread in started:
        thread.join()


def test_of_many_with_one_if_match_exactly_one_wins(context: Context) -> None:
    put(context, PATIENT)
    won: list[int] = []
    lost: list[int] = []

    def update(number: int) -> None:
        try:
            put(context, {**PATIENT, "name": [{"text": f"n{number}"}]}, if_match=Tags('W/"1"', frozenset({"1"})))
            won.append(number)
        except FhirError as error:
            assert error.status == 412
            lost.append(number)

    race(update)
    assert (len(won), len(lost)) == (1, 7)
    version = context.store.read("Patient", "1")
    assert version is not None and version.version == 2


def test_no_version_is_lost_without_if_match(context: Context) -> None:
    def update(number: int) -> None:
        for turn in range(5):
            put(context, {**PATIENT, "name": [{"text": f"n{number}.{turn}"}]})

    race(update)
    versions = context.store.history("Patient", "1", count=100)
    assert [version.version for version in versions] == list(range(40, 0, -1))
    assert len({version.body for version in versions}) == 40
    times = [version.last_updated for version in versions]
    assert times == sorted(set(times), reverse=True)


def test_many_creating_one_id_make_one_resource(context: Context) -> None:
    created: list[bool] = []

    def update(number: int) -> None:
        created.append(put(context, {**PATIENT, "name": [{"text": f"n{number}"}]}).created)

    race(update)
    assert created.count(True) == 1
    assert len(context.store.history("Patient", "1", count=100)) == 8


def test_the_indexer_sees_the_final_resource(context: Context) -> None:
    seen: list[dict[str, Any]] = []

    class Indexer:
        def rows(self, resource: dict[str, Any]) -> dict[str, list[Any]]:
            seen.append(resource)
            return {}

    put(replace(context, indexer=Indexer()), {**PATIENT, "id": "other", "meta": {"versionId": "3", "source": "urn:x"}})
    assert seen == [{**PATIENT, "meta": {"source": "urn:x"}}]


def test_a_response_of_a_bundle_entry_is_the_same_as_over_http(call: Callable[..., Response]) -> None:
    created = call("POST", "Patient", {"resourceType": "Patient"})
    assert created.status == 201
    assert created.headers["Location"] == "http://fhir.example.org/fhir/Patient/made-1/_history/1"
    assert call("GET", "Patient/made-1").body == created.body
    with pytest.raises(FhirError) as caught:
        call("GET", "Patient/unknown")
    assert caught.value.status == 404
