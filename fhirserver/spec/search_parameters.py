"""The search parameters R4 defines."""

from __future__ import annotations

from functools import cache

import msgspec

from fhirserver.spec import rows
from fhirserver.spec.structures import structure


class SearchParameter(msgspec.Struct, frozen=True, omit_defaults=True):
    """searchparameter.html; one definition may serve several resource types (``clinical-patient``)."""

    url: str
    code: str
    base: tuple[str, ...]  #: resource types it is defined for, ``Resource`` and ``DomainResource`` among them
    type: str  #: number, date, string, token, reference, composite, quantity, uri, special
    expression: str | None = (
        None  #: FHIRPath of what is indexed, for all of `base` in one union; None for ``_text`` and the like
    )
    target: tuple[str, ...] = ()  #: resource types a reference parameter may find
    comparator: tuple[str, ...] = ()
    modifier: tuple[str, ...] = ()
    multiple_or: bool | None = None
    multiple_and: bool | None = None
    component: tuple[tuple[str, str], ...] = ()  #: of a composite: (url of the component's parameter, expression)
    xpath_usage: str | None = None  #: normal, phonetic, nearby, distance, other


_decoder = msgspec.json.Decoder(list[SearchParameter])


@cache
def all_search_parameters() -> tuple[SearchParameter, ...]:
    """Every search parameter of R4, in the order of their canonicals."""
    return tuple(rows.read("search_parameters.json", _decoder))


@cache
def _by_base() -> dict[str, dict[str, SearchParameter]]:
    found: dict[str, dict[str, SearchParameter]] = {}
    for parameter in all_search_parameters():
        for base in parameter.base:
            found.setdefault(base, {})[parameter.code] = parameter
    return found


@cache
def search_parameters(type: str) -> dict[str, SearchParameter]:
    """The search parameters of a resource type by code, with those of its base types; KeyError for an unknown type."""
    base = structure(type).base
    inherited = search_parameters(base) if base else {}
    return inherited | _by_base().get(type, {})
