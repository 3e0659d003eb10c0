"""The store on PostgreSQL 15 or newer, through psycopg 3: one connection a thread, prepared statements."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

import psycopg
from sqlalchemy import create_engine, event
from sqlalchemy.engine import Engine
from sqlalchemy.pool import QueuePool

from fhirserver.outcome import FhirError
from fhirserver.store import postgresql_arrays, schema
from fhirserver.store.connections import Connections, Held
from fhirserver.store.database_url import DatabaseUrl
from fhirserver.store.messages import COLLISION, OUTCOME_UNKNOWN, STALE
from fhirserver.store.postgresql_connection import Command, PostgresqlConnection, milliseconds
from fhirserver.store.postgresql_errors import is_conflict, is_forgotten, is_stale, translate, translated
from fhirserver.store.postgresql_transaction import (
    PostgresqlReads,
    PostgresqlTransaction,
)
from fhirserver.store.reads import OTHER_IDENTITY
from fhirserver.store.rows import Version
from fhirserver.store.store import Row, StoreSettings, Transaction
from fhirserver.store.type_numbers import TYPE_NUMBER

T = TypeVar("T")

_TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()"
_SNAPSHOT = Command(b"BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
#: Statements say themselves which index leads where, in which order (`search/plan.py`): PostgreSQL plans each of them
#: once a connection, whatever the values, and follows it. To plan takes several times as long as to read a page.
_PLANNING = (
    "SET plan_cache_mode = force_generic_plan; SET join_collapse_limit = 1; SET enable_seqscan = off;"
    " SET enable_hashjoin = off; SET enable_mergejoin = off; SET jit = off"
)
#: The wait before a second attempt, in seconds; it doubles with each further one, and a random part of it is taken.
_PAUSE = 0.01


class PostgresqlStore(PostgresqlReads):
    """A PostgreSQL database. See :class:`fhirserver.store.store.Store`."""

    def __init__(self, target: DatabaseUrl, settings: StoreSettings) -> None:
        self.url = target.shown
        self._attempts = settings.write_attempts
        self._seconds = settings.query_timeout
        self._connections = Connections(engine(target, settings), make=PostgresqlConnection)
        try:
            self._prepare(target)
        except BaseException:
            self.close()
            raise

    def rows(self, statement: str, parameters: Sequence[Any]) -> list[Row]:
        return self._fetch(statement, parameters, self._seconds)

    def select(self, statement: str, parameters: Sequence[Any] = (), *, timeout: float | None = None) -> list[Row]:
        return self._fetch(statement, parameters, self._seconds if timeout is None else timeout)

    def write(self, work: Callable[[Transaction], T], size: int = 1) -> T:
        locks: set[int] = set()
        for attempt in range(1, self._attempts + 1):
            try:
                return self._attempt(work, locks, alone=attempt > 1)
            except _InTheWay as conflict:
                if attempt == self._attempts:
                    raise conflict.error from None
                time.sleep(random.uniform(0, _PAUSE * 2**attempt))  # noqa: S311 - it spreads writers, nothing secret
        raise AssertionError("write_attempts is at least 1")

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        held = self._mine()
        if held.depth == 0:
            held = self._begin_snapshot()
        held.depth += 1
        try:
            yield
        finally:
            held.depth -= 1
            if held.depth == 0:
                held.connection.leave()

    def explain(self, statement: str, parameters: Sequence[Any] = ()) -> list[str]:
        self.select(statement, parameters)  # it is prepared now
        with translated(self._seconds):
            return self._mine().connection.explain(statement, parameters)

    def ping(self) -> None:
        self.rows("SELECT 1", ())

    def close(self) -> None:
        self._connections.close()

    def _mine(self) -> Held[PostgresqlConnection]:
        with translated():
            return self._connections.mine()

    def _fetch(self, statement: str, parameters: Sequence[Any], seconds: float) -> list[Row]:
        """Read; once more on a new connection when the old one broke, or has lost what was prepared on it."""
        try:
            return self._connections.mine().connection.fetch(statement, parameters, seconds)
        except psycopg.Error as error:
            failure = error
        connection = self._reconnected(failure, seconds).connection
        with translated(seconds):
            return connection.fetch(statement, parameters, seconds)

    def _begin_snapshot(self) -> Held[PostgresqlConnection]:
        held = self._mine()
        try:
            held.connection.run([_SNAPSHOT])
        except psycopg.Error as error:
            held = self._reconnected(error, self._seconds)
            with translated():
                held.connection.run([_SNAPSHOT])
        return held

    def _reconnected(self, error: psycopg.Error, seconds: float) -> Held[PostgresqlConnection]:
        """A connection in place of one that broke (the server was restarted). Raises when that is not what happened."""
        held = self._connections.held
        if held is not None and is_forgotten(error) and not (held.depth or held.writing):
            held.connection.forget()
            return held
        if held is None or not held.connection.closed or held.depth or held.writing:
            raise translate(error, seconds) from None
        with translated():
            return self._connections.replace()

    def _attempt(self, work: Callable[[Transaction], T], locks: set[int], *, alone: bool) -> T:
        """Run `work` and commit. `_InTheWay` when nothing was stored and it is worth running it again.

        `locks` are those the attempts before this one took, perhaps until they met a transaction that took them in
        another order. With all of them in order at the beginning, and alone among those that lock, that cannot recur.
        """
        held = self._mine()
        if held.writing:
            raise RuntimeError("write() inside write(): a piece of work must use its own transaction")
        if held.connection.is_lost():
            with translated():
                held = self._connections.replace()
        transaction = PostgresqlTransaction(held.connection, self._seconds)
        held.writing = True
        try:
            held.connection.limit(self._seconds)
            (transaction.lock_alone if alone else transaction.lock)(locks)
            result = work(transaction)
            transaction.commit()
        except psycopg.Error as error:
            raise self._why(error, held, transaction) from None
        else:
            return result
        finally:
            locks |= transaction.locked
            held.writing = False
            held.connection.rollback()

    def _why(
        self, error: psycopg.Error, held: Held[PostgresqlConnection], transaction: PostgresqlTransaction
    ) -> Exception:
        """What to raise for an error of the database during a write."""
        if held.connection.closed:
            if transaction.committing:
                return OUTCOME_UNKNOWN.error()
            return _InTheWay(translate(error, transaction.seconds))
        if is_forgotten(error):
            held.connection.forget()
            return _InTheWay(translate(error, transaction.seconds))
        if is_stale(error):
            held.connection.rollback()
            if collision := self._collision(transaction.created):
                return collision
            return _InTheWay(STALE.error())
        failure = translate(error, transaction.seconds)
        return _InTheWay(failure) if is_conflict(error) else failure

    def _collision(self, created: Sequence[Version]) -> FhirError | None:
        for version in created:
            if self.rows(OTHER_IDENTITY, (version.res, TYPE_NUMBER[version.type], version.id)):
                return COLLISION.error(type=version.type, id=version.id)
        return None

    def _prepare(self, target: DatabaseUrl) -> None:
        """Give an empty database its tables; refuse one with another schema."""
        tables = [name for (name,) in self.rows(_TABLES, ())]
        if schema.REVISION_TABLE in tables:
            revision = next((revision for (revision,) in self.rows(schema.READ_REVISION, ())), None)
        else:
            from fhirserver.store.migrate import create

            schema.refuse_foreign(tables)
            with translated():
                revision = create(target)
        if refusal := schema.refusal(revision):
            raise refusal


class _InTheWay(Exception):  # noqa: N818 - it never leaves this module
    """Other writers, or a connection that broke in time, were in the way; nothing was stored."""

    def __init__(self, error: FhirError) -> None:
        self.error = error


def engine(target: DatabaseUrl, settings: StoreSettings) -> Engine:
    """An engine whose connections leave transactions to us and are set up as `settings` say."""
    arguments = {"connect_timeout": max(2, round(settings.connect_timeout)), "application_name": "fhirserver"}
    made = create_engine(
        target.url,
        poolclass=QueuePool,
        max_overflow=-1,
        connect_args={**arguments, **target.url.query},
        use_native_hstore=False,
        pool_reset_on_return=None,
    )

    @event.listens_for(made, "connect")
    def set_up(driver: psycopg.Connection[Row], _: Any) -> None:
        driver.autocommit = True
        driver.execute(
            f"SET statement_timeout = {milliseconds(settings.query_timeout)};"
            f" SET lock_timeout = {milliseconds(settings.busy_timeout)}; {_PLANNING}"
        )
        postgresql_arrays.register(driver)

    return made
