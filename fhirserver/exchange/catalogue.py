"""The admission catalogue: which diseases a hospital leaves to others, and what becomes of it when it does not.

A hospital's catalogue is ConceptMaps whose useContext (venue) names it: ICD-10 to class of disease, and ICD-10 to the
lowest tier that should admit. A code is looked up whole, then by what it begins with, so that a category may stand for
all below it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from fhirserver.exchange import membership
from fhirserver.exchange.kinds import CANONICAL, DIRECTION, codes
from fhirserver.exchange.membership import MEMBER_ROLES, local, named
from fhirserver.exchange.people_messages import DISEASE_RESTRICTED
from fhirserver.exchange.rules import Effect, Rule
from fhirserver.interactions.governing import Proposal
from fhirserver.outcome import Issue
from fhirserver.resource.dates import instant

if TYPE_CHECKING:
    from fhirserver.exchange.case import Case

Resource = Mapping[str, Any]

_CODES = f"{CANONICAL}/CodeSystem"
_CLASS = f"{_CODES}/disease-class"
_EXEMPTION = f"{_CODES}/catalogue-exemption"
_TAG = f"{_CODES}/workflow-tag"
_ACTIVITY = f"{_CODES}/provenance-activity"
_CRITERION = f"{CANONICAL}/StructureDefinition/referral-criterion"
_ACT = "http://terminology.hl7.org/CodeSystem/v3-ActCode"

_OVERRIDE = "catalogue-override"
_VOID = frozenset({"draft", "cancelled", "revoked", "entered-in-error"})
#: How many hospitals an issue names.
_NAMED = 5


class Admission(NamedTuple):
    """A patient who is admitted, or is to be: where, with what, and where in the resource that is said."""

    hospital: str
    diagnoses: list[tuple[str, str, str]]  # (system, code, expression)
    exemption: Resource | None


class Restricted(NamedTuple):
    """A diagnosis that the hospital's catalogue leaves to others. `code` is (system, code)."""

    expression: str
    code: tuple[str, str]


def _admission(case: Case, proposal: Proposal) -> Admission | None:
    """The admission that a change makes; None when it makes none, or changes nothing of one."""
    after, before = proposal.after, proposal.before
    if after is None or after.get("status") in _VOID:
        return None
    found = _of(case, proposal.change.type, after)
    if found is None or before is None or before.get("status") in _VOID:
        return found
    return None if _of(case, proposal.change.type, before) == found else found


def is_admission(resource: Resource) -> bool:
    """Whether it admits somebody, or asks for it: an inpatient Encounter, a referral upwards."""
    if resource["resourceType"] == "Encounter":
        return bool(resource.get("class", {}).get("code") == "IMP")
    return "up" in codes(resource.get("category"), DIRECTION)


def _of(case: Case, type: str, resource: Resource) -> Admission | None:
    if type == "Encounter":
        admitted = resource.get("class", {})
        if (admitted.get("system", _ACT), admitted.get("code")) != (_ACT, "IMP"):
            return None
        hospital, exemptions = named(case, resource, "serviceProvider"), resource.get("reasonCode", ())
    else:
        if "up" not in codes(resource.get("category"), DIRECTION):
            return None
        performers = [local(each, case.context.base_url) for each in resource.get("performer", ())]
        hospital = membership.organization_of(case, performers[0]) if performers and performers[0] else None
        exemptions = [
            each.get("valueCodeableConcept", {})
            for each in resource.get("extension", ())
            if each.get("url") == _CRITERION
        ]
    if hospital is None:
        return None
    return Admission(hospital, list(_diagnoses(case, type, resource)), _exemption(exemptions))


def _exemption(concepts: Iterable[Resource]) -> Resource | None:
    """The reason to admit all the same: a code of catalogue-exemption, and a text that says it for this patient."""
    return next((each for each in concepts if codes(each, _EXEMPTION) and each.get("text", "").strip()), None)


def _diagnoses(case: Case, type: str, resource: Resource) -> Iterator[tuple[str, str, str]]:
    stated = [(each, f"{type}.reasonCode[{place}]") for place, each in enumerate(resource.get("reasonCode", ()))]
    for place, each in enumerate(resource.get("diagnosis", ())):
        condition = case.resource(local(each.get("condition"), case.context.base_url) or "")
        if condition is not None and "code" in condition:
            stated.append((condition["code"], f"{type}.diagnosis[{place}]"))
    for concept, expression in stated:
        for coding in concept.get("coding", ()):
            if "system" in coding and "code" in coding and coding["system"] != _EXEMPTION:
                yield coding["system"], coding["code"], expression


