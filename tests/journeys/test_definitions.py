"""Definitions that come while the server runs: posted by a client, installed as a package. Every worker takes part."""

from __future__ import annotations

import io
import json
import tarfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from fhirserver.conformance.packages import install
from tests.support.client import Client
from tests.support.server import Server, running

BASE = "http://example.org/fhir/StructureDefinition/"
#: Enough for both workers to have a turn.
ASKED = 24


def profile(name: str, required: str) -> dict[str, Any]:
    return {
        "resourceType": "StructureDefinition",
        "id": name,
        "url": BASE + name,
        "name": "Journey",
        "status": "active",
        "kind": "resource",
        "abstract": False,
        "type": "Patient",
        "baseDefinition": "http://hl7.org/fhir/StructureDefinition/Patient",
        "derivation": "constraint",
        "differential": {"element": [{"id": f"Patient.{required}", "path": f"Patient.{required}", "min": 1}]},
    }


def verdicts(server: Server, name: str) -> set[str]:
    """What requests find wrong that come by connections of their own, and so to all workers."""
    path = f"/Patient/$validate?profile={BASE}{name}"
    patient = {"resourceType": "Patient", "gender": "female"}

    def ask(_: int) -> str:
        return "; ".join(issue["diagnostics"] for issue in server.client().post(path, patient).resource["issue"])

    with ThreadPoolExecutor(4) as pool:
        return set(pool.map(ask, range(ASKED)))


def test_what_one_worker_stores_all_workers_know(server: Server, client: Client) -> None:
    name = f"p-{uuid4()}"
    assert "Nobody here knows" in verdicts(server, name).pop()
    for required in ("birthDate", "name", "gender"):
        assert client.put(f"/StructureDefinition/{name}", profile(name, required)).status in (200, 201)
        (said,) = verdicts(server, name)
        assert ("No issues" in said) if required == "gender" else (f"Patient.{required} is required" in said)
    assert client.delete(f"/StructureDefinition/{name}").status in (200, 204)
    (said,) = verdicts(server, name)
    assert "Nobody here knows" in said


def test_codes_come_and_go(server: Server, client: Client) -> None:
    name = f"cs-{uuid4()}"
    system = {
        "resourceType": "CodeSystem",
        "id": name,
        "url": f"http://example.org/{name}",
        "status": "active",
        "content": "complete",
        "concept": [{"code": "a", "display": "A"}],
    }
    assert client.put(f"/CodeSystem/{name}", system).status == 201
    coding = {"system": system["url"], "code": "b"}
    observation = {"resourceType": "Observation", "status": "final", "code": {"coding": [coding]}}
    for _ in range(ASKED):
        assert server.client().post("/Observation/$validate", observation).keys == ["code-not-in-code-system"]
    system["concept"] = [{"code": "a"}, {"code": "b"}]
    assert client.put(f"/CodeSystem/{name}", system).status == 200
    for _ in range(ASKED):
        assert server.client().post("/Observation/$validate", observation).keys == ["all-ok"]


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Server]:
    with running(f"sqlite:///{tmp_path / 'fhir.db'}", tmp_path, {"packages": str(tmp_path / "packages")}) as server:
        yield server


@pytest.mark.slow
def test_a_package_is_installed_without_a_restart(own: Server, tmp_path: Path) -> None:
    client = own.client()
    assert "Nobody here knows" in verdicts(own, "packed").pop()
    manifest = {"name": "example.packed", "version": "1.0.0", "fhirVersions": ["4.0.1"]}
    files = {"package.json": manifest, "StructureDefinition-packed.json": profile("packed", "birthDate")}
    archive = tmp_path / "packed.tgz"
    with tarfile.open(archive, "w:gz") as made:
        for name, content in files.items():
            body = json.dumps(content).encode()
            member = tarfile.TarInfo(f"package/{name}")
            member.size = len(body)
            made.addfile(member, io.BytesIO(body))
    install(archive, tmp_path / "packages")
    (said,) = verdicts(own, "packed")
    assert "Patient.birthDate is required" in said
    assert client.get("/StructureDefinition/packed").resource["url"] == BASE + "packed"
