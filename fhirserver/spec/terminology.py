"""The code systems, value sets and concept maps of R4 as FHIR resources without prose.

The tables stay text in memory (4 MB together, each read when first asked for); a resource is decoded when asked for.
"""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from typing import Any, Literal

import msgspec

from fhirserver.spec import rows

Kind = Literal["CodeSystem", "ValueSet", "ConceptMap"]

_TABLES: dict[Kind, str] = {
    "CodeSystem": "code_systems.json",
    "ValueSet": "value_sets.json",
    "ConceptMap": "concept_maps.json",
}
_decoder = msgspec.json.Decoder(dict[str, Any], float_hook=Decimal)


class Head(msgspec.Struct, frozen=True):
    """What a resource is found by."""

    url: str
    id: str
    version: str | None = None
    supplements: str | None = None


_head_decoder = msgspec.json.Decoder(Head)


@cache
def _rows(kind: Kind) -> dict[str, bytes]:
    """Canonical -> the resource, still as text; the tables write ``url`` first."""
    return {row.split(b'"', 4)[3].decode(): row for row in rows.raw_rows(_TABLES[kind])}


def heads(kind: Kind) -> tuple[Head, ...]:
    """Every resource of a kind, in the order of their canonicals."""
    return tuple(_head_decoder.decode(row) for row in _rows(kind).values())


def body(kind: Kind, url: str) -> bytes:
    """A resource as JSON; KeyError as of :func:`resource`."""
    return _rows(kind)[url]


def resource(kind: Kind, url: str) -> dict[str, Any]:
    """A fresh resource; KeyError when R4 has none of that canonical (without version)."""
    resource: dict[str, Any] = _decoder.decode(_rows(kind)[url])
    return resource
