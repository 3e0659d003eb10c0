"""$validate-code (valueset- and codesystem-operation-validate-code.html): is a code right here?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any

from fhirserver.outcome import FhirError, Issue
from fhirserver.terminology import languages, membership, messages
from fhirserver.terminology.code_system import CodeSystem
from fhirserver.terminology.concept import Concept, Designation
from fhirserver.terminology.near import Near, near
from fhirserver.terminology.rows import rows
from fhirserver.terminology.scope import Scope
from fhirserver.terminology.terminology import System, Terminology, Versions
from fhirserver.terminology.text_filter import folded
from fhirserver.terminology.value_set import ValueSet

Coding = Mapping[str, Any]

#: Among how many codes near matches are looked for.
_LOOKED_AT = 5_000
#: How many right displays, and how many code systems, a message lists.
_LISTED = 5


@dataclass(frozen=True, slots=True)
class Question:
    """What else decides. `path` is the FHIRPath the issues are about, such as ``Patient.maritalStatus``."""

    abstract: bool = False  #: whether an abstract concept will do
    displays: bool = True  #: whether a wrong display is an error
    display_language: str = ""  #: of the display in the verdict
    versions: Versions = field(default_factory=Versions)
    path: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer. `result` is None where nobody here can tell: then warnings say what would be needed.

    Where it is False an error says why; where it is True there may be warnings. `display` is what should be shown.
    """

    result: bool | None
    issues: tuple[Issue, ...] = ()
    concept: Concept | None = None
    display: str | None = None


def in_value_set(
    terminology: Terminology, value_set: ValueSet, codings: Sequence[Coding], question: Question | None = None
) -> Verdict:
    """Whether one of the codings is in a value set; one without system may be of any code system of the value set.

    FhirError when the definition is of no use: it includes itself, or a filter makes no sense.
    """
    checks = _checks(terminology, codings, question or Question())
    return _of_all([check.in_value_set(value_set) for check in checks])


def in_code_system(
    terminology: Terminology, system: str, codings: Sequence[Coding], question: Question | None = None
) -> Verdict:
    """Whether one of the codings is of a code system; one without system is taken to be of this one."""
    checks = _checks(terminology, codings, question or Question())
    return _of_all([check.in_code_system(system) for check in checks])


def _checks(terminology: Terminology, codings: Sequence[Coding], question: Question) -> list[_Check]:
    if len(codings) == 1:
        return [_Check(terminology, codings[0], question)]
    paths = (f"{question.path}.coding[{place}]" if question.path else "" for place in range(len(codings)))
    return [
        _Check(terminology, coding, replace(question, path=path)) for coding, path in zip(codings, paths, strict=True)
    ]


def _of_all(verdicts: Sequence[Verdict]) -> Verdict:
    """One right coding is enough; else one that nobody can tell of leaves it open."""
    for wanted in (True, None):
        found = next((verdict for verdict in verdicts if verdict.result is wanted), None)
        if found is not None:
            return found
    first = verdicts[0] if verdicts else Verdict(False)
    return replace(first, issues=tuple(issue for verdict in verdicts for issue in verdict.issues))


