"""What a piece of work does inside a transaction on SQLite, and the transaction several pieces share."""

from __future__ import annotations

import json
import sqlite3
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any, ClassVar, Literal

from fhirserver.store.group_commit import Pending
from fhirserver.store.index_tables import INDEX_TABLES, IX_RESOURCE
from fhirserver.store.messages import COLLISION, FAILED, STALE
from fhirserver.store.packing import Sorted
from fhirserver.store.plan import Created, Replaced, plan, replan
from fhirserver.store.reads import CURRENT, OTHER_IDENTITY, VersionReads
from fhirserver.store.rows import METHOD_NUMBER, Identity, IndexRows, Version, Write
from fhirserver.store.sqlite_errors import translate
from fhirserver.store.sqlite_words import Words
from fhirserver.store.store import Row
from fhirserver.store.type_numbers import TYPE_NUMBER

_INSERT = """
INSERT INTO resource (res, type, id, version, last_updated, method, body, index_rows) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
"""
_KEEP = """
INSERT INTO history (res, version, type, id, last_updated, ended, method, body)
SELECT res, version, type, id, last_updated, ?, method, body FROM resource
WHERE res = ? AND version = ? AND type = ? AND id = ?
"""
_REPLACE = "UPDATE resource SET version = ?, last_updated = ?, method = ?, body = ?, index_rows = ? WHERE res = ?"
_REPACK = "UPDATE resource SET index_rows = ? WHERE res = ? AND version = ?"
_ADD_TOTAL = """
INSERT INTO type_count (type, slot, total) VALUES (?, 0, ?)
ON CONFLICT (type, slot) DO UPDATE SET total = total + excluded.total
"""
_INSERT_INDEX = {
    name: f"INSERT INTO {name} ({', '.join(table.columns.keys())}) VALUES ({', '.join('?' * len(table.columns))})"
    for name, table in INDEX_TABLES.items()
}
_DELETE_INDEX = {
    name: f"DELETE FROM {name} WHERE {' AND '.join(f'{column.name} = ?' for column in table.primary_key.columns)}"
    for name, table in INDEX_TABLES.items()
}

#: SQLite asks whether a query has run too long every so many steps of its machine, some hundred microseconds.
_STEPS = 20_000


class SqliteReads(VersionReads):
    """Reading through a connection of the driver."""

    dialect: ClassVar[Literal["sqlite"]] = "sqlite"
    any_res: ClassVar[str] = "res IN (SELECT value FROM json_each(?))"
    _seconds: float

    def _driver(self) -> sqlite3.Connection:
        raise NotImplementedError

    def bind_keys(self, keys: Sequence[int]) -> str:
        return json.dumps(keys)

    def rows(self, statement: str, parameters: Sequence[Any]) -> list[Row]:
        try:
            return self._driver().execute(statement, parameters).fetchall()
        except sqlite3.Error as error:
            raise translate(error, self._seconds) from None

    def select(self, statement: str, parameters: Sequence[Any] = (), *, timeout: float | None = None) -> list[Row]:
        seconds = self._seconds if timeout is None else timeout
        last = time.monotonic() + seconds
        driver = self._driver()
        driver.set_progress_handler(lambda: time.monotonic() > last, _STEPS)
        try:
            return driver.execute(statement, parameters).fetchall()
        except sqlite3.Error as error:
            raise translate(error, seconds) from None
        finally:
            driver.set_progress_handler(None, 0)


