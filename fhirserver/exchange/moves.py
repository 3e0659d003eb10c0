"""Moving referrals: who may change which task and request how, and what follows, in the same transaction.

The table is in :mod:`states`. Rules look at the change as it was sent; effects run when all rules have let it pass.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from fhirserver.exchange import membership, train
from fhirserver.exchange import referral_messages as say
from fhirserver.exchange.kinds import may_be_referral
from fhirserver.exchange.referral import (
    BEGUN,
    dispatch_of,
    is_active,
    is_dispatch,
    is_draft,
    link,
    locks,
    opened,
    performer_of,
    placer_numbers,
    placer_of,
    same_patient,
    text_of,
)
from fhirserver.exchange.requisition import (
    ANSWER_MINUTES,
    OUTPUT,
    Number,
    Resource,
    answer_period,
    business,
    business_status,
    child_task,
    coded,
    direction,
    group_task,
    is_group_task,
    is_referral,
    number,
    requisition_of,
    with_period,
)
from fhirserver.exchange.rules import Effect, Rule
from fhirserver.exchange.states import (
    FOLLOWED,
    SET_BY_SERVER,
    TERMINAL,
    Guard,
    Party,
    Transition,
    targets,
    transitions,
)
from fhirserver.exchange.states import Effect as Follows
from fhirserver.exchange.story import (
    modified,
    record,
    recorded,
    settle,
    stamp,
    tasks_of,
    tasks_of_request,
)
from fhirserver.interactions.governing import Proposal
from fhirserver.outcome import Issue
from fhirserver.validation.messages import Text

if TYPE_CHECKING:
    from fhirserver.exchange.case import Case

#: What a task keeps from when it was sent.
_FIXED = ("focus", "for", "groupIdentifier", "requester", "partOf", "intent", "authoredOn", "basedOn", "priority")
#: What a request keeps once it has been sent.
_FIXED_REQUEST = ("subject", "requisition", "requester", "code", "performer", "intent", "priority", "encounter")
#: What does not count as a change of a referral that has ended.
_APART = frozenset({"meta", "text", "lastModified"})
#: Moves of a request's status that the placer makes.
_REQUEST_MOVES = frozenset(
    {
        ("draft", "active"),
        ("draft", "revoked"),
        ("draft", "entered-in-error"),
        ("active", "revoked"),
        ("active", "entered-in-error"),
    }
)
_PARTY_ZH = {Party.PLACER: "转出方", Party.OWNER: "接收方", Party.DISPATCHER: "调度员"}


# ---- what moves ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Move:
    """A change of a task that takes part in a referral; `before` and `after` as they were and as they are sent."""

    before: Resource | None
    after: Resource | None

    @property
    def task(self) -> Resource:
        """The task as it is sent, or as it was where it is deleted."""
        found = self.after if self.after is not None else self.before
        assert found is not None
        return found


def move_of(case: Case, proposal: Proposal) -> Move | None:
    """The move a change of a Task is; None where the task is no referral's."""
    before, after = proposal.before, case.amended(proposal)
    if any(task is not None and takes_part(case, task) for task in (before, after)):
        return Move(before, after)
    return None


def takes_part(case: Case, task: Mapping[str, Any]) -> bool:
    """Whether a Task belongs to a referral: it is a group task, or its focus is a referral."""
    if is_group_task(task):
        return True
    request = request_of(case, task)
    return request is not None and is_referral(request)


def request_of(case: Case, task: Mapping[str, Any]) -> Resource | None:
    """The request that a child task is about."""
    reference = text_of(task.get("focus"))
    return case.resource(reference) if "ServiceRequest/" in reference else None


def parties(case: Case, task: Mapping[str, Any]) -> frozenset[Party]:
    """What the caller is to a task as it is stored."""
    if case.anonymous:
        return frozenset(Party)
    caller = case.caller
    if caller.organization is None:
        return frozenset()
    own, placer = "/".join(caller.organization), placer_of(case, task)
    found = set()
    if own == placer:
        found.add(Party.PLACER)
    owner = link(case, task.get("owner"))
    dispatches = "dispatcher" in caller.codes
    owned = owner is not None and membership.organization_of(case, owner) == own
    if owner is not None and owned and (dispatches or not is_dispatch(case, owner)):
        found.add(Party.OWNER)
    if dispatches and placer is not None and membership.share_group(case, own, placer, case.moment):
        found.add(Party.DISPATCHER)
    return frozenset(found)


