"""``fhirserver package install | remove | list``: the FHIR packages whose profiles and terminology the server knows."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path

from fhirserver import cli
from fhirserver.cli.messages import NO_PACKAGES, PACKAGE_INSTALLED, PACKAGE_NAMELESS, PACKAGE_REMOVED
from fhirserver.conformance import packages
from fhirserver.outcome import Message

_DESCRIPTION = """\
install FILE...  install packages (.tgz, or folders that hold package/) in the order given; servers notice at once
remove NAME...   remove installed packages, each as name#version
list             the installed packages

Exit code: 0 done, 2 refused: the package is unsafe, broken, not for R4, or needs others that are not installed."""


def arguments(parser: ArgumentParser) -> None:
    parser.description = _DESCRIPTION
    parser.add_argument("action", choices=("install", "remove", "list"))
    parser.add_argument("names", nargs="*", metavar="FILE|NAME")
    parser.add_argument("--alone", action="store_true", help="install without the packages it depends on")
    cli.settings_options(parser, ("packages",))


def run(chosen: Namespace) -> int:
    folder = Path(cli.settings_of(chosen).packages)
    if chosen.action == "list":
        return _list(folder)
    if not chosen.names:
        raise PACKAGE_NAMELESS.error(action=chosen.action)
    for name in chosen.names:
        if chosen.action == "install":
            package = packages.install(Path(name), folder, alone=chosen.alone)
            _say(PACKAGE_INSTALLED, package=package.manifest.label, folder=folder)
        else:
            packages.remove(name, folder)
            _say(PACKAGE_REMOVED, package=name, folder=folder)
    return cli.DONE


def _list(folder: Path) -> int:
    found = packages.installed(folder)
    for package in found:
        print(package.manifest.label)
    if not found:
        _say(NO_PACKAGES, folder=folder)
    return cli.DONE


def _say(message: Message, **values: object) -> None:
    print(message.text(cli.language(), values))
