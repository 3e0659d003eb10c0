"""What is wrong with a text that is not JSON: from the reader's terse complaint to a message its sender can act on."""

from __future__ import annotations

import re

from fhirserver.outcome import FhirError, Message
from fhirserver.resource import messages
from fhirserver.resource.encoding import place, utf8
from fhirserver.resource.primitives import MAX_DIGITS, found

#: What stands at the place where the reader stopped, and what its author meant.
_MEANT: tuple[tuple[re.Pattern[bytes], Message], ...] = (
    (re.compile(rb"-?(?:NaN|Inf)"), messages.JSON_NOT_A_NUMBER),
    (re.compile(rb"'"), messages.JSON_QUOTES),
    (re.compile(rb"<"), messages.JSON_IS_XML),
    (re.compile(rb"/[/*]"), messages.JSON_COMMENT),
    (re.compile(rb"[.+][0-9]"), messages.JSON_NUMBER),
    (re.compile(rb"[\x00-\x1f]"), messages.JSON_CONTROL_CHARACTER),
)

#: The reader's complaint, and what we say.
_COMPLAINTS: tuple[tuple[str, Message], ...] = (
    ("truncated", messages.JSON_TRUNCATED),
    ("trailing comma", messages.JSON_TRAILING_COMMA),
    ("expected ','", messages.JSON_EXPECTED_COMMA),
    ("expected ':'", messages.JSON_EXPECTED_COLON),
    ("object keys", messages.JSON_EXPECTED_NAME),
    ("trailing characters", messages.JSON_AFTER_END),
    ("escape", messages.JSON_ESCAPE),
    ("surrogate", messages.JSON_SURROGATE),
    ("invalid number", messages.JSON_NUMBER),
)

#: Half a surrogate pair written as an escape, behind an even number of backslashes.
_HALF_PAIR = re.compile(
    rb"(?<!\\)(?:\\\\)*(?:(?<!\\u[dD][89abAB][0-9a-fA-F]{2})\\u[dD][c-fC-F][0-9a-fA-F]{2}"
    rb"|\\u[dD][89abAB][0-9a-fA-F]{2}(?!\\u[dD][c-fC-F][0-9a-fA-F]{2}))"
)


def refusal(body: bytes, complaint: str) -> FhirError:
    """The error for a body that the reader gave up on."""
    text = utf8(body)
    if text.startswith("\ufeff"):
        return messages.BYTE_ORDER_MARK.error()
    half_pair = _HALF_PAIR.search(body) if "surrogate" in complaint or "truncated" in complaint else None
    if half_pair is not None:
        return messages.JSON_SURROGATE.error(**place(body, half_pair.end() - 6))
    if "out of range" in complaint:
        return too_large(_DIGITS_WITHOUT_END.findall(body)[0].decode())
    offset = _offset(body, complaint)
    return _reason(body, offset, complaint).error(**place(body, offset), found=_standing_at(body, offset))


#: More digits than Python may be told to make an integer of.
_DIGITS_WITHOUT_END = re.compile(rb"[0-9]{640,}")
#: The reader takes true, false and null in one step and complains behind it.
_HALF_A_WORD = re.compile(rb"[tfn][A-Za-z]{0,3}[^A-Za-z]?$")


def _offset(body: bytes, complaint: str) -> int:
    """The byte the reader complains of; the end of the body when it names none."""
    at_byte = re.search(r"\(byte (\d+)\)$", complaint)
    if at_byte is None:
        return len(body)
    offset = min(int(at_byte[1]), len(body))
    if "trailing characters" in complaint:
        return offset - 1
    word = _HALF_A_WORD.search(body, offset - 5, offset) if "invalid character" in complaint else None
    return word.start() if word else offset


def _reason(body: bytes, offset: int, complaint: str) -> Message:
    for meant, message in _MEANT:
        if meant.match(body, offset):
            return message
    return next((message for part, message in _COMPLAINTS if part in complaint), messages.JSON_SYNTAX)


def _standing_at(body: bytes, offset: int) -> str:
    """The text from a byte on, as far as a message quotes it."""
    text = body[offset : offset + 80].decode("utf-8", "replace")
    if text and not text[0].isprintable():
        return f"U+{ord(text[0]):04X}"
    return found(text.splitlines()[0][:20] if text else "")


def too_large(text: str) -> FhirError:
    """The error for a number that is beyond all measure."""
    return messages.NUMBER_TOO_LARGE.error(found=text if len(text) <= 40 else f"{text[:40]}…", limit=MAX_DIGITS)
