"""The profiles and extensions of the core package, as StructureDefinitions without prose.

Each has its differential only: identity, context, and what it constrains. They are for the conformance registry.
"""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from typing import Any

import msgspec

from fhirserver.spec import rows

_decoder = msgspec.json.Decoder(dict[str, Any], float_hook=Decimal)


@cache
def _rows() -> dict[str, bytes]:
    """Canonical -> the StructureDefinition, still as text; the table writes ``url`` first."""
    return {row.split(b'"', 4)[3].decode(): row for row in rows.raw_rows("profiles.json")}


def profile_urls() -> tuple[str, ...]:
    """The canonicals of all profiles and extensions of the core package."""
    return tuple(_rows())


def profile(url: str) -> dict[str, Any]:
    """A fresh StructureDefinition; KeyError when the core package has no profile of that canonical."""
    return _decoder.decode(_rows()[url])
