from __future__ import annotations

import tracemalloc
from typing import Any

import pytest

from fhirserver.outcome import FhirError
from fhirserver.resource import json
from fhirserver.terminology.code_system import CodeSystem
from fhirserver.terminology.expand import Options, expand
from fhirserver.terminology.terminology import Terminology, Versions
from tests.support.terms import code_system, terminology, value_set

SYSTEM = code_system(
    "urn:s",
    {
        "code": "group",
        "display": "Group",
        "property": [{"code": "notSelectable", "valueBoolean": True}],
        "concept": [
            {
                "code": "hbp",
                "display": "Hypertension",
                "designation": [
                    {"language": "zh-CN", "value": "高血压"},
                    {"language": "zh", "use": {"system": "urn:use", "code": "synonym"}, "value": "血压升高"},
                ],
                "concept": [{"code": "hbp-2", "display": "Hypertension, stage 2"}],
            },
            {"code": "mm", "display": "Ménière's disease", "property": [{"code": "inactive", "valueBoolean": True}]},
        ],
    },
    version="7",
)
WHOLE = value_set("urn:v", {"system": "urn:s"})


def expansion(known: Terminology, url: str = "urn:v", **options: Any) -> dict[str, Any]:
    found = known.value_set(url)
    assert found is not None
    return expand(known, found, Options(**options), identifier="urn:uuid:1", timestamp="2025-03-10T08:00:00+08:00")


def codes(**options: Any) -> list[str]:
    return [row["code"] for row in expansion(terminology(SYSTEM, WHOLE), **options).get("contains", [])]


def test_an_expansion_says_what_it_is() -> None:
    assert expansion(terminology(SYSTEM, WHOLE)) == {
        "identifier": "urn:uuid:1",
        "timestamp": "2025-03-10T08:00:00+08:00",
        "total": 3,
        "parameter": [
            {"name": "excludeNested", "valueBoolean": True},
            {"name": "version", "valueUri": "urn:s|7"},
        ],
        "contains": [
            {"system": "urn:s", "code": "hbp", "display": "Hypertension"},
            {"system": "urn:s", "code": "hbp-2", "display": "Hypertension, stage 2"},
            {"system": "urn:s", "inactive": True, "code": "mm", "display": "Ménière's disease"},
        ],
    }


def test_nested_codes_stand_under_their_parents_and_groups_are_shown() -> None:
    found = expansion(terminology(SYSTEM, WHOLE), exclude_nested=False)
    [group] = found["contains"]
    assert (group["code"], group["abstract"], found["total"]) == ("group", True, 4)
    assert [row["code"] for row in group["contains"]] == ["hbp", "mm"]
    assert [row["code"] for row in group["contains"][0]["contains"]] == ["hbp-2"]
    assert {"name": "excludeNested", "valueBoolean": True} not in found["parameter"]


def test_groups_are_not_for_every_interface() -> None:
    found = expansion(terminology(SYSTEM, WHOLE), exclude_nested=False, exclude_not_for_ui=True)
    assert [row["code"] for row in found["contains"]] == ["hbp", "mm"]


def test_active_codes_only() -> None:
    assert codes(active_only=True) == ["hbp", "hbp-2"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("hyper", ["hbp", "hbp-2"]),
        ("STAGE hyp", ["hbp-2"]),
        ("tension", []),
        ("meniere", ["mm"]),
        ("Ｍénière", ["mm"]),
        ("高血压", ["hbp"]),
        ("血压", ["hbp"]),
        ("升高 hyper", ["hbp"]),
        ("mm", ["mm"]),
        ("nothing", []),
        ("  ", ["hbp", "hbp-2", "mm"]),
    ],
)
def test_the_text_typed_so_far(text: str, expected: list[str]) -> None:
    assert codes(filter=text) == expected


def test_pages() -> None:
    known = terminology(SYSTEM, WHOLE)
    pages = [expansion(known, offset=offset, count=2) for offset in (0, 2, 4)]
    assert [[row["code"] for row in page.get("contains", [])] for page in pages] == [["hbp", "hbp-2"], ["mm"], []]
    assert [(page["total"], page["offset"]) for page in pages] == [(3, 0), (3, 2), (3, 4)]
    assert {"name": "offset", "valueInteger": 2} in pages[1]["parameter"]
    assert {"name": "count", "valueInteger": 2} in pages[1]["parameter"]


def test_a_page_of_none_tells_the_total() -> None:
    found = expansion(terminology(SYSTEM, WHOLE), count=0)
    assert (found["total"], found.get("contains")) == (3, None)
    assert {"name": "count", "valueInteger": 0} in found["parameter"]


def test_the_total_follows_what_is_asked_and_what_changes() -> None:
    known = terminology(SYSTEM, WHOLE)
    assert [expansion(known, count=1, filter=text)["total"] for text in ("", "hyper", "高", "")] == [3, 2, 1, 3]


def test_a_list_that_is_too_long_has_to_be_paged() -> None:
    known = terminology(SYSTEM, WHOLE, max_expansion=2)
    with pytest.raises(FhirError) as raised:
        expansion(known)
    assert [(issue.key, issue.code) for issue in raised.value.issues] == [("expansion-too-large", "too-costly")]
    assert len(expansion(known, count=100)["contains"]) == 2
    assert len(expansion(known, filter="stage")["contains"]) == 1


