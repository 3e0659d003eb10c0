"""From the name and value of a search parameter to the criterion it asks for."""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import get_close_matches

from fhirserver.outcome import FhirError
from fhirserver.search import messages, names, words
from fhirserver.search.criteria import AnyOf, Chain, Criterion, Has, Listed, Not, Nothing, OneOf, Present, Words, either
from fhirserver.search.indexer import present_word
from fhirserver.search.names import Name, Plain
from fhirserver.search.parameters import Parameter
from fhirserver.search.scope import Scope
from fhirserver.search.types import TYPES
from fhirserver.search.values import split, unescape
from fhirserver.spec.structures import RESOURCE_TYPES
from fhirserver.store.keys import res_key

#: A parameter has no more values than this.
MOST_VALUES = 5000
#: Values that are not looked up as one list (texts, dates, quantities) are a condition each, of which SQLite takes 500.
MOST_CHOICES = 200

_ID = re.compile(r"[A-Za-z0-9\-.]{1,64}").fullmatch


class UnknownParameterError(FhirError):
    """A name that no parameter of the type has: what `Prefer: handling=lenient` lets pass."""


def criterion(scope: Scope, type: str, text: str, value: str) -> Criterion:
    """The criterion of a parameter as it stands in a URL. Raises 400; UnknownParameterError for an unknown name."""
    name = names.parse(text)
    if name is None:
        raise messages.NAME_FORM.error(name=text)
    return of_name(scope, type, name, value)


def of_name(scope: Scope, type: str, name: Name, value: str) -> Criterion:
    """The criterion of a parsed name."""
    if isinstance(name, names.Has):
        return _has(scope, type, name, value)
    if isinstance(name, names.Chain):
        return _chain(scope, type, name, value)
    return _plain(scope, type, name, value)


def _has(scope: Scope, type: str, name: names.Has, value: str) -> Criterion:
    """search.html#has: resources that some other refers to."""
    spelled = names.spelled(name)
    if name.type not in RESOURCE_TYPES:
        raise messages.TYPE_UNKNOWN.error(name=spelled, found=name.type)
    link = parameter(scope, name.type, name.code)
    _must_be_reference(link, spelled)
    inner = of_name(scope, name.type, name.rest, value)
    if link.targets and type not in link.targets:
        return Nothing()
    return Has(type, link.paths, name.type, [inner])


def _chain(scope: Scope, type: str, name: names.Chain, value: str) -> Criterion:
    """search.html#chaining: resources whose reference leads to some other."""
    spelled = names.spelled(name)
    link = parameter(scope, type, name.code)
    _must_be_reference(link, spelled)
    targets: Sequence[str] = link.targets or tuple(sorted(RESOURCE_TYPES))
    if name.type is not None:
        if name.type not in targets:
            raise messages.CHAIN_TYPE_IMPOSSIBLE.error(
                name=spelled, code=name.code, type=type, found=name.type, known=", ".join(targets)
            )
        return Chain(link.paths, name.type, [of_name(scope, name.type, name.rest, value)])
    choices: list[Criterion] = []
    for target in targets:
        try:
            choices.append(Chain(link.paths, target, [of_name(scope, target, name.rest, value)]))
        except UnknownParameterError as error:
            unknown = error
    if not choices:
        if len(targets) == 1:
            raise unknown
        raise messages.CHAIN_NOWHERE.error(
            name=spelled, code=name.code, type=type, known=", ".join(targets), rest=names.spelled(name.rest)
        )
    return either(choices)


def _must_be_reference(found: Parameter, name: str) -> None:
    if found.type != "reference":
        raise messages.CHAIN_NOT_REFERENCE.error(name=name, code=found.code, type=found.resource, kind=found.type)


def parameter(scope: Scope, type: str, code: str) -> Parameter:
    """The parameter of a type. Raises UnknownParameterError with near matches."""
    found = scope.parameter(type, code)
    if found is not None:
        return found
    known = scope.definitions.of(type).parameters
    near = get_close_matches(code, known, n=3, cutoff=0.6)
    if near:
        issue = messages.PARAMETER_UNKNOWN_NEAR.at(type=type, name=code, near=", ".join(near))
    else:
        issue = messages.PARAMETER_UNKNOWN.at(type=type, name=code, known=", ".join(sorted(known)))
    raise UnknownParameterError([issue])


