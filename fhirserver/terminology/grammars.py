"""Code systems whose codes follow a grammar instead of standing in a list (terminologies-systems.html)."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from zoneinfo import available_timezones

from fhirserver.terminology.concept import Concept

UCUM = "http://unitsofmeasure.org"
LANGUAGES = "urn:ietf:bcp:47"
MIME_TYPES = "urn:ietf:bcp:13"
URIS = "urn:ietf:rfc:3986"
TIME_ZONES = "https://www.iana.org/time-zones"

#: RFC 5646: language, script, region, variants, extensions, private use; or private use alone. Languages of four to
#: eight letters are reserved, and none has ever been registered: "english" is no language.
_LANGUAGE = re.compile(
    r"""
    [a-z]{2,3} (?:-[a-z]{3}){0,3}
    (?: -[a-z]{4} )?
    (?: -(?:[a-z]{2}|[0-9]{3}) )?
    (?: -(?:[a-z0-9]{5,8}|[0-9][a-z0-9]{3}) )*
    (?: -[a-wyz0-9](?:-[a-z0-9]{2,8})+ )*
    (?: -x(?:-[a-z0-9]{1,8})+ )?
    | x(?:-[a-z0-9]{1,8})+
    """,
    re.VERBOSE | re.IGNORECASE,
)
#: RFC 5646 section 2.1: tags registered before there was a grammar.
_GRANDFATHERED = frozenset(
    [
        "en-gb-oed",
        "i-ami",
        "i-bnn",
        "i-default",
        "i-enochian",
        "i-hak",
        "i-klingon",
        "i-lux",
        "i-mingo",
        "i-navajo",
        "i-pwn",
        "i-tao",
        "i-tay",
        "i-tsu",
        "sgn-be-fr",
        "sgn-be-nl",
        "sgn-ch-de",
        "art-lojban",
        "cel-gaulish",
        "no-bok",
        "no-nyn",
        "zh-guoyu",
        "zh-hakka",
        "zh-min",
        "zh-min-nan",
        "zh-xiang",
    ]
)
#: RFC 6838 section 4.2 for the names, RFC 9110 section 8.3.1 for parameters; their values are often left unquoted.
_MIME = re.compile(
    r"[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,126}/[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,126}"
    r'(?:[ \t]*;[ \t]*[A-Za-z0-9!#$%&\'*+.^_`|~-]+=(?:[^;"]+|"[^"\\]*"))*'
)
#: http.html#mime-type: what FHIR says for its own formats.
_FHIR_FORMATS = ("json", "xml", "ttl")
_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:\S*")


def _is_language(code: str) -> bool:
    return _LANGUAGE.fullmatch(code) is not None or code.lower() in _GRANDFATHERED


def _is_mime_type(code: str) -> bool:
    return _MIME.fullmatch(code) is not None or code in _FHIR_FORMATS


def _is_uri(code: str) -> bool:
    return _URI.fullmatch(code) is not None


def _is_unit(code: str) -> bool:
    from fhirserver.fhirpath.units import unit  # the grammar of units takes a moment to load

    return unit(code) is not None


def _is_time_zone(code: str) -> bool:
    return code in _time_zones()


@cache
def _time_zones() -> frozenset[str]:
    return frozenset(available_timezones())


@dataclass(frozen=True, slots=True)
class Grammar:
    """A code system by rule: every code that follows it exists, no other does, and nobody can list them."""

    url: str
    name: str
    follows: Callable[[str], bool]
    version: str | None = None

    def find(self, code: str) -> Concept | None:
        """The concept with a code; no grammar knows a display."""
        return Concept(self.url, self.version, code, None) if self.follows(code) else None

    def refuses(self, code: str) -> bool:
        """Whether there is certainly no such code."""
        return not self.follows(code)


GRAMMARS = {
    grammar.url: grammar
    for grammar in (
        Grammar(UCUM, "UCUM", _is_unit),
        Grammar(LANGUAGES, "BCP 47", _is_language),
        Grammar(MIME_TYPES, "BCP 13", _is_mime_type),
        Grammar(URIS, "RFC 3986", _is_uri),
        Grammar(TIME_ZONES, "IANA time zones", _is_time_zone),
    )
}

_CHINA = "https://medgroup.example.org/fhir/CodeSystem/"
#: What codes look like in code systems whose lists are not here: a code of another shape certainly does not exist.
SHAPES = {
    f"{_CHINA}icd-10-cn-clinical": r"[A-Z][0-9]{2}(\.[0-9x][0-9]{2}(x[0-9]{3})?)?",
    f"{_CHINA}nhsa-drug": r"X[A-Z][0-9]{2}[A-Z0-9]{19}|Z[A-Z0-9]{19}",
    f"{_CHINA}nmpa-approval": r"国药准字[HZSBTFJ][0-9]{8}",
    f"{_CHINA}drug-std": r"86[0-9]{12}",
    f"{_CHINA}gbt-2260": r"[0-9]{6}([0-9]{3}([0-9]{3})?)?",
}


def same_kind_of_quantity(code: str, other: str) -> bool:
    """Whether two UCUM codes measure the same: the filter ``canonical = m`` (terminologies-systems.html#ucum)."""
    from fhirserver.fhirpath.units import unit

    left, right = unit(code), unit(other)
    return left is not None and right is not None and left.dimension == right.dimension
