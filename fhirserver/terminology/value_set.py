"""A value set as it is defined (valueset.html#compositions), in columns. What is in it: membership.py and rows.py."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import msgspec

from fhirserver.terminology import messages
from fhirserver.terminology.code_system import CodeSystem
from fhirserver.terminology.concept import Designation

_ABSENT = msgspec.Raw(b"[]")
_decode_designations = msgspec.json.Decoder(list[dict[str, Any]], float_hook=Decimal).decode


class Filter(msgspec.Struct, frozen=True):
    """``ValueSet.compose.include.filter``."""

    property: str
    op: str
    value: str


class _Listed(msgspec.Struct):
    """``ValueSet.compose.include.concept``."""

    code: str
    display: str | None = None
    designation: msgspec.Raw = _ABSENT


class _Include(msgspec.Struct, rename="camel"):
    system: str | None = None
    version: str | None = None
    concept: Sequence[_Listed] | None = None
    filter: Sequence[Filter] = ()
    value_set: Sequence[str] = ()


class _Compose(msgspec.Struct, rename="camel"):
    include: Sequence[_Include] = ()
    exclude: Sequence[_Include] = ()
    inactive: bool | None = None
    locked_date: str | None = None


class Contained(msgspec.Struct, frozen=True):
    """``ValueSet.expansion.contains``, a row of an expansion that was stored."""

    system: str | None = None
    version: str | None = None
    code: str | None = None
    display: str | None = None
    abstract: bool = False
    inactive: bool = False
    contains: Sequence[Contained] = ()


class _Expansion(msgspec.Struct):
    contains: Sequence[Contained] = ()
    total: int | None = None


class _Inside(msgspec.Struct, rename={"kind": "resourceType"}):
    kind: str = ""
    id: str = ""


class _Resource(msgspec.Struct):
    url: str | None = None
    version: str | None = None
    name: str | None = None
    title: str | None = None
    compose: _Compose | None = None
    expansion: _Expansion | None = None
    contained: Sequence[msgspec.Raw] = ()


_decoder = msgspec.json.Decoder(_Resource)
_decode_inside = msgspec.json.Decoder(_Inside).decode


class Include:
    """One ``include`` or ``exclude``: everything it names must hold of a code."""

    def __init__(self, row: _Include) -> None:
        self.system = row.system
        self.version = row.version
        self.filters = tuple(row.filter)
        self.value_sets = tuple(row.value_set)
        #: Place of each listed code; None when none are listed, which means all of the system.
        self.listed: dict[str, int] | None = None
        self._displays: list[str | None] = []
        self._designations: dict[int, msgspec.Raw] = {}
        if row.concept is not None:
            self.listed = {}
            for concept in row.concept:
                self._list(self.listed, concept)

    def _list(self, listed: dict[str, int], concept: _Listed) -> None:
        if concept.code in listed:
            return
        place = listed[concept.code] = len(self._displays)
        self._displays.append(concept.display)
        if concept.designation is not _ABSENT:
            self._designations[place] = concept.designation

    def display(self, code: str) -> str | None:
        """The display the value set itself gives a listed code."""
        place = (self.listed or {}).get(code)
        return None if place is None else self._displays[place]

    def designations(self, code: str) -> list[Designation]:
        """The designations the value set itself gives a listed code."""
        text = self._designations.get((self.listed or {}).get(code, -1))
        return [] if text is None else _decode_designations(text)


class ValueSet:
    """A value set's definition. `expansion` is the one stored in the resource, for where the definition does not do."""

    def __init__(self, body: bytes) -> None:
        try:
            resource = _decoder.decode(body)
        except (msgspec.DecodeError, RecursionError) as problem:
            raise messages.VALUE_SET_UNREADABLE.error(problem=str(problem)) from None
        compose = resource.compose or _Compose()
        self.url = resource.url or ""
        self.version = resource.version
        self.name = resource.title or resource.name or self.url
        self.includes = tuple(Include(row) for row in compose.include)
        self.excludes = tuple(Include(row) for row in compose.exclude)
        #: valueset.html#ValueSet.compose.inactive: whether inactive codes belong to it where nothing else is said.
        self.inactive = compose.inactive
        self.expansion: Sequence[Contained] = resource.expansion.contains if resource.expansion else ()
        #: How many codes it has, by what was asked for (expand.py).
        self.totals: dict[str, int] = {}
        self.systems = {f"#{id}": system for id, system in _contained(resource.contained)}

    @property
    def canonical(self) -> str:
        """``url|version``, or what there is of it."""
        return f"{self.url}|{self.version}" if self.version else self.url


def _contained(bodies: Sequence[msgspec.Raw]) -> list[tuple[str, CodeSystem]]:
    heads = ((_decode_inside(body), body) for body in bodies)
    return [(head.id, CodeSystem(bytes(body))) for head, body in heads if head.kind == "CodeSystem"]
