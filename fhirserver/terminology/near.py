"""Near matches for a code that is not there: what its sender probably meant."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from fhirserver.terminology.text_filter import folded

_TOLD = 3
_LONGEST = 64


@dataclass(frozen=True, slots=True)
class Near:
    """Near matches in a message; a template writes ``{near:en}`` or ``{near:zh}``, nothing when none is near."""

    found: tuple[str, ...] = ()

    def __format__(self, language: str) -> str:
        if not self.found:
            return ""
        listed = ", ".join(self.found)
        return f"；相近的有：{listed}" if language == "zh" else f"; near: {listed}"


def near(code: str, display: str | None, known: Sequence[tuple[str, str | None]]) -> Near:
    """Up to three of the known codes with their displays: ``M (Married), A (Annulled)``.

    A display that was sent says more than the code; and what was sent as a code may be a display.
    """
    displays = {folded(text): number for number, (_, text) in enumerate(known) if text}
    codes = {folded(each): number for number, (each, _) in enumerate(known)}
    found = dict.fromkeys(
        [
            *_close(display or "", displays, 0.8),
            *_close(code, codes, 0.6),
            *_close(code, displays, 0.8),
        ]
    )
    return Near(tuple(_told(*known[number]) for number in list(found)[:_TOLD]))


def _close(text: str, known: dict[str, int], cutoff: float) -> list[int]:
    if not text or len(text) > _LONGEST:
        return []
    return [known[each] for each in get_close_matches(folded(text), known, n=_TOLD, cutoff=cutoff)]


def _told(code: str, display: str | None) -> str:
    return f"{code} ({display})" if display else code
