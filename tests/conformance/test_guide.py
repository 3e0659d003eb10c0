"""The guide as it comes with the server."""

from __future__ import annotations

from fhirserver.conformance import guide
from fhirserver.conformance.registry import Registry
from fhirserver.search.known import usable


def test_its_definitions_are_known_and_its_examples_are_none() -> None:
    registry = Registry((guide.layer(),))
    assert registry.structure(f"{guide.CANONICAL}/StructureDefinition/mg-referral") is not None
    assert [entry.id for entry in registry.entries("ConceptMap") if entry.source == guide.SOURCE] == []
    assert {entry.source for entry in registry.entries("OperationDefinition") if guide.CANONICAL in entry.url} == {
        guide.SOURCE
    }


def test_operations_are_read_as_facts() -> None:
    dispatch = guide.operation("task-dispatch")
    assert (dispatch.code, dispatch.resources, dispatch.instance, dispatch.affects_state) == (
        "dispatch",
        ("Task",),
        True,
        True,
    )
    assert [each.name for each in dispatch.parameters if each.use == "in"] == ["target", "reason"]


def test_search_parameters_can_be_used() -> None:
    codes = [each.code for each in usable(guide.search_parameters())]
    assert {"tier", "due", "tag"} <= set(codes)
    assert len(codes) == len(guide.search_parameters())
