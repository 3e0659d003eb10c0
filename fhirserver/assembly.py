"""Settings -> Context: every part is made here, once, and handed on. There are no globals.

A command or a worker process assembles its own context; connections and locks do not survive a fork.
"""

from __future__ import annotations

import ctypes
import gc
import os
import secrets
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

from fhirserver.settings import Settings
from fhirserver.store.store import Store, StoreSettings, open_store

if TYPE_CHECKING:
    from fhirserver.exchange.clock import Clock
    from fhirserver.exchange.packs import Packs
    from fhirserver.interactions.context import Context
    from fhirserver.validation.knowledge import Policy


#: malloc.h
_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD = -1, -3


def clock() -> datetime:
    """The present, aware, UTC."""
    return datetime.now(UTC)


def time_ordered_id() -> str:
    """A UUID of version 7 (RFC 9562): random enough never to meet again, and in the order of time."""
    milliseconds = time.time_ns() // 1_000_000
    random = int.from_bytes(os.urandom(10), "big")
    high, low = random >> 62 & 0xFFF, random & (1 << 62) - 1
    return str(UUID(int=milliseconds << 80 | 0x7 << 76 | high << 64 | 0b10 << 62 | low))


def open_database(settings: Settings) -> Store:
    """The store of the settings; an empty database is given its tables, an old schema is refused with FhirError."""
    wishes = StoreSettings(synchronous=settings.sqlite_synchronous, query_timeout=settings.query_timeout)
    return open_store(settings.database_url, settings=wishes)


def open_packs(settings: Settings) -> Packs:
    """The rule packs of the settings; FhirError with file and line of what is wrong with them."""
    from fhirserver.exchange.packs import load
    from fhirserver.exchange.table import RULES

    return load(RULES, settings.timezone, Path(settings.rule_packs) if settings.rule_packs else None)


def open_clock(settings: Settings, store: Store, real: Callable[[], datetime] = clock) -> Clock | None:
    """The clock of a database that has one of its own; None where the machine's time holds.

    FhirError where the database has been written later than the clock is to begin.
    """
    if settings.clock is None:
        return None
    from fhirserver.exchange.clock import Clock, begin

    begin(store, settings.clock, real)
    made = Clock(open_database(settings), real)
    made.end_with(store)
    return made


def assemble(
    settings: Settings, *, now: Callable[[], datetime] = clock, new_id: Callable[[], str] = time_ordered_id
) -> Context:
    """Everything an interaction works with. Close `store` when done."""
    from fhirserver.conformance import guide
    from fhirserver.conformance.clients import Clients
    from fhirserver.conformance.folder import Folder
    from fhirserver.conformance.packages import Packages
    from fhirserver.conformance.registry import Registry
    from fhirserver.exchange.clock import offered
    from fhirserver.exchange.governor import ExchangeGovernor
    from fhirserver.exchange.table import EFFECTS, RULES
    from fhirserver.exchange.table import OPERATIONS as EXCHANGE_OPERATIONS
    from fhirserver.interactions.context import Context
    from fhirserver.interactions.table import ROUTES, Routes
    from fhirserver.operations.definitions import Definitions
    from fhirserver.operations.table import OPERATIONS, routes
    from fhirserver.search.engine import open_search
    from fhirserver.store.definitions import StoredDefinitions
    from fhirserver.terminology import china
    from fhirserver.terminology.terminology import Terminology
    from fhirserver.validation import Validator
    from fhirserver.validation.knowledge import Knowledge

    packs = open_packs(settings)
    store = open_database(settings)
    own_clock = open_clock(settings, store, now)
    told = own_clock or now
    operations = (*OPERATIONS, *EXCHANGE_OPERATIONS, offered(own_clock))
    layers = (
        Clients(StoredDefinitions(store)),
        guide.layer(),
        Definitions(row.definition for row in operations),
        Packages(Path(settings.packages)),
        Folder(china.FOLDER, name="code systems of China"),
    )
    terminology = Terminology(Registry(layers))
    search = open_search(
        store, settings.timezone, (settings.base,), terminology=terminology, own=guide.search_parameters()
    )
    return Context(
        store=store,
        validator=Validator(Knowledge(terminology.registry, terminology, policy_of(settings), told)),
        routes=Routes((*ROUTES, *routes(operations))),
        base_url=settings.base,
        zone=settings.timezone,
        secret=(settings.secret or secrets.token_urlsafe(32)).encode(),
        now=told,
        machine_now=now,
        new_id=new_id,
        indexer=search.indexer,
        search=search,
        terminology=terminology,
        cors=bool(settings.cors_origins),
        default_count=settings.default_count,
        max_count=settings.max_count,
        max_entries=settings.max_entries,
        delete_limit=settings.delete_limit,
        retry_seconds=settings.retry_seconds,
        request_id_retries=settings.request_id_retries,
        async_seconds=settings.async_seconds,
        governor=ExchangeGovernor(RULES, EFFECTS, packs),
    )


def warm(context: Context) -> None:
    """Have ready what the first requests would wait for: profiles, invariants and search expressions of the guide.

    Its two demo Bundles use them all; they are checked and indexed, and nothing is stored.
    """
    from fhirserver.conformance import guide

    for id in ("demo-setup", "demo-transaction"):
        bundle = guide.read("Bundle", id)
        for _ in context.validator.check(bundle):
            pass
        if context.indexer is not None:
            for entry in bundle["entry"]:
                context.indexer.rows({"id": "-", **entry["resource"]})


def policy_of(settings: Settings) -> Policy:
    """What the settings leave of what a validator may let pass."""
    from fhirserver.validation.knowledge import Policy

    return Policy(
        unknown_profile=settings.unknown_profiles,
        unknown_extension=settings.unknown_extensions,
        cross_version_extension=settings.cross_version_extensions,
        unknown_code=settings.unknown_codes,
        wrong_display=settings.wrong_displays,
        narrative_links=settings.narrative_links,
        embedded_html=settings.embedded_html,
        best_practice=settings.best_practice,
        global_profiles=settings.global_profiles,
        required_profiles=settings.required_profiles or {},
    )


def settle() -> None:
    """Tune the memory of a process that has made its parts and now handles many resources.

    What is there stays and need not be looked at again, and parsed JSON has no cycles worth frequent searching: with
    Python's own thresholds a large Bundle takes 40 % longer to parse.
    """
    _give_back_large_blocks()
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


def _give_back_large_blocks() -> None:
    """Have glibc return large blocks to the system at once: after Bundles of 35 MB a worker keeps 160 MB, not 275.

    Left alone it raises these thresholds with the largest block it has seen. Other C libraries have no such function.
    """
    with suppress(AttributeError, OSError):
        mallopt = ctypes.CDLL(None).mallopt
        mallopt(_M_MMAP_THRESHOLD, 256 << 10)
        mallopt(_M_TRIM_THRESHOLD, 1 << 20)
