"""Who belongs to which group, as of an instant (OrganizationAffiliation), and what an organisation is.

A rule looks at the relations of the time of the event, so leaving a group changes nothing that was (`GOV-*`).
References are texts ``Organization/x``; instants are microseconds since the epoch, UTC.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from fhirserver.exchange.kinds import codes
from fhirserver.resource.dates import EARLIEST, LATEST, Interval, period
from fhirserver.resource.references import parse

if TYPE_CHECKING:
    from fhirserver.exchange.case import Case

_SYSTEMS = "https://medgroup.example.org/fhir/CodeSystem"
TIER = f"{_SYSTEMS}/tier"
KIND = f"{_SYSTEMS}/group-kind"
OWNERSHIP = f"{_SYSTEMS}/ownership"
ROLE = f"{_SYSTEMS}/affiliation-role"

#: Roles that make an organisation part of a group; the others work for it or with it.
MEMBER_ROLES = frozenset({"lead", "member", "branch"})
#: How far up Organization.partOf is followed: a ring of partOf must not hang a rule.
_DEEPEST = 16
#: Where the organisation behind a resource stands.
_ORGANISATION_OF = {
    "HealthcareService": "providedBy",
    "PractitionerRole": "organization",
    "Location": "managingOrganization",
    "Patient": "managingOrganization",
    "Encounter": "serviceProvider",
}


@dataclass(frozen=True, slots=True)
class Membership:
    """One OrganizationAffiliation that is in use: `member` has `role` in `group` during `period`.

    `services`: the kinds of service it holds for, as (system, code); empty for all.
    """

    id: str
    group: str
    member: str
    role: str
    period: Interval
    services: frozenset[tuple[str, str]]

    def holds(self, at: int) -> bool:
        """Whether it holds at an instant."""
        return self.period.lo <= at < self.period.hi


def tier(organization: Mapping[str, Any]) -> int | None:
    """The tier that an Organization states, 0 to 4."""
    stated = [int(code) for code in codes(organization.get("type"), TIER) if code in {"0", "1", "2", "3", "4"}]
    return min(stated, default=None)


def is_tight(group: Mapping[str, Any]) -> bool:
    """Whether an Organization is a tight group."""
    return "tight" in codes(group.get("type"), KIND)


def is_for_profit(organization: Mapping[str, Any]) -> bool:
    """Whether an Organization works for profit."""
    return "for-profit" in codes(organization.get("type"), OWNERSHIP)


def local(reference: Any, base: str = "") -> str | None:
    """``Organization/x`` of a Reference to a resource of the server at `base`; None for anything else."""
    text = reference.get("reference") if isinstance(reference, Mapping) else None
    return parse(text, (base,)).relative if isinstance(text, str) else None


def named(case: Case, resource: Mapping[str, Any], element: str) -> str | None:
    """``Organization/x``: what a Reference in a resource means here."""
    return local(resource.get(element), case.context.base_url)


def organization_of(case: Case, reference: str) -> str | None:
    """The organisation behind ``HealthcareService/x``, ``PractitionerRole/x`` ...: itself when it is one."""
    type = reference.partition("/")[0]
    if type == "Organization":
        return reference
    resource = case.resource(reference) if type in _ORGANISATION_OF else None
    return None if resource is None else named(case, resource, _ORGANISATION_OF[type])


def lineage(case: Case, organization: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """An organisation and those it is part of, nearest first; ends where one is not there, or came before."""
    seen: set[str] = set()
    current: str | None = organization
    while current is not None and current not in seen and len(seen) < _DEEPEST:
        seen.add(current)
        resource = case.resource(current)
        if resource is None:
            return
        yield current, resource
        current = named(case, resource, "partOf")


def tier_of(case: Case, reference: str) -> int | None:
    """The tier of the organisation behind a reference; a department has that of its hospital."""
    organization = organization_of(case, reference)
    if organization is None:
        return None
    return next((found for _, each in lineage(case, organization) if (found := tier(each)) is not None), None)


def membership(case: Case, affiliation: Mapping[str, Any]) -> Membership | None:
    """An OrganizationAffiliation as the rules see it; None when it is not in use or joins nothing."""
    group, member = named(case, affiliation, "organization"), named(case, affiliation, "participatingOrganization")
    role = next(iter(sorted(codes(affiliation.get("code"), ROLE))), None)
    if group is None or member is None or role is None or affiliation.get("active") is False:
        return None
    stretch = period(affiliation.get("period") or {}, case.context.zone) or Interval(EARLIEST, LATEST)
    services = frozenset(
        (coding.get("system", ""), coding["code"])
        for concept in affiliation.get("specialty", ())
        for coding in concept.get("coding", ())
        if "code" in coding
    )
    return Membership(affiliation["id"], group, member, role, stretch, services)


def of_group(case: Case, group: str) -> list[Membership]:
    """Every membership of a group that is in use, past and future ones too, as this write leaves them."""
    return [each for each in _memberships(case, "primary-organization", group) if each.group == group]


def of_member(case: Case, organization: str) -> list[Membership]:
    """Every membership of an organisation that is in use, past and future ones too, as this write leaves them."""
    return [
        each for each in _memberships(case, "participating-organization", organization) if each.member == organization
    ]


def _memberships(case: Case, parameter: str, organization: str) -> Iterator[Membership]:
    pending = _pending(case)
    for resource in case.find("OrganizationAffiliation", f"{parameter}={organization}"):
        if resource["id"] not in pending and (known := membership(case, resource)) is not None:
            yield known
    yield from (each for each in pending.values() if each is not None)


def _pending(case: Case) -> dict[str, Membership | None]:
    """The affiliations that this write makes or changes, by their ids; None for those not in use."""
    key = ("pending affiliations",)
    if key not in case.memo:
        case.memo[key] = {each["id"]: membership(case, each) for each in case.pending("OrganizationAffiliation")}
    found: dict[str, Membership | None] = case.memo[key]
    return found


def memberships_at(case: Case, reference: str, at: int) -> list[Membership]:
    """The memberships, as of an instant, of the organisation behind a reference and of those it is part of."""
    organization = organization_of(case, reference)
    if organization is None:
        return []
    return [each for above, _ in lineage(case, organization) for each in of_member(case, above) if each.holds(at)]


def groups_of(case: Case, reference: str, at: int) -> frozenset[str]:
    """The groups that the organisation behind a reference has to do with as of an instant, partners' included."""
    return frozenset(each.group for each in memberships_at(case, reference, at))


def member_groups_of(case: Case, reference: str, at: int) -> frozenset[str]:
    """The groups it is part of as of an instant: as lead, member or branch."""
    return frozenset(each.group for each in memberships_at(case, reference, at) if each.role in MEMBER_ROLES)


def share_group(case: Case, one: str, other: str, at: int) -> bool:
    """Whether the organisations behind two references have to do with one group as of an instant."""
    return not groups_of(case, one, at).isdisjoint(groups_of(case, other, at))


def lead(case: Case, group: str, at: int) -> str | None:
    """The lead hospital of a group as of an instant; None while it has none."""
    leads = [each for each in of_group(case, group) if each.role == "lead" and each.holds(at)]
    return leads[0].member if leads else None
