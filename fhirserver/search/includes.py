"""`_include` and `_revinclude` (search.html#revinclude): a statement for each, again for each round of `:iterate`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from fhirserver.conformance.layers import KINDS
from fhirserver.search import canonicals, messages, understand
from fhirserver.search.scope import Scope
from fhirserver.search.sql import Dialect, Sql, among, keys, xor
from fhirserver.spec.structures import RESOURCE_TYPES
from fhirserver.store.rows import METHODS, Version
from fhirserver.store.store import Reads
from fhirserver.store.type_numbers import TYPE_NAME, TYPE_NUMBER

#: A page brings no more included resources than this.
MOST = 1000
#: Rounds of `:iterate`.
_ROUNDS = 10
_COLUMNS = "r.type, r.id, r.version, r.last_updated, r.method, r.body"


@dataclass(frozen=True, slots=True)
class Include:
    """One `_include` or `_revinclude`; `code` and `paths` are the parameter and the references followed, None for all.

    `targets`: the types its canonicals can mean, () where it has none.
    """

    reverse: bool
    source: str | None
    paths: tuple[int, ...] | None
    target: str | None
    iterate: bool
    code: str | None = None
    targets: frozenset[str] = KINDS


def parse(scope: Scope, name: str, value: str, *, iterate: bool) -> Include:
    """``Type:parameter``, ``Type:parameter:Target``, ``Type:*`` or ``*``. Raises 400."""
    reverse = name == "_revinclude"
    parts = value.split(":")
    if value == "*":
        return Include(reverse, None, None, None, iterate)
    if not 2 <= len(parts) <= 3 or not all(parts):
        raise messages.INCLUDE_FORM.error(name=name, found=value, example="Observation:subject:Patient")
    for type in (parts[0], *parts[2:]):
        if type not in RESOURCE_TYPES:
            raise messages.TYPE_UNKNOWN.error(name=name, found=type)
    target = parts[2] if len(parts) == 3 else None
    if parts[1] == "*":
        return Include(reverse, parts[0], None if not reverse else _all_paths(scope, parts[0]), target, iterate)
    found = understand.parameter(scope, parts[0], parts[1])
    if found.type != "reference":
        raise messages.INCLUDE_FORM.error(name=name, found=value, example="Observation:subject:Patient")
    if target is not None and found.targets and target not in found.targets:
        raise messages.CHAIN_TYPE_IMPOSSIBLE.error(
            name=f"{name}={value}", code=parts[1], type=parts[0], found=target, known=", ".join(found.targets)
        )
    only = {branch.only for branch in found.branches}
    if target is None and len(only) == 1:
        target = next(iter(only))
    targets: frozenset[str] = frozenset()
    if canonicals.branches(found):
        targets = KINDS.intersection(found.targets or KINDS)
    return Include(reverse, parts[0], tuple(found.paths), target, iterate, found.code, targets)


def _all_paths(scope: Scope, type: str) -> tuple[int, ...]:
    known = scope.definitions.of(type).parameters.values()
    return tuple({path for each in known if each.type == "reference" for path in each.paths})


def gather(
    reads: Reads, scope: Scope, wanted: Sequence[Include], matches: Sequence[Version]
) -> tuple[list[Version], bool]:
    """The resources to include beside the matches, none twice, and whether some were left out."""
    found: dict[tuple[str, str, int | None], Version] = {}
    current = {version.identity for version in matches}
    fresh = list(matches)
    for round in range(_ROUNDS):
        applied = [each for each in wanted if each.iterate or round == 0]
        if not applied or not fresh:
            break
        added = [version for each in applied for version in _follow(reads, scope, each, fresh)]
        fresh = []
        for version, pinned in added:
            key = (*version.identity, version.version if pinned else None)
            if key in found or (not pinned and version.identity in current):
                continue
            found[key] = version
            fresh.append(version)
            if len(found) > MOST:
                return list(found.values())[:MOST], True
    return list(found.values()), False


def _follow(reads: Reads, scope: Scope, wanted: Include, versions: Iterable[Version]) -> list[tuple[Version, bool]]:
    """One step from some resources; with each version whether the reference named it."""
    if wanted.reverse:
        targets = [each for each in versions if wanted.target in (None, each.type)]
        found = _backward(reads, scope, wanted, [each.res for each in targets]) if targets else []
        return found + [(each, False) for each in _by_url_backward(reads, scope, wanted, targets)]
    sources = [each for each in versions if wanted.source in (None, each.type)]
    found = _forward(reads, wanted, [each.res for each in sources]) if sources else []
    return found + [(each, False) for each in _by_url(reads, scope, wanted, sources)]


def _by_url(reads: Reads, scope: Scope, wanted: Include, sources: Iterable[Version]) -> list[Version]:
    """What is named by a canonical."""
    types = wanted.targets if wanted.target is None else wanted.targets & {wanted.target}
    if not types:
        return []
    named = canonicals.named(scope.definitions, sources, wanted.code, scope.setting.base_urls)
    return canonicals.of_urls(reads, scope.definitions, named, types, MOST)


def _by_url_backward(reads: Reads, scope: Scope, wanted: Include, targets: Sequence[Version]) -> list[Version]:
    """What names one of these by a canonical."""
    if not wanted.targets or not any(each.type in wanted.targets for each in targets):
        return []
    sources = [wanted.source] if wanted.source is not None else sorted(RESOURCE_TYPES)
    return [
        version
        for source in sources
        for version in canonicals.naming(reads, scope.definitions, targets, source, wanted.code, MOST)
    ]


def _forward(reads: Reads, wanted: Include, chosen: Sequence[int]) -> list[tuple[Version, bool]]:
    on = reads.dialect
    where = among(on, "t.res", sorted(chosen))
    if wanted.paths is not None:
        where = where.then(among(on, "t.path", wanted.paths).wrap(" AND ", ""))
    links = where.wrap("SELECT DISTINCT t.target, t.version FROM ix_target t WHERE ", "")
    head = f"SELECT t.version, {_COLUMNS} FROM ("
    select = links.wrap(head, ") t JOIN resource r ON r.res = t.target WHERE r.body IS NOT NULL")
    if wanted.target is not None:
        select = select.then(Sql(" AND r.type = ?", (TYPE_NUMBER[wanted.target],)))
    found = []
    for version, *row in reads.select(select.text, select.params):
        current = _version(row)
        if not version:
            found.append((current, False))
        elif version.isdigit():
            pinned = current if version == str(current.version) else reads.vread(*current.identity, int(version))
            if pinned is not None and pinned.body is not None:
                found.append((pinned, True))
    return found


def _backward(reads: Reads, scope: Scope, wanted: Include, chosen: Sequence[int]) -> list[tuple[Version, bool]]:
    on = reads.dialect
    paths = wanted.paths
    if paths is None:
        paths = tuple({path for type in RESOURCE_TYPES for path in _all_paths(scope, type)})
    select = _referrers(on, sorted(chosen), paths)
    return [(_version(row), False) for row in reads.select(select.text, select.params)]


def _referrers(on: Dialect, chosen: Sequence[int], paths: Sequence[int]) -> Sql:
    link = xor(on, "target.key", "path.key")
    source = keys(on, chosen, "target").then(Sql(" CROSS JOIN ")).then(keys(on, paths, "path"))
    inner = source.wrap("SELECT DISTINCT x.res FROM ", f" CROSS JOIN ix x WHERE x.v = {link}")
    return inner.wrap(
        f"SELECT {_COLUMNS} FROM (", f") found JOIN resource r ON r.res = found.res ORDER BY r.res LIMIT {MOST + 1}"
    )


def _version(row: Sequence[Any]) -> Version:
    return Version(TYPE_NAME[row[0]], row[1], row[2], row[3], METHODS[row[4]], row[5])
