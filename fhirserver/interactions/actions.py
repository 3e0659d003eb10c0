"""Actions: writes as they are asked for, alone or as entries of a transaction, carried out together or not at all.

What a write means may depend on the database: which resource criteria match, what a patch changes. That is looked up
first, outside of all locks, and everything is made ready for it: ids, links, patched resources, validation, index rows.
Inside the transaction, with the locks held, it is looked up again; when nothing has changed, which is nearly always,
what is ready is stored. Otherwise it is made ready anew.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from fhirserver.interactions import criteria as criteria_of
from fhirserver.interactions import messages, retries
from fhirserver.interactions.context import Context
from fhirserver.interactions.criteria import Criteria
from fhirserver.interactions.links import Links
from fhirserver.interactions.message import Request, Response
from fhirserver.interactions.patching import Patch, patched
from fhirserver.interactions.preconditions import UNCONDITIONAL, Precondition
from fhirserver.interactions.write import Change, Method, Prepared, Written, apply, prepare, write
from fhirserver.outcome import FhirError, Issue, status_of
from fhirserver.resource import json
from fhirserver.store.keys import res_key
from fhirserver.store.rows import Identity, Version
from fhirserver.store.store import Reads, Transaction

#: Fewer actions than this are made ready anew inside the transaction; more would hold its locks too long.
_FEW = 50
#: How often many actions are made ready outside before that, too, is done inside.
_ATTEMPTS = 3
#: One answer lists so many issues of all entries.
_MOST_ISSUES = 100


@dataclass(slots=True)
class Action:
    """One write as it was asked for.

    The resource is named by `id` or by `criteria` (for a create: of If-None-Exist), or not at all. `at` is where the
    action stands, ``Bundle.entry[3]``, "" for a request of its own. `fresh` is the id of what it may create.
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
    links: Links | None = None


@dataclass(frozen=True, slots=True)
class Done:
    """What became of an action: `changes` with what was written; none where a conditional create found `existing`."""

    action: Action
    changes: tuple[tuple[Change, Written], ...] = ()
    existing: Version | None = None


#: Makes the answer of what was done; it may read.
Respond = Callable[[Reads, Sequence[Done]], Response]


@dataclass(frozen=True, slots=True)
class _Facts:
    """What the actions depend on: what criteria match, and current versions."""

    matches: Mapping[Criteria, tuple[Identity, ...]] = field(default_factory=dict)
    current: Mapping[Identity, Version] = field(default_factory=dict)

    def same(self, other: _Facts) -> bool:
        return self.matches == other.matches and self._versions() == other._versions()

    def _versions(self) -> dict[Identity, int]:
        return {identity: version.version for identity, version in self.current.items()}


@dataclass(frozen=True, slots=True)
class _Target:
    """What an action is about, given the facts: resources to write, or one that is there already."""

    identities: tuple[Identity, ...] = ()
    created: bool = False
    existing: Identity | None = None

    @property
    def link(self) -> Identity | None:
        """Where links to the action's entry lead."""
        return self.existing or (self.identities[0] if self.identities else None)


@dataclass(frozen=True, slots=True)
class _Ready:
    """Everything prepared for the facts: for each action its target and its share of `prepared`."""

    facts: _Facts
    targets: list[_Target]
    prepared: list[Prepared]
    shares: list[range]


def carry_out(
    context: Context, request: Request, actions: Sequence[Action], respond: Respond, *, reads_inside: bool = False
) -> Response:
    """Carry the actions out, all or none, and answer.

    `respond` runs inside the transaction where what it reads belongs there (`reads_inside`), and where its answer is
    kept for a retry. Raises FhirError with the place of each issue.
    """
    retry = retries.key_of(context, request)
    if retry is None and len(actions) == 1 and not reads_inside and (change := _plain(actions[0], request)) is not None:
        return respond(context.store, [Done(actions[0], ((change, write(context, [change])[0]),))])
    if retry is not None and (kept := retry.recall(context.store)) is not None:
        return kept
    work = _Work(context, request, actions, respond, retry, reads_inside)
    for attempt in range(_ATTEMPTS + 1):
        try:
            return work.run(inside=len(actions) < _FEW or attempt == _ATTEMPTS)
        except _ChangedError:
            continue
        except retries.KeptError as answered:
            return answered.response
        except _DryRunError as tried:
            return tried.response
    raise messages.TOO_BUSY.error(headers={"Retry-After": "1"})


def _plain(action: Action, request: Request) -> Change | None:
    """The change of an action that depends on nothing but the resource it names; None for another one."""
    if action.criteria or action.patch or action.links or request.preferences.dry_run:
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
    """The answer to a dry run: that of the write inside an OperationOutcome, a Bundle as it is."""
    headers = {"Preference-Applied": "handling=dry-run"}
    resource = json.decode(response.body) if response.body is not None else {"issue": []}
    if resource.get("resourceType") == "Bundle":
        return Response(response.status, headers, response.body)
    said = messages.DRY_RUN.at(status=_WOULD.get(request.method, 200) if response.status == 200 else response.status)
    issues = [said.as_resource(request.language), *resource["issue"]]
    return Response(200, headers, json.encode({"resourceType": "OperationOutcome", "issue": issues}))


