"""hl7.org/fhirpath/N1/#string-manipulation, and the later trim, split, join, encode, escape and matchesFull."""

from __future__ import annotations

import base64
import binascii
import html
import json
import re
from collections.abc import Callable
from functools import lru_cache, partial
from time import perf_counter
from typing import Any

import regex

from fhirserver.fhirpath import messages, singletons
from fhirserver.fhirpath.evaluation import MAX_TEXT, REGEX_SECONDS, Evaluate, Frame
from fhirserver.fhirpath.functions import Function, Parameter, Single, scalar
from fhirserver.fhirpath.lexer import whole
from fhirserver.fhirpath.model import EMPTY, system_node
from fhirserver.fhirpath.nodes import Node

# --- plain functions of text ---------------------------------------------------------------------------------------


def _substring(source: Evaluate, start: Evaluate, length: Evaluate | None = None) -> Evaluate:
    """ "If an empty length is provided, the behavior is the same as if length had not been provided"."""

    def evaluate(this: list[Node], frame: Frame) -> list[Node]:
        text = singletons.string(source(this, frame), "substring()")
        begin = singletons.integer(start(this, frame), "substring()")
        count = None if length is None else singletons.integer(length(this, frame), "substring()")
        if text is None or begin is None or not 0 <= begin < len(text):
            return EMPTY
        return [system_node(text[begin:] if count is None else text[begin : begin + max(0, count)])]

    return evaluate


def _replace(text: str, pattern: str, substitution: str) -> str:
    found = text.count(pattern)
    _check(len(text) + found * (len(substitution) - len(pattern)), "replace()")
    return text.replace(pattern, substitution)


def _check(length: int, name: str) -> None:
    if length > MAX_TEXT:
        raise messages.TEXT_TOO_LONG.error(name=name, limit=MAX_TEXT)


def _several(name: str, parts: Callable[..., list[str]], *parameters: Single) -> Callable[..., Evaluate]:
    """The builder of a function from one text to several."""

    def build(source: Evaluate, *arguments: Evaluate) -> Evaluate:
        def evaluate(this: list[Node], frame: Frame) -> list[Node]:
            text = singletons.string(source(this, frame), name)
            pairs = zip(parameters, arguments, strict=True)
            values = [convert(argument(this, frame), name) for convert, argument in pairs]
            if text is None or None in values:
                return EMPTY
            found = parts(text, *values)
            frame.spend(len(found))
            return [system_node(part) for part in found]

        return evaluate

    return build


def _split(text: str, separator: str) -> list[str]:
    return text.split(separator) if separator else list(text)


def _join(source: Evaluate, separator: Evaluate | None = None) -> Evaluate:
    def evaluate(this: list[Node], frame: Frame) -> list[Node]:
        between = "" if separator is None else singletons.string(separator(this, frame), "join()")
        texts = [singletons.string([item], "join()") for item in source(this, frame)]
        if between is None or not texts:
            return EMPTY
        known = [text for text in texts if text is not None]
        _check(sum(map(len, known)) + len(known) * len(between), "join()")
        return [system_node(between.join(known))]

    return evaluate


# --- regular expressions -------------------------------------------------------------------------------------------

_MAX_PATTERN = 2_000
#: Characters of a pattern written out: the library unfolds ``(a{1000}){1000}``.
_MAX_SIZE = 50_000


@lru_cache(maxsize=512)
def _compiled(pattern: str) -> Any:
    """ "should be case-sensitive, use 'single line' mode and allow Unicode characters"."""
    if len(pattern) > _MAX_PATTERN or _size(pattern) > _MAX_SIZE:
        raise messages.BAD_REGEX.error(detail=f"longer than {_MAX_PATTERN} characters, or {_MAX_SIZE} with repetitions")
    try:
        return regex.compile(pattern, regex.DOTALL)
    except (regex.error, ValueError, OverflowError, RecursionError, MemoryError) as error:
        raise messages.BAD_REGEX.error(detail=str(error)) from None


_PIECE = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\{(?P<least>[0-9]+)(?:,[0-9]*)?\}|.", re.DOTALL)


def _size(pattern: str) -> int:
    """How long a pattern is with every repetition written out as often as it must occur."""
    open_groups = [0]
    last = 0
    for piece in _PIECE.finditer(pattern):
        if piece[0] == "(":
            open_groups.append(0)
            continue
        if piece["least"]:
            more = last * max(0, int(piece["least"][:9]) - 1)
            last += more
        else:
            last = more = open_groups.pop() if piece[0] == ")" and len(open_groups) > 1 else 1
        open_groups[-1] += more
    return sum(open_groups)


def _in_time(frame: Frame, match: Callable[..., Any]) -> Any:
    """The result of a match, on the time that the evaluation has left for matches."""
    begin = perf_counter()
    try:
        return match(timeout=max(frame.seconds, 0.001))
    except TimeoutError:
        raise messages.SLOW_REGEX.error(limit=REGEX_SECONDS) from None
    except (regex.error, IndexError, MemoryError) as error:
        raise messages.BAD_REGEX.error(detail=str(error)) from None
    finally:
        frame.seconds -= perf_counter() - begin


