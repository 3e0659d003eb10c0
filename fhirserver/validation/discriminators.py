"""Discriminators (profiling.html#discriminator): what tells the items of one slice from those of another."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from fhirserver import fhirpath
from fhirserver.conformance.snapshot import Node as Part
from fhirserver.conformance.snapshot import tree
from fhirserver.fhirpath.nodes import Node
from fhirserver.outcome import FhirError
from fhirserver.validation.coded import required_value_set
from fhirserver.validation.definitions import codes, is_of, profiles, rows, value_of, within
from fhirserver.validation.fixed import same, spelled, wanted
from fhirserver.validation.membership import codings
from fhirserver.validation.messages import Text
from fhirserver.validation.walk import Walk

if TYPE_CHECKING:
    from fhirserver.validation.knowledge import Knowledge

#: Whether a value is what a part asks for; None where the part says nothing that could tell.
Test = Callable[[Node, Walk], bool]
Select = Callable[[Node, Walk], list[Node]]

_STEP = re.compile(r"extension\('(?P<url>[^']*)'\)|resolve\(\)|ofType\((?P<type>\w+)\)|(?P<name>[$\w]+(?:\[x\])?)")
_LISTED = 3
#: Profiles may lead back to themselves; nobody tells slices apart by what lies deeper.
_DEEPEST = 6


@dataclass(frozen=True, slots=True)
class Discriminator:
    """One discriminator of one slice: whether an item is the slice's, and what to say where it is not."""

    path: str
    test: Test
    expected: Text
    found: Callable[[Node, Walk], str]


def discriminator(knowledge: Knowledge, slice: Part, kind: str, path: str) -> Discriminator | None:
    """The test of a slice by a discriminator; None where the slice says nothing at its path."""
    select = _selection(path)
    if select is None:
        return None
    there = [slice] if path == "$this" else _located(knowledge, [slice], path)
    made = _MADE.get(kind, _by_value)(knowledge, slice, there, path)
    if made is None:
        return None
    test, expected = made

    def matches(item: Node, walk: Walk) -> bool:
        return _asked(kind, select(item, walk), test, walk)

    return Discriminator(path, matches, expected, lambda item, walk: _spelled(kind, select(item, walk)))


def _asked(kind: str, items: list[Node], test: Test | bool, walk: Walk) -> bool:
    if isinstance(test, bool):
        return bool(items) is test
    return any(test(item, walk) for item in items)


def _selection(path: str) -> Select | None:
    """What a discriminator's path selects of an item."""
    if path == "$this":
        return lambda item, walk: [item]
    try:
        compiled = fhirpath.compile(path.replace("[x]", ""))
    except FhirError:
        return None

    def select(item: Node, walk: Walk) -> list[Node]:
        try:
            return compiled.evaluate(item, walk.environment(item))
        except FhirError:
            return []

    return select


# -- where the definition says what the path asks for


def _located(knowledge: Knowledge, parts: list[Part], path: str) -> list[Part]:
    """The parts of a definition that a path leads to from some others."""
    for step in _STEP.finditer(path):
        if step[0] == "resolve()":
            parts = [found for part in parts for found in _targets(knowledge, part)]
        elif step["url"] is not None:
            parts = [found for part in parts for found in _extensions(knowledge, part, step["url"])]
        elif step["type"]:
            parts = [found for part in parts for found in (part, *part.slices) if step["type"] in codes(found)]
        elif step["name"] != "$this":
            parts = [found for part in parts for found in _members(knowledge, part, step["name"])]
    return parts


def _members(knowledge: Knowledge, part: Part, name: str) -> list[Part]:
    """The child of a part, in its own words or in those of the profile on its type."""
    name = name.removesuffix("[x]")
    found: list[Part] = []
    for holder in (part, *_profiles(knowledge, part)):
        child = holder.child(name) or holder.child(f"{name}[x]")
        if child is not None:
            # value[x] with the slice valueQuantity: what is said of the only type is said of the value
            found += [child, *child.slices] if len(child.slices) == 1 else [child]
    return found or _inside(part, name)


def _inside(part: Part, name: str) -> list[Part]:
    """What the fixed value or pattern of a part says of one of its elements."""
    for kind in ("fixed", "pattern"):
        given = value_of(part, kind)
        if given is not None and isinstance(given[1], dict) and name in given[1]:
            return [Part(name, None, {f"{kind}Value": given[1][name], "min": 1})]
    return []


def _profiles(knowledge: Knowledge, part: Part) -> list[Part]:
    """The roots of the profiles on the types of a part."""
    return [root for row in rows(part) for each in profiles(row) if (root := _root(knowledge, each)) is not None]


def _targets(knowledge: Knowledge, part: Part) -> list[Part]:
    """The roots of what a part may refer to."""
    return [
        root
        for row in rows(part)
        for each in row.get("targetProfile", ())
        if (root := _root(knowledge, each)) is not None
    ]


def _extensions(knowledge: Knowledge, part: Part, url: str) -> list[Part]:
    """The slices of a part's extensions that are of one url."""
    sliced = [child for child in part.children or () if child.name in ("extension", "modifierExtension")]
    return [
        found
        for child in sliced
        for found in child.slices
        if any(url == each.partition("|")[0] for row in rows(found) for each in profiles(row))
        or any(wanted(inner) == spelled(url) for inner in _members(knowledge, found, "url"))
    ]


def _root(knowledge: Knowledge, canonical: str) -> Part | None:
    url, _, element = canonical.partition("#")
    definition = knowledge.definition(url)
    root = tree(definition["snapshot"]["element"]) if definition else None
    return within(root, element) if root and element else root


