"""The rules of a referral when it becomes active: consent, visit, criterion, tiers, group, capability, package, plan.

They look at the request that opens: one that is created active, a draft that becomes active, or a draft whose task is
requested. Membership is judged as of now, which is the time of the event.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from fhirserver.exchange import membership
from fhirserver.exchange import referral_messages as say
from fhirserver.exchange.kinds import CANONICAL, may_be_referral
from fhirserver.exchange.requisition import (
    DIRECTION,
    Number,
    Resource,
    coded,
    direction,
    is_referral,
    number,
    requisition_of,
    token,
)
from fhirserver.exchange.rules import Rule
from fhirserver.interactions.governing import Proposal
from fhirserver.interactions.write import Change
from fhirserver.outcome import Issue
from fhirserver.resource.dates import instant, interval, microseconds, period
from fhirserver.store.keys import value_key

if TYPE_CHECKING:
    from fhirserver.exchange.case import Case

_CONSENT = f"{CANONICAL}/StructureDefinition/referral-consent"
_CRITERION = f"{CANONICAL}/StructureDefinition/referral-criterion"
_EXTERNAL = f"{CANONICAL}/StructureDefinition/external-choice"
_CHOICE = f"{CANONICAL}/CodeSystem/external-choice"
SERVICE = f"{CANONICAL}/CodeSystem/service-type"
_CHARACTERISTIC = f"{CANONICAL}/CodeSystem/service-characteristic"
_CRITERIA = {"up": f"{CANONICAL}/CodeSystem/up-criterion", "down": f"{CANONICAL}/CodeSystem/down-criterion"}
_V2_0203 = "http://terminology.hl7.org/CodeSystem/v2-0203"
_ACTIVITY = f"{CANONICAL}/CodeSystem/provenance-activity"
_LOINC = "http://loinc.org"

#: Encounter.status once the patient has been seen.
BEGUN = frozenset({"arrived", "triaged", "in-progress", "onleave", "finished"})
#: Clinics to which patients are referred sideways whatever their tier.
_SIDEWAYS = frozenset({"feature-clinic", "discipline-centre", "disease-control-centre"})
#: Why more than one tier may be skipped.
_SKIPS = frozenset({"emergency", "not-available"})
_CHOICES = frozenset({"emergency", "capability", "patient-choice"})

#: Part of the package -> the resource types that are one; a List is one by its code.
_PARTS: Mapping[str, frozenset[str]] = {
    "summary": frozenset({"Composition"}),
    "medicines": frozenset({"MedicationStatement", "MedicationRequest"}),
    "allergies": frozenset({"AllergyIntolerance"}),
    "reports": frozenset({"DiagnosticReport", "Observation", "DocumentReference", "ImagingStudy"}),
}
_PART_NAMES = {
    "summary": "summary 摘要 (Composition)",
    "medicines": "medicines 用药 (MedicationStatement, MedicationRequest, List 10160-0)",
    "allergies": "allergies 过敏 (AllergyIntolerance, List 48765-2)",
    "reports": "reports 报告 (DiagnosticReport, Observation, DocumentReference, ImagingStudy)",
}
_LISTS = {"10160-0": "medicines", "48765-2": "allergies"}

#: How many services are named as alternatives.
_NAMED = 5


# ---- which request -------------------------------------------------------------------------------------------------


def opened(case: Case, proposal: Proposal) -> Resource | None:
    """The referral that becomes active by a change; None where none does."""
    after, before = case.amended(proposal), proposal.before
    if after is None:
        return None
    if after["resourceType"] == "ServiceRequest":
        return after if is_active(after) and not (before is not None and is_active(before)) else None
    if before is None or (before.get("status"), after.get("status")) != ("draft", "requested"):
        return None
    request = case.resource(text_of(after.get("focus")))
    return {**request, "status": "active"} if request is not None and is_draft(request) else None


def is_active(request: Mapping[str, Any]) -> bool:
    """Whether a ServiceRequest is a referral that is under way."""
    return request.get("status") == "active" and is_referral(request)


def is_draft(request: Mapping[str, Any]) -> bool:
    """Whether a ServiceRequest is a referral that has not been sent."""
    return request.get("status") == "draft" and is_referral(request)


def text_of(reference: Any) -> str:
    """The text of a Reference; empty where there is none."""
    return str(reference.get("reference", "")) if isinstance(reference, Mapping) else ""


def link(case: Case, reference: Any) -> str | None:
    """``Type/id`` of a Reference to a resource of this server, with or without [base]."""
    identity = case.identity(text_of(reference))
    return "/".join(identity) if identity is not None else None


def placer_of(case: Case, resource: Mapping[str, Any]) -> str | None:
    """The organisation that sends: that of the requester of a ServiceRequest or Task."""
    requester = link(case, resource.get("requester"))
    return membership.organization_of(case, requester) if requester is not None else None


def performer_of(case: Case, request: Mapping[str, Any]) -> str | None:
    """The receiver a request names."""
    return next((found for each in request.get("performer", ()) if (found := link(case, each))), None)


def _extension(request: Mapping[str, Any], url: str) -> list[Any]:
    return [
        value
        for each in request.get("extension", ())
        if each.get("url") == url
        for name, value in each.items()
        if name.startswith("value")
    ]


def _is_emergency(request: Mapping[str, Any]) -> bool:
    return direction(request) == "emergency"


def same_patient(case: Case, one: Mapping[str, Any], two: Mapping[str, Any]) -> bool:
    """Whether two resources are about one patient."""
    return _patients(case, one) == _patients(case, two)


def _patients(case: Case, resource: Mapping[str, Any]) -> set[str | None]:
    stated = resource.get("subject") or resource.get("patient") or resource.get("for")
    named = [stated] if stated else [each.get("actor") for each in resource.get("participant", ())]
    return {found for each in named if (found := link(case, each)) is not None and found.startswith("Patient/")}


# ---- content -------------------------------------------------------------------------------------------------------


def consent(case: Case, proposal: Proposal) -> Iterator[Issue]:
    """Informed consent; an emergency may add it later. It must be real, this patient's, and in force when referred."""
    request = _judged(case, proposal)
    if request is None:
        return
    named = _extension(request, _CONSENT)
    if not named:
        missing = say.CONSENT_LATER if _is_emergency(request) else say.CONSENT_MISSING
        yield missing.at("ServiceRequest.extension")
        return
    reference = text_of(named[0])
    found = case.resource(reference)
    if found is None or not _consents(case, request, found):
        yield say.CONSENT_UNFIT.at("ServiceRequest.extension", reference=reference, date=_date_of(case, request))


