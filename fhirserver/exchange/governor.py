"""The governor: asks the rules of each change, takes them as the rule packs have it, and lets effects follow."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from fhirserver.exchange import whereabouts
from fhirserver.exchange.case import Case
from fhirserver.exchange.packs import EVERYWHERE, Packs, Whereabouts
from fhirserver.exchange.profiles import PROFILES, profile_issues
from fhirserver.exchange.rules import Effect, Rule, When
from fhirserver.interactions.governing import Proposal, Ruling
from fhirserver.interactions.write import Change
from fhirserver.outcome import FhirError, Issue
from fhirserver.store.store import Transaction

if TYPE_CHECKING:
    from fhirserver.interactions.context import Context

_Row = TypeVar("_Row", Rule, Effect)


class ExchangeGovernor:
    """Judges the changes of the types its rules are about (:class:`fhirserver.interactions.governing.Governor`)."""

    def __init__(self, rules: Sequence[Rule], effects: Sequence[Effect], packs: Packs) -> None:
        self._all = {rule.id: rule for rule in rules}
        self._packs = packs
        self._rules = _by_type([rule for rule in rules if rule.check is not None])
        self._effects = _by_type(effects)
        self._lockers: dict[str, list[Rule | Effect]] = {}
        rows: list[Rule | Effect] = [*rules, *effects]
        for row in rows:
            for type in row.types if row.locks is not None else ():
                self._lockers.setdefault(type, []).append(row)
        self._decided = frozenset(rule.id for rule in rules if rule.check is not None)
        profiled = frozenset(PROFILES) if packs.govern_profiles else frozenset()
        self._types = frozenset(self._rules) | frozenset(self._effects) | profiled

    @property
    def types(self) -> frozenset[str]:
        """The types that have rules, effects or a profile."""
        return self._types

    @property
    def packs(self) -> Packs:
        """The rule packs it goes by."""
        return self._packs

    def locks(self, changes: Sequence[Change]) -> Iterable[int]:
        """What the rules and effects of these changes want held."""
        for change in changes:
            for row in self._lockers.get(change.type, ()):
                assert row.locks is not None
                yield from row.locks(change)

    def govern(
        self,
        context: Context,
        transaction: Transaction,
        caller: str,
        proposals: Sequence[Proposal],
        others: Sequence[Proposal],
    ) -> Ruling:
        """Every rule is asked of every change, so that a sender hears at once of all there is to mend."""
        concerned = [each for each in map(self._concerned, proposals) if each.rules or each.effects]
        profiled = (
            bool(caller) and self._packs.govern_profiles and any(each.change.type in PROFILES for each in proposals)
        )
        if not concerned and not profiled:
            return Ruling()
        case = Case(context, transaction, caller, proposals, others, self._all, self._packs)
        case.ruling.decided = self._decided
        if not case.anonymous:
            _ = case.caller  # a caller nobody knows gets no further
        for each in concerned:
            self._judge(case, each)
        for proposal in proposals if profiled else ():
            self._profile(case, proposal)
        if not case.ruling.refusals:
            for each in concerned:
                self._follow(case, each)
        return case.finished()

    def _concerned(self, proposal: Proposal) -> _Concerned:
        type = proposal.change.type
        seen: dict[When | None, bool] = {None: True}
        rules = [rule for rule in self._rules.get(type, ()) if _is_business(rule, proposal, seen)]
        effects = [effect for effect in self._effects.get(type, ()) if _is_business(effect, proposal, seen)]
        return _Concerned(proposal, rules, effects)

    def _judge(self, case: Case, concerned: _Concerned) -> None:
        number = concerned.proposal.number
        try:
            for rule in concerned.rules:
                for issue in self._issues(case, concerned.proposal, rule):
                    if issue.severity == "error":
                        case.refuse(number, FhirError([issue]))
                    else:
                        case.warn(concerned.proposal, issue)
        except FhirError as error:
            case.refuse(number, error)

    def _profile(self, case: Case, proposal: Proposal) -> None:
        errors = list(profile_issues(case, proposal))
        if errors:
            case.refuse(proposal.number, FhirError(errors))

    def _issues(self, case: Case, proposal: Proposal, rule: Rule) -> Iterator[Issue]:
        """What a rule has against a change, as grave as the group behind the change has it."""
        assert rule.check is not None
        case.where = self._whereabouts(case, proposal, rule)
        mode = case.mode(rule.id)
        if mode == "off":
            return
        for issue in rule.check(case, proposal):
            yield issue if mode == "enforce" else replace(issue, severity="warning")

    def _whereabouts(self, case: Case, proposal: Proposal, rule: Rule | None = None) -> Whereabouts:
        if not self._packs.differ:
            return EVERYWHERE
        return whereabouts.of(case, proposal, rule.behind if rule is not None else None)

    def _follow(self, case: Case, concerned: _Concerned) -> None:
        for effect in concerned.effects:
            case.where = self._whereabouts(case, concerned.proposal)
            case.cause = concerned.proposal.number
            try:
                effect.run(case, concerned.proposal)
            except FhirError as error:
                case.refuse(concerned.proposal.number, error)


class _Concerned(NamedTuple):
    """A change, with the rules and effects whose business it is."""

    proposal: Proposal
    rules: list[Rule]
    effects: list[Effect]


def _is_business(row: Rule | Effect, proposal: Proposal, seen: dict[When | None, bool]) -> bool:
    """Whether a row's look finds its business; rows that share a look look once."""
    when = row.when
    if when not in seen:
        assert when is not None
        seen[when] = any(when(resource) for resource in (proposal.after, proposal.before) if resource is not None)
    return seen[when]


def _by_type(rows: Sequence[_Row]) -> Mapping[str, list[_Row]]:
    found: dict[str, list[_Row]] = {}
    for row in rows:
        for type in row.types:
            found.setdefault(type, []).append(row)
    return found
