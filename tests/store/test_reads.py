"""Reading, on both databases: current versions, versions by number, histories and their pages."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from fhirserver.store.rows import Cursor, Version
from fhirserver.store.store import Store
from tests.store.samples import put


def numbers(versions: list[Version]) -> list[tuple[str, int]]:
    return [(version.id, version.version) for version in versions]


def test_an_unknown_resource(store: Store) -> None:
    assert store.read("Patient", "1") is None
    assert store.vread("Patient", "1", 1) is None
    assert store.history("Patient", "1", count=10) == []
    assert store.read_many([("Patient", "1"), ("Patient", "2")]) == {}
    assert store.read_many([]) == {}


def test_a_version_comes_back_as_it_was_put(store: Store) -> None:
    body = '{"resourceType":"Patient","id":"1","name":[{"text":"刘桂兰"}]}\x00\\'.encode()
    put(store, "1", 1_700_000_000_123_000, body)
    expected = Version("Patient", "1", 1, 1_700_000_000_123_000, "POST", body)
    assert store.read("Patient", "1") == expected
    assert store.vread("Patient", "1", 1) == expected


def test_a_large_body(store: Store) -> None:
    body = bytes(range(256)) * 40_000
    put(store, "1", 1, body)
    put(store, "1", 2, b"{}")
    assert store.vread("Patient", "1", 1) == Version("Patient", "1", 1, 1, "POST", body)


def test_ids_differ_by_case_and_type(store: Store) -> None:
    put(store, "a", 1)
    assert store.read("Patient", "A") is None
    assert store.read("Group", "a") is None


def test_versions(store: Store) -> None:
    put(store, "1", 10, b"first")
    put(store, "1", 20, b"second")
    put(store, "1", 30, None)
    put(store, "1", 40, b"fourth")
    bodies = [store.vread("Patient", "1", number) for number in (1, 2, 3, 4)]
    assert [version and version.body for version in bodies] == [b"first", b"second", None, b"fourth"]
    assert [version and version.method for version in bodies] == ["POST", "PUT", "DELETE", "PUT"]
    assert [version and version.last_updated for version in bodies] == [10, 20, 30, 40]


@pytest.mark.parametrize("number", [0, -1, 2, 2**63 - 1, 2**63, 10**30])
def test_a_version_that_never_was(store: Store, number: int) -> None:
    put(store, "1", 1)
    assert store.vread("Patient", "1", number) is None


def test_a_deletion_is_read_as_such(store: Store) -> None:
    put(store, "1", 1)
    put(store, "1", 2, None)
    found = store.read("Patient", "1")
    assert found == Version("Patient", "1", 2, 2, "DELETE", None)
    assert found.deleted


def test_read_many(store: Store) -> None:
    put(store, "1", 1, b"one")
    put(store, "2", 2, b"two")
    put(store, "2", 3, None)
    put(store, "3", 3, type="Group")
    asked = [("Patient", "1"), ("Patient", "2"), ("Patient", "3"), ("Group", "3"), ("Patient", "1")]
    found = store.read_many(asked)
    assert set(found) == {("Patient", "1"), ("Patient", "2"), ("Group", "3")}
    assert found["Patient", "1"].body == b"one"
    assert found["Patient", "2"].deleted


def test_read_very_many(store: Store) -> None:
    put(store, "1", 1)
    asked = [("Patient", str(number)) for number in range(40_000)]
    assert set(store.read_many(asked)) == {("Patient", "1")}


def test_count_is_of_living_resources(store: Store) -> None:
    assert (store.count(), store.count("Patient")) == (0, 0)
    put(store, "1", 1)
    put(store, "1", 2)
    put(store, "2", 3)
    put(store, "3", 4, type="Group")
    put(store, "2", 5, None)
    put(store, "2", 6, None)
    assert (store.count(), store.count("Patient"), store.count("Group"), store.count("Slot")) == (2, 1, 1, 0)
    put(store, "2", 7)
    assert store.count("Patient") == 2


@pytest.fixture
def lives(store: Store) -> Store:
    """Patient/1 at 10, 30 and 50, Patient/2 at 20, deleted at 40, Group/3 at 30."""
    put(store, "1", 10)
    put(store, "2", 20)
    put(store, "1", 30)
    put(store, "3", 30, type="Group")
    put(store, "2", 40, None)
    put(store, "1", 50)
    return store


def test_history_is_newest_first(lives: Store) -> None:
    assert numbers(lives.history("Patient", "1", count=10)) == [("1", 3), ("1", 2), ("1", 1)]
    assert numbers(lives.history("Patient", count=10)) == [("1", 3), ("2", 2), ("1", 2), ("2", 1), ("1", 1)]
    everything = lives.history(count=10)
    assert [version.last_updated for version in everything] == [50, 40, 30, 30, 20, 10]
    assert {version.identity for version in everything[2:4]} == {("Patient", "1"), ("Group", "3")}


@pytest.mark.parametrize(("since", "expected"), [(30, 3), (31, 2), (50, 1), (51, 0), (0, 5)])
def test_since_is_at_or_after(lives: Store, since: int, expected: int) -> None:
    assert len(lives.history("Patient", since=since, count=10)) == expected


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        ((0, 10), []),
        ((10, 11), [("1", 1)]),
        ((25, 26), [("2", 1), ("1", 1)]),
        ((29, 31), [("1", 2), ("2", 1), ("1", 1)]),
        ((30, 31), [("1", 2), ("2", 1)]),
        ((45, 46), [("2", 2), ("1", 2)]),
        ((60, 61), [("1", 3), ("2", 2)]),
        ((0, 100), [("1", 3), ("2", 2), ("1", 2), ("2", 1), ("1", 1)]),
    ],
)
def test_at_is_what_was_current(lives: Store, at: tuple[int, int], expected: list[tuple[str, int]]) -> None:
    assert numbers(lives.history("Patient", at=at, count=10)) == expected
    assert numbers(lives.history("Patient", "1", at=at, count=10)) == [pair for pair in expected if pair[0] == "1"]


def test_at_with_a_version_that_lived_no_time(store: Store) -> None:
    put(store, "1", 10)
    put(store, "1", 10)
    assert numbers(store.history("Patient", "1", at=(10, 11), count=10)) == [("1", 2), ("1", 1)]


@pytest.mark.parametrize("scope", [(None, None), ("Patient", None), ("Patient", "1")])
@pytest.mark.parametrize("size", [1, 2, 3, 100])
def test_pages_hold_every_version_once(lives: Store, scope: tuple[str | None, str | None], size: int) -> None:
    whole = lives.history(*scope, count=100)
    assert [version for page in pages(lives, scope, size) for version in page] == whole


def pages(store: Store, scope: tuple[str | None, str | None], size: int) -> Iterator[list[Version]]:
    before: Cursor | None = None
    while page := store.history(*scope, before=before, count=size):
        yield page
        before = page[-1].cursor


def test_versions_of_one_instant_page_as_well(store: Store) -> None:
    for id in "abcdefgh":
        put(store, id, 7)
        put(store, id, 7)
    whole = [version for page in pages(store, (None, None), 3) for version in page]
    assert len(whole) == len(set(whole)) == 16
    assert numbers(whole) == numbers(store.history(count=100))


def test_pages_stay_complete_while_others_write(store: Store) -> None:
    for number in range(20):
        put(store, str(number), number)
    before = store.history(count=100)
    seen = []
    for turn, page in enumerate(pages(store, ("Patient", None), 3)):
        seen += page
        put(store, str(turn), 100 + turn)  # supersedes a version that is still to come
        put(store, f"new{turn}", 200 + turn)
    assert seen == before


def test_no_page_of_nothing(lives: Store) -> None:
    assert lives.history(count=0) == []


def test_select_takes_parameters_and_gives_rows(lives: Store) -> None:
    rows = lives.select("SELECT id, version FROM resource WHERE version > ? AND id <> ? ORDER BY id", (0, "3"))
    assert rows == [("1", 3), ("2", 2)]


def test_a_snapshot_does_not_see_what_is_written_meanwhile(lives: Store, other: Store) -> None:
    with lives.snapshot():
        before = lives.read("Patient", "1")
        put(other, "1", 60)
        put(other, "9", 60)
        assert lives.read("Patient", "1") == before
        with lives.snapshot():
            assert lives.read("Patient", "9") is None
        assert lives.select("SELECT count(*) FROM resource") == [(3,)]
        assert len(lives.history(count=100)) == 6
    assert lives.read("Patient", "9") is not None


def test_a_snapshot_ends_with_its_block_even_by_an_error(lives: Store, other: Store) -> None:
    with pytest.raises(ZeroDivisionError), lives.snapshot():
        raise ZeroDivisionError
    put(other, "9", 60)
    assert lives.read("Patient", "9") is not None
