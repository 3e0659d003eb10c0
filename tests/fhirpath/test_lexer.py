"""Tokens, escapes, and where errors are."""

from __future__ import annotations

import pytest

from fhirserver.fhirpath.lexer import MAX_LENGTH, tokens, unescape
from fhirserver.outcome import FhirError
from tests.fhirpath.evaluating import error, values


def read(text: str) -> list[tuple[str, str]]:
    return [(token.kind, token.text) for token in tokens(text)][:-1]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a.b", [("identifier", "a"), ("symbol", "."), ("identifier", "b")]),
        ("1.5.b", [("number", "1.5"), ("symbol", "."), ("identifier", "b")]),
        ("1.b", [("number", "1"), ("symbol", "."), ("identifier", "b")]),
        (
            "a<=b!~c",
            [("identifier", "a"), ("symbol", "<="), ("identifier", "b"), ("symbol", "!~"), ("identifier", "c")],
        ),
        ("`div`", [("delimited", "div")]),
        ("$this", [("special", "this")]),
        ('%"vs-x"', [("symbol", "%"), ("delimited", "vs-x")]),
        (
            "@2015-02-04T14:34:28.123+09:00.x",
            [("moment", "2015-02-04T14:34:28.123+09:00"), ("symbol", "."), ("identifier", "x")],
        ),
        ("@2015T", [("moment", "2015T")]),
        ("@T14:30", [("moment", "T14:30")]),
        ("a // b\n/* c */ d", [("identifier", "a"), ("identifier", "d")]),
        ("'it''s'", [("string", "it"), ("string", "s")]),
    ],
)
def test_tokens(text: str, expected: list[tuple[str, str]]) -> None:
    assert read(text) == expected


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (r"\'\"\`\\\/", "'\"`\\/"),
        (r"\r\n\t\f", "\r\n\t\f"),
        (r"\u4e2d", "中"),
        (r"\ud83d\ude00", "😀"),
        (r"\ud83d", "\ufffd"),
        (r"\p", "p"),
        (r"\3", "3"),
        (r"\u005", "u005"),
    ],
)
def test_escapes(written: str, meant: str) -> None:
    assert unescape(written) == meant


@pytest.mark.parametrize("text", ["'open", "`open", "a /* open", "#", "$that", "@", "a ! b", "\u00e9"])
def test_what_begins_no_token_is_refused(text: str) -> None:
    assert error(text) == "fhirpath-syntax"


def test_an_error_names_line_and_column() -> None:
    with pytest.raises(FhirError) as caught:
        list(tokens("name\n  .given ? 1"))
    assert caught.value.issues[0].text() == ("FHIRPath line 2, column 10: found '? 1', expected an expression")
    assert caught.value.status == 400


def test_length_is_bounded() -> None:
    assert values("'" + "a" * (MAX_LENGTH - 20) + "'.length()") == [MAX_LENGTH - 20]
    assert error("a" * (MAX_LENGTH + 1)) == "fhirpath-too-long"
