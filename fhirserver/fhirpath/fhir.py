"""The functions that FHIR R4 adds (fhirpath.html#functions)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fhirserver.fhirpath import messages, singletons
from fhirserver.fhirpath.evaluation import Evaluate, Frame, Test
from fhirserver.fhirpath.functions import Function
from fhirserver.fhirpath.model import EMPTY, fhir_type, resource_type
from fhirserver.fhirpath.navigation import member
from fhirserver.fhirpath.nodes import Node
from fhirserver.fhirpath.types import is_type
from fhirserver.outcome import FhirError
from fhirserver.resource import narrative, references
from fhirserver.spec.structures import RESOURCE_TYPES

_STRUCTURES = "http://hl7.org/fhir/StructureDefinition/"


def _extension(source: Evaluate, url: Evaluate) -> Evaluate:
    """``.extension.where(url = string)``."""
    extensions = member(source, "extension")

    def evaluate(this: list[Node], frame: Frame) -> list[Node]:
        wanted = singletons.string(url(this, frame), "extension()")
        return [node for node in extensions(this, frame) if wanted and node.value.get("url") == wanted]

    return evaluate


def _has_value(source: Evaluate) -> Test:
    """Whether the input is one primitive, and it has a value rather than only extensions."""

    def test(this: list[Node], frame: Frame) -> bool:
        items = source(this, frame)
        return len(items) == 1 and items[0].type.kind in ("primitive", "system") and items[0].value is not None

    return test


def _get_value(source: Evaluate) -> Evaluate:
    """The value of a primitive as one of FHIRPath's own types."""

    def evaluate(this: list[Node], frame: Frame) -> list[Node]:
        items = source(this, frame)
        if len(items) != 1 or items[0].type.kind not in ("primitive", "system"):
            return EMPTY
        node, own = items[0], items[0].system
        return EMPTY if own is None or node.type.system is None else [Node(own, node.type.system, None, node, "value")]

    return evaluate


# --- resolve -------------------------------------------------------------------------------------------------------


def _resolve(source: Evaluate) -> Evaluate:
    """The targets of references, uris and canonicals; an item without one is left out."""

    def evaluate(this: list[Node], frame: Frame) -> list[Node]:
        found = []
        for item in source(this, frame):
            text = item.value.get("reference") if isinstance(item.value, dict) else item.value
            target = _target(item, text, frame) if isinstance(text, str) else None
            if target is not None:
                found.append(target)
        frame.spend(len(found))
        return found

    return evaluate


def _target(item: Node, text: str, frame: Frame) -> Node | None:
    if text.startswith("#"):
        return _contained(item, text[1:], frame)
    if frame.environment.resolve is not None:
        resource = frame.environment.resolve(text)
        return None if resource is None else Node(resource, resource_type(resource))
    return _named(item, text)


def _contained(item: Node, id: str, frame: Frame) -> Node | None:
    """references.html#contained: by id among the contained resources of the container; ``#`` is the container."""
    root = item.root_resource
    containers = [root] if root is not None else frame.root_resource
    for container in containers:
        if not id:
            return container
        contained: list[Node] = []
        child = container.type.children.get("contained")
        if child is not None:
            child.collect(container, contained)
        for node in contained:
            if node.value.get("id") == id:
                return node
    return None


def _named(item: Node, text: str) -> Node | None:
    """What a reference says of its target without looking: enough for ``resolve() is Patient``."""
    name = _type_named(item.value, text)
    if name is None:
        return None
    reference = references.parse(text)
    known: dict[str, Any] = {"resourceType": name} | ({"id": reference.id} if reference.type and reference.id else {})
    return Node(known, fhir_type(name))


def _type_named(reference: Any, text: str) -> str | None:
    """The type of resource that a reference's text names, or else its `type`."""
    head, slash, _ = text.partition("/")
    named = head if slash and head in RESOURCE_TYPES else references.parse(text).type
    if named is None and isinstance(reference, dict):
        named = reference.get("type")
    return named if isinstance(named, str) and named in RESOURCE_TYPES else None


def target_type(reference: Any, resource: dict[str, Any]) -> str | None:
    """The type of resource a Reference in a resource points to, from its text, its contained target or its `type`."""
    text = reference.get("reference") if isinstance(reference, dict) else None
    if not isinstance(text, str):
        return None
    if text.startswith("#"):
        if text == "#":
            return resource.get("resourceType")
        inside = resource.get("contained") or ()
        target = next((one for one in inside if isinstance(one, dict) and one.get("id") == text[1:]), None)
        return None if target is None else resource_type(target).name
    return _type_named(reference, text)


# --- terminology and profiles --------------------------------------------------------------------------------------


def _member_of(source: Evaluate, value_set: Evaluate) -> Test:
    """The caller's terminology decides; an unknown value set is an error."""

    def test(this: list[Node], frame: Frame) -> bool | None:
        item = singletons.one(source(this, frame), "memberOf()")
        url = singletons.string(value_set(this, frame), "memberOf()")
        if item is None or url is None:
            return None
        ask = frame.environment.member_of
        if ask is None:
            raise messages.NOT_AVAILABLE.error(name="memberOf")
        known = ask(item, url)
        if known is None:
            raise messages.UNKNOWN_VALUE_SET.error(url=url)
        return known

    return test


