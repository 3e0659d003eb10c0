"""The criteria of conditional interactions: search parameters that say which resource is meant (http.html#ccreate).

A criterion that is not understood, or is empty, would match more than the sender means. So here everything is refused
that an ordinary search might pass over, whatever Prefer says.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import parse_qsl

from fhirserver.interactions import messages
from fhirserver.interactions.context import Context
from fhirserver.outcome import FhirError
from fhirserver.resource.dates import microseconds
from fhirserver.search.query import PAGE, RESULT
from fhirserver.search.understand import criterion
from fhirserver.store.keys import value_key
from fhirserver.store.rows import Identity
from fhirserver.store.store import Reads

Pairs = Sequence[tuple[str, str]]

#: Parameters that say how to answer, not which resource is meant.
_NOT_FILTERS = RESULT | {"_include", "_revinclude", "_type", PAGE}


@dataclass(frozen=True, slots=True)
class Criteria:
    """Criteria on one type, in one order whatever order they were sent in; equal ones mean the same resources."""

    type: str
    pairs: tuple[tuple[str, str], ...]

    @property
    def text(self) -> str:
        """As people read them: ``Patient?identifier=http://example.org|1``."""
        return f"{self.type}?" + "&".join(f"{name}={value}" for name, value in self.pairs)

    @property
    def identifiers(self) -> list[str]:
        """The values of the identifiers that are asked for, without their systems."""
        return [
            each.rpartition("|")[2].strip().lower()
            for name, value in self.pairs
            if name == "identifier"
            for each in value.split(",")
        ]

    @property
    def locks(self) -> list[int]:
        """The keys to hold while one acts on what they match.

        ``identifier=X``, ``identifier=system|X`` and ``identifier=X&active=true`` may mean one resource: where there is
        an identifier, its value alone is the key.
        """
        values = [value_key("criteria", self.type, each) for each in self.identifiers]
        return values or [value_key("criteria", self.type, *(part for pair in self.pairs for part in pair))]


def criteria(type: str, pairs: Pairs) -> Criteria:
    """The criteria of decoded pairs. Raises 400 when there are none, or one has no value or is no filter."""
    for name, value in pairs:
        base = name.partition(":")[0]
        if base in _NOT_FILTERS:
            raise messages.CRITERION_NO_FILTER.error(name=name)
        if not value.strip(" ,|"):
            raise messages.CRITERION_EMPTY.error(name=name)
    if not pairs:
        raise messages.CRITERIA_MISSING.error(type=type)
    return Criteria(type, tuple(sorted(set(pairs))))


def of_text(type: str, text: str) -> Criteria:
    """The criteria of ``identifier=a%7Cb``, with or without what stands before them in a URL of the type."""
    head, mark, tail = text.partition("?")
    if mark and head.strip("/") in ("", type):
        text = tail
    return criteria(type, decoded(text))


def decoded(query: str) -> list[tuple[str, str]]:
    """The pairs of a query. Raises 400 when it is no percent-encoded UTF-8."""
    try:
        return parse_qsl(query, keep_blank_values=True, errors="strict")
    except ValueError:
        raise messages.CRITERIA_ENCODING.error() from None


def header(headers: Mapping[str, str], type: str) -> Criteria | None:
    """The criteria of If-None-Exist; None without it."""
    sent = headers.get("if-none-exist")
    if sent is None:
        return None
    with suppress(UnicodeError):  # WSGI hands the bytes of a header over as Latin-1
        sent = sent.encode("latin-1").decode("utf-8")
    return of_text(type, sent)


def found(
    context: Context, reads: Reads, wanted: Iterable[Criteria], limit: int
) -> dict[Criteria, tuple[Identity, ...]]:
    """At most `limit` resources for each of the criteria. Raises 400 for a parameter that is not known."""
    asked = list(dict.fromkeys(wanted))
    if not asked:
        return {}
    if context.search is None:
        raise messages.CRITERIA_UNSUPPORTED.error()
    matches = context.search.matches_each(
        reads, [(each.type, each.pairs) for each in asked], now=microseconds(context.now()), limit=limit
    )
    return {each: tuple(sorted(ids)) for each, ids in zip(asked, matches, strict=True)}


def refusal(context: Context, asked: Criteria) -> FhirError | None:
    """Why criteria are not understood; None when they are."""
    if context.search is None:
        return None
    scope = context.search.scope(microseconds(context.now()))
    try:
        for name, value in asked.pairs:
            criterion(scope, asked.type, name, value)
    except FhirError as error:
        return error
    return None
