"""ValueSet/$expand (valueset-operation-expand.html)."""

from __future__ import annotations

from collections.abc import Iterable

from fhirserver.interactions.message import Request, Response
from fhirserver.operations import arguments
from fhirserver.operations.arguments import Arguments
from fhirserver.operations.context import OperationContext, refuse_past, timestamp
from fhirserver.operations.value_sets import value_set
from fhirserver.resource import json
from fhirserver.terminology.expand import Options, expand
from fhirserver.terminology.terminology import Versions

DEFINITION = arguments.definition("http://hl7.org/fhir/OperationDefinition/ValueSet-expand")

#: Of the value set's own elements, those that say which one it is; its definition only goes with includeDefinition.
_WHICH = ("resourceType", "id", "language", "url", "identifier", "version", "name", "title", "status", "experimental")


def run(context: OperationContext, request: Request) -> Response:
    """The value set with its expansion, or a page of it."""
    given = arguments.read(DEFINITION, request)
    refuse_past(context, given)
    found = value_set(context, request, given)
    expansion = expand(
        context.terminology,
        found.definition,
        options(given),
        identifier=f"urn:uuid:{context.new_id()}",
        timestamp=timestamp(context),
    )
    names = _WHICH if not given.one("includeDefinition", False) else [name for name in found.resource if name != "text"]
    kept = {name: found.resource[name] for name in names if name in found.resource}
    return Response(200, body=json.encode({**kept, "expansion": expansion}))


def options(given: Arguments) -> Options:
    """The parameters that shape the expansion."""
    count, offset = given.one("count"), given.one("offset", 0)
    for name, value in (("count", count), ("offset", offset)):
        if value is not None and value < 0:
            raise given.mistyped(name, "unsignedInt", str(value))
    return Options(
        filter=given.text("filter"),
        offset=offset,
        count=count,
        include_designations=given.one("includeDesignations", False),
        designations=tuple(given.all("designation")),
        active_only=given.one("activeOnly", False),
        exclude_nested=given.one("excludeNested", True),
        exclude_not_for_ui=given.one("excludeNotForUI", False),
        display_language=given.text("displayLanguage"),
        exclude_systems=tuple(given.all("exclude-system")),
        versions=Versions(
            default=_by_system(given.all("system-version")),
            check=_by_system(given.all("check-system-version")),
            force=_by_system(given.all("force-system-version")),
        ),
    )


def _by_system(canonicals: Iterable[str]) -> dict[str, str]:
    """``system|version`` as the parameters of versions have it."""
    pairs = (canonical.rpartition("|") for canonical in canonicals)
    return {system: version for system, _, version in pairs if system}
