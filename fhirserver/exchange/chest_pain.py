"""The chest pain timeline: what must not come before what. A time that is not known is left out, never 0."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import tzinfo
from typing import TYPE_CHECKING, Any, NamedTuple

from fhirserver.exchange.kinds import codes
from fhirserver.exchange.people_messages import OUT_OF_ORDER
from fhirserver.exchange.rules import Rule
from fhirserver.interactions.governing import Proposal
from fhirserver.outcome import Issue
from fhirserver.resource.dates import Interval, interval

if TYPE_CHECKING:
    from fhirserver.exchange.case import Case

TIMES = "https://medgroup.example.org/fhir/CodeSystem/chest-pain-time"
TIMELINE = "chest-pain-timeline"

#: Each line is an order of its own: the laboratory may be made ready before the patient is through the door.
ORDERS: list[list[str]] = [
    [
        "onset",
        "first-medical-contact",
        "first-ecg",
        "ecg-transmitted",
        "diagnosis",
        "thrombolysis-start",
        "door-out",
        "door-in",
        "wire-crossing",
    ],
    ["diagnosis", "cath-lab-activation", "wire-crossing"],
]


class Moment(NamedTuple):
    """A point of the timeline: where it stands among the components, what was written, and the time it may be."""

    place: int
    code: str
    text: str
    when: Interval


def moments(observation: Mapping[str, Any], zone: tzinfo) -> list[Moment]:
    """The points of a timeline that have a time; those without (dataAbsentReason) are missing."""
    found: list[Moment] = []
    for place, component in enumerate(observation.get("component", ())):
        text = component.get("valueDateTime")
        if isinstance(text, str):
            when = interval(text, zone)
            found += [Moment(place, code, text, when) for code in codes(component.get("code"), TIMES)]
    return found


def misplaced(known: Sequence[Moment], orders: Sequence[Sequence[str]]) -> Iterator[tuple[Moment, Moment]]:
    """Pairs (later, earlier) by the orders of which the later one surely was first; one for each point at fault."""
    told: set[int] = set()
    for order in orders:
        rank = {code: number for number, code in enumerate(order)}
        line = sorted((each for each in known if each.code in rank), key=lambda each: (rank[each.code], each.place))
        latest: Moment | None = None
        for each in line:
            if latest is not None and rank[latest.code] < rank[each.code] and each.when.hi <= latest.when.lo:
                if each.place not in told:
                    told.add(each.place)
                    yield each, latest
            elif latest is None or each.when.lo > latest.when.lo:
                latest = each


def is_timeline(observation: Mapping[str, Any]) -> bool:
    """Whether an Observation is a chest pain timeline."""
    return TIMELINE in codes(observation.get("code"), TIMES)


def check_order(case: Case, proposal: Proposal) -> Iterator[Issue]:
    """The timeline runs forward."""
    after = proposal.after
    if after is None or not is_timeline(after):
        return
    if after.get("status") in ("entered-in-error", "cancelled"):
        return
    for late, early in misplaced(moments(after, case.context.zone), case.parameter("CP-ORDER", "orders")):
        yield OUT_OF_ORDER.at(
            f"Observation.component[{late.place}].value",
            late=late.code,
            late_at=late.text,
            early=early.code,
            early_at=early.text,
        )


RULES = (
    Rule(
        "CP-ORDER",
        ("Observation",),
        "胸痛中心认证标准: 时间节点 timeline of chest pain centres",
        (OUT_OF_ORDER,),
        check_order,
        parameters={"orders": ORDERS},
        when=is_timeline,
    ),
)
