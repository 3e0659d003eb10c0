"""#string-manipulation."""

from __future__ import annotations

import pytest

from tests.fhirpath.evaluating import PATIENT, error, values


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("'abcdefg'.indexOf('bc')", [1]),
        ("'abcdefg'.indexOf('x')", [-1]),
        ("'abcdefg'.indexOf('')", [0]),
        ("'abcb'.lastIndexOf('b')", [3]),
        ("'abcdefg'.substring(3)", ["defg"]),
        ("'abcdefg'.substring(1, 2)", ["bc"]),
        ("'abcdefg'.substring(6, 2)", ["g"]),
        ("'abcdefg'.substring(7, 1)", []),
        ("'abcdefg'.substring(-1)", []),
        ("'abc'.substring(1, {})", ["bc"]),
        ("'abc'.substring(1, -1)", [""]),
        ("'abc'.substring({})", []),
        ("'abc'.startsWith('ab') and 'abc'.endsWith('bc') and 'abc'.contains('b')", [True]),
        ("'abc'.startsWith('') and 'abc'.endsWith('') and 'abc'.contains('')", [True]),
        ("'aB\u00df'.upper() & 'AB'.lower()", ["ABSSab"]),
        ("'abcdefg'.replace('cde', '123')", ["ab123fg"]),
        ("'abc'.replace('', 'x')", ["xaxbxcx"]),
        ("'abc'.length() + ''.length()", [3]),
        ("'ab'.toChars()", ["a", "b"]),
        ("' a\\n'.trim()", ["a"]),
        ("'a,,b'.split(',')", ["a", "", "b"]),
        ("'ab'.split('')", ["a", "b"]),
        ("name.given.join(', ')", ["Peter, James, Jim"]),
        ("name.given.join()", ["PeterJamesJim"]),
        ("{}.join(',') | name.given.join({})", []),
    ],
)
def test_text(expression: str, expected: list[object]) -> None:
    assert values(expression, PATIENT) == expected


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("'abc'.matches('b')", [True]),
        ("'abc'.matches('^b')", [False]),
        ("'a\\nb'.matches('a.b')", [True]),
        ("'abc'.matchesFull('b')", [False]),
        ("'abc'.matchesFull('.b.')", [True]),
        ("'\u4e2d\u6587'.matches('^\\\\w+$')", [True]),
        ("'Abc'.matches('abc')", [False]),
        ("'11/30/1972'.replaceMatches('(?<m>\\\\d+)/(?<d>\\\\d+)/(?<y>\\\\d+)', '${d}-${m}-${y}')", ["30-11-1972"]),
        ("'abc'.replaceMatches('(b)', '[$1$$\\\\]')", ["a[b$\\]c"]),
        ("'abc'.replaceMatches('', 'x')", ["abc"]),
        ("'abc'.replaceMatches('[a-b]', '')", ["c"]),
    ],
)
def test_regular_expressions(expression: str, expected: list[object]) -> None:
    assert values(expression) == expected


@pytest.mark.parametrize(
    "pattern",
    ["(", "[", "a{1000}{1000}", "(" * 300 + "a{9}" + "){9}" * 300, "((a{500}){500}){500}", "a" * 2001, "(?P<n>"],
)
def test_bad_or_oversized_patterns_are_refused(pattern: str) -> None:
    assert error(f"'a'.matches('{pattern}')") == "fhirpath-bad-regex"


def test_unknown_groups_are_refused() -> None:
    assert error("'a'.replaceMatches('a', '$9')") == "fhirpath-bad-regex"
    assert error("'a'.replaceMatches('a', '${x}')") == "fhirpath-bad-regex"


def test_a_pattern_without_end_is_stopped() -> None:
    assert error(f"'{'a' * 60}b'.matches('(a|aa)+$')") == "fhirpath-slow-regex"


def test_matches_of_one_evaluation_share_the_time() -> None:
    slow = f"('{'a' * 28}b').toChars().select(%context.matches('(a|aa)+$'))"
    assert error(slow, "a" * 28 + "b", "string") == "fhirpath-slow-regex"


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("'subjects?_d'.encode('base64')", ["c3ViamVjdHM/X2Q="]),
        ("'subjects?_d'.encode('urlbase64')", ["c3ViamVjdHM_X2Q="]),
        ("'\u4e2d'.encode('hex')", ["e4b8ad"]),
        ("'e4b8ad'.decode('hex')", ["\u4e2d"]),
        ("'c3ViamVjdHM/X2Q='.decode('base64')", ["subjects?_d"]),
        ("'c3ViamVjdHM_X2Q='.decode('urlbase64')", ["subjects?_d"]),
        ("'x'.encode('other') | 'x'.decode('other') | 'x'.escape('other') | 'x'.unescape('other')", []),
        ("'zz'.decode('hex') | '*'.decode('base64') | 'ff'.decode('hex') | '\u4e2d'.decode('hex')", []),
        ("'\"1<2\"'.escape('html')", ["&quot;1&lt;2&quot;"]),
        ("'&quot;1&lt;2&quot;'.unescape('html')", ['"1<2"']),
        ("'\"a\\n'.escape('json')", ['\\"a\\n']),
        ("'\\\\\"a\\\\n'.unescape('json')", ['"a\n']),
        ("'\\\\'.unescape('json')", []),
        ("'\\\\ud800'.unescape('json')", ["\ufffd"]),
    ],
)
def test_encodings(expression: str, expected: list[object]) -> None:
    assert values(expression) == expected
