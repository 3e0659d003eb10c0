from __future__ import annotations

from typing import Any

import pytest

from fhirserver.outcome import FhirError
from fhirserver.terminology.terminology import Terminology
from fhirserver.terminology.validate_code import Question, Verdict, in_code_system, in_value_set
from tests.support.terms import code_system, terminology, value_set

SYSTEM = code_system(
    "urn:s",
    {
        "code": "group",
        "display": "Group",
        "property": [{"code": "notSelectable", "valueBoolean": True}],
        "concept": [
            {"code": "married", "display": "Married", "designation": [{"language": "zh", "value": "已婚"}]},
            {
                "code": "single",
                "display": "Single",
                "property": [{"code": "inactive", "valueBoolean": True}],
            },
        ],
    },
    "unnamed",
)
SET = value_set("urn:v", {"system": "urn:s"})
KNOWN = terminology(SYSTEM, SET)


def check(*codings: dict[str, Any], known: Terminology = KNOWN, url: str = "urn:v", **question: Any) -> Verdict:
    found = known.value_set(url)
    assert found is not None
    return in_value_set(known, found, codings, Question(**question))


def said(verdict: Verdict) -> list[tuple[str, str, str]]:
    return [(issue.severity, issue.key, issue.expression) for issue in verdict.issues]


def test_a_code_of_the_value_set() -> None:
    verdict = check({"system": "urn:s", "code": "married"})
    assert (verdict.result, verdict.display, verdict.issues) == (True, "Married", ())
    assert verdict.concept is not None
    assert verdict.concept.code == "married"


def test_a_code_without_system_is_of_whichever_system_the_value_set_has() -> None:
    assert check({"code": "married"}).result is True
    assert said(check({"code": "nowhere"}, path="Patient.gender")) == [
        ("error", "value-set-lacks-code", "Patient.gender")
    ]


def test_a_code_the_system_does_not_have() -> None:
    verdict = check({"system": "urn:s", "code": "maried"}, path="Patient.maritalStatus.coding[0]")
    assert verdict.result is False
    assert said(verdict) == [("error", "code-unknown", "Patient.maritalStatus.coding[0].code")]
    assert "near: married (Married)" in verdict.issues[0].text("en")
    assert "相近的有：married (Married)" in verdict.issues[0].text("zh")


def test_what_was_meant_may_be_told_by_the_display() -> None:
    assert "married (Married)" in check({"system": "urn:s", "code": "M", "display": "maried"}).issues[0].text()
    assert "married (Married)" in check({"system": "urn:s", "code": "Maried"}).issues[0].text()
    assert "near" not in check({"system": "urn:s", "code": "???"}).issues[0].text()


def test_a_code_of_the_system_that_is_not_in_the_value_set() -> None:
    known = terminology(SYSTEM, value_set("urn:v", {"system": "urn:s", "concept": [{"code": "married"}]}))
    assert said(check({"system": "urn:s", "code": "single"}, known=known)) == [("error", "value-set-lacks-code", "")]


def test_a_code_of_another_system() -> None:
    verdict = check({"system": "urn:other", "code": "married"}, path="x")
    assert said(verdict) == [("error", "system-not-in-value-set", "x.system")]
    assert "urn:s" in verdict.issues[0].text()


@pytest.mark.parametrize("display", ["Married", "married", "MARRIED", "  Married ", "已婚", "Ｍarried"])
def test_right_displays(display: str) -> None:
    assert check({"system": "urn:s", "code": "married", "display": display}).result is True


def test_a_wrong_display() -> None:
    coding = {"system": "urn:s", "code": "married", "display": "Divorced"}
    verdict = check(coding, path="x")
    assert (verdict.result, verdict.display) == (False, "Married")
    assert said(verdict) == [("error", "display-wrong", "x.display")]
    assert "Married | 已婚" in verdict.issues[0].text()
    assert check(coding, displays=False).result is True


def test_no_display_is_wrong_where_none_is_known() -> None:
    assert check({"system": "urn:s", "code": "unnamed", "display": "anything"}).result is True


def test_the_value_set_has_displays_of_its_own() -> None:
    own = {"code": "married", "display": "Wed", "designation": [{"language": "de", "value": "Verheiratet"}]}
    inner = value_set("urn:i", {"system": "urn:s", "concept": [own]})
    known = terminology(SYSTEM, inner, value_set("urn:v", {"valueSet": ["urn:i"]}))
    for display in ("Wed", "Verheiratet", "Married"):
        assert check({"system": "urn:s", "code": "married", "display": display}, known=known).result is True
    assert check({"system": "urn:s", "code": "married"}, known=known).display == "Wed"


