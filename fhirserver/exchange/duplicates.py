"""One person in several records (GEN-DUP-PATIENT): refused in one organisation, linked across them, or looked at.

Records with one checked number are linked both ways (Patient.link, seealso) and share a number of the master patient
index. They stay two records: each organisation keeps its own. Where name or birth date contradict, a Task asks somebody
to look; what is decided there holds, and every version of the records stays in their histories.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

from fhirserver.exchange import people_messages
from fhirserver.exchange.identity import CITIZEN, MASTER_INDEX, citizens, masked
from fhirserver.exchange.kinds import codes
from fhirserver.exchange.likeness import Weights, contradicts
from fhirserver.exchange.membership import local, named
from fhirserver.exchange.rules import Effect, Rule
from fhirserver.interactions.governing import Proposal
from fhirserver.interactions.write import Change
from fhirserver.outcome import Issue
from fhirserver.resource.dates import instant
from fhirserver.store.keys import value_key

if TYPE_CHECKING:
    from fhirserver.exchange.case import Case

Resource = dict[str, Any]

_CODES = "https://medgroup.example.org/fhir/CodeSystem"
TASK_CODE = f"{_CODES}/task-code"
TASK_OUTPUT = f"{_CODES}/task-output"
DECISION = f"{_CODES}/identity-decision"
IDENTIFIER_TYPE = f"{_CODES}/identifier-type"

#: What a review comes to; "open" while nobody has decided.
_SAME, _DIFFERENT, _OPEN = "same-person", "different-persons", "open"
#: A Task in these states asks nothing any more.
_VOID = frozenset({"cancelled", "entered-in-error", "rejected", "failed"})


# -- who is the same


def _numbers(patient: Mapping[str, Any] | None) -> frozenset[str]:
    """The checked numbers a record is recognised by; none where it is not in use."""
    if patient is None or patient.get("active") is False:
        return frozenset()
    if any(each.get("type") == "replaced-by" for each in patient.get("link", ())):
        return frozenset()
    return frozenset(each.number for each in citizens(dict(patient)))


def _known(case: Case) -> dict[str, list[str]]:
    """For each number of the patients of this write, the records that have it: looked up once for all of them."""
    key = ("patients by number",)
    if key not in case.memo:
        case.memo[key] = _look_up(case)
    known: dict[str, list[str]] = case.memo[key]
    return known


def _look_up(case: Case) -> dict[str, list[str]]:
    assert case.context.search is not None
    pending = {each["id"]: _numbers(each) for each in case.pending("Patient")}
    known: dict[str, list[str]] = {number: [] for numbers in pending.values() for number in sorted(numbers)}
    asked = [("Patient", (("identifier", f"{CITIZEN}|{number}"),)) for number in known]
    limit = int(case.parameter("GEN-DUP-PATIENT", "most"))
    found = case.context.search.matches_each(case.transaction, asked, now=case.moment, limit=limit)
    for number, identities in zip(known, found, strict=True):
        known[number] = [id for _, id in identities if id not in pending]
    for id, numbers in pending.items():
        for number in sorted(numbers):
            known[number].append(id)
    return known


def _others(case: Case, id: str, patient: Mapping[str, Any]) -> Iterator[tuple[str, Resource]]:
    """(number, record) of every other record in use with a number of this one."""
    seen: set[str] = set()
    for number in sorted(_numbers(patient)):
        for other in _known(case).get(number, ()):
            if other == id or other in seen:
                continue
            resource = case.resource(f"Patient/{other}")
            if number in _numbers(resource):
                assert resource is not None
                seen.add(other)
                yield number, resource


def _same_organization(case: Case, one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    return named(case, one, "managingOrganization") == named(case, other, "managingOrganization")


def check_duplicate(case: Case, proposal: Proposal) -> Iterator[Issue]:
    """A person has one record in an organisation. One that is there already may still be written, with a warning."""
    after = proposal.after
    if after is None or not _numbers(after):
        return
    for number, other in _others(case, proposal.change.id, after):
        if _same_organization(case, after, other):
            issue = people_messages.DUPLICATE_PATIENT.at(
                "Patient.identifier", other=f"Patient/{other['id']}", shown=masked(number)
            )
            yield replace(issue, severity="warning") if _was_there(case, proposal, number) else issue


def _was_there(case: Case, proposal: Proposal, number: str) -> bool:
    before, after = proposal.before, proposal.after
    assert after is not None
    return before is not None and number in _numbers(before) and _same_organization(case, before, after)


# -- links


def keep_index(case: Case, proposal: Proposal) -> None:
    """The number of the master patient index is the server's: it stays, and no member can write one."""
    after = case.amended(proposal)
    if after is None:
        return
    stated, kept = _index_of(after), _index_of(proposal.before or {})
    if stated == kept or (case.caller.administrator and stated is not None):
        return
    case.amend(proposal, _with_index(after, kept))


