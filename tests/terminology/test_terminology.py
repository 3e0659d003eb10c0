from __future__ import annotations

from typing import Any

import pytest

from fhirserver.outcome import FhirError
from fhirserver.terminology import terminology as module
from fhirserver.terminology.code_system import CodeSystem
from fhirserver.terminology.members import members
from fhirserver.terminology.terminology import Terminology
from tests.support.terms import code_system, stored, terminology, value_set


def displays(known: Terminology, code: str) -> list[str]:
    system = known.system("urn:s")
    assert isinstance(system, CodeSystem)
    number = system.number(code)
    assert number is not None
    return [row["value"] for row in system.designations(number)]


def supplement(id: str, value: str, supplements: str = "urn:s") -> dict[str, Any]:
    concept = {"code": "a", "designation": [{"value": value}]}
    parts = {"id": id, "content": "supplement", "supplements": supplements}
    return {**code_system(f"urn:{id}", concept), **parts, "status": "active"}


def test_what_is_read_is_kept_while_it_stays_the_same() -> None:
    registry, memory = stored({**code_system("urn:s", "a"), "id": "s"}, value_set("urn:v", {"system": "urn:s"}))
    known = Terminology(registry)
    system, found = known.system("urn:s"), known.value_set("urn:v")
    memory.changed({**value_set("urn:w"), "id": "w"})
    registry.refresh()
    assert known.system("urn:s") is system
    assert known.value_set("urn:v") is found

    memory.changed({**code_system("urn:s", "b"), "id": "s"})
    registry.refresh()
    assert known.system("urn:s") is not system
    assert list(members(known, "urn:v").codings()) == [("urn:s", "b")]


def test_supplements_come_and_go() -> None:
    registry, memory = stored({**code_system("urn:s", "a"), "id": "s", "version": "1.2"})
    known = Terminology(registry)
    assert displays(known, "a") == []
    memory.changed(supplement("x", "one"))
    memory.changed(supplement("y", "of this version", "urn:s|1.2"))
    memory.changed(supplement("z", "of another version", "urn:s|2.0"))
    registry.refresh()
    assert displays(known, "a") == ["one", "of this version"]
    memory.deleted("CodeSystem", "x")
    registry.refresh()
    assert displays(known, "a") == ["of this version"]


def test_large_code_systems_are_not_all_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_KEPT", 5)
    systems = [code_system(f"urn:{number}", "a", "b", "c") for number in range(3)]
    known = terminology(*systems)
    first = known.system("urn:0")
    assert known.system("urn:0") is first
    for number in range(3):
        known.system(f"urn:{number}")
    assert known.system("urn:0") is not first


def test_a_grammar_needs_no_resource() -> None:
    found = terminology().system("http://unitsofmeasure.org")
    assert found is not None
    assert found.find("mg") is not None


def test_what_is_not_known() -> None:
    known = terminology()
    assert known.system("urn:nowhere") is None
    assert known.value_set("urn:nowhere") is None
    assert known.concept_map("urn:nowhere") is None


def test_members() -> None:
    known = terminology(
        code_system("urn:s", "a", {"code": "b", "property": [{"code": "notSelectable", "valueBoolean": True}]}),
        value_set("urn:v", {"system": "urn:s"}),
        value_set("urn:w", {"system": "http://loinc.org"}),
    )
    found = members(known, "urn:v")
    assert list(found.codings()) == [("urn:s", "a"), ("urn:s", "b")]
    assert (found.contains("urn:s", "a"), found.contains("urn:s", "z")) == (True, False)
    assert members(known, "urn:w").contains("http://loinc.org", "8480-6") is None
    with pytest.raises(FhirError, match="code-system-unknown"):
        list(members(known, "urn:w").codings())
    with pytest.raises(FhirError, match="value-set-unknown"):
        members(known, "urn:nowhere")


def test_every_code_system_value_set_and_map_of_r4_is_read() -> None:
    known = terminology()
    for entry in known.registry.entries("CodeSystem"):
        assert known.code_system(entry).url == entry.url
    for entry in known.registry.entries("ValueSet"):
        found = known.value_set(entry.url)
        assert found is not None
        assert found.url == entry.url
    assert len(list(known.concept_maps())) == 80
