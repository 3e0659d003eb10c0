"""Bindings of R4 (terminologies.html#strength): required, extensible, and the value set beyond which none goes.

Codes of value sets that HL7 could list are compared with its list; of others terminology is asked, where there is one.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fhirserver.outcome import Issue, Message
from fhirserver.resource.primitives import PRIMITIVES
from fhirserver.resource.primitives import found as shown
from fhirserver.spec import codes as spec
from fhirserver.spec.structures import Binding
from fhirserver.validation import messages
from fhirserver.validation.issues import Check, Found
from fhirserver.validation.membership import spelled
from fhirserver.validation.messages import Text
from fhirserver.validation.nearest import one_of
from fhirserver.validation.scope import Scope

#: elementdefinition-maxValueSet, by the value set that R4 binds to: it has the same one everywhere.
_MOST = {
    "http://hl7.org/fhir/ValueSet/languages": "http://hl7.org/fhir/ValueSet/all-languages",
    "http://hl7.org/fhir/ValueSet/expression-language": "http://hl7.org/fhir/ValueSet/mimetypes",
}
_BOUND = frozenset({"code", "Coding", "CodeableConcept"})
_OF_THE_SET = Text("a code of the value set", "该值集中的代码")


def required(binding: Binding | None) -> str | None:
    """The value set that codes are checked against; None when it binds less, or HL7 could not list its codes."""
    if binding is None or binding.strength != "required" or spec.codes(binding.value_set) is None:
        return None
    return binding.value_set


def asked(binding: Binding | None, type: str) -> Check | None:
    """The check that asks terminology of a coded element; None where there is nothing to ask."""
    if binding is None or type not in _BOUND or required(binding):
        return None
    most = _MOST.get(binding.value_set)
    if most is not None:
        return _by_terminology(most, messages.CODE_BEYOND_MAXIMUM)
    if binding.strength == "required":
        return _by_terminology(binding.value_set, messages.CODE_NOT_BOUND)
    if binding.strength == "extensible":
        return _by_terminology(binding.value_set, messages.CODE_NOT_EXTENSIBLE)
    return None


def _by_terminology(value_set: str, message: Message) -> Check:
    def check(value: Any, parent: Any, scope: Scope) -> Found:
        if scope.knowledge is None:
            return None
        sent = _codings(value)
        membership = scope.knowledge.membership
        if not sent or membership.any_of(value_set, sent) is not False:
            return None
        if message is messages.CODE_NOT_EXTENSIBLE and membership.is_of_another_system(value_set, sent):
            return None  # whether a code of the value set would fit, nobody can tell
        return [message.at(value_set=value_set, found=spelled(sent), why=membership.why_not(value_set, sent))]

    return check


def _codings(value: Any) -> list[Mapping[str, Any]]:
    """What may be looked up of a well-formed code, Coding or CodeableConcept."""
    if isinstance(value, str):
        return [{"code": value}]
    return [each for each in value.get("coding", (value,)) if "code" in each]


def bound_code(value_set: str, otherwise: Check) -> Check:
    """The check of a `code` bound to a value set; what is no code at all is left to `otherwise`."""
    codes = spec.codes(value_set) or frozenset()
    code_in = PRIMITIVES["code"]

    def check(value: Any, parent: Any, scope: Scope) -> Found:
        if type(value) is str and value in codes:
            return None
        if code_in(value) is not None:
            return otherwise(value, parent, scope)
        return [_outside(value_set, shown(value), value, codes)]

    return check


def bound_concept(value_set: str) -> Check:
    """The check of a well-formed CodeableConcept bound to a value set: one of its codings has to be from it."""
    codings = spec.codings(value_set) or {}
    codes = spec.codes(value_set) or frozenset()

    def check(value: dict[str, Any], parent: Any, scope: Scope) -> Found:
        sent = value.get("coding", ())
        if any(coding.get("code") in codings.get(coding.get("system"), ()) for coding in sent):
            return None
        return [_outside(value_set, _spelled(value), str(sent[0].get("code", "")) if sent else "", codes)]

    return check


def _spelled(concept: dict[str, Any]) -> str:
    """The codings of a concept as ``system|code``."""
    codings = [f"{coding.get('system', '')}|{coding.get('code', '')}" for coding in concept.get("coding", ())[:3]]
    return ", ".join(codings) or "{…}"


def _outside(value_set: str, found: str, code: str, codes: frozenset[str]) -> Issue:
    expected = one_of(code, codes, _OF_THE_SET)
    return messages.CODE_NOT_IN_VALUE_SET.at(found=found, value_set=value_set, expected=expected)
