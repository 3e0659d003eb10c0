"""What is SQLite's own: how the file is opened, and what its errors become."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from fhirserver.outcome import FhirError
from fhirserver.store.sqlite import SqliteStore
from fhirserver.store.store import Store, StoreSettings, open_store
from tests.store.samples import put

FULL = 2


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "fhir.db"


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    opened = open_store(f"sqlite:///{path}", settings=StoreSettings(busy_timeout=0.1))
    yield opened
    opened.close()


def pragma(store: Store, name: str) -> object:
    assert isinstance(store, SqliteStore)
    driver = store._writer.driver_connection
    assert driver
    return driver.execute(f"PRAGMA {name}").fetchone()[0]


def key_of(error: pytest.ExceptionInfo[FhirError]) -> str:
    return error.value.issues[0].key


def test_a_write_is_acknowledged_when_it_is_on_the_disk(store: Store) -> None:
    assert (pragma(store, "journal_mode"), pragma(store, "synchronous")) == ("wal", FULL)


@pytest.mark.parametrize(("setting", "level"), [("NORMAL", 1), ("FULL", 2), ("EXTRA", 3)])
def test_durability_is_a_setting(path: Path, setting: str, level: int) -> None:
    store = open_store(f"sqlite:///{path}", settings=StoreSettings(synchronous=setting))  # type: ignore[arg-type]
    assert pragma(store, "synchronous") == level
    store.close()


def test_readers_cannot_write(store: Store) -> None:
    with pytest.raises(FhirError) as caught:
        store.select("DELETE FROM resource RETURNING 1")
    assert key_of(caught) == "store-read-only"


def test_the_folder_is_made_but_not_its_parents(tmp_path: Path) -> None:
    open_store(f"sqlite:///{tmp_path}/new/fhir.db").close()
    with pytest.raises(FhirError) as caught:
        open_store(f"sqlite:///{tmp_path}/no/such/folder/fhir.db")
    assert key_of(caught) == "store-unreachable"


def test_a_folder_is_no_database(tmp_path: Path) -> None:
    with pytest.raises(FhirError) as caught:
        open_store(f"sqlite:///{tmp_path}")
    assert key_of(caught) == "store-unreachable"


def test_a_file_of_another_kind(path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b"This is a letter, not a database. " * 200)
    with pytest.raises(FhirError) as caught:
        open_store(f"sqlite:///{path}")
    assert key_of(caught) == "store-unreachable"
    assert "NOTADB" in caught.value.issues[0].text("en")


def test_a_database_that_another_program_locks(store: Store, path: Path) -> None:
    put(store, "1", 1)
    foreign = sqlite3.connect(path, isolation_level=None)
    foreign.execute("BEGIN IMMEDIATE")
    with pytest.raises(FhirError) as caught:
        put(store, "2", 2)
    assert (key_of(caught), caught.value.status) == ("store-busy", 503)
    assert caught.value.headers == {"Retry-After": "1"}
    assert store.read("Patient", "1")
    foreign.close()
    put(store, "2", 2)


def test_a_full_disk(store: Store) -> None:
    put(store, "1", 1, seeds=(1,))
    pages = pragma(store, "page_count")
    pragma(store, f"max_page_count = {pages}")
    with pytest.raises(FhirError) as caught:
        put(store, "2", 2, b"x" * 1_000_000, seeds=(1,))
    assert (key_of(caught), caught.value.status) == ("store-full", 507)
    assert store.read("Patient", "2") is None
    assert store.read("Patient", "1")
    assert isinstance(pages, int)
    pragma(store, f"max_page_count = {pages + 1000}")
    put(store, "2", 2, b"x" * 1_000_000)
    assert store.count() == 2


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_file_that_may_not_be_written(store: Store, path: Path) -> None:
    store.close()
    path.chmod(0o444)
    store = open_store(f"sqlite:///{path}")
    with pytest.raises(FhirError) as caught:
        put(store, "1", 1)
    assert (key_of(caught), caught.value.status) == ("store-read-only", 503)


def test_a_database_that_is_switched_to_read_only(store: Store) -> None:
    assert isinstance(store, SqliteStore)
    driver = store._writer.driver_connection
    assert driver
    driver.execute("PRAGMA query_only = ON")
    with pytest.raises(FhirError) as caught:
        put(store, "1", 1)
    assert (key_of(caught), caught.value.status) == ("store-read-only", 503)


def test_errors_carry_nothing_of_a_resource(store: Store) -> None:
    pages = pragma(store, "page_count")
    pragma(store, f"max_page_count = {pages}")
    with pytest.raises(FhirError) as caught:
        put(store, "secret-id", 2, b"secret-body" * 100_000, seeds=(1,))
    assert "secret" not in str(caught.value) + caught.value.issues[0].text("both")
    assert caught.value.__cause__ is None


def test_closing_leaves_one_file_and_the_turns(store: Store, path: Path) -> None:
    put(store, "1", 1)
    store.read("Patient", "1")
    store.close()
    assert sorted(file.name for file in path.parent.iterdir()) == ["fhir.db", "fhir.db-next", "fhir.db-turn"]
    again = open_store(f"sqlite:///{path}")
    assert again.read("Patient", "1")
    again.close()
