"""The codes of value sets, worked out from their compose while the tables are generated.

Only what the bound value sets of the core package use is known here: listed concepts, whole code systems, nested value
sets, excludes, and the filters of `_FILTERS`. What cannot be listed raises :class:`NotEnumerable`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

Codings = dict[str, dict[str, None]]  # code system -> its codes, in the order they are found
Resource = Mapping[str, Any]


class NotEnumerable(Exception):  # noqa: N818 - an answer, not a failure
    """The value set draws on a code system whose codes are not in the package."""


class Composer:
    """Value sets by canonical, over the code systems and expansions of the packages."""

    def __init__(
        self, value_sets: Iterable[Resource], code_systems: Iterable[Resource], expansions: Iterable[Resource]
    ):
        self._value_sets = {resource["url"]: resource for resource in value_sets}
        self._code_systems = {resource["url"]: resource for resource in code_systems}
        self._expansions = {resource["url"]: resource for resource in expansions}

    def codings(self, url: str) -> Codings:
        """The codes of a value set (canonical without version); NotEnumerable when there is no such list."""
        try:
            return self._composed(url)
        except NotEnumerable:
            return self._expanded(url)

    def _composed(self, url: str) -> Codings:
        if url not in self._value_sets:
            raise NotEnumerable(url)
        compose = self._value_sets[url].get("compose", {})
        found: Codings = {}
        for include in compose.get("include", ()):
            _add(found, self._included(include))
        for exclude in compose.get("exclude", ()):
            _remove(found, self._included(exclude))
        return found

    def _included(self, include: Resource) -> Codings:
        """valueset.html#compositions: what one include names must hold together."""
        parts = [self.codings(canonical(nested)) for nested in include.get("valueSet", ())]
        if "system" in include:
            parts.append({include["system"]: self._of_system(include)})
        return _intersection(parts)

    def _of_system(self, include: Resource) -> dict[str, None]:
        if "concept" in include:
            return dict.fromkeys(concept["code"] for concept in include["concept"])
        system = self._code_systems.get(include["system"])
        if system is None or system.get("content") != "complete":
            raise NotEnumerable(include["system"])
        return dict.fromkeys(
            concept["code"]
            for concept, ancestors in _concepts(system.get("concept", ()), ())
            if all(_FILTERS[step["op"]](step, concept, ancestors) for step in include.get("filter", ()))
        )

    def _expanded(self, url: str) -> Codings:
        """HL7's own expansion, where it is whole."""
        expansion = self._expansions.get(url, {}).get("expansion", {})
        contains = expansion.get("contains", ())
        if not contains or expansion.get("extension"):  # valueset-toocostly, valueset-unclosed
            raise NotEnumerable(url)
        found: Codings = {}
        for row in contains:
            found.setdefault(row["system"], {})[row["code"]] = None
        return found


def canonical(text: str) -> str:
    """A canonical without its ``|version``."""
    return text.partition("|")[0]


def _concepts(concepts: Iterable[Resource], ancestors: tuple[str, ...]) -> Iterator[tuple[Resource, tuple[str, ...]]]:
    """All concepts of a code system with the codes above each."""
    for concept in concepts:
        yield concept, ancestors
        yield from _concepts(concept.get("concept", ()), (*ancestors, concept["code"]))


def _add(found: Codings, more: Codings) -> None:
    for system, codes in more.items():
        found.setdefault(system, {}).update(codes)


def _remove(found: Codings, less: Codings) -> None:
    for system, codes in less.items():
        for code in codes:
            found.get(system, {}).pop(code, None)


def _intersection(parts: list[Codings]) -> Codings:
    first, *others = parts
    return {
        system: {code: None for code in codes if all(code in other.get(system, {}) for other in others)}
        for system, codes in first.items()
    }


def _is_a(step: Resource, concept: Resource, ancestors: tuple[str, ...]) -> bool:
    return step["value"] == concept["code"] or step["value"] in ancestors


def _is_not_a(step: Resource, concept: Resource, ancestors: tuple[str, ...]) -> bool:
    return not _is_a(step, concept, ancestors)


def _equals(step: Resource, concept: Resource, ancestors: tuple[str, ...]) -> bool:
    values = [value for row in concept.get("property", ()) if row["code"] == step["property"] for value in row.values()]
    return step["value"] in values


_FILTERS: dict[str, Callable[[Resource, Resource, tuple[str, ...]], bool]] = {
    "is-a": _is_a,
    "is-not-a": _is_not_a,
    "=": _equals,
}
