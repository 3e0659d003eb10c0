from __future__ import annotations

import os
from pathlib import Path

import pytest

from fhirserver.conformance.folder import Folder
from fhirserver.outcome import FhirError
from fhirserver.resource import json
from tests.support.terms import value_set


def test_only_conformance_resources_are_entries(tmp_path: Path) -> None:
    (tmp_path / "v.json").write_bytes(json.encode(value_set("urn:v")))
    (tmp_path / "p.json").write_bytes(b'{"resourceType":"Patient","id":"1"}')
    (tmp_path / "n.json").write_bytes(b'{"resourceType":"ValueSet","id":"nameless"}')
    (tmp_path / "readme.txt").write_text("no resource")
    folder = Folder(tmp_path, name="guide")
    assert [(entry.url, entry.source) for entry in folder.entries("ValueSet")] == [("urn:v", "guide")]
    assert folder.find("ValueSet", "urn:v")[0].load()["url"] == "urn:v"


def test_a_file_that_comes_or_goes_is_noticed(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    assert folder.refresh() is False
    (tmp_path / "v.json").write_bytes(json.encode(value_set("urn:v")))
    os.utime(tmp_path, ns=(1, 1))
    assert folder.refresh() is True
    assert len(folder.find("ValueSet", "urn:v")) == 1
    (tmp_path / "v.json").unlink()
    os.utime(tmp_path, ns=(2, 2))
    assert folder.refresh() is True
    assert len(folder.find("ValueSet", "urn:v")) == 0


@pytest.mark.parametrize("body", [b"{", b"[]", b'{"resourceType":3}', b"\xff", b"[" * 100_000])
def test_a_file_that_is_no_resource_is_named(tmp_path: Path, body: bytes) -> None:
    (tmp_path / "broken.json").write_bytes(body)
    with pytest.raises(FhirError, match="file-not-json") as raised:
        Folder(tmp_path)
    assert "broken.json" in raised.value.issues[0].text("zh")
