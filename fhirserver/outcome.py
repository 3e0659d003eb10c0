"""Issues, the errors made of them, and the one table from issue code to HTTP status.

Checks *yield* :class:`Issue`; what must stop *raises* :class:`FhirError`. Only the doors turn either into bytes.
Texts are rows of :class:`Message` tables in the room that speaks (its `messages.py`), in English and Chinese.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from string import Formatter
from typing import Any, Literal

Severity = Literal["fatal", "error", "warning", "information"]
Language = Literal["en", "zh", "both"]

#: Code systems of `issue.details.coding`: what the server says of FHIR itself, and the rules of the exchange.
MESSAGE_SYSTEM = "https://medgroup.example.org/fhir/CodeSystem/message"
RULE_SYSTEM = "https://medgroup.example.org/fhir/CodeSystem/rule"

#: http.html#Status-Codes: the HTTP status an issue code leads to when nothing more precise is said.
STATUS: dict[str, int] = {
    # invalid: "400 Bad Request - resource could not be parsed or failed basic FHIR validation rules"
    "invalid": 400,
    "structure": 400,
    "required": 400,
    "value": 400,
    # "422 Unprocessable Entity - the proposed resource violated applicable FHIR profiles or server business rules"
    "invariant": 422,
    "code-invalid": 422,
    "extension": 422,
    "business-rule": 422,
    "processing": 422,
    # security
    "security": 403,
    "login": 401,
    "unknown": 401,
    "expired": 401,
    "forbidden": 403,
    "suppressed": 403,
    # processing
    "not-supported": 400,
    "not-found": 404,
    "deleted": 410,
    "too-long": 413,
    "too-costly": 400,
    "duplicate": 409,
    "multiple-matches": 412,
    "conflict": 409,
    "incomplete": 500,
    # transient
    "transient": 503,
    "lock-error": 503,
    "no-store": 507,
    "exception": 500,
    "timeout": 503,
    "throttled": 429,
    # "informational" never stops a request; the row exists so that the table is total over the value set
    "informational": 200,
}


#: What may be a citizen identity number of 18 or 15 characters (GB 11643): a date stands where it has to.
_CITIZEN_NUMBER = re.compile(
    r"(?<!\d)[1-9]\d{5}(?:(?:18|19|20)\d\d|\d\d)(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx]?(?!\d)", re.A
)


def masked(text: str) -> str:
    """The text with no more than the last four characters of citizen identity numbers in it."""
    return _CITIZEN_NUMBER.sub(_stars, text)


def _stars(found: re.Match[str]) -> str:
    number = found[0]
    return "*" * (len(number) - 4) + number[-4:] if len(number) in (15, 18) else number


@dataclass(frozen=True, slots=True)
class Issue:
    """One row of an OperationOutcome (operationoutcome.html).

    `expression` is a FHIRPath such as ``Patient.contact[0].gender``; `values` fill the message's template.
    No value may come from a patient's data unless the sender of the request wrote it in this very request; identity
    numbers are masked even then, as answers end up in logs.
    """

    message: Message
    expression: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    severity: Severity = "error"

    @property
    def code(self) -> str:
        return self.message.code

    @property
    def key(self) -> str:
        return self.message.key

    def text(self, language: Language = "en") -> str:
        return masked(self.message.text(language, self.values))

    def under(self, prefix: str) -> Issue:
        """The same issue seen from an outer element: ``Patient.name`` under ``Bundle.entry[3].resource``.

        The first step (the resource's type) is kept out, as FHIRPath names the element inside by its path.
        """
        head, dot, tail = self.expression.partition(".")
        inner = f"{prefix}{dot}{tail}" if head else prefix
        return replace(self, expression=inner)

    def as_resource(self, language: Language = "en") -> dict[str, Any]:
        """The issue as an element of ``OperationOutcome.issue``. Rules of the exchange speak both languages always."""
        language = "both" if self.message.system == RULE_SYSTEM else language
        issue: dict[str, Any] = {
            "severity": self.severity,
            "code": self.code,
            "details": {"coding": [{"system": self.message.system, "code": self.key}]},
            "diagnostics": self.text(language),
        }
        if self.expression:
            issue["expression"] = [self.expression]
        return issue


@dataclass(frozen=True, slots=True)
class Message:
    """A row of a message table: a stable machine code, the FHIR issue code, and the text in two languages.

    `en` and `zh` are `str.format` templates over the same field names (a house test holds them equal).
    `status` overrides the table above where the specification asks for another answer in this one case.
    """

    key: str
    code: str
    en: str
    zh: str
    status: int | None = None
    severity: Severity = "error"
    system: str = MESSAGE_SYSTEM

    def at(self, expression: str = "", **values: Any) -> Issue:
        """An issue with this message at a FHIRPath."""
        return Issue(self, expression, values, self.severity)

    def error(self, expression: str = "", *, headers: Mapping[str, str] | None = None, **values: Any) -> FhirError:
        """An exception with this message as its only issue: ``raise NOT_KNOWN.error(type="Patient", id="1")``."""
        return FhirError([self.at(expression, **values)], headers=headers)

    def text(self, language: Language, values: Mapping[str, Any]) -> str:
        if language == "both":
            return f"{self.zh.format_map(values)} / {self.en.format_map(values)}"
        return (self.zh if language == "zh" else self.en).format_map(values)

    def fields(self) -> tuple[set[str], set[str]]:
        """The template fields of the English and of the Chinese text."""
        names = [{name for _, name, _, _ in Formatter().parse(text) if name} for text in (self.en, self.zh)]
        return names[0], names[1]


class FhirError(Exception):
    """What must stop the request: one or more issues; the gravest decides the HTTP status."""

    def __init__(
        self, issues: Iterable[Issue], *, status: int | None = None, headers: Mapping[str, str] | None = None
    ) -> None:
        self.issues = list(issues)
        self.headers = dict(headers or {})
        self._status = status
        super().__init__("; ".join(f"{issue.key} {issue.expression}".rstrip() for issue in self.issues))

    @property
    def status(self) -> int:
        return self._status if self._status is not None else status_of(self.issues)


def status_of(issues: Iterable[Issue]) -> int:
    """The HTTP status for a list of issues: the highest answer any of its errors asks for."""
    asked = [issue.message.status or STATUS[issue.code] for issue in issues if issue.severity in ("fatal", "error")]
    return max(asked, default=500)


def operation_outcome(issues: Iterable[Issue], language: Language = "en") -> dict[str, Any]:
    """An OperationOutcome resource of the issues, in the sender's language."""
    return {"resourceType": "OperationOutcome", "issue": [issue.as_resource(language) for issue in issues]}
