"""search.html#string: the start of a text, without regard to case and accents; Chinese names also by their pinyin."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from fhirserver.search import messages
from fhirserver.search.criteria import Containing, Criterion, Rows, either
from fhirserver.search.entries import Entries
from fhirserver.search.folding import after, fold, has_han
from fhirserver.search.pinyin import spellings
from fhirserver.search.sql import Sql
from fhirserver.search.values import unescape
from fhirserver.store.keys import value_key

if TYPE_CHECKING:
    from fhirserver.search.parameters import Parameter
    from fhirserver.search.scope import Scope

MODIFIERS = ("exact", "contains")

#: datatypes.html#HumanName, datatypes.html#Address: the parts a search looks at.
_PARTS: dict[str, tuple[str, ...]] = {
    "HumanName": ("text", "family", "given", "prefix", "suffix"),
    "Address": ("text", "line", "city", "district", "state", "country", "postalCode"),
}
#: Elements that hold names in pieces of text.
_NAMES = frozenset({"name", "alias", "family", "given"})

NO_TEXT = 0


def texts(value: Any, type: str) -> Iterator[str]:
    """The texts of a value, as they were sent."""
    if isinstance(value, str):
        yield value
        return
    for part in _PARTS.get(type, ()):
        found = value.get(part)
        for text in found if isinstance(found, list) else (found,):
            if isinstance(text, str):
                yield text


def exact_key(text: str) -> int:
    """The key of a text as it was sent, for `:exact`."""
    return value_key("exact", text)


def index(entries: Entries, path: int, value: Any, type: str, element: str = "") -> None:
    """Add the entries of one value; `element` is the name of the element it stands in."""
    for text in texts(value, type):
        entries.strings.add((path, fold(text), exact_key(text)))
        if type == "HumanName" or element in _NAMES:
            _index_pinyin(entries, path, text)
    if type == "HumanName":
        whole = _whole(value)
        if whole:
            entries.strings.add((path, fold(whole), NO_TEXT))
            _index_pinyin(entries, path, whole)


def _whole(name: dict[str, Any]) -> str:
    """A Chinese name as it is spoken, family name first; "" for names that are not Chinese."""
    given = "".join(each for each in name.get("given", ()) if isinstance(each, str))
    whole = f"{name.get('family') or ''}{given}"
    return whole if has_han(whole) and whole not in (given, name.get("family"), name.get("text")) else ""


def _index_pinyin(entries: Entries, path: int, text: str) -> None:
    for spelling in spellings(text):
        entries.strings.add((path, spelling, NO_TEXT))


def criterion(scope: Scope, parameter: Parameter, modifier: str | None, values: Sequence[str]) -> Criterion:
    """The criterion of a string parameter and its modifier."""
    return either([_one(parameter, modifier, unescape(value)) for value in values])


def _one(parameter: Parameter, modifier: str | None, text: str) -> Criterion:
    if not text:
        raise messages.VALUE_FORM.error(name=parameter.code, found=text, kind="string", expected="a text")
    folded = fold(text)
    if modifier == "exact":
        return Rows("ix_string", parameter.paths, Sql("x.s = ? AND x.x = ?", (folded, exact_key(text))), 2)
    if modifier == "contains":
        return Containing(parameter.paths, folded)
    end = after(folded)
    condition = Sql("x.s >= ? AND x.s < ?", (folded, end)) if end else Sql("x.s >= ?", (folded,))
    return Rows("ix_string", parameter.paths, condition, 4)
