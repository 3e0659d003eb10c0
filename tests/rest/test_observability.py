"""The request id, the access log, the metrics and the operators' pages, around a WSGI application of a few lines."""

import json
import os
import subprocess
import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from wsgiref.types import StartResponse, WSGIEnvironment
from wsgiref.util import setup_testing_defaults

import pytest

from fhirserver.rest.observability import INTERACTION, REQUEST_ID, ROUTE, Line, Metrics, access_log, observed

PATIENT = "/fhir/Patient/liu-guilan"


def application(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    environ[ROUTE], environ[INTERACTION] = "/Patient/{id}", "read"
    if environ["PATH_INFO"] == "/broken":
        raise ZeroDivisionError
    start_response("200 OK", [("Content-Type", "text/plain")])
    return iter([b"ab", b"c"]) if environ["PATH_INFO"] == "/stream" else [b"hello"]


class Door:
    """The observed application, its log lines and the answer of the last call."""

    def __init__(self, ping: Any = lambda: None) -> None:
        self.lines: list[Line] = []
        self.metrics = Metrics()
        self.status = ""
        self.headers: dict[str, str] = {}
        self.app = observed(
            application,
            now=lambda: datetime(2025, 3, 10, tzinfo=UTC),
            new_id=lambda: "made",
            ping=ping,
            log=self.lines.append,
            metrics=self.metrics,
        )

    def get(self, path: str, **environ: str) -> bytes:
        full: dict[str, Any] = {"PATH_INFO": path, **environ}
        setup_testing_defaults(full)
        self.environ = full

        def start(status: str, headers: list[tuple[str, str]], exc_info: object = None) -> Any:
            self.status, self.headers = status, dict(headers)

        return b"".join(self.app(full, start))


def test_a_line_holds_the_route_and_nothing_of_the_url() -> None:
    door = Door()
    assert door.get(PATIENT, QUERY_STRING="name=Liu", HTTP_X_REQUEST_ID="abc-1") == b"hello"
    line = door.lines[0]
    assert isinstance(line.pop("ms"), float)
    assert line == {
        "time": "2025-03-10T00:00:00.000+00:00",
        "method": "GET",
        "route": "/Patient/{id}",
        "status": 200,
        "bytes": 5,
        "request": "abc-1",
        "worker": os.getpid(),
    }


@pytest.mark.parametrize(
    ("sent", "logged"), [("PractitionerRole/office-1", "PractitionerRole/office-1"), ("Patient/liu", None), ("", None)]
)
def test_a_line_names_the_caller(sent: str, logged: str | None) -> None:
    door = Door()
    door.get(PATIENT, HTTP_X_CALLER=sent)
    assert door.lines[0].get("caller") == logged


def test_the_request_id_is_echoed_and_known_to_the_application() -> None:
    door = Door()
    door.get(PATIENT, HTTP_X_REQUEST_ID="abc-1")
    assert door.headers["X-Request-Id"] == door.environ[REQUEST_ID] == "abc-1"


@pytest.mark.parametrize("given", ["", "a b", "x" * 65, 'a"\n{"status":200}', "刘桂兰"])
def test_a_request_id_that_could_forge_a_line_is_replaced(given: str) -> None:
    door = Door()
    door.get(PATIENT, HTTP_X_REQUEST_ID=given)
    assert door.headers["X-Request-Id"] == door.lines[0]["request"] == "made"


def test_a_streamed_answer_is_reported_after_its_last_byte() -> None:
    door = Door()
    assert door.get("/stream") == b"abc"
    assert [line["bytes"] for line in door.lines] == [3]


def test_an_exception_is_reported_as_500_and_goes_on() -> None:
    door = Door()
    with pytest.raises(ZeroDivisionError):
        door.get("/broken")
    assert door.lines[0]["status"] == 500
    assert b'status="500"' in door.metrics.text()


def test_a_method_that_is_none_of_ours_is_not_written_down() -> None:
    door = Door()
    door.get(PATIENT, REQUEST_METHOD="LIUGUILAN")
    assert door.lines[0]["method"] == "other"


def test_metrics_count_requests_and_time_interactions() -> None:
    door = Door()
    door.get(PATIENT)
    door.get(PATIENT)
    text = door.get("/metrics").decode()
    assert 'fhirserver_requests_total{method="GET",route="/Patient/{id}",status="200"} 2.0' in text
    assert 'fhirserver_request_seconds_count{interaction="read"} 2.0' in text
    assert "liu-guilan" not in text


def test_probes_answer_without_the_application_and_without_a_line() -> None:
    door = Door()
    assert json.loads(door.get("/healthz")) == {"status": "alive"}
    assert json.loads(door.get("/readyz")) == {"status": "ready"}
    assert door.get("/readyz", REQUEST_METHOD="HEAD") == b""
    assert door.status == "200 OK"
    assert door.lines == []


def test_not_ready_when_the_store_does_not_answer() -> None:
    def ping() -> None:
        raise ConnectionError("host=10.0.0.1 password=secret")

    door = Door(ping)
    body = door.get("/readyz")
    assert door.status.startswith("503")
    assert json.loads(body) == {"status": "not ready", "reason": "ConnectionError"}
    assert door.get("/healthz")
    assert door.status == "200 OK"


def test_the_log_is_one_json_object_or_one_text_a_line(tmp_path: Path) -> None:
    line: Line = {"method": "GET", "status": 200}
    found = []
    for form in ("json", "text", "auto"):
        path = tmp_path / form
        with path.open("wb") as file:
            log = access_log(form, file.fileno())
            assert log is not None
            log(line)
            log(line)
        found.append(path.read_text())
    assert found == ['{"method":"GET","status":200}\n' * 2, "method=GET status=200\n" * 2, found[0]]
    assert access_log("off") is None


def test_a_log_that_cannot_be_written_stops_nothing() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    log = access_log("json", writer)
    assert log is not None
    log({"method": "GET"})
    os.close(writer)


def test_metrics_are_summed_over_processes(tmp_path: Path) -> None:
    count = (
        "from fhirserver.rest.observability import Metrics; import sys; m = Metrics();"
        "m.count('GET', '/metadata', 'capabilities', '200', 0.01); sys.stdout.write(m.text().decode())"
    )
    environ = {**os.environ, "PROMETHEUS_MULTIPROC_DIR": str(tmp_path)}
    texts = [
        subprocess.run([sys.executable, "-c", count], env=environ, capture_output=True, check=True, text=True).stdout
        for _ in range(3)
    ]
    assert 'fhirserver_requests_total{method="GET",route="/metadata",status="200"} 3.0' in texts[-1]
    assert 'fhirserver_request_seconds_count{interaction="capabilities"} 3.0' in texts[-1]