def _consents(case: Case, request: Mapping[str, Any], found: Mapping[str, Any]) -> bool:
    if found["resourceType"] != "Consent" or found.get("status") != "active" or not same_patient(case, request, found):
        return False
    provision = found.get("provision", {})
    if provision.get("type", "permit") != "permit":
        return False
    stretch = period(provision.get("period") or {}, case.context.zone)
    at = _moment_of(case, request)
    return stretch is None or stretch.lo <= at < stretch.hi


def _moment_of(case: Case, request: Mapping[str, Any]) -> int:
    """When the referral was written, in microseconds."""
    stated = request.get("authoredOn")
    return interval(stated, case.context.zone).lo if stated else case.moment


def _date_of(case: Case, request: Mapping[str, Any]) -> str:
    return instant(_moment_of(case, request), case.context.zone)[:10]


def novisit(case: Case, proposal: Proposal) -> Iterator[Issue]:
    """Nobody is referred without having been seen: the encounter is there, of this patient, and has begun."""
    request = _judged(case, proposal)
    if request is None:
        return
    reference = text_of(request.get("encounter"))
    if not reference:
        yield say.NOVISIT.at("ServiceRequest.encounter")
        return
    found = case.resource(reference)
    if (
        found is None
        or found["resourceType"] != "Encounter"
        or found.get("status") not in BEGUN
        or not same_patient(case, request, found)
    ):
        yield say.NOVISIT_UNFIT.at("ServiceRequest.encounter", reference=reference)


