"""The search parameters of this server at this moment: R4's, and the SearchParameter resources stored in it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from threading import Lock
from typing import Any

from fhirserver.outcome import FhirError
from fhirserver.resource import json
from fhirserver.search.parameters import Definitions
from fhirserver.spec.search_parameters import SearchParameter
from fhirserver.store.store import Store
from fhirserver.store.type_numbers import TYPE_NUMBER

_NEWEST = "SELECT last_updated, res FROM resource WHERE type = ? ORDER BY last_updated DESC, res DESC LIMIT 1"
_ALL = "SELECT body FROM resource WHERE type = ? AND body IS NOT NULL ORDER BY last_updated, res"
#: Seconds in which a write that was prepared is either there or given up.
_WHILE = 30.0
_TYPE = (TYPE_NUMBER["SearchParameter"],)


class KnownParameters:
    """Gives the definitions; looks for new SearchParameter resources before, no oftener than `interval` seconds.

    SQLite answers in microseconds and is asked each time; PostgreSQL is across a socket.
    """

    def __init__(
        self, store: Store, interval: float | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._store = store
        self._interval = (0.0 if store.dialect == "sqlite" else 0.05) if interval is None else interval
        self._clock = clock
        self._looked = float("-inf")
        self._expecting = float("-inf")
        self._seen: tuple[Any, ...] | None = None
        self._definitions = Definitions()
        self._lock = Lock()

    def __call__(self) -> Definitions:
        now = self._clock()
        if now - self._looked >= self._interval or now < self._expecting:
            self._look()
        return self._definitions

    def expect(self) -> None:
        """A SearchParameter is about to be written by this process: look each time for a while."""
        self._expecting = self._clock() + _WHILE

    def _look(self) -> None:
        rows = self._store.select(_NEWEST, _TYPE)
        self._looked = self._clock()
        newest = tuple(rows[0]) if rows else None
        if newest == self._seen:
            return
        with self._lock:
            bodies = (json.decode(body) for (body,) in self._store.select(_ALL, _TYPE))
            self._definitions = usable(bodies)
            self._seen = newest


def usable(resources: Iterable[Mapping[str, Any]]) -> Definitions:
    """The definitions with these SearchParameter resources; those that cannot be used are left out."""
    found: list[SearchParameter] = []
    for resource in resources:
        parameter = of_resource(resource)
        if parameter is not None and _compiles(parameter):
            found.append(parameter)
    return Definitions(found)


def of_resource(resource: Mapping[str, Any]) -> SearchParameter | None:
    """A SearchParameter resource as a definition; None when it is retired, or has nothing to index."""
    if resource.get("status") == "retired" or not resource.get("expression"):
        return None
    components = resource.get("component", ())
    return SearchParameter(
        url=resource.get("url", ""),
        code=resource["code"],
        base=tuple(resource.get("base", ())),
        type=resource["type"],
        expression=resource["expression"],
        target=tuple(resource.get("target", ())),
        component=tuple((each.get("definition", ""), each.get("expression", "")) for each in components),
    )


def _compiles(parameter: SearchParameter) -> bool:
    """Whether every type it is for can be indexed with it."""
    try:
        alone = Definitions([parameter])
        for type in parameter.base:
            if type not in ("Resource", "DomainResource"):
                alone.of(type)
    except (FhirError, ValueError, KeyError, AssertionError):
        return False
    return True
