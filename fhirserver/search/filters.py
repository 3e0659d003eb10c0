"""search_filter.html: the expressions of `_filter`."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

from fhirserver.search import messages, names, understand
from fhirserver.search.criteria import AllOf, Chain, Containing, Criterion, Not, Rows, either
from fhirserver.search.folding import fold
from fhirserver.search.names import Plain
from fhirserver.search.parameters import Parameter
from fhirserver.search.scope import Scope
from fhirserver.search.sql import Sql
from fhirserver.search.values import escape

_TOKEN = re.compile(
    r"""\s*(?:
      (?P<text>"(?:[^"\\]|\\.)*")
    | (?P<mark>[()\[\].])
    | (?P<word>[^\s()\[\]"]+)
    )""",
    re.VERBOSE,
)
_OPERATIONS = frozenset(
    ["eq", "ne", "co", "sw", "ew", "gt", "lt", "ge", "le", "ap", "sa", "eb", "pr", "po", "ss", "sb", "in", "ni", "re"]
)
_DEEPEST = 50


def parse(scope: Scope, type: str, text: str) -> Criterion:
    """The criterion of a filter. Raises 400 with the place where it cannot be read on."""
    reader = _Reader(scope, text)
    found = reader.alternatives(type)
    if reader.rest():
        raise reader.error("and, or")
    return found


class _Reader:
    """Recursive descent over the text; `and` binds closer than `or`."""

    def __init__(self, scope: Scope, text: str) -> None:
        self._scope = scope
        self._text = text
        self._position = 0
        self._depth = 0

    def rest(self) -> str:
        return self._text[self._position :].strip()

    def error(self, expected: str) -> Exception:
        return messages.FILTER_FORM.error(position=self._position + 1, found=self.rest()[:20], expected=expected)

    def _take(self, pattern: str) -> str | None:
        match = re.compile(rf"\s*({pattern})").match(self._text, self._position)
        if match is None:
            return None
        self._position = match.end()
        return match[1]

    def alternatives(self, type: str) -> Criterion:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise self.error(f"at most {_DEEPEST} levels")
        choices = [self._conjunction(type)]
        while self._take(r"or\b"):
            choices.append(self._conjunction(type))
        self._depth -= 1
        return either(choices)

    def _conjunction(self, type: str) -> Criterion:
        parts = [self._one(type)]
        while self._take(r"and\b"):
            parts.append(self._one(type))
        return parts[0] if len(parts) == 1 else AllOf(type, parts)

    def _one(self, type: str) -> Criterion:
        if self._take(r"not\b(?=\s*\()"):
            return Not(self._bracketed(type, r"\(", r"\)"))
        if re.compile(r"\s*\(").match(self._text, self._position):
            return self._bracketed(type, r"\(", r"\)")
        return self._comparison(type)

    def _bracketed(self, type: str, opening: str, closing: str) -> Criterion:
        self._take(opening)
        found = self.alternatives(type)
        if not self._take(closing):
            raise self.error(closing.removeprefix("\\"))
        return found

    def _comparison(self, type: str) -> Criterion:
        """``name eq "x"``, ``subject.name sw x``, ``related[type eq comp].target pr true``."""
        code = self._take(r"[A-Za-z_][\w\-:]*")
        if code is None:
            raise self.error("a search parameter")
        base, _, target = code.partition(":")
        parameter = understand.parameter(self._scope, type, base)
        restriction = self._bracketed(type, r"\[", r"\]") if self._peek(r"\[") else None
        found = self._chained(parameter, target) if self._take(r"\.") else self._compared(parameter, target)
        return found if restriction is None else AllOf(type, [restriction, found])

    def _peek(self, pattern: str) -> bool:
        return re.compile(rf"\s*{pattern}").match(self._text, self._position) is not None

    def _chained(self, parameter: Parameter, target: str) -> Criterion:
        if parameter.type != "reference":
            raise messages.CHAIN_NOT_REFERENCE.error(
                name=f"{parameter.code}.", code=parameter.code, type=parameter.resource, kind=parameter.type
            )
        start, choices = self._position, []
        unknown: Exception | None = None
        end = start
        for each in (target,) if target else parameter.targets:
            self._position = start
            try:
                choices.append(Chain(parameter.paths, each, [self._comparison(each)]))
                end = self._position
            except understand.UnknownParameterError as error:
                unknown = error
        if not choices and unknown is not None:
            raise unknown
        self._position = end
        return either(choices)

    def _compared(self, parameter: Parameter, modifier: str) -> Criterion:
        operation = self._take(r"[a-z]{2}\b")
        if operation not in _OPERATIONS:
            raise self.error(", ".join(sorted(_OPERATIONS)))
        return _compare(self._scope, parameter, modifier or None, operation, self._value())

    def _value(self) -> str:
        match = _TOKEN.match(self._text, self._position)
        if match is None or match["mark"]:
            raise self.error("a value")
        self._position = match.end()
        if match["text"]:
            try:
                return str(json.loads(match["text"]))
            except ValueError:
                raise self.error("a text in quotes") from None
        return str(match["word"])


def _compare(scope: Scope, parameter: Parameter, modifier: str | None, operation: str, value: str) -> Criterion:
    def ask(modifier: str | None, text: str) -> Criterion:
        return understand.of_name(scope, parameter.resource, Plain(parameter.code, modifier), text)

    if operation == "pr":
        return ask("missing", {"true": "false", "false": "true"}.get(value, value))
    offered = _OFFERED.get(parameter.type, ())
    if operation not in offered:
        raise messages.FILTER_OPERATION.error(
            code=names.spelled(Plain(parameter.code)), kind=parameter.type, operation=operation,
            known=", ".join([*offered, "pr"]),
        )  # fmt: skip
    if parameter.type in ("date", "number", "quantity"):
        # po, "period overlap": it neither starts after nor ends before
        if operation == "po":
            return AllOf(
                parameter.resource,
                [ask("missing", "false"), Not(ask(None, f"sa{value}")), Not(ask(None, f"eb{value}"))],
            )
        return ask(None, f"{operation}{value}")
    if parameter.type == "string":
        return _TEXTS[operation](parameter, fold(value))
    if operation == "ne":
        # "an item in the set has an unequal value": the index tells whether there are items, and whether one is equal
        equal = _compare(scope, parameter, modifier, "eq", value)
        return AllOf(parameter.resource, [ask("missing", "false"), Not(equal)])
    # "true if the value subsumes a concept in the set": what is asked for lies below the value
    modifiers = {"ss": "below", "sb": "above", "in": "in", "ni": "not-in"}
    text = value if parameter.type in ("token", "quantity") else escape(value)
    return ask(modifiers.get(operation, modifier), text.replace(",", "\\,"))


_OFFERED: dict[str, tuple[str, ...]] = {
    "string": ("eq", "ne", "co", "sw", "ew"),
    "token": ("eq", "ne", "ss", "sb", "in", "ni"),
    "reference": ("eq", "ne", "re"),
    "uri": ("eq", "ne", "sb", "ss"),
    "date": ("eq", "ne", "gt", "lt", "ge", "le", "ap", "sa", "eb", "po"),
    "number": ("eq", "ne", "gt", "lt", "ge", "le", "ap", "sa", "eb"),
    "quantity": ("eq", "ne", "gt", "lt", "ge", "le", "ap", "sa", "eb"),
}


def _rows(parameter: Parameter, condition: Sql) -> Criterion:
    return Rows("ix_string", parameter.paths, condition, 6)


_TEXTS: dict[str, Callable[[Parameter, str], Criterion]] = {
    "eq": lambda parameter, text: _rows(parameter, Sql("x.s = ?", (text,))),
    # forms of a text that nobody sent (pinyin) have no key
    "ne": lambda parameter, text: _rows(parameter, Sql("(x.s <> ? AND x.x <> 0)", (text,))),
    "co": lambda parameter, text: Containing(parameter.paths, text),
    "sw": lambda parameter, text: _rows(parameter, Sql("substr(x.s, 1, ?) = ?", (len(text), text))),
    "ew": lambda parameter, text: _rows(
        parameter, Sql("length(x.s) >= ? AND substr(x.s, length(x.s) - ? + 1) = ?", (len(text), len(text), text))
    ),
}
