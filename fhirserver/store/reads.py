"""Reading versions: the statements both databases share, written once with ``?`` for parameters."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from typing import Any, ClassVar

from fhirserver.store.keys import res_key
from fhirserver.store.rows import METHODS, Cursor, Identity, Version
from fhirserver.store.store import Dialect, Row
from fhirserver.store.type_numbers import TYPE_NAME, TYPE_NUMBER

_READ = "SELECT version, last_updated, method, body FROM resource WHERE res = ? AND type = ? AND id = ?"
_VREAD = """
SELECT version, last_updated, method, body FROM resource WHERE res = ? AND version = ? AND type = ? AND id = ?
UNION ALL
SELECT version, last_updated, method, body FROM history WHERE res = ? AND version = ? AND type = ? AND id = ?
"""
_COUNT_ALL = "SELECT coalesce(sum(total), 0) FROM type_count"
_COUNT_TYPE = _COUNT_ALL + " WHERE type = ?"
_COLUMNS = "type, id, version, last_updated, method, body"
#: Begins a statement for :meth:`VersionReads.versions` that also gives the packed index rows.
CURRENT = f"SELECT {_COLUMNS}, index_rows FROM resource WHERE "
#: Whether another resource already has a resource's key.
OTHER_IDENTITY = "SELECT 1 FROM resource WHERE res = ? AND (type <> ? OR id <> ?)"
_LARGEST_VERSION = 2**63 - 1

#: A condition and its parameters.
_Condition = tuple[str, tuple[Any, ...]]


class VersionReads(ABC):
    """`Reads` made of one primitive, :meth:`rows`."""

    dialect: ClassVar[Dialect]
    #: A condition that holds for any of several keys, which are bound as one parameter.
    any_res: ClassVar[str]

    @abstractmethod
    def rows(self, statement: str, parameters: Sequence[Any]) -> list[Row]:
        """The rows of one of the store's own statements."""

    @abstractmethod
    def bind_keys(self, keys: Sequence[int]) -> Any:
        """Several keys as the one parameter of `any_res`."""

    def read(self, type: str, id: str) -> Version | None:
        number = TYPE_NUMBER[type]
        rows = self.rows(_READ, (res_key(type, id), number, id))
        if not rows:
            return None
        version, last_updated, method, body = rows[0]
        return Version(type, id, version, last_updated, METHODS[method], body)

    def read_many(self, identities: Sequence[Identity]) -> dict[Identity, Version]:
        return self.versions(identities, f"SELECT {_COLUMNS} FROM resource WHERE ")

    def vread(self, type: str, id: str, version: int) -> Version | None:
        if not 0 < version <= _LARGEST_VERSION:
            return None
        key = (res_key(type, id), version, TYPE_NUMBER[type], id)
        rows = self.rows(_VREAD, key + key)
        if not rows:
            return None
        _, last_updated, method, body = rows[0]
        return Version(type, id, version, last_updated, METHODS[method], body)

    def history(
        self,
        type: str | None = None,
        id: str | None = None,
        *,
        since: int | None = None,
        at: tuple[int, int] | None = None,
        before: Cursor | None = None,
        count: int,
    ) -> list[Version]:
        common = _conditions(type, id, since)
        current, superseded = list(common), list(common)
        if at is not None:
            current.append(("last_updated < ?", (at[1],)))
            superseded.append(("last_updated < ? AND (ended > ? OR last_updated >= ?)", (at[1], at[0], at[0])))
        if before is not None and id is not None:
            older = ("version < ?", (before.version,))
            current.append(older)
            superseded.append(older)
        elif before is not None:
            # the current version of a resource is its newest: at the cursor's own resource and time it is never older
            current.append(("(last_updated, res) < (?, ?)", before[:2]))
            superseded.append(("(last_updated, res, version) < (?, ?, ?)", tuple(before)))
        statement, parameters = _union(current, superseded, by_version=id is not None, count=count)
        return [_version(row) for row in self.rows(statement, parameters)]

    def count(self, type: str | None = None) -> int:
        rows = self.rows(_COUNT_ALL, ()) if type is None else self.rows(_COUNT_TYPE, (TYPE_NUMBER[type],))
        return int(rows[0][0])

    def versions(self, identities: Sequence[Identity], select: str, suffix: str = "") -> dict[Identity, Version]:
        """The versions that `select`, the beginning of a statement, finds among the current ones."""
        if not identities:
            return {}
        if len(identities) == 1:
            type, id = identities[0]
            rows = self.rows(f"{select}res = ?{suffix}", (res_key(type, id),))
        else:
            keys = self.bind_keys(sorted({res_key(type, id) for type, id in identities}))
            rows = self.rows(select + self.any_res + suffix, (keys,))
        return versions_of(rows, identities)


def versions_of(rows: Iterable[Row], identities: Iterable[Identity]) -> dict[Identity, Version]:
    """Those of the versions that were asked for, and not others that have the same key."""
    wanted = set(identities)
    found = (_version(row) for row in rows)
    return {version.identity: version for version in found if version.identity in wanted}


def _version(row: Row) -> Version:
    return Version(TYPE_NAME[row[0]], row[1], row[2], row[3], METHODS[row[4]], *row[5:7])


def _conditions(type: str | None, id: str | None, since: int | None) -> list[_Condition]:
    """What current and superseded versions must meet alike."""
    conditions: list[_Condition] = []
    if type is not None and id is not None:
        conditions.append(("res = ? AND type = ? AND id = ?", (res_key(type, id), TYPE_NUMBER[type], id)))
    elif type is not None:
        conditions.append(("type = ?", (TYPE_NUMBER[type],)))
    if since is not None:
        conditions.append(("last_updated >= ?", (since,)))
    return conditions


def _union(
    current: list[_Condition], superseded: list[_Condition], *, by_version: bool, count: int
) -> tuple[str, tuple[Any, ...]]:
    """The newest `count` rows of both tables; each gives its own newest from an index, the outer sort merges them."""
    parts, parameters = [], []
    for table, conditions in (("resource", current), ("history", superseded)):
        where = " AND ".join(text for text, _ in conditions) or "1 = 1"
        order = _ORDER[table, by_version]
        newest = f"SELECT {_COLUMNS}, res FROM {table} WHERE {where} ORDER BY {order} LIMIT ?"
        parts.append(f"SELECT * FROM ({newest}) AS {table}_part")
        parameters += [value for _, values in conditions for value in values] + [count]
    both = " UNION ALL ".join(parts)
    merged = f"SELECT {_COLUMNS} FROM ({both}) AS merged ORDER BY {_ORDER['history', by_version]} LIMIT ?"
    return merged, (*parameters, count)


_ORDER = {
    ("resource", False): "last_updated DESC, res DESC",
    ("history", False): "last_updated DESC, res DESC, version DESC",
    ("resource", True): "version DESC",
    ("history", True): "version DESC",
}
