"""PostgreSQL's error codes as errors a client or an operator understands.

https://www.postgresql.org/docs/current/errcodes-appendix.html. The details PostgreSQL adds may quote rows: they are
left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psycopg
from sqlalchemy.exc import DBAPIError

from fhirserver.outcome import FhirError
from fhirserver.store.messages import BUSY, FAILED, FULL, READ_ONLY, RETRY, TOO_LONG, UNREACHABLE

#: serialization_failure, deadlock_detected: the work is worth running again
_CONFLICTS = frozenset({"40001", "40P01"})
#: unique_violation and, from the guard in the statement that keeps a superseded version, not_null_violation
_STALE = frozenset({("23505", "resource"), ("23505", "history"), ("23502", "history")})

_ERRORS: dict[str, Callable[[], FhirError]] = {
    "25006": lambda: READ_ONLY.error(),
    "53100": lambda: FULL.error(),
    "55P03": lambda: BUSY.error(headers=RETRY),
    **dict.fromkeys(_CONFLICTS, lambda: BUSY.error(headers=RETRY)),
}
#: connection exceptions, insufficient resources, operator intervention, refused sign-in, unknown database
_UNREACHABLE_CLASSES = ("08", "53", "57", "28", "3D")
_QUERY_CANCELED = "57014"
#: syntax errors and unknown names: ours, and they quote nothing but SQL
_OUR_MISTAKE = "42"


def translate(error: psycopg.Error, seconds: float) -> FhirError:
    """The FhirError for an error of PostgreSQL. `seconds` is the limit a query had."""
    state = error.sqlstate
    if state == _QUERY_CANCELED:
        return TOO_LONG.error(seconds=f"{seconds:g}")
    if state is None and isinstance(error, psycopg.OperationalError | psycopg.InterfaceError):
        return UNREACHABLE.error(reason="no connection", headers=RETRY)
    if state is None:
        return FAILED.error(reason=type(error).__name__)
    if state in _ERRORS:
        return _ERRORS[state]()
    if state.startswith(_UNREACHABLE_CLASSES):
        return UNREACHABLE.error(reason=state, headers=RETRY)
    about = error.diag.message_primary if state.startswith(_OUR_MISTAKE) else error.diag.table_name
    return FAILED.error(reason=f"{state} {about}" if about else state)


def is_conflict(error: psycopg.Error) -> bool:
    """Whether another writer was in the way, and it is worth doing the same again."""
    return error.sqlstate in _CONFLICTS


def is_forgotten(error: psycopg.Error) -> bool:
    """Whether the server does not know a prepared statement any more (DISCARD ALL, a pooler in between)."""
    return error.sqlstate == "26000"


def is_stale(error: psycopg.Error) -> bool:
    """Whether the transaction was wrong about what the database holds, and it is worth looking again."""
    return (error.sqlstate, error.diag.table_name) in _STALE


@contextmanager
def translated(seconds: float = 0) -> Iterator[None]:
    """Raise what PostgreSQL raises inside, also through SQLAlchemy, as :func:`translate` says."""
    try:
        yield
    except psycopg.Error as error:
        raise translate(error, seconds) from None
    except DBAPIError as error:
        if isinstance(error.orig, psycopg.Error):
            raise translate(error.orig, seconds) from None
        raise