def _rows(case: Case, before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Transition] | None:
    """The rows of the table for a change of a child task; None where it moves nothing."""
    one, two = before["status"], after["status"]
    handed = link(case, before.get("owner")) != link(case, after.get("owner"))
    if one == two and not handed:
        return None
    return [row for row in transitions(one, two) if (row.before == row.after) == handed]


# ---- REF-STATE -------------------------------------------------------------------------------------------------------


def state(case: Case, proposal: Proposal) -> Iterator[Issue]:
    """A referral goes from one state to another as the table says, and keeps what it was sent with."""
    if proposal.change.type == "ServiceRequest":
        yield from _request_state(case, proposal)
        return
    move = move_of(case, proposal)
    if move is None:
        return
    if move.after is None:
        if not case.anonymous:
            yield say.DELETED.at("Task")
    elif move.before is None:
        yield from _born(case, move.after)
    elif is_group_task(move.before) or is_group_task(move.after):
        yield from _group_state(case, move.before, move.after)
    else:
        yield from _child_state(case, move.before, move.after)


def _born(case: Case, task: Resource) -> Iterator[Issue]:
    """A new task begins at the beginning, and agrees with its request. An administrator may bring others along."""
    if task["status"] not in ("draft", "requested"):
        if not case.anonymous:
            yield say.BORN.at("Task.status", status=task["status"])
        return
    request = request_of(case, task)
    if request is None or is_group_task(task):
        return
    name = f"ServiceRequest/{request['id']}"
    for element, agrees in _agreement(case, task, request):
        if not agrees:
            yield say.INCOHERENT.at(f"Task.{element}", element=element, request=name)
    if not is_active(request) and not (task["status"] == "draft" and is_draft(request)):
        yield say.REQUEST_NOT_OPEN.at("Task.focus", request=name, status=request["status"])


def _agreement(case: Case, task: Resource, request: Resource) -> Iterator[tuple[str, bool]]:
    yield "groupIdentifier", requisition_of(task) is not None and requisition_of(task) == requisition_of(request)
    yield "for", link(case, task.get("for")) == link(case, request.get("subject"))
    yield "requester", placer_of(case, task) == placer_of(case, request)
    parents = [case.resource(text_of(each)) for each in task.get("partOf", ())]
    groups = [each for each in parents if each is not None and is_group_task(each)]
    yield "partOf", not parents or any(requisition_of(each) == requisition_of(task) for each in groups)


def _group_state(case: Case, before: Resource, after: Resource) -> Iterator[Issue]:
    if is_group_task(before) != is_group_task(after):
        yield say.IMMUTABLE.at("Task.meta.tag", element="meta.tag")
    if before["status"] != after["status"]:
        yield say.DERIVED.at("Task.status", status=before["status"])
    yield from _kept(case, before, after)


def _child_state(case: Case, before: Resource, after: Resource) -> Iterator[Issue]:
    rows = _rows(case, before, after)
    if rows is None and before["status"] in TERMINAL:
        if _content(before) != _content(after):
            yield say.ENDED.at("Task.status", status=before["status"])
        return
    if rows is not None and not rows:
        if transitions(before["status"], after["status"]) or before["status"] == after["status"]:
            yield say.IMMUTABLE.at("Task.owner", element="owner")  # the move by itself would do
        else:
            possible = ", ".join(targets(before["status"])) or "-"
            yield say.NO_TRANSITION.at("Task.status", before=before["status"], after=after["status"], possible=possible)
        return
    yield from _kept(case, before, after)
    for row in rows or ():
        for guard in row.guards:
            yield from _guarded(case, guard, before, after)
    sent = business(after)
    if sent != business(before) and sent in SET_BY_SERVER and sent not in {row.business for row in rows or ()}:
        yield say.BUSINESS_OF_SERVER.at("Task.businessStatus", status=sent)


def _content(resource: Mapping[str, Any]) -> Resource:
    return {name: value for name, value in resource.items() if name not in _APART}


def _kept(case: Case, before: Resource, after: Resource, names: tuple[str, ...] = _FIXED) -> Iterator[Issue]:
    """What must stand as it was."""
    for name in names:
        if not _same(case, before.get(name), after.get(name)):
            yield say.IMMUTABLE.at(f"{after['resourceType']}.{name}", element=name)


