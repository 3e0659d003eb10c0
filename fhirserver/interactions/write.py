"""The ONE door for writes: whatever changes a resource comes through here, over HTTP, from a Bundle or from a rule.

A change is prepared outside the database's locks (checked, encoded, indexed), so that what remains inside is a
comparison, the joining of a few byte strings and the inserts.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from fhirserver.interactions import messages
from fhirserver.interactions.context import Context
from fhirserver.interactions.governing import Proposal, Ruling
from fhirserver.interactions.preconditions import UNCONDITIONAL, Precondition
from fhirserver.outcome import FhirError, Issue
from fhirserver.resource import json
from fhirserver.resource.dates import instant, microseconds
from fhirserver.store import definitions
from fhirserver.store.keys import res_key
from fhirserver.store.packing import pack
from fhirserver.store.rows import Identity, IndexRows, PackedRows, Version, Write
from fhirserver.store.store import Transaction

Method = Literal["POST", "PUT", "PATCH", "DELETE"]

_MILLISECOND = 1000
_NO_ROWS: IndexRows = {}
#: resource.html#Meta: what the server sets itself, with the siblings that would extend it.
_SERVER_META = frozenset({"versionId", "_versionId", "lastUpdated", "_lastUpdated"})
_LEADING = frozenset({"resourceType", "id", "meta"})


@dataclass(slots=True)
class Change:
    """What shall become of one resource.

    `resource` is None for a deletion; its id, versionId and lastUpdated are not looked at. `fresh`: the id was made by
    the server just now, so nothing can be there. `error_status`: the HTTP status where the content is not valid, if
    not the one its issues lead to.
    """

    method: Method
    type: str
    id: str
    resource: Mapping[str, Any] | None = None
    precondition: Precondition = UNCONDITIONAL
    fresh: bool = False
    error_status: int | None = None


@dataclass(slots=True)
class Prepared:
    """A change that is valid, with all that can be made before the version is known.

    `resource` is as it will be stored, without versionId and lastUpdated, and `pieces` are the three parts of its JSON
    around these two; None for a deletion.
    """

    change: Change
    pieces: tuple[bytes, bytes, bytes] | None
    index: IndexRows | PackedRows
    warnings: tuple[Issue, ...]
    resource: dict[str, Any] | None = None

    def body(self, version: int, last_updated: int, context: Context) -> bytes | None:
        """The final JSON of this change as a version."""
        if self.pieces is None:
            return None
        head, middle, tail = self.pieces
        when = instant(last_updated, context.zone)
        return b"".join((head, str(version).encode(), middle, when.encode(), tail))


@dataclass(slots=True)
class Written:
    """What became of a change.

    `version` is the current version now; None when there was nothing to delete. `created`: there was no such resource,
    or it had been deleted. `changed`: a new version was made.
    """

    version: Version | None
    created: bool
    changed: bool
    warnings: tuple[Issue, ...] = ()


def write(context: Context, changes: Sequence[Change], caller: str = "") -> list[Written]:
    """Make the changes in one transaction, all or none; returns what became of each once that is durable.

    A resource may occur once. `caller` is who sends them, for the rules. Raises FhirError: 400 and 422 for content that
    is not valid, 412 for preconditions, and what the rules refuse.
    """
    checked = [_checked(context, change) for change in changes]
    if len(checked) == 1 and (settled := _settled(context, checked[0])) is not None:
        return [settled]
    prepared = [_indexed(context, each) for each in checked]
    written = context.store.write(
        lambda transaction: apply(context, transaction, prepared, caller=caller), len(prepared)
    )
    definitions.let_notice(context.store, {change.type for change in changes})
    return written


def prepare(context: Context, change: Change) -> Prepared:
    """Check, index and encode a change. Raises FhirError with every error found."""
    return _indexed(context, _checked(context, change))


def _checked(context: Context, change: Change) -> Prepared:
    if change.resource is None:
        return Prepared(change, None, _NO_ROWS, ())
    resource = identified(change.resource, change.type, change.id)
    errors: list[Issue] = []
    warnings: list[Issue] = []
    for issue in context.validator.check(resource, type=change.type):
        (errors if issue.severity in ("error", "fatal") else warnings).append(issue)
    if not errors and context.search is not None:
        errors += context.search.check(resource)
    if errors:
        raise FhirError(errors + warnings, status=change.error_status)
    return Prepared(change, _pieces(resource), _NO_ROWS, tuple(warnings), resource)


def _indexed(context: Context, checked: Prepared) -> Prepared:
    if checked.resource is None or context.indexer is None:
        return checked
    checked.index = pack(context.indexer.rows(checked.resource))
    return checked


def _settled(context: Context, checked: Prepared) -> Written | None:
    """The outcome when there is nothing to do: what is sent again costs neither index rows nor a transaction."""
    change = checked.change
    if change.fresh:
        return None
    previous = context.store.read(change.type, change.id)
    if not _unchanged(context, checked, previous):
        return None
    change.precondition.check(change.type, change.id, previous)
    return Written(previous, created=False, changed=False, warnings=checked.warnings)


#: Makes of a change that cannot be, and its number, the error that is raised.
Refuse = Callable[[int, FhirError], FhirError]


def apply(
    context: Context,
    transaction: Transaction,
    prepared: Sequence[Prepared],
    refuse: Refuse | None = None,
    *,
    caller: str = "",
) -> list[Written]:
    """Make prepared changes inside a transaction, and what the rules add to them; returns what became of each prepared.

    May be run again by the store; it keeps nothing in between.
    """
    known = [each.change for each in prepared if not each.change.fresh]
    keys = [res_key(each.type, each.id) for each in known]
    keys += governed_locks(context, prepared)
    if keys:
        transaction.lock(keys)
    current = transaction.current([(each.type, each.id) for each in known])
    if context.governor is not None and any(each.change.type in context.governor.types for each in prepared):
        asked, prepared = len(prepared), _governed(context, transaction, caller, prepared, current, refuse)
        overwritten = [each.change for each in prepared[asked:] if not each.change.fresh]
        current |= transaction.current([(each.type, each.id) for each in overwritten])
    else:
        asked = len(prepared)
    now = microseconds(context.now()) // _MILLISECOND * _MILLISECOND
    outcomes, writes = [], []
    for number, each in enumerate(prepared):
        previous = current.get((each.change.type, each.change.id))
        try:
            outcome = _decide(context, each, previous, now)
        except FhirError as error:
            raise (error if refuse is None or number >= asked else refuse(number, error)) from None
        if outcome.changed:
            assert outcome.version is not None
            writes.append(Write(outcome.version, previous, each.index))
        outcomes.append(outcome)
    if writes:
        transaction.put(writes)
        definitions.note(transaction, writes)
    return outcomes[:asked]


def governed_locks(context: Context, prepared: Sequence[Prepared]) -> list[int]:
    """The locks that the rules want for these changes."""
    governor = context.governor
    if governor is None:
        return []
    governed = [each.change for each in prepared if each.change.type in governor.types]
    return list(governor.locks(governed)) if governed else []


def _governed(
    context: Context,
    transaction: Transaction,
    caller: str,
    prepared: Sequence[Prepared],
    current: Mapping[Identity, Version],
    refuse: Refuse | None,
) -> list[Prepared]:
    """The changes as the rules leave them, followed by those they add. Raises every refusal at once."""
    governor = context.governor
    assert governor is not None
    proposals, others = [], []
    for number, each in enumerate(prepared):
        previous = current.get((each.change.type, each.change.id))
        if each.change.type not in governor.types or (previous is not None and _spared(context, each, previous)):
            others.append(Proposal(number, each.change, None, each.resource))
            continue
        before = json.parse(previous.body) if previous is not None and previous.body is not None else None
        version = previous.version if previous is not None else 0
        proposals.append(Proposal(number, each.change, before, each.resource, version))
    if not proposals:
        return list(prepared)
    ruling = governor.govern(context, transaction, caller, proposals, others)
    if ruling.refusals:
        raise _refused(ruling.refusals, refuse)
    judged = list(prepared)
    for number, resource in ruling.amended.items():
        judged[number] = _followed(
            context, replace(prepared[number].change, resource=resource), number, prepared, refuse
        )
    for proposal in proposals:
        judged[proposal.number] = _warned(judged[proposal.number], ruling)
    for number, warnings in ruling.warnings.items():
        judged[number] = replace(judged[number], warnings=(*judged[number].warnings, *warnings))
    for change, cause in zip(ruling.added, ruling.causes, strict=True):
        judged.append(_followed(context, change, cause, prepared, refuse))
    return judged


def _followed(
    context: Context, change: Change, cause: int, prepared: Sequence[Prepared], refuse: Refuse | None
) -> Prepared:
    """What the rules make of a change or add to it, prepared; what is wrong with it is told where the change stands."""
    try:
        return prepare(context, change)
    except FhirError as error:
        origin = prepared[cause].change.type
        issues = [messages.FOLLOW_UP_INVALID.at(origin, type=change.type)]
        issues += [replace(issue, expression=origin) for issue in error.issues]
        wrong = FhirError(issues, status=error.status)
        raise (wrong if refuse is None else refuse(cause, wrong)) from None


def _warned(prepared: Prepared, ruling: Ruling) -> Prepared:
    """Without the warnings of profiles that point at rules which have been asked."""
    if not any(issue.key in ruling.decided for issue in prepared.warnings):
        return prepared
    kept = tuple(issue for issue in prepared.warnings if issue.key not in ruling.decided)
    return replace(prepared, warnings=kept)


def _spared(context: Context, prepared: Prepared, previous: Version) -> bool:
    """Whether rules need not be asked: nothing changes, or the precondition refuses the change anyhow."""
    try:
        prepared.change.precondition.check(prepared.change.type, prepared.change.id, previous)
    except FhirError:
        return True
    return _unchanged(context, prepared, previous)


def _refused(refusals: Mapping[int, Sequence[FhirError]], refuse: Refuse | None) -> FhirError:
    """One error of all refusals, with the status and the headers of the first."""
    errors = [
        error if refuse is None else refuse(number, error) for number in sorted(refusals) for error in refusals[number]
    ]
    issues = [issue for error in errors for issue in error.issues]
    return FhirError(issues, status=errors[0].status, headers=errors[0].headers)


def _decide(context: Context, prepared: Prepared, previous: Version | None, now: int) -> Written:
    change = prepared.change
    change.precondition.check(change.type, change.id, previous)
    if _unchanged(context, prepared, previous):
        return Written(previous, created=False, changed=False, warnings=prepared.warnings)
    number = previous.version + 1 if previous is not None else 1
    # The versions of a resource never share a time nor go back in it, whatever the clock does: _at relies on it.
    when = max(now, previous.last_updated + _MILLISECOND) if previous is not None else now
    body = prepared.body(number, when, context)
    version = Version(change.type, change.id, number, when, change.method, body)
    created = body is not None and (previous is None or previous.deleted)
    return Written(version, created=created, changed=True, warnings=prepared.warnings)


def _unchanged(context: Context, prepared: Prepared, previous: Version | None) -> bool:
    """Whether the resource already is as the change would have it, apart from versionId and lastUpdated."""
    if previous is None or previous.body is None:
        return prepared.pieces is None
    body = prepared.body(previous.version, previous.last_updated, context)
    if body is None or len(body) != len(previous.body):
        return False
    return body == previous.body or _sorted(body) == _sorted(previous.body)


def _sorted(body: bytes) -> bytes:
    """JSON with the members of every object in one order; FHIR gives them none (json.html)."""
    return json.encode(_ordered(json.decode(body)))


def _ordered(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _ordered(value[name]) for name in sorted(value)}
    return [_ordered(each) for each in value] if isinstance(value, list) else value


def identified(sent: Mapping[str, Any], type: str, id: str) -> dict[str, Any]:
    """The resource as it will be stored, without versionId and lastUpdated: what the sender put there is ignored."""
    resource = {"resourceType": type, "id": id}
    if "meta" in sent:
        meta = _sender_meta(sent["meta"])
        if meta is not None:
            resource["meta"] = meta
    resource.update((name, value) for name, value in sent.items() if name not in _LEADING)
    return resource


def _sender_meta(meta: Any) -> Any:
    """meta without what the server sets; None when nothing else was in it. What is no object the validator refuses."""
    if not isinstance(meta, dict) or not _SERVER_META & meta.keys():
        return meta
    return {name: value for name, value in meta.items() if name not in _SERVER_META} or None


def _pieces(resource: Mapping[str, Any]) -> tuple[bytes, bytes, bytes]:
    type, id = resource["resourceType"], resource["id"]
    head = f'{{"resourceType":"{type}","id":"{id}","meta":{{"versionId":"'.encode()
    meta = _members(resource.get("meta", {}))
    rest = _members({name: value for name, value in resource.items() if name not in _LEADING})
    return head, b'","lastUpdated":"', b'"' + meta + rest


def _members(members: dict[str, Any]) -> bytes:
    """The members of an object as they follow others in it, with the closing brace: ``,"a":1}`` or ``}``."""
    return b"," + json.encode(members)[1:] if members else b"}"
