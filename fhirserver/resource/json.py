"""FHIR JSON (json.html): bytes to a resource and back, decimals verbatim.

A resource is the dictionary of the JSON object. A number that is not an integer is a :class:`Decimal` that keeps the
sender's digits (datatypes.html#decimal: "the precision of the decimal value has significance"), never a float.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from itertools import islice
from typing import Any

import msgspec

from fhirserver.outcome import FhirError, Message
from fhirserver.resource import messages
from fhirserver.resource.primitives import MAX_DIGITS, found

#: How many objects and arrays may lie inside one another. HL7's own examples need 22.
MAX_DEPTH = 128
#: How many repeated names one answer lists.
_LISTED = 20


class Literal(Decimal):
    """A decimal that Python would spell otherwise than its sender did (``1e2``, ``0.00000001``); `str` is that text."""

    __slots__ = ("_text",)
    _text: str

    def __new__(cls, text: str) -> Literal:
        value = super().__new__(cls, text)
        value._text = text
        return value

    def __str__(self) -> str:
        return self._text

    def __reduce__(self) -> tuple[type[Literal], tuple[str]]:
        return Literal, (self._text,)


def number(text: str) -> Decimal:
    """The Decimal of a text that has the form of a JSON number, with the text's spelling.

    FhirError beyond 300 digits or a power of ten of 300: ``1e999999999`` is a short text, but no sum with it ends.
    """
    exponent = text.lower().partition("e")[2]
    if len(text) > MAX_DIGITS + 2 or len(exponent) > 5:
        raise _too_large(text)
    value = Decimal(text)
    if abs(value.adjusted()) > MAX_DIGITS:
        raise _too_large(text)
    return value if str(value) == text else Literal(text)


def _too_large(text: str) -> FhirError:
    return messages.NUMBER_TOO_LARGE.error(found=text if len(text) <= 40 else f"{text[:40]}…", limit=MAX_DIGITS)


def _spelled(value: object) -> msgspec.Raw:
    """What the encoder asks for values it does not know."""
    if isinstance(value, Literal):
        return msgspec.Raw(str(value).encode())
    raise TypeError(f"no JSON for {type(value).__name__}")


_decoder = msgspec.json.Decoder(float_hook=number)
_encoder = msgspec.json.Encoder(decimal_format="number", enc_hook=_spelled)


def encode(resource: Any) -> bytes:
    """Compact JSON of a resource (or any JSON value), names in the dictionary's order, decimals verbatim."""
    return _encoder.encode(resource)


def pretty(body: bytes) -> bytes:
    """The same JSON laid out for people; every string and number stays as it is spelled."""
    return msgspec.json.format(body, indent=2)


def decode(body: bytes) -> dict[str, Any]:
    """The resource in a JSON body. FhirError (400) says where the body is not JSON, or no resource, and what to do."""
    resource = parse(body)
    if not isinstance(resource, dict):
        raise messages.NOT_AN_OBJECT.error(found=found(resource))
    kind = resource.get("resourceType")
    if isinstance(kind, str) and kind:
        return resource
    if "resourceType" not in resource:
        raise messages.RESOURCE_TYPE_MISSING.error()
    raise messages.RESOURCE_TYPE_NOT_A_STRING.error(found=found(kind))


def parse(body: bytes) -> Any:
    """Any JSON value by the same strict rules: no repeated names, bounded depth and numbers, UTF-8 without BOM."""
    try:
        value = _decoder.decode(body)
        compact = msgspec.json.format(body, indent=-1)
    except RecursionError:
        raise messages.TOO_DEEP.error(limit=MAX_DEPTH) from None
    except (msgspec.DecodeError, UnicodeDecodeError) as problem:
        raise _refusal(body, str(problem)) from None
    if _too_deep(compact):
        raise messages.TOO_DEEP.error(limit=MAX_DEPTH)
    if _may_repeat_names(compact, value):
        _refuse_repeated_names(body)
    return value


# Depth and repeated names, which the decoder lets pass. `compact` is the sender's text without white space

