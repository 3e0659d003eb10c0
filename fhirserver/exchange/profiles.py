"""The guide's profiles govern what members of a group write, where the rule pack says so, whether claimed or not.

What claims its profile (meta.profile) has been checked against it before the write; so only what does not is looked at
here, and only when its sender is a member.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from fhirserver.exchange import membership, whereabouts
from fhirserver.exchange.kinds import (
    CANONICAL,
    is_grid,
    is_group,
    is_group_task,
    is_referral,
    is_referral_consent,
    is_referral_task,
)
from fhirserver.exchange.packs import Whereabouts
from fhirserver.interactions.governing import Proposal
from fhirserver.outcome import Issue

if TYPE_CHECKING:
    from fhirserver.exchange.case import Case

Resource = Mapping[str, Any]


def _any(resource: Resource) -> bool:
    return True


#: Resource type -> the profiles of the guide and of which resources each is; the first that fits counts.
PROFILES: Mapping[str, tuple[tuple[str, Callable[[Resource], bool]], ...]] = {
    "Patient": (("mg-patient", _any),),
    "Practitioner": (("mg-practitioner", _any),),
    "PractitionerRole": (("mg-practitioner-role", _any),),
    "Organization": (("mg-group", is_group), ("mg-organization", _any)),
    "OrganizationAffiliation": (("mg-affiliation", _any),),
    "HealthcareService": (("mg-healthcare-service", _any),),
    "Location": (("mg-grid", is_grid),),
    "Consent": (("mg-consent", is_referral_consent),),
    "Encounter": (("mg-encounter", _any),),
    "ServiceRequest": (("mg-referral", is_referral),),
    "Task": (("mg-referral-group-task", is_group_task), ("mg-referral-task", is_referral_task)),
}


def profile_of(resource: Resource) -> str | None:
    """The canonical of the guide's profile for a resource; None when it has none."""
    for id, fits in PROFILES.get(resource["resourceType"], ()):
        if fits(resource):
            return f"{CANONICAL}/StructureDefinition/{id}"
    return None


def profile_issues(case: Case, proposal: Proposal) -> Iterator[Issue]:
    """The errors of a resource against the profile that governs it and that it does not claim.

    Where a constraint has the name of a rule that is asked, the rule has the word, as the group's pack has it.
    """
    resource = proposal.after
    if resource is None or not case.packs.govern_profiles or case.anonymous:
        return
    profile = profile_of(resource)
    if profile is None or _claims(resource, profile) or not _governed(case, proposal):
        return
    validator = case.context.validator
    issues = validator.check(resource, type=resource["resourceType"], profiles=[profile])
    decided = case.ruling.decided
    yield from (issue for issue in issues if issue.severity in ("error", "fatal") and issue.key not in decided)


def _claims(resource: Resource, profile: str) -> bool:
    claimed = resource.get("meta", {}).get("profile", ())
    return any(each is not None and each.partition("|")[0] == profile for each in claimed)


def _governed(case: Case, proposal: Proposal) -> bool:
    """Whether the sender belongs to a group whose pack has the profiles govern."""
    organization = case.caller.organization
    if organization is None:
        return False
    groups = membership.member_groups_of(case, "/".join(organization), case.moment)
    areas = whereabouts.of(case, proposal).areas if case.packs.differ else frozenset()
    return any(case.packs.profiles(Whereabouts(frozenset({group}), areas), case.moment) for group in groups)
