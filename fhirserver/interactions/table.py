"""THE route table: what can be asked of the server, by whichever door, and what its CapabilityStatement says."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any, Literal

from fhirserver.interactions import asynchronous, messages
from fhirserver.interactions.brought import read, search_type
from fhirserver.interactions.capabilities import capabilities
from fhirserver.interactions.context import Context
from fhirserver.interactions.create import create
from fhirserver.interactions.delete import delete
from fhirserver.interactions.history import history_instance, history_system, history_type
from fhirserver.interactions.message import Request, Response
from fhirserver.interactions.patch import patch
from fhirserver.interactions.search import search_compartment, search_system
from fhirserver.interactions.transaction import post_bundle
from fhirserver.interactions.update import update
from fhirserver.interactions.vread import vread
from fhirserver.spec.operations import Operation
from fhirserver.spec.structures import RESOURCE_TYPES

Handler = Callable[[Context, Request], Response]


@dataclass(frozen=True, slots=True)
class Route:
    """One interaction on one form of address.

    `interaction` is its code in valueset-type-restful-interaction or valueset-system-restful-interaction, `also` those
    of others on the same address. `path` is what follows [base], with {type}, {id}, {vid}, {compartment} for what
    varies. `body`: what the handler gets of the body, a decoded resource, the bytes of a form, a patch (a resource or
    bytes), or nothing. `states`: the elements of CapabilityStatement.rest.resource it makes true. `operations`: for the
    interaction ``operation``, the definitions of what it carries out that the CapabilityStatement is to name.
    """

    interaction: str
    methods: tuple[str, ...]
    path: str
    handler: Handler
    body: Literal["resource", "form", "patch"] | None = None
    states: Mapping[str, Any] = field(default_factory=dict)
    also: tuple[str, ...] = ()
    operations: tuple[Operation, ...] = ()

    @property
    def segments(self) -> tuple[str, ...]:
        return tuple(self.path.split("/")) if self.path else ()

    @property
    def per_type(self) -> bool:
        """Whether it is an interaction on resources of a type, not on the system."""
        return self.path.startswith("{type}")


_GET = ("GET", "HEAD")  # http.html#head: "Anywhere that a GET request can be used, a HEAD request is also allowed"

ROUTES: tuple[Route, ...] = (
    Route("capabilities", _GET, "metadata", capabilities),
    Route("read", _GET, "{type}/{id}", read, states={"conditionalRead": "full-support"}),
    Route("vread", _GET, "{type}/{id}/_history/{vid}", vread, states={"readHistory": True}),
    Route(
        "update",
        ("PUT",),
        "{type}/{id}",
        update,
        body="resource",
        states={"versioning": "versioned-update", "updateCreate": True},
    ),
    Route("update", ("PUT",), "{type}", update, body="resource", states={"conditionalUpdate": True}),
    Route("patch", ("PATCH",), "{type}/{id}", patch, body="patch"),
    Route("patch", ("PATCH",), "{type}", patch, body="patch"),
    Route("delete", ("DELETE",), "{type}/{id}", delete),
    Route("delete", ("DELETE",), "{type}", delete, states={"conditionalDelete": "multiple"}),
    Route("history-instance", _GET, "{type}/{id}/_history", history_instance),
    Route("history-type", _GET, "{type}/_history", history_type),
    Route("create", ("POST",), "{type}", create, body="resource", states={"conditionalCreate": True}),
    Route("history-system", _GET, "_history", history_system),
    Route("search-type", _GET, "{type}", search_type),
    Route("search-type", ("POST",), "{type}/_search", search_type, body="form"),
    Route("search-type", _GET, "{type}/{id}/{compartment}", search_compartment),
    Route("search-type", ("POST",), "{type}/{id}/{compartment}/_search", search_compartment, body="form"),
    Route("search-system", _GET, "", search_system),
    Route("search-system", ("POST",), "_search", search_system, body="form"),
    Route("async-status", _GET, "_async/{id}", asynchronous.status),
    Route("async-cancel", ("DELETE",), "_async/{id}", asynchronous.cancel),
    Route("transaction", ("POST",), "", post_bundle, body="resource", also=("batch",)),
)

#: What stands at each place of an address, unless it is a reserved word.
_PLACES = ("{type}", "{id}", "{compartment}", "{vid}")
#: http.html#styleguide: names with _ or $ are reserved; metadata is the one that has neither.
_RESERVED = ("_", "$")
#: A name that is longer than any type's is cut before it is compared and told.
_LONGEST = 64
_ID = re.compile(r"[A-Za-z0-9\-.]{1,64}").fullmatch


def shape(path: tuple[str, ...]) -> tuple[str, ...]:
    """The form of an address: ``("{type}", "{id}", "_history")`` of ``("Patient", "1", "_history")``."""
    if path == ("metadata",):
        return path
    return (
        tuple(
            segment if segment.startswith(_RESERVED) else place for segment, place in zip(path, _PLACES, strict=False)
        )
        + path[len(_PLACES) :]
    )


class Routes:
    """Rows of the route table, ready to be looked up."""

    def __init__(self, rows: Iterable[Route]) -> None:
        self.rows = tuple(rows)
        self._by_shape: dict[tuple[str, ...], dict[str, Route]] = {}
        for row in self.rows:
            methods = self._by_shape.setdefault(row.segments, {})
            for method in row.methods:
                if method in methods:
                    raise ValueError(f"two rows of the route table for {method} {row.path}")
                methods[method] = row

    def match(self, method: str, path: tuple[str, ...], base: str) -> Route:
        """The row for a request. Raises 404 for an address there is none for, 405 with Allow for another method."""
        form, methods = self._methods(path, base)
        route = methods.get(method)
        if route is None:
            allowed = ", ".join((*methods, "OPTIONS"))
            raise messages.METHOD_NOT_ALLOWED.error(
                method=method, path="/".join(path), allowed=allowed, headers={"Allow": allowed}
            )
        for name, segment in zip(form, path, strict=True):
            if name == "{id}" and not _ID(segment):
                raise messages.ID_FORM.error(found=segment[: _LONGEST + 1])
        return route

    def allowed(self, path: tuple[str, ...], base: str) -> tuple[str, ...]:
        """The methods possible on an address. Raises 404 when there are none."""
        return (*self._methods(path, base)[1], "OPTIONS")

    def _methods(self, path: tuple[str, ...], base: str) -> tuple[tuple[str, ...], dict[str, Route]]:
        form = shape(path)
        if form and form[0] == "{type}" and path[0] not in RESOURCE_TYPES:
            raise _type_unknown(path[0])
        methods = self._by_shape.get(form)
        if methods is None:
            raise messages.ROUTE_UNKNOWN.error(path="/".join(path), base=base)
        return form, methods


def _type_unknown(type: str) -> Exception:
    type = type[:_LONGEST]
    near = get_close_matches(type, RESOURCE_TYPES, n=3, cutoff=0.7) or [
        known for known in RESOURCE_TYPES if known.lower() == type.lower()
    ]
    if near:
        return messages.TYPE_UNKNOWN_NEAR.error(type=type, near=", ".join(near))
    return messages.TYPE_UNKNOWN.error(type=type)


def dispatch(context: Context, request: Request) -> Response:
    """Carry out a request whose body, where the route takes one, is decoded already: for programs without HTTP."""
    return context.routes.match(request.method, request.path, request.base).handler(context, request)
