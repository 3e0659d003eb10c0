"""Regular expressions of strangers: refused when matching them could take long."""

from __future__ import annotations

import re
from functools import lru_cache
from math import factorial
from re import _parser as syntax
from typing import Any, NamedTuple

from fhirserver.terminology import messages

_LONGEST_PATTERN = 500
#: Codes and values longer than this are not matched: no code system has such codes.
LONGEST_TEXT = 100
#: Steps that matching one text may take at most, and matching all codes of a code system.
_MOST_STEPS = 200_000
_MOST_STEPS_IN_ALL = 1_000_000_000


class _Choices(NamedTuple):
    """How often a matcher that goes back may choose anew: how long to repeat, or which of two ways to go."""

    lengths: int = 0
    ways: int = 0

    def __add__(self, other: object) -> _Choices:
        assert isinstance(other, _Choices)
        return _Choices(self.lengths + other.lengths, self.ways + other.ways)

    @property
    def steps(self) -> float:
        return float(LONGEST_TEXT) ** self.lengths / factorial(self.lengths) * 2.0**self.ways


_NONE = _Choices()
_ENDLESS = _Choices(lengths=100)


@lru_cache(maxsize=512)
def pattern(text: str, times: int = 1) -> re.Pattern[str]:
    """The compiled expression, for matching so many texts of up to :data:`LONGEST_TEXT` characters.

    FhirError when it is no expression, or when it repeats what itself repeats or branches: Python's matcher goes back
    and tries again, so ``(a+)+`` takes time exponential in the text.
    """
    if len(text) > _LONGEST_PATTERN:
        raise messages.REGEX_TOO_COSTLY.error(regex=f"{text[:40]}…")
    try:
        compiled = re.compile(text)
        steps = min(_choices(syntax.parse(text)).steps, _MOST_STEPS_IN_ALL)
    except (re.error, RecursionError, OverflowError) as problem:
        raise messages.REGEX_INVALID.error(regex=text, problem=str(problem)) from None
    if steps > _MOST_STEPS or steps * times > _MOST_STEPS_IN_ALL:
        raise messages.REGEX_TOO_COSTLY.error(regex=text)
    return compiled


def _choices(tree: Any) -> _Choices:
    total = _NONE
    for operator, argument in tree:
        total += _of_node(str(operator), argument)
    return min(total, _ENDLESS)


def _of_node(operator: str, argument: Any) -> _Choices:
    if operator.endswith("_REPEAT"):
        return _of_repeat(*argument)
    if operator.startswith("GROUPREF"):
        return _ENDLESS
    total = _Choices(ways=len(argument[1]) - 1) if operator == "BRANCH" else _NONE
    for inner in _trees(argument):
        total += _choices(inner)
    return total


def _of_repeat(least: int, most: Any, body: Any) -> _Choices:
    inner = _choices(body)
    if least == most:
        times = min(int(least), LONGEST_TEXT)
        return _Choices(inner.lengths * times, inner.ways * times)
    if (least, int(most)) == (0, 1):
        return inner + _Choices(ways=1)
    return _Choices(lengths=1) if inner == _NONE else _ENDLESS


def _trees(argument: Any) -> list[Any]:
    """The expressions inside the argument of a node."""
    if isinstance(argument, syntax.SubPattern):
        return [argument]
    parts = argument if isinstance(argument, list | tuple) else ()
    return [tree for part in parts for tree in _trees(part)]