def link(case: Case, proposal: Proposal) -> None:
    """Link a record with those of the same person elsewhere, and part it from those it shares no number with now."""
    if case.mode("GEN-DUP-PATIENT") == "off":
        return
    _part_from_former(case, proposal)
    after = case.amended(proposal)
    if after is None or not _numbers(after):
        return
    for number, other in _others(case, proposal.change.id, after):
        if _same_organization(case, after, other):
            continue
        decided = _decided(case, after, other)
        if decided == _SAME or (decided is None and not contradicts(after, other)):
            _join(case, proposal.change.id, other["id"])
        elif decided is None:
            task = _open_review(case, proposal.change.id, other["id"])
            issue = people_messages.REVIEW_OPENED.at(
                "Patient.identifier", other=f"Patient/{other['id']}", shown=masked(number), task=task
            )
            case.warn(proposal, issue)


def _part_from_former(case: Case, proposal: Proposal) -> None:
    """A number that was corrected, or a record that is gone, links nobody any more."""
    before = proposal.before
    if before is None or not citizens(before) or _index_of(before) is None:
        return
    numbers = frozenset(each.number for each in citizens(proposal.after or {}))
    for other in _linked(before):
        resource = case.resource(f"Patient/{other}")
        if resource is None or _index_of(resource) != _index_of(before):
            continue
        theirs = frozenset(each.number for each in citizens(resource))
        if not numbers & theirs and theirs & frozenset(each.number for each in citizens(before)):
            _part(case, proposal.change.id, other)


def _join(case: Case, one: str, other: str) -> None:
    """Both ways, under one number of the index."""
    pair = [_held(case, id) for id in (one, other)]
    if pair[0] is None or pair[1] is None:
        return
    index = _index_of(pair[1]) or _index_of(pair[0]) or case.context.new_id()
    for resource, id in zip(pair, (other, one), strict=True):
        assert resource is not None
        linked = _with_index(_with_link(resource, id), index)
        if linked != resource:
            case.put(linked)


def _part(case: Case, one: str, other: str) -> None:
    """Take the links of two records away; the number of the index too, from one that has no other link."""
    for id, far in ((one, other), (other, one)):
        resource = _held(case, id)
        if resource is None:
            continue
        rest = [each for each in resource.get("link", ()) if local(each.get("other")) != f"Patient/{far}"]
        parted = {name: value for name, value in resource.items() if name != "link"} | ({"link": rest} if rest else {})
        if not any(each.get("type") == "seealso" for each in rest):
            parted = _with_index(parted, None)
        if parted != resource:
            case.put(parted)


def _held(case: Case, id: str) -> Resource | None:
    """A record as this write leaves it, locked."""
    case.current(f"Patient/{id}")
    return case.resource(f"Patient/{id}")


def _linked(patient: Mapping[str, Any]) -> list[str]:
    found = [local(each.get("other")) for each in patient.get("link", ()) if each.get("type") == "seealso"]
    return [each.removeprefix("Patient/") for each in found if each is not None and each.startswith("Patient/")]


def _with_link(patient: Resource, other: str) -> Resource:
    if other in _linked(patient):
        return patient
    added = {"other": {"reference": f"Patient/{other}"}, "type": "seealso"}
    return {**patient, "link": [*patient.get("link", ()), added]}


