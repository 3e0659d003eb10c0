"""Whether codes are in value sets, remembered: the same few codes are asked for again and again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fhirserver.fhirpath.nodes import Node
from fhirserver.outcome import FhirError
from fhirserver.terminology import messages as terms
from fhirserver.terminology.terminology import Terminology
from fhirserver.terminology.validate_code import Question, Verdict, in_value_set
from fhirserver.validation.messages import Text
from fhirserver.validation.remembered import keep

Coding = Mapping[str, Any]

_NOT_ASKED_FOR = Question(abstract=True, displays=False)


class Membership:
    """Answers of terminology, by value set and coding. None: nobody here can tell."""

    def __init__(self, terminology: Terminology) -> None:
        self._terminology = terminology
        self._answers: dict[tuple[str, str | None, str | None, str | None], Verdict | None] = {}

    def clear(self) -> None:
        """Forget everything: code systems or value sets may have changed."""
        self._answers = {}

    def verdict(self, value_set: str, coding: Coding) -> Verdict | None:
        """Whether one coding is in a value set, and why not; None when the value set is not known or of no use.

        A coding without system may be of any code system of the value set.
        """
        key = value_set, _text(coding, "system"), _text(coding, "version"), _text(coding, "code")
        answers = self._answers  # those of now: another thread may forget them meanwhile
        try:
            return answers[key]
        except KeyError:
            return keep(answers, key, self._in_value_set(value_set, _plain(key)))

    def holds(self, value_set: str, item: Node) -> bool | None:
        """Whether a code, Coding, CodeableConcept or Quantity is in a value set; None when nobody can tell."""
        return self.any_of(value_set, codings(item))

    def any_of(self, value_set: str, sent: Sequence[Coding]) -> bool | None:
        """Whether one of the codings is in a value set; None when it is not known or nobody can tell."""
        answers = [self.verdict(value_set, coding) for coding in sent]
        if any(answer is not None and answer.result for answer in answers):
            return True
        if not sent and not self._is_known(value_set):
            return None
        return None if any(answer is None or answer.result is None for answer in answers) else False

    def is_of_another_system(self, value_set: str, sent: Sequence[Coding]) -> bool:
        """Whether one of the codings is from a code system that the value set has no codes of."""
        verdicts = [self.verdict(value_set, coding) for coding in sent]
        return any(verdict is not None and _names_the_system(verdict) for verdict in verdicts)

    def _is_known(self, value_set: str) -> bool:
        try:
            return self._terminology.value_set(value_set) is not None
        except FhirError:
            return False

    def why_not(self, value_set: str, sent: Sequence[Coding]) -> Text:
        """What terminology has to say to the first coding, such as near matches."""
        verdict = self.verdict(value_set, sent[0]) if sent else None
        if verdict is None or not verdict.issues:
            return Text("", "")
        issue = verdict.issues[0]
        return Text(f" {issue.text('en')}", issue.text("zh"))

    def _in_value_set(self, canonical: str, coding: Coding) -> Verdict | None:
        try:
            value_set = self._terminology.value_set(canonical)
            if value_set is None:
                return None
            return in_value_set(self._terminology, value_set, [coding], _NOT_ASKED_FOR)
        except FhirError:
            return None


def _names_the_system(verdict: Verdict) -> bool:
    return any(issue.message is terms.SYSTEM_NOT_IN_VALUE_SET for issue in verdict.issues)


def spelled(sent: Sequence[Coding]) -> Text:
    """The first codings as ``system|code``."""
    texts = [f"{each['system']}|{each.get('code')}" if each.get("system") else str(each.get("code")) for each in sent]
    listed = ", ".join(texts[:3])
    return Text(listed, listed)


def codings(item: Node) -> list[Coding]:
    """What may be looked up of a coded element; a bare code has no system."""
    value, type = item.value, item.type.name
    if type == "CodeableConcept":
        return [each for each in value.get("coding") or () if isinstance(each, dict)]
    if type == "Coding":
        return [value]
    if isinstance(value, dict):
        return [{"system": value.get("system"), "code": value.get("code")}] if "code" in value else []
    return [{"code": value}] if isinstance(value, str) else []


def _text(coding: Coding, name: str) -> str | None:
    value = coding.get(name)
    return value if isinstance(value, str) else None


def _plain(key: tuple[str, str | None, str | None, str | None]) -> Coding:
    _, system, version, code = key
    parts = {"system": system, "version": version, "code": code}
    return {name: value for name, value in parts.items() if value is not None}
