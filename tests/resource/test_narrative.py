"""The rules of narratives."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fhirserver.resource.narrative import ATTRIBUTES, ELEMENTS, check

XHTML = 'xmlns="http://www.w3.org/1999/xhtml"'


def keys(inner: str) -> list[str]:
    issues = list(check(f"<div {XHTML}>{inner}</div>"))
    assert all(issue.text("both") and not issue.expression for issue in issues)
    return [issue.key for issue in issues]


@pytest.mark.parametrize(
    "inner",
    [
        "a",
        "<p>a <b>b</b></p>",
        '<img src="#pic" alt=""/>',
        '<img src="data:image/png;base64,iVBORw0KGgo="/>',
        '<img src="http://example.org/a.png"/>',
        '<a href="http://example.org/javascript:x">a</a><a name="b"/><a href="#b">c</a><a href="mailto:a@b">d</a>',
        '<table border="1"><caption>a</caption><tr><th colspan="2">b</th><td bgcolor="red">c</td></tr></table>',
        '<p xml:lang="zh" lang="zh" dir="ltr">中</p>',
        '<p style="color: red; background: url(data:image/png;base64,x) /* url(x) */">a</p>',
        "<kbd>a</kbd><address>b</address><bdo dir='rtl'>c</bdo>",
        "<!-- <script> -->a",
        "<div><div>a</div></div>",
    ],
)
def test_allowed(inner: str) -> None:
    assert keys(inner) == []


@pytest.mark.parametrize(
    ("inner", "expected"),
    [
        ("a<script>b</script>", ["narrative-element"]),
        ("a<form><input/></form>", ["narrative-element", "narrative-element"]),
        *[(f"a<{name}/>", ["narrative-element"]) for name in ("iframe", "object", "link", "style", "base", "P")],
        ('a<svg xmlns="http://www.w3.org/2000/svg"/>', ["narrative-element"]),
        ('a<b xmlns="">c</b>', ["narrative-element"]),
        ('<p onclick="x">a</p>', ["narrative-attribute"]),
        ('<a target="_blank">a</a>', ["narrative-attribute"]),
        ('<p xmlns:x="urn:x" x:style="a">a</p>', ["narrative-attribute"]),
        ('<a href="javascript:alert(1)">a</a>', ["narrative-link"]),
        ('<a href=" JaVa&#9;Script&#10;:alert(1)">a</a>', ["narrative-link"]),
        ('<a href="data:text/html,x">a</a>', ["narrative-link"]),
        ('<a href="data:image/svg+xml,x">a</a>', ["narrative-link"]),
        ('<img src="data:text/html,x"/>', ["narrative-link"]),
        ('<blockquote cite="vbscript:x">a</blockquote>', ["narrative-link"]),
        ('<p style="width: expression(alert(1))">a</p>', ["narrative-style"]),
        ('<p style="width: ex/**/pression(alert(1))">a</p>', ["narrative-style"]),
        (r'<p style="width: \65 xpression(alert(1))">a</p>', ["narrative-style"]),
        (r'<p style="background: \URL(http://x/y)">a</p>', ["narrative-style"]),
        ('<p style="background: url( &quot;http://x/y&quot; )">a</p>', ["narrative-style"]),
        ('<p style="@import \'x.css\'">a</p>', ["narrative-style"]),
        ('<p style="behavior: url(#x)">a</p>', ["narrative-style"]),
        ("", ["narrative-empty"]),
        (" \n<p>\t</p><img alt='a'/>", ["narrative-empty"]),
        ("&nbsp;", ["xml-entity"]),
        ("<p>a", ["xml-tags"]),
        ("a & b", ["xml-escape"]),
        ("a</div><div>b", ["xml-syntax"]),
    ],
)  # fmt: skip
def test_not_allowed(inner: str, expected: list[str]) -> None:
    assert keys(inner) == expected


@pytest.mark.parametrize(
    ("div", "key"),
    [
        ("", "xml-syntax"),
        ("a", "xml-syntax"),
        ("<div>a</div>", "narrative-not-div"),
        (f"<p {XHTML}>a</p>", "narrative-not-div"),
        (f"<!DOCTYPE div><div {XHTML}>a</div>", "xml-doctype"),
        (f"<div {XHTML}>a</div>b", "xml-syntax"),
        ("<div>" * 300 + "</div>" * 300, "too-deep"),
    ],
)
def test_what_is_no_div(div: str, key: str) -> None:
    assert [issue.key for issue in check(div)] == [key]


def test_the_same_fault_is_told_once_and_many_faults_in_part() -> None:
    assert keys("a" + "<script/>" * 100) == ["narrative-element"]
    assert len(keys("a" + "".join(f"<x{n}/>" for n in range(100)))) == 20


def test_the_tables_hold_nothing_that_runs() -> None:
    assert not ELEMENTS & {"script", "style", "iframe", "object", "embed", "form", "link", "base", "meta"}
    assert not {name for name in ATTRIBUTES if name.startswith("on")}


@given(st.text())
def test_any_text_is_judged(text: str) -> None:
    for issue in check(text):
        assert issue.text("both")
