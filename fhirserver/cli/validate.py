"""``fhirserver validate FILE...``: what is wrong with resources, as a compiler would say it."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from fhirserver import cli
from fhirserver.assembly import policy_of
from fhirserver.cli import positions, sources
from fhirserver.conformance import guide
from fhirserver.conformance.clients import Clients, Memory
from fhirserver.conformance.folder import Folder
from fhirserver.conformance.layers import KINDS
from fhirserver.conformance.packages import Packages
from fhirserver.conformance.registry import Registry
from fhirserver.outcome import FhirError, Issue
from fhirserver.resource import json, xml
from fhirserver.settings import Settings
from fhirserver.terminology import china
from fhirserver.terminology.terminology import Terminology
from fhirserver.validation import Validator, messages
from fhirserver.validation.knowledge import Knowledge

_DESCRIPTION = """\
Checks resources in JSON, NDJSON or XML files, folders and packages against R4, the profiles they claim, and those named
with --profile. Definitions come from the installed packages and from --definitions. One line an issue:

    FILE:LINE:COLUMN: error: TEXT [CODE] at FHIRPATH

Exit code: 0 all are valid, 1 there are errors, 2 could not be done."""

_OPTIONS = (
    "packages",
    "unknown_profiles",
    "unknown_extensions",
    "cross_version_extensions",
    "unknown_codes",
    "wrong_displays",
    "narrative_links",
    "embedded_html",
    "required_profiles",
    "global_profiles",
    "best_practice",
)


def arguments(parser: ArgumentParser) -> None:
    """The options of the command."""
    parser.description = _DESCRIPTION
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
    parser.add_argument("--profile", action="append", default=[], metavar="URL", help="canonical to check against")
    parser.add_argument("--definitions", action="append", default=[], type=Path, metavar="FILE", help="profiles to use")
    parser.add_argument("--quiet", action="store_true", help="errors only")
    cli.settings_options(parser, _OPTIONS)


def run(chosen: Namespace) -> int:
    """Check every document; the exit code tells whether there are errors."""
    validator = Validator(knowledge_of(cli.settings_of(chosen), chosen.definitions))
    count = wrong = 0
    for document in _documents(chosen.files):
        count += 1
        errors = 0
        for issue in _issues(validator, document, chosen.profile):
            errors += issue.severity in ("error", "fatal")
            if not chosen.quiet or issue.severity in ("error", "fatal"):
                print(line(document, issue))
        wrong += errors > 0
    print(f"{count} checked, {wrong} with errors" if cli.language() == "en" else f"已校验 {count} 个，{wrong} 个有错误")
    return cli.REFUSED if wrong else cli.DONE


def line(document: sources.Document, issue: Issue) -> str:
    """An issue as one line: ``patient.json:12:5: error: ... [code-not-in-value-set] at Patient.gender``."""
    where = document.where
    position = _position(document, issue)
    if position is not None:
        where = f"{where}:{position.column}" if _is_line(document) else f"{where}:{position.line}:{position.column}"
    at = f" at {issue.expression}" if issue.expression else ""
    return f"{where}: {issue.severity}: {issue.text(cli.language())} [{issue.key}]{at}"


def _position(document: sources.Document, issue: Issue) -> positions.Position | None:
    """Where an issue stands in its document; what cannot be parsed says itself where."""
    if issue.message in (messages.UNKNOWN_ELEMENT, messages.MISSPELLED_ELEMENT):
        # FHIRPath cannot select what is not known; a text has it all the same
        return positions.of_expression(document.body, document.format, f"{issue.expression}.{issue.values['found']}")
    if issue.expression:
        return positions.of_expression(document.body, document.format, issue.expression)
    line, column = issue.values.get("line"), issue.values.get("column")
    return positions.Position(line, column) if isinstance(line, int) and isinstance(column, int) else None


def _is_line(document: sources.Document) -> bool:
    """Whether it is a line of an NDJSON file: `where` tells which."""
    return document.name == ""


def knowledge_of(settings: Settings, definitions: Iterable[Path] = ()) -> Knowledge:
    """What a validator without a database knows: R4, the guide, the packages, China's code systems, and these files."""
    held = Memory()
    for number, document in enumerate(_documents(definitions)):
        resource = _decoded(document)
        if resource["resourceType"] in KINDS:
            held.changed({**resource, "id": f"file-{number}"})
    packages, china_layer = Packages(Path(settings.packages)), Folder(china.FOLDER, name="code systems of China")
    layers = (Clients(held), guide.layer(), packages, china_layer)
    registry = Registry(layers)
    return Knowledge(registry, Terminology(registry), policy_of(settings), lambda: datetime.now(UTC))


def _documents(paths: Iterable[Path]) -> Iterator[sources.Document]:
    found, issues = sources.find(paths)
    if issues:
        raise FhirError(issues)
    for source in found:
        try:
            yield from sources.read(source)
        except sources.UnreadableError as error:
            raise FhirError([error.issue]) from None


def _decoded(document: sources.Document) -> dict[str, Any]:
    return json.decode(document.body) if document.format == "json" else xml.decode(document.body)


def _issues(validator: Validator, document: sources.Document, profiles: list[str]) -> Iterator[Issue]:
    try:
        resource = _decoded(document)
    except FhirError as error:
        yield from error.issues
        return
    yield from validator.check(resource, profiles=profiles)