def _same(case: Case, one: Any, two: Any) -> bool:
    """Whether two values of an element mean the same: a reference its target, an identifier its number."""
    return bool(one == two) or (one is not None and two is not None and _meant(case, one) == _meant(case, two))


def _meant(case: Case, value: Any) -> Any:
    if isinstance(value, list):
        return [_meant(case, each) for each in value]
    if not isinstance(value, Mapping):
        return value
    if "reference" in value:
        return link(case, value) or value["reference"]
    if "coding" in value:
        return [(each.get("system"), each.get("code")) for each in value["coding"]]
    return number(value) or value


def _guarded(case: Case, guard: Guard, before: Resource, after: Resource) -> Iterator[Issue]:
    """What a guard has against a move; those that are rules of their own are asked by these."""
    if guard is Guard.REASON and "statusReason" not in after:
        yield say.REASON_MISSING.at("Task.statusReason", status=after["status"])
    elif guard is Guard.ADDRESSED and is_dispatch(case, link(case, before.get("owner")) or ""):
        yield say.AWAITS_DISPATCH.at("Task.status")
    elif guard is Guard.ARRIVED and arrived(case, after) is None:
        yield say.NOT_ARRIVED.at("Task.status", request=text_of(after.get("focus")))
    elif guard is Guard.RETURNS and (held := _held_in(case, after)) != after["status"]:
        possible = held or "-"
        yield say.NO_TRANSITION.at("Task.status", before="on-hold", after=after["status"], possible=possible)
    elif guard is Guard.VALID:
        request = request_of(case, after)
        if request is not None and not is_active(request) and not is_draft(request):
            name = f"ServiceRequest/{request['id']}"
            yield say.REQUEST_NOT_OPEN.at("Task.focus", request=name, status=request["status"])


def arrived(case: Case, task: Mapping[str, Any]) -> Resource | None:
    """The encounter of a referral in which the patient has come."""
    focus = link(case, task.get("focus"))
    for found in train.based_on(case, "Encounter", focus or ""):
        if found.get("status") in BEGUN and same_patient(case, task, found):
            return found
    return None


def _held_in(case: Case, task: Mapping[str, Any]) -> str | None:
    """The status a task was in before it was put on hold."""
    current = case.transaction.read("Task", task["id"])
    version = current.version if current is not None else 0
    while version > 1:
        version -= 1
        found = recorded(case, "Task", task["id"], version)
        if found is not None and found["status"] != "on-hold":
            return str(found["status"])
    return None


def _request_state(case: Case, proposal: Proposal) -> Iterator[Issue]:
    before, after = proposal.before, case.amended(proposal)
    if after is None:
        if before is not None and is_referral(before) and before["status"] != "draft" and not case.anonymous:
            yield say.DELETED.at("ServiceRequest")
        return
    if not is_referral(after) and (before is None or not is_referral(before)):
        return
    if is_referral(after) and after["status"] in ("draft", "active"):
        whole = requisition_of(after) is not None and "requester" in after and "subject" in after
        if not whole:
            yield say.REQUISITION_MISSING.at("ServiceRequest.requisition")
    if before is None or not is_referral(before):
        if after["status"] not in ("draft", "active") and not case.anonymous:
            yield say.REQUEST_STATUS.at("ServiceRequest.status", before="-", after=after["status"])
        return
    yield from _request_moved(case, before, after)


def _request_moved(case: Case, before: Resource, after: Resource) -> Iterator[Issue]:
    one, two = before["status"], after["status"]
    if one != two and (one, two) not in _REQUEST_MOVES:
        yield say.REQUEST_STATUS.at("ServiceRequest.status", before=one, after=two)
        return
    if one == "draft":
        return
    if one != "active" and _content(before) != _content(after):
        yield say.ENDED.at("ServiceRequest.status", status=one)
        return
    yield from _kept(case, before, after, _FIXED_REQUEST)
    if direction(before) != direction(after):
        yield say.IMMUTABLE.at("ServiceRequest.category", element="category")
    if placer_numbers(before) != placer_numbers(after):
        yield say.IMMUTABLE.at("ServiceRequest.identifier", element="identifier (PLAC)")
    for task in tasks_of_request(case, after) if two in ("revoked", "entered-in-error") and one == "active" else ():
        if task["status"] in ("in-progress", "on-hold"):
            yield say.IN_PROGRESS.at("ServiceRequest.status", found=f"Task/{task['id']}", status=task["status"])


# ---- REF-OWNER -------------------------------------------------------------------------------------------------------


