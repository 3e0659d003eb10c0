from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from fhirserver.conformance.folder import Folder
from fhirserver.conformance.registry import Registry
from fhirserver.resource import json
from fhirserver.terminology import china
from fhirserver.terminology.grammars import SHAPES
from fhirserver.terminology.members import members
from fhirserver.terminology.terminology import Terminology
from fhirserver.terminology.translate import Question, known_map, translate
from fhirserver.terminology.validate_code import in_code_system
from fhirserver.validation import Validator

FILES = sorted(china.FOLDER.glob("*.json"))
CANONICAL = "https://medgroup.example.org/fhir"
OID = "urn:oid:2.16.156.10011.2.3.3"


@cache
def known() -> Terminology:
    return Terminology(Registry([Folder(china.FOLDER, name="china")]))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_file_is_a_valid_resource_named_by_its_file(file: Path) -> None:
    resource = json.decode(file.read_bytes())
    assert file.stem == f"{resource['resourceType']}-{resource['id']}"
    errors = [issue.text() for issue in Validator().check(resource) if issue.severity == "error"]
    assert errors == []


@pytest.mark.parametrize(
    ("value_set", "size"),
    [
        ("gbt-2261-1", 4),
        ("gbt-2261-2", 8),
        ("gbt-3304", 58),
        ("gbt-4761", 84),
        ("gbt-4658", 8),
        ("gbt-2260", 34),
        ("ws-218", 29),
        ("cv02-01-101", 8),
        ("ws-500", 53),
    ],
)
def test_value_sets_have_the_codes_of_their_code_systems(value_set: str, size: int) -> None:
    codings = list(members(known(), f"{CANONICAL}/ValueSet/{value_set}").codings())
    assert len(codings) == len({*codings}) == size


def test_peoples_are_numbered_without_a_gap() -> None:
    system = known().system(f"{OID}.3")
    assert system is not None
    displays = [system.find(f"{number:02}").display for number in range(1, 57)]  # type: ignore[union-attr]
    assert (displays[0], displays[54], displays[55]) == ("汉族", "珞巴族", "基诺族")
    assert len({*displays}) == 56


@pytest.mark.parametrize(
    ("system", "code", "display", "result"),
    [
        (f"{OID}.4", "1", "男", True),
        (f"{OID}.4", "1", "Male", True),
        (f"{OID}.4", "1", "女性", False),
        (f"{OID}.4", "3", None, False),
        (f"{OID}.5", "21", "初婚", True),
        (f"{OID}.3", "01", "汉", True),
        (f"{CANONICAL}/CodeSystem/ws-218", "A527", "康复医院", True),
        (f"{CANONICAL}/CodeSystem/ws-218", "A999", None, None),
        (f"{CANONICAL}/CodeSystem/gbt-2260", "340000", "安徽省", True),
        (f"{CANONICAL}/CodeSystem/gbt-2260", "340524", None, None),
        (f"{CANONICAL}/CodeSystem/gbt-2260", "34", None, False),
        (f"{CANONICAL}/CodeSystem/icd-10-cn-clinical", "I10.x00x002", None, None),
        (f"{CANONICAL}/CodeSystem/icd-10-cn-clinical", "高血压", None, False),
        (f"{CANONICAL}/CodeSystem/nmpa-approval", "国药准字H20003263", None, None),
        (f"{CANONICAL}/CodeSystem/nmpa-approval", "H20003263", None, False),
        (f"{OID}.11.3", "I83.900", None, None),
    ],
)
def test_codes(system: str, code: str, display: str | None, result: bool | None) -> None:
    """Where the list is not whole nobody can tell; but what has the wrong shape is no code."""
    coding = {"code": code, **({"display": display} if display else {})}
    assert in_code_system(known(), system, [coding]).result is result


@pytest.mark.parametrize(
    ("name", "code", "expected"),
    [
        ("gbt-2261-1-to-gender", "1", "male"),
        ("gbt-2261-1-to-gender", "9", "unknown"),
        ("gbt-2261-2-to-marital-status", "22", "M"),
        ("gbt-2261-2-to-marital-status", "90", "UNK"),
        ("gbt-4761-to-role-code", "51", "FTH"),
    ],
)
def test_maps_to_the_codes_of_fhir(name: str, code: str, expected: str) -> None:
    concept_map = known_map(known(), f"{CANONICAL}/ConceptMap/{name}")
    [match] = translate(known(), [{"system": concept_map.group[0].source, "code": code}], [concept_map], Question())
    assert match.concept is not None
    assert match.concept["code"] == expected


def test_every_code_of_a_map_exists() -> None:
    for file in FILES:
        for group in json.decode(file.read_bytes()).get("group", ()):
            source, target = known().system(group["source"]), known().system(group["target"])
            assert source is not None
            assert target is not None
            for element in group["element"]:
                assert source.find(element["code"]) is not None
                assert all(target.find(each["code"]) is not None for each in element["target"])


def test_every_shape_is_of_a_code_system_that_is_here() -> None:
    assert all(known().registry.find("CodeSystem", url) for url in SHAPES)
