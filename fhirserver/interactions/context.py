"""Context: everything an interaction works with, put together once by the assembly. There are no globals."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from fhirserver.interactions.table import Routes
    from fhirserver.search.engine import Search
    from fhirserver.store.rows import IndexRows
    from fhirserver.store.store import Store
    from fhirserver.validation import Validator


class Indexer(Protocol):
    """Makes the search index rows of a resource."""

    def rows(self, resource: dict[str, Any]) -> IndexRows: ...


@dataclass(frozen=True, slots=True, eq=False)
class Context:
    """What is the same for every request.

    `base_url` is [base] without a final slash; `zone` the zone times are written in; `secret` signs what clients hand
    back (page links) and is the same in every worker; `now` gives an aware time, `new_id` the id of a created resource.
    `cors`: whether the HTTP door lets pages of other origins in. `default_count`, `max_count`: entries on a page.
    """

    store: Store
    validator: Validator
    routes: Routes
    base_url: str
    zone: ZoneInfo
    secret: bytes
    now: Callable[[], datetime]
    new_id: Callable[[], str]
    indexer: Indexer | None = None
    search: Search | None = None
    cors: bool = False
    default_count: int = 50
    max_count: int = 1000