def owner(case: Case, proposal: Proposal) -> Iterator[Issue]:
    """Who may send, move and change a referral: placer, owner, dispatcher; each what the table gives it."""
    if case.anonymous:
        return
    if proposal.change.type == "ServiceRequest":
        yield from _request_owner(case, proposal)
        return
    move = move_of(case, proposal)
    if move is None or move.after is None:
        return
    if move.before is None:
        yield from _sender(case, move.after)
    else:
        yield from _mover(case, move.before, move.after)


def _is_placer(case: Case, resource: Mapping[str, Any]) -> bool:
    own = case.caller.organization
    return own is not None and "/".join(own) == placer_of(case, resource)


def _request_owner(case: Case, proposal: Proposal) -> Iterator[Issue]:
    before, after = proposal.before, case.amended(proposal)
    sent = after if after is not None else before
    if sent is None or not is_referral(sent) or (_is_placer(case, before or sent) and _is_placer(case, sent)):
        return
    filled = before is not None and after is not None and _only_filled(before, after)
    receives = filled and any(Party.OWNER in parties(case, task) for task in tasks_of_request(case, sent))
    if not receives:
        yield say.NOT_PLACER.at("ServiceRequest.requester")


def _only_filled(before: Resource, after: Resource) -> bool:
    """Whether nothing changes but numbers that are not the placer's: the receiver's, say."""
    names = (before.keys() | after.keys()) - _APART - {"identifier"}
    same = all(before.get(name) == after.get(name) for name in names)
    return same and placer_numbers(before) == placer_numbers(after)


def _sender(case: Case, task: Resource) -> Iterator[Issue]:
    """A task is sent by the placer to the performer; the next one after a refusal also by a dispatcher, to others."""
    request, chosen = request_of(case, task), link(case, task.get("owner"))
    again = request is not None and bool(tasks_of_request(case, request, apart_from=task["id"]))
    if not _is_placer(case, task) and not (again and Party.DISPATCHER in parties(case, task)):
        yield say.NOT_PLACER.at("Task.requester")
    if request is None or chosen is None or again or is_dispatch(case, chosen):
        return
    expected = performer_of(case, request)
    if expected is not None and chosen != expected:
        yield say.OWNER_CHOSEN.at("Task.owner", expected=expected)


def _mover(case: Case, before: Resource, after: Resource) -> Iterator[Issue]:
    who = parties(case, before)
    rows = None if is_group_task(before) else _rows(case, before, after)
    if rows is not None and not rows:
        return  # nobody may: REF-STATE says so
    if not who:
        yield say.NOT_INVOLVED.at("Task")
        return
    allowed = {row.by for row in rows or ()}
    if allowed and who.isdisjoint(allowed):
        yield say.NOT_YOURS.at(
            "Task.status",
            party=_named(allowed),
            before=before["status"],
            after=after["status"],
        )
        return
    answering = not who.isdisjoint({Party.OWNER, Party.DISPATCHER})
    declined = business(after) in (None, business(before), "patient-declined")
    for element, right in (("output", answering), ("businessStatus", answering or declined)):
        if before.get(element) != after.get(element) and not right:
            yield say.NOT_RECEIVER.at(f"Task.{element}", element=element, party=_named({Party.OWNER}))


def _named(parties: Iterable[Party]) -> Text:
    """Parties as people call them."""
    known = sorted(parties)
    return Text(" or ".join(known), "、".join(_PARTY_ZH[each] for each in known))


# ---- REF-FEEDBACK ----------------------------------------------------------------------------------------------------


def feedback(case: Case, proposal: Proposal) -> Iterator[Issue]:
    """Who completes a referral returns its document: the sender sees what has become of the patient."""
    move = move_of(case, proposal)
    if move is None or move.before is None or move.after is None or is_group_task(move.after):
        return
    if move.after["status"] != "completed" or move.before["status"] == "completed":
        return
    documents = [each for each in move.after.get("output", ()) if "feedback" in coded(each.get("type"), OUTPUT)]
    if not documents:
        yield say.FEEDBACK.at("Task.output")
    for each in documents:
        reference = text_of(each.get("valueReference"))
        found = case.resource(reference)
        stored = case.identity(reference) is not None
        if (stored and found is None) or (found is not None and not same_patient(case, move.after, found)):
            yield say.FEEDBACK_UNFIT.at("Task.output", reference=reference)


