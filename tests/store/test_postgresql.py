"""What is PostgreSQL's own: broken connections, durability, round trips."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import psycopg
import pytest

from fhirserver.outcome import FhirError
from fhirserver.store.postgresql import PostgresqlStore
from fhirserver.store.rows import Version, Write
from fhirserver.store.store import StoreSettings, Transaction, open_store
from tests.store.samples import put, put_in
from tests.support.databases import CUT_IN_COMMIT, Cluster

pytestmark = pytest.mark.postgresql


@pytest.fixture
def store(postgresql_url: str) -> Iterator[PostgresqlStore]:
    opened = open_store(postgresql_url, settings=StoreSettings(busy_timeout=0.2))
    assert isinstance(opened, PostgresqlStore)
    yield opened
    opened.close()


def cut(store: PostgresqlStore, cluster: Cluster) -> None:
    """End this thread's connection from the other side, as a restart of the database does."""
    cluster.execute(f"SELECT pg_terminate_backend({store._connections.mine().connection.number}, 10000)")


def test_commits_are_durable(store: PostgresqlStore) -> None:
    assert store.select("SHOW synchronous_commit") == [("on",)]


def test_a_read_outlives_a_restart_of_the_database(store: PostgresqlStore, postgresql_cluster: Cluster) -> None:
    put(store, "1", 1)
    for _ in range(3):
        cut(store, postgresql_cluster)
        assert store.read("Patient", "1")
    cut(store, postgresql_cluster)
    store.ping()


def test_a_write_outlives_it_too(store: PostgresqlStore, postgresql_cluster: Cluster) -> None:
    store.ping()
    cut(store, postgresql_cluster)
    put(store, "1", 1)
    assert len(store.history(count=10)) == 1


def test_a_connection_lost_between_two_writes_is_noticed_in_time(
    store: PostgresqlStore, postgresql_cluster: Cluster
) -> None:
    """Also by a write that would send everything together with its commit, after which it could not tell."""
    new = Write(Version("Patient", "1", 1, 1, "POST", b"{}"), None, {})
    store.ping()
    cut(store, postgresql_cluster)
    store.write(lambda transaction: transaction.put([new]))
    assert store.count() == 1


def test_a_time_limit_is_for_one_query(store: PostgresqlStore) -> None:
    def limit() -> object:
        return store.rows("SHOW statement_timeout", ())

    assert store.select("SHOW statement_timeout", timeout=1) == [("1s",)]
    assert limit() == [("30s",)]
    with store.snapshot():
        assert store.select("SHOW statement_timeout", timeout=2) == [("2s",)]
    assert limit() == [("30s",)]
    store.write(lambda transaction: transaction.select("SHOW statement_timeout", timeout=3))
    assert limit() == [("30s",)]
    with pytest.raises(FhirError):
        store.write(lambda transaction: transaction.select("SELECT 1 FROM nowhere", timeout=3))
    assert limit() == [("30s",)]


def test_a_connection_lost_before_the_commit_is_no_loss(store: PostgresqlStore, postgresql_cluster: Cluster) -> None:
    def read_again(transaction: Transaction) -> int:
        runs.append(1)
        put_in(transaction, "Patient", "1", 1, b"{}", (1,))
        if len(runs) == 1:
            cut(store, postgresql_cluster)
        transaction.select("SELECT 1")
        return len(runs)

    runs: list[int] = []
    assert store.write(read_again) == 2
    assert len(store.history(count=10)) == 1


def test_a_commit_without_an_answer_is_reported_and_not_repeated(store: PostgresqlStore, postgresql_url: str) -> None:
    """A trigger of the test's own, which runs inside COMMIT, ends the connection."""
    with psycopg.connect(postgresql_url, autocommit=True) as foreign:
        foreign.execute(CUT_IN_COMMIT)
        runs: list[int] = []
        with pytest.raises(FhirError) as caught:
            store.write(lambda transaction: (runs.append(1), put_in(transaction, "Patient", "1", 1, b"{}", ())))
        assert (caught.value.issues[0].key, caught.value.status) == ("store-outcome-unknown", 503)
        assert len(runs) == 1
        foreign.execute("DROP TRIGGER cut ON resource")
    assert put(store, "2", 1) == store.read("Patient", "2")


def test_a_snapshot_that_broke_is_not_patched_together(store: PostgresqlStore, postgresql_cluster: Cluster) -> None:
    put(store, "1", 1)
    with pytest.raises(FhirError) as caught, store.snapshot():
        store.read("Patient", "1")
        cut(store, postgresql_cluster)
        store.read("Patient", "1")
    assert (caught.value.issues[0].key, caught.value.status) == ("store-unreachable", 503)
    assert store.read("Patient", "1")


def test_prepared_statements_may_be_discarded(store: PostgresqlStore) -> None:
    for number in range(3):
        put(store, "1", number, seeds=(number,))
        store._connections.mine().connection.driver.execute("DEALLOCATE ALL")
    assert len(store.history(count=10)) == 3


