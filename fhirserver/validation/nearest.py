"""Near matches: what a misspelled name was probably meant to be."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from difflib import get_close_matches

from fhirserver.validation.messages import Text

_LONGEST = 64  # a longer name is no slip of the pen, and matching is quadratic
_LISTED = 20  # more codes than these are not listed whole


def nearest(name: str, known: Iterable[str]) -> list[str]:
    """Up to three of the known names, the nearest first; upper and lower case count little."""
    if len(name) > _LONGEST:
        return []
    by_folded = {each.lower(): each for each in known}
    return [by_folded[each] for each in get_close_matches(name.lower(), by_folded, n=3, cutoff=0.7)]


def one_of(name: str, known: Collection[str], otherwise: Text) -> Text:
    """What was expected instead of a name: all of a few, the nearest of many, else a phrase."""
    if len(known) <= _LISTED:
        listed = ", ".join(sorted(known))
        return Text(f"one of {listed}", f"以下之一：{listed}")
    near = nearest(name, known)
    if near:
        listed = ", ".join(near)
        return Text(f"{otherwise.en}, such as {listed}", f"{otherwise.zh}，例如 {listed}")
    return otherwise