def test_the_display_in_a_language() -> None:
    assert check({"system": "urn:s", "code": "married"}, display_language="zh-CN").display == "已婚"


def test_an_abstract_code_is_right_only_where_one_is_wanted() -> None:
    coding = {"system": "urn:s", "code": "group"}
    assert said(check(coding)) == [("error", "code-abstract", "")]
    assert check(coding, abstract=True).result is True


def test_an_inactive_code_is_right_with_a_warning() -> None:
    verdict = check({"system": "urn:s", "code": "single"})
    assert (verdict.result, said(verdict)) == (True, [("warning", "code-inactive", "")])


def test_one_right_coding_of_a_concept_is_enough() -> None:
    wrong, right = {"system": "urn:s", "code": "nowhere"}, {"system": "urn:s", "code": "married"}
    assert check(wrong, right).result is True
    verdict = check(wrong, {"system": "urn:other", "code": "x"}, path="Patient.maritalStatus")
    assert said(verdict) == [
        ("error", "code-unknown", "Patient.maritalStatus.coding[0].code"),
        ("error", "system-not-in-value-set", "Patient.maritalStatus.coding[1].system"),
    ]
    assert check().result is False


def test_nobody_can_tell_without_the_content_of_the_code_system() -> None:
    known = terminology(SYSTEM, value_set("urn:v", {"system": "urn:s"}, {"system": "http://loinc.org"}))
    verdict = check({"system": "http://loinc.org", "code": "8480-6"}, known=known, path="x")
    assert (verdict.result, said(verdict)) == (None, [("warning", "code-system-unknown", "x")])
    assert check({"system": "urn:s", "code": "nowhere"}, known=known).result is False
    assert check({"code": "8480-6"}, known=known).result is None
    assert (
        check({"system": "urn:s", "code": "x"}, {"system": "http://loinc.org", "code": "y"}, known=known).result is None
    )


def test_a_value_set_that_is_not_known_leaves_it_open() -> None:
    known = terminology(SYSTEM, value_set("urn:v", {"valueSet": ["urn:nowhere"]}))
    verdict = check({"system": "urn:s", "code": "married"}, known=known)
    assert (verdict.result, said(verdict)) == (None, [("warning", "value-set-unknown", "")])


def test_a_version_the_coding_names() -> None:
    versions = [{**code_system("urn:s", code), "version": version} for version, code in (("1", "old"), ("2", "new"))]
    known = terminology(*versions, SET)
    assert check({"system": "urn:s", "code": "old"}, known=known).result is False
    assert check({"system": "urn:s", "version": "1", "code": "old"}, known=known).result is True
    verdict = check({"system": "urn:s", "version": "3", "code": "old"}, known=known)
    assert (verdict.result, said(verdict)) == (None, [("warning", "code-system-version-unknown", "")])


def test_a_coding_without_code() -> None:
    assert said(check({"system": "urn:s", "display": "Married"}, path="x")) == [
        ("error", "coding-without-code", "x.code")
    ]


def test_a_definition_that_makes_no_sense_stops() -> None:
    known = terminology(value_set("urn:v", {"valueSet": ["urn:v"]}))
    with pytest.raises(FhirError, match="value-set-circular"):
        check({"system": "urn:s", "code": "x"}, known=known)


@pytest.mark.parametrize(
    ("coding", "result", "key"),
    [
        ({"code": "married"}, True, None),
        ({"code": "married", "display": "Divorced"}, False, "display-wrong"),
        ({"code": "maried"}, False, "code-unknown"),
        ({"code": "group"}, False, "code-abstract"),
        ({"system": "urn:other", "code": "married"}, False, "system-not-asked"),
        ({"system": "urn:s"}, False, "coding-without-code"),
    ],
)
def test_in_a_code_system(coding: dict[str, Any], result: bool, key: str | None) -> None:
    verdict = in_code_system(KNOWN, "urn:s", [coding])
    assert verdict.result is result
    assert [issue.key for issue in verdict.issues] == ([key] if key else [])


def test_in_a_code_system_that_is_not_here() -> None:
    verdict = in_code_system(KNOWN, "http://loinc.org", [{"code": "8480-6"}])
    assert (verdict.result, said(verdict)) == (None, [("warning", "code-system-unknown", "")])
    verdict = in_code_system(KNOWN, "http://snomed.info/sct", [{"code": "1"}])
    assert (verdict.result, said(verdict)) == (None, [("warning", "code-system-not-whole", "")])


def test_in_a_grammar() -> None:
    assert in_code_system(KNOWN, "http://unitsofmeasure.org", [{"code": "mg/dL"}]).result is True
    assert in_code_system(KNOWN, "http://unitsofmeasure.org", [{"code": "mgg"}]).result is False
