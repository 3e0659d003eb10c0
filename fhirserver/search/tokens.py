"""search.html#token: codes, identifiers, contact points, booleans."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from fhirserver.resource import json
from fhirserver.search import messages
from fhirserver.search.criteria import Criterion, Exact, Not, Nothing, Words, either
from fhirserver.search.entries import Entries
from fhirserver.search.hashes import text_hash
from fhirserver.search.values import split, unescape
from fhirserver.search.words import display_words, rare, text_criterion
from fhirserver.spec.codes import codings

if TYPE_CHECKING:
    from fhirserver.search.parameters import Branch, Parameter
    from fhirserver.search.scope import Scope

MODIFIERS = ("text", "not", "above", "below", "in", "not-in", "of-type")

#: Types whose text is compared without regard to case: search.html#token leaves contact points to the server.
_FOLDED = frozenset({"string", "markdown"})
#: Types whose values have no system of their own.
_BARE = frozenset({"code", "boolean", "id", "uri", "canonical", "url", "oid", "uuid", "string", "markdown"})
#: Types whose values are the same in many resources.
_RECURRING = frozenset({"CodeableConcept", "Coding"})
#: No more bytes than this are kept in memory of one.
_SHORT = 1000
#: valueset-contact-point-system.html, and none: so few that a contact point without its system is sought under each.
_CONTACT_SYSTEMS = ("", "phone", "fax", "email", "pager", "url", "sms", "other")
_TRUTHS = ("true", "false")
#: GB 11643: the last character of a resident identity number is a digit or X, and x is written for X.
_RESIDENT = re.compile(r"\d{17}x").fullmatch


def comparable(value: str) -> str:
    """An identifier's value as it is compared. A 15-digit identity number stays one: it never equals 18 digits."""
    return value.upper() if len(value) == 18 and value[-1] == "x" and _RESIDENT(value) else value


def code_key(path: int, code: str) -> int:
    """Any system."""
    return path ^ text_hash("code", code)


def system_key(path: int, system: str, code: str) -> int:
    """This system; "" is none."""
    return code_key(path, code) ^ text_hash("system", system)


def pairs(value: Any, type: str) -> Iterator[tuple[str | None, str | None]]:
    """(system, code) of each coding in a value. system None: the type has none; code None: only a system is there."""
    if type == "CodeableConcept":
        for coding in value.get("coding", ()):
            yield from pairs(coding, "Coding")
    elif type == "Coding":
        if "code" in value or "system" in value:
            yield value.get("system", ""), value.get("code")
    elif type == "Identifier":
        if "value" in value or "system" in value:
            found = value.get("value")
            yield value.get("system", ""), None if found is None else comparable(found)
    elif type == "ContactPoint":
        if "value" in value:
            yield value.get("system", ""), value["value"].lower()
    elif type == "boolean":
        yield None, "true" if value else "false"
    elif isinstance(value, str):
        yield None, value.lower() if type in _FOLDED else value


def keys(path: int, value: Any, type: str) -> Iterator[int]:
    """The keys a value is found by."""
    for system, code in pairs(value, type):
        if code is not None:
            yield from _keys(path, system, code, type)


def _keys(path: int, system: str | None, code: str, type: str) -> tuple[int, ...]:
    any_system = code_key(path, code)
    if system is None:
        return (any_system,)
    this_system = any_system ^ text_hash("system", system)
    return (this_system,) if type == "ContactPoint" else (any_system, this_system)


class _Made(NamedTuple):
    """What one value adds to the entries."""

    exact: set[int]
    rare: set[str]
    shown: list[str]


def index(entries: Entries, path: int, value: Any, type: str) -> None:
    """Add the entries of one value. Concepts come again and again: what one adds is remembered by its JSON."""
    text = json.encode(value) if type in _RECURRING else b""
    made = _known(path, text, type) if 0 < len(text) <= _SHORT else _made(path, value, type)
    entries.exact.update(made.exact)
    entries.rare.update(made.rare)
    entries.shown.extend(made.shown)


@lru_cache(maxsize=8192)
def _known(path: int, text: bytes, type: str) -> _Made:
    return _made(path, json.parse(text), type)


def _made(path: int, value: Any, type: str) -> _Made:
    made = _Made(set(), set(), [])
    for system, code in pairs(value, type):
        if code is not None:
            made.exact.update(_keys(path, system, code, type))
        if system:
            made.rare.add(_system_word(path, system))
    if type in ("CodeableConcept", "Coding", "Identifier"):
        _add_texts(made, path, value, type)
    return made


@lru_cache(maxsize=8192)
def _system_word(path: int, system: str) -> str:
    return rare(path, "system", system)


def _add_texts(made: _Made, path: int, value: Mapping[str, Any], type: str) -> None:
    """What `:text` and `:of-type` look at."""
    texts = [value.get("text"), value.get("display")]
    if type == "Identifier":
        kind = value.get("type") or {}
        texts = [kind.get("text")]
        for coding in kind.get("coding", ()):
            if "value" in value and "code" in coding:
                of_type = (coding.get("system", ""), coding["code"], comparable(value["value"]))
                made.rare.add(rare(path, "of-type", *of_type))
    texts += [coding.get("display") for coding in value.get("coding", ())]
    for text in texts:
        if isinstance(text, str):
            made.shown.append(display_words(path, text))


