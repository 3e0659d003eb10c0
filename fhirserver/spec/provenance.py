"""Where the tables come from."""

from __future__ import annotations

from functools import cache

import msgspec

from fhirserver.spec import rows


class Source(msgspec.Struct, frozen=True, array_like=True):
    """A FHIR package the tables are generated from: a row of ``tables/provenance.json``."""

    package: str
    version: str
    sha256: str  #: of the archive


_decoder = msgspec.json.Decoder(list[Source])


@cache
def sources() -> tuple[Source, ...]:
    """The packages, the core package first."""
    return tuple(rows.read("provenance.json", _decoder))
