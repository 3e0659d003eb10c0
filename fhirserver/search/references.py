"""search.html#reference: literal references, canonicals and identifiers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from fhirserver.search import messages
from fhirserver.search.criteria import AllOf, Below, Criterion, Exact, Nothing, Version, Words, either
from fhirserver.search.entries import Entries
from fhirserver.search.hashes import SHORT, text_hash
from fhirserver.search.tokens import comparable
from fhirserver.search.values import split, unescape
from fhirserver.search.words import rare
from fhirserver.spec.structures import RESOURCE_TYPES
from fhirserver.store.keys import res_key

if TYPE_CHECKING:
    from fhirserver.search.parameters import Parameter
    from fhirserver.search.scope import Scope

#: Beside these, the name of a type the parameter may refer to is a modifier: ``subject:Patient=1``.
MODIFIERS = ("identifier", "above", "below")

#: By which reference each type forms a hierarchy, for `:above` and `:below`.
PARENTS: dict[str, str] = {
    "Encounter": "part-of",
    "Location": "partof",
    "Organization": "partof",
    "Procedure": "part-of",
    "Task": "part-of",
}

_LITERAL = re.compile(r"(?:(.*)/)?([A-Z][A-Za-z]+)/([A-Za-z0-9\-.]{1,64})(?:/_history/([A-Za-z0-9\-.]{1,64}))?")
_URIS = frozenset({"canonical", "uri", "url"})
_ID = re.compile(r"[A-Za-z0-9\-.]{1,64}")
#: RFC 3986 section 4.3.
_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:")


class Target(NamedTuple):
    """A resource of this server that a reference names."""

    type: str
    id: str
    version: str

    @property
    def res(self) -> int:
        return res_key(self.type, self.id)


def local(text: str, base_urls: Sequence[str]) -> Target | None:
    """The resource of this server a reference names: relative, or absolute under one of its own addresses."""
    return (_known_local if len(text) <= SHORT else _local)(text, tuple(base_urls))


def _local(text: str, base_urls: tuple[str, ...]) -> Target | None:
    match = _LITERAL.fullmatch(text)
    if match is None or match[2] not in RESOURCE_TYPES:
        return None
    if match[1] is not None and match[1] not in base_urls:
        return None
    return Target(match[2], match[3], match[4] or "")


_known_local = lru_cache(maxsize=16384)(_local)


def target_key(path: int, res: int) -> int:
    """The key in `ix` of a reference to a resource; SQL computes the same when it follows references."""
    return path ^ res


def uri_key(path: int, uri: str) -> int:
    """The key in `ix` of a uri, or of a reference to something that is not on this server."""
    return path ^ text_hash("uri", uri)


def keys(entries: Entries, path: int, value: Any, type: str) -> set[int]:
    """The keys a reference is found by."""
    if type in ("Reference", "CodeableReference"):
        text = value.get("reference")
        found = local(text, entries.setting.base_urls) if isinstance(text, str) else None
        if found is not None:
            return {target_key(path, found.res)}
        return {uri_key(path, text)} if isinstance(text, str) and not text.startswith("#") else set()
    if isinstance(value, str):
        found = local(value, entries.setting.base_urls)
        own = {target_key(path, found.res)} if found is not None else set()
        return own | {uri_key(path, each) for each in (value, value.partition("|")[0])}
    if isinstance(value, dict) and "resourceType" in value and "id" in value:
        return {target_key(path, res_key(value["resourceType"], value["id"]))}
    return set()


def index(entries: Entries, path: int, value: Any, type: str) -> None:
    """Add the entries of one value: a Reference, a canonical or uri, or the resource itself (Bundle.entry[0])."""
    text = value if isinstance(value, str) else value.get("reference")
    found = local(text, entries.setting.base_urls) if isinstance(text, str) else None
    if found is not None:
        res = found.res
        entries.exact.add(target_key(path, res))
        entries.targets.add((path, res, found.version))
    if found is None or isinstance(value, str):
        entries.exact |= keys(entries, path, value, type)
    if isinstance(value, dict) and "identifier" in value and type == "Reference":
        _index_identifier(entries, path, value["identifier"])


def _index_identifier(entries: Entries, path: int, identifier: Any) -> None:
    """What `:identifier` looks at."""
    if isinstance(identifier, dict) and "value" in identifier:
        identity = comparable(identifier["value"])
        entries.rare.add(rare(path, "identifier", identifier.get("system", ""), identity))
        entries.rare.add(rare(path, "identifier-value", identity))


def criterion(scope: Scope, parameter: Parameter, modifier: str | None, values: Sequence[str]) -> Criterion:
    """The criterion of a reference parameter and its modifier."""
    if modifier == "identifier":
        return either([_identifier(parameter, value) for value in values])
    if modifier in ("above", "below"):
        return either([_hierarchy(scope, parameter, modifier, unescape(value)) for value in values])
    types = (modifier,) if modifier else parameter.targets
    found: list[int] = []
    versions: list[Criterion] = []
    for value in values:
        target = local(unescape(value), scope.setting.base_urls)
        if target is not None and modifier and target.type != modifier:
            continue
        if target is not None and target.version:
            versions.append(_versioned(parameter, target))
        else:
            found += _keys(scope, parameter, types, unescape(value))
    plain: Criterion = Exact(found, _weight(parameter)) if found else Nothing()
    if not versions:
        return plain
    return either([*versions, plain]) if found else either(versions)


def _weight(parameter: Parameter) -> int:
    return 2 if "Patient" in parameter.targets else 3


def sought(scope: Scope, parameter: Parameter, text: str) -> list[int]:
    """The keys that a search value without modifier finds."""
    return _keys(scope, parameter, parameter.targets, text)


def _keys(scope: Scope, parameter: Parameter, types: Sequence[str], text: str) -> list[int]:
    if not text:
        raise _form(parameter, text)
    target = local(text, scope.setting.base_urls)
    if target is not None:
        # a type the parameter cannot refer to is no error: such a reference is simply not there
        return [target_key(path, target.res) for path in parameter.paths]
    if _ID.fullmatch(text):
        found = [target_key(path, res_key(type, text)) for type in types for path in parameter.paths]
        # a canonical may be any text; a Reference is never an id alone
        uris = any(slot.type in _URIS for slot in parameter.slots)
        return found + [uri_key(path, text) for path in parameter.paths] if uris else found
    if not _ABSOLUTE.match(text) and all(slot.type == "Reference" for slot in parameter.slots):
        raise _form(parameter, text)
    return [uri_key(path, text) for path in parameter.paths]


def _versioned(parameter: Parameter, target: Target) -> Criterion:
    keys = Exact([target_key(path, target.res) for path in parameter.paths], 2)
    return AllOf(parameter.resource, [keys, Version(parameter.paths, target.res, target.version)])


def _identifier(parameter: Parameter, value: str) -> Criterion:
    """search.html#reference: `:identifier` looks at Reference.identifier, as a token."""
    parts = [unescape(part) for part in split(value, "|")]
    if len(parts) > 2 or not parts[-1]:
        raise messages.VALUE_FORM.error(
            name=f"{parameter.code}:identifier", found=value, kind="reference", expected="system|value"
        )
    identity = comparable(parts[-1])
    if len(parts) == 1:
        tokens = [rare(path, "identifier-value", identity) for path in parameter.paths]
    else:
        tokens = [rare(path, "identifier", parts[0], identity) for path in parameter.paths]
    return either([Words(parameter.resource, [token]) for token in tokens])


def _hierarchy(scope: Scope, parameter: Parameter, modifier: str, text: str) -> Criterion:
    targets = [type for type in parameter.targets if type in PARENTS]
    target = local(text, scope.setting.base_urls)
    if target is None and len(targets) == 1 and _ID.fullmatch(text):
        target = Target(targets[0], text, "")
    if target is None or target.type not in targets:
        raise messages.HIERARCHY_UNKNOWN.error(
            name=parameter.code, modifier=modifier, known=", ".join(targets) or ", ".join(PARENTS)
        )
    parent = scope.definitions.of(target.type).parameters[PARENTS[target.type]].paths[0]
    return Below(parameter.paths, parent, target.res, up=modifier == "above")


def _form(parameter: Parameter, value: str) -> Exception:
    return messages.VALUE_FORM.error(
        name=parameter.code, found=value, kind="reference", expected="id, Type/id or an absolute URL"
    )
