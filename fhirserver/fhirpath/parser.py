"""Tokens to a syntax tree: a Pratt parser over the table of operators (hl7.org/fhirpath/N1/#operator-precedence)."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from fhirserver.fhirpath import dates, messages, quantities
from fhirserver.fhirpath.lexer import Token, error, tokens
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

#: Levels of a syntax tree. Evaluation uses a few Python frames a level.
MAX_DEPTH = 120

#: How strongly an operator binds; all associate to the left.
_BINDING: dict[str, int] = {
    operator: strength
    for strength, operators in enumerate(
        (
            ("implies",),
            ("or", "xor"),
            ("and",),
            ("in", "contains"),
            ("=", "~", "!=", "!~"),
            (">", "<", ">=", "<="),
            ("|",),
            ("is", "as"),
            ("+", "-", "&"),
            ("*", "/", "div", "mod"),
        ),
        start=1,
    )
    for operator in operators
}
_UNARY = 11
#: Chains of these become one operation, so that long ones stay flat.
_CHAINS = frozenset(("and", "or", "|"))
#: Keywords that name nothing at the start of a term ("illegal to use them as identifiers"). After a dot, where
#: nothing else can follow, any word is taken as a name, so that ``text.div`` need not be written ``text.`div```.
_RESERVED = frozenset(("and", "div", "implies", "mod", "or", "xor"))
_INTEGER_LIMIT = 2**31


def parse(text: str) -> Syntax:
    """The syntax tree of an expression; a FhirError that says where it is not one."""
    parser = _Parser(text)
    syntax = parser.expression(0)
    if parser.token.kind != "end":
        raise parser.unexpected("an operator or the end")
    return syntax


class _Parser:
    def __init__(self, text: str) -> None:
        self.text = text
        self.rest = tokens(text)
        self.nesting = 0
        self.token = next(self.rest)

    # --- tokens

    def advance(self) -> Token:
        passed = self.token
        if passed.kind != "end":
            self.token = next(self.rest)
        return passed

    def sees(self, symbol: str) -> bool:
        return self.token.kind == "symbol" and self.token.text == symbol

    def expect(self, symbol: str) -> None:
        if not self.sees(symbol):
            raise self.unexpected(f"'{symbol}'")
        self.advance()

    def unexpected(self, expected: str) -> Exception:
        return error(messages.SYNTAX, self.text, self.token.at, found=self.token.raw[:40], expected=expected)

    def operator(self) -> str | None:
        """The binary operator that comes next; `is` after a dot and the like are names and never get here."""
        return self.token.text if self.token.kind in ("symbol", "identifier") else None

    def deeper(self, *inside: Syntax) -> int:
        """The depth of an expression around others."""
        depth = 1 + max((part.depth for part in inside), default=0)
        if depth > MAX_DEPTH:
            raise messages.TOO_DEEP.error(limit=MAX_DEPTH)
        return depth

    # --- grammar

    def expression(self, strength: int) -> Syntax:
        """An expression whose operators bind more strongly than `strength`."""
        self.nesting += 1
        if self.nesting > MAX_DEPTH:
            raise messages.TOO_DEEP.error(limit=MAX_DEPTH)
        left = self.operand()
        while (operator := self.operator()) and _BINDING.get(operator, 0) > strength:
            at = self.advance().at
            if operator in ("is", "as"):
                left = TypeOperation(operator, left, self.type_specifier(), at, self.deeper(left))
            else:
                left = self.operation(operator, left, self.expression(_BINDING[operator]), at)
        self.nesting -= 1
        return left

    def operation(self, operator: str, left: Syntax, right: Syntax, at: int) -> Syntax:
        if operator in _CHAINS and isinstance(left, Operation) and left.operator == operator:
            depth = max(left.depth, self.deeper(right))
            return replace(left, operands=(*left.operands, right), depth=depth)
        return Operation(operator, (left, right), at, self.deeper(left, right))

    def operand(self) -> Syntax:
        """A term with what is invoked on it, or a sign before one."""
        if self.sees("+") or self.sees("-"):
            sign = self.advance()
            operand = self.expression(_UNARY)
            return Polarity(sign.text, operand, sign.at, self.deeper(operand))
        target = self.term()
        while True:
            if self.sees("."):
                self.advance()
                target = self.invocation(target)
            elif self.sees("["):
                at = self.advance().at
                index = self.expression(0)
                self.expect("]")
                target = Indexer(target, index, at, self.deeper(target, index))
            else:
                return target

    def term(self) -> Syntax:
        token = self.token
        match token.kind:
            case "number":
                return self.number()
            case "string":
                return Literal(self.advance().text, token.at)
            case "moment":
                return self.moment()
            case "identifier" if token.text in ("true", "false"):
                return Literal(self.advance().text == "true", token.at)
            case "identifier" if token.text not in _RESERVED:
                return self.invocation(None)
            case "delimited" | "special":
                return self.invocation(None)
        if self.sees("("):
            self.advance()
            inner = self.expression(0)
            self.expect(")")
            return inner
        if self.sees("{"):
            self.advance()
            self.expect("}")
            return Literal(None, token.at)
        if self.sees("%"):
            self.advance()
            if self.token.kind not in ("identifier", "delimited", "string"):
                raise self.unexpected("the name of a variable")
            return Variable(self.advance().text, token.at)
        raise self.unexpected("an expression")

    def invocation(self, target: Syntax | None) -> Syntax:
        """A member, a function or ``$this`` after a dot, or at the start of a term."""
        token = self.token
        if token.kind == "special":
            if target is not None:
                raise self.unexpected("a name")
            return Special(self.advance().text, token.at)
        if token.kind not in ("identifier", "delimited"):
            raise self.unexpected("a name")
        self.advance()
        inside = () if target is None else (target,)
        if not self.sees("("):
            return Member(target, token.text, token.at, self.deeper(*inside))
        arguments = self.arguments()
        return Call(target, token.text, arguments, token.at, self.deeper(*inside, *arguments))

    def arguments(self) -> tuple[Syntax, ...]:
        self.expect("(")
        found: list[Syntax] = []
        while not self.sees(")"):
            if found:
                self.expect(",")
            found.append(self.expression(0))
        self.advance()
        return tuple(found)

    def type_specifier(self) -> str:
        names = []
        while True:
            if self.token.kind not in ("identifier", "delimited"):
                raise self.unexpected("the name of a type")
            names.append(self.advance().text)
            if not self.sees("."):
                return ".".join(names)
            self.advance()

    # --- literals

    def number(self) -> Syntax:
        token = self.advance()
        unit = self.token
        if unit.kind == "string" or (unit.kind == "identifier" and unit.text in quantities.CALENDAR):
            self.advance()
            return Literal(quantities.of(Decimal(token.text), unit.text), token.at)
        if "." in token.text:
            return Literal(Decimal(token.text), token.at)
        if len(token.text) > 20 or int(token.text) > _INTEGER_LIMIT:
            raise error(messages.LITERAL, self.text, token.at, found=token.text[:40], expected="Integer")
        return Literal(int(token.text), token.at)

    def moment(self) -> Syntax:
        token = self.advance()
        text = token.text
        value: dates.Moment | None
        if text.startswith("T"):
            kind, value = "Time", dates.time(text)
        elif "T" in text:
            kind, value = "DateTime", dates.date_time(text)
        else:
            kind, value = "Date", dates.date(text)
        if value is None:
            raise error(messages.LITERAL, self.text, token.at, found=token.raw, expected=kind)
        return Literal(value, token.at)
