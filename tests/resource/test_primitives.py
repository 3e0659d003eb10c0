"""The primitive types: what each accepts and what not."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fhirserver.resource import json
from fhirserver.resource.primitives import MAX_STRING, PRIMITIVES, found
from fhirserver.spec.structures import PRIMITIVE_TYPES
from tests.resource.strategies import PRIMITIVE, TEXT

# What is right and what is wrong, type by type; a wrong value is wrong for the reason the line groups it by
RIGHT: dict[str, list[Any]] = {
    "boolean": [True, False],
    "integer": [0, -1, 2147483647, -2147483648],
    "unsignedInt": [0, 2147483647],
    "positiveInt": [1, 2147483647],
    "decimal": [0, -5, Decimal("0.10"), json.number("1e-7"), 10**40],
    "string": ["a", " a ", "a\r\n\tb", "中文", "\u00a0", " ", "\x7f", "\u2028", "x" * MAX_STRING],
    "markdown": ["# a\n\n* b"],
    "code": ["a", "a b", "a-b.c/d", "中 文", "=", "a\u00a0", "\u00a0"],
    "id": ["a", "A-1.b", "1", "x" * 64],
    "uri": ["a", "urn:oid:1.2", "http://a/b?c=d|e#f", "mailto:a@b", "中"],
    "url": ["http://a/b"],
    "canonical": ["http://a/b|1.0#c", "#a"],
    "uuid": ["urn:uuid:c757873d-ec9a-4326-a141-556f43239520"],
    "oid": ["urn:oid:1.2.3.4.5", "urn:oid:0.0", "urn:oid:2.999.10"],
    "base64Binary": ["QQ==", "QUI=", "QUJD", "QUJD QUJE\n", "QUJ DQUJE", "a+/="],
    "date": ["2024", "2024-02", "2024-02-29", "2000-02-29", "0001-01-01", "9999-12-31", "2023-04-30"],
    "dateTime": [
        "2024", "2024-02", "2024-02-29", "2024-02-29T00:00:00Z", "2024-02-29T23:59:59.123456789+14:00",
        "2024-02-29T23:59:60-13:59",
    ],
    "instant": ["2024-02-29T00:00:00Z", "2024-02-29T23:59:59.9-05:00", "2016-12-31T23:59:60Z"],
    "time": ["00:00:00", "23:59:59", "23:59:60", "12:00:00.001"],
    "xhtml": ["<div>a</div>"],
}  # fmt: skip

WRONG: dict[str, list[Any]] = {
    "boolean": ["true", 0, 1, None, "", [], {}],
    "integer": ["1", True, Decimal("1.0"), 2147483648, -2147483649, None, 10**40],
    "unsignedInt": [-1, 2147483648, "0", False, Decimal("0.0")],
    "positiveInt": [0, -1, 2147483648, True],
    "decimal": ["1.0", True, None, Decimal("NaN"), Decimal("Infinity"), 10**300, -(10**300)],
    "string": ["", 1, True, None, [], {}, "a\x00", "\x0b", "a\x1f", "\ufffe", "\ud800", "x" * (MAX_STRING + 1)],
    "markdown": ["", 1, "\x08"],
    "code": ["", " a", "a ", "a  b", "a\tb", "a\nb", "a\n", "a\x01", 1],
    "id": ["", "a_b", "a/b", "x" * 65, "a ", "a\n", "ä", "中", 1],
    "uri": ["", "a b", " a", "a\n", "a\u00a0", "\x01", 1],
    "url": ["", "http://a b"],
    "canonical": ["", "a b"],
    "uuid": [
        "c757873d-ec9a-4326-a141-556f43239520", "urn:uuid:C757873D-EC9A-4326-A141-556F43239520",
        "urn:uuid:c757873dec9a4326a141556f43239520", "urn:uuid:", "urn:uuid:c757873d-ec9a-4326-a141-556f43239520\n",
    ],
    "oid": ["1.2.3", "urn:oid:1", "urn:oid:3.1", "urn:oid:1.02", "urn:oid:1..2", "urn:oid:1.2."],
    "base64Binary": ["", " ", "QQ", "QQ=", "=QQ=", "QQ==QQ==", "QU-D", "中文字符", "Q", "====", 1, "QUJD="],
    "date": [
        "", "24", "0000", "2024-13", "2024-00-01", "2024-02-30", "2023-02-29", "1900-02-29", "2024-04-31", "2024-1-1",
        "2024-02-29T00:00:00Z", "2024-02-29\n", " 2024", "２０２４", 2024, None, "2024/02/29",
    ],
    "dateTime": [
        "2024-02-29T24:00:00Z", "2024-02-29T10:30Z", "2024-02-29T10:30:00", "2024-02-30T10:30:00Z",
        "2023-02-29T10:30:00Z", "2024-02-29T10:30:61Z", "2024-02-29T10:60:00Z", "2024-02-29T10:30:00+14:01",
        "2024-02-29T10:30:00.Z", "2024-02-29T10:30:00+08", "2024-02-29 10:30:00Z", "2024-02-29t10:30:00z",
        "2024-02T10:30:00Z", "", 1,
    ],
    "instant": ["2024", "2024-02-29", "2024-02-29T10:30:00", "2024-02-30T10:30:00Z", "2024-02-29T10:30Z", 1],
    "time": ["24:00:00", "10:30", "10:30:61", "10:30:00Z", "1:00:00", "10:30:00.", "", "10:60:00", 103000],
    "xhtml": ["", " ", 1, None, {}],
}  # fmt: skip


def test_every_primitive_type_is_in_the_tables() -> None:
    assert PRIMITIVES.keys() == PRIMITIVE_TYPES == RIGHT.keys() == WRONG.keys()


@pytest.mark.parametrize(("type", "value"), [(type, value) for type, values in RIGHT.items() for value in values])
def test_right_values(type: str, value: Any) -> None:
    assert PRIMITIVES[type](value) is None


@pytest.mark.parametrize(("type", "value"), [(type, value) for type, values in WRONG.items() for value in values])
def test_wrong_values_have_a_message_in_both_languages(type: str, value: Any) -> None:
    wrong = PRIMITIVES[type](value)
    assert wrong is not None
    assert wrong.fields() == ({"found"}, {"found"})
    issue = wrong.at("X.y", found=found(value))
    assert found(value) in issue.text("en")
    assert found(value) in issue.text("zh")
    assert len(issue.text("both")) < 400


def test_base64_of_megabytes_is_checked_whole() -> None:
    right = "QUJD" * 1_000_000
    assert PRIMITIVES["base64Binary"](right) is None
    assert PRIMITIVES["base64Binary"](right[:-1]) is not None
    assert PRIMITIVES["base64Binary"](right[:-1] + "!") is not None


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("a", '"a"'), ("x" * 61, '"' + "x" * 60 + '…"'), (True, "true"), (False, "false"), (None, "null"), (12, "12"),
        (10**80, "1" + "0" * 59 + "…"), (Decimal("1.50"), "1.50"), (json.number("1e2"), "1e2"),
        ({"a": 1}, "{…}"), ([1], "[…]"),
    ],
)  # fmt: skip
def test_how_a_wrong_value_is_shown(value: Any, text: str) -> None:
    assert found(value) == text


@given(st.sampled_from(sorted(PRIMITIVE)).flatmap(lambda type: st.tuples(st.just(type), PRIMITIVE[type])))
def test_generated_values_are_right(pair: tuple[str, Any]) -> None:
    assert PRIMITIVES[pair[0]](pair[1]) is None


@given(TEXT)
def test_any_text_xml_can_write_is_a_string(text: str) -> None:
    assert PRIMITIVES["string"](text) is None


_ANYTHING = st.none() | st.booleans() | st.integers() | st.decimals() | st.text() | st.lists(st.none()) | st.just({})


@given(st.sampled_from(sorted(PRIMITIVES)), _ANYTHING)
def test_no_value_makes_a_check_fail(type: str, value: Any) -> None:
    wrong = PRIMITIVES[type](value)
    if wrong is not None:
        assert wrong.at(found=found(value)).text("both")
