"""``fhirserver load PATH...``: files, folders and packages into a database or a running server.

Loading is resumable by content: a resource that is there already as it is in the file stays as it is, so an interrupted
run is taken up by giving the same command again.
"""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, closing, suppress
from pathlib import Path

from fhirserver import cli
from fhirserver.assembly import assemble, settle
from fhirserver.cli.bundles import Criteria, Entry, Identifiers, entries, resolve
from fhirserver.cli.messages import NOTHING_FOUND, STOPPED
from fhirserver.cli.sources import Document, Source, UnreadableError, find, read
from fhirserver.cli.tally import Bar, Tally
from fhirserver.cli.targets import DatabaseTarget, Loaded, ServerTarget, Target, reasons
from fhirserver.outcome import FhirError
from fhirserver.resource import json

#: A batch is full with this many resources, or with documents of this many bytes.
_BATCH, _BATCH_BYTES = 200, 4 << 20

_DESCRIPTION = """\
Load resources: .json, .ndjson and .xml files (each also with .gz), FHIR packages (.tgz), folders of them.

Each resource is stored under its own type and id, checked like any write. A Bundle is unwrapped unless it is a
document, a message, or one of the files of a FHIR package. References to a urn:uuid of the same Bundle, and references
such as Practitioner?identifier=system|value to what is loaded in the same run or was there before, are made real.

Given again, the same command goes on where an earlier run ended: what is there already stays as it is.
Exit code: 0 everything is loaded, 1 something was refused (the summary says what and why), 2 it could not be done."""


def arguments(parser: ArgumentParser) -> None:
    parser.description = _DESCRIPTION
    parser.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="a file or a folder")
    parser.add_argument("--server", metavar="URL", help="load over HTTP into the server at this [base]")
    parser.add_argument("--connections", type=int, default=4, metavar="N", help="with --server: requests at a time (4)")
    parser.add_argument("--report", type=Path, metavar="FILE", help="write each refusal to FILE, a JSON object a line")
    cli.settings_options(parser, ("database_url", "sqlite_synchronous", "timezone"))


def run(chosen: Namespace) -> int:
    sources, issues = find(chosen.paths)
    for issue in issues:
        cli.complain(issue.text(cli.language()))
    if not sources:
        raise NOTHING_FOUND.error()
    settle()
    with ExitStack() as stack:
        report = stack.enter_context(chosen.report.open("wb")) if chosen.report else None
        tally = Tally(report)
        target = stack.enter_context(closing(_target(chosen)))
        try:
            unreadable = Loading(target, tally, sources).run()
        except (FhirError, KeyboardInterrupt):
            print(tally.summary())
            cli.complain(STOPPED.text(cli.language(), {}))
            raise
    print(tally.summary())
    for error in unreadable:
        cli.complain(error.issue.text(cli.language()))
    return cli.REFUSED if tally.refused or unreadable or issues else cli.DONE


def _target(chosen: Namespace) -> Target:
    if chosen.server:
        return ServerTarget(chosen.server, chosen.connections)
    return DatabaseTarget(assemble(cli.settings_of(chosen)))


class Loading:
    """One run: reads the sources in turn and hands their resources to the target in batches.

    A resource with a conditional reference that matches nothing yet waits: its source is read once more at the end.
    """

    def __init__(self, target: Target, tally: Tally, sources: Iterable[Source]) -> None:
        self._target = target
        self._tally = tally
        self._sources = list(sources)
        self._bar = Bar(sum(source.size for source in self._sources))
        self._known = Identifiers()
        self._waiting: dict[Source, set[str]] = {}
        self._batch: dict[tuple[str, str], Entry] = {}
        self._batch_bytes = 0

    def run(self) -> list[UnreadableError]:
        """Load everything; returns the sources that could not be read to their end."""
        unreadable = []
        before = 0
        for source in self._sources:
            try:
                self._first(source, before)
            except UnreadableError as error:
                unreadable.append(error)
            before += source.size
        self._flush()
        for source, places in self._waiting.items():
            self._again(source, places)
        self._flush()
        self._bar.end()
        return unreadable

    def _first(self, source: Source, before: int) -> None:
        for document in read(source, lambda position: self._bar.show(before + position, self._tally)):
            try:
                found = list(_entries(document))
            except FhirError as error:
                self._refuse(Entry(document.where, {}), error)
                continue
            for entry in found:
                self._known.note(entry.resource)
                try:
                    resolve(entry.resource, self._known.find)
                except FhirError:
                    self._waiting.setdefault(source, set()).add(entry.where)
                else:
                    self._add(entry)
            self._batch_bytes += len(document.body)
            if self._batch_bytes > _BATCH_BYTES:
                self._flush()

    def _again(self, source: Source, places: set[str]) -> None:
        """Load what waited: by now everything that a reference may mean has been read."""
        with suppress(UnreadableError, FhirError):  # told of in the first pass
            for document in read(source):
                for entry in _entries(document):
                    if entry.where not in places:
                        continue
                    try:
                        resolve(entry.resource, self._find)
                    except FhirError as error:
                        self._refuse(entry, error)
                    else:
                        self._add(entry)

    def _find(self, type: str, criteria: Criteria) -> Sequence[str]:
        return self._known.find(type, criteria) or self._target.find(type, criteria)

    def _add(self, entry: Entry) -> None:
        address = (str(entry.resource.get("resourceType")), str(entry.resource.get("id")))
        if len(self._batch) >= _BATCH or address in self._batch:
            self._flush()
        self._batch[address] = entry

    def _flush(self) -> None:
        for loaded in self._target.load(list(self._batch.values())):
            self._tally.add(loaded)
        self._batch.clear()
        self._batch_bytes = 0

    def _refuse(self, entry: Entry, error: FhirError) -> None:
        self._tally.add(Loaded(entry, "refused", reasons(error)))


def _entries(document: Document) -> Iterator[Entry]:
    """The resources of a document. A file of a package that is no resource at all brings none."""
    if document.format == "xml":
        from fhirserver.resource import xml

        yield from entries(xml.decode(document.body), document)
        return
    value = json.parse(document.body)
    if document.packaged and not (isinstance(value, dict) and "resourceType" in value):
        return
    yield from entries(json.decode(document.body), document)
