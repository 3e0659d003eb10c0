"""``fhirserver package``: what is installed is known to a server that is running."""

from __future__ import annotations

import io
import tarfile
from pathlib import Path

import pytest

from fhirserver.assembly import assemble
from fhirserver.cli import main
from fhirserver.resource import json
from fhirserver.settings import read

URL = "http://example.org/fhir/ValueSet/colours"
SHELVED = {"resourceType": "ValueSet", "id": "colours", "url": URL, "version": "1.0.0", "status": "active"}


def archive(folder: Path, fhir: str = "4.0.1") -> Path:
    file = folder / "package.tgz"
    manifest = {"resourceType": "x", "name": "cn.colours", "version": "1.0.0", "fhirVersions": [fhir]}
    with tarfile.open(file, "w:gz") as tar:
        for name, content in (("package.json", manifest), ("ValueSet-colours.json", SHELVED)):
            body = json.encode(content)
            member = tarfile.TarInfo(f"package/{name}")
            member.size = len(body)
            tar.addfile(member, io.BytesIO(body))
    return file


def test_installed_is_known_at_once_and_removed_is_not(
    tmp_path: Path, sqlite_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FHIRSERVER_PACKAGES", str(tmp_path / "packages"))
    context = assemble(read({"FHIRSERVER_DATABASE_URL": sqlite_url, "FHIRSERVER_PACKAGES": str(tmp_path / "packages")}))
    assert context.terminology is not None
    registry = context.terminology.registry
    try:
        assert registry.find("ValueSet", URL) is None
        assert main(["package", "install", str(archive(tmp_path))]) == 0
        registry.refresh()
        assert registry.find("ValueSet", URL) is not None
        assert main(["package", "list"]) == 0
        assert "cn.colours#1.0.0" in capsys.readouterr().out
        assert main(["package", "remove", "cn.colours#1.0.0"]) == 0
        registry.refresh()
        assert registry.find("ValueSet", URL) is None
    finally:
        context.store.close()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["install", "nowhere.tgz"], "nowhere.tgz"),
        (["install"], "at least one package"),
        (["remove", "cn.colours#1.0.0"], "cn.colours#1.0.0"),
    ],
)
def test_refusals(
    tmp_path: Path, words: list[str], said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FHIRSERVER_PACKAGES", str(tmp_path / "packages"))
    monkeypatch.setenv("LC_ALL", "C")
    assert main(["package", *words]) == 2
    assert said in capsys.readouterr().err


def test_a_package_for_another_release_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FHIRSERVER_PACKAGES", str(tmp_path / "packages"))
    assert main(["package", "install", str(archive(tmp_path, fhir="5.0.0"))]) == 2
    assert main(["package", "list"]) == 0
    assert "cn.colours" not in capsys.readouterr().out
