"""kill -9 of the whole server while several clients write: what was answered is there, and nothing is half there."""

import http.client
import json
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from tests.support.server import Server, running

pytestmark = pytest.mark.slow

_CLIENTS = 6
_BEFORE_THE_KILL = 150


class Writer(Thread):
    """Updates its own patients in turn until the server is gone; remembers every answer."""

    def __init__(self, server: Server, number: int) -> None:
        super().__init__()
        self._client = server.client()
        self._number = number
        #: id -> the newest version that was acknowledged
        self.acknowledged: dict[str, int] = {}
        self.count = 0

    def run(self) -> None:
        while True:
            id = f"w{self._number}-{self.count % 5}"
            version = self.acknowledged.get(id, 0) + 1
            try:
                reply = self._client.put(f"/Patient/{id}", patient(id, version))
            except (OSError, http.client.HTTPException):
                return
            assert reply.status in (200, 201), reply.body
            self.acknowledged[id] = version
            self.count += 1


def patient(id: str, version: int) -> dict[str, Any]:
    """A patient whose content tells its version, in more than one place."""
    names = [{"family": f"{id}-{version}", "given": ["桂兰"] * 20} for _ in range(20)]
    return {
        "resourceType": "Patient",
        "id": id,
        "name": names,
        "identifier": [{"system": "urn:v", "value": str(version)}],
    }


def test_what_was_answered_survives_and_nothing_is_torn(database_url: str, tmp_path: Path) -> None:
    with running(database_url, tmp_path, {"workers": "2"}) as server:
        writers = [Writer(server, number) for number in range(_CLIENTS)]
        for writer in writers:
            writer.start()
        while sum(writer.count for writer in writers) < _BEFORE_THE_KILL:
            assert all(writer.is_alive() for writer in writers), server.log.read_text()
            writers[0].join(0.01)
        server.kill()
        for writer in writers:
            writer.join()
    with running(database_url, tmp_path) as server:
        client = server.client()
        stored = 0
        for writer in writers:
            for id, acknowledged in writer.acknowledged.items():
                history = client.get(f"/Patient/{id}/_history?_count=1000").resource["entry"]
                versions = [int(entry["resource"]["meta"]["versionId"]) for entry in history]
                # one more than was acknowledged may be there: its answer was on the way
                assert versions == list(range(len(versions), 0, -1))
                assert versions[0] in (acknowledged, acknowledged + 1)
                for entry in history:
                    check_whole(entry["resource"], id)
                newest = client.get(f"/Patient?identifier=urn:v|{versions[0]}&_id={id}").resource
                assert newest["total"] == 1, "the index is that of the newest version"
                assert client.get(f"/Patient?identifier=urn:v|{versions[0] - 1}&_id={id}").resource["total"] == 0
                stored += 1
        assert stored <= client.get("/Patient?_summary=count").resource["total"] <= stored + _CLIENTS
        assert json.loads(client.put("/Patient/w0-0", patient("w0-0", 10_000)).body)["resourceType"] == "Patient"


def check_whole(resource: dict[str, Any], id: str) -> None:
    expected = patient(id, int(resource["meta"]["versionId"]))
    assert {name: value for name, value in resource.items() if name != "meta"} == expected
