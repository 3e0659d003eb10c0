"""Group commit over real SQLite: what is shared, what is kept apart, and who leads."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from fhirserver.outcome import FhirError
from fhirserver.store.keys import res_key
from fhirserver.store.sqlite import SqliteStore
from fhirserver.store.store import Store, StoreSettings, Transaction, open_store
from fhirserver.store.turn import WriterTurn
from tests.store.samples import put, put_in, stored_index_rows

Work = Callable[[Transaction], str]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(f"sqlite:///{tmp_path / 'fhir.db'}", settings=StoreSettings(group=8, busy_timeout=0.1))
    yield opened
    opened.close()


def creating(id: str) -> Work:
    def work(transaction: Transaction) -> str:
        put_in(transaction, "Patient", id, 1, b"{}", (1,))
        return id

    return work


def refusing(id: str) -> Work:
    def work(transaction: Transaction) -> str:
        put_in(transaction, "Patient", id, 1, b"{}", (1,))
        raise ValueError(id)

    return work


@contextmanager
def gathered(store: Store, leading: Work, following: list[Work]) -> Iterator[tuple[Future[str], list[Future[str]]]]:
    """The leader's work is held up until all the others wait in the queue; then they run, in one batch."""
    inside, go_on = threading.Event(), threading.Event()

    def lead(transaction: Transaction) -> str:
        inside.set()
        assert go_on.wait(20)
        return leading(transaction)

    with ThreadPoolExecutor(len(following) + 1) as pool:
        leader = pool.submit(store.write, lead)
        assert inside.wait(20)
        followers = []
        for count, work in enumerate(following, start=1):
            followers.append(pool.submit(store.write, work))
            queue_of(store, count)
        go_on.set()
        yield leader, followers


def queue_of(store: Store, length: int) -> None:
    assert isinstance(store, SqliteStore)
    while len(store._group._small) < length:
        pass


def commits(store: Store) -> Iterator[list[str]]:
    assert isinstance(store, SqliteStore)
    seen: list[str] = []
    driver = store._writer.driver_connection
    assert driver
    driver.set_trace_callback(lambda statement: seen.append(statement) if statement in ("COMMIT", "ROLLBACK") else None)
    yield seen
    driver.set_trace_callback(None)


def test_waiting_writes_share_a_commit(store: Store) -> None:
    for seen in commits(store):
        with gathered(store, creating("0"), [creating(str(n)) for n in range(1, 6)]) as (leader, followers):
            assert [leader.result(), *(future.result() for future in followers)] == list("012345")
        # the leader was held up longer than a leader gathers, so the rest went into a second batch
        assert 1 <= len(seen) <= 2
    assert store.count() == 6


def test_a_batch_is_bounded(store: Store) -> None:
    for seen in commits(store):
        with gathered(store, creating("0"), [creating(str(n)) for n in range(1, 30)]) as (_, followers):
            assert sorted(int(future.result()) for future in followers) == list(range(1, 30))
        assert len(seen) >= 4
    assert store.count() == 30


def test_one_that_fails_is_undone_alone(store: Store) -> None:
    works = [creating("1"), refusing("2"), creating("3"), refusing("4"), creating("5")]
    with gathered(store, refusing("0"), works) as (leader, followers):
        with pytest.raises(ValueError, match="0"):
            leader.result()
        for number, future in enumerate(followers, start=1):
            if number % 2:
                assert future.result() == str(number)
            else:
                with pytest.raises(ValueError, match=str(number)):
                    future.result()
    assert {version.id for version in store.history(count=10)} == {"1", "3", "5"}
    assert store.count() == 3
    assert [bool(stored_index_rows(store, "Patient", id)) for id in "012345"] == [False, True] * 3


def test_a_signal_in_the_leader_is_its_own(store: Store) -> None:
    def interrupted(transaction: Transaction) -> str:
        put_in(transaction, "Patient", "interrupted", 1, b"{}", ())
        raise KeyboardInterrupt

    with gathered(store, interrupted, [creating("1"), creating("2")]) as (leader, followers):
        with pytest.raises(KeyboardInterrupt):
            leader.result()
        assert [future.result() for future in followers] == ["1", "2"]
    assert store.read("Patient", "interrupted") is None
    assert store.count() == 2


def test_a_signal_in_the_work_of_another_makes_everyone_try_again(store: Store) -> None:
    """The leader runs the others' work, so the interrupt meant for its thread may come while it does."""

    def interrupting(transaction: Transaction) -> str:
        raise KeyboardInterrupt

    def quick(transaction: Transaction) -> str:
        return "read only"

    # whichever thread leads the batch with the interrupting piece raises it; nobody else does, and nobody hangs
    with gathered(store, quick, [creating("1"), interrupting, creating("3")]) as (leader, followers):
        outcomes = [future.exception() for future in (leader, *followers)]
    assert sum(isinstance(outcome, KeyboardInterrupt) for outcome in outcomes) == 1
    assert all(outcome is None or isinstance(outcome, KeyboardInterrupt | FhirError) for outcome in outcomes)
    stored = {version.id for version in store.history(count=10)}
    assert stored == {id for id, outcome in zip("13", outcomes[1::2], strict=True) if outcome is None}
    assert store.write(creating("after")) == "after"


