"""What a sender is told of a body that is no JSON resource."""

from __future__ import annotations

import pytest

from fhirserver.outcome import FhirError
from fhirserver.resource import json


@pytest.mark.parametrize(
    ("body", "key", "said"),
    [
        (b"", "empty-body", ""),
        (b" \n ", "empty-body", ""),
        (b"\xef\xbb\xbf{}", "byte-order-mark", "BOM"),
        ('{"resourceType":"Patient"}'.encode("utf-16"), "wrong-encoding", "UTF-16"),
        (b'{"a":"\xff"}', "not-utf8", "0xFF at line 1, column 7"),
        (b'{\n "\xe4\xb8\xad": "\xe4"}', "not-utf8", "0xE4 at line 2, column 8"),
        (b'{"\xed\xa0\x80":1}', "not-utf8", "0xED"),
        (b'{"a":1', "json-truncated", "line 1, column 7"),
        (b'{"a":"abc', "json-truncated", ""),
        (b'{"a":1,}', "json-trailing-comma", "column 8"),
        (b"[1,]", "json-trailing-comma", ""),
        (b'{"a":1 "b":2}', "json-expected-comma", 'found ""b":2}".'),
        (b'{"a":1]', "json-expected-comma", ""),
        (b'{"a" 1}', "json-expected-colon", ""),
        (b"{a:1}", "json-expected-name", 'found "a:1}"'),
        (b'{"a":1} {"b":2}', "json-after-end", "column 9"),
        (b'{"a":1}x', "json-after-end", 'column 8: "x"'),
        (b'{"a":NaN}', "json-not-a-number", "column 6"),
        (b'{"a":-Infinity}', "json-not-a-number", ""),
        (b"{'a':1}", "json-quotes", ""),
        (b'{"a":1, // why\n"b":2}', "json-comment", "column 9"),
        (b'{"a":"x\ty"}', "json-control-character", "U+0009 at line 1, column 8"),
        (b'{"a":"\x00"}', "json-control-character", "U+0000"),
        (b'{"a":"\\x"}', "json-escape", ""),
        (b'{"a":"\\u12g4"}', "json-escape", ""),
        (b'{"a":"\\ud800"}', "json-surrogate", "column 7"),
        (b'{"a":"\\udc00"}', "json-surrogate", "column 7"),
        (b'{"a":"\\ud800\\u0041"}', "json-surrogate", "column 7"),
        (b'{"a":01}', "json-number", ""),
        (b'{"a":1.}', "json-number", ""),
        (b'{"a":.5}', "json-number", ""),
        (b'{"a":+1}', "json-number", ""),
        (b'{"a":tru}', "json-syntax", 'column 6: "tru}"'),
        (b'{"a":undefined}', "json-syntax", "undefined"),
        (b'<Patient xmlns="http://hl7.org/fhir"/>', "json-is-xml", "application/fhir+xml"),
        (b"[]", "not-an-object", "[…]"),
        (b'"x"', "not-an-object", '"x"'),
        (b"null", "not-an-object", "null"),
        (b"12", "not-an-object", "12"),
        (b"{}", "resource-type-missing", ""),
        (b'{"resourceType":null}', "resource-type-not-a-string", "null"),
        (b'{"resourceType":""}', "resource-type-not-a-string", '""'),
        (b'{"resourceType":["Patient"]}', "resource-type-not-a-string", "[…]"),
    ],
)
def test_what_is_wrong_is_said(body: bytes, key: str, said: str) -> None:
    with pytest.raises(FhirError) as caught:
        json.decode(body)
    assert caught.value.status == 400
    (issue,) = caught.value.issues
    assert issue.key == key
    assert said in issue.text("en")
    assert issue.text("zh")
