"""Expressions of R4 that do not mean what they say, and what is compiled in their place.

A row applies to exactly its own text, wherever it comes from: R4's definitions are repeated in snapshots everywhere.
"""

from __future__ import annotations

from typing import NamedTuple


class Correction(NamedTuple):
    """An expression as R4 has it, what is evaluated, and why."""

    where: str
    says: str
    means: str
    why: str


CORRECTIONS = (
    Correction(
        "SearchParameter QuestionnaireResponse-item-subject",
        "QuestionnaireResponse.item.where(hasExtension("
        "'http://hl7.org/fhir/StructureDefinition/questionnaireresponse-isSubject')).answer.value.ofType(Reference)",
        "QuestionnaireResponse.item.where(extension("
        "'http://hl7.org/fhir/StructureDefinition/questionnaireresponse-isSubject').exists())"
        ".answer.value.ofType(Reference)",
        "There is no function hasExtension().",
    ),
    Correction(
        "que-7",
        "operator = 'exists' implies (answer is Boolean)",
        "operator = 'exists' implies (answer is boolean)",
        "Boolean is the type of FHIRPath; the answer is a boolean of FHIR, so that no answer would be right.",
    ),
    Correction(
        "dom-3",
        "contained.where((('#'+id in (%resource.descendants().reference | %resource.descendants().as(canonical) | "
        "%resource.descendants().as(uri) | %resource.descendants().as(url))) or "
        "descendants().where(reference = '#').exists() or descendants().where(as(canonical) = '#').exists() or "
        "descendants().where(as(canonical) = '#').exists()).not()).trace('unmatched', id).empty()",
        "contained.where((('#'+id in (%resource.descendants().reference | %resource.descendants().ofType(canonical) | "
        "%resource.descendants().ofType(uri) | %resource.descendants().ofType(url))) or "
        "descendants().where(reference = '#').exists() or descendants().where(ofType(canonical) = '#').exists() or "
        "descendants().where(ofType(uri) = '#').exists()).not()).trace('unmatched', id).empty()",
        "as() is an error for several items; the last condition is given twice, once for canonical and once for uri.",
    ),
    Correction(
        "bdl-8",
        "fullUrl.contains('/_history/').not()",
        "fullUrl.empty() or fullUrl.contains('/_history/').not()",
        "Without a fullUrl, which many entries may do without, the rule would be neither true nor false.",
    ),
    Correction(
        "ras-2",
        "probability is decimal implies (probability as decimal) <= 100",
        "probability.ofType(decimal).all($this <= 100)",
        "Without a probability, which is optional, the rule would be neither true nor false.",
    ),
)

#: What an expression says -> what it means.
MEANT = {correction.says: correction.means for correction in CORRECTIONS}