# -- the kinds


def _by_value(knowledge: Knowledge, slice: Part, there: list[Part], path: str) -> tuple[Test, Text] | None:
    if path == "url" and "Extension" in codes(slice):
        urls = [each.partition("|")[0] for row in rows(slice) for each in profiles(row)]
        if urls:
            return (lambda node, walk: node.value in urls), _texts(urls)
    tests = [test for part in there if (test := identity(knowledge, part)) is not None]
    if not tests:
        return None
    return (lambda node, walk: all(test(node, walk) for test in tests)), _texts(_described(knowledge, there))


def _by_type(knowledge: Knowledge, slice: Part, there: list[Part], path: str) -> tuple[Test, Text] | None:
    resolved = path.endswith("resolve()")
    names = _target_types(knowledge, slice, path) if resolved else [name for part in there for name in codes(part)]
    if not names:
        return None
    return (lambda node, walk: any(is_of(node.type, name) for name in names)), _texts(names)


def _target_types(knowledge: Knowledge, slice: Part, path: str) -> list[str]:
    """The types a slice may refer to, where the definitions of its targets are not here."""
    before = path.removesuffix("resolve()").rstrip(".") or "$this"
    parts = [slice] if before == "$this" else _located(knowledge, [slice], before)
    wanted = [each for part in parts for row in rows(part) for each in row.get("targetProfile", ())]
    return [name for each in wanted if (name := knowledge.type_of(each)) is not None]


def _by_profile(knowledge: Knowledge, slice: Part, there: list[Part], path: str) -> tuple[Test, Text] | None:
    if path.endswith("resolve()"):
        before = path.removesuffix("resolve()").rstrip(".") or "$this"
        parts = [slice] if before == "$this" else _located(knowledge, [slice], before)
        urls = [each for part in parts for row in rows(part) for each in row.get("targetProfile", ())]
    else:
        urls = [each for part in there for row in rows(part) for each in profiles(row)]
    if not urls:
        return None

    def test(node: Node, walk: Walk) -> bool:
        known = (walk.knowledge.profile(url) for url in urls)
        return any(
            is_of(node.type, profile.type) and walk.conforms(node, profile) for profile in known if profile is not None
        )

    return test, _texts(urls)


def _by_existence(knowledge: Knowledge, slice: Part, there: list[Part], path: str) -> tuple[Any, Text] | None:
    for part in there:
        if part.element.get("max") == "0":
            return False, Text("nothing", "不存在")
        if part.element.get("min", 0) > 0:
            return True, Text("something", "存在")
    return None


_MADE: dict[str, Callable[[Any, Part, list[Part], str], tuple[Any, Text] | None]] = {
    "value": _by_value,
    "pattern": _by_value,
    "type": _by_type,
    "profile": _by_profile,
    "exists": _by_existence,
}


def identity(knowledge: Knowledge, part: Part, depth: int = 0) -> Test | None:
    """The test whether a value is what fixed values, patterns and required bindings in and under a part say."""
    tests: list[Test] = []
    own = same(part)
    value_set = required_value_set(part) if own is None else None
    if own is not None:
        tests.append(lambda node, walk: own(node))
    elif value_set is not None:
        tests.append(_member(value_set))
    for holder in (part, *_profiles(knowledge, part)) if depth < _DEEPEST else ():
        below = holder.children or ()
        tests += [test for child in below if (test := _of_child(knowledge, child, depth + 1)) is not None]
    if not tests:
        return None
    return lambda node, walk: all(test(node, walk) for test in tests)


def _member(value_set: str) -> Test:
    def test(node: Node, walk: Walk) -> bool:
        return bool(walk.knowledge.membership.any_of(value_set, codings(node)))

    return test


def _of_child(knowledge: Knowledge, child: Part, depth: int) -> Test | None:
    """The test of an element below: what is there is what it has to be, and what has to be there is."""
    tests: list[tuple[Test, bool]] = []
    for part in (child, *child.slices):
        required = part.element.get("min", 0) > 0
        if same(part) is None and (part.children is None or (part.slice and not required)):
            continue
        test = identity(knowledge, part, depth)
        if test is not None:
            tests.append((test, required))
    if not tests:
        return None
    name = child.name.removesuffix("[x]")

    def holds(node: Node, walk: Walk) -> bool:
        below = node.type.children.get(name)
        items: list[Node] = []
        if below is not None:
            below.collect(node, items)
        return all(any(test(item, walk) for item in items) for test, required in tests if items or required)

    return holds


# -- for people


def _texts(values: list[str]) -> Text:
    shown = ", ".join(values[:_LISTED]) + (" …" if len(values) > _LISTED else "")
    return Text(shown, shown)


def _described(knowledge: Knowledge, parts: list[Part], depth: int = 0) -> list[str]:
    """What the fixed values, patterns and value sets in and under some parts are."""
    found: list[str] = []
    for part in parts:
        text = wanted(part) or required_value_set(part)
        if text:
            found.append(text)
        below = [*part.slices, *(part.children or ()), *_profiles(knowledge, part)] if not text else []
        found += _described(knowledge, below, depth + 1) if len(found) < _LISTED and depth < _DEEPEST else []
    return found


def _spelled(kind: str, items: list[Node]) -> str:
    """What an item has where a discriminator looks."""
    if kind == "type":
        return ", ".join(item.type.name for item in items[:_LISTED]) or "-"
    return ", ".join(spelled(item.value) for item in items[:_LISTED]) or "-"