def criterion(scope: Scope, parameter: Parameter, modifier: str | None, values: Sequence[str]) -> Criterion:
    """The criterion of a token parameter and its modifier."""
    if modifier == "text":
        paths = parameter.paths
        return either([text_criterion(parameter.resource, paths, unescape(value)) for value in values])
    if modifier == "of-type":
        return either([_of_type(parameter, value) for value in values])
    if modifier in ("in", "not-in"):
        found = _exact(parameter, _members(scope, parameter, modifier, values))
        return Not(found) if modifier == "not-in" else found
    if modifier in ("above", "below"):
        return _exact(parameter, _family(scope, parameter, modifier, values))
    found = _plain(parameter, values)
    return Not(found) if modifier == "not" else found


def _plain(parameter: Parameter, values: Sequence[str]) -> Criterion:
    keys: list[int] = []
    choices: list[Criterion] = []
    for value in values:
        parts = [unescape(part) for part in split(value, "|")]
        if len(parts) > 2 or not any(parts):
            raise _form(parameter, value)
        if parts[-1] not in _TRUTHS and _is_truth(parameter):
            raise messages.VALUE_FORM.error(name=parameter.code, found=value, kind="token", expected="true or false")
        if len(parts) == 2 and not parts[1]:
            choices.append(_whole_system(parameter, parts[0]))
        else:
            keys += key_of(parameter, *parts)
    if keys or not choices:
        choices.append(Exact(keys, weight(parameter)) if keys else Nothing())
    return either(choices)


def _is_truth(parameter: Parameter) -> bool:
    """Whether all its values are true or false. What is computed is not known before."""
    return bool(parameter.slots) and all(slot.type == "boolean" for slot in parameter.slots)


def weight(parameter: Parameter) -> int:
    """How selective a parameter of this kind tends to be."""
    return 1 if any(slot.type == "Identifier" for slot in parameter.slots) else 4


def key_of(parameter: Parameter, *parts: str) -> list[int]:
    """The keys that ``code``, ``system|code`` or ``|code`` finds: one for each path of the parameter."""
    code = comparable(parts[-1])
    found = []
    for branch in parameter.branches:
        types = {slot.type for slot in branch.slots} or {"boolean"}
        if not branch.slots or types & {"ContactPoint", "Extension"}:
            found += _contact_keys(branch, None if len(parts) == 1 else parts[0], code.lower())
        if types == {"ContactPoint"}:
            continue
        if len(parts) == 1:
            found.append(code_key(branch.key, code))
        elif types & _BARE:
            if not parts[0] or _bound(branch.systems, parts[0], code):
                found.append(code_key(branch.key, code))
            continue
        else:
            found.append(system_key(branch.key, parts[0], code))
        if types & _FOLDED:
            found.append(code_key(branch.key, code.lower()))
    return found


def _contact_keys(branch: Branch, system: str | None, value: str) -> list[int]:
    """A contact point has one key, with its system in it; `system` None for any."""
    systems = _CONTACT_SYSTEMS if system is None else (system,)
    return [system_key(branch.key, each, value) for each in systems if branch.system in (None, each)]


def _bound(value_sets: Sequence[str], system: str, code: str) -> bool:
    """Whether a code of a bound element can be of a system; unknown bindings are given the benefit of the doubt."""
    known = [codings(value_set) for value_set in value_sets]
    return not known or any(systems is None or code in systems.get(system, ()) for systems in known)


def _whole_system(parameter: Parameter, system: str) -> Criterion:
    """``system|``: any code of a system."""
    paths = {branch.key for branch in parameter.branches if branch.system in (None, system)}
    choices: list[Criterion] = [Words(parameter.resource, [rare(path, "system", system)]) for path in sorted(paths)]
    found: list[int] = []
    for branch in parameter.branches:
        for value_set in branch.systems:
            found += [code_key(branch.key, code) for code in (codings(value_set) or {}).get(system, ())]
    if found:
        choices.append(Exact(found, 4))
    return either(choices)


def _of_type(parameter: Parameter, value: str) -> Criterion:
    """search.html#token: ``[system]|[code]|[value]`` of Identifier.type and Identifier.value."""
    parts = [unescape(part) for part in split(value, "|")]
    if len(parts) != 3 or not all(parts):
        raise messages.VALUE_FORM.error(
            name=f"{parameter.code}:of-type", found=value, kind="token", expected="system|code|value"
        )
    parts[2] = comparable(parts[2])
    return either([Words(parameter.resource, [rare(key, "of-type", *parts)]) for key in parameter.paths])


def _exact(parameter: Parameter, members: Sequence[tuple[str, str]]) -> Criterion:
    found = [key for system, code in members for key in key_of(parameter, system, code)]
    return Exact(found, 5) if found else Nothing()


def _members(scope: Scope, parameter: Parameter, modifier: str, values: Sequence[str]) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for value in values:
        members = scope.terminology.members(unescape(value)) if scope.terminology else None
        if members is None:
            raise messages.TERMINOLOGY_ABSENT.error(name=parameter.code, modifier=modifier, found=value)
        found += members
    return found


def _family(scope: Scope, parameter: Parameter, modifier: str, values: Sequence[str]) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for value in values:
        parts = [unescape(part) for part in split(value, "|")]
        if len(parts) != 2 or not all(parts):
            raise messages.VALUE_FORM.error(
                name=f"{parameter.code}:{modifier}", found=value, kind="token", expected="system|code"
            )
        if scope.terminology is None:
            raise messages.TERMINOLOGY_ABSENT.error(name=parameter.code, modifier=modifier, found=parts[0])
        family = scope.terminology.family(parts[0], parts[1], up=modifier == "above")
        found += [(parts[0], code) for code in family]
    return found


def _form(parameter: Parameter, value: str) -> Exception:
    return messages.VALUE_FORM.error(
        name=parameter.code, found=value, kind="token", expected="code, system|code, |code or system|"
    )