def _index_of(patient: Mapping[str, Any]) -> str | None:
    found = (each.get("value") for each in patient.get("identifier", ()) if each.get("system") == MASTER_INDEX)
    return next(found, None)


def _with_index(patient: Resource, index: str | None) -> Resource:
    """The record with this number of the master index in place of what it has; without one for None."""
    if _index_of(patient) == index:
        return patient
    rest = [each for each in patient.get("identifier", ()) if each.get("system") != MASTER_INDEX]
    if index is not None:
        coding = {"system": IDENTIFIER_TYPE, "code": "EMPI"}
        rest.append({"type": {"coding": [coding]}, "system": MASTER_INDEX, "value": index})
    without = {name: value for name, value in patient.items() if name != "identifier"}
    return without | ({"identifier": rest} if rest else {})


# -- reviews


def _reviews(case: Case, one: str, other: str) -> Iterator[Resource]:
    """The Tasks that ask whether two records are of one person."""
    pair = {f"Patient/{one}", f"Patient/{other}"}
    for focus in sorted(pair):
        found = case.find("Task", f"focus={focus}&code={TASK_CODE}|identity-review")
        for task in [*found, *case.pending("Task")]:
            if is_review(task) and pair == set(_pair_of(task)):
                yield task


def is_review(task: Mapping[str, Any]) -> bool:
    """Whether a Task asks if two records are of one person."""
    return "identity-review" in codes(task.get("code"), TASK_CODE)


def _pair_of(task: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(each for name in ("focus", "for") if (each := local(task.get(name))) is not None)


def _decision(task: Mapping[str, Any]) -> str | None:
    if task.get("status") != "completed":
        return None if task.get("status") in _VOID else _OPEN
    for output in task.get("output", ()):
        found = codes(output.get("valueCodeableConcept"), DECISION) & {_SAME, _DIFFERENT}
        if found:
            return min(found)
    return None


def _decided(case: Case, one: Mapping[str, Any], other: Mapping[str, Any]) -> str | None:
    """What the last review of two records came to; "open" while one is under way, None where there was none."""
    reviews = sorted(_reviews(case, one["id"], other["id"]), key=lambda each: str(each.get("authoredOn", "")))
    found = [decision for task in reviews if (decision := _decision(task)) is not None]
    return found[-1] if found else None


def _open_review(case: Case, one: str, other: str) -> str:
    at = instant(case.moment, case.context.zone)
    return case.add(
        "POST",
        "Task",
        None,
        {
            "resourceType": "Task",
            "status": "requested",
            "intent": "order",
            "code": {"coding": [{"system": TASK_CODE, "code": "identity-review"}]},
            "focus": {"reference": f"Patient/{one}"},
            "for": {"reference": f"Patient/{other}"},
            "authoredOn": at,
            "lastModified": at,
        },
    )


def decide(case: Case, proposal: Proposal) -> None:
    """What a review decides is done: the records are linked, or parted."""
    after = case.amended(proposal)
    if after is None or not is_review(after):
        return
    pair = _pair_of(after)
    if len(pair) != 2 or not all(each.startswith("Patient/") for each in pair):
        return
    one, other = (each.removeprefix("Patient/") for each in pair)
    decision = _decision(after)
    if decision == _SAME:
        _join(case, one, other)
    elif decision == _DIFFERENT:
        _part(case, one, other)


def _locks(change: Change) -> Iterable[int]:
    return [value_key("citizen", number) for number in sorted(_numbers(change.resource))]


RULES = (
    Rule(
        "GEN-DUP-PATIENT",
        ("Patient",),
        "居民健康档案: 一人一档 one person, one identity",
        (people_messages.DUPLICATE_PATIENT, people_messages.REVIEW_OPENED),
        check_duplicate,
        parameters={"most": 100, **{f"match-{name}": value for name, value in asdict(Weights()).items()}},
        locks=_locks,
    ),
)
EFFECTS = (Effect(("Patient",), keep_index), Effect(("Patient",), link), Effect(("Task",), decide, when=is_review))
