"""Writing, on both databases: what a transaction promises, alone and among others."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import ContextVar

import pytest

from fhirserver.outcome import FhirError
from fhirserver.store import keys
from fhirserver.store.database_url import parse
from fhirserver.store.keys import res_key, value_key
from fhirserver.store.rows import Version, Write
from fhirserver.store.store import Store, StoreSettings, Transaction, open_store
from fhirserver.store.type_numbers import TYPE_NUMBER
from tests.store.samples import as_sets, index_rows, put, put_in, stored_index_rows, successor

THREADS = 8


def failing(message: str) -> Callable[[Transaction], None]:
    def work(transaction: Transaction) -> None:
        put_in(transaction, "Patient", "failed", 1, b"{}", (1,))
        raise ValueError(message)

    return work


def test_what_work_returns_is_returned(store: Store) -> None:
    assert store.write(lambda transaction: 42) == 42


def test_what_work_raises_is_raised_and_nothing_is_stored(store: Store) -> None:
    with pytest.raises(ValueError, match="no"):
        store.write(failing("no"))
    assert store.read("Patient", "failed") is None
    assert store.count() == 0
    assert stored_index_rows(store, "Patient", "failed") == {}


def test_a_write_is_seen_through_every_connection(store: Store, other: Store) -> None:
    put(store, "1", 1)
    assert other.read("Patient", "1") == store.read("Patient", "1") is not None
    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(store.read, "Patient", "1").result() is not None


def test_a_transaction_reads_what_it_wrote(store: Store) -> None:
    def work(transaction: Transaction) -> None:
        put_in(transaction, "Patient", "1", 1, b"one", ())
        assert transaction.select("SELECT id FROM resource") == [("1",)]
        assert transaction.count("Patient") == 0  # counted at the end
        found = transaction.read("Patient", "1")
        assert found
        assert found.body == b"one"
        assert transaction.read_many([("Patient", "1")]) == {("Patient", "1"): found}

    store.write(work)


def test_many_writes_in_one_transaction(store: Store) -> None:
    identities = [("Patient" if number % 2 else "Group", str(number)) for number in range(300)]

    def work(transaction: Transaction, at: int) -> None:
        current = transaction.current(identities)
        writes = [
            Write(
                successor(current.get(identity), *identity, at, b"{}" if at < 30 or number % 3 else None),
                current.get(identity),
                index_rows(*identity, (number, at) if at < 30 or number % 3 else ()),
            )
            for number, identity in enumerate(identities)
        ]
        transaction.put(writes)

    for at in (10, 20, 30):
        store.write(lambda transaction, at=at: work(transaction, at))
    found = store.read_many(identities)
    assert len(found) == 300
    assert sum(version.deleted for version in found.values()) == 100
    assert store.count() == 200
    assert len(store.history(count=1000)) == 900
    assert stored_index_rows(store, *identities[0]) == {}
    assert stored_index_rows(store, *identities[1]) == as_sets(index_rows(*identities[1], (1, 30)))


def test_index_rows_follow_the_current_version(store: Store) -> None:
    for at, seeds in enumerate([(1, 2, 3), (2, 3, 4), (2, 3, 4), (), (5,)]):
        put(store, "1", at, seeds=seeds)
        assert stored_index_rows(store, "Patient", "1") == as_sets(index_rows("Patient", "1", seeds))
    put(store, "1", 9, None)
    assert stored_index_rows(store, "Patient", "1") == {}


def test_index_rows_of_others_are_left_alone(store: Store) -> None:
    put(store, "1", 1, seeds=(1, 2))
    put(store, "2", 1, seeds=(1, 2))
    put(store, "2", 2, None)
    assert stored_index_rows(store, "Patient", "1") == as_sets(index_rows("Patient", "1", (1, 2)))


def test_reindex_changes_the_rows_and_not_the_version(store: Store) -> None:
    put(store, "1", 1, b"one", seeds=(1, 2))
    put(store, "2", 1, b"two", seeds=(1,))
    before = store.history(count=10)

    def work(transaction: Transaction) -> None:
        current = transaction.current([("Patient", "1"), ("Patient", "2")])
        transaction.reindex([(version, index_rows(*version.identity, (2, 7))) for version in current.values()])

    store.write(work)
    for id in "12":
        assert stored_index_rows(store, "Patient", id) == as_sets(index_rows("Patient", id, (2, 7)))
    assert store.history(count=10) == before
    put(store, "1", 2, seeds=(8,))
    assert stored_index_rows(store, "Patient", "1") == as_sets(index_rows("Patient", "1", (8,)))


def test_reindex_of_a_version_that_was_superseded_is_refused(store: Store) -> None:
    put(store, "1", 1, seeds=(1,))
    held = store.write(lambda transaction: transaction.current([("Patient", "1")]))["Patient", "1"]
    put(store, "1", 2, seeds=(2,))
    with pytest.raises(FhirError) as caught:
        store.write(lambda transaction: transaction.reindex([(held, index_rows("Patient", "1", (3,)))]))
    assert caught.value.issues[0].key == "store-stale-write"
    assert stored_index_rows(store, "Patient", "1") == as_sets(index_rows("Patient", "1", (2,)))


def test_a_stale_previous_version_is_refused(store: Store) -> None:
    put(store, "1", 1, seeds=(1,))
    held = store.write(lambda transaction: transaction.current([("Patient", "1")]))["Patient", "1"]
    put(store, "1", 2, seeds=(2,))
    late = Write(Version("Patient", "1", 2, 3, "PUT", b"late"), held, index_rows("Patient", "1", (3,)))
    with pytest.raises(FhirError) as caught:
        store.write(lambda transaction: transaction.put([late]))
    assert (caught.value.issues[0].key, caught.value.status) == ("store-stale-write", 409)
    assert [version.body for version in store.history("Patient", "1", count=10)] == [b"{}", b"{}"]
    assert stored_index_rows(store, "Patient", "1") == as_sets(index_rows("Patient", "1", (2,)))


def test_creating_what_is_there_is_refused(store: Store) -> None:
    put(store, "1", 1, b"first")
    again = Write(Version("Patient", "1", 1, 2, "POST", b"second"), None, {})
    with pytest.raises(FhirError) as caught:
        store.write(lambda transaction: transaction.put([again]))
    assert caught.value.issues[0].key == "store-stale-write"
    assert [version.body for version in store.history(count=10)] == [b"first"]


def test_a_failed_put_cannot_be_hidden(store: Store) -> None:
    put(store, "1", 1, b"first")
    again = Write(Version("Patient", "1", 1, 2, "POST", b"second"), None, {})
    new = Write(Version("Patient", "2", 1, 2, "POST", b"new"), None, {})

    def work(transaction: Transaction) -> None:
        try:
            transaction.put([new, again])
            transaction.select("SELECT 1")
        except Exception:
            return

    with pytest.raises(FhirError):
        store.write(work)
    assert store.read("Patient", "2") is None


def test_two_identities_with_one_key(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """No pair of ids with one 64-bit key is known, so the key is made coarser here; the rest is real."""
    coarse = lambda type, id: len(type) + len(id)  # noqa: E731
    for module in ("keys", "rows", "reads", "postgresql_transaction"):
        monkeypatch.setattr(f"fhirserver.store.{module}.res_key", coarse)
    put(store, "a", 1, b"first")
    with pytest.raises(FhirError) as caught:
        put(store, "b", 2, b"second")
    assert (caught.value.issues[0].key, caught.value.status) == ("store-key-collision", 409)
    assert "Patient/b" in caught.value.issues[0].text("en")
    assert store.read("Patient", "b") is None
    assert store.vread("Patient", "b", 1) is None
    assert store.history("Patient", "b", count=1) == []
    assert store.read_many([("Patient", "b")]) == {}
    found = store.read("Patient", "a")
    assert found
    assert found.body == b"first"
    assert keys.res_key is coarse


def test_write_inside_write_is_a_mistake(store: Store) -> None:
    with pytest.raises(RuntimeError, match="inside"):
        store.write(lambda transaction: store.write(lambda inner: None))
    put(store, "1", 1)


def test_work_sees_the_context_of_its_caller(store: Store) -> None:
    variable: ContextVar[int] = ContextVar("variable")

    def write(number: int) -> tuple[int, int]:
        variable.set(number)
        return number, store.write(lambda transaction: variable.get())

    with ThreadPoolExecutor(THREADS) as pool:
        assert all(mine == seen for mine, seen in pool.map(write, range(100)))


def test_no_update_is_lost_between_threads(store: Store, other: Store) -> None:
    """Every writer reads a number and adds one: as many versions as additions, and the sum is right."""

    def add(target: Store) -> None:
        def work(transaction: Transaction) -> None:
            previous = transaction.current([("Basic", "sum")]).get(("Basic", "sum"))
            total = int(previous.body or b"0") + 1 if previous else 1
            version = successor(previous, "Basic", "sum", total, str(total).encode())
            transaction.put([Write(version, previous, index_rows("Basic", "sum", (total,)))])

        target.write(work)

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(add, [store, other] * 50))
    found = store.read("Basic", "sum")
    assert found
    assert (found.body, found.version) == (b"100", 100)
    assert [version.version for version in store.history("Basic", "sum", count=200)] == list(range(100, 0, -1))
    assert stored_index_rows(store, "Basic", "sum") == as_sets(index_rows("Basic", "sum", (100,)))
    assert store.count() == 1


def test_a_lock_keeps_conditional_creates_apart(store: Store, other: Store) -> None:
    criteria = value_key("Patient", "identifier", "urn:oid:1|7")
    id_of = iter(range(1000))

    def create(target: Store) -> str:
        mine = str(next(id_of))

        def work(transaction: Transaction) -> str:
            transaction.lock([criteria, res_key("Patient", mine)])
            if found := transaction.select("SELECT id FROM resource WHERE type = ? LIMIT 2", (TYPE_NUMBER["Patient"],)):
                return str(found[0][0])
            put_in(transaction, "Patient", mine, 1, b"{}", ())
            return mine

        return target.write(work)

    with ThreadPoolExecutor(THREADS) as pool:
        ids = set(pool.map(create, [store, other] * 30))
    assert len(ids) == 1
    assert store.count("Patient") == 1


def test_crossing_transactions_all_succeed(store: Store, other: Store) -> None:
    """Half of the writers take the two resources in one order, half in the other, one after the other."""

    def write(number: int) -> None:
        first, second = ("a", "b") if number % 2 else ("b", "a")

        def work(transaction: Transaction) -> None:
            put_in(transaction, "Patient", first, number, b"{}", (number,))
            put_in(transaction, "Group", second, number, b"{}", (number,))
            put_in(transaction, "Patient", second, number, b"{}", (number,))

        (store if number % 3 else other).write(work)

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(write, range(16)))
    assert len(store.history("Patient", "a", count=100)) == 16
    assert len(store.history("Patient", "b", count=100)) == 16


def test_writes_that_fail_do_not_harm_their_neighbours(store: Store) -> None:
    begin = threading.Barrier(THREADS)

    def write(number: int) -> str:
        begin.wait()
        for turn in range(20):
            id = f"{number}-{turn}"
            if (number + turn) % 3:
                put(store, id, turn, seeds=(turn,))
            else:
                with pytest.raises(ValueError, match=f"^{id}$"):
                    store.write(failing(id))
        return "done"

    with ThreadPoolExecutor(THREADS) as pool:
        assert list(pool.map(write, range(THREADS))) == ["done"] * THREADS
    stored = {version.id for version in store.history(count=1000)}
    assert stored == {f"{n}-{turn}" for n in range(THREADS) for turn in range(20) if (n + turn) % 3}
    assert store.count() == len(stored)


def test_a_query_that_runs_too_long_is_stopped(store: Store) -> None:
    endless = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"
    with pytest.raises(FhirError) as caught:
        store.select(endless, timeout=0.05)
    assert (caught.value.issues[0].key, caught.value.status) == ("store-query-too-long", 400)
    assert store.select("SELECT 1") == [(1,)]
    with pytest.raises(FhirError):
        store.write(lambda transaction: transaction.select(endless, timeout=0.05))
    put(store, "1", 1)


def test_the_limit_of_queries_is_a_setting(database_url: str) -> None:
    endless = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"
    store = open_store(database_url, settings=StoreSettings(query_timeout=0.1))
    with pytest.raises(FhirError) as caught:
        store.select(endless)
    assert "0.1" in caught.value.issues[0].text("en")
    assert "0.1" in caught.value.issues[0].text("zh")
    store.close()


def test_a_mistake_in_sql_does_not_break_the_connection(store: Store) -> None:
    for _ in range(2):
        with pytest.raises((FhirError, sqlite3.OperationalError)):
            store.select("SELECT 1 FROM nowhere")
    store.ping()


def test_the_url_is_shown_without_password(store: Store, database_url: str) -> None:
    assert store.url == parse(database_url).shown
    assert store.dialect in store.url
