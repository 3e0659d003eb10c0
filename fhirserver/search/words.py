"""Full text: the words of a resource, Chinese included, and the tokens too seldom asked for to have rows of their own.

Chinese is written without spaces: every character and every pair of neighbours is a word, and a longer term is found
by its pairs standing one after another. Both databases index the same words; neither needs to know Chinese.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from fhirserver.search.criteria import AllOf, Criterion, Not, Nothing, Words, either
from fhirserver.search.folding import is_han
from fhirserver.store.keys import value_key

#: A resource adds no more words than this to the index.
MOST_WORDS = 20_000

#: What stands before a word of the narrative, before the words of one parameter's displays, and before a rare token.
NARRATIVE = "¶"
_DISPLAY = "¤"
_RARE = "§"

#: A longer run of letters is several words: an index entry of PostgreSQL has a limit, and nobody types more.
_RUN = re.compile(r"[^\W_]{1,100}")
_TAG = re.compile(r"<[^>]*>")
_ENTITY = re.compile(r"&(#?\w+);")

#: Members whose text is an address, a code of the format itself or binary, and is never searched as text.
_SILENT = frozenset(
    {"resourceType", "reference", "system", "url", "div", "data", "fullUrl", "profile", "versionId", "lastUpdated"}
)


def words(text: str) -> list[str]:
    """The words of a text in order.

    >>> words("高血压 III期")
    ['高', '高血', '血', '血压', '压', 'iii', '期']
    """
    found: list[str] = []
    for run in _RUN.findall(text.lower() if text.isascii() else _fold(text)):
        if run.isascii():
            found.append(run)
        else:
            found.extend(_mixed(run))
    return found


def _fold(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return unicodedata.normalize("NFC", "".join(each for each in decomposed if not unicodedata.combining(each)))


def _mixed(run: str) -> Iterator[str]:
    """A run of letters in which Chinese characters stand beside others."""
    start = 0
    for position, character in enumerate(run):
        if not is_han(character):
            continue
        if start < position:
            yield run[start:position]
        start = position + 1
        yield character
        if start < len(run) and is_han(run[start]):
            yield character + run[start]
    if start < len(run):
        yield run[start:]


def display_words(path: int, text: str) -> list[str]:
    """The words of a display or text beside a code, which `:text` on the parameter finds."""
    tag = _tag(path)
    return [tag + word for word in words(text)]


def _tag(path: int) -> str:
    return f"{path & 0xFFFFFFFFFFFFFFFF:x}{_DISPLAY}"


def rare(*parts: str | int) -> str:
    """A token of its own word: what is asked for too seldom to pay for an index row."""
    return f"{_RARE}{value_key(*map(str, parts)) & 0xFFFFFFFFFFFFFFFF:x}"


def narrative(div: str) -> str:
    """The text of a narrative without its markup."""
    return html.unescape(_TAG.sub(" ", div))


def of_resource(resource: Mapping[str, Any]) -> list[str]:
    """The words of all texts of a resource, then those of its narrative marked as such."""
    found: list[str] = []
    for text in _texts(resource):
        found += words(text)
        if len(found) > MOST_WORDS:
            return found[:MOST_WORDS]
    shown = resource.get("text")
    div = shown.get("div") if isinstance(shown, dict) else None
    if isinstance(div, str):
        told = words(narrative(div))[:MOST_WORDS]
        found += told
        found += [NARRATIVE + word for word in told]
    return found


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        if "://" not in value and not value.startswith("urn:"):
            yield value
    elif isinstance(value, dict):
        for name, below in value.items():
            if name not in _SILENT:
                yield from _texts(below)
    elif isinstance(value, list):
        for below in value:
            yield from _texts(below)


class _Query(NamedTuple):
    """A text query: alternatives of terms that must all be met; a term may be refused instead."""

    alternatives: list[list[tuple[bool, str]]]


_TERM = re.compile(r'"([^"]*)"|(\S+)')


def criterion(type: str, text: str, mark: str = "") -> Criterion:
    """search.html#text: words that must all be found; ``OR`` between alternatives, ``NOT`` before a word, "phrases"."""
    query = _parse(text)
    return either([_all(type, terms, mark) for terms in query.alternatives])


def _parse(text: str) -> _Query:
    alternatives: list[list[tuple[bool, str]]] = [[]]
    refused = False
    for phrase, word in _TERM.findall(text):
        bare = word.strip("()")
        if bare in ("OR", "|"):
            alternatives.append([])
        elif bare == "NOT":
            refused = True
        elif bare != "AND" and (phrase or bare):
            alternatives[-1].append((refused, phrase or bare))
            refused = False
    return _Query([terms for terms in alternatives if terms])


def _all(type: str, terms: list[tuple[bool, str]], mark: str) -> Criterion:
    parts: list[Criterion] = []
    for refused, text in terms:
        found = [mark + word for word in sought(text)]
        if not found:
            parts.append(Nothing())
            continue
        one = Words(type, found, [found])
        parts.append(Not(one) if refused else one)
    return parts[0] if len(parts) == 1 else AllOf(type, parts)


def sought(text: str) -> list[str]:
    """The words a term is found by, as they stand one after another in a text that holds it."""
    found = words(text)
    # the first and last character alone may be half of another pair in the text: only the pairs around them count
    if len(found) > 1 and len(found[0]) == 1 and is_han(found[0]) and found[1].startswith(found[0]):
        found = found[1:]
    if (
        len(found) > 1
        and len(found[-1]) == 1
        and is_han(found[-1])
        and len(found[-2]) == 2
        and found[-2].endswith(found[-1])
    ):
        found = found[:-1]
    return found


def text_criterion(type: str, paths: Iterable[int], text: str) -> Criterion:
    """`:text` on a token: the words of the display or text, one after another."""
    found = sought(text)
    if not found:
        return Nothing()
    tagged = [[_tag(path) + word for word in found] for path in paths]
    return either([Words(type, each, [each]) for each in tagged])