#: The status of an answer without a body, where a dry run gives one with.
_WOULD = {"DELETE": 204}


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
        ready = self.ready(self.look(self.context.store))

        def work(transaction: Transaction) -> tuple[list[Done], Response | None]:
            transaction.lock(self.locks(ready))
            if self.retry is not None:
                self.retry.check(transaction)
            now_ready = self.confirm(transaction, ready, inside=inside)
            done = self.store(transaction, now_ready)
            response = self.respond(transaction, done) if within else None
            if dry and response is not None:
                raise _DryRunError(_tried(self.request, response))
            if self.retry is not None and response is not None:
                self.retry.keep(transaction, response)
            return done, response

        done, response = self.context.store.write(work)
        return response if response is not None else self.respond(self.context.store, done)

    # ---- facts -------------------------------------------------------------------------------------------------------

    def look(self, reads: Reads) -> _Facts:
        """Look up what the actions depend on, in at most two statements for all of them."""
        wanted = list(self._criteria())
        limit = max(2, self.context.delete_limit + 1) if any(each.method == "DELETE" for each in self.actions) else 2
        matches = criteria_of.found(self.context, reads, wanted, limit) if wanted else {}
        identities = list(dict.fromkeys(self._depends_on(matches)))
        return _Facts(matches, reads.read_many(identities) if identities else {})

    def _criteria(self) -> Iterator[Criteria]:
        for action in self.actions:
            if action.criteria is not None:
                yield action.criteria
            if action.links is not None:
                yield from action.links.criteria

    def _depends_on(self, matches: Mapping[Criteria, Sequence[Identity]]) -> Iterator[Identity]:
        """Resources whose current version decides what an action does."""
        for action in self.actions:
            found = matches[action.criteria] if action.criteria is not None else ()
            if action.method == "PATCH":
                yield from ((action.type, action.id),) if action.id is not None else found
            elif action.method == "PUT" and action.criteria is not None and not found:
                assert action.resource is not None
                if isinstance(id := action.resource.get("id"), str):
                    yield action.type, id

    def locks(self, ready: _Ready) -> set[int]:
        """The keys of everything that is written or looked for, to be taken at once: so no two can wait in a circle.

        A create needs none for its new id. References are looked for without a lock: what they lead to may change at
        any time afterwards.
        """
        keys = {key for action in self.actions if action.criteria is not None for key in action.criteria.locks}
        keys.update(res_key(change.type, change.id) for each in ready.prepared if not (change := each.change).fresh)
        if self.retry is not None:
            keys.add(self.retry.lock)
        return keys

    def confirm(self, transaction: Transaction, ready: _Ready, *, inside: bool) -> _Ready:
        """What is ready, if the facts still hold; else made anew. Raises _ChangedError where that is to be outside."""
        if not ready.facts.matches and not ready.facts.current and not any(each.patch for each in self.actions):
            return ready
        facts = self.look(transaction)
        if facts.same(ready.facts):
            return ready
        if not inside:
            raise _ChangedError
        # the locks of what is found now: writers of these wait, what they wrote before is seen
        transaction.lock(res_key(*each) for action in self.actions for each in self._meant(action, facts))
        return self.ready(self.look(transaction))

    def _meant(self, action: Action, facts: _Facts) -> Sequence[Identity]:
        """What the criteria of an action match that is to be written."""
        return facts.matches[action.criteria] if action.criteria is not None and action.method != "POST" else ()

    # ---- getting ready -----------------------------------------------------------------------------------------------

    def ready(self, facts: _Facts) -> _Ready:
        """Decide what each action is about, put links in place, patch, validate and index."""
        problems = _Problems()
        targets = [problems.of(action, partial(self._target, action, facts)) for action in self.actions]
        problems.stop()
        self._refuse_overlaps([target or _Target() for target in targets])
        known = [target or _Target() for target in targets]
        links = [target.link for target in known]
        prepared: list[Prepared] = []
        shares: list[range] = []
        for action, target in zip(self.actions, known, strict=True):
            if action.links is not None:
                problems.add(action, [*action.links.issues, *action.links.replace(links, facts.matches)])
            made = problems.of(action, partial(self._prepared, action, target, facts)) or []
            shares.append(range(len(prepared), len(prepared) + len(made)))
            prepared += made
        problems.stop()
        return _Ready(facts, known, prepared, shares)

    def _target(self, action: Action, facts: _Facts) -> _Target:
        if action.criteria is None:
            if action.id is None:
                return _Target(((action.type, action.fresh),), created=True)
            return _Target(((action.type, action.id),))
        found = facts.matches[action.criteria]
        if action.method == "DELETE":
            if len(found) > self.context.delete_limit:
                text = action.criteria.text
                raise messages.CRITERIA_MATCH_TOO_MANY.error(criteria=text, limit=self.context.delete_limit)
            return _Target(found)
        if len(found) > 1:
            raise messages.CRITERIA_MATCH_SEVERAL.error(criteria=action.criteria.text)
        if action.method == "POST":
            return _Target(existing=found[0]) if found else _Target(((action.type, action.fresh),), created=True)
        if action.method == "PATCH":
            if not found:
                raise messages.CRITERIA_MATCH_NONE.error(criteria=action.criteria.text)
            return _Target(found)
        return self._update_target(action, action.criteria, found, facts)

    def _update_target(self, action: Action, criteria: Criteria, found: Sequence[Identity], facts: _Facts) -> _Target:
        """http.html#cond-update"""
        assert action.resource is not None
        id = action.resource.get("id")
        at = f"{action.type}.id"
        if found:
            if id is not None and id != found[0][1]:
                raise messages.CRITERIA_MATCH_OTHER.error(
                    at, found=id, criteria=criteria.text, type=found[0][0], id=found[0][1]
                )
            return _Target((found[0],))
        if id is None:
            return _Target(((action.type, action.fresh),), created=True)
        if not isinstance(id, str):
            return _Target(((action.type, action.fresh),))  # the validator says what is wrong with it
        there = facts.current.get((action.type, id))
        if there is not None and not there.deleted:
            raise messages.ID_TAKEN.error(at, criteria=criteria.text, type=action.type, id=id)
        return _Target(((action.type, id),))

    def _refuse_overlaps(self, targets: Sequence[_Target]) -> None:
        """http.html#trules: no resource is changed by two entries."""
        first: dict[Identity, int] = {}
        issues = []
        for number, (action, target) in enumerate(zip(self.actions, targets, strict=True)):
            for identity in target.identities:
                before = first.setdefault(identity, number)
                if before != number:
                    where = self.actions[before].at.removeprefix("Bundle.entry[").removesuffix("]")
                    issue = messages.ENTRIES_OVERLAP.at(
                        f"{action.at}.request", type=identity[0], id=identity[1], first=where
                    )
                    issues.append(issue)
        if issues:
            raise FhirError(issues)

    def _prepared(self, action: Action, target: _Target, facts: _Facts) -> list[Prepared]:
        return [prepare(self.context, self._change(action, target, identity, facts)) for identity in target.identities]

    def _change(self, action: Action, target: _Target, identity: Identity, facts: _Facts) -> Change:
        resource = action.resource
        status = None
        if action.patch is not None:
            resource = self._patched(action, action.patch, identity, facts)
            status = 422  # the patch was well-formed; what it makes is not
        return Change(
            action.method, *identity, resource, action.precondition, fresh=target.created, error_status=status
        )

    def _patched(self, action: Action, patch: Patch, identity: Identity, facts: _Facts) -> dict[str, Any]:
        current = facts.current.get(identity)
        type, id = identity
        # the precondition comes first: a patch made for another version may not even apply to this one
        action.precondition.check(type, id, current)
        if current is None:
            raise messages.PATCH_SUBJECT_UNKNOWN.error(type=type, id=id)
        if current.body is None:
            raise messages.PATCH_SUBJECT_DELETED.error(type=type, id=id)
        return patched(patch, current.body)

    # ---- storing -----------------------------------------------------------------------------------------------------

    def store(self, transaction: Transaction, ready: _Ready) -> list[Done]:
        """Write what is ready and say what became of each action."""
        written = apply(
            self.context, transaction, ready.prepared, lambda number, error: self._located(number, error, ready)
        )
        existing = [target.existing for target in ready.targets if target.existing is not None]
        there = transaction.read_many(existing) if existing else {}
        done = []
        for action, target, share in zip(self.actions, ready.targets, ready.shares, strict=True):
            changes = tuple((ready.prepared[number].change, written[number]) for number in share)
            found = there.get(target.existing) if target.existing is not None else None
            if target.existing is not None and (found is None or found.deleted):
                raise messages.TOO_BUSY.error(headers={"Retry-After": "1"})
            done.append(Done(action, changes, found))
        return done

    def _located(self, number: int, error: FhirError, ready: _Ready) -> FhirError:
        """An error of one prepared change, told at the entry it belongs to."""
        action = next(action for action, share in zip(self.actions, ready.shares, strict=True) if number in share)
        issues = [located(issue, action.at) for issue in error.issues]
        return FhirError(issues, status=error.status, headers=error.headers)


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


def located(issue: Issue, at: str) -> Issue:
    """An issue of an entry: in its resource, or of its request where it names no element."""
    if not at:
        return issue
    if issue.expression.startswith("Bundle.entry["):
        return issue
    return issue.under(f"{at}.resource") if issue.expression else issue.under(f"{at}.request")
