"""JSON bytes to a resource and back."""

from __future__ import annotations

import copy
import json as stdlib
import pickle
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from fhirserver.outcome import FhirError
from fhirserver.resource import json
from tests.resource.strategies import DECIMAL_TEXT, JSON, same


def refusal(body: bytes) -> FhirError:
    with pytest.raises(FhirError) as caught:
        json.decode(body)
    assert caught.value.status == 400
    for issue in caught.value.issues:
        assert issue.text("en") and issue.text("zh")
    return caught.value


def keys(body: bytes) -> list[str]:
    return [issue.key for issue in refusal(body).issues]


def test_a_resource_and_back() -> None:
    body = b'{"resourceType":"Patient","name":[{"given":["Ann",null]}],"_x":{"id":"1"},"active":true}'
    assert json.decode(body) == {
        "resourceType": "Patient",
        "name": [{"given": ["Ann", None]}],
        "_x": {"id": "1"},
        "active": True,
    }
    assert json.encode(json.decode(body)) == body


@given(JSON)
def test_any_json_round_trips(value: Any) -> None:
    assert same(json.parse(json.encode(value)), value)


@given(JSON)
def test_layout_changes_nothing(value: Any) -> None:
    assert same(json.parse(json.pretty(json.encode(value))), value)


@pytest.mark.parametrize(
    "text",
    ["1.00", "0.10", "-0.0", "1e2", "1E+2", "1.5e-7", "0.00000001", "100000000000000000000.00", "1e300", "0.0e0"]
)  # fmt: skip
def test_decimals_are_verbatim(text: str) -> None:
    body = f'{{"resourceType":"X","a":{text}}}'.encode()
    value = json.decode(body)["a"]
    assert isinstance(value, Decimal)
    assert value == Decimal(text)
    assert json.encode(json.decode(body)) == body


@given(DECIMAL_TEXT)
def test_any_decimal_is_verbatim(text: str) -> None:
    assert json.encode(json.parse(text.encode())) == text.encode()


def test_a_copied_decimal_keeps_its_spelling() -> None:
    value = json.number("1e2")
    for twin in (copy.copy(value), copy.deepcopy(value), pickle.loads(pickle.dumps(value))):
        assert json.encode([value, twin]) == b"[1e2,1e2]"
    assert value + 1 == 101


@pytest.mark.parametrize("digits", [20, 40, 300, 4000])
def test_integers_of_any_size_survive(digits: int) -> None:
    body = b'{"resourceType":"X","a":' + b"9" * digits + b"}"
    assert json.decode(body)["a"] == 10**digits - 1
    assert json.encode(json.decode(body)) == body


@pytest.mark.parametrize(
    "text", ["1e999999999", "1E+301", "1e-301", "0e9999", "1e" + "9" * 40, "0." + "1" * 400, "9" * 5000, "1.5e1000000"]
)
def test_numbers_beyond_measure_are_refused(text: str) -> None:
    assert keys(f'{{"resourceType":"X","a":{text}}}'.encode()) == ["number-too-large"]


def test_whole_surrogate_pairs_are_one_character() -> None:
    assert json.decode(b'{"resourceType":"X","a":"\\ud83d\\ude00"}')["a"] == "\N{GRINNING FACE}"


@pytest.mark.parametrize(
    ("body", "places"),
    [
        (b'{"resourceType":"P","a":1,"a":1}', [("P", '"a"')]),
        (b'{"resourceType":"P","n":[{"x":1},{"y":1,"y":2,"y":3}]}', [("P.n[1]", '"y"')]),
        (b'{"a":{"b":1,"b":2},"a":{"c":1,"c":2}}', [("", '"a"'), (".a", '"c"')]),
        (b'{"resourceType":"P","t":"\\u0022:","b":1,"b":2}', [("P", '"b"')]),
        (b'{"resourceType":"P","t":":\\":","b":1,"\\u0062":2}', [("P", '"b"')]),
        (b'{"resourceType":"A","resourceType":"B"}', [("B", '"resourceType"')]),
    ],
)
def test_repeated_names_are_refused_with_their_path(body: bytes, places: list[tuple[str, str]]) -> None:
    issues = refusal(body).issues
    assert {issue.key for issue in issues} == {"duplicate-key"}
    assert [(issue.expression, issue.values["name"]) for issue in issues] == places


