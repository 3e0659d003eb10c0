"""Migrations: what they lead to, and what a server does with a database of another schema."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, text

from fhirserver.outcome import FhirError
from fhirserver.store import migrate, schema
from fhirserver.store.database_url import parse
from fhirserver.store.migrations import initial
from fhirserver.store.store import open_store
from fhirserver.store.tables import METADATA

#: Everything a database says of its own tables, indexes, triggers and constraints.
_CATALOG = {
    "sqlite": ["SELECT type, name, tbl_name, sql FROM sqlite_master"],
    "postgresql": [
        """SELECT table_name, column_name, ordinal_position, data_type, is_nullable, column_default, collation_name
           FROM information_schema.columns WHERE table_schema = 'public'""",
        "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
        """SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
           WHERE connamespace = 'public'::regnamespace""",
        "SELECT tgrelid::regclass::text, tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal",
        """SELECT attrelid::regclass::text, attname, attstorage::text, attcompression::text FROM pg_attribute
           JOIN pg_class ON pg_class.oid = attrelid
           WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND attnum > 0""",
    ],
}


def catalog(url: str) -> set[Any]:
    target = parse(url)
    found: set[Any] = set()
    with create_engine(target.url).connect() as connection:
        for query in _CATALOG[target.dialect]:
            found |= {tuple(map(_one_space, row)) for row in connection.execute(text(query))}
    return {row for row in found if schema.REVISION_TABLE not in str(row)}


def _one_space(value: Any) -> Any:
    return " ".join(value.split()) if isinstance(value, str) else value


def test_the_revisions_are_those_the_server_knows() -> None:
    scripts = ScriptDirectory.from_config(migrate.configuration())
    assert tuple(reversed([script.revision for script in scripts.walk_revisions()])) == schema.REVISIONS
    assert scripts.get_heads() == [schema.HEAD]


@pytest.mark.parametrize("dialect", ["sqlite", "postgresql"])
def test_the_first_revision_is_written_from_the_tables(dialect: str) -> None:
    """Until a version is released; then this test goes, and a change of the tables is a revision of its own."""
    first = ScriptDirectory.from_config(migrate.configuration()).get_revision(schema.REVISIONS[0]).module
    written = [text.strip() for text in getattr(first, f"_{dialect.upper()}")]
    assert written == initial.statements(dialect), "run: python -m fhirserver.store.migrations.initial"
    assert first.revision == initial.revision(), "name it in fhirserver/store/schema.py"


def test_migrations_lead_to_the_tables_of_the_code(database_url: str, request: pytest.FixtureRequest) -> None:
    assert migrate.revision(database_url) is None
    assert migrate.upgrade(database_url) == schema.HEAD
    assert migrate.revision(database_url) == schema.HEAD
    assert migrate.check(database_url) == []
    assert catalog(database_url) == catalog(_made_by_metadata(database_url, request))


def _made_by_metadata(url: str, request: pytest.FixtureRequest) -> str:
    """The URL of a second database, with the tables as the code defines them."""
    if parse(url).dialect == "sqlite":
        second = f"{url}2"
    else:
        cluster = request.getfixturevalue("postgresql_cluster")
        second = cluster.url(cluster.create())
    METADATA.create_all(create_engine(parse(second).url))
    return second


def test_an_upgrade_of_what_is_up_to_date_changes_nothing(database_url: str) -> None:
    migrate.upgrade(database_url)
    before = catalog(database_url)
    migrate.upgrade(database_url)
    assert catalog(database_url) == before


def test_an_empty_database_is_given_its_tables(database_url: str) -> None:
    open_store(database_url).close()
    assert migrate.revision(database_url) == schema.HEAD
    assert migrate.check(database_url) == []


def set_revision(url: str, revision: str) -> None:
    with create_engine(parse(url).url).begin() as connection:
        connection.execute(text(f"UPDATE {schema.REVISION_TABLE} SET version_num = :revision"), {"revision": revision})


def test_an_unknown_schema_is_not_upgraded(database_url: str) -> None:
    open_store(database_url).close()
    set_revision(database_url, "0001")
    for door in (open_store, migrate.upgrade):
        with pytest.raises(FhirError) as caught:
            door(database_url)
        assert caught.value.issues[0].key == "store-new-schema"


def test_an_older_schema_is_refused_with_the_command_that_helps(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_store(database_url).close()
    monkeypatch.setattr(schema, "REVISIONS", (schema.HEAD, "0002"))
    monkeypatch.setattr(schema, "HEAD", "0002")
    with pytest.raises(FhirError) as caught:
        open_store(database_url)
    assert caught.value.issues[0].key == "store-old-schema"
    for language in ("en", "zh"):
        assert "fhirserver db upgrade" in caught.value.issues[0].text(language)  # type: ignore[arg-type]


def test_a_schema_of_the_future_is_refused(database_url: str) -> None:
    open_store(database_url).close()
    set_revision(database_url, "9999")
    with pytest.raises(FhirError) as caught:
        open_store(database_url)
    assert caught.value.issues[0].key == "store-new-schema"
    assert "9999" in caught.value.issues[0].text("en")


def test_a_database_of_another_program_is_left_alone(database_url: str) -> None:
    with create_engine(parse(database_url).url).begin() as connection:
        connection.execute(text("CREATE TABLE history (event text)"))
    with pytest.raises(FhirError) as caught:
        open_store(database_url)
    assert caught.value.issues[0].key == "store-foreign-schema"
    assert migrate.revision(database_url) is None


def test_a_failed_migration_leaves_nothing(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise RuntimeError("no")

    monkeypatch.setattr("alembic.runtime.migration.MigrationStep.update_version_num", fail, raising=False)
    monkeypatch.setattr("alembic.runtime.migration.HeadMaintainer.update_to_step", fail)
    with pytest.raises(RuntimeError):
        migrate.upgrade(database_url)
    assert catalog(database_url) == set()
    monkeypatch.undo()
    open_store(database_url).close()


def test_a_start_with_the_right_schema_does_not_load_alembic(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'fhir.db'}"
    open_store(url).close()
    script = "import sys; from fhirserver.store.store import open_store; open_store(sys.argv[1]).close(); "
    script += "print('alembic' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", script, url], check=True, capture_output=True, text=True)
    assert done.stdout == "False\n"


def test_asking_for_the_revision_makes_no_file(tmp_path: Path) -> None:
    assert migrate.revision(f"sqlite:///{tmp_path / 'fhir.db'}") is None
    assert list(tmp_path.iterdir()) == []


def test_sqlite_keeps_its_log_mode(tmp_path: Path) -> None:
    migrate.upgrade(f"sqlite:///{tmp_path / 'fhir.db'}")
    assert sqlite3.connect(tmp_path / "fhir.db").execute("PRAGMA journal_mode").fetchone() == ("wal",)
