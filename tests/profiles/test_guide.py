"""The guide is whole, its examples are valid, and its counter-examples are refused for the right reason."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from fhirserver.conformance.folder import Folder
from fhirserver.conformance.layers import KINDS
from fhirserver.conformance.registry import Registry
from fhirserver.resource import json
from fhirserver.terminology import china
from fhirserver.terminology.terminology import Terminology
from fhirserver.validation import Validator
from fhirserver.validation.knowledge import Knowledge

Resource = dict[str, Any]

HERE = Path(__file__).parent
GUIDE = HERE.parents[1] / "profiles"
BUILT = GUIDE / "fsh-generated" / "resources"
C = "https://medgroup.example.org/fhir"
NATIONAL = "urn:oid:2.16.156.10011."
CIN = "urn:oid:2.16.156.10011.1.3"
USCC = f"{C}/NamingSystem/uscc"
OWN = re.compile(rf"{C}/(StructureDefinition|CodeSystem|ValueSet|Operation|Search)")
PROFILES = [
    "mg-affiliation",
    "mg-consent",
    "mg-encounter",
    "mg-grid",
    "mg-group",
    "mg-healthcare-service",
    "mg-organization",
    "mg-patient",
    "mg-practitioner",
    "mg-practitioner-role",
    "mg-referral",
    "mg-referral-group-task",
    "mg-referral-task",
]
#: What the column `constraint` means when it is no key of an invariant: the messages that say it.
FEATURES = {
    "min": {"profile-element-missing", "slice-missing", "slice-missing-near"},
    "max": {"profile-too-many", "slice-too-many", "profile-element-not-allowed"},
    "required": {"profile-code-not-in-value-set"},
    "pattern": {"pattern-value"},
    "type": {"profile-reference-target"},
}


def read(file: Path) -> Resource:
    return json.decode(file.read_bytes())


@cache
def built() -> dict[str, Resource]:
    return {file.stem: read(file) for file in sorted(BUILT.glob("*.json"))}


def of(kind: str) -> list[Resource]:
    return [each for each in built().values() if each["resourceType"] == kind]


def examples() -> list[str]:
    return [name for name, each in built().items() if each["resourceType"] not in {*KINDS, "NamingSystem"}]


def within(value: Any) -> Iterator[Resource]:
    """Every object inside a resource, itself too."""
    if isinstance(value, dict):
        yield value
        for each in value.values():
            yield from within(each)
    elif isinstance(value, list):
        for each in value:
            yield from within(each)


@cache
def validator() -> Validator:
    registry = Registry([Folder(china.FOLDER), Folder(BUILT)])
    return Validator(Knowledge(registry, Terminology(registry), None, lambda: datetime(2025, 3, 20, tzinfo=UTC)))


def cases() -> list[dict[str, str]]:
    with (HERE / "counter_examples.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


# -- the guide


def test_the_profiles_are_there() -> None:
    assert sorted(each["id"] for each in of("StructureDefinition") if each["type"] != "Extension") == PROFILES


def test_every_file_is_named_by_type_and_id() -> None:
    assert [name for name, each in built().items() if name != f"{each['resourceType']}-{each['id']}"] == []


def test_source_and_build_hold_the_same_definitions() -> None:
    text = "".join(file.read_text(encoding="utf-8") for file in sorted((GUIDE / "input" / "fsh").rglob("*.fsh")))
    blocks = re.split(r"^(?=(?:Instance|Profile|Extension|CodeSystem|ValueSet|RuleSet|Invariant): )", text, flags=re.M)
    ids = [found[1] for block in blocks if (found := re.search(r"^Id: (\S+)", block, re.M))]
    instances = [
        found[1]
        for block in blocks
        if (found := re.match(r"Instance: (\S+)", block)) and "\nUsage: #inline" not in block
    ]
    made = [each["id"] for each in built().values() if each["resourceType"] != "ImplementationGuide"]
    assert Counter(ids + instances) == Counter(made)


def test_canonicals_are_unique_and_the_projects_own() -> None:
    urls = [each["url"] for each in built().values() if each["resourceType"] in KINDS]
    assert [url for url, times in Counter(urls).items() if times > 1] == []
    assert [url for url in urls if not url.startswith((f"{C}/", NATIONAL))] == []


def test_every_definition_is_told_in_chinese_and_english() -> None:
    described = [each for each in built().values() if each["resourceType"] in KINDS]
    assert [
        each["id"]
        for each in described
        if not (re.search("[\u4e00-\u9fff]", each["description"]) and re.search("[A-Za-z]{4}", each["description"]))
    ] == []


def test_every_own_canonical_that_is_used_is_defined() -> None:
    known = {each["url"] for each in built().values() if "url" in each}
    known |= {unique["value"] for each in of("NamingSystem") for unique in each["uniqueId"]}
    used = {
        value.partition("|")[0]
        for each in built().values()
        for part in within(each)
        for value in part.values()
        if isinstance(value, str) and OWN.match(value)
    }
    assert sorted(used - known) == []


def test_national_code_systems_are_those_of_the_server() -> None:
    own = Registry([Folder(china.FOLDER)])
    shared = [each for each in of("CodeSystem") if own.find("CodeSystem", each["url"])]
    assert sorted(each["id"] for each in shared) == ["gbt-2260", "icd-10-cn-clinical", "icd-10-cn-nhsa", "ws-218"]
    for each in shared:
        theirs = own.resource("CodeSystem", each["url"])
        assert theirs is not None
        assert each["content"] == theirs["content"]
        assert plain(each) == plain(theirs)
        assert each["version"] == theirs.get("version", each["version"])


def plain(system: Resource) -> list[tuple[str, str]]:
    return [(concept["code"], concept["display"]) for concept in system.get("concept", [])]


@pytest.mark.parametrize("profile", PROFILES)
def test_every_profile_has_an_example(profile: str) -> None:
    url = f"{C}/StructureDefinition/{profile}"
    assert any(url in built()[name].get("meta", {}).get("profile", []) for name in examples())


# -- constraints


def own_constraints() -> dict[str, Resource]:
    return {
        constraint["key"]: constraint
        for profile in of("StructureDefinition")
        for element in profile["differential"]["element"]
        for constraint in element.get("constraint", [])
    }


def test_every_constraint_has_an_expression_and_a_reason_in_both_languages() -> None:
    for constraint in own_constraints().values():
        assert constraint["expression"]
        for text in (constraint["human"], constraint["requirements"]):
            assert re.search("[\u4e00-\u9fff]", text)
            assert re.search("[a-z]{4}", text)


def test_a_key_in_capitals_is_a_rule() -> None:
    rules = {concept["code"] for concept in built()["CodeSystem-rule"]["concept"]}
    assert {key for key in own_constraints() if key.isupper()} <= rules


def test_every_constraint_has_a_counter_example() -> None:
    assert set(own_constraints()) - {case["constraint"] for case in cases()} == set()


def test_the_table_of_counter_examples_is_whole() -> None:
    listed = [case["file"] for case in cases()]
    assert sorted(listed) == sorted(file.relative_to(HERE).as_posix() for file in HERE.rglob("*.json"))
    assert {case["constraint"] for case in cases()} <= {*own_constraints(), *FEATURES}
    assert {case["profile"] for case in cases()} == set(PROFILES)


@pytest.mark.parametrize("case", [pytest.param(case, id=case["file"]) for case in cases()])
def test_a_counter_example_raises_its_issue(case: dict[str, str]) -> None:
    resource = read(HERE / case["file"])
    assert resource["meta"]["profile"] == [f"{C}/StructureDefinition/{case['profile']}"]
    expected = FEATURES.get(case["constraint"], {case["constraint"]})
    found = [issue for issue in validator().check(resource) if issue.key in expected]
    assert {issue.severity for issue in found} == {case["severity"]}
    for issue in found:  # the slice and its element may both say it
        assert issue.expression == case["expression"] or issue.expression.startswith(f"{case['expression']}.")


# -- examples


@pytest.mark.parametrize("name", list(built()))
def test_every_resource_of_the_guide_is_valid(name: str) -> None:
    issues = [issue for issue in validator().check(built()[name]) if issue.severity != "information"]
    # the lists of ICD-10 are loaded by each site; what China has and HL7 has not is no code of an extensible value set
    beside = {"code-not-checked", "code-not-in-extensible-value-set"}
    assert [(issue.key, issue.expression) for issue in issues if issue.key not in beside] == []


def test_references_between_examples_lead_somewhere() -> None:
    known = {f"{each['resourceType']}/{each['id']}" for each in built().values()}
    for name in examples():
        parts = list(within(built()[name]))
        known_here = known | {part["fullUrl"] for part in parts if "fullUrl" in part}
        references = {part["reference"] for part in parts if isinstance(part.get("reference"), str)}
        assert references - known_here == set(), name


def test_people_and_bodies_are_marked_as_test_data() -> None:
    kinds = ("Patient", "Practitioner", "Organization")
    for name in examples():
        if built()[name]["resourceType"] in kinds:
            assert "HTEST" in [label["code"] for label in built()[name]["meta"]["security"]], name


# -- check digits, computed here anew


def cin_holds(number: str) -> bool:
    """GB 11643: 18 characters with a real date and the check character."""
    if not re.fullmatch(r"[1-9]\d{16}[\dX]", number):
        return False
    try:
        date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return False
    total = sum(int(digit) * pow(2, 17 - place, 11) for place, digit in enumerate(number[:17]))
    return number[17] == "10X98765432"[total % 11]


def uscc_holds(code: str) -> bool:
    """GB 32100 over 17 characters, and GB 11714 over the nine of the organisation code inside."""
    letters = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    if len(code) != 18 or set(code) - set(letters):
        return False
    total = sum(letters.index(letter) * pow(3, place, 31) for place, letter in enumerate(code[:17]))
    inner = sum(int(letter, 36) * weight for letter, weight in zip(code[8:16], (3, 7, 9, 10, 5, 8, 4, 2), strict=True))
    return code[17] == letters[-total % 31] and code[16] == "0123456789X"[-inner % 11]


def test_the_checks_themselves() -> None:
    assert cin_holds("34052419800101001X")
    assert not cin_holds("340524198001010013")
    assert uscc_holds("12370200DEMA0003XD")
    assert not uscc_holds("12370200DEMA0003XE")


def identifiers(system: str) -> set[tuple[str, str | None]]:
    return {
        (part["value"], part.get("use"))
        for name in examples()
        for part in within(built()[name])
        if part.get("system") == system and "value" in part
    }


def test_citizen_numbers_of_examples_hold() -> None:
    found = identifiers(CIN)
    assert len(found) >= 4
    assert [number for number, use in found if use != "old" and not cin_holds(number)] == []


def test_citizen_numbers_of_examples_are_of_nobody() -> None:
    assert {number[:6] for number, _ in identifiers(CIN)} == {"370200"}


def test_social_credit_codes_of_examples_hold() -> None:
    found = identifiers(USCC)
    assert len(found) >= 7
    assert [code for code, _ in found if not uscc_holds(code)] == []
