"""The structure of groups: one lead, one tight group, no rings; and whom insurance may pay."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from fhirserver.exchange import membership, structure_messages
from fhirserver.exchange.identity import INSURANCE_ORGANISATION
from fhirserver.exchange.kinds import codes, is_referral_task
from fhirserver.exchange.membership import MEMBER_ROLES, Membership, local, named
from fhirserver.exchange.referral import redirection
from fhirserver.exchange.rules import Rule
from fhirserver.interactions.governing import Proposal
from fhirserver.interactions.write import Change
from fhirserver.outcome import Issue
from fhirserver.resource.dates import Interval, instant
from fhirserver.store.keys import value_key

if TYPE_CHECKING:
    from fhirserver.exchange.case import Case

#: Coverage.type of somebody who pays for himself (coverage-selfpay).
_SELF_PAY = "http://terminology.hl7.org/CodeSystem/coverage-selfpay"
_DEEPEST = 64


def _overlap(one: Interval, other: Interval) -> bool:
    return one.lo < other.hi and other.lo < one.hi


# -- GOV-LEAD


def check_lead(case: Case, proposal: Proposal) -> Iterator[Issue]:
    """Exactly one lead hospital of a group at any instant: no second one, and none that goes without a successor."""
    ours = _stated(case, proposal.after)
    if ours is not None and ours.role == "lead":
        for each in membership.of_group(case, ours.group):
            if each.role == "lead" and each.id != ours.id and _overlap(each.period, ours.period):
                yield structure_messages.LEAD_TWICE.at(
                    "OrganizationAffiliation.period",
                    group=ours.group,
                    other=each.member,
                    affiliation=f"OrganizationAffiliation/{each.id}",
                )
    was = _stated(case, proposal.before)
    if was is not None and was.role == "lead":
        yield from _lead_lost(case, was, ours)


def _stated(case: Case, affiliation: dict[str, Any] | None) -> Membership | None:
    return membership.membership(case, affiliation) if affiliation is not None else None


def _lead_lost(case: Case, was: Membership, now: Membership | None) -> Iterator[Issue]:
    """Where somebody is a member in a time that had a lead and has none any more."""
    group = case.resource(was.group)
    if group is None or group.get("active") is False:
        return
    known = membership.of_group(case, was.group)
    leads = [each.period for each in known if each.role == "lead"]
    gap = _first_gap(was.period, leads)
    if gap is None:
        return
    if any(each.role != "lead" and _overlap(each.period, gap) for each in known):
        at = "OrganizationAffiliation.period" if now is not None else "OrganizationAffiliation"
        since = instant(max(gap.lo, 0), case.context.zone)
        yield structure_messages.LEAD_LOST.at(at, group=was.group, since=since)


def _first_gap(stretch: Interval, covered: Iterable[Interval]) -> Interval | None:
    """The first part of a stretch that no interval covers; None when there is none."""
    begin = stretch.lo
    for each in sorted(covered):
        if each.hi <= begin:
            continue
        if each.lo > begin:
            return Interval(begin, min(each.lo, stretch.hi)) if begin < stretch.hi else None
        begin = each.hi
    return Interval(begin, stretch.hi) if begin < stretch.hi else None


# -- GOV-DOUBLE


def check_double(case: Case, proposal: Proposal) -> Iterator[Issue]:
    """An organisation is part of one tight group at most, for a kind of service at a time; partners do not count."""
    after = proposal.after
    if after is None:
        return
    if proposal.change.type == "OrganizationAffiliation":
        ours = _stated(case, after)
        at = "OrganizationAffiliation.organization"
        if ours is not None and ours.role in MEMBER_ROLES and _is_tight(case, ours.group):
            yield from (_two(at, ours, other) for other in _doubles(case, ours))
    elif membership.is_tight(after) and not membership.is_tight(proposal.before or {}):
        for ours in membership.of_group(case, f"Organization/{proposal.change.id}"):
            if ours.role in MEMBER_ROLES:
                yield from (_two("Organization.type", ours, other) for other in _doubles(case, ours))


def _doubles(case: Case, ours: Membership) -> Iterator[Membership]:
    """Where else the same organisation is part of a tight group."""
    for each in membership.of_member(case, ours.member):
        if each.group == ours.group or each.role not in MEMBER_ROLES or not _overlap(each.period, ours.period):
            continue
        if (not each.services or not ours.services or each.services & ours.services) and _is_tight(case, each.group):
            yield each


def _two(at: str, ours: Membership, other: Membership) -> Issue:
    affiliation = f"OrganizationAffiliation/{other.id}"
    return structure_messages.TWO_TIGHT_GROUPS.at(at, member=ours.member, other=other.group, affiliation=affiliation)


def _is_tight(case: Case, group: str) -> bool:
    resource = case.resource(group)
    return resource is not None and membership.is_tight(resource)


# -- GOV-CYCLE


def check_rings(case: Case, proposal: Proposal) -> Iterator[Issue]:
    """Organization.partOf and OrganizationAffiliation lead up to an end, never back."""
    if proposal.after is not None:
        check = _part_of_ring if proposal.change.type == "Organization" else _member_ring
        yield from check(case, proposal, proposal.after)


def _part_of_ring(case: Case, proposal: Proposal, after: dict[str, Any]) -> Iterator[Issue]:
    own = f"Organization/{proposal.change.id}"
    path: list[str] = []
    above = named(case, after, "partOf")
    while above is not None and len(path) < _DEEPEST:
        if above == own:
            through = " → ".join([*path, own])
            yield structure_messages.PART_OF_ITSELF.at("Organization.partOf", organization=own, path=through)
            return
        if above in path:
            return
        path.append(above)
        resource = case.resource(above)
        above = named(case, resource, "partOf") if resource is not None else None


def _member_ring(case: Case, proposal: Proposal, after: dict[str, Any]) -> Iterator[Issue]:
    """A group is no member of itself, directly or through groups that are members of it."""
    ours = _stated(case, after)
    if ours is None:
        return
    waiting: list[tuple[str, tuple[str, ...]]] = [(ours.group, (ours.group,))]
    seen = {ours.group}
    while waiting and len(seen) < _DEEPEST:
        group, path = waiting.pop()
        if group == ours.member:
            through = " → ".join(path)
            at = "OrganizationAffiliation.participatingOrganization"
            yield structure_messages.MEMBER_OF_ITSELF.at(at, organization=ours.member, path=through)
            return
        for each in membership.of_member(case, group):
            if each.group not in seen and each.id != ours.id and _overlap(each.period, ours.period):
                seen.add(each.group)
                waiting.append((each.group, (*path, each.group)))


# -- FEE-NOTDESIGNATED


def check_designated(case: Case, proposal: Proposal) -> Iterator[Issue]:
    """A body for profit without the code of the national insurance cannot be the performer of what a Coverage pays."""
    redirected = redirection(case, proposal)
    if redirected is not None and _is_insured(case, redirected[0]):
        yield from _undesignated(case, redirected[2], "Task.owner")
    after = proposal.after
    if proposal.change.type == "ServiceRequest" and after is not None and _is_insured(case, after):
        for place, performer in enumerate(after.get("performer", ())):
            reference = local(performer, case.context.base_url)
            if reference is not None:
                yield from _undesignated(case, reference, f"ServiceRequest.performer[{place}]")


def _undesignated(case: Case, performer: str, at: str) -> Iterator[Issue]:
    organization = membership.organization_of(case, performer)
    resource = case.resource(organization) if organization is not None else None
    if resource is not None and membership.is_for_profit(resource) and not _is_designated(resource):
        yield structure_messages.NOT_DESIGNATED.at(at, organization=organization)


def _is_insured(case: Case, request: Mapping[str, Any]) -> bool:
    """Whether somebody else than the patient pays."""
    return not all(_pays_himself(case, each) for each in request.get("insurance", ()))


def _may_be_insured(resource: Mapping[str, Any]) -> bool:
    return bool(resource.get("insurance")) or is_referral_task(resource)


def _pays_himself(case: Case, insurance: Any) -> bool:
    reference = local(insurance, case.context.base_url)
    coverage = case.resource(reference) if reference is not None and reference.startswith("Coverage/") else None
    return coverage is not None and bool(codes(coverage.get("type"), _SELF_PAY))


def _is_designated(organization: dict[str, Any]) -> bool:
    return any(each.get("system") == INSURANCE_ORGANISATION for each in organization.get("identifier", ()))


# -- whose pack counts, and what two writers may spoil for one another


def _group(case: Case, proposal: Proposal) -> Iterator[str]:
    """The group that a change is about: its pack counts, not that of whoever writes."""
    resource = proposal.after or proposal.before or {}
    is_group = proposal.change.type == "Organization"
    found = f"Organization/{proposal.change.id}" if is_group else named(case, resource, "organization")
    if found is not None:
        yield found


def _affiliation_locks(change: Change) -> Iterator[int]:
    if change.type == "Organization":
        yield value_key("affiliations", f"Organization/{change.id}")
    for name in ("organization", "participatingOrganization"):
        reference = local((change.resource or {}).get(name))
        if reference is not None:
            yield value_key("affiliations", reference)


def _ring_locks(change: Change) -> Iterator[int]:
    """Rings close over organisations that neither of two writers touches: one lock for all who name what is above."""
    if change.resource is not None and change.resource.get("partOf"):
        yield value_key("Organization.partOf")


_NOTICE = "国卫医政函〔2023〕27号"

RULES = (
    Rule(
        "GOV-LEAD",
        ("OrganizationAffiliation",),
        f"{_NOTICE}: 牵头医院 the lead hospital",
        (structure_messages.LEAD_TWICE, structure_messages.LEAD_LOST),
        check_lead,
        locks=_affiliation_locks,
        behind=_group,
    ),
    Rule(
        "GOV-DOUBLE",
        ("OrganizationAffiliation", "Organization"),
        f"{_NOTICE}: 紧密型城市医疗集团 tight groups",
        (structure_messages.TWO_TIGHT_GROUPS,),
        check_double,
        locks=_affiliation_locks,
        behind=_group,
    ),
    Rule(
        "GOV-CYCLE",
        ("Organization", "OrganizationAffiliation"),
        "healthcare organisations form a tree: Organization.partOf",
        (structure_messages.PART_OF_ITSELF, structure_messages.MEMBER_OF_ITSELF),
        check_rings,
        locks=_ring_locks,
    ),
    Rule(
        "FEE-NOTDESIGNATED",
        ("ServiceRequest", "Task"),
        "医疗机构医疗保障定点管理暂行办法 (国家医疗保障局令第2号)",
        (structure_messages.NOT_DESIGNATED,),
        check_designated,
        when=_may_be_insured,
    ),
)
