"""What a check may need to know around a value: the resource that contains it, and the Bundle around that."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

Types = dict[str, str | None]


class Scope:
    """One resource that stands for itself (not a contained one); `outer` is that of the Bundle it came in, if any.

    Nothing here trusts the resource to be well-formed. What is looked up often is collected once, when first asked for.
    """

    __slots__ = ("_contained", "_entries", "outer", "resource")

    def __init__(self, resource: dict[str, Any], outer: Scope | None = None) -> None:
        self.resource = resource
        self.outer = outer
        self._contained: Types | None = None
        self._entries: Types | None = None

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


def _types(items: Any, key: str, inside: str | None) -> Iterator[tuple[str, str | None]]:
    """What each item is known by, and the type of the resource that it is or holds; None where that has no type."""
    for item in items if isinstance(items, list) else ():
        if isinstance(item, dict) and isinstance(item.get(key), str):
            resource = item.get(inside) if inside else item
            type = resource.get("resourceType") if isinstance(resource, dict) else None
            yield item[key], type if isinstance(type, str) else None
