"""Whatever is written as an expression, and whatever the JSON: a result or a FhirError, soon."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fhirserver.fhirpath import compile
from fhirserver.fhirpath.compile import FUNCTIONS
from fhirserver.outcome import FhirError
from tests.fhirpath.evaluating import OBSERVATION, PATIENT, environment

ENVIRONMENT = environment(steps=5_000)
NAMES = [
    "name",
    "given",
    "value",
    "code",
    "extension",
    "id",
    "birthDate",
    "active",
    "component",
    "Patient",
    "$this",
    "$index",
    "$total",
    "%resource",
    "%x",
]
LITERALS = [
    "'a'",
    "''",
    "1",
    "0",
    "2147483647",
    "0.5",
    "@2015",
    "@2015-02-04T14:34:28+09:00",
    "@T14:30",
    "4 days",
    "1 'mg'",
    "1 'no'",
    "true",
    "{}",
    "'(a|aa)+$'",
    "99999999999999999999.9",
]
OPERATORS = [
    "+",
    "-",
    "*",
    "/",
    "div",
    "mod",
    "&",
    "|",
    "=",
    "!=",
    "~",
    "!~",
    "<",
    ">=",
    "in",
    "contains",
    "and",
    "or",
    "xor",
    "implies",
]
SPECIFIERS = ["Patient", "string", "System.String", "Quantity", "Integer", "Nonsense"]


def _calls(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    def call(name: str) -> st.SearchStrategy[str]:
        row = FUNCTIONS[name]
        kinds = [st.sampled_from(SPECIFIERS) if kind == "type" else inner for kind in row.parameters]
        least = len(kinds) - row.optional
        chosen = st.integers(least, len(kinds)).flatmap(lambda count: st.tuples(*kinds[:count]))
        return st.builds(lambda target, arguments: f"{target}.{name}({', '.join(arguments)})", inner, chosen)

    return st.sampled_from(sorted(FUNCTIONS)).flatmap(call)


EXPRESSIONS = st.recursive(
    st.sampled_from(NAMES + LITERALS),
    lambda inner: st.one_of(
        _calls(inner),
        st.builds("({} {} {})".format, inner, st.sampled_from(OPERATORS), inner),
        st.builds("{}.{}".format, inner, st.sampled_from(NAMES[:9])),
        st.builds("({} {} {})".format, inner, st.sampled_from(["is", "as"]), st.sampled_from(SPECIFIERS)),
        st.builds("{}[{}]".format, inner, inner),
        st.builds("-{}".format, inner),
    ),
    max_leaves=8,
)
SCALARS = (
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.decimals(allow_nan=False, allow_infinity=False)
)
KEYS = st.sampled_from(
    [
        "name",
        "_name",
        "given",
        "_given",
        "valueQuantity",
        "valueString",
        "_valueString",
        "extension",
        "contained",
        "resourceType",
        "birthDate",
        "component",
        "id",
    ]
)
JSON = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4), max_leaves=12
)


def _survives(expression: str, resource: dict[str, Any]) -> None:
    for strict in (True, False):
        try:
            compiled = compile(expression, resource["resourceType"], strict=strict)
            assert all(node.path for node in compiled.evaluate(resource, ENVIRONMENT))
            compiled.values(resource, ENVIRONMENT)
            compiled.holds(resource, ENVIRONMENT)
        except FhirError as problem:
            assert problem.issues[0].text("both")


@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(EXPRESSIONS)
def test_expressions(expression: str) -> None:
    _survives(expression, PATIENT)
    _survives(expression, OBSERVATION)


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet=st.sampled_from(list("a1.'`\\()[]{}%$@-+|&=~!<>,/*\n \"uT:Z")), max_size=30))
def test_any_text(text: str) -> None:
    _survives(text, PATIENT)


@settings(max_examples=200, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(
    st.dictionaries(KEYS, JSON, max_size=6),
    st.sampled_from(
        [
            "descendants().select($this = %resource)",
            "descendants().distinct()",
            "name.given & value",
            "children().type()",
            "contained.id | name.given | value",
            "birthDate < today()",
        ]
    ),
)
def test_any_json(members: dict[str, Any], expression: str) -> None:
    _survives(expression, members | {"resourceType": "Patient"})
    _survives(expression, members | {"resourceType": "Observation"})