def test_designations() -> None:
    known = terminology(SYSTEM, WHOLE)
    everything = expansion(known, include_designations=True)["contains"][0]["designation"]
    assert [row["value"] for row in everything] == ["高血压", "血压升高"]
    for token, expected in (
        ("urn:ietf:bcp:47|zh", ["高血压", "血压升高"]),
        ("urn:ietf:bcp:47|de", None),
        ("urn:use|synonym", ["血压升高"]),
        ("urn:other|synonym", None),
    ):
        row = expansion(known, designations=(token,))["contains"][0]
        assert [each["value"] for each in row["designation"]] == expected if expected else "designation" not in row


@pytest.mark.parametrize(
    ("language", "expected"),
    [("zh-CN", "高血压"), ("zh", "高血压"), ("de", "Hypertension"), ("de,zh;q=0.5", "高血压"), ("*", "Hypertension")],
)
def test_displays_in_a_language(language: str, expected: str) -> None:
    found = expansion(terminology(SYSTEM, WHOLE), display_language=language)
    assert found["contains"][0]["display"] == expected


def test_a_code_system_in_the_language_asked_for_needs_no_designation() -> None:
    chinese = {**code_system("urn:c", {"code": "1", "display": "男性"}), "language": "zh-CN"}
    known = terminology(chinese, value_set("urn:v", {"system": "urn:c"}))
    assert expansion(known, display_language="zh")["contains"][0]["display"] == "男性"


def test_a_value_set_may_call_things_by_names_of_its_own() -> None:
    own = {
        "code": "hbp",
        "display": "High blood pressure",
        "designation": [{"language": "de", "value": "Bluthochdruck"}],
    }
    known = terminology(SYSTEM, value_set("urn:v", {"system": "urn:s", "concept": [own, {"code": "mm"}]}))
    assert [row["display"] for row in expansion(known)["contains"]] == ["High blood pressure", "Ménière's disease"]
    assert expansion(known, display_language="de")["contains"][0]["display"] == "Bluthochdruck"
    assert expansion(known, display_language="zh")["contains"][0]["display"] == "高血压"


def test_code_systems_may_be_left_out() -> None:
    other = {**code_system("urn:o", "x"), "version": "1"}
    known = terminology(SYSTEM, other, value_set("urn:v", {"system": "urn:s"}, {"system": "urn:o"}))
    for excluded, expected in (("urn:s", ["x"]), ("urn:o|1", ["hbp", "hbp-2", "mm"]), ("urn:o|2", None)):
        found = [row["code"] for row in expansion(known, exclude_systems=(excluded,))["contains"]]
        assert found == (expected or ["hbp", "hbp-2", "mm", "x"])


def test_versions_are_reported_where_they_were_asked_for() -> None:
    versions = Versions(default={"urn:s": "7"}, force={"urn:t": "1"})
    parameters = expansion(terminology(SYSTEM, WHOLE), versions=versions)["parameter"]
    assert {"name": "system-version", "valueUri": "urn:s|7"} in parameters
    assert {"name": "force-system-version", "valueUri": "urn:t|1"} in parameters
    stated = terminology(SYSTEM, value_set("urn:v", {"system": "urn:s", "version": "7"}))
    assert expansion(stated)["contains"][0]["version"] == "7"


def test_a_fragment_is_named() -> None:
    known = terminology({**SYSTEM, "content": "fragment"}, WHOLE)
    assert {"name": "fragment", "valueUri": "urn:s"} in expansion(known)["parameter"]


@pytest.fixture(scope="module")
def large() -> Terminology:
    concepts = [{"code": f"C{number:06}", "display": f"概念 {number} concept"} for number in range(100_000)]
    known = terminology(
        code_system("urn:s", *concepts),
        value_set("urn:all", {"system": "urn:s"}),
        value_set("urn:listed", {"system": "urn:s", "concept": [{"code": row["code"]} for row in concepts]}),
        value_set("urn:both", {"valueSet": ["urn:listed"]}, {"system": "urn:s"}, exclude=({"valueSet": ["urn:none"]},)),
        value_set("urn:none", {"system": "urn:s", "filter": [{"property": "code", "op": "regex", "value": "X.*"}]}),
    )
    for url in ("urn:all", "urn:listed", "urn:none"):
        assert expansion(known, url, count=1)["total"] == (0 if url == "urn:none" else 100_000)
    return known


@pytest.mark.slow
@pytest.mark.parametrize(
    ("url", "text"), [("urn:all", ""), ("urn:all", "概念 9"), ("urn:listed", ""), ("urn:both", "")]
)
def test_a_page_of_100_000_codes_takes_the_memory_of_a_page(large: Terminology, url: str, text: str) -> None:
    """Beyond the code system itself, which is read once: nothing is kept of the codes that are passed on the way."""
    expansion(large, url, count=1, filter=text)
    tracemalloc.start()
    try:
        page = expansion(large, url, offset=9_000, count=100, filter=text)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert len(page["contains"]) == 100
    assert most < 500_000


@pytest.mark.slow
def test_a_code_system_of_100_000_codes_takes_tens_of_megabytes() -> None:
    concepts = [{"code": f"C{number:06}", "display": f"概念 {number} concept"} for number in range(100_000)]
    body = json.encode(code_system("urn:s", *concepts))
    tracemalloc.start()
    try:
        system = CodeSystem(body)
        kept, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert system.size == 100_000
    assert kept < 40_000_000
    assert most < 60_000_000
