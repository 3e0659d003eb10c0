"""Referrals that nobody answers in time (REF-TIME): back to dispatch, then to the group's lead hospital.

Every serving process has a thread that looks for tasks whose restriction.period has ended. What it finds it looks at
again inside a transaction that holds the requisition's lock, so of many workers one acts, and an answer that came first
counts. A task that waits for nothing has no such period, so what is found is what is to be done.

Who has accepted and keeps neither an appointment nor a bed is shown as timed out too, but keeps the task. An emergency
is not taken from whoever was asked: the next nearest service is asked as well.
"""

from __future__ import annotations

import logging
import traceback
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from threading import Event, Thread
from time import monotonic
from typing import TYPE_CHECKING

from fhirserver.exchange import membership, nearest, whereabouts
from fhirserver.exchange.case import Case
from fhirserver.exchange.governor import ExchangeGovernor
from fhirserver.exchange.moves import request_of, timed
from fhirserver.exchange.referral import SERVICE, dispatch_of, is_dispatch, link, placer_of
from fhirserver.exchange.requisition import (
    DIRECTION,
    DIRECTIONS,
    Resource,
    business,
    business_status,
    child_task,
    coded,
    direction,
    is_referral,
    requisition_of,
    with_period,
)
from fhirserver.exchange.rules import Rule
from fhirserver.exchange.states import AWAITED
from fhirserver.exchange.story import SERVER, modified, record, settle, stamp, tasks_of_request
from fhirserver.exchange.table import RULES
from fhirserver.interactions.governing import Proposal
from fhirserver.interactions.write import Change, apply, prepare
from fhirserver.resource import json
from fhirserver.resource.dates import instant, interval, microseconds
from fhirserver.store.keys import res_key, value_key
from fhirserver.store.store import Transaction

if TYPE_CHECKING:
    from fhirserver.exchange.packs import Packs
    from fhirserver.interactions.context import Context

_log = logging.getLogger(__name__)

#: How often a process looks, in seconds, and how many tasks it takes at a time.
_LOOK = 0.5
_MOST = 100
#: Seconds until one that failed, or was another's, is looked at again.
_PATIENCE = 60.0
#: Seconds to the next look after one that failed.
_PAUSE = 5.0
_RULES: Mapping[str, Rule] = {rule.id: rule for rule in RULES}


