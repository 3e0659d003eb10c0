"""The Prefer header (RFC 7240; http.html#prefer, search.html#lenient)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

Return = Literal["minimal", "representation", "OperationOutcome"]

_RETURNS: dict[str, Return] = {
    "minimal": "minimal",
    "representation": "representation",
    "operationoutcome": "OperationOutcome",
}


@dataclass(frozen=True, slots=True)
class Preferences:
    """What of Prefer this server knows; `returns` is None when the sender did not say.

    `dry_run` (``handling=dry-run``, the server's own): check everything, store nothing, tell in an OperationOutcome
    what would have happened. `respond_async`: answer 202 at once and give the outcome later (http.html#async).
    """

    returns: Return | None = None
    lenient: bool = False
    dry_run: bool = False
    respond_async: bool = False


@lru_cache(maxsize=256)
def parse(header: str) -> Preferences:
    """The preferences of a Prefer header.

    RFC 7240: names and these values are compared without case, the first of a repeated preference counts, and an
    unknown or malformed preference is as if it were not there.
    """
    known: dict[str, str] = {}
    for preference in header.split(","):
        name, _, value = preference.partition(";")[0].partition("=")
        known.setdefault(name.strip().lower(), value.strip().strip('"').lower())
    handling = known.get("handling")
    returns = "OperationOutcome" if handling == "dry-run" else _RETURNS.get(known.get("return", ""))
    return Preferences(returns, handling == "lenient", handling == "dry-run", "respond-async" in known)