def criterion(case: Case, proposal: Proposal) -> Iterator[Issue]:
    """An upward referral states an upward criterion, a downward one a downward criterion."""
    request = _judged(case, proposal)
    if request is None:
        return
    way = direction(request) or ""
    system = _CRITERIA.get(way)
    if system is not None and not coded(_extension(request, _CRITERION), system):
        yield say.CRITERION.at("ServiceRequest.extension", direction=way, system=system)


def package(case: Case, proposal: Proposal) -> Iterator[Issue]:
    """Summary, current medicines, allergies and reports; an emergency sends what there is."""
    request = _judged(case, proposal)
    if request is None:
        return
    parts: set[str] = set()
    for place, each in enumerate(request.get("supportingInfo", ())):
        found = case.resource(text_of(each))
        if found is None:
            if case.identity(text_of(each)) is not None:
                at = f"ServiceRequest.supportingInfo[{place}]"
                yield say.PACKAGE_UNFIT.at(at, reference=text_of(each))
        elif not _belongs(case, request, found):
            yield say.PACKAGE_UNFIT.at(f"ServiceRequest.supportingInfo[{place}]", reference=text_of(each))
        else:
            parts |= _parts(case, found)
    wanted = [] if _is_emergency(request) else case.parameter("REF-PACKAGE", "parts")
    missing = [_PART_NAMES[part] for part in wanted if part not in parts]
    if missing:
        yield say.PACKAGE.at("ServiceRequest.supportingInfo", missing=", ".join(missing))


def _belongs(case: Case, request: Mapping[str, Any], found: Mapping[str, Any]) -> bool:
    """Whether a resource is of the patient of a request, or of nobody in particular."""
    return not ({"subject", "patient"} & found.keys()) or same_patient(case, request, found)


def _parts(case: Case, found: Mapping[str, Any]) -> set[str]:
    """The parts of a package that a resource is; a Composition also holds what its sections name."""
    type = found["resourceType"]
    parts = {name for name, types in _PARTS.items() if type in types}
    if type == "List":
        parts |= {_LISTS[code] for code in coded(found.get("code"), _LOINC) if code in _LISTS}
    if type == "Composition":
        for entry in _section_entries(found.get("section", ())):
            named = case.identity(text_of(entry))
            parts |= {name for name, types in _PARTS.items() if named is not None and named[0] in types}
    return parts


def _section_entries(sections: Iterable[Mapping[str, Any]]) -> Iterator[Any]:
    for section in sections:
        yield from section.get("entry", ())
        yield from _section_entries(section.get("section", ()))


def downplan(case: Case, proposal: Proposal) -> Iterator[Issue]:
    """A step-down brings a plan with a follow-up and somebody who is responsible for it."""
    request = _judged(case, proposal)
    if request is None or direction(request) != "down":
        return
    named = [text_of(each) for each in request.get("supportingInfo", ())]
    plans = [(text, found) for text in named if (found := case.resource(text)) and found["resourceType"] == "CarePlan"]
    plans = [(text, found) for text, found in plans if same_patient(case, request, found)]
    if not plans:
        yield say.PLAN_MISSING.at("ServiceRequest.supportingInfo")
        return
    lacking = [(text, missing) for text, found in plans if (missing := _lacks(case, found))]
    if len(lacking) == len(plans):
        text, missing = lacking[0]
        yield say.PLAN_UNFIT.at("ServiceRequest.supportingInfo", reference=text, missing=", ".join(missing))


def _lacks(case: Case, plan: Mapping[str, Any]) -> list[str]:
    """What a plan of a step-down is without."""
    missing = []
    if plan.get("status") not in ("active", "draft") or not plan.get("activity"):
        missing.append("an activity for the follow-up 随访活动 (activity)")
    if not any(_responsible(case, reference) for reference in _performers(plan)):
        missing.append("a family doctor or community service 负责的家庭医生或社区服务 (activity.detail.performer)")
    return missing


