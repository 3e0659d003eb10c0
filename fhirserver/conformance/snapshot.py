"""Snapshots out of differentials (profiling.html#snapshot): the base as a tree, and the differential laid over it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from fhirserver.conformance import messages
from fhirserver.conformance.differential import Step, Steps, located
from fhirserver.conformance.elements import NOT_IN_SLICES, from_type_profile, in_order, inherited, lay_over
from fhirserver.outcome import Issue

Element = dict[str, Any]
Definition = dict[str, Any]

#: Canonical of a type or profile -> its StructureDefinition with a snapshot; None when it is not known.
Resolve = Callable[[str], Definition | None]

DEFINITIONS = "http://hl7.org/fhir/StructureDefinition/"
_FHIR_TYPE = DEFINITIONS + "structuredefinition-fhir-type"

#: extensibility.html: "the discriminator is always the URL of the extension".
_BY_URL = {"discriminator": [{"type": "value", "path": "url"}], "ordered": False, "rules": "open"}
_BY_TYPE = {"discriminator": [{"type": "type", "path": "$this"}], "ordered": False, "rules": "open"}
#: Types hold types without end (an extension in an extension ...): how many steps a path may have.
_MOST_STEPS = 64


class Node:
    """An element in the tree of a snapshot; `element` is never changed in place, so trees may share it."""

    __slots__ = ("children", "choices", "element", "name", "slice", "slices", "template")

    def __init__(self, name: str, slice_name: str | None, element: Element) -> None:
        self.name = name
        self.slice = slice_name
        self.element = element
        self.children: list[Node] | None = None
        self.slices: list[Node] = []
        #: The sliced node this one is a new slice of: what it says of its children holds here too.
        self.template: Node | None = None
        #: The types there were to choose from before names such as ``valueQuantity`` closed the choice.
        self.choices: list[Element] | None = None

    def clone(self) -> Node:
        copy = Node(self.name, self.slice, self.element)
        copy.children = None if self.children is None else [child.clone() for child in self.children]
        copy.slices = [child.clone() for child in self.slices]
        copy.template = self.template
        copy.choices = self.choices
        return copy

    def child(self, name: str) -> Node | None:
        return next((child for child in self.children or () if child.name == name), None)

    def flat(self, path: str = "", id: str = "") -> Iterator[Element]:
        """The elements from here down in the order of a snapshot, with their ids and paths."""
        path = f"{path}.{self.name}" if path else self.name
        here = f"{id}.{self.name}" if id else self.name
        here = f"{here}:{self.slice}" if self.slice else here
        yield in_order({**self.element, "id": here, "path": path})
        for child in self.children or ():
            yield from child.flat(path, here)
        for child in self.slices:
            yield from child.flat(path.rpartition(".")[0], id)


def tree(elements: Iterable[Element]) -> Node:
    """The elements of a snapshot as a tree."""
    open_nodes: list[Node] = []
    for element in elements:
        depth = element["path"].count(".")
        node = Node(element["path"].rpartition(".")[2], element.get("sliceName"), element)
        del open_nodes[depth:]
        if open_nodes:
            _attach(open_nodes[-1], node)
        open_nodes.append(node)
    return open_nodes[0]


def _attach(parent: Node, node: Node) -> None:
    sliced = _sliced(parent, node.name) if node.slice else None
    if sliced is None:
        parent.children = [*(parent.children or ()), node]
    else:
        node.name = sliced.name
        _owner(sliced, node.slice or "").slices.append(node)


def _sliced(parent: Node, name: str) -> Node | None:
    """The element a slice of this name is cut from; a slice of ``value[x]`` may be called ``valueQuantity``."""
    return parent.child(name) or next((child for child in parent.children or () if _is_choice_of(child, name)), None)


def _is_choice_of(child: Node, name: str) -> bool:
    return child.name.endswith("[x]") and _chosen_type(child, name) is not None


def _chosen_type(choice: Node, name: str) -> str | None:
    """The type a name such as ``valueQuantity`` chooses of ``value[x]``."""
    stem = choice.name.removesuffix("[x]")
    codes = (_code(row) for row in choice.choices or choice.element.get("type", ()))
    return next((code for code in codes if name == stem + code[0].upper() + code[1:]), None)


def _is_only_named(node: Node) -> bool:
    """Whether a slice name can only be a name: an element that is not sliced, and of which there is one at most."""
    once = node.element.get("max") in ("0", "1")
    sliced = "slicing" in node.element or node.slices or node.name.endswith(("[x]", "xtension"))
    return once and not sliced


def _owner(sliced: Node, name: str) -> Node:
    """Where a slice hangs: ``a/b`` is a slice of the slice ``a`` (profiling.html#reslicing)."""
    owner, place = sliced, name.find("/")
    while place >= 0:
        owner = next((child for child in owner.slices if child.slice == name[:place]), owner)
        place = name.find("/", place + 1)
    return owner


def _code(row: Element) -> str:
    """The FHIR type of a row of ``ElementDefinition.type``, also where it names a type of FHIRPath."""
    code = str(row.get("code", ""))
    fhir = (extension.get("valueUrl") for extension in row.get("extension", ()) if extension["url"] == _FHIR_TYPE)
    return (next(fhir, None) or code.rpartition("System.")[2].lower()) if "System." in code else code


class Snapshot:
    """A snapshot in the making.

    `base` is the StructureDefinition (with snapshot) that `definition` starts from. :attr:`issues` says what of the
    differential could not be laid over it; the rest is done all the same.
    """

    def __init__(self, definition: Definition, base: Definition, resolve: Resolve) -> None:
        self._url = definition.get("url", "")
        self._extends = definition.get("derivation") == "specialization"
        self._resolve = resolve
        self.issues: list[Issue] = []
        self._at = ""  #: FHIRPath of the element that is being laid
        self.root = tree(inherited(base))
        # a content reference means what the base says there: what a profile puts on one place is not put on the other
        self._unprofiled = self.root if self._extends else tree(inherited(base))
        if self._extends:
            self.root.name = definition["type"].rpartition("/")[2]
        for place, (steps, element) in enumerate(located(definition.get("differential", {}).get("element", ()))):
            self._at = f"StructureDefinition.differential.element[{place}]"
            self._lay(steps, element)

    def elements(self) -> list[Element]:
        """The elements of the snapshot in order."""
        self._complete(self.root)
        return list(self.root.flat())

    def _complete(self, node: Node) -> None:
        """A slice the differential does not go into has the children of what it is cut from all the same."""
        if node.template is not None and node.template.children:
            self._expand(node)
        for inner in (*(node.children or ()), *node.slices):
            self._complete(inner)

    # -- finding the place

    def _lay(self, steps: Steps, element: Element) -> None:
        node = self._node(steps, element)
        if node is None:
            self.issues.append(messages.ELEMENT_NOT_IN_BASE.at(self._at, path=element.get("id", element["path"])))
        else:
            self._state(node, element)

    def _node(self, steps: Steps, element: Element) -> Node | None:
        node: Node | None = self.root
        if steps[0].name != self.root.name or len(steps) > _MOST_STEPS:
            return None
        for step in steps[1:]:
            assert node is not None
            node = self._descend(node, step, element if step is steps[-1] else None)
            if node is None:
                return None
        return node

    def _descend(self, node: Node, step: Step, element: Element | None) -> Node | None:
        """One step down; `element` when it is the last one, which a specialization may add."""
        self._expand(node)
        child = node.child(step.name)
        if child is None:
            choice = _sliced(node, step.name)
            if choice is not None:
                return self._shortcut(choice, step)
            if element is None or not self._extends:
                return None
            child = self._new(node, step.name, element)
        return self._slice(child, step.slice) if step.slice else child

    # -- slices

    def _slice(self, sliced: Node, name: str) -> Node:
        owner = _owner(sliced, name)
        existing = next((child for child in (owner, *owner.slices) if child.slice == name), None)
        if existing is None and _is_only_named(owner):
            owner.slice = name
            return owner
        return existing or self._new_slice(owner, name)

    def _new_slice(self, owner: Node, name: str) -> Node:
        if "slicing" not in owner.element:
            owner.element = {**owner.element, "slicing": self._implied(owner, name)}
        element = {part: value for part, value in owner.element.items() if part not in NOT_IN_SLICES}
        node = Node(owner.name, name, {**element, "sliceName": name, "min": 0})
        node.template = owner
        chosen = _chosen_type(owner, name) if owner.name.endswith("[x]") else None
        if chosen:
            node.element["type"] = [row for row in owner.element["type"] if _code(row) == chosen]
        owner.slices.append(node)
        return node

    def _implied(self, owner: Node, name: str) -> Element:
        """profiling.html#slicing: extensions are sliced by url and choices by type without a word about it."""
        if owner.name in ("extension", "modifierExtension"):
            return _BY_URL
        if owner.name.endswith("[x]"):
            return _BY_TYPE
        self.issues.append(messages.SLICE_WITHOUT_SLICING.at(self._at, path=owner.name, slice=name))
        return {"rules": "open"}

    def _shortcut(self, choice: Node, step: Step) -> Node:
        """``valueQuantity`` in a differential: a closed slicing of ``value[x]`` by type, and the slice of that type."""
        if "slicing" not in choice.element:
            choice.choices = choice.element["type"]
            choice.element = {**choice.element, "slicing": {**_BY_TYPE, "rules": "closed"}, "type": []}
        if choice.choices is not None:
            open_rows = [row for row in choice.choices if _code(row) == _chosen_type(choice, step.name)]
            left = [row for row in choice.element["type"] if row not in open_rows]
            choice.element = {**choice.element, "type": [*left, *open_rows]}
        node = self._slice(choice, step.name)
        return node if step.slice in (None, step.name) else self._slice(node, f"{step.name}/{step.slice}")

    # -- adding

    def _new(self, parent: Node, name: str, stated: Element) -> Node:
        """An element a specialization adds: it is its own base, and held to what every element is held to."""
        node = Node(name, None, {"base": _own_base(stated), "isModifier": False, "isSummary": False})
        common = self._resolve(DEFINITIONS + ("Extension" if _is_extension(stated) else "Element"))
        if common and _is_element(stated):
            node.element["constraint"] = inherited(common)[0].get("constraint", [])
        parent.children = [*(parent.children or ()), node]
        return node

    # -- walking into types

    def _expand(self, node: Node) -> None:
        """Give a leaf the children its slicing, its content reference, its profile or its type has."""
        if node.children is None:
            source = self._source(node)
            node.children = [child.clone() for child in source.children or ()] if source else []

    def _source(self, node: Node) -> Node | None:
        if node.template is not None and node.template.children:
            return node.template
        if "contentReference" in node.element:
            return self._content(node)
        for canonical in _profile_and_type(node.element):
            definition = self._resolve(canonical)
            if definition is not None:
                return tree(inherited(definition))
        return None

    def _content(self, node: Node) -> Node | None:
        """elementdefinition.html#ElementDefinition.contentReference: the content of another element stands here."""
        target = self._unprofiled
        for step in node.element["contentReference"].rpartition("#")[2].split(".")[1:]:
            child = target.child(step.partition(":")[0])
            if child is None:
                return None
            target = child
        self._expand(target)
        source = target.clone()  # the node may be inside, with the reference it has now
        node.element = {part: value for part, value in node.element.items() if part != "contentReference"}
        node.element["type"] = target.element["type"]
        return source

    # -- stating

    def _state(self, node: Node, stated: Element) -> None:
        profile = None if self._extends else self._profile_root(stated)
        before = from_type_profile(node.element, profile) if profile else node.element
        node.element = lay_over(before, self._sourced(stated))
        if node is self.root and self._extends:
            node.element["base"] = _own_base(stated)

    def _sourced(self, stated: Element) -> Element:
        """elementdefinition.html#ElementDefinition.constraint.source: who made the rule, told to all who inherit it."""
        if "constraint" not in stated:
            return stated
        return {**stated, "constraint": [{"source": self._url, **row} for row in stated["constraint"]]}

    def _profile_root(self, stated: Element) -> Element | None:
        profiles = [profile for row in stated.get("type", ()) for profile in row.get("profile", ())]
        if len(stated.get("type", ())) != 1 or len(profiles) != 1:
            return None
        definition = self._resolve(profiles[0])
        return inherited(definition)[0] if definition else None


def _own_base(stated: Element) -> Element:
    """elementdefinition.html#ElementDefinition.base of an element that is defined here."""
    return {"path": stated["path"], "min": stated.get("min", 0), "max": stated.get("max", "*")}


def _is_element(stated: Element) -> bool:
    """Whether every rule for elements holds: not for resources, nor for what XML writes as an attribute or as text."""
    codes = [row.get("code", "") for row in stated.get("type", ())]
    return not any(code == "Resource" or "System." in code for code in codes)


def _is_extension(stated: Element) -> bool:
    return [row.get("code") for row in stated.get("type", ())] == ["Extension"]


def _profile_and_type(element: Element) -> Iterator[str]:
    """Whose elements stand inside an element: its one profile's, its one type's; of several types what all share."""
    rows = element.get("type", ())
    codes = {_code(row) for row in rows}
    if len(codes) != 1:
        yield DEFINITIONS + "Element"
        return
    profiles = [profile for row in rows for profile in row.get("profile", ())]
    if len(profiles) == 1:
        yield profiles[0]
    yield DEFINITIONS + codes.pop()
