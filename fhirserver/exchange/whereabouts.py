"""Whose rule packs count for a change: the groups and areas of the organisation behind it.

Behind a change is whoever the rule says, else the caller's organisation; an administrator has none, so the resource
tells: who requests, provides or manages what it is about.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from fhirserver.exchange import membership
from fhirserver.exchange.identity import SOCIAL_CREDIT
from fhirserver.exchange.kinds import is_group
from fhirserver.exchange.packs import EVERYWHERE, Whereabouts
from fhirserver.exchange.rules import Behind
from fhirserver.interactions.governing import Proposal

if TYPE_CHECKING:
    from fhirserver.exchange.case import Case

#: Where a resource names the organisation, or somebody of it, whose act it is.
_NAMED = ("requester", "serviceProvider", "providedBy", "managingOrganization", "organization", "author", "source")
#: GB 32100: characters 3 to 8 of the social credit code are the area (GB/T 2260) of who registered the organisation.
_AREA = slice(2, 8)


def of(case: Case, proposal: Proposal, behind: Behind | None = None) -> Whereabouts:
    """The groups, as of now, and areas of who is behind a change; nowhere when nobody can be told."""
    references = list(behind(case, proposal)) if behind is not None else []
    references = references or list(_callers(case)) or list(_of_resource(case, proposal.after or proposal.before or {}))
    key = ("whereabouts", *references[:1])
    if key not in case.memo:
        case.memo[key] = _of_organization(case, references[0]) if references else EVERYWHERE
    found: Whereabouts = case.memo[key]
    return found


def _callers(case: Case) -> Iterator[str]:
    organization = case.caller.organization
    if organization is not None:
        yield "/".join(organization)


def _of_resource(case: Case, resource: dict[str, Any]) -> Iterator[str]:
    for name in _NAMED:
        text = membership.named(case, resource, name) if isinstance(resource.get(name), dict) else None
        if text is not None:
            yield text


def _of_organization(case: Case, reference: str) -> Whereabouts:
    organization = membership.organization_of(case, reference)
    if organization is None:
        return EVERYWHERE
    lineage = [resource for _, resource in membership.lineage(case, organization)]
    own = frozenset({organization} if lineage and is_group(lineage[0]) else ())
    groups = own or membership.groups_of(case, organization, case.moment)
    return Whereabouts(groups, frozenset(_areas(lineage)))


def _areas(organizations: Iterable[dict[str, Any]]) -> Iterator[str]:
    for organization in organizations:
        for identifier in organization.get("identifier", ()):
            if identifier.get("system") == SOCIAL_CREDIT and len(identifier.get("value", "")) == 18:
                yield identifier["value"][_AREA]
