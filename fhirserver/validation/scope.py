"""What a check may need to know around a value: the resource that contains it, and the Bundle around that."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from fhirserver.fhirpath.evaluation import Environment
from fhirserver.resource.references import parse

if TYPE_CHECKING:
    from fhirserver.validation.knowledge import Knowledge

#: An id, or the name of an anchor, in a narrative.
_ANCHOR = re.compile(r"\b(?:id|name)=[\"']([^\"']+)[\"']").findall

Types = dict[str, str | None]
Resource = dict[str, Any]


class Scope:
    """One resource that stands for itself (not a contained one); `outer` is that of the Bundle it came in, if any.

    `inner` is the contained resource that is looked at, else the resource itself; `full_url` the fullUrl of its entry.
    `knowledge` is what the validator has been given beside R4 itself. Nothing here trusts the resource to be
    well-formed. What is looked up often is collected once, when first asked for.
    """

    __slots__ = (
        "_anchors",
        "_contained",
        "_entries",
        "_environment",
        "_targets",
        "full_url",
        "inner",
        "knowledge",
        "outer",
        "resource",
    )

    def __init__(
        self,
        resource: Resource,
        outer: Scope | None = None,
        *,
        knowledge: Knowledge | None = None,
        full_url: Any = None,
    ) -> None:
        self.resource = resource
        self.inner = resource
        self.outer = outer
        self.knowledge: Knowledge | None = knowledge if outer is None else outer.knowledge
        self.full_url = full_url if isinstance(full_url, str) else None
        self._anchors: set[str] | None = None
        self._contained: Types | None = None
        self._entries: Types | None = None
        self._targets: dict[str, Resource] | None = None
        self._environment: Environment | None = None

    def inside(self, contained: Resource) -> Scope:
        """The same surroundings, with a contained resource to look at."""
        scope = Scope(self.resource, self.outer, knowledge=self.knowledge, full_url=self.full_url)
        scope.inner = contained
        scope._contained = self.contained()
        return scope

    def contained(self) -> Types:
        """Ids of the contained resources -> their types, None where they have none."""
        if self._contained is None:
            self._contained = dict(_types(self.resource.get("contained"), "id", None))
        return self._contained

    def entries(self) -> Types:
        """fullUrls of a Bundle's entries -> the types of their resources."""
        if self._entries is None:
            self._entries = dict(_types(self.resource.get("entry"), "fullUrl", "resource"))
        return self._entries

    def anchors(self) -> set[str]:
        """What links in narratives may lead to: ids of elements and resources, and anchors in narratives themselves."""
        outermost = self
        while outermost.outer is not None:
            outermost = outermost.outer
        if outermost._anchors is None:  # gathered once, however many narratives a Bundle has
            outermost._anchors = set(_anchors(outermost.resource))
        return outermost._anchors

    @property
    def environment(self) -> Environment:
        """What the rules of this resource are evaluated in."""
        if self._environment is None:
            lent = self.knowledge.lent if self.knowledge else {}
            self._environment = Environment(
                resource=self.inner, root_resource=self.resource, resolve=self.target, **lent
            )
        return self._environment

    def target(self, text: str) -> Resource | None:
        """The resource a reference means, from the Bundle; else what its text tells of it: type and id."""
        found = self.in_bundle(text)
        if found is not None:
            return found
        reference = parse(text)
        if reference.type is None:
            return None
        return {"resourceType": reference.type} | ({"id": reference.id} if reference.id else {})

    def in_bundle(self, text: str) -> Resource | None:
        """The resource of the entry a reference means (bundle.html#references), None when there is none.

        "If the reference is relative: ... append the relative reference to the base of the fullUrl" of the entry that
        has it. Where that fullUrl has no such base, or there is none, the type and id decide.
        """
        bundle = self.outer
        while bundle is not None and bundle.inner.get("resourceType") != "Bundle":
            bundle = bundle.outer
        if bundle is None:
            return None
        targets = bundle.targets()
        absolute = self.absolute(text)
        return targets.get(text) or targets.get(absolute)

    def absolute(self, text: str) -> str:
        """A relative reference with the base of this resource's fullUrl before it, when it has one."""
        if self.full_url is None or ":" in text.partition("/")[0]:
            return text
        own = parse(self.full_url)
        return f"{own.base}/{text}" if own.base else text

    def targets(self) -> dict[str, Resource]:
        """By fullUrl, and by type and id, the resources of a Bundle's entries; the first of each."""
        if self._targets is None:
            self._targets = {}
            for entry in _objects(self.resource.get("entry")):
                resource = entry.get("resource")
                if isinstance(resource, dict):
                    for name in (entry.get("fullUrl"), f"{resource.get('resourceType')}/{resource.get('id')}"):
                        if isinstance(name, str):
                            self._targets.setdefault(name, resource)
        return self._targets


def _anchors(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        id, div = value.get("id"), value.get("div")
        if isinstance(id, str):
            yield id
        if isinstance(div, str):
            yield from _ANCHOR(div)
        for item in value.values():
            if isinstance(item, dict | list):
                yield from _anchors(item)
    elif isinstance(value, list):
        for item in value:
            yield from _anchors(item)


def _objects(items: Any) -> Iterator[dict[str, Any]]:
    return (item for item in items if isinstance(item, dict)) if isinstance(items, list) else iter(())


def _types(items: Any, key: str, inside: str | None) -> Iterator[tuple[str, str | None]]:
    """What each item is known by, and the type of the resource that it is or holds; None where that has no type."""
    for item in _objects(items):
        if isinstance(item.get(key), str):
            resource = item.get(inside) if inside else item
            type = resource.get("resourceType") if isinstance(resource, dict) else None
            yield item[key], type if isinstance(type, str) else None
