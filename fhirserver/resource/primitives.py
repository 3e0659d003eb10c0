"""The primitive types of R4 (datatypes.html#primitive): one check a type, by JSON type, lexical form and real calendar.

``PRIMITIVES["date"](value)`` is None when the value is right and the :class:`Message` to report when it is not;
the message's only field is `found`, for which `found(value)` gives the text::

    wrong = PRIMITIVES[type](value)
    if wrong is not None:
        yield wrong.at("Patient.birthDate", found=found(value))
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Callable
from datetime import date as calendar
from decimal import Decimal
from typing import Any

from fhirserver.outcome import Message
from fhirserver.resource import messages
from fhirserver.resource.dates import DAY, HOUR_MINUTE, MONTH, SECOND, YEAR, ZONE

Check = Callable[[Any], Message | None]

#: A decimal of more digits, or a higher or lower power of ten, is refused: every later sum must stay cheap.
MAX_DIGITS = 300
_BEYOND = 10**MAX_DIGITS
#: datatypes.html#string: "strings SHALL NOT exceed 1MB (1024*1024 characters) in size"
MAX_STRING = 1024 * 1024
_MAX_INT = 2**31 - 1

# What XML 1.0 cannot write (and R4 strings should not hold): such a value could not be given back in both formats.
_UNWRITABLE = "\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff"
_unwritable = re.compile(f"[{_UNWRITABLE}]").search

# The lexical forms of R4. White space is all that Unicode calls so: the text of `uri` says "no whitespace". In a code
# it is that of XML, as in R4's pattern: HL7's own v2-0550 has a code that is a no-break space.
_IN_CODE = rf"[^ \t\r\n{_UNWRITABLE}]"
_code = re.compile(rf"{_IN_CODE}+(?: {_IN_CODE}+)*").fullmatch
_id = re.compile(r"[A-Za-z0-9\-.]{1,64}").fullmatch
_uri = re.compile(rf"[^\s{_UNWRITABLE}]+").fullmatch
_uuid = re.compile(r"urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}").fullmatch
_oid = re.compile(r"urn:oid:[0-2](?:\.(?:0|[1-9][0-9]*))+").fullmatch
_time = re.compile(f"{HOUR_MINUTE}:{SECOND}").fullmatch
_date = re.compile(f"{YEAR}(?:-{MONTH}(?:-{DAY})?)?").fullmatch
_date_time = re.compile(f"{YEAR}(?:-{MONTH}(?:-{DAY}(?:T{HOUR_MINUTE}:{SECOND}{ZONE})?)?)?").fullmatch
_instant = re.compile(f"{YEAR}-{MONTH}-{DAY}T{HOUR_MINUTE}:{SECOND}{ZONE}").fullmatch


def boolean(value: Any) -> Message | None:
    return None if value is True or value is False else messages.INVALID_BOOLEAN


def integer(value: Any) -> Message | None:
    return None if type(value) is int and -_MAX_INT - 1 <= value <= _MAX_INT else messages.INVALID_INTEGER


def unsigned_int(value: Any) -> Message | None:
    return None if type(value) is int and 0 <= value <= _MAX_INT else messages.INVALID_UNSIGNED_INT


def positive_int(value: Any) -> Message | None:
    return None if type(value) is int and 1 <= value <= _MAX_INT else messages.INVALID_POSITIVE_INT


def decimal(value: Any) -> Message | None:
    if type(value) is int:
        return None if -_BEYOND < value < _BEYOND else messages.INVALID_DECIMAL
    # the decoder has bounded the digits of whatever was not an integer
    return None if isinstance(value, Decimal) and value.is_finite() else messages.INVALID_DECIMAL


def string(value: Any) -> Message | None:
    if type(value) is not str or not value or not (value.isprintable() or _unwritable(value) is None):
        return messages.INVALID_STRING
    return None if len(value) <= MAX_STRING else messages.STRING_TOO_LONG


def base64_binary(value: Any) -> Message | None:
    if type(value) is not str or not value:
        return messages.INVALID_BASE64
    # datatypes.html#base64Binary allows white space between the groups, the strict decoder does not
    return None if _is_base64(value) or _is_base64("".join(value.split())) else messages.INVALID_BASE64


def _is_base64(value: str) -> bool:
    try:
        return len(value) % 4 == 0 and len(binascii.a2b_base64(value, strict_mode=True)) > 0
    except ValueError:
        return False


def _real_day(value: str) -> bool:
    """Whether the day of a well-formed date or dateTime exists; days up to the 28th always do."""
    if value[8:10] <= "28":
        return True
    try:
        calendar(int(value[:4]), int(value[5:7]), int(value[8:10]))
    except ValueError:
        return False
    return True


def _form(matches: Callable[[str], object], wrong: Message) -> Check:
    """The check of a type that is a string of one lexical form."""

    def check(value: Any) -> Message | None:
        return None if type(value) is str and matches(value) else wrong

    return check


def _dated(matches: Callable[[str], object], wrong: Message) -> Check:
    """The check of a type whose form begins with a date, which has to be in the calendar."""

    def check(value: Any) -> Message | None:
        return None if type(value) is str and matches(value) and _real_day(value) else wrong

    return check


_URI = _form(_uri, messages.INVALID_URI)

#: Every primitive type of R4.
PRIMITIVES: dict[str, Check] = {
    "base64Binary": base64_binary,
    "boolean": boolean,
    "canonical": _URI,
    "code": _form(_code, messages.INVALID_CODE),
    "date": _dated(_date, messages.INVALID_DATE),
    "dateTime": _dated(_date_time, messages.INVALID_DATE_TIME),
    "decimal": decimal,
    "id": _form(_id, messages.INVALID_ID),
    "instant": _dated(_instant, messages.INVALID_INSTANT),
    "integer": integer,
    "markdown": string,
    "oid": _form(_oid, messages.INVALID_OID),
    "positiveInt": positive_int,
    "string": string,
    "time": _form(_time, messages.INVALID_TIME),
    "unsignedInt": unsigned_int,
    "uri": _URI,
    "url": _URI,
    "uuid": _form(_uuid, messages.INVALID_UUID),
    # narrative.py reads what is inside
    "xhtml": _form(str.strip, messages.INVALID_XHTML),
}

#: How much of a wrong value is quoted back.
_SHOWN = 60


def found(value: Any) -> str:
    """A wrong value as an error message shows it: as JSON spells it, cut after 60 characters."""
    if isinstance(value, dict):
        return "{…}"
    if isinstance(value, list):
        return "[…]"
    if isinstance(value, str):
        return f'"{_cut(value)}"'
    if value is None:
        return "null"
    return _cut(str(value).lower() if isinstance(value, bool) else str(value))


def _cut(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
