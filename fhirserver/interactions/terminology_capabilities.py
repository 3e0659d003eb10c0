"""http.html#capabilities with mode=terminology: the code systems known now, and how they can be asked for."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from fhirserver import __version__
from fhirserver.conformance.registry import Registry
from fhirserver.terminology.grammars import GRAMMARS

if TYPE_CHECKING:
    from fhirserver.interactions.table import Route

_OPERATION = "http://hl7.org/fhir/OperationDefinition"
#: The parameters of $expand that change its outcome here.
EXPANSION_PARAMETERS = (
    "filter",
    "offset",
    "count",
    "includeDesignations",
    "designation",
    "includeDefinition",
    "activeOnly",
    "excludeNested",
    "excludeNotForUI",
    "displayLanguage",
    "exclude-system",
    "system-version",
    "check-system-version",
    "force-system-version",
)
_TEXT_FILTER = (
    "Each word of `filter` has to begin a word of the code or of one of its displays, in any language, or to stand "
    "anywhere in a Chinese text; case, width and accents do not count."
)


def terminology_capabilities(
    routes: Iterable[Route], registry: Registry, base: str, *, title: str, date: str
) -> dict[str, Any]:
    """The TerminologyCapabilities of a server that has these rows and this registry."""
    offered = {each.url for row in routes for each in row.operations}
    statement: dict[str, Any] = {
        "resourceType": "TerminologyCapabilities",
        "id": "terminology",
        "url": f"{base}/metadata?mode=terminology",
        "version": __version__,
        "name": "FhirserverTerminology",
        "title": title,
        "status": "active",
        "date": date,
        "kind": "instance",
        "software": {"name": "fhirserver", "version": __version__},
        "implementation": {"description": title, "url": base},
        "codeSystem": _code_systems(registry, subsumption=f"{_OPERATION}/CodeSystem-subsumes" in offered),
    }
    if f"{_OPERATION}/ValueSet-expand" in offered:
        statement["expansion"] = {
            "hierarchical": True,
            "paging": True,
            "incomplete": False,
            "parameter": [{"name": name} for name in EXPANSION_PARAMETERS],
            "textFilter": _TEXT_FILTER,
        }
    statement["codeSearch"] = "explicit"
    if f"{_OPERATION}/ValueSet-validate-code" in offered:
        statement["validateCode"] = {"translations": True}
    if f"{_OPERATION}/ConceptMap-translate" in offered:
        statement["translation"] = {"needsMap": True}
    if f"{_OPERATION}/ConceptMap-closure" in offered:
        statement["closure"] = {"translation": False}
    return statement


def _code_systems(registry: Registry, *, subsumption: bool) -> list[dict[str, Any]]:
    """The systems by canonical, each with its versions, the newest as the default; those of a grammar have none."""
    systems = {entry.url for entry in registry.entries("CodeSystem") if not entry.supplements}
    stated: list[dict[str, Any]] = []
    for url in sorted(systems | GRAMMARS.keys()):
        versions = registry.versions("CodeSystem", url) if url not in GRAMMARS else []
        system: dict[str, Any] = {"uri": url}
        if versions:
            system["version"] = [{"code": version, "isDefault": number == 0} for number, version in enumerate(versions)]
        if url not in GRAMMARS:
            system["subsumption"] = subsumption
        stated.append(system)
    return stated
