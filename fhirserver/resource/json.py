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

from fhirserver.outcome import FhirError
from fhirserver.resource import messages
from fhirserver.resource.json_refusal import refusal, too_large
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
        raise too_large(text)
    value = Decimal(text)
    if abs(value.adjusted()) > MAX_DIGITS:
        raise too_large(text)
    return value if str(value) == text else Literal(text)


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
        raise refusal(body, str(problem)) from None
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


def _refuse_repeated_names(body: bytes) -> None:
    """The exact answer, by a slower reader that shows every name."""
    repeating: list[_Repeating] = []

    def keep(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        values = dict(pairs)
        if len(values) == len(pairs):
            return values
        repeating.append(_Repeating(values))
        repeating[-1].names = [name for name, times in Counter(name for name, _ in pairs).items() if times > 1]
        return repeating[-1]

    value = json.loads(body, object_pairs_hook=keep, parse_int=str, parse_float=str)
    if repeating:
        root = value.get("resourceType") if isinstance(value, dict) else None
        places = islice(_repeated(value, root if isinstance(root, str) else ""), _LISTED)
        raise FhirError([messages.DUPLICATE_KEY.at(path, name=found(name)) for path, name in places])


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
