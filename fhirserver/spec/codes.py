"""Codes of the value sets that elements of R4 are required to take their codes from."""

from __future__ import annotations

from functools import cache

import msgspec

from fhirserver.spec import rows


class _Row(msgspec.Struct, frozen=True, array_like=True):
    """A row of ``tables/codes.json``: the value set, and its codes by code system."""

    value_set: str
    systems: dict[str, tuple[str, ...]]


_decoder = msgspec.json.Decoder(_Row)


@cache
def _rows() -> dict[str, bytes]:
    """Value set -> its row, still as text: ``["http://...",{...}]``."""
    return {row.split(b'"', 2)[1].decode(): row for row in rows.raw_rows("codes.json")}


@cache
def codings(value_set: str) -> dict[str, frozenset[str]] | None:
    """The codes of a value set by code system; None when it cannot be enumerated (mime types) or is not known.

    `value_set` is a canonical without ``|version``.
    """
    row = _rows().get(value_set)
    if row is None:
        return None
    decoded = _decoder.decode(row)
    return {system: frozenset(codes) for system, codes in decoded.systems.items()}


@cache
def codes(value_set: str) -> frozenset[str] | None:
    """Every code of a value set, of whichever system; None as in :func:`codings`."""
    systems = codings(value_set)
    return None if systems is None else frozenset().union(*systems.values())
