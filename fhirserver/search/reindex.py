"""Index rows made again for resources that are there: after a new search parameter, or a new version of the server.

It walks the resources by their keys in small transactions: it can be stopped anywhere and taken up at the key it
had reached, and leaves resources whose rows are right already alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fhirserver.resource import json
from fhirserver.search import custom
from fhirserver.search.indexer import Indexer
from fhirserver.search.known import INDEXED, INDEXING, stored
from fhirserver.store import marks
from fhirserver.store.store import Store, Transaction
from fhirserver.store.type_numbers import TYPE_NAME, TYPE_NUMBER

BATCH = 200
#: Before every key.
BEGINNING = -(2**63)

_AFTER = "SELECT res, type, id FROM resource WHERE res > ? AND body IS NOT NULL ORDER BY res LIMIT ?"
_AFTER_OF_TYPE = (
    "SELECT res, type, id FROM resource WHERE res > ? AND type = ? AND body IS NOT NULL ORDER BY res LIMIT ?"
)


@dataclass(frozen=True, slots=True)
class Progress:
    """`position` is the key to go on from; `done` how many resources were looked at since the start."""

    position: int
    done: int


def reindex(
    store: Store,
    indexer: Indexer,
    *,
    type: str | None = None,
    position: int = BEGINNING,
    batch: int = BATCH,
    report: Callable[[Progress], None] = lambda progress: None,
    pause: Callable[[], None] = lambda: None,
    own: Sequence[Mapping[str, Any]] = (),
) -> Progress:
    """Give every resource (of a type) behind `position` the index rows it should have.

    `report` is told after each batch, durably stored by then; `pause` waits between batches, for the sake of others.
    At the end the custom parameters that were known at the beginning, all types of theirs among those looked at, are
    no longer partial; `own` are those that come with the server.
    """
    parameters = _begin(store, type, own, fresh=position == BEGINNING)
    progress = Progress(position, 0)
    while True:
        if type is None:
            rows = store.select(_AFTER, (progress.position, batch))
        else:
            rows = store.select(_AFTER_OF_TYPE, (progress.position, TYPE_NUMBER[type], batch))
        if not rows:
            _finish(store, parameters, own)
            return progress
        _again(store, indexer, [(TYPE_NAME[number], id) for _, number, id in rows])
        progress = Progress(rows[-1][0], progress.done + len(rows))
        report(progress)
        pause()


def _begin(store: Store, type: str | None, own: Sequence[Mapping[str, Any]], *, fresh: bool) -> frozenset[str]:
    """The digests of the custom parameters that will be complete at the end.

    Of a run that goes on where another one stopped, those which that one began with.
    """

    def work(transaction: Transaction) -> frozenset[str]:
        known = {custom.digest(each): custom.types(each) for each in stored(transaction, own).custom}
        begun = marks.beginning(transaction, INDEXING)
        covered = {each for each, types in known.items() if type is None or types <= {type}}
        if not fresh:
            return frozenset(begun.keys() & covered)
        marks.remove(transaction, (INDEXING + each for each in begun))
        for each in sorted(covered):
            marks.put(transaction, INDEXING + each, 1)
        return frozenset(covered)

    return store.write(work)


def _finish(store: Store, parameters: frozenset[str], own: Sequence[Mapping[str, Any]]) -> None:
    """Take down that these parameters are complete, and let every worker know."""

    def work(transaction: Transaction) -> None:
        complete = marks.beginning(transaction, INDEXED)
        known = {custom.digest(each) for each in stored(transaction, own).custom}
        marks.remove(transaction, (INDEXED + each for each in complete.keys() - known))
        marks.remove(transaction, (INDEXING + each for each in parameters))
        for each in parameters & known:
            marks.put(transaction, INDEXED + each, 1)
        marks.advance(transaction, marks.SEARCH_PARAMETERS)

    store.write(work)


def _again(store: Store, indexer: Indexer, identities: list[tuple[str, str]]) -> None:
    def work(transaction: Transaction) -> None:
        current = transaction.current(identities).values()
        living = [(version, version.body) for version in current if version.body is not None]
        transaction.reindex([(version, indexer.rows(json.decode(body))) for version, body in living])

    store.write(work)
