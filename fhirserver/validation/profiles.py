"""The compiler of profiles: a StructureDefinition to one check of what it asks beyond R4.

What R4 itself asks has been checked by structure.py when a profile is asked; so a profile is compiled to what it adds,
and where it adds nothing nothing is looked at. Which features an element has decides which files its check is made of.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from fhirserver.conformance.messages import DEFINITION_MALFORMED
from fhirserver.conformance.snapshot import Node as Part
from fhirserver.conformance.snapshot import tree
from fhirserver.fhirpath.nodes import Node
from fhirserver.outcome import RULE_SYSTEM
from fhirserver.validation import messages
from fhirserver.validation.coded import bindings
from fhirserver.validation.definitions import Given, codes, given, within
from fhirserver.validation.fixed import given_values
from fhirserver.validation.invariants import NATIVE, Rule
from fhirserver.validation.issues import Found, joined
from fhirserver.validation.languages import narrative_languages
from fhirserver.validation.limits import limits
from fhirserver.validation.messages import Text
from fhirserver.validation.present import presence
from fhirserver.validation.slicing import Group, slicing
from fhirserver.validation.targets import targets
from fhirserver.validation.types import types
from fhirserver.validation.walk import Walk

if TYPE_CHECKING:
    from fhirserver.validation.knowledge import Knowledge

#: One value, with where it stands -> issues with whole expressions.
Judge = Callable[[Node, Walk], Found]


@dataclass(frozen=True, slots=True)
class Profile:
    """A compiled profile. `canonical` has its version, `type` is what it constrains."""

    canonical: str
    type: str
    definition: dict[str, Any]
    check: Judge


def compiled(knowledge: Knowledge, definition: dict[str, Any], element: str = "") -> Profile:
    """A StructureDefinition with its snapshot, or one `element` of it, compiled when it is first asked."""
    url, version = definition.get("url", ""), definition.get("version")
    type = str(definition.get("type", "")).rpartition("/")[2]
    canonical = f"{url}|{version}" if version else url
    canonical = f"{canonical}#{element}" if element else canonical
    return Profile(canonical, type, definition, _Lazily(knowledge, definition, type, element))


class _Lazily:
    """The check of a profile; profiles may lead to one another in circles, so each waits until it is needed."""

    def __init__(self, knowledge: Knowledge, definition: dict[str, Any], type: str, element: str) -> None:
        self._knowledge = knowledge
        self._definition = definition
        self._type = type
        self._element = element
        self._judge: Judge | None = None
        self._done = False

    def __call__(self, node: Node, walk: Walk) -> Found:
        if not self._done:
            try:
                self._judge = self._compiled()
            except (AttributeError, IndexError, KeyError, TypeError, ValueError) as problem:
                # nobody checks the files of a package: a malformed profile judges nothing, and says so
                self._judge = _unusable(str(self._definition.get("url")), problem)
            self._done = True
        return self._judge(node, walk) if self._judge else None

    def _compiled(self) -> Judge | None:
        root = tree(self._definition["snapshot"]["element"])
        part = within(root, self._element) if self._element else root
        known = given(self._type) if part is root else None
        return _Compiler(self._knowledge).item(part, known) if part else None


def _unusable(url: str, problem: Exception) -> Judge:
    """What stands in for a profile that cannot be compiled."""
    reason = DEFINITION_MALFORMED.at(url=url, problem=repr(problem)[:200])
    texts = Text(reason.text("en"), reason.text("zh"))

    def check(node: Node, walk: Walk) -> Found:
        issue = messages.PROFILE_UNUSABLE.at(node.path, profile=url, reason=texts)
        return [replace(issue, severity="warning")]

    return check


class _Compiler:
    """Compiles the elements of one profile."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._knowledge = knowledge

    def item(self, part: Part, known: Given | None) -> Judge | None:
        """The check of one value of an element, without its slices."""
        typed = list(types(part, known))
        judges: list[Judge] = [
            *given_values(part),
            *presence(part),
            *limits(part),
            *bindings(part, known),
            *targets(part, known),
            *narrative_languages(part),
        ]
        rule = _rules(part, known, self._rule_ids)
        children = self._children(part, known)
        judges += [each for each in (rule, children) if each is not None]
        every = [*typed, *judges]
        if len(every) < 2:
            return every[0] if every else None
        return _typed_first(typed, judges) if typed else _all(judges)

    def group(self, part: Part, known: Given | None) -> Group | None:
        """The check of all values of an element: how many, each by itself, and by slices."""
        groups: list[Group] = []
        counted = _counted(part, known) if part.slice is None else None
        each = self.item(part, known)
        sliced = slicing(self._knowledge, part, lambda slice: self.group(slice, known))
        if counted is not None:
            groups.append(counted)
        if each is not None:
            groups.append(_each(each))
        if sliced is not None:
            groups.append(sliced)
        if not groups:
            return None
        return groups[0] if len(groups) == 1 else _groups(groups)

    @cached_property
    def _rule_ids(self) -> frozenset[str]:
        """The rules of the exchange: an invariant with such a key is that rule, said by a profile."""
        found = self._knowledge.registry.resource("CodeSystem", RULE_SYSTEM)
        return frozenset(concept["code"] for concept in (found or {}).get("concept", ()))

    def _children(self, part: Part, known: Given | None) -> Judge | None:
        below: list[tuple[str, Group]] = []
        for child in part.children or ():
            group = self.group(child, known.child(child.name, part) if known else None)
            if group is not None:
                below.append((child.name.removesuffix("[x]"), group))
        return _below(below) if below else None


