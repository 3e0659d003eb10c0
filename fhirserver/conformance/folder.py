"""The layer of a folder of JSON resources: the project's guide, the code systems of China, an unpacked package."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from fhirserver.conformance import messages
from fhirserver.conformance.layers import KINDS, Entry, Shelf


class Head(msgspec.Struct, frozen=True, rename={"kind": "resourceType"}):
    """What of a resource is read to find it again."""

    kind: str = ""
    id: str = ""
    url: str | None = None
    version: str | None = None
    supplements: str | None = None


HEAD_DECODER = msgspec.json.Decoder(Head)


class Folder:
    """The conformance resources among the ``*.json`` files of a folder.

    :meth:`refresh` reads the folder again when its own time has changed: when a file was added, removed or put in
    another's place. A file that is not JSON stops the reading with its name. Resources whose id begins with
    `without` are there for another reason, as examples for instance.
    """

    def __init__(self, folder: Path, *, name: str = "", without: str = "") -> None:
        self._folder = folder
        self._without = without
        self._name = name or folder.name
        self._stamp = -1
        self._shelf = Shelf()
        self.refresh()

    def find(self, kind: str, url: str) -> Sequence[Entry]:
        return self._shelf.find(kind, url)

    def entries(self, kind: str) -> Iterator[Entry]:
        return self._shelf.entries(kind)

    def refresh(self) -> bool:
        stamp = self._folder.stat().st_mtime_ns
        if stamp == self._stamp:
            return False
        self._stamp = stamp  # what cannot be read is told once, not by every request
        files = sorted(self._folder.glob("*.json"))
        entries = (entry for file in files for entry in entries_of(file, self._name))
        self._shelf = Shelf(entry for entry in entries if not self._without or not entry.id.startswith(self._without))
        return True


def entries_of(file: Path, source: str) -> Iterator[Entry]:
    """The entry of a file, none when it holds no conformance resource. FhirError names a file that is not JSON."""
    head = read_head(file)
    if head.kind in KINDS and head.url:
        yield Entry(head.kind, head.url, head.version, head.id, source, file.read_bytes, head.supplements)


def read_head(file: Path) -> Head:
    """What a file's resource is found by; FhirError names the file when it is not JSON or its url no text."""
    try:
        return HEAD_DECODER.decode(file.read_bytes())
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as problem:
        raise messages.FILE_NOT_JSON.error(file=file.name, problem=str(problem)) from None
