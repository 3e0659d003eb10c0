"""Content negotiation: formats in and out, the fhirVersion parameter, languages and encodings (http.html#mime-type).

Every function here is a pure function of header texts and is cached by them: clients send the same few all day.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from fhirserver.outcome import FhirError, Language
from fhirserver.rest import messages

Kind = Literal["json", "xml"]

#: The media types of each format, in the order in which the server prefers them: FHIR's own, the generic ones that
#: "the server SHOULD respond with", and those of DSTU2 that it "MAY also support".
MEDIA_TYPES: dict[str, Kind] = {
    "application/fhir+json": "json",
    "application/json": "json",
    "text/json": "json",
    "application/json+fhir": "json",
    "application/fhir+xml": "xml",
    "application/xml": "xml",
    "text/xml": "xml",
    "application/xml+fhir": "xml",
}
#: Media types that mean a FHIR resource and nothing else; other types on a Binary ask for its content.
FHIR_TYPES = frozenset(name for name in MEDIA_TYPES if "fhir" in name)
#: http.html#parameters: the short values of _format.
FORMATS = {"json": "application/fhir+json", "xml": "application/fhir+xml"}
OFFERED = "application/fhir+json, application/fhir+xml"
#: http.html#version-parameter: "the publication and major version number"; patch versions do not change the wire.
_VERSIONS = frozenset({"4.0", "4.0.0", "4.0.1"})
_UTF8 = frozenset({"utf-8", "utf8"})


@dataclass(frozen=True, slots=True)
class Format:
    """How an answer is written. `named`: the sender named a FHIR media type, by _format or in Accept."""

    kind: Kind
    media_type: str
    named: bool

    @property
    def content_type(self) -> str:
        return f"{self.media_type}; charset=utf-8"


@dataclass(frozen=True, slots=True)
class _Range:
    """One element of a list such as Accept: ``text/*;level=1;q=0.5``."""

    value: str
    parameters: dict[str, str]
    quality: float
    position: int


def _ranges(header: str) -> Iterator[_Range]:
    """The elements of a header with q values (RFC 9110 section 12.4.2); one whose q is malformed counts as not sent."""
    for position, element in enumerate(header.split(",")):
        value, *rest = (part.strip() for part in element.split(";"))
        if not value:
            continue
        parameters = {}
        for part in rest:
            name, _, text = part.partition("=")
            parameters[name.strip().lower()] = text.strip().strip('"')
        quality = _quality(parameters.pop("q", "1"))
        if quality is not None:
            yield _Range(value.lower(), parameters, quality, position)


def _quality(text: str) -> float | None:
    try:
        quality = float(text)
    except ValueError:
        return None
    return quality if 0 <= quality <= 1 else None


DEFAULT = Format("json", "application/fhir+json", named=False)


@lru_cache(maxsize=512)
def response_format(accept: str | None, format: str | None) -> Format:
    """The format of the answer. `format` is the value of _format, which overrides Accept.

    Raises 406 when none that the server has is wanted.
    """
    if format is not None:
        return _of_parameter(format)
    if accept is None or not accept.strip():
        return DEFAULT
    ranges = list(_ranges(accept))
    spoken = [each for each in ranges if each.parameters.get("fhirversion", "4.0") in _VERSIONS]
    best = max((offer for name in MEDIA_TYPES if (offer := _offer(name, spoken))), default=None)
    if best is None:
        message = messages.NOT_ACCEPTABLE if len(spoken) == len(ranges) else messages.VERSION_NOT_ACCEPTABLE
        raise message.error(source="Accept", found=accept[:200], offered=OFFERED)
    name = best[-1]
    return Format(MEDIA_TYPES[name], name, named=name in FHIR_TYPES and best[1] == _EXACT)


_EXACT = 2
#: How good a media type is for the sender: quality, how exactly it was named, how early, how early in our own table.
_Offer = tuple[float, int, int, int, str]


def _offer(name: str, ranges: list[_Range]) -> _Offer | None:
    """How a media type meets an Accept header; None when it does not. The most exact range decides its quality."""
    family = name.partition("/")[0] + "/*"
    found: tuple[int, _Range] | None = None
    for each in ranges:
        exactness = _EXACT if each.value == name else 1 if each.value == family else 0 if each.value == "*/*" else -1
        if exactness >= 0 and (found is None or exactness > found[0]):
            found = (exactness, each)
    if found is None or found[1].quality == 0:
        return None
    exactness, each = found
    return each.quality, exactness, -each.position, -list(MEDIA_TYPES).index(name), name