def _matches(frame: Frame, text: str, pattern: str) -> bool:
    return _in_time(frame, partial(_compiled(pattern).search, text)) is not None


def _matches_full(frame: Frame, text: str, pattern: str) -> bool:
    return _in_time(frame, partial(_compiled(pattern).fullmatch, text)) is not None


_GROUP = re.compile(r"\$(?:\{([A-Za-z_][A-Za-z0-9_]*|[0-9]+)\}|([0-9]{1,2})|\$)|\\")


def _replace_matches(frame: Frame, text: str, pattern: str, substitution: str) -> str:
    """ "The substitution may refer to identified match groups": ``$1``, ``${1}``, ``${day}``; ``$$`` is a dollar."""
    if not pattern:
        return text
    template = _GROUP.sub(_group, substitution)
    # one longer replacement for every character is the worst there can be
    _check((len(text) + 1) * max(1, len(substitution)), "replaceMatches()")
    return str(_in_time(frame, partial(_compiled(pattern).sub, template, text)))


def _group(found: re.Match[str]) -> str:
    if found[0] in ("\\", "$$"):
        return r"\\" if found[0] == "\\" else "$"
    return rf"\g<{found[1] or found[2]}>"


# --- encodings (later than N1) -------------------------------------------------------------------------------------

_ENCODERS: dict[str, Callable[[bytes], bytes]] = {
    "hex": binascii.hexlify,
    "base64": base64.b64encode,
    "urlbase64": base64.urlsafe_b64encode,
}
_DECODERS: dict[str, Callable[[bytes], bytes]] = {
    "hex": binascii.unhexlify,
    "base64": partial(base64.b64decode, validate=True),
    "urlbase64": base64.urlsafe_b64decode,
}
_ESCAPES: dict[str, Callable[[str], str]] = {
    "html": html.escape,
    "json": lambda text: json.dumps(text, ensure_ascii=False)[1:-1],
}


def _unescape_json(text: str) -> str:
    quoted = text if '\\"' in text else text.replace('"', '\\"')
    return whole(str(json.loads(f'"{quoted}"', strict=False)))


_UNESCAPES: dict[str, Callable[[str], str]] = {"html": html.unescape, "json": _unescape_json}


def _encode(text: str, format: str) -> str | None:
    encoder = _ENCODERS.get(format)
    return None if encoder is None else encoder(text.encode("utf-8", "replace")).decode("ascii")


def _decode(text: str, format: str) -> str | None:
    decoder = _DECODERS.get(format)
    try:
        return None if decoder is None else decoder(text.encode("ascii")).decode("utf-8")
    except ValueError:
        return None


def _escape(text: str, target: str) -> str | None:
    escape = _ESCAPES.get(target)
    return None if escape is None else escape(text)


def _unescape(text: str, target: str) -> str | None:
    unescape = _UNESCAPES.get(target)
    try:
        return None if unescape is None else unescape(text)
    except ValueError:
        return None


# --- the table -----------------------------------------------------------------------------------------------------


def _text_function(
    name: str, function: Callable[..., Any], returns: str, parameters: int = 0, framed: bool = False
) -> Function:
    takes: tuple[Parameter, ...] = tuple("value" for _ in range(parameters))
    build = scalar(name, function, singletons.string, *(singletons.string,) * parameters, framed=framed)
    return Function(build, takes, takes="String", returns=returns, single=True)


FUNCTIONS = {
    "indexOf": _text_function("indexOf", str.find, "Integer", 1),
    "lastIndexOf": _text_function("lastIndexOf", str.rfind, "Integer", 1),
    "substring": Function(_substring, ("value", "value"), optional=1, takes="String", returns="String", single=True),
    "startsWith": _text_function("startsWith", str.startswith, "Boolean", 1),
    "endsWith": _text_function("endsWith", str.endswith, "Boolean", 1),
    "contains": _text_function("contains", lambda text, part: part in text, "Boolean", 1),
    "upper": _text_function("upper", str.upper, "String"),
    "lower": _text_function("lower", str.lower, "String"),
    "replace": _text_function("replace", _replace, "String", 2),
    "matches": _text_function("matches", _matches, "Boolean", 1, framed=True),
    "matchesFull": _text_function("matchesFull", _matches_full, "Boolean", 1, framed=True),
    "replaceMatches": _text_function("replaceMatches", _replace_matches, "String", 2, framed=True),
    "length": _text_function("length", len, "Integer"),
    "toChars": Function(_several("toChars()", list), takes="String", returns="String"),
    "trim": _text_function("trim", str.strip, "String"),
    "split": Function(_several("split()", _split, singletons.string), ("value",), takes="String", returns="String"),
    "join": Function(_join, ("value",), optional=1, takes="String", returns="String", single=True),
    "encode": _text_function("encode", _encode, "String", 1),
    "decode": _text_function("decode", _decode, "String", 1),
    "escape": _text_function("escape", _escape, "String", 1),
    "unescape": _text_function("unescape", _unescape, "String", 1),
}
