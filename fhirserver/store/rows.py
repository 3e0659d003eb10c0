"""What goes in and out of the store: versions of resources and their index rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from fhirserver.store.keys import res_key

#: A value of an index row. Numbers are int or float, never Decimal; times are int microseconds since the epoch, UTC.
IndexValue = int | float | str | None
#: A row of an index table, in the order of the table's columns, `res` included.
IndexRow = tuple[IndexValue, ...]
#: The index rows of one version: name of the index table -> its rows. Rows are distinct by the table's primary key.
IndexRows = Mapping[str, Iterable[IndexRow]]


class PackedRows(NamedTuple):
    """Index rows made ready to be stored (:func:`fhirserver.store.packing.pack`).

    `rows` are in the order of the primary key of each table, `short` the same in packed form, `packed` that in bytes.
    """

    rows: dict[str, list[IndexRow]]
    short: dict[str, list[IndexRow]]
    packed: bytes | None


#: ("Patient", "1")
Identity = tuple[str, str]

#: http.html#history: Bundle.entry.request.method of a version, by the number that is stored for it.
METHODS = ("", "POST", "PUT", "PATCH", "DELETE")
METHOD_NUMBER = {method: number for number, method in enumerate(METHODS) if method}
DELETED = METHOD_NUMBER["DELETE"]


class Cursor(NamedTuple):
    """A place in a history: what follows is older than the version that stands here."""

    last_updated: int
    res: int
    version: int


class Version(NamedTuple):
    """One version of a resource, a deletion included.

    `last_updated` is in microseconds since the epoch, UTC. `method` is the HTTP method that made the version.
    `body` is the JSON exactly as it is sent, `None` for a deletion.
    `packed_index` is the version's index rows (:mod:`fhirserver.store.packing`); only `Transaction.current` fills it.
    """

    type: str
    id: str
    version: int
    last_updated: int
    method: str
    body: bytes | None
    packed_index: bytes | None = None

    @property
    def deleted(self) -> bool:
        return self.body is None

    @property
    def identity(self) -> Identity:
        return self.type, self.id

    @property
    def res(self) -> int:
        return res_key(self.type, self.id)

    @property
    def cursor(self) -> Cursor:
        """The place of this version in a history, to ask for the page that follows it."""
        return Cursor(self.last_updated, self.res, self.version)


@dataclass(slots=True)
class Write:
    """A new current version, the version it takes the place of, and the index rows it shall have.

    `previous` is what `Transaction.current` gave in the same transaction, `None` where it gave nothing.
    `version.version` is `previous.version + 1`, or 1. Rows that are packed already need not be packed in the
    transaction.
    """

    version: Version
    previous: Version | None
    index: IndexRows | PackedRows
