"""FHIR packages: reading an archive safely, installing it, and the layer of what is installed.

https://confluence.hl7.org/display/FHIR/NPM+Package+Specification: a gzipped tar with ``package/package.json`` and the
resources beside it. Installed packages lie in one folder, each as ``name#version/package/*.json``, as in the cache
that HL7's own tools keep; installing is one rename, so running servers see a package whole or not at all.
"""

from __future__ import annotations

import shutil
import tarfile
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import msgspec

from fhirserver.conformance import messages
from fhirserver.conformance.canonical import matches, rank
from fhirserver.conformance.core import VERSION
from fhirserver.conformance.folder import Folder, read_head
from fhirserver.conformance.layers import Entry
from fhirserver.outcome import FhirError, Issue

#: What an archive may unpack to: files, bytes of one file, bytes of all.
MAX_FILES = 100_000
MAX_FILE = 512 << 20
MAX_TOTAL = 4 << 30
#: R4's own definitions are built in, under the names they have been published by.
_BUILT_IN = ("hl7.fhir.r4.core", "hl7.fhir.core")
_CHUNK = 1 << 20


class Manifest(msgspec.Struct, frozen=True, rename="camel"):
    """``package/package.json``."""

    name: str
    version: str
    fhir_versions: tuple[str, ...] = ()
    dependencies: Mapping[str, str] = {}

    @property
    def label(self) -> str:
        return f"{self.name}#{self.version}"


_decoder = msgspec.json.Decoder(Manifest)


@dataclass(frozen=True, slots=True)
class Package:
    """An installed package: `folder` holds its resources."""

    manifest: Manifest
    folder: Path


