"""A real server for tests: ``fhirserver serve`` as a process of its own, on a free port."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path

from tests.support.client import Client, http_client

_START_SECONDS = 60.0


@dataclass
class Server:
    """A running server: [base] as it believes it to be, the port it listens on, the file its output goes to."""

    base: str
    port: int
    process: subprocess.Popen[bytes]
    log: Path

    def client(self, base: str | None = None) -> Client:
        """A client with its own connection."""
        return http_client(base or self.base)

    def kill(self) -> None:
        """End the server at once, as a power cut would: with its workers, without a chance to say goodbye."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def stop(self) -> int:
        """Ask it to stop, as an operator would; returns its exit code."""
        self.process.terminate()
        return self.process.wait(60)


@contextmanager
def running(database_url: str, folder: Path, settings: Mapping[str, str] | None = None) -> Iterator[Server]:
    """A server on this database. `settings` by their names: ``{"workers": "1"}``; `folder` takes its log."""
    port = _free_port()
    chosen = {"database_url": database_url, "port": str(port), "workers": "2", "log_format": "off", **(settings or {})}
    variables = {f"FHIRSERVER_{name.upper()}": value for name, value in chosen.items()}
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("FHIRSERVER_")}
    log = folder / f"server-{port}.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-c", "import sys; from fhirserver.cli import main; sys.exit(main())", "serve"],
            env={**inherited, **variables},
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    server = Server(chosen.get("base_url", f"http://127.0.0.1:{port}/fhir"), port, process, log)
    try:
        _wait(server, port)
        yield server
    finally:
        if process.poll() is None:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                server.kill()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait(server: Server, port: int) -> None:
    """Return when the server says it is ready; fail with its log when it does not."""
    last = time.monotonic() + _START_SECONDS
    while time.monotonic() < last and server.process.poll() is None:
        connection = HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            connection.request("GET", "/readyz")
            if connection.getresponse().status == 200:
                return
        except OSError:
            pass
        finally:
            connection.close()
        time.sleep(0.05)
    raise AssertionError(f"the server did not start:\n{server.log.read_text(errors='replace')}")
