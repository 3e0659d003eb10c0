"""``fhirserver settings``: every setting, its value in force and where that comes from."""

from __future__ import annotations

import os
from argparse import ArgumentParser, Namespace

from fhirserver import cli
from fhirserver.settings import TABLE, without_password


def arguments(parser: ArgumentParser) -> None:
    parser.description = "Show every setting, its value and where the value comes from."


def run(chosen: Namespace) -> int:
    cli.settings_of(chosen)
    width = max(len(row.variable) for row in TABLE)
    for row in TABLE:
        given = os.environ.get(row.variable, "").strip()
        shown = "***" if row.secret and given else without_password(given or row.default)
        print(f"{row.variable:{width}}  {shown or '(none)':40}  {'environment' if given else 'default'}")
    return cli.DONE