def _conforms_to(source: Evaluate, structure: Evaluate) -> Test:
    """The caller's validator decides; without one, the profiles that are R4's own types are known."""

    def test(this: list[Node], frame: Frame) -> bool | None:
        item = singletons.one(source(this, frame), "conformsTo()")
        url = singletons.string(structure(this, frame), "conformsTo()")
        if item is None or url is None:
            return None
        ask = frame.environment.conforms_to
        known = _is_of_core_type(item, url) if ask is None else ask(item, url)
        if known is None:
            raise messages.UNKNOWN_PROFILE.error(url=url)
        return known

    return test


def _is_of_core_type(item: Node, url: str) -> bool | None:
    name = url.removeprefix(_STRUCTURES)
    try:
        return is_type(item, fhir_type(name)) if name != url else None
    except FhirError:
        return None


def _subsumes(name: str, reverse: bool) -> Callable[[Evaluate, Evaluate], Test]:
    """Whether any code of one side is, or is above, any code of the other."""

    def build(source: Evaluate, code: Evaluate) -> Test:
        def test(this: list[Node], frame: Frame) -> bool | None:
            mine = singletons.one(source(this, frame), name)
            other = singletons.one(code(this, frame), name)
            if mine is None or other is None:
                return None
            upper, lower = (other, mine) if reverse else (mine, other)
            return any(_is_above(one, two, frame) for one in _codings(upper, name) for two in _codings(lower, name))

        return test

    return build


def _codings(item: Node, name: str) -> list[dict[str, Any]]:
    if item.type.name == "Coding":
        return [item.value]
    if item.type.name == "CodeableConcept":
        return [coding for coding in item.value.get("coding", ()) if isinstance(coding, dict)]
    raise singletons.wrong_type(name, "Coding or CodeableConcept", item)


def _is_above(upper: dict[str, Any], lower: dict[str, Any], frame: Frame) -> bool:
    if all(upper.get(key) == lower.get(key) for key in ("system", "code")):
        return True
    return frame.environment.subsumes is not None and frame.environment.subsumes(upper, lower)


def _html_checks(source: Evaluate) -> Test:
    """Whether a narrative keeps the rules of XHTML; empty for anything but xhtml."""

    def test(this: list[Node], frame: Frame) -> bool | None:
        item = singletons.one(source(this, frame), "htmlChecks()")
        if item is None or item.type.name != "xhtml" or not isinstance(item.value, str):
            return None
        return next(iter(narrative.check(item.value)), None) is None

    return test


def _element_definition(source: Evaluate) -> Evaluate:
    def evaluate(this: list[Node], frame: Frame) -> list[Node]:
        ask = frame.environment.element_definition
        if ask is None:
            raise messages.NOT_AVAILABLE.error(name="elementDefinition")
        return [found for item in source(this, frame) for found in ask(item)]

    return evaluate


def _slice(source: Evaluate, structure: Evaluate, name: Evaluate) -> Evaluate:
    def evaluate(this: list[Node], frame: Frame) -> list[Node]:
        ask = frame.environment.slice
        if ask is None:
            raise messages.NOT_AVAILABLE.error(name="slice")
        url = singletons.string(structure(this, frame), "slice()")
        wanted = singletons.string(name(this, frame), "slice()")
        if url is None or wanted is None:
            return EMPTY
        return [found for item in source(this, frame) for found in ask(item, url, wanted)]

    return evaluate


def _check_modifiers(source: Evaluate, *allowed: Evaluate) -> Evaluate:
    """The input; an error when it has modifier extensions other than those named."""
    modifiers = member(lambda this, frame: this, "modifierExtension")

    def evaluate(this: list[Node], frame: Frame) -> list[Node]:
        items = source(this, frame)
        urls = {singletons.string(url(this, frame), "checkModifiers()") for url in allowed}
        for extension in modifiers(items, frame):
            if extension.value.get("url") not in urls:
                raise messages.MODIFIER.error(url=extension.value.get("url"))
        return items

    return evaluate


FUNCTIONS = {
    "extension": Function(_extension, ("value",)),
    "hasValue": Function(_has_value, test=True, returns="Boolean", single=True),
    "getValue": Function(_get_value, single=True),
    "resolve": Function(_resolve),
    "memberOf": Function(_member_of, ("value",), test=True, returns="Boolean", single=True),
    "conformsTo": Function(_conforms_to, ("value",), test=True, returns="Boolean", single=True),
    "subsumes": Function(_subsumes("subsumes()", False), ("value",), test=True, returns="Boolean", single=True),
    "subsumedBy": Function(_subsumes("subsumedBy()", True), ("value",), test=True, returns="Boolean", single=True),
    "htmlChecks": Function(_html_checks, test=True, returns="Boolean", single=True),
    "elementDefinition": Function(_element_definition),
    "slice": Function(_slice, ("value", "value")),
    "checkModifiers": Function(_check_modifiers, ("value",), optional=1, repeats=True, returns="input"),
}
