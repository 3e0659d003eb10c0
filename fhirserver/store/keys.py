"""Signed 64-bit keys made of text: of a resource's identity, and of the values index rows hold."""

from __future__ import annotations

from functools import lru_cache
from hashlib import blake2b


@lru_cache(maxsize=32768)
def res_key(type: str, id: str) -> int:
    """The key of a resource, and with it the distribution key of every row that belongs to it.

    It is computed from the identity, so a reference is joined to its target without a look-up. Two identities with one
    key (among ten million resources one chance in 370,000) are told apart when read and refused when written.
    """
    return int.from_bytes(blake2b(f"{type}/{id}".encode(), digest_size=8).digest(), "big", signed=True)


def value_key(*parts: str) -> int:
    """The key of an index value such as ``value_key("identifier", system, code)``. Parts are kept apart by NUL."""
    return int.from_bytes(blake2b("\0".join(parts).encode(), digest_size=8).digest(), "big", signed=True)
