"""Black-box checks as rows: one request, what must come back, and the resources that must be there first."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from tests.support.client import FHIR_JSON, Client, Reply

#: ``<once>`` in a path, a header or a body stands for something of :class:`Given`.
_NAME = re.compile(r"<(base|new|once|thrice|deleted|modified)>")


@dataclass(frozen=True)
class Check:
    """One row. `headers` of the answer are regular expressions; `key` is the machine code of its first issue."""

    title: str
    method: str
    path: str
    status: int
    key: str | None = None
    sent: Mapping[str, str] = field(default_factory=dict)
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    absent: tuple[str, ...] = ()
    holds: Callable[[Any], bool] | None = None
    text: str | None = None

    def run(self, client: Client, given: Given) -> Reply:
        """Send the request and compare."""
        sent = {name: given.filled(value) for name, value in self.sent.items()}
        body = self.body
        if isinstance(body, dict):
            sent = {"Content-Type": FHIR_JSON, **sent}
            body = json.dumps(body, ensure_ascii=False)
        if isinstance(body, str):
            body = given.filled(body).encode()
        reply = client.request(self.method, given.filled(self.path), body, sent)
        assert reply.status == self.status, (reply.status, reply.body[:600])
        self._compare(reply, given)
        return reply

    def _compare(self, reply: Reply, given: Given) -> None:
        for name, pattern in self.headers.items():
            assert re.fullmatch(given.filled(pattern), reply.headers.get(name, "")), (name, reply.headers.get(name))
        for name in self.absent:
            assert name not in reply.headers, (name, reply.headers[name])
        if self.key is not None:
            assert reply.keys[0] == self.key, reply.resource
        if self.holds is not None:
            assert self.holds(reply.resource), reply.body[:600]
        if self.text is not None:
            assert self.text in reply.body.decode(), reply.body[:600]


class Given:
    """What checks build on, made when first named: each check has its own."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._known: dict[str, str] = {"base": client.base}

    def filled(self, text: str) -> str:
        return _NAME.sub(lambda match: self[match[1]], text)

    def __getitem__(self, name: str) -> str:
        if name not in self._known:
            self._known[name] = getattr(self, f"_{name}")()
        return self._known[name]

    def _new(self) -> str:
        """An id that nothing has."""
        return str(uuid4())

    def _once(self) -> str:
        """A patient with one version, born 1950-01-01."""
        return self._put(str(uuid4()), "1950-01-01")

    def _thrice(self) -> str:
        """A patient with three versions, born in January, February and March."""
        id = str(uuid4())
        for month in ("01", "02", "03"):
            self._put(id, f"1950-{month}-01")
        return id

    def _deleted(self) -> str:
        """A patient whose second version is its deletion."""
        id = self._once()
        assert self._client.delete(f"/Patient/{id}").status == 204
        return id

    def _modified(self) -> str:
        """The Last-Modified of `once`."""
        return self._client.get(f"/Patient/{self['once']}").headers["Last-Modified"]

    def _put(self, id: str, born: str) -> str:
        resource = {"resourceType": "Patient", "id": id, "active": True, "birthDate": born}
        reply = self._client.put(f"/Patient/{id}", {**resource, "name": [{"family": "刘", "given": ["桂兰"]}]})
        assert reply.status in (200, 201), reply.body
        return id
