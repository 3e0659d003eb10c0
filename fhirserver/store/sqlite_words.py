"""The full-text index on SQLite: the table ix_words (FTS5), which holds the numbers of rows of ix_resource.

FTS5 writes a segment whenever a savepoint is made, and merges segments later, so that words are dear one row at a time.
They are added once, for all rows that the pieces of work in a transaction have appended, before it is committed or the
index is asked.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable

_LAST_NUMBER = "SELECT coalesce(max(number), 0) FROM ix_resource"
_ADD = "INSERT INTO ix_words (rowid, words) SELECT number, words FROM ix_resource WHERE number > ? AND words <> ''"
_WORDS = """
SELECT number, words FROM ix_resource WHERE res IN (SELECT value FROM json_each(?)) AND words <> '' AND number <= ?
ORDER BY number
"""
_REMOVE = "INSERT INTO ix_words (ix_words, rowid, words) VALUES ('delete', ?, ?)"
_LARGEST_NUMBER = 2**63 - 1


class Words:
    """The words of one transaction. Rows of ix_resource behind `last` are not in the index yet; None: there are none.

    Who rolls back to a savepoint gives `last` the value it had there.
    """

    def __init__(self, driver: sqlite3.Connection) -> None:
        self._driver = driver
        self.last: int | None = None

    def expect(self) -> None:
        """Rows are about to be appended."""
        if self.last is None:
            self.last = self._driver.execute(_LAST_NUMBER).fetchone()[0]

    def remove(self, resources: Iterable[int]) -> None:
        """The rows of these resources are about to be deleted."""
        last = _LARGEST_NUMBER if self.last is None else self.last
        words = self._driver.execute(_WORDS, (json.dumps(list(resources)), last)).fetchall()
        self._driver.executemany(_REMOVE, words)

    def complete(self) -> None:
        """Add the words of all rows that have been appended."""
        if self.last is not None:
            self._driver.execute(_ADD, (self.last,))
            self.last = None
