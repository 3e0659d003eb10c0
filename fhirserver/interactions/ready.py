"""Everything actions need to be stored, made ready from the facts: targets, links, patched resources, index rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from fhirserver.interactions import criteria as criteria_of
from fhirserver.interactions import messages
from fhirserver.interactions.action import Action, located
from fhirserver.interactions.context import Context
from fhirserver.interactions.criteria import Criteria
from fhirserver.interactions.facts import Facts
from fhirserver.interactions.patching import Patch, patched
from fhirserver.interactions.targets import Target, meeting, merge_same, refuse_meetings, refuse_overlaps, target
from fhirserver.interactions.write import Change, Prepared, identified, prepare
from fhirserver.outcome import FhirError, Issue, status_of
from fhirserver.store.rows import Identity, Version, Write
from fhirserver.store.scratch import scratch

#: One answer lists so many issues of all entries.
_MOST_ISSUES = 100

Matches = Mapping[Criteria, Sequence[Identity]]


@dataclass(frozen=True, slots=True)
class Ready:
    """For each action its target and the numbers of its changes in `prepared`."""

    facts: Facts
    targets: list[Target]
    prepared: list[Prepared]
    shares: list[range]


def make_ready(context: Context, actions: Sequence[Action], facts: Facts) -> Ready:
    """Raises FhirError with what is wrong with any of the actions."""
    problems = _Problems()
    deleted = _deleted(actions, facts)
    found = [problems.of(action, partial(target, action, facts, deleted, context.delete_limit)) for action in actions]
    problems.stop()
    targets = [each for each in found if each is not None]
    merge_same(actions, targets)
    refuse_overlaps(actions, targets)
    links = {action.number: _link(targets, number) for number, action in enumerate(actions)}
    new = {action.number for action, its in zip(actions, targets, strict=True) if its.created}
    matches = _after(context, actions, targets, facts, problems)
    prepared: list[Prepared] = []
    shares: list[range] = []
    for action, its in zip(actions, targets, strict=True):
        if action.links is not None and its.identities:
            problems.add(action, [*action.links.issues, *action.links.replace(links, matches, new)])
        made = problems.of(action, partial(_prepared, context, action, its, facts)) or []
        shares.append(range(len(prepared), len(prepared) + len(made)))
        prepared += made
    problems.stop()
    return Ready(facts, targets, prepared, shares)


def _deleted(actions: Sequence[Action], facts: Facts) -> frozenset[Identity]:
    """http.html#trules: deletions come first; what they delete matches no criteria any more."""
    found: set[Identity] = set()
    for action in actions:
        if action.method == "DELETE" and len(actions) > 1:
            found.update(((action.type, action.id),) if action.id is not None else facts.matches[action.criteria])  # type: ignore[index]
    return frozenset(found)


def _link(targets: Sequence[Target], number: int) -> Identity | None:
    """Where links to an action's entry lead."""
    its = targets[number]
    if its.same_as is not None:
        return _link(targets, its.same_as)
    return its.existing or (its.identities[0] if its.identities else None)


def _after(
    context: Context, actions: Sequence[Action], targets: Sequence[Target], facts: Facts, problems: _Problems
) -> Matches:
    """What the criteria of references match when everything is written. Raises 400 where those of an entry match what
    another one writes.

    http.html#trules: conditional references are resolved last, so they may mean what the transaction itself makes.
    """
    wanted = list(dict.fromkeys(each for action in actions if action.links for each in action.links.criteria))
    meet = meeting(actions, targets)
    types = {each.type for each in (*wanted, *meet.values())}
    written = {identity for its in targets for identity in its.identities if identity[0] in types}
    if not written:
        return facts.matches
    made = [
        (action, identity)
        for action, its in zip(actions, targets, strict=True)
        for identity in its.identities
        if identity in written and action.method != "DELETE"
    ]
    writes = [
        each
        for action, identity in made
        if (each := problems.of(action, partial(_pending, context, action, identity, facts)))
    ]
    problems.stop()
    with scratch(writes) as reads:
        new = criteria_of.found(context, reads, [*wanted, *meet.values()], 2)
    refuse_meetings(actions, targets, {number: new[each] for number, each in meet.items()})
    return {each: (*(there for there in facts.matches[each] if there not in written), *new[each]) for each in wanted}


def _pending(context: Context, action: Action, identity: Identity, facts: Facts) -> Write:
    """A resource as a search would find it. Validated first: what is not valid cannot be indexed."""
    sent = action.resource if action.patch is None else _patched(action, action.patch, identity, facts)
    assert sent is not None
    resource = identified(sent, *identity)
    errors = [issue for issue in context.validator.check(resource) if issue.severity in ("error", "fatal")]
    if errors:
        raise FhirError(errors, status=None if action.patch is None else 422)
    index = context.indexer.rows(resource) if context.indexer is not None else {}
    return Write(Version(*identity, 1, 0, "POST", b"{}"), None, index)


def _prepared(context: Context, action: Action, its: Target, facts: Facts) -> list[Prepared]:
    return [prepare(context, _change(action, its, identity, facts)) for identity in its.identities]


def _change(action: Action, its: Target, identity: Identity, facts: Facts) -> Change:
    if action.patch is None:
        return Change(action.method, *identity, action.resource, action.precondition, fresh=its.created)
    resource = _patched(action, action.patch, identity, facts)
    # the patch was well-formed; what it makes is not
    return Change(action.method, *identity, resource, action.precondition, error_status=422)


def _patched(action: Action, patch: Patch, identity: Identity, facts: Facts) -> dict[str, Any]:
    current = facts.current.get(identity)
    type, id = identity
    # the precondition comes first: a patch made for another version may not even apply to this one
    action.precondition.check(type, id, current)
    if current is None:
        raise messages.PATCH_SUBJECT_UNKNOWN.error(type=type, id=id)
    if current.body is None:
        raise messages.PATCH_SUBJECT_DELETED.error(type=type, id=id)
    return patched(patch, current.body)


class _Problems:
    """The issues of all actions: a sender is told of all of them at once."""

    def __init__(self) -> None:
        self._issues: list[Issue] = []
        self._statuses: list[int] = []
        self._headers: dict[str, str] = {}

    def of(self, action: Action, step: Callable[[], Any]) -> Any:
        """The result of a step, None when it failed."""
        try:
            return step()
        except FhirError as error:
            self._headers |= error.headers
            self._statuses.append(error.status)
            self._add(action, error.issues)
        return None

    def add(self, action: Action, issues: Iterable[Issue]) -> None:
        listed = list(issues)
        if listed:
            self._statuses.append(status_of(listed))
            self._add(action, listed)

    def _add(self, action: Action, issues: Iterable[Issue]) -> None:
        self._issues += [located(issue, action.at) for issue in issues]

    def stop(self) -> None:
        """Raise what has come together."""
        if self._issues:
            raise FhirError(self._issues[:_MOST_ISSUES], status=max(self._statuses), headers=self._headers)
