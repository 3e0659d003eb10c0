"""ValueSet/$validate-code and CodeSystem/$validate-code (valueset-, codesystem-operation-validate-code.html)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from fhirserver.interactions.message import Request, Response
from fhirserver.operations import arguments
from fhirserver.operations.answers import parameters
from fhirserver.operations.arguments import Arguments
from fhirserver.operations.context import OperationContext, refuse_past, stored
from fhirserver.operations.value_sets import value_set
from fhirserver.outcome import Language
from fhirserver.terminology.terminology import Versions
from fhirserver.terminology.validate_code import Coding, Question, Verdict, in_code_system, in_value_set

IN_VALUE_SET = arguments.definition("http://hl7.org/fhir/OperationDefinition/ValueSet-validate-code")
IN_CODE_SYSTEM = arguments.definition("http://hl7.org/fhir/OperationDefinition/CodeSystem-validate-code")


def run_in_value_set(context: OperationContext, request: Request) -> Response:
    """Whether a value set has a code, a coding, or one of the codings of a concept."""
    given = arguments.read(IN_VALUE_SET, request)
    refuse_past(context, given)
    definition = value_set(context, request, given).definition
    codings = _codings(given, "systemVersion")
    verdict = in_value_set(context.terminology, definition, codings, _question(given))
    return parameters(_answer(verdict, request.language))


def run_in_code_system(context: OperationContext, request: Request) -> Response:
    """Whether a code system has a code, a coding, or one of the codings of a concept."""
    given = arguments.read(IN_CODE_SYSTEM, request)
    refuse_past(context, given)
    given.refuse("codeSystem")
    url, version = _system(context, request, given)
    codings = _codings(given, "")
    versions = Versions(default={url: version} if version else {})
    verdict = in_code_system(context.terminology, url, codings, _question(given, versions))
    return parameters(_answer(verdict, request.language))


def _system(context: OperationContext, request: Request, given: Arguments) -> tuple[str, str | None]:
    if len(request.path) == 3:
        resource = stored(context, "CodeSystem", request.id)
        return resource["url"], resource.get("version")
    url = given.text("url") or given.one("coding", {}).get("system")
    if not url:
        raise given.missing("url", "coding")
    return url, given.text("version") or None


def _codings(given: Arguments, version: str) -> list[Coding]:
    """What is to be checked, as codings: "one (and only one) of the in parameters (code, coding, codeableConcept)"."""
    if "code" in given:
        parts = {"system": given.text("system") if version else "", "display": given.text("display")}
        parts["version"] = given.text(version) if version else ""
        return [{"code": given.text("code"), **{name: value for name, value in parts.items() if value}}]
    if "coding" in given:
        return [given.one("coding")]
    if "codeableConcept" in given:
        return list(given.one("codeableConcept").get("coding", ()))
    raise given.missing("code", "coding", "codeableConcept")


def _question(given: Arguments, versions: Versions | None = None) -> Question:
    return Question(
        abstract=given.one("abstract", False),
        display_language=given.text("displayLanguage"),
        versions=versions or Versions(),
    )


def _answer(verdict: Verdict, language: Language) -> Iterator[dict[str, Any]]:
    """result, message, display; of a code that nobody here can tell of the result is false and the message says why."""
    yield {"name": "result", "valueBoolean": verdict.result is True}
    if verdict.issues:
        yield {"name": "message", "valueString": " ".join(issue.text(language) for issue in verdict.issues)}
    if verdict.display:
        yield {"name": "display", "valueString": verdict.display}
