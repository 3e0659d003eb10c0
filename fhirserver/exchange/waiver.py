"""Treated first, paid later (FEE-WAIVER): for who has signed with the hospital, is of age and critically ill."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from fhirserver.exchange import membership, people_messages
from fhirserver.exchange.identity import age, citizens
from fhirserver.exchange.kinds import CANONICAL, DIRECTION, codes
from fhirserver.exchange.membership import local, named
from fhirserver.exchange.rules import Rule
from fhirserver.interactions.governing import Proposal
from fhirserver.outcome import Issue
from fhirserver.resource.dates import interval, period

if TYPE_CHECKING:
    from fhirserver.exchange.case import Case

Resource = Mapping[str, Any]

_WAIVER = f"{CANONICAL}/StructureDefinition/prepay-waiver"
_CRITERION = f"{CANONICAL}/StructureDefinition/referral-criterion"
_UP_CRITERION = f"{CANONICAL}/CodeSystem/up-criterion"
CONTRACT = f"{CANONICAL}/CodeSystem/care-plan-category"
_ACT_PRIORITY = "http://terminology.hl7.org/CodeSystem/v3-ActPriority"

_ITEMS = frozenset({"registrationFee", "deductible", "payAfter"})
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def check_waiver(case: Case, proposal: Proposal) -> Iterator[Issue]:
    """Contract, age and severity hold where something is waived; asked when it is waived anew.

    Coverage is a standing entitlement: whether somebody is critically ill, and where, the Encounter tells.
    """
    after, before = proposal.after, proposal.before
    place = _waived(after)
    if after is None or place is None or (before is not None and _claim(before) == _claim(after)):
        return
    at = f"{proposal.change.type}.extension[{place}]"
    is_visit = proposal.change.type == "Encounter"
    patient = named(case, after, "subject" if is_visit else "beneficiary")
    moment = _moment(case, after) if is_visit else case.moment
    hospital = named(case, after, "serviceProvider") if is_visit else None
    if patient is None or not _has_signed(case, patient, hospital, moment):
        yield people_messages.NOT_SIGNED.at(at, hospital=hospital or "—")
    least = case.parameter("FEE-WAIVER", "age")
    if not _is_of_age(case, patient, moment, least):
        yield people_messages.NOT_OF_AGE.at(at, age=least)
    if is_visit and not _is_critical(case, after):
        yield people_messages.NOT_CRITICAL.at(at)


def _waived(resource: Resource | None) -> int | None:
    """Where the extension stands that waives something."""
    for place, extension in enumerate((resource or {}).get("extension", ())):
        if extension.get("url") == _WAIVER and any(
            part.get("url") in _ITEMS and part.get("valueBoolean") is True for part in extension.get("extension", ())
        ):
            return place
    return None


def is_waived(resource: Resource) -> bool:
    """Whether something is waived."""
    return _waived(resource) is not None


def _claim(resource: Resource) -> tuple[Any, ...]:
    """What a waiver depends on; what else changes in the resource does not put it in question again."""
    place = _waived(resource)
    waiver = resource["extension"][place] if place is not None else None
    return waiver, resource.get("subject"), resource.get("beneficiary"), resource.get("serviceProvider")


def _moment(case: Case, encounter: Resource) -> int:
    """The time of the referral, else of the visit."""
    texts = [referral.get("authoredOn") for referral in _referrals(case, encounter)]
    texts.append(encounter.get("period", {}).get("start"))
    return next((interval(text, case.context.zone).lo for text in texts if text), case.moment)


def _referrals(case: Case, encounter: Resource) -> list[Resource]:
    references = (local(each, case.context.base_url) for each in encounter.get("basedOn", ()))
    return [found for each in references if each is not None and (found := case.resource(each)) is not None]


def _has_signed(case: Case, patient: str, hospital: str | None, at: int) -> bool:
    """Whether a family doctor contract with the hospital holds: with any hospital for None."""
    for plan in _contracts(case, patient):
        held = period(plan.get("period", {}), case.context.zone)
        if held is not None and held.lo <= at < held.hi and (not hospital or hospital in _signed_with(case, plan)):
            return True
    return False


def _contracts(case: Case, patient: str) -> Iterator[Resource]:
    found = case.find("CarePlan", f"patient={patient}&category={CONTRACT}|family-doctor-contract&status=active")
    for plan in {each["id"]: each for each in (*found, *case.pending("CarePlan"))}.values():
        is_contract = "family-doctor-contract" in codes(plan.get("category"), CONTRACT)
        if is_contract and plan.get("status") == "active" and named(case, plan, "subject") == patient:
            yield plan


def _signed_with(case: Case, plan: Resource) -> Iterator[str | None]:
    """The organisations of a contract: its author, its contributors, and who runs the care team."""
    parties = [plan.get("author"), *plan.get("contributor", ())]
    for team in plan.get("careTeam", ()):
        found = case.resource(local(team, case.context.base_url) or "") or {}
        parties += found.get("managingOrganization", ())
    for party in parties:
        reference = local(party, case.context.base_url)
        yield membership.organization_of(case, reference) if reference is not None else None


def _is_of_age(case: Case, patient: str | None, at: int, least: int) -> bool:
    """By the checked identity number: a birth date that nobody has checked does not count."""
    known = citizens(case.resource(patient) or {}) if patient is not None else []
    return bool(known) and age(known[0].birth, _day(case, at)) >= least


def _day(case: Case, at: int) -> date:
    return (_EPOCH + timedelta(microseconds=at)).astimezone(case.context.zone).date()


def _is_critical(case: Case, encounter: Resource) -> bool:
    """The visit is an emergency, or the referral is one or names the criterion (up-criterion, 急危重症)."""
    if "EM" in codes(encounter.get("priority"), _ACT_PRIORITY):
        return True
    return any(
        "emergency" in codes(referral.get("category"), DIRECTION) or "emergency" in _criteria(referral)
        for referral in _referrals(case, encounter)
    )


def _criteria(referral: Resource) -> frozenset[str]:
    stated = (each for each in referral.get("extension", ()) if each.get("url") == _CRITERION)
    return codes([each.get("valueCodeableConcept", {}) for each in stated], _UP_CRITERION)


RULES = (
    Rule(
        "FEE-WAIVER",
        ("Encounter", "Coverage"),
        "先诊疗后付费: 签约、60 岁以上、危重 signed, 60 or older, critically ill",
        (people_messages.NOT_SIGNED, people_messages.NOT_OF_AGE, people_messages.NOT_CRITICAL),
        check_waiver,
        parameters={"age": 60},
        when=is_waived,
    ),
)
