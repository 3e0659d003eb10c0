"""What a piece of work does inside a transaction on PostgreSQL.

The connection is in pipeline mode: a statement whose rows nobody reads is sent without waiting for its answer. An
update takes two round trips, whatever it writes: locks and the current version, then all changes and the commit.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any, ClassVar, Literal

import psycopg

from fhirserver.store.index_tables import INDEX_TABLES
from fhirserver.store.keys import res_key
from fhirserver.store.messages import STALE
from fhirserver.store.packing import KEY_POSITIONS, Sorted
from fhirserver.store.plan import Created, Replaced, plan, replan
from fhirserver.store.postgresql_arrays import Array, BigIntegers, array_of, arrays
from fhirserver.store.reads import CURRENT, VersionReads
from fhirserver.store.rows import METHOD_NUMBER, Identity, IndexRows, Version, Write
from fhirserver.store.store import Row
from fhirserver.store.tables import HISTORY, RESOURCE, TYPE_COUNT

#: Every transaction that locks anything holds this key too, together with the others or, to run alone, for itself.
_GATE = 4_611_686_018_427_387_904
_LOCK = "SELECT pg_advisory_xact_lock(key) FROM unnest(%s) AS key"
_LOCK_FIRST = f"""
SELECT CASE key WHEN {_GATE} THEN pg_advisory_xact_lock_shared(key)::text ELSE pg_advisory_xact_lock(key)::text END
FROM unnest(%s) AS key
"""

_INSERT_COLUMNS = ("res", "type", "id", "version", "last_updated", "method", "body", "index_rows")
_REPLACE_COLUMNS = ("res", "version", "last_updated", "method", "body", "index_rows")
_INSERT_ARRAYS = tuple(array_of(RESOURCE.c[name]) for name in _INSERT_COLUMNS)
_REPLACE_ARRAYS = tuple(array_of(RESOURCE.c[name]) for name in _REPLACE_COLUMNS)
_KEEP_ARRAYS = tuple(array_of(HISTORY.c[name]) for name in ("res", "version", "ended"))
_REPACK_ARRAYS = tuple(array_of(RESOURCE.c[name]) for name in ("res", "version", "index_rows"))
_TOTAL_ARRAYS = tuple(array_of(TYPE_COUNT.c[name]) for name in ("type", "slot", "total"))


def _unnest(count: int) -> str:
    return f"unnest({', '.join(['%s'] * count)})"


_INSERT = f"INSERT INTO resource ({', '.join(_INSERT_COLUMNS)}) SELECT * FROM {_unnest(len(_INSERT_COLUMNS))}"
# Where the version to be kept is not the current one any more, the outer join gives a null that the table refuses: the
# transaction fails by itself, and its commit can be sent along without waiting for an answer.
_KEEP = f"""
INSERT INTO history (res, version, type, id, last_updated, ended, method, body)
SELECT new.res, old.version, old.type, old.id, old.last_updated, new.ended, old.method, old.body
FROM {_unnest(3)} AS new (res, version, ended)
LEFT JOIN resource AS old ON old.res = new.res AND old.version = new.version
"""
_REPLACE = f"""
UPDATE resource AS old SET {", ".join(f"{name} = new.{name}" for name in _REPLACE_COLUMNS[1:])}
FROM {_unnest(len(_REPLACE_COLUMNS))} AS new ({", ".join(_REPLACE_COLUMNS)}) WHERE old.res = new.res
"""
_REPACK = f"""
UPDATE resource AS old SET index_rows = new.index_rows
FROM {_unnest(3)} AS new (res, version, index_rows) WHERE old.res = new.res AND old.version = new.version
RETURNING 1
"""
_ADD_TOTAL = f"""
INSERT INTO type_count (type, slot, total) SELECT * FROM {_unnest(3)}
ON CONFLICT (type, slot) DO UPDATE SET total = type_count.total + excluded.total
"""
_INDEX_ARRAYS = {name: tuple(array_of(column) for column in table.columns) for name, table in INDEX_TABLES.items()}
_KEY_ARRAYS = {name: tuple(_INDEX_ARRAYS[name][at] for at in places) for name, places in KEY_POSITIONS.items()}
_INSERT_INDEX = {
    name: f"INSERT INTO {name} SELECT * FROM {_unnest(len(columns))}" for name, columns in _INDEX_ARRAYS.items()
}


def _delete_index(table: str) -> str:
    keys = [column.name for column in INDEX_TABLES[table].primary_key.columns]
    same = " AND ".join(f"kept.{key} = stale.{key}" for key in keys)
    return f"DELETE FROM {table} AS kept USING {_unnest(len(keys))} AS stale ({', '.join(keys)}) WHERE {same}"


_DELETE_INDEX = {name: _delete_index(name) for name in INDEX_TABLES}

#: Writers add to one of so many rows of a type's count, each to its own as far as possible.
_SLOTS = 64


@lru_cache(maxsize=2048)
def placeholders(statement: str) -> str:
    """A statement written with ``?`` as psycopg wants it."""
    return statement.replace("%", "%%").replace("?", "%s")


class PostgresqlReads(VersionReads):
    """Reading through a connection of the driver."""

    dialect: ClassVar[Literal["postgresql"]] = "postgresql"
    any_res: ClassVar[str] = "res = ANY (?)"

    def bind_keys(self, keys: Sequence[int]) -> Array:
        return BigIntegers.of(keys)


class PostgresqlTransaction(PostgresqlReads):
    """See :class:`fhirserver.store.store.Transaction`. Errors of psycopg pass through it to the store.

    `locked` are the keys it has asked for, `created` the resources that were not there before, `seconds` the time limit
    of its statements; `committing` says whether the commit may have been sent.
    """

    def __init__(self, driver: psycopg.Connection[Row], seconds: float) -> None:
        self._driver = driver
        self.seconds = seconds
        self.locked: set[int] = set()
        self._totals: Counter[int] = Counter()
        self.created: list[Version] = []
        self.committing = False

    def rows(self, statement: str, parameters: Sequence[Any]) -> list[Row]:
        cursor = self._driver.cursor(binary=True)
        return cursor.execute(placeholders(statement), parameters, prepare=True).fetchall()

    def select(self, statement: str, parameters: Sequence[Any] = (), *, timeout: float | None = None) -> list[Row]:
        if timeout is not None:
            self.seconds = timeout
            self._send(f"SET LOCAL statement_timeout = {milliseconds(timeout)}", None)
        return self._driver.cursor(binary=True).execute(placeholders(statement), parameters, prepare=False).fetchall()

    def lock(self, keys: Iterable[int]) -> None:
        if not (ordered := sorted(set(keys) - self.locked)):
            return
        if self.locked:
            self._send(_LOCK, (BigIntegers.of(ordered),))
        else:
            self._send(_LOCK_FIRST, (BigIntegers.of([_GATE, *ordered]),))
        self.locked.update(ordered)

    def lock_alone(self, keys: Iterable[int]) -> None:
        """Wait for all other writers that lock anything, keep new ones out, and hold the keys that are known."""
        self.locked.update(keys, (_GATE,))
        self._send(_LOCK, (BigIntegers.of([_GATE, *sorted(self.locked - {_GATE})]),))

    def current(self, identities: Sequence[Identity]) -> dict[Identity, Version]:
        self.lock(res_key(type, id) for type, id in identities)
        return self.versions(identities, CURRENT)

    def put(self, writes: Sequence[Write]) -> None:
        todo = plan(writes)
        if todo.created:
            self._create(todo.created)
        if todo.replaced:
            self._replace(todo.replaced)
        self._write_index(todo.stale, todo.fresh)
        self._totals.update(todo.totals)

    def reindex(self, versions: Sequence[tuple[Version, IndexRows]]) -> None:
        changed, todo = replan(versions)
        rows = [(version.res, version.version, packed) for version, packed in changed]
        if rows and len(self._driver.execute(_REPACK, arrays(_REPACK_ARRAYS, rows)).fetchall()) != len(rows):
            raise STALE.error()
        self._write_index(todo.stale, todo.fresh)

    def finish(self) -> None:
        """What is left to do before the commit."""
        slot = self._driver.info.backend_pid % _SLOTS
        if totals := [(number, slot, change) for number, change in sorted(self._totals.items()) if change]:
            self._send_rows(_ADD_TOTAL, _TOTAL_ARRAYS, totals)

    def _create(self, created: list[Created]) -> None:
        self.created += [version for version, _ in created]
        self._send_rows(_INSERT, _INSERT_ARRAYS, [new.row for new in created])

    def _replace(self, replaced: list[Replaced]) -> None:
        keep = [(new.res, old.version, new.last_updated) for new, old, _ in replaced]
        self._send_rows(_KEEP, _KEEP_ARRAYS, keep)
        rows = [
            (new.res, new.version, new.last_updated, METHOD_NUMBER[new.method], new.body, packed)
            for new, _, packed in replaced
        ]
        self._send_rows(_REPLACE, _REPLACE_ARRAYS, rows)

    def _write_index(self, stale: Sorted, fresh: Sorted) -> None:
        for name, rows in stale.items():
            positions = KEY_POSITIONS[name]
            self._send_rows(_DELETE_INDEX[name], _KEY_ARRAYS[name], [[row[at] for at in positions] for row in rows])
        for name, rows in fresh.items():
            self._send_rows(_INSERT_INDEX[name], _INDEX_ARRAYS[name], rows)

    def _send_rows(self, statement: str, columns: Sequence[type[Array]], rows: Sequence[Sequence[Any]]) -> None:
        self._send(statement, arrays(columns, rows))

    def _send(self, statement: str, parameters: Sequence[Any] | None) -> None:
        self._driver.execute(statement, parameters, prepare=parameters is not None)


def milliseconds(seconds: float) -> int:
    return max(1, int(seconds * 1000))
