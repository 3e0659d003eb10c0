"""An action: one write as it is asked for, alone or by an entry of a transaction, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from fhirserver.interactions.criteria import Criteria
from fhirserver.interactions.links import Links
from fhirserver.interactions.patching import Patch
from fhirserver.interactions.preconditions import UNCONDITIONAL, Precondition
from fhirserver.interactions.write import Change, Method, Written
from fhirserver.outcome import Issue
from fhirserver.store.rows import Version


@dataclass(slots=True)
class Action:
    """One write as it was asked for.

    The resource is named by `id` or by `criteria` (for a create: of If-None-Exist), or not at all. `at` is where the
    action stands, ``Bundle.entry[3]``, "" for a request of its own, and `number` the number of that entry. `fresh` is
    the id of what it may create.
    """

    method: Method
    type: str
    id: str | None = None
    criteria: Criteria | None = None
    resource: dict[str, Any] | None = None
    patch: Patch | None = None
    precondition: Precondition = UNCONDITIONAL
    fresh: str = ""
    at: str = ""
    number: int = 0
    links: Links | None = None


@dataclass(slots=True)
class Done:
    """What became of an action: `changes` with what was written; none where a conditional create found `existing`."""

    action: Action
    changes: tuple[tuple[Change, Written], ...] = ()
    existing: Version | None = None


def located(issue: Issue, at: str) -> Issue:
    """An issue of an entry: in its resource, or of its request where it names no element."""
    if not at or issue.expression.startswith("Bundle.entry["):
        return issue
    return issue.under(f"{at}.resource") if issue.expression else issue.under(f"{at}.request")
