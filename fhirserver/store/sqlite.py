"""The store on SQLite: one file with a write-ahead log, any number of readers, one writer at a time.

https://www.sqlite.org/wal.html. Writers of all threads and processes take turns (:mod:`fhirserver.store.turn`) instead
of meeting in SQLite's busy handler, which starves some of them; threads share commits
(:mod:`fhirserver.store.group_commit`).
"""

from __future__ import annotations

import contextlib
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

from sqlalchemy import create_engine, event
from sqlalchemy.engine import Engine
from sqlalchemy.pool import QueuePool

from fhirserver.store import schema
from fhirserver.store.connections import Connections
from fhirserver.store.database_url import DatabaseUrl
from fhirserver.store.group_commit import GroupCommit
from fhirserver.store.sqlite_errors import translate, translated
from fhirserver.store.sqlite_transaction import SqliteBatch, SqliteReads
from fhirserver.store.store import StoreSettings, Transaction
from fhirserver.store.turn import WriterTurn

T = TypeVar("T")

#: Steps are counted by so many.
_STEPS = 50

#: After a checkpoint, a log that a long read or a large write has grown is cut back to so many bytes.
_LOG_LIMIT = 64 * 1024 * 1024


class SqliteStore(SqliteReads):
    """A database file. See :class:`fhirserver.store.store.Store`."""

    def __init__(self, target: DatabaseUrl, settings: StoreSettings) -> None:
        self.url = target.shown
        self._seconds = settings.query_timeout
        with translated():
            self._turn = prepared(target)
            readers = engine(target, settings, "PRAGMA query_only = ON")
            self._readers: Connections[sqlite3.Connection] = Connections(readers, make=lambda driver: driver)
            self._writing = engine(target, settings)
            self._writer = self._writing.raw_connection()
        self._group = GroupCommit(self._turn, self._batch, settings.group)

    def write(self, work: Callable[[Transaction], T], size: int = 1) -> T:
        return self._group.run(work, size)

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        driver = self._driver()
        if driver.in_transaction:  # a snapshot inside a snapshot is the same one
            yield
            return
        driver.execute("BEGIN")
        try:
            yield
        finally:
            driver.execute("COMMIT")

    def explain(self, statement: str, parameters: Sequence[Any] = ()) -> list[str]:
        lines = [str(row[-1]) for row in self.select(f"EXPLAIN QUERY PLAN {statement}", parameters)]
        return [*lines, f"{self._steps(statement, parameters):,} steps of SQLite's virtual machine"]

    def _steps(self, statement: str, parameters: Sequence[Any]) -> int:
        """How many steps a SELECT takes, to within _STEPS: SQLite tells no rows."""
        calls = 0

        def call() -> bool:
            nonlocal calls
            calls += 1
            return time.monotonic() > last

        last = time.monotonic() + self._seconds
        driver = self._driver()
        driver.set_progress_handler(call, _STEPS)
        try:
            driver.execute(statement, parameters).fetchall()
        except sqlite3.Error as error:
            raise translate(error, self._seconds) from None
        finally:
            driver.set_progress_handler(None, 0)
        return calls * _STEPS

    def ping(self) -> None:
        self.rows("SELECT 1 FROM resource LIMIT 1", ())

    def close(self) -> None:
        self._readers.close()
        self._writer.close()
        self._writing.dispose()
        self._turn.close()

    def _driver(self) -> sqlite3.Connection:
        try:
            return self._readers.mine().connection
        except sqlite3.Error:
            with translated():
                raise

    def _batch(self) -> SqliteBatch:
        return SqliteBatch(self._writer.driver_connection, self._seconds)  # type: ignore[arg-type]


def prepared(target: DatabaseUrl) -> WriterTurn:
    """Give an empty database its tables and refuse one with another schema. Returns the writer's turn of the file."""
    target.path.parent.mkdir(exist_ok=True)
    turn = WriterTurn(target.path)
    try:
        if (revision := found_revision(target)) is None:
            with turn:
                from fhirserver.store.migrate import create

                revision = create(target)
        if refusal := schema.refusal(revision):
            raise refusal
    except BaseException:
        turn.close()
        raise
    return turn


def found_revision(target: DatabaseUrl) -> str | None:
    """The revision of the database's schema; `None` for one that is empty."""
    with contextlib.closing(sqlite3.connect(target.path)) as driver:
        tables = [name for (name,) in driver.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        if schema.REVISION_TABLE not in tables:
            schema.refuse_foreign(tables)
            return None
        row = driver.execute(schema.READ_REVISION).fetchone()
        return str(row[0]) if row else None


def engine(target: DatabaseUrl, settings: StoreSettings, *more: str) -> Engine:
    """An engine whose connections leave transactions to us and are set up as `settings` say."""
    arguments = {
        "isolation_level": None,
        "timeout": settings.busy_timeout,
        "check_same_thread": False,
        "cached_statements": 512,
    }
    made = create_engine(target.url, poolclass=QueuePool, max_overflow=-1, connect_args=arguments)

    @event.listens_for(made, "connect")
    def set_up(driver: sqlite3.Connection, _: Any) -> None:
        for statement in (*_pragmas(settings), *more):
            driver.execute(statement)

    return made


def _pragmas(settings: StoreSettings) -> tuple[str, ...]:
    """https://www.sqlite.org/pragma.html"""
    return (
        "PRAGMA journal_mode = WAL",
        f"PRAGMA synchronous = {settings.synchronous}",
        f"PRAGMA cache_size = -{settings.cache_size * 1024}",
        f"PRAGMA mmap_size = {settings.mmap_size * 1024 * 1024}",
        f"PRAGMA wal_autocheckpoint = {settings.wal_autocheckpoint}",
        f"PRAGMA journal_size_limit = {_LOG_LIMIT}",
        "PRAGMA temp_store = MEMORY",
    )