class Watch:
    """The thread of a process that looks for referrals whose time is over."""

    def __init__(self, context: Context, packs: Packs) -> None:
        self._context = context
        self._packs = packs
        self._stopped = Event()
        self._thread: Thread | None = None
        #: Tasks that were not escalated, and when they are tried again.
        self._later: dict[str, float] = {}

    def start(self) -> None:
        """Begin. The thread ends with the process; what it was at is undone, and found again by another one."""
        self._thread = Thread(target=self._work, name="fhirserver-escalation", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Take nothing up any more, and wait for what is under way."""
        self._stopped.set()
        if self._thread is not None:
            self._thread.join()

    def look(self) -> int:
        """Escalate what is overdue, a limited number of tasks; how many were."""
        now = monotonic()
        self._later = {id: when for id, when in self._later.items() if when > now}
        done = 0
        for id in overdue(self._context, _MOST):
            if id not in self._later:
                try:
                    acted = escalate(self._context, self._packs, id)
                except Exception as error:
                    acted = False
                    _complain(error)
                done += acted
                if not acted:
                    self._later[id] = now + _PATIENCE
        return done

    def _work(self) -> None:
        pause = _LOOK
        while not self._stopped.wait(pause):
            try:
                while self.look() == _MOST and not self._stopped.is_set():
                    pass
                pause = _LOOK
            except Exception as error:  # the database is away, say
                _complain(error)
                pause = _PAUSE


def start(context: Context) -> Watch | None:
    """Have this process watch over the referrals of its database, where there are rules."""
    if not isinstance(context.governor, ExchangeGovernor):
        return None
    watch = Watch(context, context.governor.packs)
    watch.start()
    return watch


def _complain(error: Exception) -> None:
    """The log gets where it happened but not the error's text, which may hold what a record says."""
    frames = "".join(traceback.format_tb(error.__traceback__))
    _log.error("%s while escalating referrals\n%s", type(error).__qualname__, frames)


def overdue(context: Context, limit: int) -> list[str]:
    """The ids of tasks that nobody has answered, or kept a place for, in time; at most so many."""
    assert context.search is not None
    now = microseconds(context.now())
    pairs = (
        ("status", ",".join(sorted(AWAITED))),
        ("due", f"lt{instant(now, context.zone)}"),
        # tasks of other work have due dates too
        ("group-identifier:missing", "false"),
        ("focus:ServiceRequest.category", ",".join(f"{DIRECTION}|{code}" for code in DIRECTIONS)),
    )
    return [id for _, id in context.search.matches(context.store, "Task", pairs, now=now, limit=limit)]


def escalate(context: Context, packs: Packs, id: str) -> bool:
    """Take one overdue task a step further; False where somebody has answered, or acted, meanwhile."""
    return context.store.write(partial(_escalate, context, packs, id))


def _escalate(context: Context, packs: Packs, id: str, transaction: Transaction) -> bool:
    """One task, if it is still overdue now that nobody else can move it."""
    seen = transaction.read("Task", id)
    number = requisition_of(json.parse(seen.body)) if seen is not None and seen.body is not None else None
    if number is None:
        return False
    transaction.lock([res_key("Task", id), value_key("requisition", *number)])
    case = Case(context, transaction, "", (), (), _RULES, packs)
    task = case.current(f"Task/{id}")
    if task is None or task["status"] not in AWAITED or not _is_overdue(case, task):
        return False
    change = Change("PUT", "Task", id, task)
    case.where = whereabouts.of(case, Proposal(0, change, task, task))
    _step(case, task)
    settle(case, number)
    changes = [prepare(context, each) for each in case.finished().added]
    apply(replace(context, governor=None), transaction, changes)
    return True


def _is_overdue(case: Case, task: Resource) -> bool:
    end = task.get("restriction", {}).get("period", {}).get("end")
    return end is not None and interval(end, case.context.zone).hi <= case.moment


def _step(case: Case, task: Resource) -> None:
    """What follows when nobody has answered: the task as it goes on, and the record of it."""
    request = request_of(case, task)
    late = {**task, "businessStatus": business_status("timed-out"), "lastModified": modified(case, task)}
    if request is None or not is_referral(request) or case.mode("REF-TIME") == "off":
        case.put(with_period(task, None))
        return
    if task["status"] == "accepted":  # the patient may come; whoever accepted keeps the task
        case.put(with_period(late, None))
        record(case, late, "timed-out", agent=SERVER)
        return
    first = business(task) != "timed-out"
    if first and direction(request) == "emergency" and _ask_next(case, request):
        case.put(with_period(late, None))
    elif (following := _next_owner(case, task)) is not None:
        case.put(timed(case, {**late, "status": "requested", "owner": {"reference": following}}))
    else:
        case.put(with_period(late, None))
    record(case, late, "timed-out", agent=SERVER)


def _next_owner(case: Case, task: Resource) -> str | None:
    """Who is asked next: the dispatch centre, then the lead hospital as the group's duty; then nobody."""
    owner, placer = link(case, task.get("owner")) or "", placer_of(case, task)
    if placer is None:
        return None
    centre = dispatch_of(case, placer)
    leads = [
        found
        for group in sorted(membership.member_groups_of(case, placer, case.moment))
        if (found := membership.lead(case, group, case.moment)) is not None
    ]
    if owner in leads:
        return None
    if centre is not None and not is_dispatch(case, owner):
        return centre
    return leads[0] if leads else None


def _ask_next(case: Case, request: Resource) -> bool:
    """Whether there was a further service to ask, the nearest that has not been asked."""
    kinds, here = coded(request.get("code"), SERVICE), nearest.where(case, request)
    if not kinds or here is None:
        return False
    tasks = tasks_of_request(case, request)
    asked = {link(case, each.get("owner")) for each in tasks}
    own = placer_of(case, request)
    listed = nearest.nearest(case.context, case.transaction, kinds[0], here, case.now, len(asked) + 1, own)
    near = [f"HealthcareService/{each.service.id}" for each in listed]
    following = next((each for each in near if each not in asked), None)
    group = next((link(case, each) for task in tasks for each in task.get("partOf", ())), None)
    if following is None or group is None:
        return False
    made = timed(case, {**child_task(request, group, stamp(case)), "owner": {"reference": following}})
    reference = case.add("POST", "Task", None, made)
    asked_too = {**made, "id": reference.partition("/")[2]}
    case.add("POST", "Task", asked_too["id"], asked_too)
    record(case, asked_too, "requested", agent=SERVER)
    return True
