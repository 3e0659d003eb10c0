"""HL7's snapshots made again out of base and differential: the same elements with the same facts.

Not compared are the texts (HL7 rewrites their links on the way, and this server's tables have none), the slicing by
url that every extension element has, and whether `isSummary` says false or nothing.
"""

from __future__ import annotations

from copy import deepcopy
from functools import cache
from typing import Any

import pytest

from fhirserver.conformance.core import DEFINITIONS, type_definition
from fhirserver.conformance.registry import Registry
from fhirserver.conformance.snapshot import Snapshot
from fhirserver.resource.json import decode
from fhirserver.spec.structures import COMPLEX_TYPES, PRIMITIVE_TYPES, RESOURCE_TYPES
from tests.support.gaps import known_gaps
from tests.support.suites import package_files

Element = dict[str, Any]

CORE = "packages/hl7.fhir.r4.core-4.0.1.tgz"
TEXTS = (
    "short",
    "definition",
    "comment",
    "requirements",
    "alias",
    "mapping",
    "example",
    "label",
    "isModifierReason",
    "meaningWhenMissing",
    "orderMeaning",
)
#: What the tables of the types leave out of an element, beside its texts.
NOT_IN_TABLES = frozenset(["condition", "extension", "code", "maxLength", "minValueInteger", "maxValueInteger"])
BY_URL = {"discriminator": [{"type": "value", "path": "url"}], "rules": "open"}

pytestmark = pytest.mark.official


@cache
def definitions() -> dict[str, dict[str, Any]]:
    """StructureDefinitions of the package by canonical."""
    files = (decode(body) for name, body in package_files(CORE) if name.startswith("StructureDefinition-"))
    return {definition["url"]: definition for definition in files}


def resolve(canonical: str) -> dict[str, Any] | None:
    found = definitions().get(canonical.partition("|")[0])
    return found if found and "snapshot" in found else None


def generated() -> list[dict[str, Any]]:
    """Those that have all it takes: a differential, a snapshot, and a base with one."""
    parts = ("differential", "snapshot", "baseDefinition")
    return [row for row in definitions().values() if all(part in row for part in parts)]


def facts(element: Element, url: str) -> Element:
    """What of an element is compared."""
    kept = {name: value for name, value in element.items() if name not in TEXTS}
    slicing = {name: value for name, value in kept.pop("slicing", {}).items() if name != "description"}
    if slicing.get("ordered") is False:
        del slicing["ordered"]
    if slicing and (slicing != BY_URL or not element["path"].endswith("xtension")):
        kept["slicing"] = slicing
    if "constraint" in kept:
        rules = ({"source": url, **row} for row in kept["constraint"])
        kept["constraint"] = {row["key"]: (row["severity"], row.get("expression"), row["source"]) for row in rules}
    if "binding" in kept:
        kept["binding"] = {name: value for name, value in kept["binding"].items() if name != "description"}
    if "condition" in kept:
        kept["condition"] = sorted(kept["condition"])
    if kept.get("isSummary") is False:
        del kept["isSummary"]
    return kept


def without_guesses(made: Element, expected: Element, url: str) -> Element:
    """HL7 names no source for rules taken over from a profile; ours, which is the profile, is then not compared."""
    for key, (_, _, source) in expected.get("constraint", {}).items():
        if source == url and key in made.get("constraint", {}):
            made["constraint"][key] = (*made["constraint"][key][:2], url)
    return made


def differences(definition: dict[str, Any]) -> list[str]:
    """What is not as in HL7's snapshot, as ``id part``."""
    url = definition["url"]
    base = resolve(definition["baseDefinition"])
    assert base is not None
    made = {element["id"]: facts(element, url) for element in Snapshot(definition, base, resolve).elements()}
    expected = {element["id"]: facts(element, url) for element in definition["snapshot"]["element"]}
    found = [f"{id} missing" for id in expected if id not in made] + [
        f"{id} added" for id in made if id not in expected
    ]
    for id in expected.keys() & made.keys():
        left, right = without_guesses(made[id], expected[id], url), expected[id]
        found += [f"{id} {name}" for name in left.keys() | right.keys() if left.get(name) != right.get(name)]
    if not found and list(made) != list(expected):
        found.append("order")
    return sorted(found)


@pytest.mark.parametrize("definition", generated(), ids=lambda definition: definition["id"])
def test_a_snapshot_made_again_is_the_same(definition: dict[str, Any]) -> None:
    gaps = known_gaps("snapshots")
    assert bool(differences(definition)) is (definition["id"] in gaps), differences(definition)


def test_every_known_gap_is_a_definition() -> None:
    assert set(known_gaps("snapshots")) <= {definition["id"] for definition in generated()}


def test_definitions_without_a_snapshot_or_differential_are_those_known() -> None:
    left = {definition["id"] for definition in definitions().values()} - {row["id"] for row in generated()}
    assert left == {"Definition", "Element", "Event", "FiveWs", "Request", "Resource"} | {
        "example-composition",
        "example-section-library",
    }


def in_tables(element: Element, url: str) -> Element:
    kept = {name: value for name, value in facts(element, url).items() if name not in NOT_IN_TABLES}
    for row in kept.get("type", ()):
        if "System." not in row["code"]:
            row.pop("extension", None)
        if row.get("targetProfile") == [DEFINITIONS + "Resource"]:
            del row["targetProfile"]
    binding = {name: value.partition("|")[0] for name, value in kept.pop("binding", {}).items() if name != "extension"}
    if "valueSet" in binding:
        kept["binding"] = binding
    kept.pop("slicing", None)
    return kept


@pytest.mark.parametrize("name", sorted({*RESOURCE_TYPES, *COMPLEX_TYPES, *PRIMITIVE_TYPES} - {"xhtml"}))
def test_the_definition_of_a_type_is_the_official_one(name: str) -> None:
    url = DEFINITIONS + name
    official = deepcopy(definitions()[url])["snapshot"]["element"]
    ours = type_definition(name)["snapshot"]["element"]
    assert [in_tables(element, url) for element in ours] == [in_tables(element, url) for element in official]


def profiles() -> list[dict[str, Any]]:
    """The definitions that constrain a type, without the known gaps."""
    gaps = known_gaps("snapshots")
    return [row for row in generated() if row["derivation"] == "constraint" and row["id"] not in gaps]


@pytest.mark.parametrize("definition", profiles(), ids=lambda definition: definition["id"])
def test_the_registry_has_the_elements_of_the_official_snapshot(definition: dict[str, Any]) -> None:
    made = registry().structure(definition["url"])
    assert made is not None
    compared = ("id", "path", "min", "max", "sliceName")
    assert [{part: element.get(part) for part in compared} for element in made["snapshot"]["element"]] == [
        {part: element.get(part) for part in compared} for element in definition["snapshot"]["element"]
    ]


@cache
def registry() -> Registry:
    return Registry()