def _below(groups: list[tuple[str, Group]]) -> Judge:
    def check(node: Node, walk: Walk) -> Found:
        if node.type.kind not in ("primitive", "system") and node.value.__class__ is not dict:
            return None
        issues: Found = None
        children = node.type.children
        for name, group in groups:
            child = children.get(name)
            if child is None or (name == "value" and node.type.kind == "primitive"):
                continue
            items: list[Node] = []
            child.collect(node, items)
            found = group(items, node, walk)
            if found:
                issues = joined(issues, found)
        return issues

    return check


def _each(judge: Judge) -> Group:
    def check(items: list[Node], holder: Node, walk: Walk) -> Found:
        issues: Found = None
        for item in items:
            found = judge(item, walk)
            if found:
                issues = joined(issues, found)
        return issues

    return check


def _groups(groups: list[Group]) -> Group:
    def check(items: list[Node], holder: Node, walk: Walk) -> Found:
        issues: Found = None
        for group in groups:
            found = group(items, holder, walk)
            if found:
                issues = joined(issues, found)
        return issues

    return check


def _typed_first(typed: list[Judge], judges: list[Judge]) -> Judge:
    """What is of a type that the profile does not allow is not asked for more: a string has no codings."""
    first, rest = _all(typed), _all(judges)

    def check(node: Node, walk: Walk) -> Found:
        found = first(node, walk)
        if found and any(issue.message is messages.TYPE_NOT_ALLOWED for issue in found):
            return found
        more = rest(node, walk)
        return joined(found, more) if more else found

    return check


def _all(judges: list[Judge]) -> Judge:
    def check(node: Node, walk: Walk) -> Found:
        issues: Found = None
        for judge in judges:
            found = judge(node, walk)
            if found:
                issues = joined(issues, found)
        return issues

    return check


def _counted(part: Part, known: Given | None) -> Group | None:
    """The check of how many values there are, where a profile asks for more or allows fewer than R4."""
    least, most = part.element.get("min", 0), part.element.get("max", "*")
    at_most = None if most == "*" else int(most)
    own_least = known.element.min if known else 0
    own_most = known.element.max if known else None
    fewer = at_most is not None and (own_most is None or at_most < own_most)
    if least <= own_least and not fewer:
        return None
    path, expected = str(part.element.get("path", part.name)), f"{least}..{most}"

    def check(items: list[Node], holder: Node, walk: Walk) -> Found:
        if len(items) < least and least > own_least:
            message = messages.PROFILE_MISSING if not items else messages.PROFILE_TOO_FEW
            return [message.at(holder.path, path=path, expected=expected, found=len(items))]
        if fewer and at_most is not None and len(items) > at_most:
            if at_most == 0:
                return [messages.PROFILE_FORBIDDEN.at(holder.path, path=path, expected=expected)]
            return [messages.PROFILE_TOO_MANY.at(holder.path, path=path, expected=expected, found=len(items))]
        return None

    return check


def _rules(part: Part, known: Given | None, rules: frozenset[str]) -> Judge | None:
    """The check of the invariants a profile adds."""
    given = known.constraints if known else {}
    types = codes(part)
    # a rule on an element that holds a resource speaks of that element: %resource is the resource around it
    inside = "." in str(part.element.get("path", ""))
    added = [
        Rule(
            row["key"],
            row.get("severity", "error"),
            row["expression"],
            human=row.get("human", ""),
            system=RULE_SYSTEM if row["key"] in rules else messages.CONSTRAINT_SYSTEM,
        )
        for row in part.element.get("constraint", ())
        if isinstance(row.get("expression"), str)
        and row["key"] not in NATIVE
        and given.get(row["key"]) != row["expression"]
        and types != ["xhtml"]
    ]
    if not added:
        return None

    def check(node: Node, walk: Walk) -> Found:
        issues: Found = None
        environment = walk.around(node) if inside and node.type.kind == "resource" else walk.environment(node)
        for rule in added:
            issue = rule.broken([node], environment) if rule not in walk.stopped else None
            if issue is not None:
                issues = [*(issues or ()), issue.under(node.path)]
                if issue.message is messages.CONSTRAINT_TOO_COSTLY:
                    walk.stopped.add(rule)
        return issues

    return check
