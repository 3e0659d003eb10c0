from __future__ import annotations

import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from fhirserver.conformance.core import Core
from fhirserver.conformance.folder import Folder
from fhirserver.conformance.registry import Registry
from fhirserver.outcome import FhirError
from fhirserver.resource import json
from tests.support.terms import registry, stored, value_set

GENDER = "http://hl7.org/fhir/ValueSet/administrative-gender"


def test_r4_is_there_without_anything_else() -> None:
    bare = Registry()
    for kind, url in (
        ("StructureDefinition", "http://hl7.org/fhir/StructureDefinition/Patient"),
        ("StructureDefinition", "http://hl7.org/fhir/StructureDefinition/bp"),
        ("CodeSystem", "http://hl7.org/fhir/administrative-gender"),
        ("ValueSet", GENDER),
        ("ConceptMap", "http://hl7.org/fhir/ConceptMap/cm-administrative-gender-v2"),
    ):
        resource = bare.resource(kind, url)
        assert resource is not None
        assert (resource["resourceType"], resource["url"]) == (kind, url)


def test_all_of_r4_is_there() -> None:
    counts = {kind: len(list(Core().entries(kind))) for kind in ("CodeSystem", "ValueSet", "ConceptMap")}
    assert counts == {"CodeSystem": 1062 + 2, "ValueSet": 1316, "ConceptMap": 80}  # two lists of ISO beside R4's own


def test_a_url_without_version_means_the_newest() -> None:
    known = registry(*({**value_set("urn:v"), "version": version} for version in ("1.0", "1.10", "1.9")))
    assert known.resource("ValueSet", "urn:v")["version"] == "1.10"  # type: ignore[index]
    assert known.resource("ValueSet", "urn:v|1.9")["version"] == "1.9"  # type: ignore[index]
    assert known.resource("ValueSet", "urn:v|2.0") is None
    assert known.versions("ValueSet", "urn:v") == ["1.10", "1.9", "1.0"]


def test_no_other_release_takes_the_place_of_r4() -> None:
    other = {**value_set(GENDER, {"system": "urn:other"}), "version": "5.0.0"}
    known = registry(other, {**other, "version": "4.0.1"})
    own = known.resource("ValueSet", GENDER)
    assert own is not None
    assert own["version"] == "4.0.1"
    assert own["compose"]["include"][0]["system"] == "http://hl7.org/fhir/administrative-gender"
    assert known.resource("ValueSet", f"{GENDER}|4.0.1") == own
    assert known.resource("ValueSet", f"{GENDER}|5.0.0")["version"] == "5.0.0"  # type: ignore[index]


def test_a_newer_hl7_terminology_takes_the_place_of_the_one_in_r4() -> None:
    url = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
    newer = {"resourceType": "CodeSystem", "url": url, "version": "9.0.0", "content": "complete"}
    assert registry(newer).resource("CodeSystem", f"{url}|9.0.0") == {"id": "r0", "status": "active", **newer}
    assert registry(newer).resource("CodeSystem", f"{url}|2018-08-12") is not None


def test_urls_of_r4_that_have_a_bar_of_their_own() -> None:
    found = Registry().resource("CodeSystem", "http://terminology.hl7.org/CodeSystem/v2-0360|2.7")
    assert found is not None
    assert found["id"] == "v2-2.7-0360"


def test_what_clients_store_takes_part_at_once() -> None:
    known, memory = stored()
    before = known.generation
    assert known.resource("ValueSet", "urn:v") is None
    memory.changed({**value_set("urn:v"), "id": "a"})
    assert known.refresh() is True
    assert known.generation > before
    assert known.resource("ValueSet", "urn:v") is not None
    assert known.refresh() is False

    memory.changed({**value_set("urn:w"), "id": "a"})
    known.refresh()
    assert known.resource("ValueSet", "urn:v") is None
    assert known.resource("ValueSet", "urn:w") is not None

    memory.deleted("ValueSet", "a")
    known.refresh()
    assert known.resource("ValueSet", "urn:w") is None


