"""Facts: what actions depend on, looked up in a few statements for all of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

from fhirserver.interactions import criteria as criteria_of
from fhirserver.interactions.action import Action, located
from fhirserver.interactions.context import Context
from fhirserver.interactions.criteria import Criteria
from fhirserver.outcome import FhirError, Issue
from fhirserver.store.rows import Identity, Version
from fhirserver.store.store import Reads
from fhirserver.validation.issues import LIMIT


@dataclass(frozen=True, slots=True)
class Facts:
    """What criteria match now, and current versions that decide what an action does."""

    matches: Mapping[Criteria, tuple[Identity, ...]] = field(default_factory=dict)
    current: Mapping[Identity, Version] = field(default_factory=dict)

    def same(self, other: Facts) -> bool:
        return self.matches == other.matches and self._versions() == other._versions()

    def _versions(self) -> dict[Identity, int]:
        return {identity: version.version for identity, version in self.current.items()}


def depend(actions: Sequence[Action]) -> bool:
    """Whether there is anything to look up."""
    return any(action.patch is not None for action in actions) or any(True for _ in _criteria(actions))


def look(context: Context, reads: Reads, actions: Sequence[Action]) -> Facts:
    """Look up what the actions depend on. Raises 400 for criteria that are not understood, each at its place."""
    # one match more than is allowed tells that there are too many; what the transaction itself writes does not count
    deletes = any(action.method == "DELETE" for action in actions)
    limit = max(2 + len(actions), context.delete_limit + 1 if deletes else 0) if len(actions) > 1 or deletes else 2
    try:
        matches = criteria_of.found(context, reads, _criteria(actions), limit)
    except FhirError as error:
        issues = list(islice(_refusals(context, actions), LIMIT))
        raise FhirError(issues, status=error.status) if issues else error from None
    identities = list(dict.fromkeys(_decisive(actions, matches)))
    return Facts(matches, reads.read_many(identities) if identities else {})


def _criteria(actions: Sequence[Action]) -> Iterator[Criteria]:
    for action in actions:
        if action.criteria is not None:
            yield action.criteria
        if action.links is not None:
            yield from action.links.criteria


def _decisive(actions: Sequence[Action], matches: Mapping[Criteria, Sequence[Identity]]) -> Iterator[Identity]:
    """Resources whose current version decides: what is patched, and the id an update would create."""
    for action in actions:
        found = matches[action.criteria] if action.criteria is not None else ()
        if action.method == "PATCH":
            yield from ((action.type, action.id),) if action.id is not None else found[:2]
        elif action.method == "PUT" and action.criteria is not None and not found:
            assert action.resource is not None
            if isinstance(id := action.resource.get("id"), str):
                yield action.type, id


def _refusals(context: Context, actions: Sequence[Action]) -> Iterator[Issue]:
    """What is wrong with criteria, where they stand."""
    for action in actions:
        if action.criteria is not None and (error := criteria_of.refusal(context, action.criteria)) is not None:
            yield from (located(issue, action.at) for issue in error.issues)
        for path, asked in action.links.asked if action.links is not None else ():
            if (error := criteria_of.refusal(context, asked)) is not None:
                yield from (located(Issue(issue.message, path, issue.values), action.at) for issue in error.issues)
