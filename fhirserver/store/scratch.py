"""A database in memory for resources that are not stored yet: what a search will find once they are."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager

from sqlalchemy import StaticPool, create_engine

from fhirserver.store import index_tables  # noqa: F401 - the index tables join METADATA
from fhirserver.store.rows import Write
from fhirserver.store.sqlite_transaction import SqliteTransaction
from fhirserver.store.sqlite_words import Words
from fhirserver.store.store import Reads
from fhirserver.store.tables import METADATA

_SECONDS = 30.0


@contextmanager
def scratch(writes: Sequence[Write]) -> Iterator[Reads]:
    """Reads of a database that holds nothing but these writes."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as driver:
        engine = create_engine("sqlite://", creator=lambda: driver, poolclass=StaticPool)
        METADATA.create_all(engine)
        transaction = SqliteTransaction(driver, Words(driver), _SECONDS)
        transaction.put(writes)
        yield transaction
