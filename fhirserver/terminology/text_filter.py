"""The text a user has typed so far, and whether a concept is one that may be meant (valueset-operation-expand.html)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable

#: Whether one of several texts has everything that was typed.
Typed = Callable[[Iterable[str | None]], bool]


def typed(text: str) -> Typed:
    """What was typed, in pieces between blanks: each has to begin a word of a text, or to stand anywhere in Chinese.

    Width, case and accents do not count: ``ＡＢＣ`` is ``abc``, ``ménière`` is ``meniere``.
    """
    pieces = folded(text).split()

    def found(texts: Iterable[str | None]) -> bool:
        missing = pieces
        for candidate in texts:
            if candidate:
                inside = folded(candidate)
                missing = [piece for piece in missing if not _has(inside, piece)]
                if not missing:
                    return True
        return not missing

    return found


#: Characters that have another form to be compared in: accented and full-width ones, ligatures and the like.
_FOLDED = re.compile("[\u0080-\u2dff\ua640-\uabff\uf900-\uffef\U00010000-\U0001ffff]")


def folded(text: str) -> str:
    """A text as it is compared."""
    if _FOLDED.search(text) is None:
        return text.lower()
    apart = unicodedata.normalize("NFKD", text).casefold()
    return "".join(character for character in apart if not unicodedata.combining(character))


def _has(text: str, piece: str) -> bool:
    start = text.find(piece)
    while start >= 0:
        if start == 0 or not piece[0].isascii() or not piece[0].isalnum() or not _in_word(text[start - 1]):
            return True
        start = text.find(piece, start + 1)
    return False


def _in_word(character: str) -> bool:
    """Whether a Latin word would go on across this character; a Chinese character ends it."""
    return character.isascii() and character.isalnum()
