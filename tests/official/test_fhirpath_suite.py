"""HL7's FHIRPath suite for R4: one case, one test; what does not pass is a row of known_gaps.csv."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Any

import pytest
from lxml import etree

from fhirserver.fhirpath import Environment, Node, compile
from fhirserver.fhirpath.conversion import to_string
from fhirserver.fhirpath.dates import Date, DateTime, Time
from fhirserver.outcome import FhirError
from fhirserver.resource import json, xml
from fhirserver.spec.structures import structure
from tests.support.gaps import known_gaps
from tests.support.suites import suite

pytestmark = pytest.mark.official


@dataclass(frozen=True)
class Case:
    """A test of the suite. `outputs` are (type or None, text); `invalid` says when it has to fail, or is empty."""

    name: str
    expression: str
    invalid: str
    input: str | None
    predicate: bool
    ordered: bool
    outputs: tuple[tuple[str | None, str], ...]


def _cases() -> Iterator[Case]:
    seen: Counter[str] = Counter()
    for group in etree.parse(suite("fhirpath/tests-fhir-r4.xml")).getroot().iter("group"):
        for test in group.iter("test"):
            name = f"{group.get('name')}/{test.get('name')}"
            seen[name] += 1
            expression = test.find("expression")
            yield Case(
                name=name if seen[name] == 1 else f"{name}#{seen[name]}",
                expression=expression.text or "",
                invalid=expression.get("invalid", ""),
                input=test.get("inputfile"),
                predicate=test.get("predicate") == "true",
                ordered=test.get("ordered") != "false",
                outputs=tuple((output.get("type"), output.text or "") for output in test.findall("output")),
            )


def _parameters() -> list[Any]:
    gaps = known_gaps("fhirpath")
    cases = list(_cases())
    assert set(gaps) <= {case.name for case in cases}, "a gap names no case"
    return [
        pytest.param(
            case,
            id=case.name,
            marks=[pytest.mark.xfail(reason=gaps[case.name], strict=True)] if case.name in gaps else [],
        )
        for case in cases
    ]


@cache
def _input(name: str) -> dict[str, Any]:
    body = suite(f"fhirpath/{name}").read_bytes()
    return xml.decode(_in_order(body)) if name.endswith(".xml") else json.decode(body)


def _in_order(body: bytes) -> bytes:
    """An input of the suite with the children of its resource in their order: one has an extension too late."""
    root = etree.fromstring(body, etree.XMLParser(remove_comments=True))
    type = etree.QName(root).localname
    elements = structure(type).children(type)

    def place(child: Any) -> int:
        name = etree.QName(child).localname
        places = (place for place, known in enumerate(elements) if name == known.name or known.choice)
        return next(place for place in places if name.startswith(elements[place].name))

    root[:] = sorted(root, key=place)
    return etree.tostring(root)


NOW = datetime(2026, 11, 21, 8, 30, tzinfo=UTC)


def _text(node: Node) -> str:
    value = node.system
    prefix = "@" if isinstance(value, Date | DateTime) else "@T" if isinstance(value, Time) else ""
    return prefix + str(to_string(value))


def _matches(output: tuple[str | None, str], node: Node) -> bool:
    type, text = output
    if type is not None and type.lower() != node.type.name.lower():
        return False
    found = _text(node)
    try:
        return text == found or Decimal(text) == Decimal(found)
    except InvalidOperation:
        return False


@pytest.mark.parametrize("case", _parameters())
def test_case(case: Case) -> None:
    resource = _input(case.input) if case.input else None
    context = resource["resourceType"] if resource else None
    environment = Environment(now=lambda: NOW)
    if case.invalid == "syntax":
        with pytest.raises(FhirError):
            compile(case.expression, context)
        return
    if case.invalid == "semantic":
        with pytest.raises(FhirError):
            compile(case.expression, context, strict=True)
        return
    if case.invalid:
        with pytest.raises(FhirError):
            compile(case.expression, context).evaluate(resource, environment)
        return
    expression = compile(case.expression, context)
    if case.predicate:
        assert [("boolean", str(expression.holds(resource, environment)).lower())] == list(case.outputs)
        return
    nodes = expression.evaluate(resource, environment)
    outputs = case.outputs
    if not case.ordered:
        nodes, outputs = sorted(nodes, key=_text), tuple(sorted(outputs, key=lambda output: output[1]))
    assert len(nodes) == len(outputs)
    for output, node in zip(outputs, nodes, strict=True):
        assert _matches(output, node), f"expected {output}, got {node.type.name} {_text(node)}"
