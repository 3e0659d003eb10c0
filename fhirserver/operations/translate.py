"""ConceptMap/$translate (conceptmap-operation-translate.html)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from fhirserver.interactions.message import Request, Response
from fhirserver.operations import arguments
from fhirserver.operations.answers import parameters
from fhirserver.operations.arguments import Arguments
from fhirserver.operations.context import OperationContext, stored
from fhirserver.outcome import Language
from fhirserver.resource import json
from fhirserver.terminology import concept_map, messages
from fhirserver.terminology.concept_map import ConceptMap, Dependency
from fhirserver.terminology.translate import Match, Question, known_map, translate

DEFINITION = arguments.definition("http://hl7.org/fhir/OperationDefinition/ConceptMap-translate")


def run(context: OperationContext, request: Request) -> Response:
    """A code in the terms of another code system, by one map or by all that are known."""
    given = arguments.read(DEFINITION, request)
    codings = _codings(given)
    maps = _maps(context, request, given)
    matches = translate(context.terminology, codings, maps, _question(given))
    return parameters(_answer(matches, codings, request.language))


def _codings(given: Arguments) -> list[dict[str, Any]]:
    if "coding" in given:
        return [given.one("coding")]
    if "codeableConcept" in given:
        return list(given.one("codeableConcept").get("coding", ()))
    if "code" not in given or "system" not in given:
        raise given.missing("code + system", "coding", "codeableConcept")
    return [{"system": given.text("system"), "code": given.text("code")}]


def _maps(context: OperationContext, request: Request, given: Arguments) -> list[ConceptMap]:
    """The map of the instance, the one sent, the one named, or every one that is known."""
    if len(request.path) == 3:
        return [concept_map.read(json.encode(stored(context, "ConceptMap", request.id)))]
    if "conceptMap" in given:
        return [concept_map.read(json.encode(given.one("conceptMap")))]
    if "url" in given:
        version = given.text("conceptMapVersion")
        return [known_map(context.terminology, f"{given.text('url')}|{version}" if version else given.text("url"))]
    return list(context.terminology.concept_maps())


def _question(given: Arguments) -> Question:
    return Question(
        reverse=given.one("reverse", False),
        source=given.text("source") or None,
        target=given.text("target") or None,
        target_system=given.text("targetsystem") or None,
        dependencies=frozenset(
            (row.get("element", ""), coding.get("system"), coding.get("code", ""))
            for row in given.all("dependency")
            for coding in row.get("concept", {}).get("coding", ())
        ),
    )


def _answer(matches: list[Match], codings: list[dict[str, Any]], language: Language) -> Iterator[dict[str, Any]]:
    found = any(match.matches for match in matches)
    yield {"name": "result", "valueBoolean": found}
    if not found:
        code = ", ".join(f"{coding.get('system', '')}|{coding.get('code', '')}" for coding in codings)
        issue = messages.NO_TRANSLATION.at(code=code)
        yield {"name": "message", "valueString": issue.text(language)}
    for match in matches:
        yield {"name": "match", "part": list(_match(match))}


def _match(match: Match) -> Iterator[dict[str, Any]]:
    yield {"name": "equivalence", "valueCode": match.equivalence}
    if match.concept is not None:
        yield {"name": "concept", "valueCoding": dict(match.concept)}
    for product in match.products:
        yield {"name": "product", "part": list(_product(product))}
    if match.source:
        yield {"name": "source", "valueUri": match.source}


def _product(product: Dependency) -> Iterator[dict[str, Any]]:
    yield {"name": "element", "valueUri": product.property}
    parts = {"system": product.system, "code": product.value, "display": product.display}
    yield {"name": "concept", "valueCoding": {name: value for name, value in parts.items() if value is not None}}
