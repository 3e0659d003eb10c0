"""A PostgreSQL of its own for a measurement, with the settings it comes with (fsync and synchronous_commit on)."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any


@contextmanager
def cluster() -> Iterator[str]:
    """The URL of an empty database in a temporary cluster."""
    programs = _programs()
    folder = Path(tempfile.mkdtemp(prefix="fhirserver-benchmark-"))
    identity = _identity(folder)
    data = folder / "data"

    def run(program: str, *arguments: str) -> None:
        command = [str(programs / program), *arguments]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=folder, **identity)

    try:
        run("initdb", "--pgdata", str(data), "--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C")
        options = ["-c", "listen_addresses=", "-c", f"unix_socket_directories={folder}"]
        # not by pg_ctl: as a child of this process its processor time counts (machine.py)
        command = [str(programs / "postgres"), "-D", str(data), *options]
        with (folder / "log").open("wb") as log:
            server = subprocess.Popen(command, stdout=log, stderr=log, cwd=folder, **identity)
        try:
            _wait(programs, folder)
            yield f"postgresql://postgres@/postgres?host={folder}"
        finally:
            server.send_signal(signal.SIGINT)  # https://www.postgresql.org/docs/current/server-shutdown.html: fast
            server.wait(60)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _wait(programs: Path, folder: Path) -> None:
    ready = [str(programs / "pg_isready"), "--quiet", "--host", str(folder)]
    for _ in range(300):
        if subprocess.run(ready, check=False).returncode == 0:
            return
        time.sleep(0.1)
    raise SystemExit("PostgreSQL did not start")


def _programs() -> Path:
    on_path = shutil.which("initdb")
    if on_path:
        return Path(on_path).resolve().parent
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if not found:
        raise SystemExit("PostgreSQL is not installed; measure SQLite alone: --databases sqlite")
    return found[-1].parent


def _identity(folder: Path) -> dict[str, Any]:
    """Root may not run PostgreSQL: then another user does, who gets the folder."""
    if os.geteuid() != 0:
        return {}
    user = pwd.getpwnam("postgres")
    os.chown(folder, user.pw_uid, user.pw_gid)
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