def test_two_workers_see_the_same_changes() -> None:
    from fhirserver.conformance.clients import Clients, Memory

    memory = Memory()
    workers = [Registry([Clients(memory)]), Registry([Clients(memory)])]
    memory.changed({**value_set("urn:v"), "id": "a"})
    assert [worker.refresh() for worker in workers] == [True, True]
    assert all(worker.resource("ValueSet", "urn:v") for worker in workers)


def test_of_two_layers_the_first_one_holds(tmp_path: Path) -> None:
    (tmp_path / "v.json").write_bytes(json.encode({**value_set("urn:v"), "title": "folder"}))
    known = registry({**value_set("urn:v"), "title": "client"}, layers=(Folder(tmp_path),))
    assert known.resource("ValueSet", "urn:v")["title"] == "client"  # type: ignore[index]
    assert [entry.source for entry in known.entries("ValueSet") if entry.url == "urn:v"] == ["ValueSet/r0"]


def profile(url: str, base: str, *elements: object) -> dict[str, object]:
    return {
        "resourceType": "StructureDefinition",
        "url": url,
        "type": "Patient",
        "derivation": "constraint",
        "baseDefinition": base,
        "differential": {"element": list(elements)},
    }


def test_a_profile_of_a_profile_gets_its_snapshot() -> None:
    first = profile("urn:p1", "http://hl7.org/fhir/StructureDefinition/Patient", {"path": "Patient.name", "min": 1})
    second = profile("urn:p2", "urn:p1", {"path": "Patient.birthDate", "min": 1})
    made = registry(second, first).structure("urn:p2")
    assert made is not None
    least = {element["path"]: element["min"] for element in made["snapshot"]["element"]}
    assert (least["Patient.name"], least["Patient.birthDate"], least["Patient.gender"]) == (1, 1, 0)


def test_a_base_that_is_not_known_is_named() -> None:
    with pytest.raises(FhirError) as raised:
        registry(profile("urn:p", "urn:nowhere")).structure("urn:p")
    assert [issue.key for issue in raised.value.issues] == ["base-unknown"]
    assert "urn:nowhere" in raised.value.issues[0].text("zh")


def test_bases_that_lead_back_to_themselves_are_refused() -> None:
    with pytest.raises(FhirError) as raised:
        registry(profile("urn:a", "urn:b"), profile("urn:b", "urn:a")).structure("urn:a")
    assert [issue.key for issue in raised.value.issues] == ["base-circular"]


def test_a_profile_may_name_itself_inside() -> None:
    """An extension that may hold itself, say."""
    inner = {
        "id": "Extension.extension:again",
        "path": "Extension.extension",
        "sliceName": "again",
        "type": [{"code": "Extension", "profile": ["urn:e"]}],
    }
    extension = {
        **profile("urn:e", "http://hl7.org/fhir/StructureDefinition/Extension", inner),
        "type": "Extension",
    }
    made = registry(extension).structure("urn:e")
    assert made is not None
    assert "Extension.extension:again" in [element["id"] for element in made["snapshot"]["element"]]


def test_threads_may_make_the_same_snapshot_at_once() -> None:
    """It is no circle because another thread makes it too."""
    known = registry(*(link(number) for number in range(8)))
    barrier = threading.Barrier(8)

    def ask(_: int) -> object:
        barrier.wait()
        return known.structure("urn:link:7")

    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(8) as pool:
            found = list(pool.map(ask, range(8)))
    finally:
        sys.setswitchinterval(interval)
    assert all(each == found[0] and each is not None for each in found)


def link(number: int) -> dict[str, object]:
    """One of a chain of profiles on Patient, each on the one before it."""
    patient = "http://hl7.org/fhir/StructureDefinition/Patient"
    return {
        "resourceType": "StructureDefinition",
        "url": f"urn:link:{number}",
        "name": f"Link{number}",
        "kind": "resource",
        "abstract": False,
        "type": "Patient",
        "baseDefinition": f"urn:link:{number - 1}" if number else patient,
        "derivation": "constraint",
        "differential": {"element": [{"id": "Patient.name", "path": "Patient.name", "min": 1}]},
    }
