"""Schema migrations: Alembic, with the revisions in `migrations/versions`.

Only this module and the revisions import Alembic: a server whose database has the right schema never loads it.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, NullPool, create_engine, event

from fhirserver.store import index_tables, schema, sqlite_errors  # noqa: F401 - the index tables join METADATA
from fhirserver.store.database_url import DatabaseUrl, parse
from fhirserver.store.tables import METADATA, ROW_NUMBER
from fhirserver.store.turn import WriterTurn

#: Held while a schema is changed on PostgreSQL (an arbitrary number; pg_advisory_xact_lock).
MIGRATION_LOCK = 7_361_204_551


def upgrade(url: str) -> str:
    """Bring a database, empty or older, to the schema this server needs; all or nothing. Returns the revision.

    FhirError for a revision that this server does not know.
    """
    target = parse(url)
    found = revision(url)
    if found not in (None, *schema.REVISIONS) and (unknown := schema.refusal(found)):
        raise unknown
    with _alone(target):
        return create(target)


def revision(url: str) -> str | None:
    """The revision a database has, `None` for one without."""
    target = parse(url)
    if target.dialect == "sqlite" and not target.path.exists():
        return None
    with _connection(target) as connection:
        return MigrationContext.configure(connection).get_current_revision()


def check(url: str) -> list[Any]:
    """How the tables of a database differ from those the server is written for (Alembic's terms); empty when equal."""
    target = parse(url)
    with _connection(target) as connection, warnings.catch_warnings():
        # an index on an expression cannot be compared; Alembic says so each time
        warnings.filterwarnings("ignore", message="autogenerate skipping .*expression-based index")
        virtual = _virtual_tables(connection) if target.dialect == "sqlite" else ()
        # the numbers of rows are no part of the tables as PostgreSQL has them
        unknown = {"table": lambda name: name.startswith(virtual), "column": lambda name: name == ROW_NUMBER}
        options = {
            "compare_type": True,
            "compare_server_default": True,
            "include_name": lambda name, kind, _: kind not in unknown or not unknown[kind](name),
            "include_object": lambda item, *_: item.info.get("dialect", target.dialect) == target.dialect,
        }
        return list(compare_metadata(MigrationContext.configure(connection, opts=options), METADATA))


def _virtual_tables(connection: Connection) -> tuple[str, ...]:
    """The names of SQLite's virtual tables; those of the tables that serve them begin alike."""
    return tuple(
        connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE sql LIKE 'CREATE VIRTUAL%%'").scalars()
    )


def configuration(connection: Connection | None = None) -> Config:
    """Alembic's configuration, for its commands; the migrations run on `connection`."""
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.set_main_option("path_separator", "os")
    return config


def create(target: DatabaseUrl) -> str:
    """As :func:`upgrade`, for a caller that already has the writer's turn on SQLite."""
    with _connection(target) as connection:
        if target.dialect == "postgresql":
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({MIGRATION_LOCK})")
        command.upgrade(configuration(connection), "head")
    return schema.HEAD


@contextmanager
def _alone(target: DatabaseUrl) -> Iterator[None]:
    """No other process writes meanwhile. PostgreSQL has its lock in the transaction."""
    if target.dialect == "postgresql":
        yield
        return
    turn = WriterTurn(target.path)
    try:
        with turn:
            yield
    finally:
        turn.close()


@contextmanager
def _connection(target: DatabaseUrl) -> Iterator[Connection]:
    """A connection inside one transaction, which is committed unless something is raised."""
    engine = create_engine(target.url, poolclass=NullPool)
    if target.dialect == "sqlite":
        _begin_ourselves(engine)
        translated = sqlite_errors.translated
    else:
        from fhirserver.store.postgresql_errors import translated
    with translated(), engine.begin() as connection:
        yield connection


def _begin_ourselves(engine: Any) -> None:
    """Make definitions of tables part of the transaction: the driver would begin one only before an INSERT."""

    @event.listens_for(engine, "connect")
    def leave_transactions_to_us(driver: Any, _: Any) -> None:
        driver.isolation_level = None
        driver.execute("PRAGMA journal_mode = WAL")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
