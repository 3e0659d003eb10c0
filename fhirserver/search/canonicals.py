"""Canonicals for `_include` and `_revinclude` (references.html#canonical): resources found by their `url`.

The index leads from a url to those that have or name it. Which urls a resource names stands in its body, which a page
has at hand anyway.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from fhirserver.conformance import canonical
from fhirserver.conformance.canonical import Canonical
from fhirserver.conformance.layers import KINDS
from fhirserver.resource import json
from fhirserver.search.parameters import Branch, Definitions, Parameter
from fhirserver.search.references import local, uri_key
from fhirserver.search.sql import Dialect, Sql, among
from fhirserver.store.rows import METHODS, Version
from fhirserver.store.store import Reads
from fhirserver.store.type_numbers import TYPE_NAME

_CANONICAL = frozenset({"canonical", "uri"})
_COLUMNS = "r.type, r.id, r.version, r.last_updated, r.method, r.body"


def branches(parameter: Parameter) -> list[Branch]:
    """Those branches of a reference parameter whose values are canonicals."""
    return [each for each in parameter.branches if any(slot.type in _CANONICAL for slot in each.slots)]


def named(
    definitions: Definitions, versions: Iterable[Version], code: str | None, base_urls: Sequence[str]
) -> Iterator[Canonical]:
    """The canonicals that resources name in a parameter (None: in any)."""
    for version in versions:
        known = definitions.of(version.type)
        wanted = (
            parameter
            for parameter in known.parameters.values()
            if parameter.type == "reference" and code in (None, parameter.code)
        )
        leading = [branch for parameter in wanted for branch in branches(parameter)]
        if not leading or version.body is None:
            continue
        resource = json.decode(version.body)
        found = known.tree.gather(resource)
        for branch in leading:
            for value, _ in branch.values(resource, found):
                if isinstance(value, str) and local(value, base_urls) is None:
                    yield canonical.parse(value)


def of_urls(
    reads: Reads, definitions: Definitions, wanted: Iterable[Canonical], types: Iterable[str], most: int
) -> list[Version]:
    """The resources of some types that canonicals mean: the version that is named, the newest where none is."""
    asked = list(dict.fromkeys(Canonical(each.url, each.version) for each in wanted if each.url))
    paths = [path for type in sorted(KINDS.intersection(types)) for path in _url_paths(definitions, type)]
    keys = sorted({uri_key(path, each.url) for each in asked for path in paths})
    if not keys:
        return []
    statement = _holding(reads.dialect, keys, most)
    by_url: dict[str, list[tuple[Mapping[str, Any], Version]]] = {}
    for row in reads.select(statement.text, statement.params):
        version = _version(row)
        resource = json.decode(row[5])
        by_url.setdefault(resource.get("url", ""), []).append((resource, version))
    chosen = (_meant(by_url.get(each.url, ()), each) for each in asked)
    return list({each.identity: each for each in chosen if each is not None}.values())


def _meant(found: Iterable[tuple[Mapping[str, Any], Version]], asked: Canonical) -> Version | None:
    fitting = [
        (canonical.rank(resource.get("version")), version.last_updated, version)
        for resource, version in found
        if asked.version is None or canonical.matches(resource.get("version"), asked.version)
    ]
    return max(fitting, key=lambda each: each[:2])[2] if fitting else None


def _url_paths(definitions: Definitions, type: str) -> list[int]:
    found = definitions.of(type).parameters.get("url")
    return found.paths if found is not None and found.type == "uri" else []


def naming(
    reads: Reads, definitions: Definitions, versions: Iterable[Version], source: str, code: str | None, most: int
) -> list[Version]:
    """The resources of a type that name one of these by its url in a parameter (None: in any)."""
    known = definitions.of(source).parameters.values()
    leading = [
        branch.key
        for parameter in known
        if parameter.type == "reference" and code in (None, parameter.code)
        for branch in branches(parameter)
    ]
    if not leading:
        return []
    resources = [json.decode(each.body) for each in versions if each.type in KINDS and each.body is not None]
    own = {(resource["url"], resource.get("version")) for resource in resources if "url" in resource}
    # a canonical with a version is in the index without it too
    keys = sorted({uri_key(path, url) for path in leading for url, _ in own})
    if not keys:
        return []
    statement = _holding(reads.dialect, keys, most)
    found = [_version(row) for row in reads.select(statement.text, statement.params)]
    return [each for each in found if any(_names(one, own) for one in named(definitions, [each], code, ()))]


def _names(named: Canonical, own: Iterable[tuple[str, str | None]]) -> bool:
    return any(
        named.url == url and (named.version is None or canonical.matches(version, named.version))
        for url, version in own
    )


def _holding(on: Dialect, keys: Sequence[int], most: int) -> Sql:
    inner = among(on, "x.v", keys).wrap("SELECT DISTINCT x.res FROM ix x WHERE ", "")
    head = f"SELECT {_COLUMNS} FROM ("
    return inner.wrap(head, f") found JOIN resource r ON r.res = found.res ORDER BY r.res LIMIT {most + 1}")


def _version(row: Sequence[Any]) -> Version:
    return Version(TYPE_NAME[row[0]], row[1], row[2], row[3], METHODS[row[4]], row[5])
