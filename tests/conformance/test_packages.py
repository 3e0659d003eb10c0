from __future__ import annotations

import io
import os
import tarfile
from pathlib import Path
from typing import Any

import pytest

from fhirserver.conformance import packages
from fhirserver.conformance.packages import Packages, install, installed, remove
from fhirserver.conformance.registry import Registry
from fhirserver.outcome import FhirError
from fhirserver.resource import json
from tests.support.terms import value_set

MANIFEST = {"name": "cn.example", "version": "1.0.0", "fhirVersions": ["4.0.1"], "dependencies": {}}


def archive(folder: Path, *extra: tuple[str, bytes], manifest: dict[str, Any] | None = None, **resources: Any) -> Path:
    """A package archive with these resources, by file name."""
    file = folder / f"{(manifest or MANIFEST)['version']}.tgz"
    files = [("package/package.json", json.encode(manifest or MANIFEST))]
    files += [(f"package/{name}.json", json.encode(resource)) for name, resource in resources.items()]
    with tarfile.open(file, "w:gz") as tar:
        for name, body in (*files, *extra):
            member = tarfile.TarInfo(name)
            member.size = len(body)
            tar.addfile(member, io.BytesIO(body))
    return file


def refused(file: Path, folder: Path) -> list[str]:
    with pytest.raises(FhirError) as raised:
        install(file, folder)
    assert [found.manifest.label for found in installed(folder)] == []
    assert [path for path in folder.iterdir() if path.name != "p"] == [], "nothing is left behind"
    return [issue.key for issue in raised.value.issues]


@pytest.fixture
def shelf(tmp_path: Path) -> Path:
    folder = tmp_path / "packages"
    folder.mkdir()
    return folder


def test_an_installed_package_is_part_of_the_registry(tmp_path: Path, shelf: Path) -> None:
    known = Registry([Packages(shelf)])
    assert known.resource("ValueSet", "urn:v") is None
    package = install(archive(tmp_path, a=value_set("urn:v")), shelf)
    assert package.manifest.label == "cn.example#1.0.0"
    assert known.refresh() is True
    assert known.find("ValueSet", "urn:v").source == "package cn.example#1.0.0"  # type: ignore[union-attr]
    assert known.refresh() is False

    remove("cn.example#1.0.0", shelf)
    assert known.refresh() is True
    assert known.resource("ValueSet", "urn:v") is None


def test_a_package_of_the_same_version_is_replaced(tmp_path: Path, shelf: Path) -> None:
    known = Registry([Packages(shelf)])
    install(archive(tmp_path, a=value_set("urn:v")), shelf)
    known.refresh()
    install(archive(tmp_path, b=value_set("urn:w")), shelf)
    os.utime(shelf, ns=(1, 1))  # a clock that may not have moved in between
    known.refresh()
    assert known.resource("ValueSet", "urn:v") is None
    assert known.resource("ValueSet", "urn:w") is not None
    assert [path.name for path in shelf.iterdir()] == ["cn.example#1.0.0"]


def test_two_versions_of_a_package_live_side_by_side(tmp_path: Path, shelf: Path) -> None:
    for version in ("1.9.0", "1.10.0"):
        resource = {**value_set("urn:v"), "version": version}
        install(archive(tmp_path, manifest={**MANIFEST, "version": version}, v=resource), shelf)
    known = Registry([Packages(shelf)])
    assert known.resource("ValueSet", "urn:v")["version"] == "1.10.0"  # type: ignore[index]
    assert known.resource("ValueSet", "urn:v|1.9.0")["version"] == "1.9.0"  # type: ignore[index]


def test_a_folder_is_a_package_too(tmp_path: Path, shelf: Path) -> None:
    source = tmp_path / "cn.example"
    (source / "package").mkdir(parents=True)
    (source / "package" / "package.json").write_bytes(json.encode(MANIFEST))
    (source / "package" / ".index.json").write_bytes(b'{"index-version":1,"files":[]}')
    (source / "package" / "v.json").write_bytes(json.encode(value_set("urn:v")))
    install(source, shelf)
    assert Registry([Packages(shelf)]).resource("ValueSet", "urn:v") is not None


