"""A whole search as it is understood: criteria for each type, order, and what the result shall look like."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

from fhirserver.outcome import FhirError, Issue
from fhirserver.resource import subset
from fhirserver.search import includes, messages, sorts, understand
from fhirserver.search.criteria import Criterion
from fhirserver.search.includes import Include
from fhirserver.search.order import ByMainDate, Order
from fhirserver.search.scope import Scope
from fhirserver.search.understand import UnknownParameterError
from fhirserver.spec.structures import RESOURCE_TYPES

Pairs = Sequence[tuple[str, str]]

#: The parameter of a next link that holds the place where the page begins.
PAGE = "_page"
#: search.html#Summary: parameters that say how to answer, not what to find.
RESULT = frozenset({"_sort", "_count", "_total", "_summary", "_elements", "_contained", "_explain", PAGE})
#: http.html#parameters: the doors' own.
GENERAL = frozenset({"_format", "_pretty"})
_REPEATABLE = frozenset({"_include", "_revinclude", "_include:iterate", "_revinclude:iterate", "_elements", "_sort"})


@dataclass(slots=True)
class Query:
    """`understood` are the parameters as the server took them, for the self link; `issues` what it did not take.

    `asked` are the names and values of the criteria, in the order they have for each type.
    """

    types: tuple[str, ...]
    criteria: dict[str, list[Criterion]]
    order: Order
    count: int
    total: str = "default"
    summary: str = "false"
    elements: tuple[str, ...] = ()
    includes: list[Include] = field(default_factory=list)
    explain: bool = False
    page: str | None = None
    asked: list[tuple[str, str]] = field(default_factory=list)
    understood: list[tuple[str, str]] = field(default_factory=list)
    issues: list[Issue] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Limits:
    """How many entries a page has when nothing is said, and at most."""

    default_count: int = 50
    max_count: int = 1000


def understand_query(
    scope: Scope,
    types: Sequence[str],
    pairs: Pairs,
    *,
    limits: Limits,
    lenient: bool = False,
    within: Callable[[str], Criterion | None] | None = None,
) -> Query:
    """The query of a search on some types ((): on all). Raises 400 for the first thing that is not understood.

    `within` gives the criterion of a compartment for a type, None for a type that is not in it.
    """
    options, asked = _divided(pairs)
    types = _types(types, options)
    query = Query(tuple(types), {}, ByMainDate(), limits.default_count)
    for type in types:
        own = within(type) if within is not None else None
        if within is None or own is not None:
            query.criteria[type] = [own] if own is not None else []
    if within is not None:
        query.asked.append(("", "the compartment"))
    for name, value in asked:
        _add_criterion(scope, query, name, value, lenient)
    query.types = tuple(query.criteria)
    _read_options(scope, query, options, limits, lenient)
    query.issues += [messages.PARTIAL.at(name=code) for code in scope.partial]
    return query


def _divided(pairs: Pairs) -> tuple[Pairs, Pairs]:
    """Options of the answer, and parameters that find. Without a value a parameter says nothing."""
    options: list[tuple[str, str]] = []
    asked: list[tuple[str, str]] = []
    for name, value in pairs:
        if not value or name in GENERAL:
            continue
        base = name.partition(":")[0]
        (options if base in RESULT or base in ("_include", "_revinclude", "_type") else asked).append((name, value))
    return options, asked


def _types(types: Sequence[str], options: Pairs) -> Sequence[str]:
    """The types of the address, or of `_type`."""
    named = [each.strip() for name, value in options if name == "_type" for each in value.split(",")]
    for each in named:
        if each not in RESOURCE_TYPES:
            raise messages.TYPE_UNKNOWN.error(name="_type", found=each)
    if not named:
        return types or sorted(RESOURCE_TYPES)
    chosen = [each for each in dict.fromkeys(named) if not types or each in types]
    if not chosen:
        raise messages.OPTION_VALUE.error(name="_type", found=",".join(named), expected=" | ".join(types))
    return chosen


def _add_criterion(scope: Scope, query: Query, name: str, value: str, lenient: bool) -> None:
    found: dict[str, Criterion] = {}
    try:
        for type in query.criteria:
            found[type] = understand.criterion(scope, type, name, value)
    except UnknownParameterError:
        if not lenient:
            raise
        query.issues.append(_ignored(scope, type, name, name))
        return
    for type, criterion in found.items():
        query.criteria[type].append(criterion)
    query.asked.append((name, value))
    query.understood.append((name, value))


def _ignored(scope: Scope, type: str, asked: str, name: str) -> Issue:
    """What `Prefer: handling=lenient` lets pass is told."""
    known = [*scope.definitions.of(type).parameters, *RESULT]
    near = ", ".join(get_close_matches(name, known, n=3, cutoff=0.4)) or "-"
    return messages.PARAMETER_IGNORED.at(type=type, name=asked, near=near)


def _read_options(scope: Scope, query: Query, options: Pairs, limits: Limits, lenient: bool) -> None:
    seen: set[str] = set()
    for name, value in options:
        if name in seen and name not in _REPEATABLE:
            raise messages.OPTION_REPEATED.error(name=name)
        seen.add(name)
        try:
            value = _read_option(scope, query, name, value, limits)
        except UnknownParameterError:
            if not lenient:
                raise
            query.issues.append(_ignored(scope, query.types[0], f"{name}={value}", value))
            continue
        if name != PAGE:
            query.understood.append((name, value))
    if query.summary == "text" and query.includes:  # search.html#Summary
        raise messages.INCLUDE_OF_TEXTS.error()
    if "_count" not in seen and query.summary != "count":
        query.understood.append(("_count", str(query.count)))


def _read_option(scope: Scope, query: Query, name: str, value: str, limits: Limits) -> str:
    """Take an option into the query. Returns the value that counts."""
    base, _, modifier = name.partition(":")
    if base in ("_include", "_revinclude"):
        if modifier not in ("", "iterate", "recurse"):
            raise messages.MODIFIER_UNKNOWN.error(name=base, modifier=modifier, kind=base, known=":iterate")
        query.includes.append(includes.parse(scope, base, value, iterate=bool(modifier)))
        return value
    if modifier:
        raise messages.OPTION_MODIFIER.error(name=base, found=name)
    return _READERS[name](scope, query, value, limits) or value if name in _READERS else value


def _sort(scope: Scope, query: Query, value: str, limits: Limits) -> None:
    before = (each for name, each in query.understood if name == "_sort")
    query.order = sorts.order(scope, query.types, ",".join([*before, value]))


def _count(scope: Scope, query: Query, value: str, limits: Limits) -> str:
    """search.html#count: "a server is not bound to return the number requested, but cannot return more"."""
    if not (value.isascii() and value.isdigit()):
        raise messages.OPTION_VALUE.error(name="_count", found=value, expected=f"0..{limits.max_count}")
    query.count = limits.max_count if len(value) > 9 else min(int(value), limits.max_count)
    return str(query.count)


