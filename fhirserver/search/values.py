"""The text of search values: escapes, lists and prefixes (search.html#escaping, search.html#prefix)."""

from __future__ import annotations

import re
from typing import Literal, get_args

#: search.html#prefix
Prefix = Literal["eq", "ne", "gt", "lt", "ge", "le", "sa", "eb", "ap"]
PREFIXES: frozenset[str] = frozenset(get_args(Prefix))

_ESCAPED = re.compile(r"\\(.)", re.DOTALL)


def split(text: str, separator: str) -> list[str]:
    """The parts between unescaped separators; escapes are left in them.

    >>> split(r"a\\,b,c", ",")
    ['a\\\\,b', 'c']
    """
    if separator not in text:
        return [text]
    if "\\" not in text:
        return text.split(separator)
    parts: list[str] = []
    current: list[str] = []
    escaped = False
    for character in text:
        if character == separator and not escaped:
            parts.append("".join(current))
            current = []
            continue
        current.append(character)
        escaped = character == "\\" and not escaped
    parts.append("".join(current))
    return parts


def unescape(text: str) -> str:
    r"""search.html#escaping: ``\,`` ``\|`` ``\$`` ``\\`` stand for the character after the backslash."""
    return _ESCAPED.sub(lambda match: match[1] if match[1] in "\\,|$" else match[0], text) if "\\" in text else text


def escape(text: str) -> str:
    """The text as one value of a search parameter."""
    return re.sub(r"([\\,|$])", r"\\\1", text)


def prefixed(text: str) -> tuple[Prefix, str]:
    """The comparison and what follows it; ``eq`` when none is written."""
    if text[:2] in PREFIXES:
        return text[:2], text[2:]  # type: ignore[return-value]
    return "eq", text