#: A line indented deeper than the limit. A string has no line breaks, so this never lies inside one.
_BEYOND_DEPTH = b"\n" + b" " * (MAX_DEPTH + 1)


def _too_deep(compact: bytes) -> bool:
    opened = compact.count(b"{") + compact.count(b"[")
    return opened > MAX_DEPTH and _BEYOND_DEPTH in msgspec.json.format(compact, indent=1)


#: A quote or a colon written as an escape.
_ESCAPED_QUOTE_OR_COLON = re.compile(rb"\\u00(?:22|3[aA])")


def _may_repeat_names(compact: bytes, value: Any) -> bool:
    """False only when no object has a name twice, of which readers keep now the first, now the last (RFC 8259).

    A lost name makes the text longer than the value written anew. Escapes do so too; but every name ends in ``":``, and
    what strings hold of these counts alike on both sides as long as none is written as an escape.
    """
    anew = _encoder.encode(value)
    return compact != anew and (
        compact.count(b'":') != anew.count(b'":') or _ESCAPED_QUOTE_OR_COLON.search(compact) is not None
    )


class _Repeating(dict[str, Any]):
    """An object that had these names more than once."""

    names: list[str]


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    values = dict(pairs)
    if len(values) == len(pairs):
        return values
    repeating = _Repeating(values)
    repeating.names = [name for name, times in Counter(name for name, _ in pairs).items() if times > 1]
    return repeating


def _refuse_repeated_names(body: bytes) -> None:
    value = json.loads(body, object_pairs_hook=_object, parse_int=str, parse_float=str)
    root = value.get("resourceType") if isinstance(value, dict) else None
    places = _repeated(value, root if isinstance(root, str) else "")
    issues = [messages.DUPLICATE_KEY.at(path, name=found(name)) for path, name in islice(places, _LISTED)]
    if issues:
        raise FhirError(issues)


def _repeated(value: Any, path: str) -> Iterator[tuple[str, str]]:
    """The path of each object that repeats a name, and the name."""
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from _repeated(item, f"{path}[{index}]")
    elif isinstance(value, dict):
        if isinstance(value, _Repeating):
            yield from ((path, name) for name in value.names)
        for name, item in value.items():
            yield from _repeated(item, f"{path}.{name[:64]}")


# What is wrong with a text that is not JSON

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


def _refusal(body: bytes, complaint: str) -> FhirError:
    """The error for a body that the reader gave up on."""
    text = utf8(body)
    if text.startswith("\ufeff"):
        return messages.BYTE_ORDER_MARK.error()
    half_pair = _HALF_PAIR.search(body) if "surrogate" in complaint or "truncated" in complaint else None
    if half_pair is not None:
        return messages.JSON_SURROGATE.error(**place(body, half_pair.end() - 6))
    if "out of range" in complaint:
        return _too_large(_DIGITS_WITHOUT_END.findall(body)[0].decode())
    offset = _offset(body, complaint)
    return _reason(body, offset, complaint).error(**place(body, offset), found=_standing_at(body, offset))


#: More digits than Python makes an integer of.
_DIGITS_WITHOUT_END = re.compile(rb"[0-9]{4300,}")
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


def utf8(body: bytes) -> str:
    """The text of a body; FhirError when it is empty or no UTF-8, the one encoding FHIR has."""
    if not body or body.isspace():
        raise messages.EMPTY_BODY.error()
    if body.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise messages.WRONG_ENCODING.error(found="UTF-16")
    try:
        return body.decode()
    except UnicodeDecodeError as problem:
        wrong = problem.start
    raise messages.NOT_UTF8.error(**place(body, wrong), found=f"0x{body[wrong]:02X}")


def place(body: bytes, offset: int) -> dict[str, Any]:
    """Line and column (in characters) of a byte, both from 1, as the messages name them."""
    before = body[:offset]
    start_of_line = before.rfind(b"\n") + 1
    return {
        "line": before.count(b"\n") + 1,
        "column": len(before[start_of_line:].decode("utf-8", "replace")) + 1,
    }
