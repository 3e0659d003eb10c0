"""Context: everything an interaction works with, put together once by the assembly. There are no globals."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from fhirserver.interactions.governing import Governor
    from fhirserver.interactions.table import Routes
    from fhirserver.search.engine import Search
    from fhirserver.store.rows import IndexRows
    from fhirserver.store.store import Store
    from fhirserver.terminology.terminology import Terminology
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
    `delete_limit`: resources one conditional delete may delete. `max_entries`: entries of a batch or transaction.
    `retry_seconds`: how long answers are kept for retries; `request_id_retries`: whether X-Request-Id is a retry key.
    `async_seconds`: how long the outcome of an asynchronous request can be fetched. `governor` judges writes.
    `machine_now`: the machine's own time where `now` may be moved: for leases, and for how long answers are kept.
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
    terminology: Terminology | None = None
    cors: bool = False
    default_count: int = 50
    max_count: int = 1000
    delete_limit: int = 100
    max_entries: int = 20_000
    retry_seconds: int = 72 * 3600
    request_id_retries: bool = False
    async_seconds: int = 24 * 3600
    governor: Governor | None = None
    machine_now: Callable[[], datetime] | None = None

    @property
    def wall(self) -> Callable[[], datetime]:
        """The time that passes on the machine, whatever the server's clock says."""
        return self.machine_now or self.now
