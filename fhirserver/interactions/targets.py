"""Targets: which resource each action is about, given the facts (http.html#ccreate, #cond-update, #cdelete)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from fhirserver.interactions import messages
from fhirserver.interactions.action import Action
from fhirserver.interactions.criteria import Criteria
from fhirserver.interactions.facts import Facts
from fhirserver.outcome import FhirError
from fhirserver.store.rows import Identity


@dataclass(frozen=True, slots=True)
class Target:
    """Resources to write, or one that is there already, or the one the action of number `same_as` writes.

    `created`: it is made under an id of the server's, so nothing can be there.
    """

    identities: tuple[Identity, ...] = ()
    created: bool = False
    existing: Identity | None = None
    same_as: int | None = None


def target(action: Action, facts: Facts, deleted: frozenset[Identity], delete_limit: int) -> Target:
    """The target of one action. `deleted` is what the same transaction deletes first.

    Raises 412 where criteria match too many, 404 where a patch finds nothing, 400 and 409 where an id does not fit.
    """
    if action.criteria is None:
        if action.id is None:
            return Target(((action.type, action.fresh),), created=True)
        return Target(((action.type, action.id),))
    found = facts.matches[action.criteria]
    text = action.criteria.text
    if action.method == "DELETE":
        if len(found) > delete_limit:
            raise messages.CRITERIA_MATCH_TOO_MANY.error(criteria=text, limit=delete_limit)
        return Target(found)
    found = tuple(each for each in found if each not in deleted)
    if len(found) > 1:
        raise messages.CRITERIA_MATCH_SEVERAL.error(criteria=text)
    if action.method == "POST":
        return Target(existing=found[0]) if found else Target(((action.type, action.fresh),), created=True)
    if action.method == "PATCH":
        if not found:
            raise messages.CRITERIA_MATCH_NONE.error(criteria=text)
        return Target(found)
    return _updated(action, action.criteria, found, facts)


def _updated(action: Action, criteria: Criteria, found: Sequence[Identity], facts: Facts) -> Target:
    """http.html#cond-update"""
    assert action.resource is not None
    id = action.resource.get("id")
    at = f"{action.type}.id"
    if found:
        type, known = found[0]
        if id is not None and id != known:
            raise messages.CRITERIA_MATCH_OTHER.error(at, found=id, criteria=criteria.text, type=type, id=known)
        return Target((found[0],))
    if not isinstance(id, str):  # what is no text the validator refuses
        return Target(((action.type, action.fresh),), created=id is None)
    there = facts.current.get((action.type, id))
    if there is not None and not there.deleted:
        raise messages.ID_TAKEN.error(at, criteria=criteria.text, type=action.type, id=id)
    return Target(((action.type, id),))


def merge_same(actions: Sequence[Action], targets: list[Target]) -> None:
    """Creates and updates with the same criteria that match nothing make one resource, if they agree what it is.

    Raises 400 otherwise: their outcome would depend on their order.
    """
    first: dict[Criteria, int] = {}
    for number, (action, its) in enumerate(zip(actions, targets, strict=True)):
        if action.criteria is None or not its.created:
            continue
        before = first.setdefault(action.criteria, number)
        if before == number:
            continue
        other = actions[before]
        if (action.method, other.method) != ("POST", "POST") or action.resource != other.resource:
            raise messages.ENTRIES_SAME_CRITERIA.error(
                f"{action.at}.request", criteria=action.criteria.text, first=place_number(other)
            )
        targets[number] = Target(same_as=before)


def refuse_overlaps(actions: Sequence[Action], targets: Sequence[Target]) -> None:
    """http.html#trules: no resource is changed by two entries. Raises 400."""
    first: dict[Identity, int] = {}
    issues = []
    for number, (action, its) in enumerate(zip(actions, targets, strict=True)):
        for type, id in its.identities:
            before = first.setdefault((type, id), number)
            if before != number:
                at, other = f"{action.at}.request", place_number(actions[before])
                issues.append(messages.ENTRIES_OVERLAP.at(at, type=type, id=id, first=other))
    if issues:
        raise FhirError(issues)


def meeting(actions: Sequence[Action], targets: Sequence[Target]) -> dict[int, Criteria]:
    """The criteria, by the number of their action, that may match what another action writes.

    Nearly all criteria are identifiers: those are compared here, which costs no search.
    """
    holders: dict[tuple[str, str], set[int]] = {}
    writers: dict[str, set[int]] = {}
    for number, (action, its) in enumerate(zip(actions, targets, strict=True)):
        if its.identities and action.method != "DELETE":
            writers.setdefault(action.type, set()).add(number)
            for value in _identifiers(action):
                holders.setdefault((action.type, value), set()).add(number)
    found = {}
    for number in sorted(each for numbers in writers.values() for each in numbers):
        asked = actions[number].criteria
        if asked is None or len(writers[asked.type]) < 2:
            continue
        named = [holders.get((asked.type, value), set()) for value in asked.identifiers]
        told = named and all(asked.identifiers)
        others = set().union(*named, holders.get((asked.type, _ANY), set())) if told else writers[asked.type]
        if others - {number}:
            found[number] = asked
    return found


#: Stands for the identifiers of what a patch makes, which nobody knows yet.
_ANY = ""


def _identifiers(action: Action) -> Iterator[str]:
    """The values of a resource's identifiers, as :attr:`Criteria.identifiers` has them."""
    if action.patch is not None:
        yield _ANY
        return
    resource = action.resource or {}
    held = resource.get("identifier")
    for each in (*(held if isinstance(held, list) else [held]), resource.get("masterIdentifier")):
        if isinstance(each, dict) and isinstance(value := each.get("value"), str):
            yield value.strip().lower()


def refuse_meetings(
    actions: Sequence[Action], targets: Sequence[Target], matches: Mapping[int, Sequence[Identity]]
) -> None:
    """http.html#trules: no entry's criteria mean what another entry writes. `matches` by action. Raises 400.

    Otherwise one thing would be stored twice, or changed by two entries.
    """
    writer = {identity: number for number, its in enumerate(targets) for identity in its.identities}
    issues = []
    for number, found in matches.items():
        action = actions[number]
        assert action.criteria is not None
        for type, id in (each for each in found if each not in targets[number].identities):
            other = place_number(actions[writer[type, id]])
            issues.append(messages.ENTRIES_MEET.at(f"{action.at}.request", criteria=action.criteria.text, other=other))
            break
    if issues:
        raise FhirError(issues)


def place_number(action: Action) -> str:
    """``3`` of an action at ``Bundle.entry[3]``."""
    return action.at.removeprefix("Bundle.entry[").removesuffix("]")