def test_reads_outlive_discarded_statements(store: PostgresqlStore) -> None:
    put(store, "1", 1)
    assert store.read("Patient", "1")
    store._connections.mine().connection.driver.pgconn.exec_(b"DISCARD ALL")
    assert store.read("Patient", "1")
    assert store.select("SELECT id FROM resource WHERE version = ?", (1,)) == [("1",)]


def test_prepared_reads_are_bounded(store: PostgresqlStore) -> None:
    put(store, "1", 1)
    for number in range(250):
        assert store.select(f"SELECT {number} FROM resource WHERE version = ?", (1,)) == [(number,)]
    prepared = store.select("SELECT count(*) FROM pg_prepared_statements WHERE name LIKE ?", ("read_%",))
    assert prepared[0][0] <= 200
    assert store.select("SELECT 0 FROM resource WHERE version = ?", (1,)) == [(0,)]


def test_parameters_of_every_kind(store: PostgresqlStore) -> None:
    values = (1, "text ? % '", 1.5, [1, 2], ["a", "b"], None, b"\x00")
    asked = (
        "SELECT CAST(? AS bigint), CAST(? AS text), CAST(? AS float8), CAST(? AS bigint[]), CAST(? AS text[]), "
        "CAST(? AS bigint), CAST(? AS bytea)"
    )
    assert store.select(asked, values) == [values]
    with pytest.raises(FhirError):
        store.select("SELECT CAST(? AS text)", ("a\0b",))
    assert store.select(asked, values) == [values]


def test_an_explanation_is_of_the_plan_in_use(store: PostgresqlStore) -> None:
    put(store, "1", 1)
    plan = "\n".join(store.explain("SELECT body FROM resource WHERE res = ? AND id = ?", (1, "it's")))
    assert "$1" in plan  # made without knowing values
    assert "Buffers" in plan


def test_threads_take_over_connections(store: PostgresqlStore) -> None:
    numbers = []

    def write(number: int) -> None:
        put(store, str(number), number, seeds=(number,))
        store.select("SELECT 1", timeout=number + 1)
        numbers.append(store._connections.mine().connection.number)

    for number in range(6):
        thread = threading.Thread(target=write, args=(number,))
        thread.start()
        thread.join()
    assert len(numbers) == 6 > len(set(numbers))
    assert store.count() == 6


def test_a_failed_write_leaves_prepared_statements(store: PostgresqlStore) -> None:
    put(store, "1", 1)
    before = dict(store._connections.mine().connection._prepared)
    with pytest.raises(ZeroDivisionError):
        store.write(lambda transaction: (put_in(transaction, "Patient", "1", 2, b"{}", ()), 1 / 0))
    put(store, "1", 2, seeds=(1,))
    assert before.items() <= store._connections.mine().connection._prepared.items()


def test_a_database_that_is_not_there(postgresql_cluster: Cluster) -> None:
    for url in (postgresql_cluster.url("nowhere"), "postgresql://anna:secret@127.0.0.1:1/fhir"):
        with pytest.raises(FhirError) as caught:
            open_store(url, settings=StoreSettings(connect_timeout=2))
        assert (caught.value.issues[0].key, caught.value.status) == ("store-unreachable", 503)
        assert "secret" not in caught.value.issues[0].text("both")


def test_a_lock_another_program_holds_too_long(store: PostgresqlStore, postgresql_url: str) -> None:
    put(store, "1", 1)
    with psycopg.connect(postgresql_url) as foreign:
        foreign.execute("LOCK TABLE resource IN EXCLUSIVE MODE")
        with pytest.raises(FhirError) as caught:
            put(store, "1", 2)
        assert (caught.value.issues[0].key, caught.value.status) == ("store-busy", 503)
        assert caught.value.headers == {"Retry-After": "1"}
        assert store.read("Patient", "1")
    put(store, "1", 2)


def test_a_database_that_is_switched_to_read_only(store: PostgresqlStore, postgresql_url: str) -> None:
    name = postgresql_url.partition("@/")[2].partition("?")[0]
    with psycopg.connect(postgresql_url, autocommit=True) as foreign:
        foreign.execute(f"ALTER DATABASE {name} SET default_transaction_read_only = on")  # type: ignore[arg-type]
    again = open_store(postgresql_url)
    with pytest.raises(FhirError) as caught:
        put(again, "1", 1)
    assert (caught.value.issues[0].key, caught.value.status) == ("store-read-only", 503)
    again.close()


def test_errors_carry_nothing_of_a_resource(store: PostgresqlStore, postgresql_url: str) -> None:
    """PostgreSQL's details quote the whole row that failed; here a constraint of the test's own makes it fail."""
    with psycopg.connect(postgresql_url, autocommit=True) as foreign:
        foreign.execute("ALTER TABLE resource ADD CONSTRAINT test_only CHECK (id <> 'secret')")
    with pytest.raises(FhirError) as caught:
        put(store, "secret", 1, b"secret")
    assert caught.value.issues[0].key == "store-failed"
    assert caught.value.issues[0].text("en") == "The database refused an operation (23514 resource)."
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__
