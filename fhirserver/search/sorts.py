"""`_sort` (search.html#sort) as keys of an order."""

from __future__ import annotations

from collections.abc import Sequence

from fhirserver.search import messages
from fhirserver.search.main_dates import MAIN_DATES, MISSING
from fhirserver.search.order import ByKeys, ByMainDate, Key, Order
from fhirserver.search.parameters import Parameter
from fhirserver.search.scope import Scope
from fhirserver.search.tokens import code_key
from fhirserver.search.understand import UnknownParameterError

#: Where in a value of a type the text lies that a token or reference is sorted by.
_PLACES: dict[str, tuple[str, ...]] = {
    "CodeableConcept": ("coding[]", "code"),
    "Coding": ("code",),
    "Identifier": ("value",),
    "ContactPoint": ("value",),
    "Reference": ("reference",),
}

#: valueset-request-priority.html, each more urgent than the one before: sorted by that, not by letter.
_PRIORITIES = ("routine", "urgent", "asap", "stat")

_UNSORTED = ("composite", "special")
#: Their rows hold what they are sorted by; of others the body does.
_WITH_ROWS = ("string", "date", "number", "quantity")


def order(scope: Scope, types: Sequence[str], text: str) -> Order:
    """The order `_sort` asks for on these types. Raises 400 for what cannot be sorted by."""
    names = [name.strip() for name in text.split(",")]
    if len(names) == 1 and all(MAIN_DATES.get(type) == names[0].removeprefix("-") for type in types):
        return ByMainDate(descending=names[0].startswith("-"))
    return ByKeys(tuple(_key(scope, types, name) for name in names))


def _key(scope: Scope, types: Sequence[str], name: str) -> Key:
    descending, code = name.startswith("-"), name.removeprefix("-")
    if code == "_id":
        return Key(code, descending, "resource", "u.id")
    if code == "_lastUpdated":
        return Key(code, descending, "resource", "u.last_updated")
    found = [scope.parameter(type, code) for type in types]
    parameters = [each for each in found if each is not None and _is_sorted(each)]
    if len(parameters) < len(types):
        type = types[0]
        known = (each.code for each in scope.definitions.of(type).parameters.values() if _is_sorted(each))
        raise UnknownParameterError([messages.SORT_UNKNOWN.at(type=type, found=name, known=", ".join(sorted(known)))])
    return _of(code, descending, parameters)


def _is_sorted(parameter: Parameter) -> bool:
    """What is computed (``deceased``) is in no body."""
    if parameter.code in ("_id", "_lastUpdated"):
        return True
    return parameter.type not in _UNSORTED and (parameter.type in _WITH_ROWS or bool(parameter.slots))


def _of(code: str, descending: bool, parameters: Sequence[Parameter]) -> Key:
    first = parameters[0]
    if all(each.main for each in parameters):
        return Key(code, descending, "ix_resource", f"nullif(u.d, {MISSING})")
    paths = tuple(path for each in parameters for path in each.paths)
    if first.type == "string":
        return Key(code, descending, "ix_string", "u.s", paths)
    if first.type == "date":
        return Key(code, descending, "ix_date", "u.lo", paths)
    if first.type in ("number", "quantity"):
        return Key(code, descending, "ix_number", "u.lo", paths)
    if code == "priority" and all(slot.type == "code" for each in parameters for slot in each.slots):
        ranks = tuple(tuple(code_key(path, each) for path in paths) for each in _PRIORITIES)
        return Key(code, descending, "ix", ranks=ranks)
    places = ((*slot.members, *_PLACES.get(slot.type, ())) for each in parameters for slot in each.slots)
    return Key(code, descending, "body", places=tuple(dict.fromkeys(places)))