def _performers(plan: Mapping[str, Any]) -> Iterator[Any]:
    for activity in plan.get("activity", ()):
        yield from activity.get("detail", {}).get("performer", ())
    yield from plan.get("careTeam", ())


def _responsible(case: Case, reference: Any) -> bool:
    types = ("PractitionerRole", "Practitioner", "HealthcareService", "Organization", "CareTeam")
    identity = case.identity(text_of(reference))
    return identity is not None and identity[0] in types and case.resource("/".join(identity)) is not None


def _judged(case: Case, proposal: Proposal) -> Resource | None:
    """The referral whose content is judged: one that opens, and one under way whose sender changes it."""
    after = case.amended(proposal)
    if after is not None and after["resourceType"] == "ServiceRequest" and is_active(after):
        return after
    return opened(case, proposal)


# ---- both sides ----------------------------------------------------------------------------------------------------


def tiers(case: Case, proposal: Proposal) -> Iterator[Issue]:
    """Up goes to a higher tier, down to a lower one, sideways to the same or to a feature clinic."""
    sides = _sides(case, proposal)
    if sides is None:
        return
    request, placer, target = sides
    way, from_, to = direction(request) or "", membership.tier_of(case, placer), membership.tier_of(case, target)
    if from_ is not None and to is not None and not _fits(case, way, from_, to, target):
        yield say.DIRECTION.at("ServiceRequest.category", direction=way, placer=from_, target=to)


def _fits(case: Case, way: str, placer: int, target: int, reference: str) -> bool:
    if way == "up":
        return target > placer
    if way == "down":
        return target < placer
    if way == "lateral":
        service = case.resource(reference) or {}
        return target == placer or not _SIDEWAYS.isdisjoint(coded(service.get("characteristic"), _CHARACTERISTIC))
    return True


def level(case: Case, proposal: Proposal) -> Iterator[Issue]:
    """More than one tier is skipped upwards only for a reason."""
    sides = _sides(case, proposal)
    if sides is None or direction(sides[0]) != "up":
        return
    request, placer, target = sides
    from_, to = membership.tier_of(case, placer), membership.tier_of(case, target)
    if from_ is None or to is None or to - from_ <= case.parameter("REF-LEVEL", "tiers"):
        return
    reasons = coded(_extension(request, _CRITERION), _CRITERIA["up"])
    choices = coded(_extension(request, _EXTERNAL), _CHOICE)
    if _SKIPS.isdisjoint(reasons) and _CHOICES.isdisjoint(choices):
        yield say.LEVEL.at("ServiceRequest.performer", placer=from_, target=to)


def notmember(case: Case, proposal: Proposal) -> Iterator[Issue]:
    """Both sides share a group, or the referral says why not; an emergency goes to the nearest."""
    sides = _sides(case, proposal)
    if sides is None:
        return
    request, placer, target = sides
    if not leaves_group(case, request, placer, target):
        return
    yield say.NOTMEMBER.at("ServiceRequest.performer", placer=placer, target=target)


def leaves_group(case: Case, request: Mapping[str, Any], placer: str, target: str) -> bool:
    """Whether a referral leaves the group without saying why."""
    if _is_emergency(request) or _extension(request, _EXTERNAL):
        return False
    return not membership.share_group(case, placer, target, case.moment) and not _same_hospital(case, placer, target)


def _same_hospital(case: Case, placer: str, target: str) -> bool:
    return membership.organization_of(case, target) == placer


def capability(case: Case, proposal: Proposal) -> Iterator[Issue]:
    """The receiver is in use and offers what is asked for; without one, a dispatch centre is there to choose."""
    redirected = redirection(case, proposal)
    if redirected is not None:
        yield from unfit(case, *redirected, "Task.owner")
    request = opened(case, proposal)
    if request is None:
        return
    placer, target = placer_of(case, request), performer_of(case, request)
    if placer is None:
        return
    if target is not None:
        yield from unable(case, request, placer, target, "ServiceRequest.performer")
    elif not request.get("performer") and dispatch_of(case, placer) is None:
        yield say.NO_DISPATCH.at("ServiceRequest.performer", placer=placer)


