"""Rules of the frame itself: an update of a workflow resource says which version it means."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from fhirserver.exchange.kinds import is_group_task, is_referral_task
from fhirserver.exchange.rules import Rule, message
from fhirserver.interactions.governing import Proposal
from fhirserver.outcome import Issue

if TYPE_CHECKING:
    from fhirserver.exchange.case import Case

IF_MATCH = message(
    "GEN-IFMATCH",
    428,
    'a member updates or deletes {type}/{id} with the version it has read: send If-Match: W/"{version}", '
    "or read again when that is not the one",
    '成员机构更新或删除 {type}/{id} 时须说明所读版本：请带 If-Match: W/"{version}"；若与所读版本不符，请重新读取',
)


def if_match(case: Case, proposal: Proposal) -> Iterator[Issue]:
    """http.html#concurrency, RFC 6585 section 3: who moves a task blindly may undo what another has just done."""
    if proposal.before is None or proposal.change.precondition.if_match is not None or case.anonymous:
        return
    if is_workflow(proposal.before):
        id = proposal.change.id
        yield IF_MATCH.at(proposal.change.type, type=proposal.change.type, id=id, version=proposal.version)


def is_workflow(task: Mapping[str, Any]) -> bool:
    """Whether a Task belongs to a requisition."""
    return is_referral_task(task) or is_group_task(task)


RULES = (Rule("GEN-IFMATCH", ("Task",), "http.html#concurrency", (IF_MATCH,), if_match, when=is_workflow),)
