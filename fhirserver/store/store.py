"""The store as the rooms above see it, and how to open one.

The two databases behave alike: what `Store` and `Transaction` promise holds on both, and one set of tests says so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Literal, Protocol, TypeVar

from fhirserver.store.database_url import parse
from fhirserver.store.rows import Cursor, Identity, IndexRows, Version, Write

T = TypeVar("T")
Dialect = Literal["sqlite", "postgresql"]
Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class StoreSettings:
    """How a database is opened and used. Times are in seconds, sizes in MiB.

    `synchronous` (SQLite): FULL acknowledges a write when it is on the disk; NORMAL may lose the last writes when the
    machine (not the server) dies, never the consistency of the database.
    `write_attempts` (PostgreSQL): how often a write is run before a conflict with other writes is given up.
    `group` (SQLite): how many waiting writes share one commit at most.
    """

    synchronous: Literal["NORMAL", "FULL", "EXTRA"] = "FULL"
    busy_timeout: float = 10.0
    query_timeout: float = 30.0
    connect_timeout: float = 5.0
    cache_size: int = 32
    mmap_size: int = 2047
    wal_autocheckpoint: int = 16000
    write_attempts: int = 6
    group: int = 64


class Reads(Protocol):
    """Reading, outside a transaction (`Store`) or inside (`Transaction`)."""

    @property
    def dialect(self) -> Dialect: ...

    def read(self, type: str, id: str) -> Version | None:
        """The current version, a deletion included; `None` when the id was never used (http.html#read)."""

    def read_many(self, identities: Sequence[Identity]) -> dict[Identity, Version]:
        """The current versions, deletions included, of those that exist."""

    def vread(self, type: str, id: str, version: int) -> Version | None:
        """One version (http.html#vread)."""

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
        """Versions of the whole system, of a type or of one resource, newest first (http.html#history).

        `since`: made at this time or later. `at`: current at some moment of the half-open interval; a deletion is a
        version like any other. `before`: those that follow this place, for the next page. Times are in microseconds.
        Versions written meanwhile never make a page repeat or skip one.
        """

    def count(self, type: str | None = None) -> int:
        """How many resources there are, deleted ones not counted."""

    def select(self, statement: str, parameters: Sequence[Any] = (), *, timeout: float | None = None) -> list[Row]:
        """The rows of a SELECT whose parameters are written ``?``, whatever the database.

        `timeout` is in seconds, `StoreSettings.query_timeout` when not given; what runs longer is stopped with a
        FhirError (too-costly). A literal ``?`` or ``%`` cannot be written in the statement: bind it.
        """


class Transaction(Reads, Protocol):
    """What a piece of work sees and does inside one database transaction."""

    def lock(self, keys: Iterable[int]) -> None:
        """Wait until no other transaction holds one of these keys, and hold them to the end of this one.

        For what cannot be locked because it is not there: an id to be created, the criteria of a conditional create
        (:func:`fhirserver.store.keys.value_key`). Call it once, before anything is read.
        """

    def current(self, identities: Sequence[Identity]) -> dict[Identity, Version]:
        """The current versions, deletions included, which no other transaction can change until this one ends."""

    def put(self, writes: Sequence[Write]) -> None:
        """Store new current versions with their index rows, in a few statements for all of them.

        A resource occurs at most once in a transaction. The previous version moves to the history.
        """

    def reindex(self, versions: Sequence[tuple[Version, IndexRows]]) -> None:
        """Give current versions (from `current`) other index rows, without making a new version."""


class Store(Reads, Protocol):
    """A database. It may be used by all threads of a process; each has its own connection."""

    @property
    def url(self) -> str:
        """The URL without its password."""

    def write(self, work: Callable[[Transaction], T], size: int = 1) -> T:
        """Run `work` in one database transaction and return its result once that is durable.

        `size` is how many resources it writes, about: where writers take turns, large ones let small ones go first.

        What `work` raises is raised here, and nothing is stored. When other writers are in the way, `work` is run
        again, a bounded number of times: it must do nothing but compute and use its transaction.
        It may run in another thread, with the context variables of the caller, and must not call `write`.
        """

    def snapshot(self) -> AbstractContextManager[None]:
        """Inside the block all reads of this thread see one state of the database."""

    def explain(self, statement: str, parameters: Sequence[Any] = ()) -> list[str]:
        """The plan for a SELECT as :meth:`Reads.select` takes it, line by line, and what running it touched."""

    def ping(self) -> None:
        """Raise a FhirError unless the database answers."""

    def close(self) -> None:
        """Give back every connection. Reads and writes that are under way fail."""


def open_store(url: str, *, settings: StoreSettings | None = None) -> Store:
    """Open a database: ``sqlite:///relative.db``, ``sqlite:////absolute.db`` or ``postgresql://user@host/database``.

    An empty one is given its tables. One with an older or unknown schema is refused (FhirError), as is one that cannot
    be reached. Open it in the process that uses it: connections do not survive a fork.
    """
    target = parse(url)
    settings = settings or StoreSettings()
    if target.dialect == "sqlite":
        from fhirserver.store.sqlite import SqliteStore

        return SqliteStore(target, settings)
    from fhirserver.store.postgresql import PostgresqlStore

    return PostgresqlStore(target, settings)
