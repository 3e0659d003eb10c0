"""The name of a search parameter: code, modifier, chain, `_has` (search.html#chaining, search.html#has)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Plain:
    """``name:exact``: the end of every chain."""

    code: str
    modifier: str | None = None


@dataclass(frozen=True, slots=True)
class Chain:
    """``subject:Patient.name``: `rest` is asked of the resource that `code` refers to, of `type` where that is said."""

    code: str
    type: str | None
    rest: Name


@dataclass(frozen=True, slots=True)
class Has:
    """``_has:Observation:patient:code``: `rest` is asked of the resources of `type` that refer here with `code`."""

    type: str
    code: str
    rest: Name


Name = Plain | Chain | Has


def parse(text: str) -> Name | None:
    """The parsed name; None when it has no meaning (an empty step, a `_has` with too few parts)."""
    if text.startswith("_has:"):
        return _has(text)
    head, dot, tail = text.partition(".")
    code, colon, modifier = head.partition(":")
    if not code or (colon and not modifier) or (dot and not tail):
        return None
    if not dot:
        return Plain(code, modifier or None)
    rest = parse(tail)
    return None if rest is None else Chain(code, modifier or None, rest)


def _has(text: str) -> Name | None:
    parts = text.split(":", 3)
    if len(parts) < 4 or not all(parts):
        return None
    rest = parse(parts[3])
    return None if rest is None else Has(parts[1], parts[2], rest)


def spelled(name: Name) -> str:
    """The name as it is written in a URL."""
    if isinstance(name, Plain):
        return f"{name.code}:{name.modifier}" if name.modifier else name.code
    if isinstance(name, Chain):
        return f"{name.code}:{name.type}.{spelled(name.rest)}" if name.type else f"{name.code}.{spelled(name.rest)}"
    return f"_has:{name.type}:{name.code}:{spelled(name.rest)}"
