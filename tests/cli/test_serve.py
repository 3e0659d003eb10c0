"""`fhirserver serve` as an operator meets it: starting, stopping, dying, and what it says of itself."""

import json
import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.support.server import Server, running

pytestmark = pytest.mark.slow

SERVE = [sys.executable, "-c", "import sys; from fhirserver.cli import main; sys.exit(main())", "serve"]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    with running(
        f"sqlite:///{tmp_path / 'fhir.db'}", tmp_path, {"log_format": "json", "shutdown_timeout": "5"}
    ) as found:
        yield found


def workers(server: Server) -> list[int]:
    """The process ids of the workers."""
    found = subprocess.run(["ps", "-o", "pid=", "--ppid", str(server.process.pid)], capture_output=True, text=True)
    return [int(pid) for pid in found.stdout.split()]


def alive(pid: int) -> bool:
    try:
        return "zombie" not in Path(f"/proc/{pid}/status").read_text().lower()
    except FileNotFoundError:
        return False


def wait_until(condition: object, seconds: float = 30) -> None:
    assert callable(condition)
    last = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < last, "it did not happen"
        time.sleep(0.05)


def test_it_says_where_it_is(server: Server) -> None:
    assert f"FHIR R4 at {server.base}" in server.log.read_text()


def test_a_taken_port_is_said_in_one_line(server: Server, tmp_path: Path) -> None:
    port = str(urlsplit(server.base).port)
    database = f"sqlite:///{tmp_path / 'other.db'}"
    second = subprocess.run([*SERVE, "--port", port, "--database-url", database], capture_output=True, text=True)
    assert second.returncode == 2
    assert second.stderr.splitlines() == [
        f"fhirserver: 127.0.0.1:{port} is in use by another program; "
        "stop it or choose another port: fhirserver serve --port 8081"
    ]


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
def test_a_request_in_flight_is_answered_before_it_stops(server: Server, stop: signal.Signals) -> None:
    url = urlsplit(server.base)
    body = b'{"resourceType":"Patient","id":"slow"}'
    head = (
        f"PUT {url.path}/Patient/slow HTTP/1.1\r\nHost: x\r\nContent-Type: application/fhir+json\r\n"
        f"Content-Length: {len(body)}\r\nExpect: 100-continue\r\n\r\n"
    )
    with socket.create_connection((url.hostname, url.port)) as connection:
        connection.sendall(head.encode())
        assert connection.recv(100).startswith(b"HTTP/1.1 100")  # the application has begun to read the body
        server.process.send_signal(stop)
        time.sleep(0.5)
        connection.sendall(body)
        assert connection.recv(100).startswith(b"HTTP/1.1 201")
    assert server.process.wait(30) == 0


def test_a_worker_that_dies_is_replaced(server: Server) -> None:
    before = workers(server)
    assert len(before) == 2
    os.kill(before[0], signal.SIGKILL)
    wait_until(lambda: len(set(workers(server)) - {before[0]}) == 2)
    wait_until(lambda: answers(server) == 404)
    assert server.stop() == 0


def test_workers_do_not_outlive_the_one_that_started_them(server: Server) -> None:
    left = workers(server)
    server.process.kill()
    server.process.wait()
    wait_until(lambda: not any(map(alive, left)))


def test_a_server_killed_at_once_starts_again_on_its_port_and_clears_up(server: Server) -> None:
    assert server.client().put("/Patient/1", {"resourceType": "Patient", "id": "1"}).status == 201
    counters = f"fhirserver-metrics-{server.process.pid}-*"
    assert list(Path(tempfile.gettempdir()).glob(counters))
    server.process.kill()
    server.process.wait()
    database = f"sqlite:///{server.log.parent / 'fhir.db'}"
    port = urlsplit(server.base).port
    again = subprocess.Popen([*SERVE, "--database-url", database, "--port", str(port)], stderr=subprocess.DEVNULL)
    try:
        wait_until(lambda: answers(server) == 200)
        assert again.poll() is None
        wait_until(lambda: not list(Path(tempfile.gettempdir()).glob(counters)))
    finally:
        again.terminate()
        again.wait(30)


def answers(server: Server) -> int:
    """The status of a read, 0 while nobody answers."""
    try:
        return server.client().get("/Patient/1").status
    except OSError:
        return 0


def test_metrics_are_of_all_workers(server: Server) -> None:
    for _ in range(20):
        server.client().get("/metadata")  # a connection each: any worker may answer
    text = server.client().raw("GET", "/metrics").body.decode()
    counted = re.search(r'fhirserver_requests_total\{method="GET",route="([^"]*)",status="200"\} 20\.0', text)
    assert counted, text


def test_the_log_tells_a_request_by_its_form(server: Server) -> None:
    client = server.client()
    client.put("/Patient/liu-guilan", {"resourceType": "Patient", "id": "liu-guilan"})
    client.get("/Patient/liu-guilan?_pretty=true&secret=1")
    client.get("/Patient/liu-guilan/nothing/liu-guilan")
    client.get("/liu-guilan")
    server.stop()
    text = server.log.read_text()
    logged = [json.loads(line) for line in text.splitlines() if line.startswith("{")]
    assert [line["status"] for line in logged if line["method"] == "PUT"] == [201]
    assert "liu-guilan" not in text
    assert "secret" not in text


def test_a_database_of_another_program_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE resource (x)")
    found = subprocess.run(
        [*SERVE, "--port", "1", "--database-url", f"sqlite:///{path}"], capture_output=True, text=True
    )
    assert found.returncode == 2
    assert "Traceback" not in found.stderr


def test_a_rule_pack_that_is_wrong_is_said_before_any_worker_starts(tmp_path: Path) -> None:
    (tmp_path / "east.yaml").write_text("id: east\nversion: '1'\n")
    options = ["--port", "1", "--database-url", f"sqlite:///{tmp_path / 'fhir.db'}", "--rule-packs", str(tmp_path)]
    found = subprocess.run([*SERVE, *options], capture_output=True, text=True)
    assert found.returncode == 2
    assert "east.yaml:1" in found.stderr
    assert "Traceback" not in found.stderr
