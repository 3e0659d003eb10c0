"""Files, folders and packages as a stream of documents: what `fhirserver load` reads.

JSON (a resource or a Bundle), NDJSON, XML, each also with .gz, and .tgz/.tar.gz archives such as FHIR packages.
Documents come one at a time; only the one at hand is in memory.
"""

from __future__ import annotations

import gzip
import tarfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Literal, cast

from fhirserver.cli.messages import FOLDER_EMPTY, PATH_ABSENT, SOURCE_BROKEN, SUFFIX_UNKNOWN
from fhirserver.outcome import Issue

Format = Literal["json", "xml"]

_ARCHIVES = (".tgz", ".tar.gz", ".tar")
_LINES = (".ndjson", ".jsonl")
_FILES = {".json": "json", ".xml": "xml"}

#: Files of a FHIR package that describe the package itself (https://wiki.hl7.org/FHIR_NPM_Package_Spec).
_PACKAGE_FILES = frozenset({"package.json", ".index.json"})


@dataclass(frozen=True, slots=True)
class Source:
    """A file to read; `packaged` when it belongs to a FHIR package, where each file is one resource."""

    path: Path
    packaged: bool = False

    @property
    def size(self) -> int:
        return self.path.stat().st_size


@dataclass(frozen=True, slots=True)
class Document:
    """One JSON or XML document and where it was found: ``bulk.ndjson:12``, ``core.tgz/package/Patient-1.json``.

    `name` is the last part of the file's name, "" for a line of an NDJSON file.
    """

    where: str
    name: str
    body: bytes
    format: Format
    packaged: bool


class UnreadableError(Exception):
    """A source that cannot be read to its end; what came before is good."""

    def __init__(self, issue: Issue) -> None:
        self.issue = issue
        super().__init__(issue.text())


def find(paths: Iterable[Path]) -> tuple[list[Source], list[Issue]]:
    """The files under the paths in the order of their names, each once, and what is wrong with the paths themselves."""
    sources: dict[Path, Source] = {}
    issues: list[Issue] = []
    for path in paths:
        found = list(_under(path))
        for source in found:
            sources.setdefault(source.path.resolve(), source)
        if not path.exists():
            issues.append(PATH_ABSENT.at(path=path))
        elif not found:
            issues.append((FOLDER_EMPTY if path.is_dir() else SUFFIX_UNKNOWN).at(path=path))
    return list(sources.values()), issues


def _under(path: Path) -> Iterator[Source]:
    if path.is_dir():
        packaged = (path / "package.json").exists()
        for child in sorted(path.iterdir()):
            if child.is_dir():
                yield from _under(child)
            elif _known(child.name) and child.name not in _PACKAGE_FILES:
                yield Source(child, packaged)
    elif path.exists() and _known(path.name):
        yield Source(path)


def _known(name: str) -> bool:
    bare = name.lower().removesuffix(".gz")
    return name.lower().endswith(_ARCHIVES) or bare.endswith((*_LINES, *_FILES))


def read(source: Source, progress: Callable[[int], None] = lambda position: None) -> Iterator[Document]:
    """The documents of a source. `progress` hears how many bytes of the file have been read so far.

    Raises :class:`UnreadableError` where the file is broken (a truncated archive, a gzip error, no permission).
    """
    try:
        with source.path.open("rb") as file:
            for document in _documents(source, file):
                yield document
                progress(file.tell())
    except (OSError, EOFError, tarfile.TarError, zlib.error) as error:
        raise UnreadableError(SOURCE_BROKEN.at(path=source.path, reason=str(error) or type(error).__name__)) from error


def _documents(source: Source, file: IO[bytes]) -> Iterator[Document]:
    name = source.path.name.lower()
    where = str(source.path)
    if name.endswith(_ARCHIVES):
        yield from _members(where, file if name.endswith(".tar") else _unzipped(file))
        return
    content = _unzipped(file) if name.endswith(".gz") else file
    bare = name.removesuffix(".gz")
    if bare.endswith(_LINES):
        yield from _lines(where, content)
    else:
        yield Document(where, source.path.name.removesuffix(".gz"), content.read(), _format(bare), source.packaged)


def _unzipped(file: IO[bytes]) -> IO[bytes]:
    return cast(IO[bytes], gzip.GzipFile(fileobj=file, mode="rb"))


def _format(name: str) -> Format:
    return "xml" if name.endswith(".xml") else "json"


def _lines(where: str, content: IO[bytes]) -> Iterator[Document]:
    for number, line in enumerate(content, start=1):
        if line.strip():
            yield Document(f"{where}:{number}", "", line, "json", packaged=False)


def _members(where: str, content: IO[bytes]) -> Iterator[Document]:
    """The documents of an archive; it is a FHIR package when its files lie in a folder named package."""
    with tarfile.open(fileobj=content, mode="r|") as archive:
        for member in archive:
            path = Path(member.name)
            name = path.name.lower()
            file = archive.extractfile(member) if member.isfile() else None
            if file is None or not _known(name) or name in _PACKAGE_FILES or name.endswith(_ARCHIVES):
                continue
            inner = f"{where}/{member.name}"
            unzipped = _unzipped(file) if name.endswith(".gz") else file
            bare = name.removesuffix(".gz")
            if bare.endswith(_LINES):
                yield from _lines(inner, unzipped)
            else:
                packaged = path.parts[0] == "package"
                yield Document(inner, path.name.removesuffix(".gz"), unzipped.read(), _format(bare), packaged)
