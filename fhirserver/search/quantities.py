"""search.html#quantity: numbers with units; UCUM units are compared by what they measure, so 600 mg is 0.6 g."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from fhirserver.fhirpath.units import Unit, unit
from fhirserver.search import messages
from fhirserver.search.criteria import Criterion, Rows, either
from fhirserver.search.entries import Entries
from fhirserver.search.numbers import INFINITY, NO_UNIT, Span, finite, number, read, within
from fhirserver.search.sql import Sql, all_of
from fhirserver.search.values import Prefix, split, unescape
from fhirserver.store.keys import value_key

if TYPE_CHECKING:
    from fhirserver.search.parameters import Parameter
    from fhirserver.search.scope import Scope

MODIFIERS: tuple[str, ...] = ()

UCUM = "http://unitsofmeasure.org"
_CURRENCY = "urn:iso:std:iso:4217"
_LARGEST = 1.7e308


class Entry(NamedTuple):
    """A row of ix_number without its path."""

    lo: float
    hi: float
    u: int
    c: int
    n: int
    cu: int
    clo: float
    chi: float


@lru_cache(maxsize=2048)
def unit_key(*parts: str | None) -> int:
    """The key of a unit, 0 for none."""
    return value_key("unit", *(part or "" for part in parts)) if any(parts) else NO_UNIT


@lru_cache(maxsize=1024)
def canonical(system: str | None, code: str | None) -> tuple[int, Unit] | None:
    """The key of what a UCUM unit measures, and the unit; None for others."""
    found = unit(code) if system == UCUM and code else None
    if found is None:
        return None
    dimension = [f"{name}{power}" for name, power in found.dimension]
    return value_key("dimension", *dimension), found


@lru_cache(maxsize=8192)
def in_base(value: Decimal, unit: Unit) -> float:
    """A value in base units, rounded so that what is equal on paper is equal here."""
    exact = unit.to_base(Fraction(value))
    return finite(Decimal(exact.numerator) / Decimal(exact.denominator))


def entries_of(value: Mapping[str, Any], type: str) -> list[Entry]:
    """The rows of a Quantity, Money, Range, Age, Duration or SampledData."""
    if type == "Range":
        return _range(value)
    if type == "Money":
        return _entry(number(value.get("value")), None, _CURRENCY, value.get("currency"), None)
    if type == "SampledData":
        return _sampled(value)
    found = number(value.get("value"))
    return _entry(found, value.get("comparator"), value.get("system"), value.get("code"), value.get("unit"))


def _entry(
    value: Decimal | None, comparator: str | None, system: str | None, code: str | None, printed: str | None
) -> list[Entry]:
    if value is None:
        return []
    return [_made(value, value, comparator, system, code, printed)]


def _made(
    low: Decimal | None,
    high: Decimal | None,
    comparator: str | None,
    system: str | None,
    code: str | None,
    printed: str | None,
) -> Entry:
    base = canonical(system, code)
    ends = _opened(_ends(low, high, None), comparator)
    based = _opened(_ends(low, high, base[1]), comparator) if base else Span(0.0, 0.0)
    return Entry(
        *ends,
        unit_key(system, code) if code else NO_UNIT,
        unit_key(code),
        unit_key(printed),
        base[0] if base else NO_UNIT,
        *based,
    )


def _ends(low: Decimal | None, high: Decimal | None, base: Unit | None) -> Span:
    ends = [None if end is None else in_base(end, base) if base else finite(end) for end in (low, high)]
    return Span(-_LARGEST if ends[0] is None else ends[0], _LARGEST if ends[1] is None else ends[1])


def _opened(ends: Span, comparator: str | None) -> Span:
    """datatypes.html#Quantity: with ``<`` the true value lies below the one stated."""
    if comparator in ("<", "<="):
        return Span(-_LARGEST, _below(ends.hi) if comparator == "<" else ends.hi)
    if comparator in (">", ">="):
        return Span(_above(ends.lo) if comparator == ">" else ends.lo, _LARGEST)
    return ends


def _below(value: float) -> float:
    from math import nextafter

    return nextafter(value, -INFINITY)


def _above(value: float) -> float:
    from math import nextafter

    return nextafter(value, INFINITY)


