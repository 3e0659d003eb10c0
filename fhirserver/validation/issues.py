"""Issues on their way up to the root: each carries the path from where it stands, and each level adds its step.

A check returns None when all is well and a list when it is not, so that a valid resource costs no paths at all.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from fhirserver.outcome import Issue
from fhirserver.validation.scope import Scope

#: How many issues are reported; what a sender has to correct first is among them, and hostile input stays cheap.
LIMIT = 100

#: How many of them may be warnings when there are errors enough.
WARNINGS = 20

Found = list[Issue] | None


#: value, the object or array it stands in, its surroundings -> issues with expressions relative to the value
Check = Callable[[Any, Any, Scope], Found]


def under(step: str, found: list[Issue]) -> list[Issue]:
    """The same issues seen from one level up: ``.given[0]`` under ``.name`` is ``.name.given[0]``."""
    return [replace(issue, expression=step + issue.expression) for issue in found]


def joined(issues: Found, more: list[Issue]) -> list[Issue]:
    """Both lists, cut one above the limit, which tells the root that there were more."""
    return cut(more if issues is None else [*issues, *more])


def cut(issues: list[Issue]) -> list[Issue]:
    """A list that is too long, cut: warnings go first, so that no error is lost; above the limit are only errors."""
    if len(issues) <= LIMIT:
        return issues
    room = max(WARNINGS, LIMIT - sum(issue.severity == "error" for issue in issues))
    kept: list[Issue] = []
    for issue in issues:
        room -= issue.severity != "error"
        if issue.severity == "error" or room >= 0:
            kept.append(issue)
    return kept[: LIMIT + 1]


def in_turn(first: Check, second: Check) -> Check:
    """A check that asks the second only of what the first found well-formed."""

    def check(value: Any, parent: Any, scope: Scope) -> Found:
        found = first(value, parent, scope)
        if not found:
            return second(value, parent, scope)
        # what is wrong with a code leaves the value well-formed
        if any(issue.severity == "error" and issue.code != "code-invalid" for issue in found):
            return found
        more = second(value, parent, scope)
        return joined(found, more) if more else found

    return check


def both(first: Check, second: Check) -> Check:
    """A check that always asks both."""

    def check(value: Any, parent: Any, scope: Scope) -> Found:
        found = first(value, parent, scope)
        more = second(value, parent, scope)
        return joined(found, more) if more else found

    return check
