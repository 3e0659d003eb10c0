"""The command line: ``fhirserver COMMAND``, one file a command, imported only when it is asked for."""

from __future__ import annotations

import os
import sys
from argparse import ArgumentParser, Namespace, RawDescriptionHelpFormatter
from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path

import fhirserver
from fhirserver.outcome import FhirError, Language
from fhirserver.settings import ROWS, Settings, read, unknown

#: Exit codes: done; done, but something was refused; could not be done. 128 + 2 is the shell's code for Ctrl-C.
DONE, REFUSED, FAILED, INTERRUPTED = 0, 1, 2, 130

COMMANDS: Mapping[str, str] = {
    "serve": "start the server",
    "load": "load resources from files, folders and FHIR packages",
    "package": "install, remove or list FHIR packages",
    "validate": "check resources in files against R4 and profiles",
    "schema": "print the JSON Schema of a profile",
    "db": "check or upgrade the database's schema",
    "reindex": "make the search index of stored resources again",
    "explain": "show the SQL and the plan of a search",
    "demo": "load four medical groups and play the story of a referral",
    "rules": "list, explain and check the rules of the exchange",
    "settings": "show the settings in force and where each comes from",
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command; returns its exit code. `argv` without the program's name, ``sys.argv`` when not given."""
    words = list(sys.argv[1:] if argv is None else argv)
    parser = ArgumentParser(prog="fhirserver", description=fhirserver.__doc__)
    parser.add_argument("--version", action="version", version=f"fhirserver {fhirserver.__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for name, summary in COMMANDS.items():
        command = commands.add_parser(name, help=summary, formatter_class=RawDescriptionHelpFormatter)
        if name in words:
            import_module(f"fhirserver.cli.{name}").arguments(command)
    chosen = parser.parse_args(words)
    try:
        return int(import_module(f"fhirserver.cli.{chosen.command}").run(chosen))
    except FhirError as error:
        for issue in error.issues:
            complain(issue.text(language()))
        return FAILED
    except KeyboardInterrupt:
        return INTERRUPTED


def settings_options(parser: ArgumentParser, names: Sequence[str]) -> None:
    """Give a command the options of these settings."""
    group = parser.add_argument_group("settings", "Each is also an environment variable: --port is FHIRSERVER_PORT.")
    for name in names:
        row = ROWS[name]
        default = f" (default {row.default})" if row.default else ""
        meaning = row.zh if language() == "zh" else row.en
        group.add_argument(row.option, dest=name, metavar="VALUE", help=f"{meaning}{default}".replace("%", "%%"))


def settings_of(chosen: Namespace) -> Settings:
    """The settings from a command's options and the environment, with a warning for a variable that is nearly one."""
    for issue in unknown(os.environ):
        complain(issue.text(language()))
    return read(os.environ, {name: getattr(chosen, name, None) for name in ROWS})


def complain(text: str) -> None:
    """A line on standard error that says who speaks."""
    print(f"fhirserver: {text}", file=sys.stderr)


def language() -> Language:
    """The language of the terminal: Chinese when the locale says so, else English."""
    locale = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    return "zh" if locale.startswith("zh") else "en"


def database_path(url: str) -> Path | None:
    """The absolute path of an SQLite database, None for any other."""
    return Path(url.removeprefix("sqlite:///")).absolute() if url.startswith("sqlite:") else None
