"""Whatever is done to a resource, the validator answers with issues."""

from __future__ import annotations

from copy import deepcopy
from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from fhirserver.spec.structures import RESOURCE_TYPES
from fhirserver.validation import Validator
from tests.validation import resources
from tests.validation.profiles import BASE, knowing, profile
from tests.validation.test_profiles import SLICED, WEIGHT

BASES = [value for value in vars(resources).values() if isinstance(value, dict) and "resourceType" in value]
NAMES = st.one_of(
    st.sampled_from(
        [
            *(
                "resourceType",
                "id",
                "meta",
                "text",
                "div",
                "contained",
                "extension",
                "_extension",
                "url",
                "valueString",
            ),
            *("_valueString", "value", "name", "_given", "given", "coding", "code", "system", "reference", "type"),
            *("entry", "resource", "fullUrl", "item", "linkId", "status", "_status", "comparator", "identifier"),
        ]
    ),
    st.text(max_size=5),
)
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**40), 2**40),
    st.decimals(allow_nan=False, allow_infinity=False),
    st.sampled_from(["#", "#doc", "Patient/1", "urn:uuid:1", "", " ", "final", "2021-02-30", "<div/>", "Patient"]),
    st.sampled_from(sorted(RESOURCE_TYPES)),
    st.text(max_size=10),
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(NAMES, inner, max_size=3)),
    max_leaves=6,
)


@st.composite
def mutants(draw: st.DrawFn) -> dict[str, Any]:
    """A valid resource with up to four places replaced, removed, added to or doubled."""
    resource = deepcopy(draw(st.sampled_from(BASES)))
    for _ in range(draw(st.integers(1, 4))):
        holder, key = draw(st.sampled_from(list(places(resource))))
        match draw(st.sampled_from(["replace", "remove", "add", "wrap"])):
            case "remove" if len(holder) > 1:
                del holder[key]
            case "add" if isinstance(holder, dict):
                holder[draw(NAMES)] = draw(VALUES)
            case "wrap":
                holder[key] = [holder[key]]
            case _:
                holder[key] = draw(VALUES)
    return resource


def places(value: Any) -> Any:
    """Every place in a resource where something stands: its holder and the key or index."""
    for key, item in list(value.items()) if isinstance(value, dict) else list(enumerate(value)):
        yield value, key
        if isinstance(item, dict | list):
            yield from places(item)


@settings(max_examples=300, deadline=None)
@given(mutants())
def test_mutants_get_issues_and_never_an_exception(resource: dict[str, Any]) -> None:
    issues = list(Validator().check(resource))
    assert len(issues) <= 101
    for issue in issues:
        assert issue.text("both")
        assert issue.expression == "" or issue.expression.startswith(str(resource.get("resourceType")))


@settings(max_examples=200, deadline=None)
@given(st.dictionaries(NAMES, VALUES, max_size=4), st.sampled_from(sorted(RESOURCE_TYPES)))
def test_anything_under_any_type(content: dict[str, Any], type: str) -> None:
    for issue in Validator().check({**content, "resourceType": type}):
        assert issue.expression.startswith(type)
        assert issue.as_resource("both")["severity"] in ("error", "warning", "information")


def test_decimals_are_what_the_codec_gives() -> None:
    assert list(Validator().check({**resources.OBSERVATION, "valueQuantity": {"value": Decimal("1.50")}})) == []


KNOWING = knowing(WEIGHT, profile("p", "Patient", *SLICED))


@settings(max_examples=300, deadline=None)
@given(mutants(), st.sampled_from(["p", "weight", "unknown"]))
def test_mutants_under_profiles(resource: dict[str, Any], name: str) -> None:
    claimed = {**resource, "meta": {"profile": ["http://hl7.org/fhir/StructureDefinition/vitalsigns"]}}
    extended = {**claimed, "extension": [{"url": BASE + "weight", "valueQuantity": resource.get("valueQuantity")}]}
    for each in (resource, claimed, extended):
        issues = list(KNOWING.check(each, profiles=[BASE + name]))
        assert len(issues) <= 101
        assert all(issue.text("both") for issue in issues)


#: A profile with slices, a binding, a rule and an extension; a definition of that extension; the codes it is bound to.
DEFINITIONS: list[dict[str, Any]] = [
    profile(
        "whole",
        "Patient",
        *SLICED,
        {
            "id": "Patient.gender",
            "binding": {"strength": "required", "valueSet": "urn:x:vs"},
            "constraint": [{"key": "x-1", "severity": "error", "human": "x", "expression": "$this != 'x'"}],
        },
    ),
    WEIGHT,
    {"resourceType": "ValueSet", "url": "urn:x:vs", "compose": {"include": [{"system": "urn:x:cs"}]}},
    {
        "resourceType": "CodeSystem",
        "url": "urn:x:cs",
        "content": "complete",
        "concept": [
            {
                "code": "female",
                "property": [{"code": "parent", "valueCode": "x"}],
                "designation": [{"value": "x"}],
            }
        ],
    },
]
HEADS = frozenset({"resourceType", "url", "version", "id", "supplements"})


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_mutants_of_definitions_judge_without_an_exception(data: st.DataObject) -> None:
    """Packages hold what nobody has checked. By their heads they are found; the rest may be anything."""
    definitions = deepcopy(DEFINITIONS)
    for _ in range(data.draw(st.integers(1, 3))):
        known = [(holder, key) for each in definitions for holder, key in places(each) if key not in HEADS]
        holder, key = data.draw(st.sampled_from(known))
        holder[key] = data.draw(VALUES)
    extension = {"url": BASE + "weight", "valueQuantity": {"value": 1}}
    status = {"coding": [{"system": "urn:x:cs", "code": "x"}]}
    patient = {**resources.PATIENT, "extension": [extension], "maritalStatus": status}
    assert len(list(knowing(*definitions).check(patient, profiles=[BASE + "whole"]))) <= 101
