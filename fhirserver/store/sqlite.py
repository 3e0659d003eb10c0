"""The store on SQLite: one file with a write-ahead log, any number of readers, one writer at a time.

https://www.sqlite.org/wal.html. Writers of all threads and processes take turns (:mod:`fhirserver.store.turn`) instead of
meeting in SQLite's busy handler, which starves some of them; threads share commits (:mod:`fhirserver.store.group_commit`).
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import local
from typing import Any, TypeVar
from weakref import WeakSet

from sqlalchemy import create_engine, event
from sqlalchemy.engine import Engine
from sqlalchemy.pool import QueuePool

from fhirserver.store import schema
from fhirserver.store.database_url import DatabaseUrl
from fhirserver.store.group_commit import GroupCommit
from fhirserver.store.sqlite_errors import translated
from fhirserver.store.sqlite_transaction import SqliteBatch, SqliteReads
from fhirserver.store.store import StoreSettings, Transaction
from fhirserver.store.turn import WriterTurn

T = TypeVar("T")


class SqliteStore(SqliteReads):
    """A database file. See :class:`fhirserver.store.store.Store`."""

    def __init__(self, target: DatabaseUrl, settings: StoreSettings) -> None:
        self.url = target.shown
        self._seconds = settings.query_timeout
        self._local = local()
        self._held: WeakSet[_Held] = WeakSet()
        with translated():
            self._turn = prepare(target, settings)
            self._engine = engine(target, settings, "PRAGMA query_only = ON")
            self._writer = _Held(engine(target, settings))
        self._group = GroupCommit(
            self._turn, lambda: SqliteBatch(self._writer.driver, settings.query_timeout), settings.group
        )

    def write(self, work: Callable[[Transaction], T]) -> T:
        return self._group.run(work)

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        held = self._holding()
        if held.driver.in_transaction:  # a snapshot inside a snapshot is the same one
            yield
            return
        held.driver.execute("BEGIN")
        try:
            yield
        finally:
            held.driver.execute("COMMIT")

    def ping(self) -> None:
        self.rows("SELECT 1 FROM resource LIMIT 1", ())

    def close(self) -> None:
        for held in (*self._held, self._writer):
            held.close()
        self._turn.close()

    def _driver(self) -> sqlite3.Connection:
        return self._holding().driver

    def _holding(self) -> _Held:
        try:
            return self._local.held  # type: ignore[no-any-return]
        except AttributeError:
            with translated():
                held = _Held(self._engine)
            self._local.held = held
            self._held.add(held)
            return held


class _Held:
    """A connection that a thread keeps. When the thread ends, it goes back to the engine's pool."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._pooled = engine.raw_connection()
        self.driver: sqlite3.Connection = self._pooled.driver_connection  # type: ignore[assignment]

    def close(self) -> None:
        self._pooled.close()
        self._engine.dispose()


def prepare(target: DatabaseUrl, settings: StoreSettings) -> WriterTurn:
    """Give an empty database its tables and refuse one with another schema. Returns the writer's turn of the file."""
    target.path.parent.mkdir(exist_ok=True)
    turn = WriterTurn(target.path)
    try:
        with turn:
            revision = found_revision(target)
            if revision is None:
                from fhirserver.store.migrate import create

                create(target)
                revision = schema.HEAD
        if refusal := schema.refusal(revision):
            raise refusal
    except BaseException:
        turn.close()
        raise
    return turn


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
        # after a checkpoint a log that a long read or a large write has grown is cut back to this size
        f"PRAGMA journal_size_limit = {_JOURNAL_LIMIT}",
        "PRAGMA temp_store = MEMORY",
    )


_JOURNAL_LIMIT = 64 * 1024 * 1024


def found_revision(target: DatabaseUrl) -> str | None:
    """The revision of the database's schema; `None` for one that is empty."""
    with contextlib.closing(sqlite3.connect(target.path)) as driver:
        tables = [name for (name,) in driver.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        if schema.REVISION_TABLE not in tables:
            schema.refuse_foreign(tables)
            return None
        row = driver.execute(schema.READ_REVISION).fetchone()
        return row[0] if row else None
