"""UCUM units as exact fractions of base units.

ucumvert brings the grammar and the unit table of unitsofmeasure.org (``ucum-essence.xml``); conversions are made here
with fractions, because pint's floats turn ``10*3/uL`` into 999999999999.9999 base units. Both are read on first use.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cache, lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING
from xml.etree import ElementTree

if TYPE_CHECKING:
    from lark import Lark, Token, Tree

_NAMESPACE = "{http://unitsofmeasure.org/ucum-essence}"
_MAX_LENGTH = 80
_MAX_EXPONENT = 30


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit as ``factor`` times a product of base units, or as a scale that starts at ``zero`` (Celsius).

    A dimension maps base units, and units that convert to nothing else such as ``[iU]``, to their exponents.
    """

    factor: Fraction
    dimension: tuple[tuple[str, int], ...] = ()
    zero: Fraction = Fraction(0)  #: where the scale starts, in base units
    symbols: tuple[tuple[str, int], ...] = field(default=(), compare=False)  #: as written: cm2 is (("cm", 2),)

    def to_base(self, value: Fraction) -> Fraction:
        """A value in this unit in base units."""
        return value * self.factor + self.zero

    def from_base(self, value: Fraction) -> Fraction:
        """A value in base units in this unit."""
        return (value - self.zero) / self.factor


ONE = Unit(Fraction(1))


@lru_cache(maxsize=2048)
def unit(code: str) -> Unit | None:
    """The unit of a UCUM code (case sensitive, as FHIR uses it); None when it is not one."""
    if not code or len(code) > _MAX_LENGTH:
        return None
    from lark.exceptions import LarkError

    try:
        return _of_tree(_parser().parse(code))
    except (LarkError, KeyError, _NotUcumError):
        return None


def product(symbols: Mapping[str, int]) -> str:
    """The code of a product: ``{"cm": 2}`` is ``cm2``, ``{"g": 1, "m": -1}`` is ``g/m``, an empty one ``1``."""
    over = [_power(symbol, power) for symbol, power in symbols.items() if power > 0]
    under = [_power(symbol, -power) for symbol, power in symbols.items() if power < 0]
    return "/".join([".".join(over) or ("1" if not under else ""), *under])


def _power(symbol: str, power: int) -> str:
    return symbol if power == 1 else f"{symbol}{power}"


class _NotUcumError(Exception):
    """An exponent nobody means."""


@dataclass(frozen=True, slots=True)
class _Definition:
    """A row of the unit table: so many of another unit, or a unit of its own."""

    value: Fraction
    code: str
    function: str | None  #: of a special unit: Cel, degF, lg ...
    own: bool  #: arbitrary, converts to nothing else


@cache
def _parser() -> Lark:
    from ucumvert.parser import get_ucum_parser

    parser: Lark = get_ucum_parser()
    return parser


@cache
def _table() -> tuple[dict[str, Fraction], dict[str, _Definition]]:
    """Prefixes and units by code. A base unit defines itself."""
    text = files("ucumvert").joinpath("vendor", "ucum-essence.xml").read_text("utf-8")
    root = ElementTree.fromstring(text)  # noqa: S314 (a file of an installed package)
    prefixes = {
        row.attrib["Code"]: Fraction(row.find(f"{_NAMESPACE}value").attrib["value"])  # type: ignore[union-attr]
        for row in root.iter(f"{_NAMESPACE}prefix")
    }
    units = {
        row.attrib["Code"]: _Definition(Fraction(1), row.attrib["Code"], None, own=True)
        for row in root.iter(f"{_NAMESPACE}base-unit")
    }
    units |= {row.attrib["Code"]: _definition(row) for row in root.iter(f"{_NAMESPACE}unit")}
    return prefixes, units


def _definition(row: ElementTree.Element) -> _Definition:
    value = row.find(f"{_NAMESPACE}value")
    assert value is not None
    function = value.find(f"{_NAMESPACE}function")
    if function is not None:
        return _Definition(Fraction(function.attrib["value"]), function.attrib["Unit"], function.attrib["name"], False)
    arbitrary = row.get("isArbitrary") == "yes" and value.attrib["Unit"] == "1"
    return _Definition(Fraction(value.attrib["value"]), value.attrib["Unit"], None, arbitrary)


#: Special units on a linear scale: where zero lies, in the unit they are defined by. The others (lg, pH ...) are kept
#: as units of their own: equal to themselves, converted to nothing.
_ZEROS = {"Cel": Fraction("273.15"), "degF": Fraction("459.67"), "degRe": Fraction("218.52")}


@lru_cache(maxsize=1024)
def _atom(prefix: str, code: str) -> Unit:
    prefixes, units = _table()
    scale = prefixes[prefix] if prefix else Fraction(1)
    row = units[code]
    if row.own or (row.function and row.function not in _ZEROS):
        return Unit(scale, ((code, 1),))
    if code in ("10*", "10^"):
        return Unit(Fraction(10))
    base = unit(row.code)
    if base is None:
        raise KeyError(code)
    factor = scale * row.value * base.factor
    zero = _ZEROS[row.function] * row.value * base.factor if row.function else Fraction(0)
    return Unit(factor, base.dimension, zero)


def _of_tree(tree: Tree[Token]) -> Unit:
    """The unit of a parsed term (the rules of ucumvert's grammar)."""
    rule, parts = str(tree.data), tree.children
    if rule == "simple_unit":
        return _simple(parts)
    if rule == "annotatable":
        return _raised(_of(parts[0]), int(str(parts[1])))
    if rule == "term":
        return _joined(_of(parts[0]), _of(parts[2]), -1 if str(parts[1]) == "/" else 1)
    if len(parts) == 2 and str(parts[0]) == "/":
        return _joined(ONE, _of(parts[1]), -1)
    return _of(parts[0])


def _of(part: Tree[Token] | Token) -> Unit:
    """A part of a term; an annotation such as ``{score}`` is the unit 1."""
    from lark import Tree

    return _of_tree(part) if isinstance(part, Tree) else ONE


def _simple(parts: list[Tree[Token] | Token]) -> Unit:
    text = [str(part) for part in parts]
    if getattr(parts[0], "type", "") == "FACTOR":
        return Unit(Fraction(text[0]), symbols=((text[0], 1),) if text[0] != "1" else ())
    prefix, code = text if len(text) == 2 else ("", text[0])
    atom = _atom(prefix, code)
    return Unit(atom.factor, atom.dimension, atom.zero, ((prefix + code, 1),))


def _raised(base: Unit, exponent: int) -> Unit:
    if abs(exponent) > _MAX_EXPONENT:
        raise _NotUcumError
    return Unit(
        base.factor**exponent,
        tuple((name, power * exponent) for name, power in base.dimension),
        symbols=tuple((symbol, power * exponent) for symbol, power in base.symbols),
    )


def _joined(left: Unit, right: Unit, sign: int) -> Unit:
    """left times right, or left over right."""
    return Unit(
        left.factor * right.factor**sign,
        tuple(sorted(_merged(left.dimension, right.dimension, sign).items())),
        symbols=tuple(_merged(left.symbols, right.symbols, sign).items()),
    )


def _merged(left: tuple[tuple[str, int], ...], right: tuple[tuple[str, int], ...], sign: int) -> dict[str, int]:
    merged = dict(left)
    for name, power in right:
        merged[name] = merged.get(name, 0) + sign * power
    return {name: power for name, power in merged.items() if power}


def combined(left: Unit, right: Unit, sign: int) -> str:
    """The code of the unit of a product (`sign` 1) or quotient (-1) of quantities."""
    return product(_merged(left.symbols, right.symbols, sign))