# ---- what follows from a request -------------------------------------------------------------------------------------


def follow_request(case: Case, proposal: Proposal) -> None:
    """A referral that opens gets its tasks; one that is revoked has them cancelled."""
    after, before = case.amended(proposal), proposal.before
    if after is None or not is_referral(after):
        return
    if opened(case, proposal) is not None:
        _open(case, proposal, after)
    elif before is not None and is_active(before) and after["status"] in ("revoked", "entered-in-error"):
        for task in tasks_of_request(case, after):
            if task["status"] not in TERMINAL:
                cancel(case, task, task.get("statusReason"))
        train.release(case, after)
        settle(case, requisition_of(after))


def _open(case: Case, proposal: Proposal, request: Resource) -> None:
    found = requisition_of(request)
    assert found is not None
    group = group_of(case, request, found)
    tasks = tasks_of_request(case, request)
    if not tasks:
        task = child_task(request, group, stamp(case))
        _made(case, request, addressed(case, request, task))
    for task in tasks:
        if task["status"] == "draft":
            begun = addressed(case, request, {**task, "status": "requested"})
            case.put(begun)
            record(case, begun, "requested")
    settle(case, found)
    note = say.FIND_TASKS.at("ServiceRequest.requisition", number="|".join(found))
    case.ruling.warnings.setdefault(proposal.number, []).append(note)


def group_of(case: Case, resource: Mapping[str, Any], found: Number) -> str:
    """The group task of a requisition, made where there is none; FhirError (409) where it is somebody else's."""
    for task in tasks_of(case, found):
        if is_group_task(task):
            patient = resource.get("subject") or resource.get("for")
            same = link(case, task.get("for")) == link(case, patient)
            if not same or placer_of(case, task) != placer_of(case, resource):
                place = f"{resource['resourceType']}.{_NUMBERED[resource['resourceType']]}"
                raise say.REQUISITION_USED.error(place, number=found[1])
            return f"Task/{task['id']}"
    return _made(case, None, group_task(_as_request(resource), stamp(case)))


_NUMBERED = {"ServiceRequest": "requisition", "Task": "groupIdentifier"}


def _as_request(resource: Mapping[str, Any]) -> Mapping[str, Any]:
    """What a group task takes from a request, of the request itself or of a child task."""
    if resource["resourceType"] == "ServiceRequest":
        return resource
    return {**resource, "requisition": resource["groupIdentifier"], "subject": resource["for"]}


def _made(case: Case, request: Resource | None, task: Resource) -> str:
    """Have a new task stored; its reference."""
    reference = case.add("POST", "Task", None, task)
    id = reference.partition("/")[2]
    made = {**task, "id": id}
    case.add("POST", "Task", id, made)
    if request is not None:
        record(case, made, "requested")
    return reference


def addressed(case: Case, request: Mapping[str, Any], task: Resource) -> Resource:
    """A requested task with its owner, businessStatus and period.

    Without an owner it goes to the performer, or else to the dispatch centre; after a refusal to the latter.
    """
    again = any(each["status"] in FOLLOWED for each in tasks_of_request(case, request, apart_from=task.get("id")))
    chosen = link(case, task.get("owner")) or (None if again else performer_of(case, request))
    if chosen is None:
        placer = placer_of(case, task)
        chosen = dispatch_of(case, placer) if placer is not None else None
    made = {**task, "lastModified": modified(case, task)}
    if "owner" not in task and chosen is not None:
        made["owner"] = {"reference": chosen}
    if chosen is None or is_dispatch(case, chosen):
        made["businessStatus"] = business_status("awaiting-dispatch")
    elif business(made) in SET_BY_SERVER:
        del made["businessStatus"]
    return timed(case, made)


def timed(case: Case, task: Resource) -> Resource:
    """A task whose answer is due a while from now, as its priority says (REF-TIME)."""
    minutes = case.parameter("REF-TIME", "minutes")
    priority = task.get("priority", "routine")
    return _due(case, task, minutes.get(priority, ANSWER_MINUTES[priority]))


def _due(case: Case, task: Resource, minutes: int) -> Resource:
    return with_period(task, answer_period(case.now, minutes, case.context.zone))


# ---- what follows from a task ----------------------------------------------------------------------------------------


