"""What terminology has to say to a Coding by itself, whatever it is bound to (datatypes.html#Coding).

Only code systems that are known here as a whole refuse codes, and grammars warn. Answers are remembered: the same few
codes come again.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any

from fhirserver.outcome import FhirError, Issue
from fhirserver.terminology import messages as terms
from fhirserver.terminology.grammars import GRAMMARS
from fhirserver.terminology.terminology import Terminology
from fhirserver.terminology.validate_code import Question, in_code_system
from fhirserver.validation import messages
from fhirserver.validation.actions import Action, weighed
from fhirserver.validation.issues import Found
from fhirserver.validation.messages import Text
from fhirserver.validation.remembered import keep

#: Under these HL7 has no other code systems than those that R4 brings.
_HL7 = "http://hl7.org/fhir/"
_HL7_ELSEWHERE = tuple(_HL7 + name for name in ("sid/", "test", "us/", "uv/"))
_ASKED = Question(abstract=True)

_Key = tuple[str, str | None, str, str | None]


class Remarks:
    """Remarks on codings, with expressions relative to the Coding: ``.code``, ``.display``, ``.system``."""

    def __init__(self, terminology: Terminology, unknown_code: Action, wrong_display: Action) -> None:
        self._terminology = terminology
        self._unknown_code = unknown_code
        self._wrong_display = wrong_display
        self._answers: dict[_Key, Found] = {}

    def clear(self) -> None:
        """Forget everything: code systems may have changed."""
        self._answers = {}

    def on(self, coding: Mapping[str, Any]) -> Found:
        """What there is to say to a well-formed Coding."""
        system, code = coding.get("system"), coding.get("code")
        if system is None or code is None:
            return None
        key = system, coding.get("version"), code, coding.get("display")
        answers = self._answers  # those of now: another thread may forget them meanwhile
        try:
            return answers[key]
        except KeyError:
            return keep(answers, key, self._looked_up(key))

    def _looked_up(self, key: _Key) -> Found:
        try:
            return list(self._found(*key)) or None
        except FhirError:  # a code system that cannot be read says nothing
            return None

    def _found(self, system: str, version: str | None, code: str, display: str | None) -> Iterator[Issue]:
        known = self._terminology.system(system, version)
        if known is None:
            yield from self._no_system(system)
            return
        coding = {"system": system, "code": code}
        if version is not None:
            coding["version"] = version
        if display is not None:
            coding["display"] = display
        for issue in in_code_system(self._terminology, system, [coding], _ASKED).issues:
            if issue.message is terms.CODE_UNKNOWN:
                why = Text(issue.text("en"), issue.text("zh"))
                # HL7's own examples have units such as "ea" and "mcg" that UCUM does not know
                action = "warn" if system in GRAMMARS and self._unknown_code == "refuse" else self._unknown_code
                yield from weighed(messages.CODE_UNKNOWN.at(".code", why=why), action)
            elif issue.message is terms.DISPLAY_WRONG and not _is_a_translation(display or "", issue):
                why = Text(issue.text("en"), issue.text("zh"))
                yield from weighed(messages.DISPLAY_WRONG.at(".display", why=why), self._wrong_display)

    def _no_system(self, system: str) -> Iterator[Issue]:
        if self._terminology.registry.find("ValueSet", system) is not None or system.startswith(_HL7 + "ValueSet/"):
            yield messages.SYSTEM_IS_VALUE_SET.at(".system", found=system)
        elif system.startswith(_HL7) and not system.startswith(_HL7_ELSEWHERE):
            yield from weighed(messages.SYSTEM_UNKNOWN.at(".system", found=system), self._unknown_code)


def _is_a_translation(display: str, issue: Issue) -> bool:
    """Whether a display is written in a script that none of the right ones has, as 男 for male: nobody can compare."""
    return bool(_scripts(display) - _scripts(str(issue.values.get("expected", ""))))


def _scripts(text: str) -> set[str]:
    """The scripts of the letters of a text, by the first word of their names in Unicode: LATIN, CJK, CYRILLIC."""
    return {unicodedata.name(each, "").partition(" ")[0] for each in text if each.isalpha()}