class SqliteTransaction(SqliteReads):
    """See :class:`fhirserver.store.store.Transaction`. It has the writer's turn, so nothing needs a lock.

    `words` are completed by whoever commits.
    """

    def __init__(self, driver: sqlite3.Connection, words: Words, seconds: float) -> None:
        self._connection = driver
        self._words = words
        self._seconds = seconds
        self._totals: Counter[int] = Counter()
        self._broken: Exception | None = None

    def _driver(self) -> sqlite3.Connection:
        return self._connection

    def select(self, statement: str, parameters: Sequence[Any] = (), *, timeout: float | None = None) -> list[Row]:
        if "ix_words" in statement:
            self._words.complete()
        return super().select(statement, parameters, timeout=timeout)

    def lock(self, keys: Iterable[int]) -> None:
        pass

    def current(self, identities: Sequence[Identity]) -> dict[Identity, Version]:
        return self.versions(identities, CURRENT)

    def put(self, writes: Sequence[Write]) -> None:
        with self._all_or_nothing():
            todo = plan(writes)
            if todo.created:
                self._create(todo.created)
            for replaced in todo.replaced:
                self._replace(replaced)
            self._write_index(todo.stale, todo.fresh)
            self._totals.update(todo.totals)

    def reindex(self, versions: Sequence[tuple[Version, IndexRows]]) -> None:
        with self._all_or_nothing():
            changed, todo = replan(versions)
            repacked = [(packed, version.res, version.version) for version, packed in changed]
            if repacked and self._connection.executemany(_REPACK, repacked).rowcount != len(repacked):
                raise STALE.error()
            self._write_index(todo.stale, todo.fresh)

    def finish(self) -> None:
        """What is left to do before the commit."""
        if self._broken:
            raise self._broken
        if totals := [(number, change) for number, change in sorted(self._totals.items()) if change]:
            self._connection.executemany(_ADD_TOTAL, totals)

    @contextmanager
    def _all_or_nothing(self) -> Iterator[None]:
        """A transaction in which a change failed half way cannot be committed, even if `work` hides the error."""
        try:
            yield
        except Exception as error:
            self._broken = error
            raise

    def _create(self, created: list[Created]) -> None:
        try:
            self._connection.executemany(_INSERT, [new.row for new in created])
        except sqlite3.IntegrityError:
            raise self._why_not_created(created) from None

    def _why_not_created(self, created: list[Created]) -> Exception:
        for version, _ in created:
            if self.rows(OTHER_IDENTITY, (version.res, TYPE_NUMBER[version.type], version.id)):
                return COLLISION.error(type=version.type, id=version.id)
        return STALE.error()

    def _replace(self, replaced: Replaced) -> None:
        version, previous, packed = replaced
        res = version.res
        kept = (version.last_updated, res, previous.version, TYPE_NUMBER[version.type], version.id)
        if self._connection.execute(_KEEP, kept).rowcount != 1:
            raise STALE.error()
        method = METHOD_NUMBER[version.method]
        self._connection.execute(_REPLACE, (version.version, version.last_updated, method, version.body, packed, res))

    def _write_index(self, stale: Sorted, fresh: Sorted) -> None:
        if resources := stale.get(IX_RESOURCE.name):
            self._words.remove(res for res, *_ in resources)  # type: ignore[misc]
        for name, keys in stale.items():
            self._connection.executemany(_DELETE_INDEX[name], keys)
        if IX_RESOURCE.name in fresh:
            self._words.expect()
        for name, rows in fresh.items():
            self._connection.executemany(_INSERT_INDEX[name], rows)


class SqliteBatch:
    """One transaction for several pieces of work. See :class:`fhirserver.store.group_commit.Batch`.

    The first piece needs no savepoint: if it fails, there is nothing else to keep.
    """

    def __init__(self, driver: sqlite3.Connection, seconds: float) -> None:
        self._driver = driver
        self._seconds = seconds
        self._words = Words(driver)
        self._kept = False

    def attempt(self, pending: Pending) -> None:
        self._begin()
        last = self._words.last
        transaction = SqliteTransaction(self._driver, self._words, self._seconds)
        try:
            pending.run(transaction)
            transaction.finish()
        except Exception as error:
            pending.error = translate(error, self._seconds) if isinstance(error, sqlite3.Error) else error
            self._undo(pending.error)
            self._words.last = last
        else:
            self._keep()

    def commit(self) -> None:
        if self._driver.in_transaction:
            try:
                self._words.complete()
            except sqlite3.Error as error:
                raise translate(error, self._seconds) from None
            self._execute("COMMIT")

    def abandon(self) -> None:
        if self._driver.in_transaction:
            with suppress(sqlite3.Error):
                self._driver.execute("ROLLBACK")

    def _begin(self) -> None:
        self._execute("SAVEPOINT work" if self._kept else "BEGIN IMMEDIATE")

    def _keep(self) -> None:
        if self._kept:
            self._execute("RELEASE work")
        self._kept = True

    def _undo(self, error: Exception) -> None:
        if not self._kept:
            self.abandon()
        elif self._driver.in_transaction:
            self._execute("ROLLBACK TO work")
            self._execute("RELEASE work")
        else:  # a full disk or a broken one: SQLite has undone everything, the pieces before this one too
            raise FAILED.error(reason="the transaction was rolled back") from error

    def _execute(self, statement: str) -> None:
        try:
            self._driver.execute(statement)
        except sqlite3.Error as error:
            raise translate(error, self._seconds) from None