def redirection(case: Case, proposal: Proposal) -> tuple[Resource, str, str] | None:
    """A task that goes to a receiver its request does not name: request, placer's organisation, receiver."""
    task, before = case.amended(proposal), proposal.before
    if task is None or task["resourceType"] != "Task" or task.get("status") != "requested":
        return None
    request, owner = case.resource(text_of(task.get("focus"))), link(case, task.get("owner"))
    if request is None or owner is None or not is_referral(request) or is_dispatch(case, owner):
        return None
    known = performer_of(case, request) if before is None else link(case, before.get("owner"))
    placer = placer_of(case, task)
    return (request, placer, owner) if owner != known and placer is not None else None


def is_dispatch(case: Case, owner: str) -> bool:
    """Whether a task's owner is a dispatch centre."""
    if not owner.startswith("HealthcareService/"):
        return False
    return "dispatch" in coded((case.resource(owner) or {}).get("type"), SERVICE)


def unfit(case: Case, request: Mapping[str, Any], placer: str, target: str, at: str) -> Iterator[Issue]:
    """Why a request cannot be handed to a receiver: it cannot take it, is of a wrong tier, or outside the group."""
    yield from unable(case, request, placer, target, at)
    way, from_, to = direction(request) or "", membership.tier_of(case, placer), membership.tier_of(case, target)
    if from_ is not None and to is not None and not _fits(case, way, from_, to, target):
        yield say.TIER_UNFIT.at(at, target=target, tier=to, direction=way, placer=from_)
    if leaves_group(case, request, placer, target):
        yield say.NOT_IN_GROUP.at(at, target=target, placer=placer)


def unable(case: Case, request: Mapping[str, Any], placer: str, target: str, at: str) -> Iterator[Issue]:
    """Why a receiver cannot take a request: not in use (with who follows), or it does not offer the service."""
    found, organization = case.resource(target), membership.organization_of(case, target)
    provider = case.resource(organization) if organization is not None else None
    if found is None or provider is None or organization is None:
        yield say.INACTIVE.at(at, target=target)
        return
    if found.get("active") is False or provider.get("active") is False:
        successor = _successor(case, organization) if provider.get("active") is False else None
        if successor is not None:
            yield say.SUCCEEDED.at(at, target=target, successor=successor)
        else:
            yield say.INACTIVE.at(at, target=target)
        return
    wanted = coded(request.get("code"), SERVICE)
    if wanted and not _offers(case, found, wanted, placer):
        offered = ", ".join(candidates(case, request, placer)) or "-"
        yield say.NOT_OFFERED.at(at, target=target, code=wanted[0], offered=offered)


def _successor(case: Case, organization: str) -> str | None:
    """The organisation that has taken the place of one that was merged: the target of a Provenance that says so."""
    for each in case.find("Provenance", f"entity={organization}"):
        if "merged" in coded(each.get("activity"), _ACTIVITY):
            return next((found for target in each["target"] if (found := link(case, target))), None)
    return None


def _offers(case: Case, found: Mapping[str, Any], wanted: Sequence[str], placer: str) -> bool:
    """Whether a service, or one of an organisation's, is of a kind that is wanted.

    Of an organisation outside the group not every service is known here, nor of one that has none registered.
    """
    if found["resourceType"] == "HealthcareService":
        return not set(wanted).isdisjoint(coded(found.get("type"), SERVICE))
    reference = f"Organization/{found['id']}"
    services = _services(case, reference)
    if not services or not membership.share_group(case, placer, reference, case.moment):
        return True
    return any(not set(wanted).isdisjoint(coded(each.get("type"), SERVICE)) for each in services)


def _services(case: Case, organization: str, kind: str | None = None) -> list[Resource]:
    """The services of an organisation that are in use, all or those of a kind."""
    query = f"organization={organization}"
    if kind is not None:
        query += f"&service-type={token(SERVICE, kind)}"
    return [each for each in case.find("HealthcareService", query) if each.get("active") is not False]


