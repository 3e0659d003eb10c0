"""A connection to PostgreSQL that can send many statements in one message and take their answers in one.

That is libpq's pipeline mode, https://www.postgresql.org/docs/current/libpq-pipeline-mode.html. psycopg offers it too,
but sends each statement by itself and waits on the socket in between: a write costs several times as much. Reads are
prepared and run by libpq alone: psycopg's cursor costs as much processor time as a short query.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from contextlib import suppress
from functools import lru_cache
from select import POLLIN, POLLOUT, poll
from typing import Any, NamedTuple

import psycopg
from psycopg.adapt import Transformer
from psycopg.errors import error_from_result
from psycopg.pq import ConnStatus, DiagnosticField, ExecStatus, TransactionStatus
from psycopg.pq.abc import PGconn, PGresult
from psycopg.sql import Literal

from fhirserver.store.postgresql_arrays import Array, BigIntegers, Texts
from fhirserver.store.store import Row

_TEXT, _BINARY = 0, 1
#: Parameters that are sent as text, for PostgreSQL to read as whatever stands beside them.
_AS_TEXT = frozenset({int, str, float})
#: So many statements for reading are kept prepared on a connection; what was not used for longest is dropped.
_KEPT = 200
_DONE = (ExecStatus.COMMAND_OK, ExecStatus.TUPLES_OK)


class Command(NamedTuple):
    """A statement with ``$1``, ``$2`` for its parameters. It is prepared when it has any."""

    statement: bytes
    parameters: Sequence[Array] = ()


_COMMIT = Command(b"COMMIT")
_ROLLBACK = Command(b"ROLLBACK")


class PostgresqlConnection:
    """A connection of psycopg, and what is to be remembered of it: the statements prepared on it, its time limit."""

    def __init__(self, driver: psycopg.Connection[Row]) -> None:
        self.driver = driver
        self._prepared: dict[bytes, bytes] = {}
        self._reading: OrderedDict[str, bytes] = OrderedDict()
        self._named = 0
        self._reader = Transformer(driver)
        self._seconds: float | None = None

    @property
    def closed(self) -> bool:
        return self.driver.closed

    @property
    def number(self) -> int:
        """The process that serves the connection."""
        return self.driver.info.backend_pid

    def is_lost(self) -> bool:
        """Whether the other side has hung up while nothing was going on. Asks the socket, not the server."""
        pgconn = self.driver.pgconn
        with suppress(psycopg.Error):  # consume_input raises at the end
            while not self.closed and _wait(pgconn, POLLIN, timeout=0):
                pgconn.consume_input()
        return self.closed

    def fetch(self, statement: str, parameters: Sequence[Any], seconds: float) -> list[Row]:
        """The rows of a SELECT written with ``?``, which may take so many seconds."""
        if self._seconds != seconds:
            self.limit(seconds)
        name = self.name(statement)
        values = [_encoded(parameter) for parameter in parameters]
        formats = [_TEXT if type(parameter) in _AS_TEXT else _BINARY for parameter in parameters]
        # None stands for null, which psycopg's declaration does not know
        result = self._done(self.driver.pgconn.exec_prepared(name, values, formats, _BINARY))  # type: ignore[arg-type]
        self._reader.set_pgresult(result)
        return self._reader.load_rows(0, result.ntuples, tuple)

    def explain(self, statement: str, parameters: Sequence[Any]) -> list[str]:
        """The plan of a SELECT as :meth:`fetch` takes it: the very one that is used, which knows no values."""
        values = ", ".join(Literal(parameter).as_string(self.driver) for parameter in parameters)
        asked = f"EXPLAIN (ANALYZE, BUFFERS, COSTS OFF) EXECUTE {self.name(statement).decode()}"
        result = self._done(self.driver.pgconn.exec_(f"{asked}({values})".encode() if values else asked.encode()))
        return [str(line) for (line,) in self.rows(result)]

    def name(self, statement: str) -> bytes:
        """The name a SELECT written with ``?`` is prepared under; PostgreSQL infers the types of its parameters."""
        name = self._reading.get(statement)
        if name is not None:
            self._reading.move_to_end(statement)
            return name
        pgconn = self.driver.pgconn
        if len(self._reading) >= _KEPT:
            _, oldest = self._reading.popitem(last=False)
            pgconn.exec_(b"DEALLOCATE " + oldest)
        self._named += 1
        name = b"read_%d" % self._named
        self._done(pgconn.prepare(name, _numbered(statement)))
        self._reading[statement] = name
        return name

    def _done(self, result: PGresult) -> PGresult:
        """A result, or the error it is."""
        if result.status in _DONE:
            return result
        raise self._error(result)

    def _error(self, result: PGresult | None) -> psycopg.Error:
        """The error a result is. What has no code the server did not say: the connection broke."""
        told = result is not None and result.error_field(DiagnosticField.SQLSTATE)
        if result is None or not told or self.driver.pgconn.status == ConnStatus.BAD:
            self.driver.close()
            return psycopg.OperationalError("the connection is lost")
        return error_from_result(result)

    def limit(self, seconds: float) -> None:
        """Set the time limit of the statements to come, unless it is that already."""
        if self._seconds != seconds:
            self.driver.execute(b"SET statement_timeout = %d" % milliseconds(seconds))
            self._seconds = seconds

    def leave(self) -> None:
        """End a transaction that only read."""
        self._end(_COMMIT)

    def rollback(self) -> None:
        """Leave the connection outside any transaction."""
        self._end(_ROLLBACK)

    def _end(self, command: Command) -> None:
        """psycopg would drop all prepared statements with a ROLLBACK, ours too, so it is not told."""
        if self.closed or self.driver.info.transaction_status == TransactionStatus.IDLE:
            return
        with suppress(psycopg.Error):
            if self.run([command])[0].command_status != b"COMMIT":
                self._seconds = None  # a limit set in the transaction is undone with it

    def forget(self) -> None:
        """The server does not know our prepared statements any more."""
        self._prepared.clear()
        self._reading.clear()

    def run(self, commands: Sequence[Command]) -> list[PGresult]:
        """Run commands and return their results; raise the first error, after which none of the rest was run."""
        pgconn = self.driver.pgconn
        try:
            pgconn.enter_pipeline_mode()
            new = _send(pgconn, self._prepared, commands)
            results = _receive(pgconn)
            pgconn.exit_pipeline_mode()
        except BaseException:
            with suppress(psycopg.Error):  # in the middle of an exchange there is no way back
                self.driver.close()
            raise
        for statement, result in zip(new, results, strict=False):
            if statement is not None and result.status == ExecStatus.COMMAND_OK:
                self._prepared[statement] = _name(self._prepared)
        failed = next((result for result in results if result.status not in _DONE), None)
        if failed is not None or len(results) < len(new):
            raise self._error(failed)
        return [result for statement, result in zip(new, results, strict=True) if statement is None]

    def rows(self, result: PGresult) -> list[Row]:
        """The rows of a result."""
        transformer = Transformer(self.driver)
        transformer.set_pgresult(result)
        return transformer.load_rows(0, result.ntuples, tuple)


def milliseconds(seconds: float) -> int:
    return max(1, int(seconds * 1000))


@lru_cache(maxsize=2048)
def _numbered(statement: str) -> bytes:
    """A statement written with ``?`` as PostgreSQL wants it: ``$1``, ``$2``."""
    first, *rest = statement.split("?")
    return "".join([first, *(f"${number}{part}" for number, part in enumerate(rest, 1))]).encode()


def _encoded(parameter: Any) -> bytes | None:
    """A parameter as the protocol takes it: text for what is in `_AS_TEXT`, else the binary form."""
    if isinstance(parameter, int | float):
        return repr(parameter).encode()
    if isinstance(parameter, str):
        if "\0" in parameter:  # it would end there
            raise psycopg.DataError("PostgreSQL text fields cannot contain NUL")
        return parameter.encode()
    if isinstance(parameter, list):
        return (Texts if parameter and isinstance(parameter[0], str) else BigIntegers).of(parameter)
    return parameter  # type: ignore[no-any-return]


def _send(pgconn: PGconn, prepared: dict[bytes, bytes], commands: Sequence[Command]) -> list[bytes | None]:
    """Send everything. For each answer to come: the statement it says is prepared, `None` for that of a command."""
    expected: list[bytes | None] = []
    names = dict(prepared)
    for statement, parameters in commands:
        if not parameters:
            pgconn.send_query_params(statement, None, result_format=_BINARY)
        else:
            if statement not in names:
                names[statement] = _name(names)
                pgconn.send_prepare(names[statement], statement, [array.oid for array in parameters])
                expected.append(statement)
            formats = [_BINARY] * len(parameters)
            pgconn.send_query_prepared(names[statement], parameters, formats, _BINARY)
        expected.append(None)
    pgconn.pipeline_sync()
    while pgconn.flush():
        if _wait(pgconn, POLLIN | POLLOUT) & POLLIN:  # or both sides would wait for the other to read
            pgconn.consume_input()
    return expected


def _name(prepared: dict[bytes, bytes]) -> bytes:
    return b"store_%d" % len(prepared)


def _receive(pgconn: PGconn) -> list[PGresult]:
    """The answers up to the end of the pipeline, or of the connection."""
    results: list[PGresult] = []
    while True:
        while pgconn.is_busy():
            _wait(pgconn, POLLIN)
            pgconn.consume_input()
        result = pgconn.get_result()
        if result is None:
            if pgconn.status == ConnStatus.BAD:
                return results
        elif result.status == ExecStatus.PIPELINE_SYNC:
            return results
        else:
            results.append(result)


def _wait(pgconn: PGconn, events: int, timeout: int | None = None) -> int:
    """The events that have come, 0 when none came within so many milliseconds."""
    ready = poll()
    ready.register(pgconn.socket, events)
    return next((event for _, event in ready.poll(timeout)), 0)