def follow_task(case: Case, proposal: Proposal) -> None:
    """A task that was sent is completed, one that moved has its side effects; the group task follows."""
    move = move_of(case, proposal)
    if move is None:
        return
    if move.after is not None:
        if move.before is None:
            case.amend(proposal, _admitted(case, move.after))
        else:
            case.amend(proposal, _moved(case, proposal, move.before, move.after))
    settle(case, requisition_of(move.task))


def _admitted(case: Case, task: Resource) -> Resource:
    """A new task as it is stored; FhirError (409) where the requisition has one for this already."""
    found = requisition_of(task)
    assert found is not None
    request = request_of(case, task)
    if request is None:
        return _admitted_group(case, task, found)
    _refuse_second(case, task, request, found)
    made = {"priority": request["priority"], **task} if "priority" in request else dict(task)
    made.setdefault("partOf", [{"reference": group_of(case, task, found)}])
    if made["status"] != "requested":
        return {**made, "lastModified": modified(case, made)}
    made = addressed(case, request, made)
    record(case, made, "requested")
    return made


def _admitted_group(case: Case, task: Resource, found: Number) -> Resource:
    for other in tasks_of(case, found):
        if other["id"] == task["id"]:
            break
        if is_group_task(other):
            raise say.TASK_THERE.error("Task", number=found[1], found=f"Task/{other['id']}")
    return {**task, "lastModified": modified(case, task)}


def _refuse_second(case: Case, task: Resource, request: Resource, found: Number) -> None:
    """A request has one task at a time; another one follows only one that was rejected or has failed."""
    if task["status"] in TERMINAL:
        return
    earlier = []
    for other in tasks_of_request(case, request):
        if other["id"] == task["id"]:
            break
        earlier.append(other)
    going = [each for each in earlier if each["status"] not in TERMINAL]
    if going:
        raise say.TASK_THERE.error("Task", number=found[1], found=f"Task/{going[0]['id']}")
    if earlier and earlier[-1]["status"] not in FOLLOWED:
        last = earlier[-1]
        raise say.NOT_FOLLOWED.error("Task.focus", found=f"Task/{last['id']}", status=last["status"])


def _moved(case: Case, proposal: Proposal, before: Resource, after: Resource) -> Resource:
    """A changed task as it is stored, its side effects done."""
    task = with_period(after, before.get("restriction", {}).get("period"))
    task["lastModified"] = modified(case, task)
    rows = None if is_group_task(before) else _rows(case, before, after)
    request = request_of(case, after)
    if not rows:
        return _promised(case, request, before, task)
    row = rows[0]
    assert request is not None
    if row.business is not None:
        task["businessStatus"] = business_status(row.business)
    for effect in row.effects:
        task = _EFFECTS[effect](case, request, task)
    if row.after == "received" and direction(request) == "emergency":
        task = with_period(task, None)  # acknowledged: the patient is on the way, nobody else is asked
    task = _timed_execution(case, row, _met(case, row, task))
    case.amend(proposal, task)
    activity = "dispatched" if row.before == row.after else row.after
    record(case, task, activity, _reasons(before, after))
    return task


def _promised(case: Case, request: Resource | None, before: Resource, task: Resource) -> Resource:
    """What an acceptance has left open may be promised later, and is booked then."""
    if task["status"] != "accepted" or request is None or task.get("output") == before.get("output"):
        return task
    made = train.reserve(case, request, task)
    return with_period(made, None) if train.is_kept(made) else made


def _met(case: Case, row: Transition, task: Resource) -> Resource:
    """An in-progress task says whether the patient came to a clinic or to a bed, and where that is recorded."""
    if Guard.ARRIVED not in row.guards or (found := arrived(case, task)) is None:
        return task
    stays = found.get("class", {}).get("code") in ("IMP", "ACUTE", "NONAC")
    held = train.with_output(task, "encounter", f"Encounter/{found['id']}")
    return {**held, "businessStatus": business_status("admitted" if stays else "checked-in")}


def _timed_execution(case: Case, row: Transition, task: Resource) -> Resource:
    """Task.executionPeriod: from when it is in progress until it ends."""
    held = dict(task.get("executionPeriod", {}))
    if row.after == "in-progress" and row.before == "accepted":
        held.setdefault("start", stamp(case))
    elif row.after in ("completed", "failed"):
        held.setdefault("end", stamp(case))
    return {**task, "executionPeriod": held} if held else task


