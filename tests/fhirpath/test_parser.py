"""The grammar: precedence, literals, bounds."""

from __future__ import annotations

from decimal import Decimal

import pytest

from fhirserver.fhirpath.dates import Date, DateTime, Time
from fhirserver.fhirpath.parser import MAX_DEPTH, parse
from fhirserver.fhirpath.quantities import Quantity
from fhirserver.fhirpath.syntax import (
    Call,
    Indexer,
    Literal,
    Member,
    Operation,
    Polarity,
    Special,
    Syntax,
    TypeOperation,
    Variable,
)
from tests.fhirpath.evaluating import error, values


def shape(syntax: Syntax | None) -> str:
    """The tree with all its parentheses."""
    match syntax:
        case Literal(value=value):
            return "{}" if value is None else repr(value) if isinstance(value, str | bool) else str(value)
        case Special(name=name):
            return f"${name}"
        case Variable(name=name):
            return f"%{name}"
        case Member(target=target, name=name):
            return f"{shape(target)}.{name}" if target else name
        case Call(target=target, name=name, arguments=arguments):
            inside = ", ".join(map(shape, arguments))
            return f"{shape(target)}.{name}({inside})" if target else f"{name}({inside})"
        case Indexer(target=target, index=index):
            return f"{shape(target)}[{shape(index)}]"
        case Polarity(sign=sign, operand=operand):
            return f"({sign}{shape(operand)})"
        case Operation(operator=operator, operands=operands):
            return f"({f' {operator} '.join(map(shape, operands))})"
        case TypeOperation(operator=operator, operand=operand, type=type):
            return f"({shape(operand)} {operator} {type})"
        case _:
            return ""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a.b.c", "a.b.c"),
        ("a.b(c, d)[0].e", "a.b(c, d)[0].e"),
        ("-7.combine(3)", "(-7.combine(3))"),
        ("-a + b", "((-a) + b)"),
        ("- - a", "(-(-a))"),
        ("1 + 2 * 3 - 4 div 5", "((1 + (2 * 3)) - (4 div 5))"),
        ("a & b + c", "((a & b) + c)"),
        ("1 > 2 is Boolean", "(1 > (2 is Boolean))"),
        ("1 | 1 is Integer", "(1 | (1 is Integer))"),
        ("a as Quantity > 30 'mg'", "((a as Quantity) > 30 'mg')"),
        ("a | b = c | d", "((a | b) = (c | d))"),
        ("a = b < c", "(a = (b < c))"),
        ("a in b = c", "(a in (b = c))"),
        ("a and b in c", "(a and (b in c))"),
        ("a or b and c", "(a or (b and c))"),
        ("a or b xor c", "((a or b) xor c)"),
        ("a implies b or c", "(a implies (b or c))"),
        ("a implies b implies c", "((a implies b) implies c)"),
        ("a or b or c", "(a or b or c)"),
        ("a | (b | c)", "(a | (b | c))"),
        ("a is FHIR.`Patient`", "(a is FHIR.Patient)"),
        ("contains.as.is.in", "contains.as.is.in"),
        ("text.div", "text.div"),
        ("is(Patient)", "is(Patient)"),
        ("%ucum = %`ext-x` | %'y'", "(%ucum = (%ext-x | %y))"),
        ("{ }", "{}"),
    ],
)
def test_precedence(text: str, expected: str) -> None:
    assert shape(parse(text)) == expected


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("true", True),
        ("'a'", "a"),
        ("007", 7),
        ("1.50", Decimal("1.50")),
        ("@2015-02", Date((2015, 2))),
        ("@2015-02-04T14", DateTime((2015, 2, 4, 14))),
        ("@T14:30:00.5", Time((14, 30), Decimal("0.5"))),
        ("4 days", Quantity(Decimal(4), "day")),
        ("4 'month'", Quantity(Decimal(4), "month")),
        ("4.5 'mg'", Quantity(Decimal("4.5"), "mg")),
    ],
)
def test_literals(text: str, value: object) -> None:
    syntax = parse(text)
    assert isinstance(syntax, Literal)
    assert syntax.value == value
    assert type(syntax.value) is type(value)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a.",
        "a b",
        "(a",
        "a)",
        "a[1",
        "f(a,",
        "f(a,)",
        "{a}",
        "%",
        "%1",
        "a is",
        "a is 1",
        "div",
        "and a",
        "1 +",
        "a..b",
        "a.$this",
        "@T14:34:28Z",
    ],
)
def test_what_is_no_expression_is_refused(text: str) -> None:
    assert error(text) == "fhirpath-syntax"


@pytest.mark.parametrize(
    "text", ["@2015-13", "@2015-02-30", "@0000", "@T24:00", "@2015-01-01T00:00+15:00", "2147483649"]
)
def test_values_out_of_range_are_refused(text: str) -> None:
    assert error(text) == "fhirpath-literal"


@pytest.mark.parametrize(
    "text",
    [
        "(" * 200 + "a" + ")" * 200,
        "a" + ".a" * 200,
        "-" * 200 + "1",
        "not(" * 200 + ")" * 200,
        "1" + "+1" * 200,
        "a" + "[0]" * 200,
        "a" + " is A" * 200,
    ],
)
def test_depth_is_bounded(text: str) -> None:
    assert error(text) == "fhirpath-too-deep"


def test_what_is_not_too_deep_can_be_evaluated() -> None:
    assert values("('a'" + " & 'a')" * 0 + ")" + ".single()" * (MAX_DEPTH - 2)) == ["a"]
    assert values("(" * (MAX_DEPTH - 1) + "1" + ")" * (MAX_DEPTH - 1)) == [1]


def test_long_chains_are_flat() -> None:
    assert values(" or ".join(["1 = 2"] * 500)) == [False]
    assert values(" and ".join(["1 = 1"] * 500)) == [True]
    assert values(" | ".join(map(str, range(500)))) == list(range(500))