def _range(value: Mapping[str, Any]) -> list[Entry]:
    low, high = value.get("low") or {}, value.get("high") or {}
    ends = number(low.get("value")), number(high.get("value"))
    if ends == (None, None):
        return []
    shown = low if ends[0] is not None else high
    return [_made(*ends, None, shown.get("system"), shown.get("code"), shown.get("unit"))]


def _sampled(value: Mapping[str, Any]) -> list[Entry]:
    """From the smallest to the largest sample."""
    origin = value.get("origin") or {}
    zero, factor = number(origin.get("value")), number(value.get("factor"))
    samples = [Decimal(text) for text in str(value.get("data") or "").split() if _is_number(text)]
    if zero is None or not samples:
        return []
    scale = Decimal(1) if factor is None else factor
    ends = sorted((zero + min(samples) * scale, zero + max(samples) * scale))
    return [_made(ends[0], ends[1], None, origin.get("system"), origin.get("code"), origin.get("unit"))]


def _is_number(text: str) -> bool:
    return text.replace(".", "", 1).lstrip("+-").isdigit()


def index(entries: Entries, path: int, value: Any, type: str) -> None:
    """Add the entries of one value."""
    for entry in entries_of(value, type):
        entries.numbers[(path, entry.lo, entry.hi, entry.u)] = entry[3:]


def criterion(scope: Scope, parameter: Parameter, modifier: str | None, values: Sequence[str]) -> Criterion:
    """The criterion of a quantity parameter: ``[prefix][number]|[system]|[code]``."""
    choices: list[Criterion] = [
        Rows("ix_number", parameter.paths, condition(parameter.code, value), 7) for value in values
    ]
    return either(choices)


def condition(name: str, text: str) -> Sql:
    """The condition of a search value on a row of ix_number."""
    prefix, value, half, system, code = _asked(name, text)
    if not code:
        return within(prefix, value, half, "x.lo", "x.hi")
    based = _in_canonical(value, half, system, code)
    if based is not None:
        key, middle, width = based
        return all_of((Sql("x.cu = ?", (key,)), within(prefix, middle, width, "x.clo", "x.chi")))
    compared = within(prefix, value, half, "x.lo", "x.hi")
    if system:
        return all_of((Sql("x.u = ?", (unit_key(system, code),)), compared))
    key = unit_key(code)
    return all_of((Sql("(x.c = ? OR x.n = ?)", (key, key)), compared))


def ranged(name: str, text: str, lo: str, hi: str) -> tuple[str, Sql]:
    """The unit of a search value ("" for any, else its key) and the condition on two columns measured in it."""
    prefix, value, half, system, code = _asked(name, text)
    if not code:
        return "", within(prefix, value, half, lo, hi)
    based = _in_canonical(value, half, system, code)
    if based is not None:
        return str(based[0]), within(prefix, *based[1:], lo, hi)
    key = unit_key(system, code) if system else unit_key(code)
    return str(key), within(prefix, value, half, lo, hi)


class _Asked(NamedTuple):
    prefix: Prefix
    value: Decimal
    half: Decimal
    system: str
    code: str


def _asked(name: str, text: str) -> _Asked:
    parts = [unescape(part) for part in split(text, "|")]
    if len(parts) not in (1, 3) or (len(parts) == 3 and parts[1] and not parts[2]):
        raise messages.VALUE_FORM.error(
            name=name, found=text, kind="quantity", expected="5.4, 5.4|http://unitsofmeasure.org|mg or 5.4||mg"
        )
    return _Asked(*read(name, parts[0], "quantity"), *(parts[1:] or ("", "")))


def _in_canonical(value: Decimal, half: Decimal, system: str, code: str) -> tuple[int, Decimal, Decimal] | None:
    """The key of what a UCUM unit measures, with the value and half its width in base units."""
    base = canonical(system, code)
    if base is None:
        return None
    # the half width is a difference, to which the zero of a scale such as Celsius does not belong
    middle = in_base_exact(value, base[1])
    return base[0], middle, abs(in_base_exact(value + half, base[1]) - middle)


def in_base_exact(value: Decimal, unit: Unit) -> Decimal:
    """A value in base units as a decimal of 28 digits."""
    exact = unit.to_base(Fraction(value))
    return Decimal(exact.numerator) / Decimal(exact.denominator)
