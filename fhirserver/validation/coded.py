"""Bindings of profiles (terminologies.html#binding): required, extensible, and the value set beyond which none goes."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from fhirserver.conformance.snapshot import Node as Part
from fhirserver.fhirpath.nodes import Node
from fhirserver.outcome import Message
from fhirserver.validation import messages
from fhirserver.validation.definitions import Given
from fhirserver.validation.issues import Found
from fhirserver.validation.membership import codings, spelled
from fhirserver.validation.messages import Text
from fhirserver.validation.walk import Walk

Judge = Callable[[Node, Walk], Found]

_MAX_VALUE_SET = "http://hl7.org/fhir/StructureDefinition/elementdefinition-maxValueSet"
_NONE = Text("no code", "没有代码")


def bindings(part: Part, given: Given | None) -> Iterator[Judge]:
    """The checks of what a profile binds an element to beyond what R4 does."""
    binding = part.element.get("binding", {})
    value_set, strength = binding.get("valueSet"), binding.get("strength")
    if not isinstance(value_set, str):
        return
    own = given.element.binding if given else None
    if not (own and own.strength == strength and own.value_set == value_set.partition("|")[0]):
        if strength == "required":
            yield _bound(value_set, messages.PROFILE_CODE_NOT_IN_VALUE_SET)
        elif strength == "extensible":
            yield _bound(value_set, messages.CODE_NOT_EXTENSIBLE)
    for extension in binding.get("extension", ()):
        most = extension.get("valueCanonical")
        if extension.get("url") == _MAX_VALUE_SET and isinstance(most, str):
            yield _bound(most, messages.CODE_BEYOND_MAXIMUM)


def required_value_set(part: Part) -> str | None:
    """The value set that an element is bound to as required."""
    binding = part.element.get("binding", {})
    value_set: str | None = binding.get("valueSet")
    return value_set if binding.get("strength") == "required" else None


def _bound(value_set: str, message: Message) -> Judge:
    def check(node: Node, walk: Walk) -> Found:
        sent = codings(node)
        membership = walk.knowledge.membership
        holds = membership.any_of(value_set, sent)
        if holds:
            return None
        if not sent and message.severity != "error":
            return None
        if holds is None and sent:
            return [messages.CODE_NOT_CHECKED.at(node.path, value_set=value_set, found=spelled(sent))]
        why = membership.why_not(value_set, sent)
        return [message.at(node.path, value_set=value_set, found=spelled(sent) if sent else _NONE, why=why)]

    return check
