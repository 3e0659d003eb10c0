"""How text is made comparable: case, accents, width and white space (search.html#string)."""

from __future__ import annotations

import re
import unicodedata

#: No more of a text than this is compared: it stands in the key of an index row.
LONGEST = 400

_SPACES = re.compile(r"\s+")


def fold(text: str) -> str:
    """The text in lower case without accents; full-width forms become plain ones, white space single spaces.

    >>> fold("  Müller　ＡＢＣ ")
    'muller abc'
    """
    folded = text.lower() if text.isascii() else plain(unicodedata.normalize("NFKC", text))
    return _SPACES.sub(" ", folded).strip()[:LONGEST]


def plain(text: str) -> str:
    """The text in lower case without accents, in compatible characters."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    marks = {ord(each): None for each in set(decomposed) if unicodedata.combining(each)}
    return unicodedata.normalize("NFC", decomposed.translate(marks) if marks else decomposed)


def after(prefix: str) -> str:
    """The first text behind all texts that begin with `prefix`, compared by code point; "" when there is none."""
    for position in range(len(prefix) - 1, -1, -1):
        code = ord(prefix[position])
        if code < 0x10FFFF:
            following = 0xE000 if code + 1 == 0xD800 else code + 1
            return prefix[:position] + chr(following)
    return ""


def is_han(character: str) -> bool:
    """Whether it is a Chinese character."""
    return (
        "\u3400" <= character <= "\u9fff"
        or "\uf900" <= character <= "\ufaff"
        or "\U00020000" <= character <= "\U0003ffff"
    )


def has_han(text: str) -> bool:
    """Whether a Chinese character stands anywhere in it."""
    return not text.isascii() and any(map(is_han, text))
