"""Canonical references (references.html#canonical): ``url|version#fragment``, and which of two versions is newer."""

from __future__ import annotations

import re
from typing import NamedTuple

_PIECE = re.compile(r"[.\-+_]")

#: Longer runs of digits are no numbers that anybody counts with.
_DIGITS = 18

#: Sorts versions: numbers by value, a number after a word (so that a release comes after its pre-releases).
VersionRank = tuple[tuple[int, int, str], ...]


class Canonical(NamedTuple):
    """The parts of a canonical; `version` and `fragment` are None when it has none."""

    url: str
    version: str | None = None
    fragment: str | None = None

    def __str__(self) -> str:
        version = f"|{self.version}" if self.version else ""
        return f"{self.url}{version}{f'#{self.fragment}' if self.fragment else ''}"


def parse(text: str) -> Canonical:
    """The parts of ``http://.../ValueSet/x|1.0#part``. A bare ``#id`` has an empty url."""
    rest, _, fragment = text.partition("#")
    url, _, version = rest.partition("|")
    return Canonical(url, version or None, fragment or None)


def rank(version: str | None) -> VersionRank:
    """What to sort versions by: ``4.0.1`` after ``4.0``, ``10`` after ``9``, ``1.0.0`` after ``1.0.0-ballot``.

    The specification leaves the order of versions to their publishers; this one holds for semantic versions, for dates
    and for plain numbers. No version at all comes first.
    """
    if version is None:
        return ()
    return (*(_rank(piece) for piece in _PIECE.split(version)), (0, 1, ""))


def _rank(piece: str) -> tuple[int, int, str]:
    return (1, int(piece), "") if piece.isdecimal() and len(piece) <= _DIGITS else (0, 0, piece)


def matches(found: str | None, asked: str) -> bool:
    """Whether a version is the one asked for: the same, or a patch of it (``4.0.1`` for ``4.0``)."""
    return found is not None and (found == asked or found.startswith(f"{asked}."))
