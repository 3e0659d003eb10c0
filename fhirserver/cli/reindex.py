"""``fhirserver reindex``: the search index made again, for a new search parameter or a new version of the server."""

from __future__ import annotations

import sys
import time
from argparse import ArgumentParser, Namespace

from fhirserver import cli
from fhirserver.assembly import assemble, settle
from fhirserver.cli.messages import REINDEX_STOPPED, REINDEXED
from fhirserver.outcome import FhirError
from fhirserver.search.reindex import BEGINNING, Progress, reindex
from fhirserver.spec.structures import RESOURCE_TYPES

_DESCRIPTION = """\
Make the rows of the search index again, beside a running server if need be. Resources whose rows are right are left
alone. It works in small transactions; when it is stopped it says from where to go on."""


def arguments(parser: ArgumentParser) -> None:
    parser.description = _DESCRIPTION
    parser.add_argument("--type", choices=sorted(RESOURCE_TYPES), metavar="TYPE", help="only resources of this type")
    parser.add_argument("--from", dest="position", type=int, default=BEGINNING, help="the place an earlier run reached")
    parser.add_argument("--pause", type=float, default=0.0, help="seconds to wait between batches of 200 (0)")
    cli.settings_options(parser, ("database_url", "sqlite_synchronous", "timezone"))


def run(chosen: Namespace) -> int:
    context = assemble(cli.settings_of(chosen))
    settle()
    assert context.search is not None
    counter = _Counter(context.store.count(chosen.type), chosen.position)
    try:
        done = reindex(
            context.store,
            context.search.indexer,
            type=chosen.type,
            position=chosen.position,
            report=counter.show,
            pause=lambda: time.sleep(chosen.pause),
            own=context.search.known.own,
        )
    except (FhirError, KeyboardInterrupt):
        counter.end()
        cli.complain(REINDEX_STOPPED.text(cli.language(), {"position": counter.position}))
        raise
    finally:
        context.store.close()
    counter.end()
    print(REINDEXED.text(cli.language(), {"count": done.done}))
    return cli.DONE


class _Counter:
    """How far it is, on a terminal; and the place that has been reached."""

    def __init__(self, total: int, position: int) -> None:
        self._total = total
        self._shown = sys.stderr.isatty()
        self.position = position

    def show(self, progress: Progress) -> None:
        self.position = progress.position
        if self._shown:
            print(f"\r{progress.done:,} of {self._total:,} ", end="", file=sys.stderr, flush=True)

    def end(self) -> None:
        if self._shown:
            print("\r\033[K", end="", file=sys.stderr, flush=True)
