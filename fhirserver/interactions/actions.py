"""Actions are carried out together or not at all.

What a write means may depend on the database: which resource criteria match, what a patch changes. That is looked up
first, outside of all locks, and everything is made ready for it: ids, links, patched resources, validation, index rows.
Inside the transaction, with the locks held, it is looked up again; when nothing has changed, which is nearly always,
what is ready is stored. Otherwise it is made ready anew.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from fhirserver.conformance.steady import steady
from fhirserver.interactions import messages, retries
from fhirserver.interactions.action import Action, Done, located
from fhirserver.interactions.context import Context
from fhirserver.interactions.facts import Facts, depend, look
from fhirserver.interactions.message import Request, Response
from fhirserver.interactions.ready import Ready, make_ready
from fhirserver.interactions.write import Change, apply, governed_locks, write
from fhirserver.outcome import FhirError
from fhirserver.resource import json
from fhirserver.store import definitions
from fhirserver.store.keys import res_key
from fhirserver.store.messages import OUTCOME_UNKNOWN, RETRY
from fhirserver.store.rows import Identity
from fhirserver.store.store import Reads, Transaction

#: Fewer actions than this are made ready anew inside the transaction; more would hold its locks too long.
_FEW = 50
#: How often many actions are made ready outside before that, too, is done inside.
_ATTEMPTS = 3
#: The status of an answer without a body, where a dry run gives one with.
_WOULD = {"DELETE": 204}

#: Makes the answer of what was done; it may read.
Respond = Callable[[Reads, Sequence[Done]], Response]


def carry_out(
    context: Context, request: Request, actions: Sequence[Action], respond: Respond, *, reads_inside: bool = False
) -> Response:
    """Carry the actions out, all or none, and answer.

    `respond` runs inside the transaction where what it reads belongs there (`reads_inside`), and where its answer is
    kept for a retry. Raises FhirError with the place of each issue.
    """
    retry = retries.key_of(context, request)
    if retry is None and len(actions) == 1 and not reads_inside and (change := _plain(actions[0], request)) is not None:
        return respond(context.store, [Done(actions[0], ((change, write(context, [change], request.caller)[0]),))])
    if retry is not None and (kept := retry.recall(context.store)) is not None:
        return kept
    work = _Work(context, request, actions, respond, retry, reads_inside)
    for attempt in range(_ATTEMPTS + 1):
        try:
            return work.run(inside=len(actions) < _FEW or attempt == _ATTEMPTS)
        except FhirError as error:
            if retry is not None and error.issues[0].key == OUTCOME_UNKNOWN.key:
                raise messages.RETRY_TELLS.error(header=retry.header, headers=RETRY) from None
            raise
        except _ChangedError:
            continue
        except retries.KeptError as answered:
            return answered.response
        except _DryRunError as tried:
            return tried.response
    raise AssertionError("the last attempt makes everything ready inside")


def _plain(action: Action, request: Request) -> Change | None:
    """The change of an action that depends on nothing but the resource it names; None for another one."""
    if action.criteria or action.patch or action.links or action.at or request.preferences.dry_run:
        return None
    fresh = action.id is None
    return Change(
        action.method, action.type, action.id or action.fresh, action.resource, action.precondition, fresh=fresh
    )


class _ChangedError(Exception):
    """The facts have changed since everything was made ready."""


class _DryRunError(Exception):
    """Nothing is to be stored: undoes the transaction and carries its answer out."""

    def __init__(self, response: Response) -> None:
        super().__init__()
        self.response = response


def _tried(request: Request, response: Response) -> Response:
    """The answer to a dry run: that of the write inside an OperationOutcome, of a Bundle as it is."""
    headers = {"Preference-Applied": "handling=dry-run"}
    resource = json.parse(response.body) if response.body is not None else {"issue": []}
    if "issue" not in resource:
        return Response(response.status, headers, response.body)
    said = messages.DRY_RUN.at(status=_WOULD.get(request.method, 200) if response.status == 200 else response.status)
    issues = [said.as_resource(request.language), *resource["issue"]]
    return Response(200, headers, json.encode({"resourceType": "OperationOutcome", "issue": issues}))


@dataclass(slots=True)
class _Work:
    """One run of `carry_out`."""

    context: Context
    request: Request
    actions: Sequence[Action]
    respond: Respond
    retry: retries.Retry | None
    reads_inside: bool

    def run(self, *, inside: bool) -> Response:
        dry = self.request.preferences.dry_run
        within = self.reads_inside or dry or self.retry is not None
        facts = look(self.context, self.context.store, self.actions) if depend(self.actions) else Facts()
        with steady():
            ready = make_ready(self.context, self.actions, facts)

        def work(transaction: Transaction) -> tuple[list[Done], Response | None]:
            transaction.lock(self._locks(ready))
            if self.retry is not None:
                self.retry.check(transaction)
            done = self._store(transaction, self._confirmed(transaction, ready, inside=inside))
            response = self.respond(transaction, done) if within else None
            if dry and response is not None:
                raise _DryRunError(_tried(self.request, response))
            if self.retry is not None and response is not None:
                self.retry.keep(transaction, response)
            return done, response

        done, response = self.context.store.write(work, len(self.actions))
        definitions.let_notice(self.context.store, {action.type for action in self.actions})
        return response if response is not None else self.respond(self.context.store, done)

    def _locks(self, ready: Ready) -> set[int]:
        """The keys of everything that is written or looked for, to be taken at once: so no two can wait in a circle.

        A create needs none for its new id. References are looked for without a lock: what they lead to may change at
        any time afterwards.
        """
        keys = {key for action in self.actions if action.criteria is not None for key in action.criteria.locks}
        keys.update(res_key(change.type, change.id) for each in ready.prepared if not (change := each.change).fresh)
        keys.update(governed_locks(self.context, ready.prepared))
        if self.retry is not None:
            keys.add(self.retry.lock)
        return keys

    def _confirmed(self, transaction: Transaction, ready: Ready, *, inside: bool) -> Ready:
        """What is ready, if the facts still hold; else made anew. Raises _ChangedError where that is to be outside."""
        if not depend(self.actions):
            return ready
        facts = look(self.context, transaction, self.actions)
        if facts.same(ready.facts):
            return ready
        if not inside:
            raise _ChangedError
        # with the locks of what is found now: writers of these wait, and what they wrote before is seen
        transaction.lock(res_key(*each) for action in self.actions for each in _meant(action, facts))
        return make_ready(self.context, self.actions, look(self.context, transaction, self.actions))

    def _store(self, transaction: Transaction, ready: Ready) -> list[Done]:
        """Write what is ready and say what became of each action."""

        def refuse(number: int, error: FhirError) -> FhirError:
            pairs = zip(self.actions, ready.shares, strict=True)
            action = next(action for action, share in pairs if number in share)
            issues = [located(issue, action.at) for issue in error.issues]
            return FhirError(issues, status=error.status, headers=error.headers)

        written = apply(self.context, transaction, ready.prepared, refuse, caller=self.request.caller)
        wanted = [each.existing for each in ready.targets if each.existing is not None]
        there = transaction.read_many(wanted) if wanted else {}
        done: list[Done] = []
        for action, its, share in zip(self.actions, ready.targets, ready.shares, strict=True):
            changes = tuple((ready.prepared[number].change, written[number]) for number in share)
            found = there.get(its.existing) if its.existing is not None else None
            if its.same_as is not None:
                found = done[its.same_as].changes[0][1].version
            if its.existing is not None and (found is None or found.deleted):
                raise messages.TOO_BUSY.error(headers={"Retry-After": "1"})
            done.append(Done(action, changes, found))
        return done


def _meant(action: Action, facts: Facts) -> Sequence[Identity]:
    """What the criteria of an action match that is to be written."""
    return facts.matches[action.criteria] if action.criteria is not None and action.method != "POST" else ()