class _Check:
    """One coding that is looked at."""

    def __init__(self, terminology: Terminology, coding: Coding, question: Question) -> None:
        self._coding = coding
        self._question = question
        self._code = str(coding.get("code", ""))
        self._scope = Scope(terminology, _versions(coding, question.versions))

    def in_value_set(self, value_set: ValueSet) -> Verdict:
        if not self._code:
            return self._no(messages.CODING_WITHOUT_CODE.at(self._at("code")))
        system = self._coding.get("system") or self._system_in(value_set)
        if not system:
            return self._unsure() or self._no(self._not_in(value_set, ""))
        answer = membership.contains(self._scope, value_set, system, self._code)
        if answer is None:
            return self._unsure() or self._no(self._not_in(value_set, system))
        if answer is False:
            return self._no(self._not_in(value_set, system))
        own = list(_own_texts(self._scope, value_set, system, self._code))
        return self._yes(self._scope.system(system), system, own)

    def in_code_system(self, system: str) -> Verdict:
        if not self._code:
            return self._no(messages.CODING_WITHOUT_CODE.at(self._at("code")))
        if self._coding.get("system", system) != system:
            return self._no(
                messages.SYSTEM_NOT_ASKED.at(self._at("system"), found=self._coding["system"], system=system)
            )
        known = self._scope.system(system)
        answer = membership.standing(known, self._code)
        if answer is None:
            missing = messages.SYSTEM_NOT_WHOLE.at(system=system) if known else self._scope.unknown(system)
            return Verdict(None, (self._warning(missing),))
        return self._yes(known, system, []) if answer else self._no(self._not_known(known, system))

    # -- verdicts

    def _no(self, issue: Issue) -> Verdict:
        return Verdict(False, (issue,))

    def _unsure(self) -> Verdict | None:
        doubts = tuple(self._warning(doubt) for doubt in self._scope.doubts)
        return Verdict(None, doubts) if doubts else None

    def _warning(self, issue: Issue) -> Issue:
        return replace(issue, severity="warning", expression=self._question.path)

    def _yes(self, known: System | None, system: str, own: list[Designation]) -> Verdict:
        concept = (known.find(self._code) if known else None) or Concept(system, None, self._code, None)
        texts = [*own, *_texts(known, concept)]
        issues = tuple(self._remarks(concept, texts))
        wrong = any(issue.severity == "error" for issue in issues)
        return Verdict(not wrong, issues, concept, self._shown(known, concept, texts))

    def _remarks(self, concept: Concept, texts: list[Designation]) -> Iterator[Issue]:
        if concept.abstract and not self._question.abstract:
            yield messages.CODE_ABSTRACT.at(self._at("code"), code=concept.code, system=concept.system)
        if concept.inactive:
            yield messages.CODE_INACTIVE.at(self._at("code"), code=concept.code, system=concept.system)
        display = self._coding.get("display")
        right = list(dict.fromkeys(str(text["value"]) for text in texts if text.get("value")))
        if display and right and self._question.displays and not _is_one_of(display, right):
            expected = " | ".join(right[:_LISTED])
            yield messages.DISPLAY_WRONG.at(self._at("display"), found=display, code=concept.code, expected=expected)

    def _shown(self, known: System | None, concept: Concept, texts: list[Designation]) -> str | None:
        own = str(texts[0]["value"]) if texts else None
        wanted = languages.wanted(self._question.display_language)
        language = known.language if isinstance(known, CodeSystem) else None
        return languages.display(wanted, own, language, texts)

    def _at(self, element: str) -> str:
        """The path of an element of the coding; a bare code is the element itself."""
        path = self._question.path
        return f"{path}.{element}" if path and "system" in self._coding else path

    # -- why not

    def _not_in(self, value_set: ValueSet, system: str) -> Issue:
        systems = list(dict.fromkeys(_systems(self._scope, value_set)))
        if system and system not in systems and systems:
            expected = ", ".join(systems[:_LISTED])
            return messages.SYSTEM_NOT_IN_VALUE_SET.at(
                self._at("system"), found=system, value_set=value_set.canonical, expected=expected
            )
        known = self._scope.system(system) if system else None
        if known is not None and known.refuses(self._code):
            return self._not_known(known, system, value_set)
        code = f"{system}|{self._code}" if system else self._code
        close = self._near(value_set, system)
        return messages.VALUE_SET_LACKS_CODE.at(self._at("code"), code=code, value_set=value_set.canonical, near=close)

    def _not_known(self, known: System | None, system: str, value_set: ValueSet | None = None) -> Issue:
        close = self._near(value_set, system) if value_set else self._near_in(known)
        return messages.CODE_UNKNOWN.at(self._at("code"), code=self._code, system=system, near=close)

    def _near(self, value_set: ValueSet, system: str) -> Near:
        try:
            found = list(islice(rows(self._scope, value_set), _LOOKED_AT))
        except FhirError:
            return Near()
        pairs = [(row.concept.code, row.display) for row in found if system in ("", row.concept.system)]
        return near(self._code, self._coding.get("display"), pairs)

    def _near_in(self, known: System | None) -> Near:
        if not isinstance(known, CodeSystem):
            return Near()
        pairs = zip(known.codes()[:_LOOKED_AT], known.displays()[:_LOOKED_AT], strict=True)
        return near(self._code, self._coding.get("display"), list(pairs))

    # -- no system

    def _system_in(self, value_set: ValueSet) -> str | None:
        """The code system of the value set that the code is from."""
        for system in dict.fromkeys(_systems(self._scope, value_set)):
            if membership.contains(self._scope, value_set, system, self._code):
                return system
        return None


def _versions(coding: Coding, versions: Versions) -> Versions:
    """A coding's own version counts where nothing else says which."""
    if "system" not in coding or "version" not in coding:
        return versions
    return replace(versions, default={coding["system"]: coding["version"], **versions.default})


def _systems(scope: Scope, value_set: ValueSet) -> Iterator[str]:
    """The code systems a value set draws on."""
    for include in value_set.includes:
        if include.system:
            own = value_set.systems.get(include.system)
            yield own.url if own else include.system
        for canonical in include.value_sets:
            with scope.nested(canonical) as nested:
                if nested is not None:
                    yield from _systems(scope, nested)
    if not value_set.includes:
        yield from (row.system for row in value_set.expansion if row.system)


def _own_texts(scope: Scope, value_set: ValueSet, system: str, code: str) -> Iterator[Designation]:
    """What a value set, or one it includes, calls a code."""
    for include in value_set.includes:
        if include.system == system:
            display = include.display(code)
            if display:
                yield {"value": display}
            yield from include.designations(code)
        for canonical in include.value_sets:
            with scope.nested(canonical) as nested:
                if nested is not None:
                    yield from _own_texts(scope, nested, system, code)


def _texts(known: System | None, concept: Concept) -> Iterator[Designation]:
    if concept.display:
        yield {"value": concept.display}
    if isinstance(known, CodeSystem) and concept.number >= 0:
        yield from known.designations(concept.number)


def _is_one_of(display: str, right: Iterable[str]) -> bool:
    """Case, accents, width and blanks do not make another display."""
    wanted = " ".join(folded(display).split())
    return any(" ".join(folded(text).split()) == wanted for text in right)
