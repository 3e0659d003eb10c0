"""Real databases for tests: SQLite files, and databases in a PostgreSQL cluster that lives as long as the test session.

A test that asks for `database_url` runs twice. The programs of PostgreSQL come from PATH or from where Debian's package
puts them. Where they are absent, or `FHIRSERVER_TEST_POSTGRESQL=off`, those tests are skipped with the reason; under
`CI=true` or `FHIRSERVER_TEST_POSTGRESQL=required` absence fails them. A `conftest.py` that imports the fixtures makes
them known.
"""

from __future__ import annotations

import ctypes
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
import pytest

_OLDEST = 15
_SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "full_page_writes": "off",
    "shared_buffers": "64MB",
    "max_connections": "200",
    "timezone": "UTC",
}
_PR_SET_PDEATHSIG = 1
#: A trigger of a test's own, which runs inside COMMIT and ends the connection there.
CUT_IN_COMMIT = """
CREATE FUNCTION cut() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END $$;
CREATE CONSTRAINT TRIGGER cut AFTER INSERT ON resource DEFERRABLE INITIALLY DEFERRED
FOR EACH ROW EXECUTE FUNCTION cut();
"""


@dataclass(frozen=True)
class Cluster:
    """A running PostgreSQL, reached through a socket in a folder."""

    folder: Path
    numbers: Iterator[int]

    def url(self, database: str) -> str:
        return f"postgresql://postgres@/{database}?host={self.folder}"

    def connect(self) -> psycopg.Connection[Any]:
        """A connection of the cluster's administrator, outside of transactions."""
        return psycopg.connect(host=str(self.folder), user="postgres", dbname="postgres", autocommit=True)

    def execute(self, statement: str) -> None:
        """Run a statement as the cluster's administrator, outside a transaction."""
        with self.connect() as connection:
            connection.execute(statement)  # type: ignore[arg-type]

    def create(self) -> str:
        """The name of a new, empty database."""
        name = f"test_{next(self.numbers)}"
        self.execute(f"CREATE DATABASE {name}")
        return name

    def drop(self, name: str) -> None:
        self.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


@contextmanager
def cluster() -> Iterator[Cluster]:
    """A cluster of its own, for a test that does it harm; skips or fails the test where there can be none."""
    programs = _programs()
    if isinstance(programs, str):
        _absent(programs)
        return
    folder = Path(tempfile.mkdtemp(prefix="fhirserver-postgresql-"))
    try:
        yield from _run(programs, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgresql_cluster() -> Iterator[Cluster]:
    with cluster() as running:
        yield running


@pytest.fixture
def postgresql_url(postgresql_cluster: Cluster) -> Iterator[str]:
    """The URL of an empty PostgreSQL database."""
    name = postgresql_cluster.create()
    yield postgresql_cluster.url(name)
    postgresql_cluster.drop(name)


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """The URL of an SQLite database that does not exist yet."""
    return f"sqlite:///{tmp_path / 'fhir.db'}"


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def database_url(request: pytest.FixtureRequest) -> str:
    """The URL of an empty database, of each kind in turn."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


def _programs() -> Path | str:
    """The folder of PostgreSQL's programs, or why there is none."""
    if os.environ.get("FHIRSERVER_TEST_POSTGRESQL") == "off":
        return "FHIRSERVER_TEST_POSTGRESQL=off"
    on_path = shutil.which("initdb")
    if on_path:
        return Path(on_path).resolve().parent
    folders = {
        int(folder.parent.name): folder
        for folder in Path("/usr/lib/postgresql").glob("*/bin")
        if folder.parent.name.isdigit() and (folder / "initdb").exists()
    }
    newest = max(folders, default=0)
    if newest < _OLDEST:
        return f"PostgreSQL {_OLDEST} or newer is not installed (Debian and Ubuntu: apt install postgresql)"
    return folders[newest]


def _absent(reason: str) -> None:
    wish = os.environ.get("FHIRSERVER_TEST_POSTGRESQL")
    if wish == "required" or (wish != "off" and os.environ.get("CI") == "true"):
        pytest.fail(reason)
    pytest.skip(reason)


def _run(programs: Path, folder: Path) -> Iterator[Cluster]:
    """A cluster in a folder, run by another user when we are root, which PostgreSQL refuses."""
    user = _unprivileged()
    if user is not None:
        os.chown(folder, user.pw_uid, user.pw_gid)
    identity: dict[str, Any] = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []} if user else {}
    data = folder / "data"
    subprocess.run(
        [programs / "initdb", "--pgdata", data, "--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C",
         "--no-sync"],
        check=True, capture_output=True, cwd=folder, **identity,
    )  # fmt: skip
    settings = [f"-c{name}={value}" for name, value in (*_SETTINGS.items(), ("unix_socket_directories", folder))]
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(
            [programs / "postgres", "-D", data, *settings],
            stdout=log, stderr=log, cwd=folder, start_new_session=True, preexec_fn=_die_with_us, **identity,
        )  # fmt: skip
    try:
        _wait(server, folder)
        yield Cluster(folder, count(1))
    finally:
        server.send_signal(signal.SIGINT)
        server.wait(30)


def _unprivileged() -> pwd.struct_passwd | None:
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name: entry for entry in pwd.getpwall()}
    return names.get("postgres") or names["nobody"]


def _die_with_us() -> None:
    """Should the tests be killed, the kernel ends the server too."""
    if hasattr(libc := ctypes.CDLL(None), "prctl"):
        libc.prctl(_PR_SET_PDEATHSIG, signal.SIGINT)


def _wait(server: subprocess.Popen[bytes], folder: Path) -> None:
    for _ in range(300):
        try:
            psycopg.connect(host=str(folder), user="postgres", dbname="postgres").close()
            return
        except psycopg.OperationalError:
            if server.poll() is not None:
                break
            time.sleep(0.1)
    pytest.fail(f"PostgreSQL did not start:\n{(folder / 'log').read_text()}")