def candidates(case: Case, request: Mapping[str, Any], placer: str) -> list[str]:
    """Services in the placer's groups that offer what a request asks for, by reference; a few."""
    wanted = coded(request.get("code"), SERVICE)
    groups = membership.groups_of(case, placer, case.moment)
    members = {each.member for group in sorted(groups) for each in membership.of_group(case, group)}
    found: list[str] = []
    for member in sorted(members - {placer}):
        for kind in wanted[:1]:
            found += [f"HealthcareService/{each['id']}" for each in _services(case, member, kind)]
    return found[:_NAMED]


def dispatch_of(case: Case, placer: str) -> str | None:
    """The dispatch centre of a placer's group that is in use: a HealthcareService of type dispatch."""
    key = ("dispatch", placer)
    if key not in case.memo:
        case.memo[key] = _dispatch_of(case, placer)
    found: str | None = case.memo[key]
    return found


def _dispatch_of(case: Case, placer: str) -> str | None:
    groups = sorted(membership.member_groups_of(case, placer, case.moment))
    groups += sorted(membership.groups_of(case, placer, case.moment) - set(groups))
    for group in groups:
        at_work = [each for each in membership.of_group(case, group) if each.holds(case.moment)]
        for role in ("dispatch", "lead"):
            for each in at_work:
                services = _services(case, each.member, "dispatch") if each.role == role else []
                if services:
                    return f"HealthcareService/{min(service['id'] for service in services)}"
    return None


def _sides(case: Case, proposal: Proposal) -> tuple[Resource, str, str] | None:
    """A referral that opens with a receiver: the request, the placer's organisation, the receiver."""
    request = opened(case, proposal)
    if request is None:
        return None
    placer, target = placer_of(case, request), performer_of(case, request)
    return (request, placer, target) if placer is not None and target is not None else None


# ---- once ----------------------------------------------------------------------------------------------------------


def duplicate(case: Case, proposal: Proposal) -> Iterator[Issue]:
    """One referral of a patient for a specialty and direction at a time; a number is given to one referral only."""
    request = opened(case, proposal)
    if request is None:
        return
    yield from _number_used(case, request)
    subject, way = link(case, request.get("subject")), direction(request)
    if subject is None:
        return
    days = case.parameter("REF-DUP", "days")
    begins = case.now - timedelta(days=days)
    query = f"subject={subject}&status=active&category={token(DIRECTION, way or '')}"
    for other in _others(case, request, query):
        recent = "meta" not in other or _updated(case, other) >= microseconds(begins)
        if is_active(other) and direction(other) == way and recent and _same_wish(case, request, other):
            found = f"ServiceRequest/{other['id']}"
            yield say.DUPLICATE.at("ServiceRequest", found=found, days=days)
            return


def _updated(case: Case, resource: Mapping[str, Any]) -> int:
    stated = resource["meta"].get("lastUpdated")
    return interval(stated, case.context.zone).lo if stated else case.moment


def _others(case: Case, request: Mapping[str, Any], query: str) -> Iterator[Resource]:
    """Other referrals that a search finds, and those of this very write that come before."""
    for other in case.find("ServiceRequest", query):
        if other["id"] != request["id"]:
            yield other
    for other in case.pending("ServiceRequest"):
        if other.get("id") == request["id"]:
            return
        if link(case, other.get("subject")) == link(case, request.get("subject")):
            yield other