def _plain(scope: Scope, type: str, name: Plain, value: str) -> Criterion:
    if name.code == "_list" and name.modifier is None:  # R4 gives it no SearchParameter
        return _list(scope, type, value)
    found = parameter(scope, type, name.code)
    if "\0" in value:  # no text of a resource holds it, and PostgreSQL takes none
        raise messages.VALUE_FORM.error(name=name.code, found=value, kind=found.type, expected="no character U+0000")
    if name.modifier == "missing":
        return _missing(found, value)
    if name.code == "_id" and name.modifier == "not":
        return Not(_id(scope, type, value))
    if name.code in _SPECIAL:
        if name.modifier is not None:
            raise _modifier(found, name.modifier, ("not",) if name.code == "_id" else ())
        return _SPECIAL[name.code](scope, type, value)
    kind = TYPES[found.type]
    names_type = found.type == "reference" and name.modifier in (found.targets or RESOURCE_TYPES)
    if name.modifier is not None and name.modifier not in kind.modifiers and not names_type:
        raise _modifier(found, name.modifier, kind.modifiers)
    values = split(value, ",")
    if len(values) > MOST_VALUES:
        raise messages.TOO_MANY_VALUES.error(name=name.code, found=len(values), most=MOST_VALUES)
    made = kind.criterion(scope, found, name.modifier, values)
    if isinstance(made, AnyOf) and len(made) > MOST_CHOICES:
        raise messages.TOO_MANY_VALUES.error(name=name.code, found=len(values), most=MOST_CHOICES)
    return made


def _modifier(found: Parameter, modifier: str, known: Sequence[str]) -> Exception:
    offered = ["missing", *known, *((":[type]",) if found.type == "reference" else ())]
    return messages.MODIFIER_UNKNOWN.error(
        name=found.code,
        modifier=modifier,
        kind=found.type,
        known=", ".join(f":{each.removeprefix(':')}" for each in offered),
    )


def _missing(found: Parameter, value: str) -> Criterion:
    """search.html#missing"""
    if value not in ("true", "false"):
        raise messages.VALUE_FORM.error(
            name=f"{found.code}:missing", found=value, kind="boolean", expected="true or false"
        )
    if found.code in ("_id", "_lastUpdated"):  # every resource has them
        return Nothing() if value == "true" else Not(Nothing())
    if found.bit is not None:
        return Present(found.bit, missing=value == "true")
    present = Words(found.resource, [present_word(found)])
    return Not(present) if value == "true" else present


def _id(scope: Scope, type: str, value: str) -> Criterion:
    ids = [unescape(each) for each in split(value, ",")]
    wrong = next((each for each in ids if not _ID(each)), None)
    if wrong is not None:
        raise messages.VALUE_FORM.error(name="_id", found=wrong, kind="token", expected="the id of a resource")
    return OneOf(type, (res_key(type, each) for each in ids))


def _text(scope: Scope, type: str, value: str) -> Criterion:
    return either([words.criterion(type, unescape(each), words.NARRATIVE) for each in split(value, ",")])


def _content(scope: Scope, type: str, value: str) -> Criterion:
    return either([words.criterion(type, unescape(each), "", words.NARRATIVE) for each in split(value, ",")])


def _list(scope: Scope, type: str, value: str) -> Criterion:
    """search.html#list: resources that a List holds."""
    path = scope.definitions.of("List").parameters["item"].paths[0]
    choices = []
    for each in split(value, ","):
        id = unescape(each).removeprefix("List/")
        if id.startswith("$"):
            raise messages.CURRENT_LIST.error(found=id)
        choices.append(Listed(type, res_key("List", id), path))
    return either(choices)


def _filter(scope: Scope, type: str, value: str) -> Criterion:
    from fhirserver.search.filters import parse

    try:
        return parse(scope, type, value)
    except UnknownParameterError as error:  # a part of it is unknown: lenient handling must not drop the whole
        raise FhirError(error.issues) from None


def _query(scope: Scope, type: str, value: str) -> Criterion:
    raise messages.NAMED_QUERY.error(found=value)


def _last_updated(scope: Scope, type: str, value: str) -> Criterion:
    from fhirserver.search import moments

    return moments.criterion(scope, parameter(scope, type, "_lastUpdated"), None, split(value, ","))


_SPECIAL = {
    "_id": _id,
    "_lastUpdated": _last_updated,
    "_text": _text,
    "_content": _content,
    "_filter": _filter,
    "_query": _query,
}
