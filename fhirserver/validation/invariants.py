"""Invariants (conformance-rules.html#constraints): FHIRPath conditions of elements, by their keys.

What other files check by hand is not asked again; what cannot be evaluated is a warning, never a verdict.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from fhirserver import fhirpath
from fhirserver.fhirpath.evaluation import Environment
from fhirserver.fhirpath.expression import Expression
from fhirserver.outcome import FhirError, Issue, Message
from fhirserver.spec.structures import Constraint
from fhirserver.validation import messages
from fhirserver.validation.certain import certain
from fhirserver.validation.constraint_texts import TEXTS
from fhirserver.validation.issues import LIMIT, Check, Found
from fhirserver.validation.messages import Text
from fhirserver.validation.scope import Scope

#: Checked by hand: objects.py, extensions.py, contained.py, references.py, narrative.py; and dom-6, which is advice.
NATIVE = frozenset({"ele-1", "ext-1", "dom-2", "dom-3", "dom-4", "dom-5", "dom-6", "ref-1", "txt-1", "txt-2"})

#: The names of an object that says nothing: it has broken ele-1, whatever else it ought to have.
_NOTHING = frozenset({"id"})
_LONGEST = 300  # of an expression that a message quotes


class Rule:
    """One invariant, compiled when it is first asked.

    `type` is the type of its focus, None when the focus comes as a node. `human` is what its author says of it,
    `system` the code system its key is from.
    """

    __slots__ = ("_certain", "_compiled", "_type", "expression", "key", "message", "texts")

    def __init__(
        self,
        key: str,
        severity: str,
        expression: str,
        *,
        type: str | None = None,
        human: str = "",
        system: str = messages.CONSTRAINT_SYSTEM,
    ) -> None:
        self.key = key
        self.expression = expression
        self.message = _message(key, severity, system)
        own = TEXTS.get(key)
        self.texts = _in_languages(human) if human else own or _quoted(expression)
        self._type = type
        self._certain = certain(expression, type) if type is not None else None
        self._compiled: Expression | None = None

    def broken(self, focus: Any, environment: Environment) -> Issue | None:
        """The issue where the condition does not hold; what is neither true nor false does not hold."""
        if self._certain is not None and self._certain(focus):
            return None
        try:
            if self._compiled is None:
                self._compiled = fhirpath.compile(self.expression, self._type)
            holds = self._compiled.holds(focus, environment)
            # advice is not given on what is not there: R4's rules on names have no exists()
            if holds or (holds is None and self.message.severity == "warning"):
                return None
        except FhirError as error:
            reason = error.issues[0]
            texts = Text(reason.text("en"), reason.text("zh"))
            costly = reason.code == "too-costly"
            message = messages.CONSTRAINT_TOO_COSTLY if costly else messages.CONSTRAINT_NOT_EVALUATED
            return message.at(key=self.key, reason=texts)
        return self.message.at(key=self.key, text=self.texts)


def _message(key: str, severity: str, system: str) -> Message:
    """Every rule has a row of its own: its key is the machine code."""
    return Message(
        key,
        "invariant",
        "{key}: {text:en}",
        "{key}：{text:zh}",
        severity="warning" if severity == "warning" else "error",
        system=system,
    )


#: A text in Chinese, then in English: the last sign of Chinese or its punctuation, a space, a capital.
_BILINGUAL = re.compile(r"(.*[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef][^A-Za-z]*?)\s+([A-Z].*)", re.DOTALL).fullmatch


def _in_languages(human: str) -> Text:
    """What an author says, who may say it in Chinese and then in English."""
    found = _BILINGUAL(human)
    return Text(found[2], found[1]) if found else Text(human, human)


def _quoted(expression: str) -> Text:
    short = expression if len(expression) <= _LONGEST else f"{expression[:_LONGEST]}…"
    return Text(f"the rule does not hold: {short}", f"不满足规则：{short}")


def rules(constraints: Iterable[Constraint], type: str) -> Check | None:
    """The check of the invariants of a type or element of R4; None when there are none beside the native ones."""
    compiled = [Rule(*row, type=type) for row in map(_row, constraints) if row[0] not in NATIVE]
    if not compiled:
        return None

    def check(value: Any, parent: Any, scope: Scope) -> Found:
        issues: Found = None
        environment = scope.environment
        for rule in compiled:
            issue = rule.broken(value, environment)
            if issue is not None:
                issues = [*(issues or ()), issue]
        return issues

    return check


def _row(constraint: Constraint) -> tuple[str, str, str]:
    return constraint.key, constraint.severity, constraint.expression


def judged(check: Check, rule: Check | None) -> Check:
    """A check, and the rules of what it checks, also where something in it is wrong already.

    Rules are written for what is well-formed. Of anything else they are asked as far as they can be: an exception
    means no more than that they cannot.
    """
    if rule is None:
        return check

    def judge(value: Any, parent: Any, scope: Scope) -> Found:
        found = check(value, parent, scope)
        if found is None:
            return rule(value, parent, scope)
        if type(value) is not dict or value.keys() <= _NOTHING or len(found) > LIMIT:
            return found
        try:
            return [*found, *(rule(value, parent, scope) or ())]
        except (AttributeError, TypeError, ValueError, KeyError, IndexError, ArithmeticError):
            return found

    return judge
