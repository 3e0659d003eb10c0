"""The validator: one resource in, its issues out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from fhirserver.fhirpath.model import resource_type
from fhirserver.fhirpath.nodes import Node
from fhirserver.outcome import Issue
from fhirserver.resource import messages as resource_messages
from fhirserver.resource.json import MAX_DEPTH
from fhirserver.validation import messages
from fhirserver.validation.advice import advice
from fhirserver.validation.conformance import conformance
from fhirserver.validation.differentials import buildable
from fhirserver.validation.expressions import expressions
from fhirserver.validation.extended import extensions
from fhirserver.validation.issues import LIMIT, cut, joined, under
from fhirserver.validation.knowledge import Knowledge
from fhirserver.validation.resources import named_type
from fhirserver.validation.scope import Scope
from fhirserver.validation.structure import resource_of
from fhirserver.validation.walk import Walk

#: What is said where a code is not from the value set that its element is bound to.
_BINDINGS = frozenset(
    {
        messages.CODE_NOT_IN_VALUE_SET,
        messages.CODE_NOT_BOUND,
        messages.CODE_BEYOND_MAXIMUM,
        messages.PROFILE_CODE_NOT_IN_VALUE_SET,
    }
)


_SLICE_MISSING = frozenset({messages.SLICE_MISSING, messages.SLICE_MISSING_NEAR})


class Validator:
    """Checks resources against R4, its invariants, the definitions of their extensions, and their profiles.

    Without `knowledge` it knows R4 alone: structures, required codes and invariants, no profiles and extensions. It
    keeps nothing but what it compiled, so one may serve all threads of a process.
    """

    def __init__(self, knowledge: Knowledge | None = None) -> None:
        self._knowledge = knowledge

    @property
    def knowledge(self) -> Knowledge | None:
        """The definitions and codes it was given."""
        return self._knowledge

    def check(
        self, resource: dict[str, Any], *, type: str | None = None, profiles: Iterable[str] = ()
    ) -> Iterator[Issue]:
        """The issues of a parsed resource with all it contains, at most 100 and then a note that there are more.

        `type` is the resource type it has to be, `profiles` are canonicals it is checked against beside those that it
        claims. Expressions are FHIRPath: ``Patient.contact[0].gender``, ``Observation.value`` for any type of value,
        ``Bundle.entry[3].resource.status``. What is missing or not known stands at the element that should have it or
        has it: nothing else is there to select.
        """
        name, issues = named_type(resource)
        if name is not None and type is not None and name != type:
            yield messages.RESOURCE_TYPE_MISMATCH.at(f"{name}.resourceType", expected=type, found=name)
            return
        issues = under(type or "", issues or []) if name is None else self._checked(resource, name, profiles)
        yield from issues[:LIMIT]
        if len(issues) > LIMIT:
            yield messages.ISSUES_LEFT_OUT.at(limit=LIMIT)

    def _checked(self, resource: dict[str, Any], type: str, profiles: Iterable[str]) -> list[Issue]:
        knowledge = self._knowledge.refreshed() if self._knowledge else None
        try:
            issues = resource_of(type)(resource, None, Scope(resource, knowledge=knowledge))
            issues = under(type, issues) if issues else []
            if knowledge is None or len(issues) > LIMIT:
                return issues
            return _without_follow_ups(issues, _gathered(_beyond(resource, knowledge, profiles)))
        except RecursionError:
            return under(type, [resource_messages.TOO_DEEP.at(limit=MAX_DEPTH)])


def _beyond(resource: dict[str, Any], knowledge: Knowledge, profiles: Iterable[str]) -> Iterator[Issue]:
    """What definitions ask beyond R4."""
    root, walk = Node(resource, resource_type(resource)), Walk(knowledge)
    yield from extensions(root, walk)
    yield from conformance(root, walk, profiles)
    yield from advice(root, walk)
    yield from expressions(resource)
    yield from buildable(resource, knowledge)


def _gathered(found: Iterator[Issue]) -> list[Issue]:
    """What is found, until there are errors enough."""
    issues: list[Issue] = []
    errors = 0
    for issue in found:
        errors += issue.severity == "error"
        issues = joined(issues, [issue])
        if errors > LIMIT:
            break
    return issues


def _without_follow_ups(issues: list[Issue], more: list[Issue]) -> list[Issue]:
    """Both lists. Of profiles that share what they ask each issue stands once, and none twice for one element."""
    if not issues and not more:
        return issues
    issues, more = _of_one_cause(issues, _told_more_exactly(issues, more))
    seen = {(issue.key, issue.expression) for issue in issues}
    kept: list[Issue] = []
    for issue in more:
        key = issue.key, issue.expression
        if issue.key.startswith("slice") or key not in seen:
            if issue not in kept:
                kept.append(issue)
            seen.add(key)
    return cut([*issues, *kept])


def _told_more_exactly(issues: list[Issue], more: list[Issue]) -> list[Issue]:
    """Without what profiles say less exactly: a missing element that has to be of a slice, a target R4 refuses too."""
    slices = {(issue.expression, issue.values["path"]) for issue in more if issue.message in _SLICE_MISSING}
    targets = {issue.expression for issue in issues if issue.message is messages.REFERENCE_TARGET}
    return [
        issue
        for issue in more
        if not (issue.message is messages.PROFILE_MISSING and (issue.expression, issue.values["path"]) in slices)
        and not (issue.message is messages.PROFILE_TARGET and issue.expression in targets)
    ]


def _of_one_cause(issues: list[Issue], more: list[Issue]) -> tuple[list[Issue], list[Issue]]:
    """Without codes that do not exist where the element is bound, and that has been said of it: with the near ones."""
    bound = {issue.expression for issue in (*issues, *more) if issue.message in _BINDINGS and issue.severity == "error"}
    if not bound:
        return issues, more
    kept = [
        issue
        for issue in issues
        if issue.message is not messages.CODE_UNKNOWN or bound.isdisjoint(_around(issue.expression))
    ]
    return kept, more


def _around(expression: str) -> tuple[str, str]:
    """The Coding or Quantity that a code is of, and the CodeableConcept around it."""
    coding = expression.rpartition(".")[0]
    return coding, coding.rpartition(".")[0]
