"""The case: one write before the rules, and all they may ask and do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from fhirserver.access.callers import Caller, caller_of
from fhirserver.exchange.packs import EVERYWHERE, Packs, Whereabouts
from fhirserver.exchange.rules import Mode, Rule
from fhirserver.interactions.governing import Proposal, Ruling
from fhirserver.interactions.write import Change, Method
from fhirserver.outcome import FhirError, Issue
from fhirserver.resource import json
from fhirserver.resource.dates import microseconds
from fhirserver.resource.references import parse
from fhirserver.store.rows import Identity, Version
from fhirserver.store.store import Transaction

if TYPE_CHECKING:
    from fhirserver.interactions.context import Context

Resource = dict[str, Any]
#: A search that finds more than this tells of a broken database, not of a case.
_MOST = 10_000


class Case:
    """One write, inside its transaction.

    `now` is the server's time, aware; `moment` the same in microseconds. `proposals` are the changes to judge. What
    :meth:`resource`, :meth:`find` and :meth:`pending` hand out is shared: never change it, but give :meth:`put` a copy.
    """

    def __init__(
        self,
        context: Context,
        transaction: Transaction,
        header: str,
        proposals: Sequence[Proposal],
        others: Sequence[Proposal],
        rules: Mapping[str, Rule],
        packs: Packs,
    ) -> None:
        self.context = context
        self.transaction = transaction
        self.proposals = proposals
        self.now: datetime = context.now()
        self.moment = microseconds(self.now)
        self.rules = rules
        self.packs = packs
        self.ruling = Ruling()
        #: For whom the rule that is asked is asked; the governor sets it.
        self.where: Whereabouts = EVERYWHERE
        #: The number of the change whose effects run; the governor sets it.
        self.cause = 0
        #: What rules have found out and others of this case may ask again.
        self.memo: dict[tuple[str, ...], Any] = {}
        self._header = header
        self._written = {(each.change.type, each.change.id): each for each in (*proposals, *others)}
        self._added: dict[Identity, Change] = {}
        self._causes: dict[Identity, int] = {}
        self._read: dict[Identity, Resource | None] = {}
        self._current: dict[Identity, Version | None] = {}

    # -- who

    @cached_property
    def caller(self) -> Caller:
        """Who sends the write; FhirError (401) when nobody knows."""
        context = self.context
        return caller_of(self.transaction, self._header, self.now, context.zone, (context.base_url,))

    @property
    def anonymous(self) -> bool:
        """Whether nobody says who sends the write: told without looking anything up."""
        return not self._header

    # -- what there is

    def identity(self, reference: str) -> Identity | None:
        """The resource of this server that a reference means: a relative one, or one behind [base]."""
        found = parse(reference, (self.context.base_url,))
        return (found.type, found.id) if found.kind == "literal" and found.type and found.id else None

    def resource(self, reference: str) -> Resource | None:
        """A resource as this write leaves it, by ``Type/id``; None when it is not there, deleted or elsewhere."""
        identity = self.identity(reference)
        if identity is None:
            return None
        found, pending = self._pending(identity)
        if found:
            return pending
        if identity not in self._read:
            self._read[identity] = _body(self.transaction.read(*identity))
        return self._read[identity]

    def current(self, reference: str) -> Resource | None:
        """The stored resource, which nobody else can change until this write is done: for what will be overwritten."""
        identity = self.identity(reference)
        if identity is None:
            return None
        if identity not in self._current:
            self._current[identity] = self.transaction.current([identity]).get(identity)
            self._read[identity] = _body(self._current[identity])
        return self._read[identity]

    def find(self, type: str, query: str, limit: int = _MOST) -> list[Resource]:
        """The resources that a search finds, ``"patient=Patient/1&status=active"``, as this write leaves them.

        The database is searched as it was before this write. What the write changes of what is found is shown as
        changed, and may not meet the query any more; what it makes anew is not found: see :meth:`pending`.
        """
        assert self.context.search is not None
        pairs = parse_qsl(query, keep_blank_values=True)
        found = self.context.search.matches(self.transaction, type, pairs, now=self.moment, limit=limit)
        unread = [identity for identity in found if identity not in self._read]
        versions = self.transaction.read_many(unread) if unread else {}
        self._read |= {identity: _body(versions.get(identity)) for identity in unread}
        resources = (self.resource("/".join(identity)) for identity in found)
        return [resource for resource in resources if resource is not None]

    def pending(self, type: str) -> Iterator[Resource]:
        """The resources of a type as this write makes or changes them, deletions left out."""
        for kind, id in [*self._written, *self._added]:
            if kind == type:
                _, resource = self._pending((kind, id))
                if resource is not None:
                    yield resource

    def _pending(self, identity: Identity) -> tuple[bool, Resource | None]:
        """Whether this write changes a resource, and what it leaves of it."""
        if identity in self._added:
            return True, _held(self._added[identity].resource)
        if identity not in self._written:
            return False, None
        proposal = self._written[identity]
        return True, _held(self.ruling.amended.get(proposal.number, proposal.after))

    # -- what a group has set

    def mode(self, rule: str) -> Mode:
        """How a rule is taken in the group behind the change that is looked at."""
        return self.packs.mode(self.rules[rule], self.where, self.moment)

    def parameter(self, rule: str, name: str) -> Any:
        """The value of a parameter of a rule in the group behind the change that is looked at."""
        return self.packs.parameter(self.rules[rule], name, self.where, self.moment)

    # -- what is done

    def refuse(self, number: int, error: FhirError) -> None:
        """Refuse the change of this number; the governor does it with what rules yield."""
        self.ruling.refusals.setdefault(number, []).append(error)

    def warn(self, proposal: Proposal, issue: Issue) -> None:
        """Send an issue back with the answer, as a warning."""
        self.ruling.warnings.setdefault(proposal.number, []).append(replace(issue, severity="warning"))

    def amend(self, proposal: Proposal, resource: Mapping[str, Any]) -> None:
        """Store this in place of what the proposal would."""
        self.ruling.amended[proposal.number] = resource

    def amended(self, proposal: Proposal) -> Resource | None:
        """The resource of a proposal as it stands now, with what was amended."""
        return _held(self.ruling.amended.get(proposal.number, proposal.after))

    def put(self, resource: Mapping[str, Any]) -> str:
        """Have a resource stored with this write, whether the write itself changes it or not; its reference.

        One without an id is new.
        """
        type, id = resource["resourceType"], resource.get("id")
        if id is None:
            return self.add("POST", type, None, resource)
        if (type, id) in self._written:
            self.amend(self._written[type, id], resource)
            return f"{type}/{id}"
        return self.add("PUT", type, id, resource)

    def add(self, method: Method, type: str, id: str | None, resource: Mapping[str, Any] | None) -> str:
        """Add a change of a further resource to this write; its reference. One without an id is new."""
        fresh = id is None
        id = id or self.context.new_id()
        held = self._added.get((type, id))
        if held is not None:
            self._added[type, id] = replace(held, resource=resource)
        else:
            if not fresh:
                self.current(f"{type}/{id}")
            self._added[type, id] = Change(method, type, id, resource, fresh=fresh)
            self._causes[type, id] = self.cause
        return f"{type}/{id}"

    def finished(self) -> Ruling:
        """What has become of the write."""
        self.ruling.added = list(self._added.values())
        self.ruling.causes = list(self._causes.values())
        return self.ruling


def _held(resource: Mapping[str, Any] | None) -> Resource | None:
    return resource if isinstance(resource, dict) or resource is None else dict(resource)


def _body(version: Version | None) -> Resource | None:
    return json.parse(version.body) if version is not None and version.body is not None else None
