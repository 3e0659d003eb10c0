"""search.html#uri: compared exactly, case and all; `:below` and `:above` go by the segments of a URL."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from fhirserver.search import messages
from fhirserver.search.criteria import Criterion, Exact, Words, either
from fhirserver.search.entries import Entries
from fhirserver.search.hashes import SHORT
from fhirserver.search.references import uri_key
from fhirserver.search.values import unescape
from fhirserver.search.words import rare

if TYPE_CHECKING:
    from fhirserver.search.parameters import Parameter
    from fhirserver.search.scope import Scope

MODIFIERS = ("above", "below")


def index(entries: Entries, path: int, value: Any, type: str) -> None:
    """Add the entries of a uri; a canonical is also found without its version."""
    if not isinstance(value, str):
        return
    keys, tokens = (_known if len(value) <= SHORT else _made)(path, value)
    entries.exact.update(keys)
    entries.rare.update(tokens)


def _made(path: int, value: str) -> tuple[set[int], list[str]]:
    bare = value.partition("|")[0]
    return {uri_key(path, value), uri_key(path, bare)}, [rare(path, "below", prefix) for prefix in prefixes(bare)]


_known = lru_cache(maxsize=8192)(_made)


def prefixes(uri: str) -> Iterator[str]:
    """A URL and each URL it lies below, longest first; a URN has no levels (search.html#uri)."""
    if "://" not in uri:
        return
    yield uri
    start = uri.index("://") + 3
    end = uri.rstrip("/").rfind("/", start)
    while end > 0:
        yield uri[:end]
        end = uri.rfind("/", start, end)


def criterion(scope: Scope, parameter: Parameter, modifier: str | None, values: Sequence[str]) -> Criterion:
    """The criterion of a uri parameter and its modifier."""
    found: list[int] = []
    below: list[Criterion] = []
    for value in values:
        uri = unescape(value)
        if not uri:
            raise messages.VALUE_FORM.error(name=parameter.code, found=value, kind="uri", expected="a URI")
        if modifier == "below" and "://" in uri:
            token = uri.rstrip("/")
            below += [Words(parameter.resource, [rare(path, "below", token)]) for path in parameter.paths]
        each = list(prefixes(uri)) if modifier == "above" else []
        each += [prefix + "/" for prefix in each] + [uri]
        found += [uri_key(path, text) for path in parameter.paths for text in dict.fromkeys(each)]
    exact = Exact(found, 3)
    return either([*below, exact]) if below else exact
