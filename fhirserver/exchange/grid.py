"""Grids: every community belongs to one grid at most, by itself or with the whole of its subdistrict."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from fhirserver.exchange import structure_messages
from fhirserver.exchange.kinds import LOCATION_TYPE, is_grid
from fhirserver.exchange.rules import Rule
from fhirserver.interactions.governing import Proposal
from fhirserver.interactions.write import Change
from fhirserver.outcome import Issue
from fhirserver.search.values import escape
from fhirserver.store.keys import value_key

if TYPE_CHECKING:
    from fhirserver.exchange.case import Case

COMMUNITY = "https://medgroup.example.org/fhir/NamingSystem/community"
#: Digits of the statistical division code of a subdistrict; a community has three more.
_SUBDISTRICT = 9
#: How many grids are looked at where a whole subdistrict is to be one.
_GRIDS = 20_000


def communities(location: Mapping[str, Any] | None) -> dict[str, int]:
    """The community codes of an active grid, with their places among its identifiers; none of any other Location."""
    if location is None or location.get("status", "active") != "active":
        return {}
    if not is_grid(location):
        return {}
    return {
        each["value"]: place
        for place, each in enumerate(location.get("identifier", ()))
        if each.get("system") == COMMUNITY and "value" in each
    }


def check_overlap(case: Case, proposal: Proposal) -> Iterator[Issue]:
    """No community of this grid belongs to another active one."""
    for community, place in communities(proposal.after).items():
        found = {each["id"]: each for each in _near(case, community)}
        found |= {each["id"]: each for each in case.pending("Location")}
        for id, other in sorted(found.items()):
            if id != proposal.change.id and any(_share(community, each) for each in communities(other)):
                yield structure_messages.GRIDS_OVERLAP.at(
                    f"Location.identifier[{place}]", community=community, other=f"Location/{id}"
                )


def _near(case: Case, community: str) -> list[dict[str, Any]]:
    """The grids that may have a community, or of a subdistrict any of its communities."""
    if len(community) <= _SUBDISTRICT:
        return case.find("Location", f"type={LOCATION_TYPE}|grid&status=active", _GRIDS)
    wanted = (f"{COMMUNITY}|{escape(code)}" for code in (community, community[:_SUBDISTRICT]))
    return case.find("Location", f"identifier={','.join(wanted)}")


def _share(one: str, other: str) -> bool:
    return one.startswith(other) or other.startswith(one)


def _locks(change: Change) -> Iterator[int]:
    yield from {value_key("community", each[:_SUBDISTRICT]) for each in communities(change.resource)}


RULES = (
    Rule(
        "GRID-OVERLAP",
        ("Location",),
        "国卫医政函〔2023〕27号: 网格化布局 grids",
        (structure_messages.GRIDS_OVERLAP,),
        check_overlap,
        locks=_locks,
    ),
)