def test_a_failed_begin_fails_every_waiter_and_leaves_the_queue_working(store: Store, tmp_path: Path) -> None:
    foreign = sqlite3.connect(tmp_path / "fhir.db", isolation_level=None, check_same_thread=False)
    foreign.execute("BEGIN IMMEDIATE")
    with ThreadPoolExecutor(4) as pool:
        futures = [pool.submit(store.write, creating(str(n))) for n in range(4)]
        errors = [future.exception() for future in futures]
    assert all(isinstance(error, FhirError) and error.issues[0].key == "store-busy" for error in errors)
    assert all(isinstance(error, FhirError) and error.headers == {"Retry-After": "1"} for error in errors)
    foreign.execute("ROLLBACK")
    foreign.close()
    assert store.write(creating("after")) == "after"
    assert store.count() == 1


def test_a_failed_commit_fails_every_waiter(store: Store) -> None:
    """A deferred constraint of a table of the test's own lets COMMIT itself fail."""
    assert isinstance(store, SqliteStore)
    driver = store._writer.driver_connection
    assert driver
    driver.execute("PRAGMA foreign_keys = ON")
    driver.execute("CREATE TABLE other (id INTEGER PRIMARY KEY, up REFERENCES other DEFERRABLE INITIALLY DEFERRED)")

    def orphan(transaction: Transaction) -> str:
        put_in(transaction, "Patient", "orphan", 1, b"{}", ())
        driver.execute("INSERT INTO other VALUES (1, 2)")
        return "orphan"

    with gathered(store, lambda transaction: "first", [creating("1"), orphan, creating("3")]) as (_, followers):
        errors = [future.exception() for future in followers]
    assert all(errors) or [bool(error) for error in errors] == [False, True, True]
    stored = {version.id for version in store.history(count=10)}
    assert stored == {id for id, error in zip(("1", "orphan", "3"), errors, strict=True) if error is None}
    assert store.write(creating("after")) == "after"


def test_a_thread_alone_waits_for_no_one(store: Store) -> None:
    for number in range(50):
        store.write(creating(str(number)))
    assert store.count() == 50
    assert isinstance(store, SqliteStore)
    assert store._group._leader is None


def test_a_large_piece_lets_small_ones_go_first(store: Store, tmp_path: Path) -> None:
    assert isinstance(store, SqliteStore)
    order: list[str] = []

    def told(id: str) -> Work:
        def work(transaction: Transaction) -> str:
            order.append(id)
            return creating(id)(transaction)

        return work

    another_process = WriterTurn(tmp_path / "fhir.db")
    with ThreadPoolExecutor(5) as pool:
        with another_process:
            first = pool.submit(store.write, told("large 1"), 100)
            while store._group._leader is None:
                pass
            second = pool.submit(store.write, told("large 2"), 100)
            while not store._group._large:
                pass
            small = [pool.submit(store.write, told(f"small {n}")) for n in range(3)]
            queue_of(store, 3)
        assert [future.result() for future in (first, second, *small)]
    another_process.close()
    assert sorted(order[:3]) == ["small 0", "small 1", "small 2"]
    assert order[3:] == ["large 1", "large 2"]


def test_a_failing_small_piece_harms_no_large_one(store: Store) -> None:
    with gathered(store, creating("0"), [refusing("1"), creating("2")]) as (leader, followers):
        large = store.write(creating("large"), 100)
        assert (leader.result(), large, followers[1].result()) == ("0", "large", "2")
        with pytest.raises(ValueError, match="1"):
            followers[0].result()
    assert store.count() == 3


def test_words_of_a_piece_that_fails_are_not_found_and_those_of_others_are(store: Store) -> None:
    """Words are added once for all pieces of a commit, or when a piece asks for them."""
    asking = "SELECT x.res FROM ix_words w JOIN ix_resource x ON x.number = w.rowid WHERE w.ix_words MATCH ?"

    def asks(id: str, then: Work) -> Work:
        def work(transaction: Transaction) -> str:
            result = creating(id)(transaction)
            assert (res_key("Patient", id),) in transaction.select(asking, ("text",))
            return then(transaction) if then is not None else result

        return work

    def fails(transaction: Transaction) -> str:
        raise ValueError

    works = [creating("1"), asks("2", fails), creating("3"), asks("4", creating("5"))]
    with gathered(store, creating("0"), works) as (_, followers):
        assert [future.exception() is None for future in followers] == [True, False, True, True]
    found = {res for (res,) in store.select(asking, ("text",))}
    assert found == {res_key("Patient", id) for id in "01345"}
    put(store, "3", 2, None)
    put(store, "1", 2, b"{}", seeds=(2,))
    found = {res for (res,) in store.select(asking, ("text",))}
    assert found == {res_key("Patient", id) for id in "0145"}
    assert store.select("SELECT count(*) FROM ix_words WHERE ix_words MATCH ?", ("1",)) == [(3,)]
