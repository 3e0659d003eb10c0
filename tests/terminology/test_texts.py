"""languages.py, text_filter.py and near.py: the texts of concepts, chosen, searched and guessed."""

from __future__ import annotations

import pytest

from fhirserver.terminology.languages import display, suits, wanted
from fhirserver.terminology.near import near
from fhirserver.terminology.text_filter import folded, typed


def test_languages_by_how_much_they_are_wanted() -> None:
    assert wanted("en;q=0.5, zh-CN, de;q=0.8, *;q=0.1") == ["zh-CN", "de", "en"]
    assert wanted(None) == wanted("") == wanted("*") == []
    assert wanted("zh;q=rubbish, en") == ["en", "zh"]


@pytest.mark.parametrize(
    ("found", "asked", "expected"),
    [
        ("zh-CN", "zh", True),
        ("zh", "zh-CN", True),
        ("ZH-cn", "zh-CN", True),
        ("zh", "en", False),
        (None, "zh", False),
        ("zha", "zh", False),
        ("zh-CN", "zh-TW", False),
    ],
)
def test_languages_that_serve_one_another(found: str | None, asked: str, expected: bool) -> None:
    assert suits(found, asked) is expected


def test_the_text_to_show() -> None:
    rows = [
        {"language": "zh", "use": {"code": "synonym"}, "value": "synonym"},
        {"language": "zh-TW", "value": "near"},
        {"language": "zh", "value": "exact"},
        {"value": "of no language"},
    ]
    assert display(["zh"], "own", None, rows) == "exact"
    assert display(["zh-TW"], "own", None, rows) == "near"
    assert display(["de"], "own", None, rows) == "own"
    assert display(["de"], "own", "de-AT", rows) == "own"
    assert display([], None, None, rows) is None


def test_texts_are_compared_without_case_width_and_accents() -> None:
    assert folded("ＡＢＣ Ménière ß ﬁ") == "abc meniere ss fi"
    assert folded("高血压") == "高血压"


@pytest.mark.parametrize(
    ("text", "candidate", "expected"),
    [
        ("dia", "Type 2 diabetes", True),
        ("abetes", "Type 2 diabetes", False),
        ("2 type", "Type 2 diabetes", True),
        ("血糖", "空腹血糖测定", True),
        ("hba1c", "糖化血红蛋白HbA1c", True),
        ("1c", "HbA1c", False),
        ("(fasting", "glucose (fasting)", True),
        ("x", "", False),
    ],
)
def test_words_begin_with_what_was_typed_and_chinese_holds_it(text: str, candidate: str, expected: bool) -> None:
    assert typed(text)([candidate, None]) is expected


def test_pieces_may_be_found_in_several_texts() -> None:
    assert typed("dia 糖尿病")(["Diabetes", "2型糖尿病"])
    assert not typed("dia 高血压")(["Diabetes", "2型糖尿病"])


def test_near_codes() -> None:
    known = [("M", "Married"), ("D", "Divorced"), ("U", None), ("separated", "Separated")]
    assert near("seperated", None, known).found == ("separated (Separated)",)
    assert near("X", "divorcd", known).found == ("D (Divorced)",)
    assert near("marriedd", None, known).found == ("M (Married)",)
    assert near("u", None, known).found == ("U",)
    assert near("?" * 100, None, known).found == ()
    assert f"{near('u', None, known):zh}" == "；相近的有：U"
    assert f"{near('???', None, known):en}" == ""
