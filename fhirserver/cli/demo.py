"""``fhirserver demo``: four medical groups and the story of a referral, step by step on the terminal."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit
from uuid import uuid4

from fhirserver import cli
from fhirserver.cli.messages import DEMO_LASTS, DEMO_NO_SERVER
from fhirserver.exchange.demo import Answer, Send, Step, Story
from fhirserver.resource import json
from fhirserver.settings import PREFIX

_DESCRIPTION = """\
Loads four medical groups (invented, marked as test data) and plays a referral: refused, sent, dispatched, refused,
routed again, accepted with a bed, admitted, completed. Each request and its answer is a line.

Without --base it starts a server of its own with an empty database in a temporary folder, and leaves it running on a
terminal until Ctrl-C. Exit code: 1 when an answer was not as expected."""

_PATIENCE = 60.0
#: How wide the part of a line is that shows the request.
_WIDE = 64


def arguments(parser: ArgumentParser) -> None:
    """The options of the command."""
    parser.description = _DESCRIPTION
    parser.add_argument("--base", metavar="URL", help="[base] of a running server, such as http://127.0.0.1:8080/fhir")


def run(chosen: Namespace) -> int:
    """Play the story; returns 1 when an answer was not as expected."""
    if chosen.base:
        return _play(chosen.base.rstrip("/"))
    with _served() as base:
        code = _play(base)
        if sys.stdin.isatty() and sys.stdout.isatty():
            print(DEMO_LASTS.text(cli.language(), {"base": base}), flush=True)
            while True:
                time.sleep(3600)
        return code


def _play(base: str) -> int:
    send = _sender(base)
    wrong = 0
    for place, step in enumerate(Story(send, _now(send), uuid4().hex[:12]).tell(), 1):
        print(_told(place, step), flush=True)
        wrong += step.answer.status != step.expected
    return cli.REFUSED if wrong else cli.DONE


def _now(send: Send) -> datetime:
    """The server's time: its clock may be another one (FHIRSERVER_CLOCK)."""
    answer = send("GET", "$clock", None, {})
    if answer.status == 200:
        return datetime.fromisoformat(answer.resource["parameter"][0]["valueInstant"])
    return datetime.now(UTC)


# ---- on the terminal -------------------------------------------------------------------------------------------------


def _told(place: int, step: Step) -> str:
    """A step in three lines: what happens, the request, the answer."""
    title = " / ".join(step.title) if cli.language() == "zh" else step.title[1]
    caller = f"  ({step.caller.removeprefix('PractitionerRole/')})" if step.caller else ""
    request = f"{step.method} {_short(step.path) or '/'}"
    mark = "" if step.answer.status == step.expected else f"  !! {step.expected}"
    return f"\n{place:2}. {title}{caller}\n    > {request}\n    < {step.answer.status} {_summary(step.answer)}{mark}"


def _short(path: str) -> str:
    return path if len(path) <= _WIDE else f"{path[:_WIDE]}..."


def _summary(answer: Answer) -> str:
    """An answer in a few words."""
    resource = answer.resource
    type = resource.get("resourceType")
    if type == "OperationOutcome":
        issue = resource["issue"][0]
        return f"{issue['details']['coding'][0]['code']}: {issue.get('diagnostics', '')}"
    if type == "Bundle":
        return f"Bundle ({resource['type']}): {_counted(resource)}"
    if type == "Task":
        business = resource.get("businessStatus", {}).get("coding", [{}])[0].get("code")
        owner = resource.get("owner", {}).get("reference", "-")
        return f"Task {resource['status']}{f', {business}' if business else ''}, owner {owner}"
    return f"{type} {resource.get('status', '')}".rstrip()


def _counted(bundle: Mapping[str, Any]) -> str:
    found: dict[str, int] = {}
    for entry in bundle.get("entry", ()):
        type = (
            entry["resource"]["resourceType"] if "resource" in entry else entry["response"]["location"].split("/")[-4]
        )
        found[type] = found.get(type, 0) + 1
    return ", ".join(f"{number} {type}" for type, number in sorted(found.items())) or "-"


# ---- over HTTP -------------------------------------------------------------------------------------------------------


def _sender(base: str) -> Send:
    url = urlsplit(base)
    made = HTTPSConnection if url.scheme == "https" else HTTPConnection
    connection = made(str(url.hostname), url.port, timeout=60)

    def send(method: str, path: str, resource: dict[str, Any] | None, headers: Mapping[str, str]) -> Answer:
        target = quote(f"{url.path}/{path}".rstrip("/"), safe="/?&=:$,.-_%")
        body = None if resource is None else json.encode(resource)
        sent = {"Accept": "application/fhir+json", "Accept-Language": cli.language(), **headers}
        if body is not None:
            sent["Content-Type"] = "application/fhir+json"
        try:
            connection.request(method, target, body, sent)
            reply = connection.getresponse()
            content = reply.read()
        except (OSError, HTTPException) as error:
            raise DEMO_NO_SERVER.error(base=base, reason=error) from error
        return Answer(reply.status, json.parse(content) if content[:1] == b"{" else {})

    return send


@contextmanager
def _served() -> Iterator[str]:
    """A server of its own on a free port, with a database in a temporary folder."""
    with tempfile.TemporaryDirectory(prefix="fhirserver-demo-") as folder, socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        probe.close()
        chosen = {"DATABASE_URL": f"sqlite:///{Path(folder) / 'demo.db'}", "PORT": str(port), "HOST": "127.0.0.1"}
        kept = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
        variables = {
            **kept,
            **{f"{PREFIX}{name}": value for name, value in chosen.items()},
            f"{PREFIX}LOG_FORMAT": "off",
        }
        command = [sys.executable, "-c", "import sys; from fhirserver.cli import main; sys.exit(main())", "serve"]
        server = subprocess.Popen(command, env=variables, stdout=subprocess.DEVNULL)  # noqa: S603 - this very program
        try:
            _wait(server, port)
            yield f"http://127.0.0.1:{port}/fhir"
        finally:
            server.terminate()
            server.wait(30)


def _wait(server: subprocess.Popen[bytes], port: int) -> None:
    last = time.monotonic() + _PATIENCE
    while time.monotonic() < last and server.poll() is None:
        connection = HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            connection.request("GET", "/readyz")
            if connection.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.1)
        finally:
            connection.close()
    raise DEMO_NO_SERVER.error(base=f"http://127.0.0.1:{port}/fhir", reason="it did not start")
