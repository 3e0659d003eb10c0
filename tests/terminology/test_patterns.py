from __future__ import annotations

import pytest

from fhirserver.outcome import FhirError
from fhirserver.terminology.patterns import pattern


@pytest.mark.parametrize(
    "text",
    [
        "[A-Z]{3}",
        r"[A-Z]\d{2}(\.[\dx]\d{2}(x\d{3})?)?",
        "(a|b)*",
        "a*b*c*",
        r"\d+(\.\d+)?",
        "a{1,5000}",
        "(?=a+)b",
        "abc|def|ghi",
    ],
)
def test_expressions_as_code_systems_need_them(text: str) -> None:
    assert pattern(text).pattern == text


@pytest.mark.parametrize(
    "text",
    [
        "(a+)+",
        "(ab|cd)*",
        "(?:[a-z]+-)*x",
        "a*b*c*d*",
        "(a{1,3}){1,3}",
        "(a?){30}a{30}",
        f"({'a?' * 20})a",
        r"(x)\1",
        "(a|b|ab)*c",
        "a" * 501,
    ],
)
def test_expressions_that_may_take_long_are_refused(text: str) -> None:
    with pytest.raises(FhirError) as raised:
        pattern(text)
    assert [issue.key for issue in raised.value.issues] == ["regex-too-costly"]
    assert raised.value.status == 422


@pytest.mark.parametrize("text", ["[", "(", "*", "(?P<a>x)(?P<a>y)", "(?(1)a|b)"])
def test_what_is_no_expression_is_refused(text: str) -> None:
    with pytest.raises(FhirError) as raised:
        pattern(text)
    assert [issue.key for issue in raised.value.issues] == ["regex-invalid"]


def test_what_may_be_done_once_may_be_too_much_for_a_large_code_system() -> None:
    assert pattern("a*b*c*", times=100)
    with pytest.raises(FhirError):
        pattern("a*b*c*", times=1_000_000)