def _catalogue(case: Case, hospital: str) -> list[Resource]:
    """The catalogue of a hospital; a department has that of the hospital it is part of."""
    for organization, _ in membership.lineage(case, hospital):
        key = ("catalogue", organization)
        if key not in case.memo:
            case.memo[key] = case.find("ConceptMap", f"venue={organization}&status=active")
        if case.memo[key]:
            found: list[Resource] = case.memo[key]
            return found
    return []


def targets(maps: Iterable[Resource], target: str, system: str, code: str) -> frozenset[str]:
    """What ConceptMaps lead a code to in a target system: by the code itself, else by the longest beginning of it."""
    best, found = 0, set[str]()
    groups = [each for concept_map in maps for each in concept_map.get("group", ())]
    for group in groups:
        if group.get("source") != system or group.get("target") != target:
            continue
        for element in group.get("element", ()):
            known = element.get("code", "")
            if not known or len(known) < best or not code.startswith(known):
                continue
            if len(known) > best:
                best, found = len(known), set()
            found |= {
                each["code"]
                for each in element.get("target", ())
                if "code" in each and each.get("equivalence") not in ("unmatched", "disjoint")
            }
    return frozenset(found)


def _restricted(case: Case, admission: Admission) -> list[Restricted]:
    catalogue = _catalogue(case, admission.hospital) if admission.diagnoses else []
    return [
        Restricted(expression, (system, code))
        for system, code, expression in admission.diagnoses
        if "controlled" in targets(catalogue, _CLASS, system, code)
    ]


def check_restricted(case: Case, proposal: Proposal) -> Iterator[Issue]:
    """A hospital leaves the controlled diseases of its catalogue to others, unless there is a reason."""
    admission = _admission(case, proposal)
    if admission is None or admission.exemption is not None:
        return
    for expression, code in _restricted(case, admission):
        others = _others(case, admission.hospital, code)
        yield DISEASE_RESTRICTED.at(
            expression, code=code[1], hospital=admission.hospital, others="; ".join(others) or "—"
        )


def _others(case: Case, hospital: str, code: tuple[str, str]) -> list[str]:
    """Members of its groups that should take a disease: below it, not below the lowest tier, lowest first."""
    own = membership.tier_of(case, hospital)
    stated = targets(_catalogue(case, hospital), membership.TIER, *code)
    lowest = min((int(each) for each in stated if each.isdecimal()), default=0)
    found = []
    for group in sorted(membership.member_groups_of(case, hospital, case.moment)):
        for each in membership.of_group(case, group):
            if each.role not in MEMBER_ROLES or not each.holds(case.moment) or each.member == hospital:
                continue
            organization = case.resource(each.member)
            tier = membership.tier_of(case, each.member)
            if organization is None or organization.get("active") is False or tier is None:
                continue
            if not lowest <= tier or (own is not None and tier >= own):
                continue
            if "controlled" not in targets(_catalogue(case, each.member), _CLASS, *code):
                found.append((tier, each.member, str(organization.get("name", ""))))
    return [f"{name} ({member})".strip() for _, member, name in sorted(set(found))[:_NAMED]]


def count_override(case: Case, proposal: Proposal) -> None:
    """Every admission of a controlled disease is on record: a Provenance with a tag, by which they are counted."""
    if case.mode("CAT-RESTRICTED") == "off":
        return
    admission = _admission(case, proposal)
    if admission is None or not _restricted(case, admission):
        return
    caller = case.caller.role or case.caller.organization
    provenance: dict[str, Any] = {
        "resourceType": "Provenance",
        "meta": {"tag": [{"system": _TAG, "code": _OVERRIDE}]},
        "target": [{"reference": f"{proposal.change.type}/{proposal.change.id}"}],
        "recorded": instant(case.moment, case.context.zone),
        "activity": {"coding": [{"system": _ACTIVITY, "code": _OVERRIDE}]},
        "agent": [{"who": {"reference": "/".join(caller) if caller is not None else admission.hospital}}],
    }
    if admission.exemption is not None:
        provenance["reason"] = [dict(admission.exemption)]
    case.add("POST", "Provenance", None, provenance)


RULES = (
    Rule(
        "CAT-RESTRICTED",
        ("Encounter", "ServiceRequest"),
        "收治病种目录: 集团章程 the catalogue a group has agreed on",
        (DISEASE_RESTRICTED,),
        check_restricted,
        default="advise",
        when=is_admission,
    ),
)
EFFECTS = (Effect(("Encounter", "ServiceRequest"), count_override, when=is_admission),)
