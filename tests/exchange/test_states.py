"""The table of states, by itself."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fhirserver.exchange.requisition import derived_status
from fhirserver.exchange.states import TERMINAL, TRANSITIONS, group_status, targets, transitions
from fhirserver.spec.codes import codes

STATUSES = sorted(codes("http://hl7.org/fhir/ValueSet/task-status") or ())


def test_statuses_are_those_of_task() -> None:
    assert {status for row in TRANSITIONS for status in (row.before, row.after)} | TERMINAL <= set(STATUSES)
    assert {row.before for row in TRANSITIONS}.isdisjoint(TERMINAL)


def test_no_row_stands_twice() -> None:
    assert len({(row.before, row.after, row.by) for row in TRANSITIONS}) == len(TRANSITIONS)


def test_every_status_that_does_not_end_leads_to_an_end() -> None:
    def ends(status: str, seen: frozenset[str] = frozenset()) -> bool:
        return status in TERMINAL or any(
            ends(after, seen | {status}) for after in targets(status) if after not in seen and after != status
        )

    assert all(ends(row.before) for row in TRANSITIONS)


def test_once_in_progress_nobody_cancels() -> None:
    assert [row.before for row in TRANSITIONS if row.after == "cancelled"] == ["requested", "received", "accepted"]
    assert transitions("in-progress", "cancelled") == []


@pytest.mark.parametrize(
    ("statuses", "expected"),
    [
        ([], "draft"),
        (["requested"], "requested"),
        (["accepted", "received"], "received"),
        (["completed", "in-progress"], "in-progress"),
        (["on-hold", "in-progress"], "on-hold"),
        (["completed", "completed"], "completed"),
        (["completed", "rejected"], "rejected"),
        (["completed", "failed"], "failed"),
        (["completed", "cancelled"], "completed"),
        (["cancelled"], "cancelled"),
    ],
)
def test_a_group_is_as_far_as_the_least_advanced(statuses: list[str], expected: str) -> None:
    assert group_status(statuses) == expected


@given(st.lists(st.sampled_from(sorted({row.before for row in TRANSITIONS} | TERMINAL - {"entered-in-error"}))))
def test_a_group_has_the_status_of_one_of_its_tasks(statuses: list[str]) -> None:
    found = group_status(statuses)
    assert found in statuses or (not statuses and found == "draft")
    if set(statuses) - TERMINAL:
        assert found not in TERMINAL


def test_of_a_request_that_was_routed_again_the_next_task_counts() -> None:
    def task(focus: str, status: str) -> dict[str, object]:
        return {"id": "1", "focus": {"reference": focus}, "status": status}

    assert derived_status([task("ServiceRequest/1", "rejected"), task("ServiceRequest/1", "accepted")]) == "accepted"
    assert derived_status([task("ServiceRequest/1", "rejected"), task("ServiceRequest/1", "completed")]) == "completed"
    assert derived_status([task("ServiceRequest/1", "rejected"), task("ServiceRequest/2", "completed")]) == "rejected"
