"""``fhirserver schema URL``: the JSON Schema of a profile, for the tools of vendors."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path

from fhirserver import cli
from fhirserver.cli.messages import PROFILE_NOT_KNOWN
from fhirserver.cli.validate import knowledge_of
from fhirserver.resource import json
from fhirserver.validation.json_schema import json_schema


def arguments(parser: ArgumentParser) -> None:
    """The options of the command."""
    parser.description = "Prints a JSON Schema (draft 2020-12) of a profile or a type of R4."
    parser.add_argument("url", metavar="URL", help="canonical of a StructureDefinition")
    parser.add_argument("--definitions", action="append", default=[], type=Path, metavar="FILE", help="profiles to use")
    cli.settings_options(parser, ("packages",))


def run(chosen: Namespace) -> int:
    """Print the schema."""
    definition = knowledge_of(cli.settings_of(chosen), chosen.definitions).registry.structure(chosen.url)
    if definition is None:
        raise PROFILE_NOT_KNOWN.error(url=chosen.url)
    print(json.pretty(json.encode(json_schema(definition))).decode())
    return cli.DONE