class Packages:
    """The layer of installed packages; a package installed or removed is noticed by :meth:`refresh`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._stamp = -1
        self._layers: dict[str, Folder] = {}
        self.refresh()

    def find(self, kind: str, url: str) -> Sequence[Entry]:
        return [entry for layer in self._layers.values() for entry in layer.find(kind, url)]

    def entries(self, kind: str) -> Iterator[Entry]:
        return (entry for layer in self._layers.values() for entry in layer.entries(kind))

    def refresh(self) -> bool:
        stamp = self._folder.stat().st_mtime_ns if self._folder.is_dir() else 0
        if stamp == self._stamp:
            return False
        self._stamp = stamp
        found = installed(self._folder)
        found.sort(key=lambda package: rank(package.manifest.version), reverse=True)
        self._layers = {package.manifest.label: self._layer(package) for package in found}
        return True

    def _layer(self, package: Package) -> Folder:
        label = package.manifest.label
        layer = self._layers.get(label)
        if layer is None:
            return Folder(package.folder, name=f"package {label}")
        layer.refresh()
        return layer


def installed(folder: Path) -> list[Package]:
    """The packages in a folder of packages, by name."""
    files = sorted(folder.glob("*#*/package/package.json"))
    return [Package(read_manifest(file), file.parent) for file in files]


def install(archive: Path, folder: Path, *, alone: bool = False) -> Package:
    """Install a package (``.tgz``, or a folder that holds ``package/``) among those in `folder`; created when absent.

    A package of the same name and version is replaced. FhirError, and nothing changed, when the archive is unsafe or no
    package, a file is not JSON (every one is named), it is not for R4, or packages it depends on are not installed
    (`alone` installs it all the same).
    """
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".installing-", dir=folder) as temporary:
        unpacked = Path(temporary) / "package"
        unpacked.mkdir()
        _unpack(archive, unpacked)
        manifest = _checked(unpacked, archive.name)
        missing = list(_missing(manifest, installed(folder)))
        if missing and not alone:
            raise FhirError(missing)
        return _put(manifest, Path(temporary), folder)


def remove(label: str, folder: Path) -> None:
    """Remove an installed package (``name#version``); FhirError when there is none."""
    for package in installed(folder):
        if package.manifest.label == label:
            shutil.rmtree(package.folder.parent)
            return
    raise messages.PACKAGE_NOT_INSTALLED.error(package=label)


def read_manifest(file: Path) -> Manifest:
    """A package's ``package.json``; FhirError names it when it cannot be read."""
    try:
        return _decoder.decode(file.read_bytes())
    except (OSError, msgspec.DecodeError, UnicodeDecodeError, RecursionError) as problem:
        raise messages.FILE_NOT_JSON.error(file="package.json", problem=str(problem)) from None


# -- unpacking


def _unpack(archive: Path, into: Path) -> None:
    if archive.is_dir():
        files = sorted((archive / "package").glob("*.json"))
        for file in files:
            shutil.copyfile(file, into / file.name)
        return
    try:
        with tarfile.open(archive, "r:*") as tar:
            _extract(tar, into)
    except (tarfile.TarError, EOFError, OSError) as problem:
        raise messages.NOT_A_PACKAGE.error(file=archive.name, problem=str(problem)) from None


def _extract(tar: tarfile.TarFile, into: Path) -> None:
    """The JSON files directly under ``package/``, streamed with every size bounded; all else is left in the archive."""
    total = 0
    for number, member in enumerate(tar, start=1):
        if number > MAX_FILES or member.size > MAX_FILE:
            raise messages.PACKAGE_TOO_LARGE.error(file=member.name)
        path = PurePosixPath(member.name)
        if path.is_absolute() or ".." in path.parts:
            raise messages.PACKAGE_UNSAFE.error(file=member.name)
        if path.parts[:-1] != ("package",) or path.suffix != ".json" or not member.isfile():
            continue
        content = tar.extractfile(member)
        assert content is not None
        with (into / path.name).open("wb") as file:
            while chunk := content.read(_CHUNK):
                total += len(chunk)
                if total > MAX_TOTAL:
                    raise messages.PACKAGE_TOO_LARGE.error(file=member.name)
                file.write(chunk)


# -- checking


def _checked(unpacked: Path, archive: str) -> Manifest:
    file = unpacked / "package.json"
    if not file.exists():
        raise messages.NOT_A_PACKAGE.error(file=archive, problem="package/package.json")
    manifest = read_manifest(file)
    if any(part in manifest.label for part in ("/", "\\", "..")) or manifest.label.count("#") != 1:
        raise messages.PACKAGE_UNSAFE.error(file=manifest.label)
    if manifest.fhir_versions and not any(matches(version, "4.0") for version in manifest.fhir_versions):
        versions = ", ".join(manifest.fhir_versions)
        raise messages.PACKAGE_NOT_R4.error(package=manifest.label, versions=versions)
    broken = list(_broken(unpacked))
    if broken:
        raise FhirError(broken)
    return manifest


def _broken(unpacked: Path) -> Iterator[Issue]:
    for file in sorted(unpacked.glob("*.json")):
        try:
            read_head(file)
        except FhirError as error:
            yield from error.issues


def _missing(manifest: Manifest, present: Iterable[Package]) -> Iterator[Issue]:
    have = [(package.manifest.name, package.manifest.version) for package in present]
    have += [(name, VERSION) for name in _BUILT_IN]
    for name, version in manifest.dependencies.items():
        if not any(other == name and _satisfies(found, version) for other, found in have):
            yield messages.DEPENDENCY_MISSING.at(package=manifest.label, dependency=f"{name}#{version}")


def _satisfies(found: str, asked: str) -> bool:
    """``4.0.1`` for ``4.0.1``, ``4.0.x``, ``4.0`` and ``current``, ``latest``, ``dev``, which ask for no number."""
    if asked in ("current", "latest", "dev", "*"):
        return True
    return matches(found, asked.removesuffix(".x"))


def _put(manifest: Manifest, unpacked: Path, folder: Path) -> Package:
    target = folder / manifest.label
    staged = Path(tempfile.mkdtemp(prefix=".replaced-", dir=folder))
    try:
        if target.exists():
            target.rename(staged / "old")
        ready = staged / "new"
        ready.mkdir()
        (unpacked / "package").rename(ready / "package")
        ready.rename(target)
    finally:
        shutil.rmtree(staged)
    return Package(manifest, target / "package")
