"""FHIRPath on HL7's examples of R4: their invariants hold, and search values are the same with and without nodes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import cache
from typing import Any

import pytest

from fhirserver.fhirpath import Environment, Expression, Node, compile
from fhirserver.fhirpath.compile import Compiler
from fhirserver.fhirpath.evaluation import Frame
from fhirserver.fhirpath.extract import extraction, pairs
from fhirserver.fhirpath.model import fhir_type, resource_type
from fhirserver.fhirpath.navigation import children
from fhirserver.fhirpath.parser import parse
from fhirserver.outcome import FhirError
from fhirserver.resource.json import decode
from fhirserver.spec.search_parameters import search_parameters
from fhirserver.spec.structures import RESOURCE_TYPES, Element, Structure, structure
from tests.support.gaps import known_gaps
from tests.support.suites import package_files

pytestmark = [pytest.mark.official, pytest.mark.slow]

EXAMPLES = "packages/hl7.fhir.r4.examples-4.0.1.tgz"
#: Bytes of an example; a few are of many megabytes and have nothing that the others lack.
LARGEST = 200_000
ENVIRONMENT = Environment(now=lambda: datetime(2026, 11, 21, tzinfo=UTC))


def _examples() -> Iterator[tuple[str, dict[str, Any]]]:
    for name, body in package_files(EXAMPLES):
        if len(body) <= LARGEST:
            resource = decode(body)
            if resource["resourceType"] in RESOURCE_TYPES:
                yield name, resource


# --- invariants


def _broken(node: Node, owner: Structure, element: Element) -> Iterator[str]:
    """The keys of the invariants that are not true (or empty) of a node or of one below it."""
    for constraint in element.constraints:
        # htmlChecks() is a matter of narratives, tested with them
        if constraint.severity == "error" and constraint.expression != "htmlChecks()":
            try:
                if compile(constraint.expression).holds(node, ENVIRONMENT) is False:
                    yield constraint.key
            except FhirError as problem:
                yield f"{constraint.key}: {problem.issues[0].text()}"
    for child in children(node):
        yield from _broken(child, *_definition(child, node, owner, element))


def _definition(child: Node, parent: Node, owner: Structure, element: Element) -> tuple[Structure, Element]:
    """Where the invariants of a child are: on its type's root, or on the element itself."""
    name = parent.type.element_name(child.key)
    below = next((one for one in owner.children(element.path) if one.name == name), None)
    if below is not None and (owner.children(below.path) or child.type.kind == "primitive"):
        return owner, owner.element(below.content) if below.content else below
    type = structure(child.type.name.partition(".")[0])
    return type, type.element(type.name)


def test_invariants_hold() -> None:
    gaps = known_gaps("fhirpath-invariants")
    broken = {}
    for name, resource in _examples():
        type = structure(resource["resourceType"])
        found = sorted(set(_broken(Node(resource, resource_type(resource)), type, type.element(type.name))))
        if found:
            broken[name] = found
    assert {name: keys for name, keys in broken.items() if name not in gaps} == {}
    assert set(gaps) == set(broken)


# --- search values


Engine = Callable[[dict[str, Any]], list[tuple[str, Any]]]


@cache
def _parameters(type: str) -> list[tuple[str, Expression, Engine]]:
    """The parameters whose expressions have a short way: code, expression, and the general engine for the same."""
    found = []
    for parameter in search_parameters(type).values():
        if parameter.expression and extraction(parse(parameter.expression), fhir_type(type)) is not None:
            found.append((parameter.code, compile(parameter.expression, type), _engine(parameter.expression)))
    return found


def _engine(expression: str) -> Engine:
    evaluate = Compiler(expression, filters=True).collection(parse(expression))

    def values(resource: dict[str, Any]) -> list[tuple[str, Any]]:
        focus = [Node(resource, resource_type(resource))]
        return pairs(evaluate(focus, Frame(ENVIRONMENT, focus)))

    return values


def _once(found: list[tuple[str, Any]]) -> list[tuple[str, Any]]:
    return [pair for place, pair in enumerate(found) if pair not in found[:place]]


def test_values_are_those_of_the_engine() -> None:
    different, compared = [], 0
    for name, resource in _examples():
        for code, expression, engine in _parameters(resource["resourceType"]):
            compared += 1
            short, long = expression.values(resource), engine(resource)
            if _once(short) != _once(long):
                different.append((name, code, short, long))
    assert different == []
    assert compared > 100_000