def _reasons(before: Resource, after: Resource) -> list[Any]:
    """Why a task was moved: its statusReason where that is new, and notes that came with the move."""
    given, known = after.get("statusReason"), before.get("note", [])
    reasons = [given] if given is not None and given != before.get("statusReason") else []
    return reasons + [{"text": note["text"]} for note in after.get("note", []) if note not in known]


def cancel(case: Case, task: Resource, reason: Any = None) -> None:
    """End a task that is not needed any more."""
    ended = with_period({**task, "status": "cancelled", "lastModified": modified(case, task)}, None)
    if reason is not None:
        ended["statusReason"] = reason
    case.put(ended)
    record(case, ended, "cancelled", [reason] if reason else [])


def _start_clock(case: Case, request: Resource, task: Resource) -> Resource:
    return addressed(case, request, task) if business(task) != "dispatched" else timed(case, task)


def _stop_clock(case: Case, request: Resource, task: Resource) -> Resource:
    return with_period(task, None)


def _reserve(case: Case, request: Resource, task: Resource) -> Resource:
    """Others who were asked at the same time are told that one has accepted."""
    for other in tasks_of_request(case, request, apart_from=task["id"]):
        if other["status"] not in TERMINAL:
            cancel(case, other)
    return train.reserve(case, request, task)


def _await(case: Case, request: Resource, task: Resource) -> Resource:
    return task if train.is_kept(task) else _due(case, task, case.parameter("REF-TIME", "reserve"))


def _release(case: Case, request: Resource, task: Resource) -> Resource:
    train.release(case, request)
    return task


def _revoke(case: Case, request: Resource, task: Resource) -> Resource:
    others = tasks_of_request(case, request, apart_from=task["id"])
    if is_active(request) and all(each["status"] in TERMINAL for each in others):
        case.put({**request, "status": "revoked"})
    return task


def _complete(case: Case, request: Resource, task: Resource) -> Resource:
    if is_active(request):
        case.put({**request, "status": "completed"})
    return task


def _activate(case: Case, request: Resource, task: Resource) -> Resource:
    if is_draft(request):
        case.put({**request, "status": "active"})
    return task


_EFFECTS = {
    Follows.START_CLOCK: _start_clock,
    Follows.STOP_CLOCK: _stop_clock,
    Follows.RESERVE: _reserve,
    Follows.AWAIT: _await,
    Follows.RELEASE: _release,
    Follows.REVOKE: _revoke,
    Follows.COMPLETE: _complete,
    Follows.ACTIVATE: _activate,
}

_TYPES = ("Task", "ServiceRequest")
_LAW = "规范：转诊状态表 the guide's table of states"

RULES = (
    Rule(
        "REF-OWNER",
        _TYPES,
        _LAW,
        (say.NOT_YOURS, say.NOT_INVOLVED, say.NOT_PLACER, say.NOT_RECEIVER, say.NOT_DISPATCHER, say.OWNER_CHOSEN),
        owner,
        modes=("enforce",),
        when=may_be_referral,
    ),
    Rule(
        "REF-STATE",
        _TYPES,
        _LAW,
        (
            say.NO_TRANSITION,
            say.ENDED,
            say.IMMUTABLE,
            say.DERIVED,
            say.REQUEST_STATUS,
            say.DELETED,
            say.BORN,
            say.REQUEST_NOT_OPEN,
            say.NOT_FOLLOWED,
            say.INCOHERENT,
            say.AWAITS_DISPATCH,
            say.NOT_DISPATCHED,
            say.DISPATCHED_BEFORE,
            say.REASON_MISSING,
            say.NOT_ARRIVED,
            say.BUSINESS_OF_SERVER,
            say.IN_PROGRESS,
            say.REQUISITION_MISSING,
            say.PROMISE_UNFIT,
        ),
        state,
        modes=("enforce",),
        locks=locks,
        when=may_be_referral,
    ),
    Rule(
        "REF-FEEDBACK",
        ("Task",),
        "国卫办医政发〔2024〕21号: 转诊信息完整",
        (say.FEEDBACK, say.FEEDBACK_UNFIT),
        feedback,
        when=may_be_referral,
    ),
    Rule(
        "REF-TIME",
        ("Task",),
        "project default: no national limit",
        (say.TIME,),
        parameters={"minutes": dict(ANSWER_MINUTES), "reserve": 24 * 60},
        when=may_be_referral,
    ),
)
EFFECTS = (
    Effect(("ServiceRequest",), follow_request, locks, when=may_be_referral),
    Effect(("Task",), follow_task, locks, when=may_be_referral),
)
