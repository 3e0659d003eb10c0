"""Expressions of R4: all compile, and those that do not mean what they say are known."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from fhirserver.fhirpath import compile
from fhirserver.fhirpath.corrections import CORRECTIONS, MEANT
from fhirserver.fhirpath.expression import Expression
from fhirserver.fhirpath.parser import parse
from fhirserver.outcome import FhirError
from fhirserver.spec.search_parameters import all_search_parameters, search_parameters
from fhirserver.spec.structures import COMPLEX_TYPES, PRIMITIVE_TYPES, RESOURCE_TYPES, Element, Structure, structure

TYPES = sorted(
    RESOURCE_TYPES | COMPLEX_TYPES | PRIMITIVE_TYPES | {"Element", "BackboneElement", "Resource", "DomainResource"}
)
#: The one invariant that asks for an element its resource does not have; it is a warning.
NEVER = {("ChargeItemDefinition", "cid-0")}


def _context(owner: Structure, element: Element) -> str | None:
    """The type an invariant of an element is evaluated on; None for a choice."""
    if element.content or owner.children(element.path):
        return element.content or element.path
    return None if element.choice else element.types[0]


def _invariants(owner: Structure) -> Iterator[tuple[str, str | None, str]]:
    for element in owner.elements:
        for constraint in element.constraints:
            yield constraint.key, _context(owner, element), constraint.expression


@pytest.mark.parametrize("type", TYPES)
def test_every_invariant_compiles_and_can_work(type: str) -> None:
    for key, context, expression in _invariants(structure(type)):
        assert isinstance(compile(expression, context), Expression)
        if (type, key) not in NEVER:
            compile(expression, context, strict=True)


def test_the_invariant_that_can_never_work() -> None:
    for type, key in NEVER:
        (expression,) = [expression for found, _, expression in _invariants(structure(type)) if found == key]
        with pytest.raises(FhirError):
            compile(expression, type, strict=True)


@pytest.mark.parametrize("type", sorted(RESOURCE_TYPES))
def test_every_search_parameter_compiles_and_can_work(type: str) -> None:
    for parameter in search_parameters(type).values():
        if parameter.expression is None:
            continue
        assert isinstance(compile(parameter.expression, type), Expression)
        for branch in MEANT.get(parameter.expression, parameter.expression).split(" | "):
            head = branch.strip("( ").partition(".")[0]
            if head[0].islower() or head in (type, "Resource", "DomainResource"):
                compile(branch, type, strict=True)


def test_corrections_are_needed() -> None:
    known = {expression for type in TYPES for _, _, expression in _invariants(structure(type))}
    known |= {parameter.expression for parameter in all_search_parameters() if parameter.expression}
    for correction in CORRECTIONS:
        assert correction.says in known or correction.where == "dom-3"
        assert parse(correction.means)
        assert correction.why


def test_que_7_and_item_subject_mean_what_they_should() -> None:
    when = {"question": "1", "operator": "exists", "answerBoolean": True}
    assert (
        compile("operator = 'exists' implies (answer is Boolean)", "Questionnaire.item.enableWhen").holds(when) is True
    )
    answer = {"item": [], "answer": [{"valueReference": {"reference": "Patient/1"}}]}
    extension = {"url": "http://hl7.org/fhir/StructureDefinition/questionnaireresponse-isSubject", "valueBoolean": True}
    response = {"resourceType": "QuestionnaireResponse", "item": [answer, answer | {"extension": [extension]}]}
    expression = search_parameters("QuestionnaireResponse")["item-subject"].expression
    assert expression is not None
    assert compile(expression, "QuestionnaireResponse").values(response) == [("Reference", {"reference": "Patient/1"})]
