"""The table of states of a referral's Task: who may move it from where to where, on what condition, and what follows.

It is data: :mod:`moves` carries it out, the tests are generated from it, the guide's page on referrals shows it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum


class Party(StrEnum):
    """What a caller is to a referral. An administrator is all of these."""

    PLACER = "placer"
    """Belongs to the organisation of Task.requester. A patient acts through the placer."""
    OWNER = "owner"
    """Belongs to the organisation of Task.owner, or to the one that provides that service."""
    DISPATCHER = "dispatcher"
    """Has the role dispatcher in an organisation that shares a group with the placer's."""


class Guard(StrEnum):
    """What must hold for a move, beside the right to make it."""

    VALID = "valid"
    """The request meets every rule of a new referral."""
    OFFERS = "offers"
    """The new owner is active and offers the service asked for."""
    ADDRESSED = "addressed"
    """The owner is a receiver, not the dispatch centre."""
    REASON = "reason"
    """Task.statusReason says why."""
    ARRIVED = "arrived"
    """An encounter with basedOn this referral has begun."""
    FEEDBACK = "feedback"
    """Task.output holds the feedback document."""
    RETURNS = "returns"
    """The task goes back to the status it was held in."""


class Effect(StrEnum):
    """What is done with a move, in its transaction. Provenance and the group task follow from every move."""

    START_CLOCK = "start-clock"
    """restriction.period is set from the priority."""
    STOP_CLOCK = "stop-clock"
    """Nothing is waited for any more: restriction.period goes."""
    RESERVE = "reserve"
    """What the acceptance promises is booked or planned: an Appointment or an Encounter."""
    AWAIT = "await"
    """Without an appointment or a stay one is awaited: restriction.period is set for that."""
    RELEASE = "release"
    """Appointments and planned encounters of the referral are cancelled."""
    REVOKE = "revoke"
    """The request becomes revoked, unless another task of it goes on."""
    COMPLETE = "complete"
    """The request becomes completed."""
    ACTIVATE = "activate"
    """The request becomes active."""


@dataclass(frozen=True, slots=True)
class Transition:
    """A row. `business` is the businessStatus it leads to, None where it stays or depends on what is done."""

    before: str
    after: str
    by: Party
    guards: tuple[Guard, ...] = ()
    effects: tuple[Effect, ...] = ()
    business: str | None = None


_HELD = (Guard.REASON,)
_ANSWERED = (Guard.ADDRESSED,)

TRANSITIONS: tuple[Transition, ...] = (
    Transition("draft", "requested", Party.PLACER, (Guard.VALID,), (Effect.ACTIVATE, Effect.START_CLOCK)),
    Transition("requested", "requested", Party.DISPATCHER, (Guard.OFFERS,), (Effect.START_CLOCK,), "dispatched"),
    Transition("requested", "received", Party.OWNER, _ANSWERED),
    Transition("requested", "accepted", Party.OWNER, _ANSWERED, (Effect.STOP_CLOCK, Effect.RESERVE, Effect.AWAIT)),
    Transition("requested", "rejected", Party.OWNER, (Guard.REASON,), (Effect.STOP_CLOCK, Effect.RELEASE)),
    Transition("received", "accepted", Party.OWNER, _ANSWERED, (Effect.STOP_CLOCK, Effect.RESERVE, Effect.AWAIT)),
    Transition("received", "rejected", Party.OWNER, (Guard.REASON,), (Effect.STOP_CLOCK, Effect.RELEASE)),
    Transition("accepted", "in-progress", Party.OWNER, (Guard.ARRIVED,), (Effect.STOP_CLOCK,)),
    Transition("requested", "cancelled", Party.PLACER, (), (Effect.STOP_CLOCK, Effect.RELEASE, Effect.REVOKE)),
    Transition("received", "cancelled", Party.PLACER, (), (Effect.STOP_CLOCK, Effect.RELEASE, Effect.REVOKE)),
    Transition("accepted", "cancelled", Party.PLACER, (), (Effect.STOP_CLOCK, Effect.RELEASE, Effect.REVOKE)),
    Transition("accepted", "on-hold", Party.OWNER, _HELD, (Effect.STOP_CLOCK,)),
    Transition("in-progress", "on-hold", Party.OWNER, _HELD),
    Transition("on-hold", "accepted", Party.OWNER, (Guard.RETURNS,), (Effect.AWAIT,)),
    Transition("on-hold", "in-progress", Party.OWNER, (Guard.RETURNS,)),
    Transition("in-progress", "completed", Party.OWNER, (Guard.FEEDBACK,), (Effect.COMPLETE,), "feedback-sent"),
    Transition("in-progress", "failed", Party.OWNER, (Guard.REASON,)),
)

#: What a task ends in. It stays as it is; a rejected or failed referral goes on in a new task of its group.
TERMINAL = frozenset({"rejected", "cancelled", "failed", "completed", "entered-in-error"})
#: A task in one of these may be followed by another one for the same request.
FOLLOWED = frozenset({"rejected", "failed"})
#: Nobody has said yet whether the patient may come.
UNANSWERED = frozenset({"requested", "received"})
#: The clock may run: for an answer, or for an appointment or a bed after it.
AWAITED = UNANSWERED | {"accepted"}

#: How far a task has come, for the status of the group task.
_ADVANCE = ("draft", "requested", "received", "accepted", "on-hold", "in-progress")
#: The status of a group all of whose tasks have ended: what needs somebody's attention comes first.
_ENDS = ("rejected", "failed", "completed", "cancelled")

#: businessStatus values that only the server sets.
SET_BY_SERVER = frozenset({"awaiting-dispatch", "dispatched", "timed-out"})


def transitions(before: str, after: str) -> list[Transition]:
    """The rows from one status to another."""
    return [row for row in TRANSITIONS if row.before == before and row.after == after]


def group_status(statuses: Iterable[str]) -> str:
    """The status of a group task: the least advanced of its tasks that have not ended.

    `statuses` are those of the latest task of each request. Where all have ended: rejected or failed when one of them
    is (it can be re-routed), else completed, else cancelled. A group without tasks is a draft.
    """
    found = set(statuses)
    return next((status for status in (*_ADVANCE, *_ENDS) if status in found), "draft")


def targets(before: str, parties: Sequence[Party] = tuple(Party)) -> list[str]:
    """The statuses these parties may move a task to, in the order of the table."""
    return list(dict.fromkeys(row.after for row in TRANSITIONS if row.before == before and row.by in parties))
