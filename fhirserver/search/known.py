"""The search parameters of this server at this moment: R4's, and the SearchParameter resources stored in it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from threading import Lock
from typing import Any

from fhirserver.conformance.steady import Looks
from fhirserver.outcome import FhirError, Issue
from fhirserver.resource import json
from fhirserver.search import custom
from fhirserver.search.parameters import Definitions
from fhirserver.spec.search_parameters import SearchParameter
from fhirserver.store import marks
from fhirserver.store.store import Reads, Store, Transaction
from fhirserver.store.type_numbers import TYPE_NUMBER

_ALL = "SELECT body FROM resource WHERE type = ? AND body IS NOT NULL ORDER BY last_updated, res"
_TYPE = (TYPE_NUMBER["SearchParameter"],)
#: PostgreSQL is across a socket and asked no oftener than this, in seconds; SQLite answers in microseconds.
_INTERVALS = {"sqlite": 0.0, "postgresql": 0.05}
#: Seconds in which a write that was prepared is either there or given up.
_WHILE = 30.0
#: Followed by the digest of a parameter: every resource written before it has its rows by now.
INDEXED = "indexed:"
#: Followed by the digest of a parameter that was known when the reindexing that is under way began.
INDEXING = "indexing:"


class KnownParameters:
    """Gives the definitions; asks before whether there are others, no oftener than `interval` seconds.

    `own`: SearchParameter resources that come with the server, before those that are stored.
    """

    def __init__(
        self,
        store: Store,
        interval: float | None = None,
        clock: Callable[[], float] = time.monotonic,
        own: Sequence[Mapping[str, Any]] = (),
    ) -> None:
        self.own = own
        self._store = store
        self._interval = _INTERVALS[store.dialect] if interval is None else interval
        self._clock = clock
        self._looked = float("-inf")
        self._looks = Looks()
        self._expecting = float("-inf")
        self._generation = -1 if own else 0
        self._definitions = Definitions()
        self._lock = Lock()

    def __call__(self) -> Definitions:
        now = self._clock()
        if (now - self._looked >= self._interval or now < self._expecting) and self._looks.due():
            self._look()
        return self._definitions

    def expect(self) -> None:
        """A SearchParameter is about to be written by this process: look each time for a while."""
        self._expecting = self._clock() + _WHILE

    def _look(self) -> None:
        generation = marks.read(self._store, marks.SEARCH_PARAMETERS)
        self._looked = self._clock()
        if generation == self._generation:
            return
        with self._lock:
            # what changes in between has another generation, and is noticed the next time
            self._definitions = stored(self._store, self.own)
            self._generation = generation


def stored(reads: Reads, own: Sequence[Mapping[str, Any]] = ()) -> Definitions:
    """The definitions with the server's `own` and the SearchParameter resources of a database that can be used."""
    found = usable([*own, *(json.decode(body) for (body,) in reads.select(_ALL, _TYPE))])
    complete = marks.beginning(reads, INDEXED)
    partial = frozenset(each.url for each in found if custom.digest(each) not in complete)
    return Definitions(found, partial)


def settle(store: Store, own: Sequence[Mapping[str, Any]]) -> None:
    """Take down, of an empty database, that it has the rows of the server's own parameters."""
    if not own or store.count():
        return
    names = [INDEXED + custom.digest(each) for each in usable(own)]
    missing = [name for name in names if not marks.read(store, name)]

    def work(transaction: Transaction) -> None:
        for name in missing:
            marks.put(transaction, name, 1)

    if missing:
        store.write(work)


def usable(resources: Iterable[Mapping[str, Any]]) -> list[SearchParameter]:
    """The parameters of SearchParameter resources; those that cannot be used, or that another one hides, are left out.

    Resources come in the order they were written in: of two with one code the first one has it.
    """
    found: list[SearchParameter] = []
    for resource in resources:
        parameter = custom.of_resource(resource)
        if parameter is not None and custom.hidden_by(parameter, found) is None and not _is_broken(parameter, found):
            found.append(parameter)
    return found


def _is_broken(parameter: SearchParameter, others: Iterable[SearchParameter]) -> bool:
    return any(issue.severity == "error" for issue in custom.problems(parameter, others))


def check(resource: Mapping[str, Any], definitions: Definitions) -> Iterator[Issue]:
    """Why a SearchParameter that is about to be stored could not be searched with. It is valid otherwise."""
    try:
        parameter = custom.of_resource(resource)
    except (KeyError, TypeError, FhirError):
        return
    if parameter is not None:
        others = [each for each in definitions.custom if each.url != parameter.url]
        yield from custom.clashes(parameter, others, resource.get("derivedFrom"))
        yield from custom.problems(parameter, others)
