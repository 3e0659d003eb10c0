"""Rows of functions: that each is complete, and the adapters they are built with."""

from __future__ import annotations

import pytest

from fhirserver.fhirpath.compile import FUNCTIONS
from fhirserver.fhirpath.model import type_named
from tests.fhirpath.evaluating import error, values


@pytest.mark.parametrize("name", sorted(FUNCTIONS))
def test_rows(name: str) -> None:
    row = FUNCTIONS[name]
    assert row.optional <= len(row.parameters)
    assert not row.repeats or row.parameters
    if row.takes:
        type_named(f"System.{row.takes}")
    if row.returns not in ("input", "argument", "type", "Any"):
        type_named(f"System.{row.returns}")
    assert not row.test or row.returns == "Boolean"


@pytest.mark.parametrize(
    "name", sorted(name for name in FUNCTIONS if name not in ("now", "today", "timeOfDay", "type"))
)
def test_every_function_takes_an_empty_input(name: str) -> None:
    row = FUNCTIONS[name]
    required = row.parameters[: len(row.parameters) - row.optional]
    arguments = ", ".join("String" if kind == "type" else "'a'" if kind == "value" else "true" for kind in required)
    if name in ("elementDefinition", "slice"):
        assert error(f"{{}}.{name}({arguments})") == "fhirpath-not-available"
        return
    if name in ("skip", "take", "log", "power", "comparable", "substring"):
        arguments = "1"
    assert len(values(f"{{}}.{name}({arguments})")) <= 1


def test_empty_arguments_give_empty() -> None:
    assert values("'a'.startsWith({}) | 'a'.replace('a', {}) | 2.power({}) | 1.round({})") == []


def test_texts_are_bounded() -> None:
    assert error("'x'" + ".encode('hex')" * 40) == "fhirpath-text-too-long"
    assert error("'x'" + ".replace('', 'xxxxxxxxxx')" * 12) == "fhirpath-text-too-long"
    assert (
        error(
            "(1 | 2 | 3)"
            + ".select($this | $this + 10)" * 3
            + ".aggregate($total & $total & 'xxxxxxxx', 'x')"
            + ".select($this & $this)" * 20
        )
        == "fhirpath-text-too-long"
    )