def _choice(name: str, attribute: str, choices: tuple[str, ...]) -> Callable[[Scope, Query, str, Limits], None]:
    def read(scope: Scope, query: Query, value: str, limits: Limits) -> None:
        if value not in choices:
            raise messages.OPTION_VALUE.error(name=name, found=value, expected=" | ".join(choices))
        setattr(query, attribute, value)

    return read


def _elements(scope: Scope, query: Query, value: str, limits: Limits) -> None:
    """search.html#elements: of several types each name must be an element of one."""
    errors: list[FhirError] = []
    names: set[str] = set()
    for each in filter(None, (each.strip() for each in value.split(","))):
        found: set[str] = set()
        for type in query.types:
            try:
                found |= subset.element_names(each, type)
            except FhirError as error:
                errors.append(error)
        if not found and errors:
            raise errors[-1]
        names |= found
    query.elements = tuple(sorted({*query.elements, *names}))


def _only_false(name: str) -> Callable[[Scope, Query, str, Limits], None]:
    """search.html#contained: contained resources are not searched."""

    def read(scope: Scope, query: Query, value: str, limits: Limits) -> None:
        if value != "false":
            raise messages.OPTION_VALUE.error(name=name, found=value, expected="false")

    return read


def _explain(scope: Scope, query: Query, value: str, limits: Limits) -> None:
    if value not in ("true", "false"):
        raise messages.OPTION_VALUE.error(name="_explain", found=value, expected="true | false")
    query.explain = value == "true"


def _page(scope: Scope, query: Query, value: str, limits: Limits) -> None:
    query.page = value


_READERS: dict[str, Callable[[Scope, Query, str, Limits], Any]] = {
    "_sort": _sort,
    "_count": _count,
    "_total": _choice("_total", "total", ("none", "estimate", "accurate")),
    "_summary": _choice("_summary", "summary", ("true", "text", "data", "count", "false")),
    "_elements": _elements,
    "_contained": _only_false("_contained"),
    "_explain": _explain,
    PAGE: _page,
}