def _of_parameter(text: str) -> Format:
    """The format a value of _format means; a + that was not escaped in the URL has become a space."""
    media, parameters = _content_type(text)
    media = media.replace(" ", "+")
    name = FORMATS.get(media, media)
    if name not in MEDIA_TYPES:
        raise messages.NOT_ACCEPTABLE.error(source="_format", found=text[:200], offered=OFFERED)
    if parameters.get("fhirversion", "4.0") not in _VERSIONS:
        raise messages.VERSION_NOT_ACCEPTABLE.error(source="_format", found=text[:200])
    return Format(MEDIA_TYPES[name], name, named=True)


def error_format(accept: str | None) -> Format:
    """The format of an answer to a request whose own wish cannot be met: XML for those who seem to read that."""
    if accept is not None and "xml" in accept and "json" not in accept:
        return Format("xml", "application/fhir+xml", named=False)
    return DEFAULT


@lru_cache(maxsize=512)
def body_format(content_type: str | None) -> Kind:
    """The format of a body that is a resource. Raises 415 for any other media type, charset or version of FHIR."""
    if content_type is None or not content_type.strip():
        raise messages.MEDIA_MISSING.error(expected=OFFERED)
    media, parameters = _content_type(content_type)
    kind = MEDIA_TYPES.get(media)
    if kind is None:
        raise messages.MEDIA_UNSUPPORTED.error(found=content_type[:200], expected=OFFERED)
    charset = parameters.get("charset", "utf-8")
    if charset.lower() not in _UTF8:
        raise messages.CHARSET_UNSUPPORTED.error(found=charset[:40])
    version = parameters.get("fhirversion", "4.0")
    if version not in _VERSIONS:
        raise messages.VERSION_UNSUPPORTED.error(found=version[:40])
    return kind


def is_resource(content_type: str | None) -> bool:
    """Whether a body of this type is a FHIR resource: everything else sent to Binary is content to keep as it is."""
    return content_type is None or _content_type(content_type)[0] in MEDIA_TYPES


def _content_type(text: str) -> tuple[str, dict[str, str]]:
    media, *rest = (part.strip() for part in text.split(";"))
    pairs = (part.partition("=") for part in rest)
    return media.lower(), {name.strip().lower(): value.strip().strip('"') for name, _, value in pairs}


@lru_cache(maxsize=256)
def language(accept_language: str | None, default: Language) -> Language:
    """The language of messages by Accept-Language (RFC 9110 section 12.5.4); `default` when it names neither."""
    best: tuple[float, int, Language] | None = None
    for each in _ranges(accept_language or ""):
        primary = each.value.partition("-")[0]
        if primary in ("en", "zh") and each.quality > 0:
            rated: tuple[float, int, Language] = (each.quality, -each.position, "zh" if primary == "zh" else "en")
            best = rated if best is None else max(best, rated)
    return best[2] if best is not None else default


@lru_cache(maxsize=256)
def accepts_gzip(accept_encoding: str) -> bool:
    """RFC 9110 section 12.5.3."""
    qualities = {each.value: each.quality for each in _ranges(accept_encoding)}
    return qualities.get("gzip", qualities.get("x-gzip", qualities.get("*", 0))) > 0


@lru_cache(maxsize=256)
def prefers_html(accept: str | None) -> bool:
    """Whether the sender is a person's browser: it asks for HTML before anything FHIR has."""
    ranges = {each.value: each for each in _ranges(accept or "")}
    html = ranges.get("text/html")
    if html is None or html.quality == 0:
        return False
    return all(ranges[name].quality < html.quality for name in MEDIA_TYPES if name in ranges)


def format_of(accept: str | None, format: str | None) -> tuple[Format, FhirError | None]:
    """The format to answer in and, where the wish cannot be met, the error to answer with."""
    try:
        return response_format(accept, format), None
    except FhirError as error:
        return error_format(accept if format is None else format), error
