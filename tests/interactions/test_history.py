"""http.html#history on both databases: what is in it, periods, and pages that are complete while others write."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from random import Random
from threading import Event, Thread
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from fhirserver.interactions.context import Context
from fhirserver.interactions.message import Response
from fhirserver.outcome import FhirError
from fhirserver.resource import json
from tests.interactions.conftest import BASE, START, Clock

Call = Callable[..., Response]


def bundle_of(response: Response) -> dict[str, Any]:
    assert response.status == 200 and response.body is not None
    return json.decode(response.body)


def follow(call: Call, link: str) -> dict[str, Any]:
    url = urlsplit(link)
    assert link.startswith(f"{BASE}/")
    return bundle_of(call("GET", url.path.removeprefix("/fhir/"), query=parse_qsl(url.query)))


def link(bundle: dict[str, Any], relation: str) -> str | None:
    return next((each["url"] for each in bundle["link"] if each["relation"] == relation), None)


def versions(call: Call, path: str, count: int = 3, **query: str) -> list[str]:
    """All pages of a history as ``type/id/version``, in their order."""
    bundle = bundle_of(call("GET", path, query={"_count": str(count), **query}))
    found: list[str] = []
    while True:
        entries = bundle.get("entry", [])
        assert len(entries) <= count
        found += [entry["response"]["location"].removeprefix(f"{BASE}/").replace("_history/", "") for entry in entries]
        following = link(bundle, "next")
        if following is None:
            return found
        assert len(entries) == count
        bundle = follow(call, following)


def write(call: Call, type: str, id: str, text: str) -> None:
    extra = {"code": {"text": "x"}} if type == "Basic" else {}
    call("PUT", f"{type}/{id}", {"resourceType": type, "id": id, "language": text, **extra})


@pytest.fixture
def story(call: Call) -> list[str]:
    """Nine versions of three resources, newest first; the clock goes on one second each."""
    told = []
    for type, id, text in (
        ("Patient", "a", "t1"),
        ("Basic", "a", "t2"),
        ("Patient", "b", "t3"),
        ("Patient", "a", "t4"),
        ("Patient", "a", "-"),
        ("Basic", "a", "t6"),
        ("Patient", "a", "t7"),
        ("Patient", "b", "t8"),
        ("Patient", "b", "-"),
    ):
        if text == "-":
            call("DELETE", f"{type}/{id}")
        else:
            write(call, type, id, text)
        told.append(f"{type}/{id}")
    return [f"{each}/{told[: place + 1].count(each)}" for place, each in enumerate(told)][::-1]


@pytest.mark.parametrize("count", [1, 2, 3, 4, 9, 100])
def test_all_versions_newest_first(call: Call, story: list[str], count: int) -> None:
    assert versions(call, "_history", count) == story
    for type in ("Patient", "Basic"):
        assert versions(call, f"{type}/_history", count) == [each for each in story if each.startswith(type)]
    for one in ("Patient/a", "Patient/b", "Basic/a"):
        assert versions(call, f"{one}/_history", count) == [each for each in story if each.startswith(one)]


def test_an_entry_of_each_kind(call: Call, story: list[str]) -> None:
    call("POST", "Patient", {"resourceType": "Patient"})
    created, deleted, updated, *_ = bundle_of(call("GET", "Patient/_history"))["entry"]
    assert created["request"] == {"method": "POST", "url": "Patient"}
    assert created["response"] == {
        "status": "201",
        "location": f"{BASE}/Patient/made-1/_history/1",
        "etag": 'W/"1"',
        "lastModified": created["resource"]["meta"]["lastUpdated"],
    }
    assert created["fullUrl"] == f"{BASE}/Patient/made-1"
    assert deleted == {
        "fullUrl": f"{BASE}/Patient/b",
        "request": {"method": "DELETE", "url": "Patient/b"},
        "response": {
            "status": "204",
            "location": f"{BASE}/Patient/b/_history/3",
            "etag": 'W/"3"',
            "lastModified": "2025-03-10T08:00:09.000+08:00",
        },
    }
    assert updated["request"] == {"method": "PUT", "url": "Patient/b"}
    assert updated["response"]["status"] == "200"
    assert updated["resource"]["language"] == "t8"


def test_the_bundle_is_valid(context: Context, call: Call, story: list[str]) -> None:
    for query in ({}, {"_count": "2"}, {"_count": "0"}, {"_summary": "true"}, {"_elements": "language"}):
        bundle = bundle_of(call("GET", "_history", query=query))
        assert list(context.validator.check(bundle, type="Bundle")) == []


def test_total(call: Call, story: list[str]) -> None:
    """Bundle.total where it is known: always for one resource, else when everything is on one page."""
    assert bundle_of(call("GET", "Patient/a/_history", query={"_count": "1"}))["total"] == 4
    assert bundle_of(call("GET", "_history"))["total"] == 9
    assert "total" not in bundle_of(call("GET", "_history", query={"_count": "1"}))
    assert bundle_of(call("GET", "Patient/a/_history", query={"_since": "2025-03-10T08:00:05+08:00"}))["total"] == 2


# ---- periods ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("since", "left_out"),
    [
        ("2025-03-10T00:00:00Z", 0),
        ("2025-03-10T08:00:01+08:00", 0),
        ("2025-03-10T08:00:01.001+08:00", 1),
        ("2025-03-10T08:00:05+08:00", 4),
        ("2025-03-10T00:00:05.000Z", 4),
        ("2025-03-10T08:00:09+08:00", 8),
        ("2025-03-10T08:00:10+08:00", 9),
    ],
)
def test_since(call: Call, story: list[str], since: str, left_out: int) -> None:
    expected = story[: 9 - left_out]
    assert versions(call, "_history", 2, _since=since) == expected
    assert versions(call, "Patient/_history", 2, _since=since) == [each for each in expected if each.startswith("Pat")]


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        ("2025-03-10T08:00:00+08:00", []),
        # a second has a width: what began within it was current in it
        ("2025-03-10T08:00:01+08:00", ["Patient/a/1"]),
        ("2025-03-10T08:00:03+08:00", ["Patient/b/1", "Basic/a/1", "Patient/a/1"]),
        ("2025-03-10T08:00:04+08:00", ["Patient/a/2", "Patient/b/1", "Basic/a/1"]),
        ("2025-03-10T08:00:05.500+08:00", ["Patient/a/3", "Patient/b/1", "Basic/a/1"]),
        ("2025-03-10T08:00:10+08:00", ["Patient/b/3", "Patient/a/4", "Basic/a/2"]),
        # without a zone it is the server's
        ("2025-03-10T08:00:01", ["Patient/a/1"]),
        ("2025-03-09", []),
        ("2025-03-11", ["Patient/b/3", "Patient/a/4", "Basic/a/2"]),
        ("2024", []),
    ],
)
def test_at(call: Call, story: list[str], at: str, expected: list[str]) -> None:
    assert versions(call, "_history", 2, _at=at) == expected


def test_at_a_day_is_all_that_was_current_in_it(call: Call, story: list[str]) -> None:
    for at in ("2025-03-10", "2025-03", "2025"):
        assert versions(call, "_history", 2, _at=at) == story


# ---- pages -----------------------------------------------------------------------------------------------------------


def test_links_say_what_was_understood(call: Call, story: list[str]) -> None:
    query = {"_count": "2", "_since": "2025-03-10T08:00:01 08:00", "_format": "json", "_elements": "language"}
    bundle = bundle_of(call("GET", "Patient/_history", query=query))
    own = dict(parse_qsl(urlsplit(link(bundle, "self") or "").query))
    assert own == {**query, "_since": "2025-03-10T08:00:01 08:00"}
    following = dict(parse_qsl(urlsplit(link(bundle, "next") or "").query))
    assert following.pop("_page") and following == own


def test_a_link_is_good_for_its_own_list_only(call: Call, story: list[str]) -> None:
    bundle = bundle_of(call("GET", "Patient/_history", query={"_count": "2"}))
    query = dict(parse_qsl(urlsplit(link(bundle, "next") or "").query))
    assert bundle_of(call("GET", "Patient/_history", query=query))
    assert bundle_of(call("GET", "Patient/_history", query={**query, "_count": "1"}))
    for path, more in (
        ("Basic/_history", {}),
        ("_history", {}),
        ("Patient/a/_history", {}),
        ("Patient/_history", {"_since": "2025-03-10T08:00:01+08:00"}),
        ("Patient/_history", {"_at": "2025"}),
        ("Patient/_history", {"_page": query["_page"][:-1]}),
        ("Patient/_history", {"_page": query["_page"][::-1]}),
    ):
        with pytest.raises(FhirError) as caught:
            call("GET", path, query={**query, **more})
        assert [issue.key for issue in caught.value.issues] == ["page-unknown"]


def test_a_link_is_good_in_another_worker_but_not_with_another_secret(context: Context, story: list[str]) -> None:
    from fhirserver.interactions.message import Request
    from fhirserver.interactions.table import dispatch

    first = dispatch(context, Request("GET", ("_history",), BASE, [("_count", "2")]))
    query = parse_qsl(urlsplit(link(bundle_of(first), "next") or "").query)
    request = Request("GET", ("_history",), BASE, query)
    assert bundle_of(dispatch(replace(context), request))["entry"]
    with pytest.raises(FhirError):
        dispatch(replace(context, secret=b"another"), request)


def test_a_page_has_at_most_what_the_server_allows(context: Context, story: list[str]) -> None:
    from fhirserver.interactions.message import Request
    from fhirserver.interactions.table import dispatch

    small = replace(context, default_count=2, max_count=4)
    assert len(bundle_of(dispatch(small, Request("GET", ("_history",), BASE)))["entry"]) == 2
    capped = bundle_of(dispatch(small, Request("GET", ("_history",), BASE, [("_count", "100")])))
    assert len(capped["entry"]) == 4 and "_count=4" in (link(capped, "self") or "")


def test_versions_of_one_moment_are_all_there(context: Context, call: Call, clock: Clock) -> None:
    """A transaction gives all its versions one time; pages must not skip or repeat at the seam."""
    from fhirserver.interactions.write import Change
    from fhirserver.interactions.write import write as write_all

    for turn in ("t1", "t2"):
        changes = [
            Change("PUT", "Patient", f"p{number}", {"resourceType": "Patient", "language": turn})
            for number in range(10)
        ]
        write_all(context, changes)
    for count in (1, 3, 7):
        found = versions(call, "Patient/_history", count)
        assert len(found) == len(set(found)) == 20


def test_pages_are_complete_while_others_write(call: Call) -> None:
    """What was there when reading began comes exactly once, however much is written meanwhile."""
    for number in range(30):
        write(call, "Patient", f"p{number % 10}", f"t{number}")
    before = versions(call, "Patient/_history", 100)
    stop = Event()

    def keep_writing() -> None:
        random = Random(1)
        turn = 0
        while not stop.is_set():
            turn += 1
            write(call, "Patient", f"p{random.randrange(15)}", f"u{turn}")
            if turn % 5 == 0:
                call("DELETE", f"Patient/p{random.randrange(15)}")

    writer = Thread(target=keep_writing)
    writer.start()
    try:
        for _ in range(5):
            found = versions(call, "Patient/_history", 4)
            assert len(found) == len(set(found))
            assert [each for each in found if each in set(before)] == before
    finally:
        stop.set()
        writer.join()


def test_the_clock_of_the_bundle(context: Context, call: Call, clock: Clock) -> None:
    clock.now = START + timedelta(days=1, microseconds=1999)
    assert bundle_of(call("GET", "_history"))["meta"]["lastUpdated"] == "2025-03-11T08:00:01.001+08:00"