def test_a_thousand_repeated_names_give_a_short_answer() -> None:
    items = b",".join([b'{"a":1,"a":2}'] * 1000)
    assert len(refusal(b'{"resourceType":"P","n":[' + items + b"]}").issues) == 20


def _pairs_text(pairs: list[tuple[str, str]]) -> str:
    return "{" + ",".join(f"{key}: {value}" for key, value in pairs) + "}"


#: Strings as senders spell them: plain, with escapes, with all that looks like the end of a name.
_SPELLED = st.lists(
    st.sampled_from(
        ["a", "b", "中", '\\"', "\\\\", ":", "\\u0022", "\\u003a", "\\u003A", "\\u0061", "\\/", "{", "\\n"]
    ),
    max_size=4,
).map(lambda parts: '"' + "".join(parts) + '"')
_OBJECTS = st.recursive(
    _SPELLED | st.just("1"),
    lambda inner: (
        st.lists(st.tuples(_SPELLED, inner), max_size=4).map(_pairs_text)
        | st.lists(inner, max_size=3).map(lambda items: f"[{' , '.join(items)}]")
    ),
    max_leaves=12,
)


@given(_OBJECTS)
@example('{"a\\"":":","a\\u0022":1}')
@example('{"\\u003a":1,":\\"":{"a":2},"a":1}')
def test_no_repeated_name_passes_and_nothing_else_is_refused(text: str) -> None:
    repeated = False

    def hook(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        nonlocal repeated
        repeated = repeated or len(dict(pairs)) != len(pairs)
        return dict(pairs)

    expected = stdlib.loads(text, object_pairs_hook=hook)
    if repeated:
        with pytest.raises(FhirError):
            json.parse(text.encode())
    else:
        assert json.parse(text.encode()) == expected


def test_depth_is_bounded() -> None:
    def nested(levels: int) -> bytes:
        return b'{"a":' * levels + b"1" + b"}" * levels

    assert json.parse(nested(json.MAX_DEPTH))
    assert json.parse(b"[" * json.MAX_DEPTH + b"]" * json.MAX_DEPTH)
    assert len(json.parse(b"[" + b"[],{}," * 500 + b"[]]")) == 1001
    for body in (nested(json.MAX_DEPTH + 1), b"[" * 129 + b"1" + b"]" * 129, nested(5_000), b"[" * 100_000):
        assert keys(body) == ["too-deep"]


def test_brackets_in_strings_are_no_depth() -> None:
    assert json.decode(b'{"resourceType":"X","a":"' + b"[" * 1000 + b'\\n"}')["a"].startswith("[[[")


@given(st.binary(max_size=200))
def test_random_bytes_are_refused_or_read(body: bytes) -> None:
    try:
        json.decode(body)
    except FhirError as error:
        assert error.status == 400
        assert all(issue.text("both") for issue in error.issues)


_SEED = b'{"resourceType":"Patient","name":[{"given":["A\\u00e9",null],"x":1.50e2}],"active":true,"t":"\xe4\xb8\xad"}'


@given(st.lists(st.tuples(st.integers(0, len(_SEED)), st.binary(max_size=3)), min_size=1, max_size=4))
def test_damaged_bodies_are_refused_or_read(damage: list[tuple[int, bytes]]) -> None:
    body = _SEED
    for position, replacement in damage:
        body = body[:position] + replacement + body[position + len(replacement) + 1 :]
    try:
        value = json.decode(body)
    except FhirError as error:
        assert error.status == 400
        assert all(issue.text("both") for issue in error.issues)
    else:
        assert same(json.decode(json.encode(value)), value)
