"""The room's parts put together: what the rooms above are handed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import tzinfo
from typing import Any

from fhirserver.outcome import Issue
from fhirserver.search import search
from fhirserver.search.entries import Setting
from fhirserver.search.indexer import Indexer
from fhirserver.search.known import KnownParameters, check, settle
from fhirserver.search.query import Pairs
from fhirserver.search.scope import Scope
from fhirserver.search.sizes import Sizes
from fhirserver.search.terms import Terms
from fhirserver.search.understand import criterion
from fhirserver.store.rows import Identity
from fhirserver.store.store import Reads, Store
from fhirserver.terminology.terminology import Terminology


@dataclass(frozen=True, slots=True, eq=False)
class Search:
    """Indexing and searching with the same settings. `known` gives the search parameters of this moment."""

    known: KnownParameters
    setting: Setting
    indexer: Indexer
    terms: Terms | None = None
    sizes: Sizes = field(default_factory=Sizes)

    def scope(self, now: int) -> Scope:
        """What a query is understood with; `now` in microseconds."""
        return Scope(self.known(), self.setting, now, self.terms, sizes=self.sizes)

    def check(self, resource: Mapping[str, Any]) -> Iterator[Issue]:
        """Why a SearchParameter that is about to be stored could not be searched with; nothing for other resources."""
        if resource["resourceType"] == "SearchParameter":
            yield from check(resource, self.known())

    def matches(self, reads: Reads, type: str, pairs: Pairs, *, now: int, limit: int = 2) -> list[Identity]:
        """At most `limit` resources that meet the criteria of a conditional interaction (http.html#ccreate).

        `reads` is the transaction that will write. Raises 400 for criteria that are not understood.
        """
        scope = self.scope(now)
        criteria = [criterion(scope, type, name, value) for name, value in pairs if value]
        return search.identities(reads, type, criteria, limit)

    def matches_each(
        self, reads: Reads, asked: Sequence[tuple[str, Pairs]], *, now: int, limit: int = 2
    ) -> list[list[Identity]]:
        """As :meth:`matches` for several criteria at once, each a type and its pairs: a transaction has hundreds.

        Criteria are understood anew each time: what a search learns of them holds for one state of the database.
        """
        scope = self.scope(now)
        understood = [
            (type, [criterion(scope, type, name, value) for name, value in pairs if value]) for type, pairs in asked
        ]
        return search.identities_of_each(reads, understood, limit)


def open_search(
    store: Store,
    zone: tzinfo,
    base_urls: Sequence[str] = (),
    *,
    full_text: frozenset[str] | None = None,
    terminology: Terminology | None = None,
    own: Sequence[Mapping[str, Any]] = (),
) -> Search:
    """The search of a database. `base_urls` are this server's addresses; `full_text` as :class:`Indexer` takes it.

    `own`: SearchParameter resources that come with the server.
    """
    settle(store, own)
    known = KnownParameters(store, own=own)
    setting = Setting(zone, tuple(base_urls))
    terms = Terms(terminology, store, setting.base_urls) if terminology is not None else None
    return Search(known, setting, Indexer(known, setting, full_text, known.expect), terms)
