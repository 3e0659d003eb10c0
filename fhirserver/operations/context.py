"""What an operation works with: the part of the server's context that terminology needs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol
from zoneinfo import ZoneInfo

from fhirserver.operations import messages
from fhirserver.operations.arguments import Arguments
from fhirserver.resource import json
from fhirserver.resource.dates import instant, interval, microseconds

if TYPE_CHECKING:
    from fhirserver.store.rows import Version
    from fhirserver.terminology.terminology import Terminology


class Reads(Protocol):
    """The store as far as operations on an instance need it."""

    def read(self, type: str, id: str) -> Version | None: ...


class OperationContext(Protocol):
    """The context of a call; the server's own has these, and more."""

    @property
    def store(self) -> Reads: ...
    @property
    def terminology(self) -> Terminology: ...
    @property
    def zone(self) -> ZoneInfo: ...
    @property
    def now(self) -> Callable[[], datetime]: ...
    @property
    def new_id(self) -> Callable[[], str]: ...


def stored(context: OperationContext, type: str, id: str) -> dict[str, Any]:
    """The resource of ``[base]/{type}/{id}/$operation``: what a client stored, or a definition the server brings.

    FhirError (404) when there is neither.
    """
    version = context.store.read(type, id)
    if version is not None and version.body is not None:
        return json.decode(version.body)
    for entry in context.terminology.registry.entries(type):
        if entry.id == id:
            return entry.load()
    raise messages.RESOURCE_NOT_STORED.error(type=type, id=id)


def timestamp(context: OperationContext) -> str:
    """The present as an instant in the server's zone."""
    return instant(microseconds(context.now()), context.zone)


def refuse_past(context: OperationContext, arguments: Arguments) -> None:
    """Raise for a `date` that is over: what was valid then is not kept."""
    if "date" in arguments:
        _, end = interval(arguments.text("date"), context.zone)
        if end <= microseconds(context.now()):
            arguments.refuse("date")