def _same_wish(case: Case, request: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether two referrals of a patient ask for the same: the specialty; inside one requisition the service too."""
    if requisition_of(request) == requisition_of(other) and not _same_service(request, other):
        return False
    one, two = _specialties(case, request), _specialties(case, other)
    return not one.isdisjoint(two) if one and two else _same_service(request, other)


def _same_service(request: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    return not set(coded(request.get("code"), SERVICE)).isdisjoint(coded(other.get("code"), SERVICE))


def _specialties(case: Case, request: Mapping[str, Any]) -> set[Number]:
    """The specialties asked for, or else those of the service asked."""
    stated = request.get("performerType")
    concepts = [stated] if stated else (case.resource(performer_of(case, request) or "") or {}).get("specialty", ())
    return {
        (coding.get("system", ""), coding["code"])
        for concept in concepts
        for coding in concept.get("coding", ())
        if "code" in coding
    }


def placer_numbers(request: Mapping[str, Any]) -> list[Number]:
    """The numbers the placer has given a request."""
    placed = [each for each in request.get("identifier", ()) if "PLAC" in coded(each.get("type"), _V2_0203)]
    return [found for each in placed if (found := number(each)) is not None]


def _number_used(case: Case, request: Mapping[str, Any]) -> Iterator[Issue]:
    for system, value in placer_numbers(request):
        for other in _others(case, request, f"identifier={token(system, value)}"):
            if (system, value) in placer_numbers(other) and other.get("status") != "entered-in-error":
                found = f"ServiceRequest/{other['id']}"
                yield say.PLACER_NUMBER_USED.at("ServiceRequest.identifier", number=value, found=found)
                return


def locks(change: Change) -> Iterator[int]:
    """Two referrals of one patient, or of one requisition, are judged one after the other."""
    resource = change.resource
    if resource is None:
        yield value_key("referral", f"{change.type}/{change.id}")
        return
    if resource["resourceType"] == "ServiceRequest" and is_referral(resource):
        yield value_key("referral", "/".join(text_of(resource.get("subject")).split("/")[-2:]))
        for system, value in placer_numbers(resource):
            yield value_key("referral", system, value)
    found = requisition_of(resource)
    if found is not None:
        yield value_key("requisition", *found)


_TYPES = ("ServiceRequest", "Task")
_LAW = "国卫办医政发〔2024〕21号"

RULES = (
    Rule(
        "REF-CONSENT",
        _TYPES,
        f"{_LAW}: 知情同意",
        (say.CONSENT_MISSING, say.CONSENT_UNFIT),
        consent,
        when=may_be_referral,
    ),
    Rule(
        "REF-NOVISIT",
        _TYPES,
        "北京市转诊规则: 不得未经诊治直接转诊",
        (say.NOVISIT, say.NOVISIT_UNFIT),
        novisit,
        when=may_be_referral,
    ),
    Rule("REF-CRITERION", _TYPES, f"{_LAW}: 转诊指征", (say.CRITERION,), criterion, when=may_be_referral),
    Rule("REF-DIRECTION", _TYPES, "国办发〔2015〕70号: 双向转诊", (say.DIRECTION,), tiers, when=may_be_referral),
    Rule(
        "REF-LEVEL",
        _TYPES,
        "国办发〔2015〕70号: 逐级转诊",
        (say.LEVEL,),
        level,
        default="advise",
        parameters={"tiers": 1},
        when=may_be_referral,
    ),
    Rule("REF-NOTMEMBER", _TYPES, f"{_LAW}: 优先集团内转诊", (say.NOTMEMBER,), notmember, when=may_be_referral),
    Rule(
        "REF-CAPABILITY",
        _TYPES,
        f"{_LAW}: 接诊能力",
        (say.NOT_OFFERED, say.INACTIVE, say.SUCCEEDED, say.NO_DISPATCH, say.TIER_UNFIT, say.NOT_IN_GROUP),
        capability,
        locks=locks,
        when=may_be_referral,
    ),
    Rule(
        "REF-PACKAGE",
        _TYPES,
        f"{_LAW}: 转诊信息完整",
        (say.PACKAGE, say.PACKAGE_UNFIT),
        package,
        parameters={"parts": ["summary", "medicines", "allergies", "reports"]},
        when=may_be_referral,
    ),
    Rule(
        "REF-DOWNPLAN",
        _TYPES,
        f"{_LAW}: 下转后的照护",
        (say.PLAN_MISSING, say.PLAN_UNFIT),
        downplan,
        when=may_be_referral,
    ),
    Rule(
        "REF-DUP",
        _TYPES,
        "article 004: 全程跟踪",
        (say.DUPLICATE, say.PLACER_NUMBER_USED, say.REQUISITION_USED, say.TASK_THERE),
        duplicate,
        parameters={"days": 7},
        when=may_be_referral,
    ),
)
