"""One walk through a resource by its profiles: who is looked at already, and where references lead."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from fhirserver.fhirpath.evaluation import Environment
from fhirserver.fhirpath.model import resource_type
from fhirserver.fhirpath.nodes import Node
from fhirserver.resource.references import parse
from fhirserver.validation.issues import Found

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from fhirserver.validation.invariants import Rule
    from fhirserver.validation.knowledge import Knowledge
    from fhirserver.validation.profiles import Profile


class Walk:
    """What is the same for all profiles of one resource. Expressions of its issues are those of the nodes."""

    def __init__(self, knowledge: Knowledge) -> None:
        self.knowledge = knowledge
        #: Rules that took too long once: asked of every element they would take as long each time.
        self.stopped: set[Rule] = set()
        self._environments: dict[int, Environment] = {}
        self._judged: dict[tuple[int, str], Found] = {}
        self._entries: dict[int, dict[str, Node]] = {}

    def judge(self, node: Node, profile: Profile) -> Found:
        """The issues of a node under a profile; asked again while it is being answered, there are none.

        Resources refer to one another in circles: a circle conforms when nothing in it does not.
        """
        if node.value.__class__ is not dict:
            return profile.check(node, self)
        key = id(node.value), profile.canonical
        if key not in self._judged:
            self._judged[key] = None
            self._judged[key] = profile.check(node, self)
        return self._judged[key]

    def conforms(self, node: Node, profile: Profile) -> bool:
        """Whether a node has no error under a profile."""
        return not any(issue.severity == "error" for issue in self.judge(node, profile) or ())

    def environment(self, node: Node) -> Environment:
        """What a condition on a node is evaluated in."""
        root = node.root_resource or node
        key = id(root.value)
        if key not in self._environments:
            resolve = partial(self._resolved, root)
            self._environments[key] = Environment(resolve=resolve, **self.knowledge.lent)
        return self._environments[key]

    def around(self, node: Node) -> Environment:
        """What a condition on an element that holds a resource is evaluated in: the resource around it."""
        outer = node.parent.resource if node.parent is not None else None
        if outer is None:
            return self.environment(node)
        root = outer.root_resource or outer
        return replace(self.environment(node), resource=outer.value, root_resource=root.value)

    def _resolved(self, root: Node, text: str) -> Mapping[str, Any] | None:
        found = self._in_bundle(root, text)
        if found is not None:
            value: Mapping[str, Any] = found.value
            return value
        reference = parse(text)
        if reference.type is None:
            return None
        return {"resourceType": reference.type} | ({"id": reference.id} if reference.id else {})

    def target(self, node: Node) -> tuple[str, Node | None]:
        """Where a Reference leads: ``contained``, ``bundled`` or ``referenced``, and the resource if it is at hand."""
        text = node.value.get("reference")
        root = node.root_resource
        if not isinstance(text, str) or root is None:
            return "referenced", None
        if text.startswith("#"):
            return "contained", self._contained(root, text[1:])
        found = self._in_bundle(root, text)
        return ("referenced", None) if found is None else ("bundled", found)

    def _contained(self, root: Node, id: str) -> Node | None:
        if not id:
            return root
        found: list[Node] = []
        child = root.type.children.get("contained")
        if child is not None:
            child.collect(root, found)
        return next((each for each in found if each.value.get("id") == id), None)

    def _in_bundle(self, root: Node, text: str) -> Node | None:
        """bundle.html#references: by fullUrl; a relative one after the base of the fullUrl of the entry it is in."""
        entry = root.parent
        while entry is not None and entry.type.name != "Bundle.entry":
            entry = entry.parent
        if entry is None or entry.parent is None:
            return None
        targets = self._targets(entry.parent)
        full_url = entry.value.get("fullUrl")
        base = parse(full_url).base if isinstance(full_url, str) else None
        return targets.get(text) or (targets.get(f"{base}/{text}") if base else None)

    def _targets(self, bundle: Node) -> dict[str, Node]:
        """The resources of a Bundle by fullUrl, and by type and id; the first of each."""
        key = id(bundle.value)
        if key not in self._entries:
            found = self._entries[key] = {}
            for entry in _children(bundle, "entry"):
                for resource in _children(entry, "resource"):
                    value = resource.value
                    for name in (entry.value.get("fullUrl"), f"{resource_type(value).name}/{value.get('id')}"):
                        if isinstance(name, str):
                            found.setdefault(name, resource)
        return self._entries[key]


def _children(node: Node, name: str) -> list[Node]:
    found: list[Node] = []
    node.type.children[name].collect(node, found)
    return found
