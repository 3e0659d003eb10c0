"""Hashes of the texts that stand in index rows.

The key of a row is the XOR of its parts' hashes: of its path, of a code, of a system. So a text is hashed once wherever
it stands, and those that come again and again (codes, systems, given names) are looked up.
"""

from __future__ import annotations

from functools import lru_cache

from fhirserver.store.keys import value_key

#: Longer texts are not kept in memory.
SHORT = 120


def text_hash(kind: str, text: str) -> int:
    """The hash of a text; `kind` keeps those apart that could be mistaken for one another."""
    return _known(kind, text) if len(text) <= SHORT else value_key(kind, text)


_known = lru_cache(maxsize=32768)(value_key)
