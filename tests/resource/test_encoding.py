"""Bodies as text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fhirserver.outcome import FhirError
from fhirserver.resource.encoding import place, utf8


def test_text() -> None:
    assert utf8("中\n".encode()) == "中\n"


@pytest.mark.parametrize(
    ("body", "key"),
    [
        (b"", "empty-body"),
        (b"\r\n\t ", "empty-body"),
        ("a".encode("utf-16"), "wrong-encoding"),
        (b"\xfe\xff\x00a", "wrong-encoding"),
        (b"a\xe4", "not-utf8"),
        (b"\xc0\x80", "not-utf8"),
        (b"\xed\xa0\x80", "not-utf8"),
    ],
)
def test_what_is_no_text(body: bytes, key: str) -> None:
    with pytest.raises(FhirError, match=key) as caught:
        utf8(body)
    assert caught.value.status == 400


@given(st.text(st.characters(exclude_categories=["Cs"])), st.characters(exclude_categories=["Cs"]))
def test_a_place_counts_lines_and_characters(before: str, character: str) -> None:
    text = before + character
    expected = {"line": before.count("\n") + 1, "column": len(before.rpartition("\n")[2]) + 1}
    assert place(text.encode(), len(before.encode())) == expected
