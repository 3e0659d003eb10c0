"""search.html#string: the start of a text, without regard to case and accents; Chinese names also by their pinyin."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from fhirserver.search import messages
from fhirserver.search.criteria import Containing, Criterion, Rows, either
from fhirserver.search.entries import Entries
from fhirserver.search.folding import after, fold, has_han
from fhirserver.search.hashes import SHORT, text_hash
from fhirserver.search.pinyin import spellings
from fhirserver.search.sql import Sql
from fhirserver.search.values import unescape

if TYPE_CHECKING:
    from fhirserver.search.parameters import Parameter
    from fhirserver.search.scope import Scope

MODIFIERS = ("exact", "contains")

#: datatypes.html#HumanName, datatypes.html#Address: the parts a search looks at. Each has a path and rows of its own,
#: which a parameter for the part (`family`) shares with one for the whole (`name`).
PARTS: dict[str, tuple[str, ...]] = {
    "HumanName": ("text", "family", "given", "prefix", "suffix"),
    "Address": ("text", "line", "city", "district", "state", "country", "postalCode"),
}
#: Elements that hold names in pieces of text.
NAMES = frozenset({"name", "alias", "family", "given"})

NO_TEXT = 0


def texts(value: Any, type: str) -> Iterator[str]:
    """The texts of a value, as they were sent."""
    if isinstance(value, str):
        yield value
        return
    for part in PARTS.get(type, ()):
        found = value.get(part)
        for text in found if isinstance(found, list) else (found,):
            if isinstance(text, str):
                yield text


def exact_key(text: str) -> int:
    """The key of a text as it was sent, for `:exact`."""
    return text_hash("exact", text)


def index(entries: Entries, path: int, value: Any, type: str) -> None:
    """Add the entries of one value."""
    for text in texts(value, type):
        entries.strings.update(_rows(path, text, type == "HumanName"))
    index_whole(entries, path, value, type)


def index_name(entries: Entries, path: int, value: Any, type: str) -> None:
    """Add the entries of a name, or of a part of one: Chinese ones also by their pinyin."""
    for text in texts(value, type):
        entries.strings.update(_rows(path, text, True))
    index_whole(entries, path, value, type)


def index_whole(entries: Entries, path: int, value: Any, type: str) -> None:
    """Add what a value has beside the entries of its parts: a Chinese name as it is spoken."""
    whole = _whole(value) if type == "HumanName" else ""
    if whole:
        entries.strings.add((path, fold(whole), NO_TEXT))
        entries.strings.update((path, spelling, NO_TEXT) for spelling in spellings(whole))


def _rows(path: int, text: str, spelled: bool) -> Sequence[tuple[int, str, int]]:
    return (_known_rows if len(text) <= SHORT else _made_rows)(path, text, spelled)


def _made_rows(path: int, text: str, spelled: bool) -> Sequence[tuple[int, str, int]]:
    others = spellings(text) if spelled else ()
    return [(path, fold(text), exact_key(text)), *((path, spelling, NO_TEXT) for spelling in others)]


_known_rows = lru_cache(maxsize=16384)(_made_rows)


def _whole(name: Mapping[str, Any]) -> str:
    """A Chinese name as it is spoken, family name first; "" for names that are not Chinese."""
    given = "".join(each for each in name.get("given", ()) if isinstance(each, str))
    whole = f"{name.get('family') or ''}{given}"
    return whole if has_han(whole) and whole not in (given, name.get("family"), name.get("text")) else ""


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
