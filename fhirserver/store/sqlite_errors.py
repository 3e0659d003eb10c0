"""SQLite's result codes as errors a client or an operator understands (https://www.sqlite.org/rescode.html)."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError

from fhirserver.outcome import FhirError
from fhirserver.store.messages import BUSY, FAILED, FULL, READ_ONLY, RETRY, TOO_LONG, UNREACHABLE

_PRIMARY = 0xFF
#: Primary result codes that are answered alike whatever was asked.
_ERRORS = {
    sqlite3.SQLITE_BUSY: lambda name: BUSY.error(headers=RETRY),
    sqlite3.SQLITE_LOCKED: lambda name: BUSY.error(headers=RETRY),
    sqlite3.SQLITE_FULL: lambda name: FULL.error(),
    sqlite3.SQLITE_READONLY: lambda name: READ_ONLY.error(),
    sqlite3.SQLITE_PERM: lambda name: UNREACHABLE.error(reason=name),
    sqlite3.SQLITE_CANTOPEN: lambda name: UNREACHABLE.error(reason=name),
    sqlite3.SQLITE_IOERR: lambda name: UNREACHABLE.error(reason=name),
    sqlite3.SQLITE_NOTADB: lambda name: UNREACHABLE.error(reason=name),
    sqlite3.SQLITE_CORRUPT: lambda name: FAILED.error(reason=name),
}


def translate(error: sqlite3.Error, seconds: float) -> FhirError | sqlite3.Error:
    """The FhirError for an error of SQLite; the error itself where only a bug can have caused it.

    `seconds` is the limit a query had.
    """
    code = getattr(error, "sqlite_errorcode", 0) & _PRIMARY
    if code == sqlite3.SQLITE_INTERRUPT:
        return TOO_LONG.error(seconds=f"{seconds:g}")
    make = _ERRORS.get(code)
    return error if make is None else make(getattr(error, "sqlite_errorname", "SQLITE_ERROR"))


@contextmanager
def translated(seconds: float = 0) -> Iterator[None]:
    """Raise what SQLite raises inside, also through SQLAlchemy, as :func:`translate` says; a file's errors likewise."""
    try:
        yield
    except OSError as error:
        raise UNREACHABLE.error(reason=error.strerror) from None
    except sqlite3.Error as error:
        raise translate(error, seconds) from None
    except DBAPIError as error:
        if isinstance(error.orig, sqlite3.Error):
            raise translate(error.orig, seconds) from None
        raise
