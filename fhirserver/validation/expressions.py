"""Expressions in definitions: an invariant or a search parameter that is no FHIRPath would never work.

ElementDefinition.constraint.expression, SearchParameter.expression. Read for what they are, not for what they select:
an unknown function may be of a later release and is a warning.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from fhirserver import fhirpath
from fhirserver.fhirpath import messages as language
from fhirserver.outcome import FhirError, Issue
from fhirserver.validation import messages
from fhirserver.validation.messages import Text

#: Of a later release, or of whoever evaluates it.
_ELSEWHERE = frozenset({language.UNKNOWN_FUNCTION, language.UNKNOWN_TYPE, language.UNKNOWN_VARIABLE})


def expressions(resource: dict[str, Any]) -> Iterator[Issue]:
    """The issues of the expressions in a definition; what is not well-formed is passed over."""
    for path, text in _texts(resource):
        try:
            fhirpath.compile(text)
        except FhirError as error:
            reason = error.issues[0]
            why = Text(reason.text("en"), reason.text("zh"))
            issue = messages.EXPRESSION_MALFORMED.at(path, why=why)
            yield replace(issue, severity="warning") if reason.message in _ELSEWHERE else issue


def _texts(resource: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """The expressions in a definition with their places."""
    type = resource.get("resourceType")
    if type == "SearchParameter":
        text = resource.get("expression")
        if isinstance(text, str):
            yield "SearchParameter.expression", text
    elif type == "StructureDefinition":
        for part in ("differential", "snapshot"):
            for place, element in _objects(resource.get(part), "element"):
                for number, constraint in _objects(element, "constraint"):
                    text = constraint.get("expression")
                    if isinstance(text, str):
                        yield f"StructureDefinition.{part}.element[{place}].constraint[{number}].expression", text


def _objects(holder: Any, name: str) -> Iterator[tuple[int, dict[str, Any]]]:
    items = holder.get(name) if isinstance(holder, dict) else None
    for place, item in enumerate(items if isinstance(items, list) else ()):
        if isinstance(item, dict):
            yield place, item
