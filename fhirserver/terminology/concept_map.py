"""A concept map as it is read (conceptmap.html): its groups with their elements by code, in both directions."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from fhirserver.terminology import messages


class Dependency(msgspec.Struct, frozen=True):
    """``dependsOn`` and ``product``: another element, and the value it has."""

    property: str
    value: str
    system: str | None = None
    display: str | None = None


class Target(msgspec.Struct, frozen=True, rename="camel"):
    """``ConceptMap.group.element.target``."""

    equivalence: str = "equivalent"
    code: str | None = None
    display: str | None = None
    depends_on: Sequence[Dependency] = ()
    product: Sequence[Dependency] = ()


class Mapped(msgspec.Struct, frozen=True):
    """``ConceptMap.group.element``."""

    code: str | None = None
    display: str | None = None
    target: Sequence[Target] = ()


class Unmapped(msgspec.Struct, frozen=True):
    """``ConceptMap.group.unmapped``: what becomes of codes that no element names."""

    mode: str
    code: str | None = None
    display: str | None = None
    url: str | None = None


class Group(msgspec.Struct, rename="camel", dict=True):
    """``ConceptMap.group``."""

    source: str | None = None
    source_version: str | None = None
    target: str | None = None
    target_version: str | None = None
    element: Sequence[Mapped] = ()
    unmapped: Unmapped | None = None

    def __post_init__(self) -> None:
        self.by_code: dict[str, list[Mapped]] = {}
        self.by_target: dict[str, list[tuple[Mapped, Target]]] = {}
        for element in self.element:
            self.by_code.setdefault(element.code or "", []).append(element)
            for target in element.target:
                self.by_target.setdefault(target.code or "", []).append((element, target))


class ConceptMap(msgspec.Struct, rename="camel"):
    """A concept map; the value sets it is between are canonicals or uris."""

    url: str = ""
    version: str | None = None
    source_uri: str | None = None
    source_canonical: str | None = None
    target_uri: str | None = None
    target_canonical: str | None = None
    group: Sequence[Group] = ()

    @property
    def source(self) -> str | None:
        return self.source_canonical or self.source_uri

    @property
    def target(self) -> str | None:
        return self.target_canonical or self.target_uri

    @property
    def canonical(self) -> str:
        return f"{self.url}|{self.version}" if self.version else self.url


_decoder = msgspec.json.Decoder(ConceptMap)


def read(body: bytes) -> ConceptMap:
    """The concept map in a JSON body; FhirError when it cannot be read."""
    try:
        return _decoder.decode(body)
    except (msgspec.DecodeError, RecursionError) as problem:
        raise messages.CONCEPT_MAP_UNREADABLE.error(problem=str(problem)) from None
