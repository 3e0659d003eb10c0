"""The query parameters of interactions: what is known where, once only, and near matches for what is not known."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from fhirserver.interactions import messages
from fhirserver.resource import json, subset

if TYPE_CHECKING:
    from fhirserver.interactions.message import Request

#: http.html#parameters: "defined for use with all of the interactions". The doors use _format and _pretty.
GENERAL = ("_format", "_pretty", "_summary", "_elements")
#: search.html#summary; count is for Bundles only.
SUMMARIES = ("true", "text", "data", "false")

_NONE: Mapping[str, str] = {}


def parse(request: Request, known: Iterable[str] = ()) -> Mapping[str, str]:
    """The parameters of a request, each with its value.

    Raises 400 for one that is neither general nor `known` (unless Prefer: handling=lenient) and for a repeated one.
    """
    if not request.query:
        return _NONE
    names = (*known, *GENERAL)
    values: dict[str, str] = {}
    for name, value in request.query:
        if name in values:
            raise messages.PARAMETER_REPEATED.error(name=name)
        if name in names:
            values[name] = value
        elif not request.preferences.lenient:
            raise _unknown(name, names)
    return values


def divided(request: Request) -> tuple[Request, Mapping[str, str]]:
    """A request with the criteria alone in its query, and the general parameters that stood beside them.

    ``{type}/{id}`` takes no criteria: there the rest is refused as :func:`parse` does.
    """
    if len(request.path) > 1 or not request.query:
        return request, parse(request)
    general = [pair for pair in request.query if pair[0] in GENERAL]
    asked = replace(request, query=[pair for pair in request.query if pair[0] not in GENERAL])
    return asked, parse(replace(request, query=general))


def _unknown(name: str, known: tuple[str, ...]) -> Exception:
    near = get_close_matches(name, known, n=3, cutoff=0.6)
    if near:
        return messages.PARAMETER_UNKNOWN_NEAR.error(name=name, near=", ".join(near))
    return messages.PARAMETER_UNKNOWN.error(name=name, known=", ".join(known))


def choice(values: Mapping[str, str], name: str, choices: tuple[str, ...], default: str) -> str:
    """The value of a parameter that is one of a few words; raises 400 for another."""
    value = values.get(name, default)
    if value not in choices:
        raise messages.PARAMETER_VALUE.error(name=name, found=value, expected=" | ".join(choices))
    return value


def selection(
    values: Mapping[str, str], type: str | None, *, summaries: tuple[str, ...] = SUMMARIES
) -> Selection | None:
    """Which part of each resource _summary and _elements ask for; None for all of it.

    Raises 400 for elements that `type` does not have; None for resources of several types.
    """
    summary = choice(values, "_summary", summaries, "false")
    elements = values.get("_elements", "").strip()
    if elements and type is not None:
        return Selection(summary, subset.element_names(elements, type))
    if elements:
        return Selection(summary, frozenset(name.strip() for name in elements.split(",")))
    return None if summary in ("false", "count") else Selection(summary)


@dataclass(frozen=True, slots=True)
class Selection:
    """A part of a resource (search.html#summary, search.html#elements); `elements` count where both are asked for."""

    summary: str
    elements: frozenset[str] = frozenset()

    def of(self, resource: dict[str, Any]) -> dict[str, Any]:
        """The part of a resource, tagged SUBSETTED."""
        if self.elements:
            return subset.elements(resource, self.elements)
        return subset.summary(resource, self.summary)

    def of_body(self, body: bytes) -> bytes:
        return json.encode(self.of(json.decode(body)))
