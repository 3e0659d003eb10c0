"""search.html#composite: parts of the same element, joined by ``$``.

On the resource itself the parts are parameters of their own. Inside a repeating element each element has rows whose key
holds the parts that are matched exactly (tokens, references); parts with a range stand in the columns.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from typing import TYPE_CHECKING, Any

from fhirserver.search import messages, moments, numbers, quantities, references, tokens
from fhirserver.search.criteria import AllOf, Criterion, Exact, Nothing, Rows, either
from fhirserver.search.entries import Entries
from fhirserver.search.folding import fold
from fhirserver.search.sql import Sql, all_of
from fhirserver.search.strings import texts
from fhirserver.search.values import split, unescape
from fhirserver.store.keys import value_key

if TYPE_CHECKING:
    from fhirserver.search.parameters import Composite, Parameter, Typed
    from fhirserver.search.scope import Scope

MODIFIERS: tuple[str, ...] = ()

_RANGED = frozenset({"number", "quantity", "date"})
#: A range column that no part fills.
_UNUSED = (0.0, 0.0)
#: What a range is measured in: "" as sent, else the key of a unit.
_Range = tuple[str, float, float]


def index(entries: Entries, composite: Composite, resource: Mapping[str, Any], elements: Sequence[Any]) -> None:
    """Add the entries of each element of a composite that is not the resource itself."""
    tree = composite.tree
    if tree is None:
        return
    outer = None
    for element in elements:
        found = tree.gather(element)
        values: list[Typed] = []
        for number, part in enumerate(composite.parts):
            if number in composite.outside and outer is None:
                outer = _outer(composite, resource)
            values.append(
                outer[number]
                if number in composite.outside and outer is not None
                else [pair for branch in part.branches for pair in branch.values(element, found)]
            )
        _index_element(entries, composite, values)


def _outer(composite: Composite, resource: Mapping[str, Any]) -> dict[int, Typed]:
    """The values of the parts taken from the whole resource."""
    from fhirserver.search.paths import Path, Tree, parse

    made: dict[int, Typed] = {}
    for number in composite.outside:
        branch = composite.parts[number].branches[0]
        tree = Tree(composite.parts[number].resource)
        path = parse(branch.text, tree.type)
        assert isinstance(path, Path)
        slots = tree.add(path)
        found = tree.gather(resource)
        made[number] = [(value, slot.type) for slot in slots for value in found[slot.number]]
    return made


def _index_element(entries: Entries, composite: Composite, values: Sequence[Typed]) -> None:
    exact: list[list[int]] = []
    ranges: list[list[_Range]] = []
    for part, typed in zip(composite.parts, values, strict=True):
        if part.type in _RANGED:
            ranges.append([each for value, type in typed for each in _ranges(entries, part, value, type)])
        else:
            exact.append([key for value, type in typed for key in _keys(entries, part, value, type)])
    for keys in product(*exact):
        for spans in product(*ranges):
            key = _key(composite, keys, [unit for unit, *_ in spans])
            if not spans:
                entries.exact.add(key)
                continue
            ends = [*(end for _, *pair in spans for end in pair), *_UNUSED][:4]
            entries.composites.add((key, *ends))  # type: ignore[arg-type]


def _key(composite: Composite, keys: Sequence[int], units: Sequence[str]) -> int:
    return value_key(str(composite.key), *map(str, keys), *units)


def _keys(entries: Entries, part: Parameter, value: Any, type: str) -> Iterator[int]:
    path = part.branches[0].key
    if part.type == "token":
        yield from tokens.keys(path, value, type)
    elif part.type == "reference":
        yield from references.keys(entries, path, value, type)
    elif part.type == "uri" and isinstance(value, str):
        yield references.uri_key(path, value)
    elif part.type == "string":
        for text in texts(value, type):
            yield value_key(str(path), fold(text))


def _ranges(entries: Entries, part: Parameter, value: Any, type: str) -> Iterator[_Range]:
    if part.type == "quantity":
        for entry in quantities.entries_of(value, type):
            yield "", entry.lo, entry.hi
            if entry.cu:
                yield str(entry.cu), entry.clo, entry.chi
            elif entry.u:
                yield str(entry.u), entry.lo, entry.hi
            for key in {entry.c, entry.n} - {0}:
                yield str(key), entry.lo, entry.hi
    elif part.type == "number":
        span = numbers.span(value, type)
        if span is not None:
            yield "", span.lo, span.hi
    else:
        stretch = moments.stretch(value, type, entries.setting.zone)
        if stretch is not None:
            yield "", float(stretch.lo), float(stretch.hi)


def criterion(scope: Scope, parameter: Parameter, modifier: str | None, values: Sequence[str]) -> Criterion:
    """The criterion of a composite parameter."""
    choices = [_one(scope, parameter, composite, value) for composite in parameter.composites for value in values]
    return either(choices)


def _one(scope: Scope, parameter: Parameter, composite: Composite, value: str) -> Criterion:
    texts = split(value, "$")
    if len(texts) != len(composite.parts) or not all(texts):
        raise messages.VALUE_FORM.error(
            name=parameter.code, found=value, kind="composite", expected="$".join(part.type for part in composite.parts)
        )
    if composite.tree is None:
        from fhirserver.search.types import TYPES

        parts = zip(composite.parts, texts, strict=True)
        return AllOf(
            parameter.resource, [TYPES[part.type].criterion(scope, part, None, [text]) for part, text in parts]
        )
    return _in_element(scope, parameter, composite, texts)


def _in_element(scope: Scope, parameter: Parameter, composite: Composite, texts: Sequence[str]) -> Criterion:
    exact: list[list[int]] = []
    units: list[str] = []
    conditions: list[Sql] = []
    for part, text in zip(composite.parts, texts, strict=True):
        if part.type in _RANGED:
            columns = ("x.lo2", "x.hi2") if conditions else ("x.lo", "x.hi")
            unit, condition = _condition(scope, part, text, *columns)
            units.append(unit)
            conditions.append(condition)
        else:
            exact.append(_sought(scope, part, text))
    found = [_key(composite, keys, units) for keys in product(*exact)]
    if not found:
        return Nothing()
    return Rows("ix_composite", found, all_of(conditions), 4) if conditions else Exact(found, 4)


def _sought(scope: Scope, part: Parameter, text: str) -> list[int]:
    if part.type == "token":
        return tokens.key_of(part, *(unescape(each) for each in split(text, "|")))
    if part.type == "reference":
        return references.sought(scope, part, unescape(text))
    path = part.branches[0].key
    return [references.uri_key(path, text) if part.type == "uri" else value_key(str(path), fold(unescape(text)))]


def _condition(scope: Scope, part: Parameter, text: str, lo: str, hi: str) -> tuple[str, Sql]:
    """In what the range is measured, and the condition on its columns."""
    if part.type == "quantity":
        return quantities.ranged(part.code, text, lo, hi)
    if part.type == "number":
        return "", numbers.within(*numbers.read(part.code, unescape(text), "number"), lo, hi)
    prefix, asked = moments.read(scope, part.code, text)
    return "", moments.within(prefix, asked, scope.now)(lo, hi)
