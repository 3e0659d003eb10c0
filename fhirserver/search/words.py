"""Full text: the words of a resource, Chinese included, and the tokens too seldom asked for to have rows of their own.

Chinese is written without spaces: every character and every pair of neighbours is a word, and a longer term is found
by its pairs standing one after another. Both databases index the same words; neither needs to know Chinese.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from fhirserver.search.criteria import AllOf, Criterion, Not, Nothing, Words, either
from fhirserver.search.folding import is_han, plain
from fhirserver.search.hashes import SHORT, text_hash

#: No more characters than this are looked at in the texts of a resource, nor in its narrative.
LONGEST = 150_000

#: What stands before a word of the narrative, before the words of one parameter's displays, and before a rare token.
NARRATIVE = "¶"
_DISPLAY = "¤"
_RARE = "§"

#: A longer run of letters is several words: an index entry of PostgreSQL has a limit, and nobody types more.
_RUN = re.compile(r"[^\W_]{1,100}")
_TAG = re.compile(r"<[^>]*>")

#: Members that, where they hold a text, hold an address, a moment, a code of the format itself or binary.
SILENT = frozenset(
    {"resourceType", "reference", "system", "url", "div", "data", "profile", "fullUrl", "versionId", "lastUpdated",
     "use", "status", "gender", "intent", "priority", "comparator", "birthDate", "start", "end", "issued",
     "recorded", "recordedDate", "authored", "authoredOn", "created", "sent", "started", "timestamp",
     "effectiveDateTime", "effectiveInstant", "occurrenceDateTime", "performedDateTime", "onsetDateTime",
     "deceasedDateTime", "valueCode", "valueDate", "valueDateTime", "valueInstant", "valueTime", "valueUri",
     "valueUrl", "valueCanonical"}
)  # fmt: skip


def words(text: str) -> list[str]:
    """The words of a text in order.

    >>> words("高血压 III期")
    ['高', '高血', '血', '血压', '压', 'iii', '期']
    """
    if text.isascii():
        return _RUN.findall(text.lower())
    found: list[str] = []
    for run in _RUN.findall(plain(text)):
        if run.isascii():
            found.append(run)
        else:
            found.extend(_mixed(run))
    return found


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


def spoken(text: str) -> str:
    """The words of a text, separated by spaces."""
    return _known(text) if len(text) <= SHORT else " ".join(words(text))


@lru_cache(maxsize=16384)
def _known(text: str) -> str:
    return " ".join(words(text))


def display_words(path: int, text: str) -> str:
    """The words of a display or text beside a code, which `:text` on the parameter finds, separated by spaces."""
    tag = _tag(path)
    found = spoken(text)
    return tag + found.replace(" ", f" {tag}") if found else ""


def _tag(path: int) -> str:
    return f"{path & 0xFFFFFFFFFFFFFFFF:x}{_DISPLAY}"


def rare(*parts: str | int) -> str:
    """A token of its own word: what is asked for too seldom to pay for an index row."""
    return f"{_RARE}{text_hash('rare', '|'.join(map(str, parts))) & 0xFFFFFFFFFFFFFFFF:x}"


def narrative(div: str) -> str:
    """The text of a narrative without its markup."""
    return html.unescape(_TAG.sub(" ", div))


def of_resource(resource: Mapping[str, Any]) -> str:
    """The words of all texts of a resource, then those of its narrative, marked as such; separated by spaces."""
    texts: list[str] = []
    _gather(resource, texts)
    found = [spoken(text) for text in _limited(texts)]
    shown = resource.get("text")
    div = shown.get("div") if isinstance(shown, dict) else None
    if isinstance(div, str):
        found += [NARRATIVE + word for word in words(narrative(div)[:LONGEST])]
    return " ".join(filter(None, found))


def _limited(texts: list[str]) -> list[str]:
    left = LONGEST
    for number, text in enumerate(texts):
        left -= len(text)
        if left < 0:
            return [*texts[:number], text[: left + len(text)]]
    return texts


def _gather(holder: Mapping[str, Any], texts: list[str]) -> None:
    for name, value in holder.items():
        kind = type(value)
        if kind is str:
            if name not in SILENT and "://" not in value and not value.startswith("urn:"):
                texts.append(value)
        elif kind is dict:
            _gather(value, texts)
        elif kind is list:
            for each in value:
                if type(each) is dict:
                    _gather(each, texts)
                elif type(each) is str and name not in SILENT and "://" not in each:
                    texts.append(each)


class _Query(NamedTuple):
    """A text query: alternatives of terms that must all be met; a term may be refused instead."""

    alternatives: list[list[tuple[bool, str]]]


_TERM = re.compile(r'"([^"]*)"|(\S+)')


def criterion(type: str, text: str, *marks: str) -> Criterion:
    """search.html#text: words that must all be found; ``OR`` between alternatives, ``NOT`` before a word, "phrases".

    `marks`: what may stand before the words of a term; "" in the texts, NARRATIVE in the narrative.
    """
    query = _parse(text)
    return either([_all(type, terms, marks) for terms in query.alternatives])


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


def _all(type: str, terms: list[tuple[bool, str]], marks: Iterable[str]) -> Criterion:
    parts: list[Criterion] = []
    for refused, text in terms:
        found = sought(text)
        if not found:
            parts.append(Nothing())
            continue
        marked = [[mark + word for word in found] for mark in marks]
        one = either([Words(type, each, [each]) for each in marked])
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
