"""Text to tokens (hl7.org/fhirpath/N1/#lexical-elements)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from fhirserver.fhirpath import messages
from fhirserver.outcome import FhirError, Message

#: Characters of an expression; the longest of R4 has 2,500.
MAX_LENGTH = 20_000


@dataclass(frozen=True, slots=True)
class Token:
    """`kind` is number, string, identifier, delimited, moment, special, symbol or end; `text` is without quotes."""

    kind: str
    text: str
    at: int
    raw: str  #: as written, for errors


_CLOCK = r"[0-9]{2}(?::[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?)?"
_TOKEN = re.compile(
    rf"""
    (?P<space> [ \t\r\n]+ | //[^\r\n]* | /\*.*?\*/ )
  | (?P<number> [0-9]+(?:\.[0-9]+)? )
  | (?P<moment> @(?: T{_CLOCK}
                  | [0-9]{{4}}(?:-[0-9]{{2}}(?:-[0-9]{{2}})?)?(?:T(?:{_CLOCK}(?:Z|[+-][0-9]{{2}}:[0-9]{{2}})?)?)? ) )
  | (?P<identifier> [A-Za-z_][A-Za-z0-9_]* )
  | (?P<string> '(?:\\.|[^'\\])*' )
  | (?P<delimited> `(?:\\.|[^`\\])*` )
  | (?P<special> \$(?:this|index|total)(?![A-Za-z0-9_]) )
  | (?P<quoted> "(?:\\.|[^"\\])*" )
  | (?P<symbol> <=|>=|!=|!~|[-+*/|&<>=~()\[\]{{}},.%] )
    """,
    re.VERBOSE | re.DOTALL,
)
_KINDS = {"quoted": "delimited"}


def tokens(text: str) -> Iterator[Token]:
    """The tokens of an expression and an end token; a FhirError at the first character that begins none."""
    if len(text) > MAX_LENGTH:
        raise messages.TOO_LONG.error(length=len(text), limit=MAX_LENGTH)
    at = 0
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None or (text.startswith("/*", at) and found.lastgroup == "symbol"):
            raise error(messages.SYNTAX, text, at, found=repr(text[at : at + 10]), expected="an expression")
        kind = str(found.lastgroup)
        if kind != "space":
            yield Token(_KINDS.get(kind, kind), _content(kind, found[0]), at, found[0])
        at = found.end()
    yield Token("end", "", at, "the end")


def _content(kind: str, raw: str) -> str:
    if kind in ("string", "delimited", "quoted"):
        return unescape(raw[1:-1])
    return raw[1:] if kind in ("special", "moment") else raw


_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|(.))", re.DOTALL)
_ESCAPED = {"r": "\r", "n": "\n", "t": "\t", "f": "\f"}


def unescape(text: str) -> str:
    r"""#string: ``\u0065``, ``\n`` and so on; before any other character a backslash "will be ignored"."""
    if "\\" not in text:
        return text
    return whole(
        _ESCAPE.sub(lambda found: chr(int(found[1], 16)) if found[1] else _ESCAPED.get(found[2], found[2]), text)
    )


def whole(text: str) -> str:
    """A text in which two escapes that spell one character (outside the basic plane) are that character."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def error(message: Message, text: str, at: int, **values: Any) -> FhirError:
    """An error at a character of the expression, as line and column from 1."""
    before = text[:at]
    return message.error(line=before.count("\n") + 1, column=at - (before.rfind("\n") + 1) + 1, **values)
