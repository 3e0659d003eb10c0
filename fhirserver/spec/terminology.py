"""The code systems, value sets and concept maps of R4 as FHIR resources without prose.

The tables stay text in memory (3 MB together, each read when first asked for); a resource is decoded when it is asked for.
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


class _Head(msgspec.Struct, frozen=True):
    """What of a row is read without the rest."""

    url: str
    id: str
    version: str | None = None


@cache
def _rows(kind: Kind) -> dict[str, bytes]:
    """Canonical -> the resource, still as text; the tables write ``url`` first."""
    return {row.split(b'"', 4)[3].decode(): row for row in rows.raw_rows(_TABLES[kind])}


def urls(kind: Kind) -> tuple[str, ...]:
    """The canonicals (without version) of every resource of a kind."""
    return tuple(_rows(kind))


def version(kind: Kind, url: str) -> str | None:
    """The business version of a resource, None when it has none; KeyError when there is no such resource."""
    return msgspec.json.decode(_rows(kind)[url], type=_Head).version


def body(kind: Kind, url: str) -> bytes:
    """A resource as JSON text; KeyError when R4 has none of that canonical."""
    return _rows(kind)[url]


def resource(kind: Kind, url: str) -> dict[str, Any]:
    """A fresh resource; KeyError when R4 has none of that canonical."""
    return _decoder.decode(_rows(kind)[url])
