"""Clients for tests: the same calls over real HTTP and straight into a WSGI application, bytes as they are.

Nothing is added, followed, decompressed or retried: a test sees what was sent.
"""

from __future__ import annotations

import http.client
import io
import json
import socket
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import unquote_to_bytes, urlsplit

FHIR_JSON = "application/fhir+json"
FHIR_XML = "application/fhir+xml"


class Headers(Mapping[str, str]):
    """Headers by name without case; `pairs` keeps them as they came."""

    def __init__(self, pairs: Iterable[tuple[str, str]]) -> None:
        self.pairs = list(pairs)
        self._values: dict[str, str] = {}
        for name, value in self.pairs:
            known = self._values.get(name.lower())
            self._values[name.lower()] = value if known is None else f"{known}, {value}"

    def __getitem__(self, name: str) -> str:
        return self._values[name.lower()]

    def __iter__(self) -> Any:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and name.lower() in self._values


@dataclass(frozen=True)
class Reply:
    """An answer: status, headers, the bytes of the body."""

    status: int
    headers: Headers
    body: bytes

    @property
    def resource(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)

    @property
    def keys(self) -> list[str]:
        """The machine codes of an OperationOutcome."""
        assert self.resource["resourceType"] == "OperationOutcome", self.resource
        return [issue["details"]["coding"][0]["code"] for issue in self.resource["issue"]]

    @property
    def location(self) -> str:
        return self.headers["Location"]


Sent = bytes | str | dict[str, Any] | None


class Client:
    """Calls below [base]; `path` may be a full URL that begins with it, such as a link of a Bundle."""

    def __init__(self, base: str, transport: Callable[[str, str, dict[str, str], bytes], Reply]) -> None:
        self.base = base
        self._transport = transport

    def request(self, method: str, path: str, body: Sent = None, headers: Mapping[str, str] | None = None) -> Reply:
        """`body`: a resource goes as FHIR JSON unless `headers` say another Content-Type; text as UTF-8."""
        sent = dict(headers or {})
        names = {name.lower() for name in sent}
        if isinstance(body, dict):
            body = json.dumps(body, ensure_ascii=False)
            if "content-type" not in names:
                sent["Content-Type"] = FHIR_JSON
        if isinstance(body, str):
            body = body.encode()
        target = path if path.startswith("/") or not path else path.removeprefix(self.base)
        return self._transport(method, urlsplit(self.base).path + target or "/", sent, body or b"")

    def get(self, path: str, **headers: str) -> Reply:
        """`headers` with underscores for dashes: ``get("/Patient/1", if_none_match='W/"1"')``."""
        return self.request("GET", path, headers=_dashed(headers))

    def head(self, path: str, **headers: str) -> Reply:
        return self.request("HEAD", path, headers=_dashed(headers))

    def post(self, path: str, body: Sent, **headers: str) -> Reply:
        return self.request("POST", path, body, _dashed(headers))

    def put(self, path: str, body: Sent, **headers: str) -> Reply:
        return self.request("PUT", path, body, _dashed(headers))

    def delete(self, path: str, **headers: str) -> Reply:
        return self.request("DELETE", path, headers=_dashed(headers))

    def raw(self, method: str, target: str, body: bytes = b"", headers: Mapping[str, str] | None = None) -> Reply:
        """A request whose target is sent as it stands, outside [base] too."""
        return self._transport(method, target, dict(headers or {}), body)


def _dashed(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}


# ---- HTTP ------------------------------------------------------------------------------------------------------------


def http_client(base: str, timeout: float = 60) -> Client:
    """A client with one connection that is kept open; for one thread."""
    url = urlsplit(base)
    assert url.hostname is not None
    connection = http.client.HTTPConnection(url.hostname, url.port, timeout=timeout)

    def call(method: str, target: str, headers: dict[str, str], body: bytes) -> Reply:
        for attempt in (1, 2):
            try:
                connection.putrequest(method, target, skip_accept_encoding=True)
                if body or method in ("POST", "PUT", "PATCH"):
                    connection.putheader("Content-Length", str(len(body)))
                for name, value in headers.items():
                    connection.putheader(name, value)
                connection.endheaders(body or None)
                answer = connection.getresponse()
                return Reply(answer.status, Headers(answer.getheaders()), answer.read())
            except (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError):
                # A kept connection that the server has closed meanwhile.
                connection.close()
                if attempt == 2:
                    raise
        raise AssertionError

    return Client(base, call)


def send_bytes(base: str, request: bytes, timeout: float = 10) -> bytes:
    """What the server answers to these very bytes, until it closes the connection or says nothing for `timeout`."""
    url = urlsplit(base)
    with socket.create_connection((url.hostname, url.port), timeout=timeout) as connection:
        connection.sendall(request)
        received = b""
        try:
            while chunk := connection.recv(1 << 16):
                received += chunk
        except TimeoutError:
            pass
        return received


# ---- WSGI ------------------------------------------------------------------------------------------------------------


class Application(Protocol):
    def __call__(self, environ: dict[str, Any], start_response: Any, /) -> Iterable[bytes]: ...


def wsgi_client(application: Application, base: str) -> Client:
    """A client that calls the application in this thread, with the environ that Granian makes of a request."""

    def call(method: str, target: str, headers: dict[str, str], body: bytes) -> Reply:
        answered: list[tuple[str, list[tuple[str, str]]]] = []

        def start_response(status: str, pairs: list[tuple[str, str]], exc_info: object = None) -> None:
            answered.append((status, pairs))

        chunks = application(environ_of(method, target, headers, body), start_response)
        content = b"".join(chunks)
        status, pairs = answered[-1]
        return Reply(int(status[:3]), Headers(pairs), content)

    return Client(base, call)


def environ_of(method: str, target: str, headers: Mapping[str, str], body: bytes = b"") -> dict[str, Any]:
    """The WSGI environ of a request (PEP 3333)."""
    path, _, query = target.partition("?")
    environ: dict[str, Any] = {
        "REQUEST_METHOD": method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(path).decode("latin-1"),
        "QUERY_STRING": query,
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": "127.0.0.1",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": io.StringIO(),
        "wsgi.input_terminated": True,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    if body or method in ("POST", "PUT", "PATCH"):
        environ["CONTENT_LENGTH"] = str(len(body))
    for name, value in headers.items():
        key = name.upper().replace("-", "_")
        environ[key if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{key}"] = value
    return environ
