"""Escapes, lists, prefixes, names, words: the small grammars of search."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fhirserver.search import names, paths, pinyin, uris, values, words
from fhirserver.search.folding import after, fold
from fhirserver.search.numbers import half_width


@given(st.lists(st.text(min_size=1), min_size=1, max_size=4))
def test_escaped_values_come_back(texts: list[str]) -> None:
    joined = ",".join(values.escape(text) for text in texts)
    assert [values.unescape(each) for each in values.split(joined, ",")] == texts


@pytest.mark.parametrize(
    ("text", "prefix"), [("ge2024", ("ge", "2024")), ("2024", ("eq", "2024")), ("ap5.4", ("ap", "5.4"))]
)
def test_prefixes(text: str, prefix: tuple[str, str]) -> None:
    assert values.prefixed(text) == prefix


NAMES = [
    ("name", names.Plain("name")),
    ("name:exact", names.Plain("name", "exact")),
    ("subject:Patient.name", names.Chain("subject", "Patient", names.Plain("name"))),
    ("a.b.c:not", names.Chain("a", None, names.Chain("b", None, names.Plain("c", "not")))),
    ("_has:Observation:patient:code", names.Has("Observation", "patient", names.Plain("code"))),
    (
        "a._has:X:y:_has:Z:w:v.u",
        names.Chain("a", None, names.Has("X", "y", names.Has("Z", "w", names.Chain("v", None, names.Plain("u"))))),
    ),
]


@pytest.mark.parametrize(("text", "parsed"), NAMES)
def test_names(text: str, parsed: names.Name) -> None:
    assert names.parse(text) == parsed
    assert names.spelled(parsed) == text


@pytest.mark.parametrize("text", ["", ":x", "a:", "a..b", ".a", "a.", "_has:A:b", "_has:A::c"])
def test_names_without_meaning(text: str) -> None:
    assert names.parse(text) is None


@given(st.text(max_size=6), st.text(max_size=3))
def test_what_begins_with_a_prefix_stands_before_the_text_after_it(prefix: str, rest: str) -> None:
    end = after(prefix)
    assert not end or prefix <= prefix + rest < end


@pytest.mark.parametrize(
    ("text", "folded"),
    [("Müller", "muller"), ("ＡＢＣ", "abc"), (" a \t b ", "a b"), ("ǅ", "dz"), ("刘", "刘"), ("ß", "ss")],
)
def test_folding(text: str, folded: str) -> None:
    assert fold(text) == folded


@pytest.mark.parametrize(
    ("name", "spelled"),
    [
        ("刘桂兰", {"liuguilan", "lgl"}),
        ("单雄信", {"shanxiongxin", "sxx"}),
        ("欧阳修", {"ouyangxiu", "oyx"}),
        ("Li", set()),
    ],
)
def test_pinyin(name: str, spelled: set[str]) -> None:
    assert spelled <= set(pinyin.spellings(name))


def _holds(text: str, term: str) -> bool:
    return f" {' '.join(words.sought(term))} " in f" {' '.join(words.words(text))} "


@given(
    st.text(alphabet="高血压病人患者", min_size=1, max_size=8),
    st.text(alphabet="高血压病人患者", min_size=1, max_size=4),
)
def test_chinese_terms_are_found_inside_sentences(text: str, term: str) -> None:
    assert _holds(text, term) == (term in text)


@pytest.mark.parametrize(
    ("uri", "found"),
    [
        ("http://a.org/x/y", ["http://a.org/x/y", "http://a.org/x", "http://a.org"]),
        ("urn:oid:1.2", []),
    ],
)
def test_levels_of_a_url(uri: str, found: list[str]) -> None:
    assert list(uris.prefixes(uri)) == found


@pytest.mark.parametrize(("text", "half"), [("100", "0.5"), ("100.00", "0.005"), ("1e2", "5"), ("5.4e-3", "0.00005")])
def test_the_range_that_digits_leave_open(text: str, half: str) -> None:
    assert half_width(text) == Decimal(half)


PATHS = [
    ("(Observation.value as Quantity)", "Observation", ".value.ofType(Quantity)", None),
    ("Condition.onset.as(Age)", "Condition", ".onset.ofType(Age)", None),
    ("Task.for.where(resolve() is Patient)", "Task", ".for", "Patient"),
    ("Patient.telecom.where(system='email')", "Patient", ".telecom.where(system='email')", None),
    ("Bundle.entry[0].resource", "Bundle", ".entry[0].resource", None),
]


@pytest.mark.parametrize(("branch", "type", "text", "only"), PATHS)
def test_paths(branch: str, type: str, text: str, only: str | None) -> None:
    path = paths.parse(branch, type)
    assert path is not None
    assert (path.text, path.only) == (text, only)
    assert paths.Tree(type).add(path)
