"""Extensions by their definitions (extensibility.html): known, where they may stand, and what they may hold."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from fhirserver import fhirpath
from fhirserver.fhirpath.model import Type
from fhirserver.fhirpath.nodes import Node
from fhirserver.outcome import FhirError, Issue
from fhirserver.resource.primitives import found as shown
from fhirserver.validation import messages
from fhirserver.validation.knowledge import Definition, Knowledge
from fhirserver.validation.types import conforms_to_one
from fhirserver.validation.versions import is_of_another_version, of_another_version
from fhirserver.validation.walk import Walk

_KEYS = ("extension", "modifierExtension")
#: Where R4's own definitions have extensions whose contexts do not say so.
_ELSEWHERE: dict[str, tuple[dict[str, str], ...]] = {
    f"http://hl7.org/fhir/StructureDefinition/{name}": tuple({"type": "element", "expression": each} for each in places)
    for name, places in {
        "regex": ("ElementDefinition.type",),
        "structuredefinition-fhir-type": ("ElementDefinition.type",),
        "structuredefinition-normative-version": ("ElementDefinition", "DomainResource"),
    }.items()
}


def extensions(resource: Node, walk: Walk) -> Iterator[Issue]:
    """The issues of all extensions in a resource, and in the resources inside it."""
    marked: set[int] = set()
    if _mark(resource.value, marked):
        for extension in _extensions(resource, marked):
            yield from _judged(extension, walk)


def _mark(value: Any, marked: set[int]) -> bool:
    """Whether there is an extension anywhere in some JSON; the objects and arrays on the way there are marked."""
    own = False
    if value.__class__ is dict:
        own = "extension" in value or "modifierExtension" in value
        value_items: Any = value.values()
    else:
        value_items = value
    for item in value_items:
        if (item.__class__ is dict or item.__class__ is list) and _mark(item, marked):
            own = True
    if own:
        marked.add(id(value))
    return own


def _extensions(node: Node, marked: set[int]) -> Iterator[Node]:
    """The extensions under a node, along the marked way only."""
    if node.value.__class__ is dict:
        names = [
            node.type.element_name(key.removeprefix("_"))
            for key, item in node.value.items()
            if key in _KEYS or ((item.__class__ is dict or item.__class__ is list) and id(item) in marked)
        ]
    else:
        names = ["extension"]
    for name in dict.fromkeys(names):
        child = node.type.children.get(name)
        found: list[Node] = []
        if child is not None:
            child.collect(node, found)
        for inner in found:
            if inner.key in _KEYS and inner.type.name == "Extension":
                yield inner
            if inner.sibling is not None or (inner.value.__class__ is dict and id(inner.value) in marked):
                yield from _extensions(inner, marked)


def _judged(extension: Node, walk: Walk) -> Iterator[Issue]:
    url, owner = extension.value.get("url"), extension.parent
    if not isinstance(url, str) or owner is None:
        return
    if ":" not in url:
        # extensibility.html#Extension.url: inside another extension the url may be a name its definition gives
        if owner.type.name != "Extension":
            yield messages.EXTENSION_URL_RELATIVE.at(extension.path, found=shown(url))
        else:
            yield from _part(extension, owner, url, walk.knowledge)
        return
    knowledge = walk.knowledge
    definition = knowledge.definition(url)
    if definition is None:
        yield from _unknown(extension, url, knowledge)
    elif definition.get("type") != "Extension":
        yield messages.EXTENSION_NOT_ONE.at(extension.path, url=url, found=definition.get("type"))
    else:
        yield from _placed(extension, owner, definition, walk)
        yield from conforms_to_one(extension, [url], walk) or ()


def _part(extension: Node, owner: Node, url: str, knowledge: Knowledge) -> Iterator[Issue]:
    """A part of an extension is one that its definition names, where that is known and names any."""
    while owner.parent is not None and ":" not in str(owner.value.get("url", ":")):
        owner = owner.parent
    whole = owner.value.get("url")
    definition = knowledge.definition(whole) if isinstance(whole, str) else None
    names = _parts(definition) if definition is not None else []
    if names and url not in names:
        yield messages.EXTENSION_PART_UNKNOWN.at(extension.path, url=whole, found=shown(url), expected=", ".join(names))


def _parts(definition: Definition) -> list[str]:
    """The names that the definition of an extension gives to its parts, at any depth."""
    rows = [row for row in definition["snapshot"]["element"] if str(row.get("path", "")).endswith(".extension.url")]
    return [row["fixedUri"] for row in rows if isinstance(row.get("fixedUri"), str)]


def _unknown(extension: Node, url: str, knowledge: Knowledge) -> Iterator[Issue]:
    if is_of_another_version(url):
        yield from of_another_version(extension, url, knowledge.policy.cross_version_extension)
        return
    issue = messages.EXTENSION_UNKNOWN.at(extension.path, url=url)
    action = knowledge.policy.unknown_extension
    if action == "refuse" or (extension.key == "modifierExtension" and action != "ignore"):
        # extensibility.html#modifierExtension: what modifies and is not understood cannot be processed
        yield issue
    elif action == "warn":
        yield Issue(issue.message, issue.expression, issue.values, "warning")


def _placed(extension: Node, owner: Node, definition: Definition, walk: Walk) -> Iterator[Issue]:
    url = definition["url"]
    modifies = bool(definition["snapshot"]["element"][0].get("isModifier"))
    if modifies and extension.key == "extension":
        yield messages.EXTENSION_MODIFIES.at(extension.path, url=url)
    elif not modifies and extension.key == "modifierExtension":
        yield messages.EXTENSION_DOES_NOT_MODIFY.at(extension.path, url=url)
    stated = definition.get("context")
    contexts = [each for each in stated if isinstance(each, dict)] if isinstance(stated, list) else []
    if contexts and not any(_fits(context, owner, walk) for context in (*contexts, *_ELSEWHERE.get(url, ()))):
        expected = ", ".join(str(context.get("expression")) for context in contexts)
        yield messages.EXTENSION_CONTEXT.at(owner.path, url=url, expected=expected, found=_plain(owner))
    for expression in definition.get("contextInvariant", ()):
        if not _holds(expression, extension, walk):
            yield messages.EXTENSION_CONTEXT.at(owner.path, url=url, expected=expression, found=_plain(owner))


def _fits(context: dict[str, Any], owner: Node, walk: Walk) -> bool:
    """defining-extensions.html#context: where an extension may stand."""
    kind, expression = context.get("type"), str(context.get("expression", ""))
    if kind == "extension":
        return owner.type.name == "Extension" and owner.value.get("url") == expression.partition("#")[0]
    if kind == "fhirpath":
        return _selects(expression, owner, walk)
    path = expression.rpartition("#")[2].replace("[x]", "")
    # "Element" is any element: R4's own definitions have such extensions on resources
    return path in ("Element", "*") or path in _names(owner)


def _names(owner: Node) -> set[str]:
    """Every name of an element: its types, and its path from each element around it, by that one's types."""
    names: set[str] = set()
    node: Node | None = owner
    below = ""
    while node is not None:
        type: Type | None = node.type
        while type is not None:
            names.add(type.name + below)
            type = type.base
        if node.type.kind == "resource":
            break
        if node.parent is not None:
            below = f".{node.parent.type.element_name(node.key)}{below}"
        node = node.parent
    return names


def _selects(expression: str, owner: Node, walk: Walk) -> bool:
    root = owner.resource
    if root is None:
        return False
    try:
        found = fhirpath.compile(expression).evaluate([root], walk.environment(root))
    except FhirError:
        return False
    return any(node.path == owner.path for node in found)


def _holds(expression: str, extension: Node, walk: Walk) -> bool:
    """contextInvariant: "evaluated with %extension as the extension itself"; what cannot be evaluated is let pass."""
    try:
        return fhirpath.compile(expression).holds([extension.parent], walk.environment(extension)) is not False
    except FhirError:
        return True


def _plain(node: Node) -> str:
    """The path of an element without indices."""
    return "".join(piece.partition("]")[2] if "]" in piece else piece for piece in node.path.split("["))