def test_what_lies_beside_the_resources_is_left_out(tmp_path: Path, shelf: Path) -> None:
    others = [("package/example/Patient-1.json", b"{}"), ("package/other.xml", b"<x/>"), ("other/x.json", b"no json")]
    package = install(archive(tmp_path, *others, v=value_set("urn:v")), shelf)
    assert sorted(path.name for path in package.folder.iterdir()) == ["package.json", "v.json"]


@pytest.mark.parametrize("name", ["../evil.json", "package/../../evil.json", "/tmp/evil.json", "package/../x.json"])
def test_files_outside_the_package_are_refused(tmp_path: Path, shelf: Path, name: str) -> None:
    assert refused(archive(tmp_path, (name, b"{}")), shelf) == ["package-unsafe"]


def test_a_package_named_out_of_its_folder_is_refused(tmp_path: Path, shelf: Path) -> None:
    file = archive(tmp_path, manifest={**MANIFEST, "name": "../../evil"})
    assert refused(file, shelf) == ["package-unsafe"]


def test_links_are_left_in_the_archive(tmp_path: Path, shelf: Path) -> None:
    file = archive(tmp_path)
    with tarfile.open(tmp_path / "linked.tgz", "w:gz") as tar, tarfile.open(file) as source:
        for member in source:
            tar.addfile(member, source.extractfile(member))
        link = tarfile.TarInfo("package/passwd.json")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        tar.addfile(link)
    package = install(tmp_path / "linked.tgz", shelf)
    assert [path.name for path in package.folder.iterdir()] == ["package.json"]


def test_a_bomb_is_refused(tmp_path: Path, shelf: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packages, "MAX_TOTAL", 1 << 20)
    body = b'{"x":"' + b" " * (2 << 20) + b'"}'
    assert refused(archive(tmp_path, ("package/big.json", body)), shelf) == ["package-too-large"]
    monkeypatch.setattr(packages, "MAX_FILE", 1 << 10)
    assert refused(archive(tmp_path, ("package/big.json", body)), shelf) == ["package-too-large"]


def test_every_broken_file_is_named(tmp_path: Path, shelf: Path) -> None:
    file = archive(tmp_path, ("package/a.json", b"{"), ("package/b.json", b"[]"), v=value_set("urn:v"))
    with pytest.raises(FhirError) as raised:
        install(file, shelf)
    assert [issue.values["file"] for issue in raised.value.issues] == ["a.json", "b.json"]


@pytest.mark.parametrize("body", [b"", b"no archive", b"\x1f\x8b\x08\x00broken"])
def test_what_is_no_archive_is_refused(tmp_path: Path, shelf: Path, body: bytes) -> None:
    file = tmp_path / "x.tgz"
    file.write_bytes(body)
    assert refused(file, shelf) == ["not-a-package"]


def test_an_archive_without_a_manifest_is_no_package(tmp_path: Path, shelf: Path) -> None:
    file = tmp_path / "x.tgz"
    with tarfile.open(file, "w:gz"):
        pass
    assert refused(file, shelf) == ["not-a-package"]


def test_a_package_of_another_release_is_refused(tmp_path: Path, shelf: Path) -> None:
    assert refused(archive(tmp_path, manifest={**MANIFEST, "fhirVersions": ["5.0.0"]}), shelf) == ["package-not-r4"]


def test_every_dependency_that_is_missing_is_named(tmp_path: Path, shelf: Path) -> None:
    wanted = {"hl7.fhir.r4.core": "4.0.1", "a.base": "1.0.x", "b.base": "2.0.0"}
    file = archive(tmp_path, manifest={**MANIFEST, "version": "2", "dependencies": wanted})
    with pytest.raises(FhirError) as raised:
        install(file, shelf)
    assert [issue.values["dependency"] for issue in raised.value.issues] == ["a.base#1.0.x", "b.base#2.0.0"]

    for name, version in (("a.base", "1.0.7"), ("b.base", "2.0.0")):
        install(archive(tmp_path, manifest={**MANIFEST, "name": name, "version": version}), shelf)
    assert install(file, shelf).manifest.version == "2"


def test_a_package_may_be_installed_alone(tmp_path: Path, shelf: Path) -> None:
    file = archive(tmp_path, manifest={**MANIFEST, "dependencies": {"a.base": "1.0.0"}})
    assert install(file, shelf, alone=True).manifest.name == "cn.example"


def test_what_is_not_installed_cannot_be_removed(shelf: Path) -> None:
    with pytest.raises(FhirError):
        remove("cn.example#1.0.0", shelf)
