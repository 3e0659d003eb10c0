"""What a piece of work does inside a transaction on PostgreSQL.

A statement whose answer nobody needs yet waits for the next one whose answer somebody needs. An update takes two round
trips, whatever it writes: locks and the current version, then all changes and the commit.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, ClassVar, Literal

from psycopg.pq.abc import PGresult

from fhirserver.store.index_tables import INDEX_TABLES
from fhirserver.store.keys import res_key
from fhirserver.store.messages import FAILED, STALE
from fhirserver.store.packing import KEY_WIDTH, Sorted
from fhirserver.store.plan import Created, Replaced, plan, replan
from fhirserver.store.postgresql_arrays import Array, BigIntegers, array_of, arrays
from fhirserver.store.postgresql_connection import Command, PostgresqlConnection
from fhirserver.store.reads import CURRENT, VersionReads, versions_of
from fhirserver.store.rows import METHOD_NUMBER, Identity, IndexRows, Version, Write
from fhirserver.store.store import Row
from fhirserver.store.tables import HISTORY, RESOURCE, TYPE_COUNT

#: Every transaction that locks anything holds this key too, together with the others or, to run alone, for itself.
_GATE = 4_611_686_018_427_387_904
_LOCK = "SELECT pg_advisory_xact_lock(key) FROM unnest($1) AS key"
_LOCK_FIRST = f"""
SELECT CASE key WHEN {_GATE} THEN pg_advisory_xact_lock_shared(key)::text ELSE pg_advisory_xact_lock(key)::text END
FROM unnest($1) AS key
"""
_CURRENT = f"{CURRENT} res = ANY ($1)"

_INSERT_COLUMNS = ("res", "type", "id", "version", "last_updated", "method", "body", "index_rows")
_REPLACE_COLUMNS = ("res", "version", "last_updated", "method", "body", "index_rows")
_INSERT_ARRAYS = tuple(array_of(RESOURCE.c[name]) for name in _INSERT_COLUMNS)
_REPLACE_ARRAYS = tuple(array_of(RESOURCE.c[name]) for name in _REPLACE_COLUMNS)
_KEEP_ARRAYS = tuple(array_of(HISTORY.c[name]) for name in ("res", "version", "ended"))
_REPACK_ARRAYS = tuple(array_of(RESOURCE.c[name]) for name in ("res", "version", "index_rows"))
_TOTAL_ARRAYS = tuple(array_of(TYPE_COUNT.c[name]) for name in ("type", "slot", "total"))


def _unnest(count: int) -> str:
    return f"unnest({', '.join(f'${number}' for number in range(1, count + 1))})"


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
_KEY_ARRAYS = {name: _INDEX_ARRAYS[name][:width] for name, width in KEY_WIDTH.items()}
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

    def __init__(self, connection: PostgresqlConnection, seconds: float) -> None:
        self._connection = connection
        self._waiting = [Command(b"BEGIN")]
        self._totals: Counter[int] = Counter()
        self.seconds = seconds
        self.locked: set[int] = set()
        self.created: list[Version] = []
        self.committing = False

    def rows(self, statement: str, parameters: Sequence[Any]) -> list[Row]:
        return self._read(statement, parameters)

    def select(self, statement: str, parameters: Sequence[Any] = (), *, timeout: float | None = None) -> list[Row]:
        if timeout is not None:
            self.seconds = timeout
        return self._read(statement, parameters)

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
        if not identities:
            return {}
        keys = {res_key(type, id) for type, id in identities}
        self.lock(keys)
        self._send(_CURRENT, (BigIntegers.of(sorted(keys)),))
        return versions_of(self._connection.rows(self._run()), identities)

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
        if rows := [(version.res, version.version, packed) for version, packed in changed]:
            self._send_rows(_REPACK, _REPACK_ARRAYS, rows)
            if self._run().ntuples != len(rows):
                raise STALE.error()
        self._write_index(todo.stale, todo.fresh)

    def commit(self) -> None:
        """Send what is left to do, and the commit with it."""
        slot = self._connection.number % _SLOTS
        if totals := [(number, slot, change) for number, change in sorted(self._totals.items()) if change]:
            self._send_rows(_ADD_TOTAL, _TOTAL_ARRAYS, totals)
        self._waiting.append(Command(b"COMMIT"))
        self.committing = True
        if self._run().command_status != b"COMMIT":  # it is ROLLBACK when a statement before had failed
            raise FAILED.error(reason="the transaction was rolled back")

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
        for name, keys in stale.items():
            self._send_rows(_DELETE_INDEX[name], _KEY_ARRAYS[name], keys)
        for name, rows in fresh.items():
            self._send_rows(_INSERT_INDEX[name], _INDEX_ARRAYS[name], rows)

    def _send_rows(self, statement: str, columns: Sequence[type[Array]], rows: Sequence[Sequence[Any]]) -> None:
        self._send(statement, arrays(columns, rows))

    def _send(self, statement: str, parameters: Sequence[Array]) -> None:
        self._waiting.append(Command(statement.encode(), parameters))

    def _read(self, statement: str, parameters: Sequence[Any]) -> list[Row]:
        if self._waiting:
            self._run()
        return self._connection.fetch(statement, parameters, self.seconds)

    def _run(self) -> PGresult:
        """Run what waits; the last result."""
        commands, self._waiting = self._waiting, []
        return self._connection.run(commands)[-1]
