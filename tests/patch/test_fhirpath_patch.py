"""FHIRPath Patch beyond HL7's cases: choices, primitives with extensions, paths and values that do not fit."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from fhirserver.outcome import FhirError
from fhirserver.patch import fhirpath_patch


def parameters(*operations: dict[str, Any]) -> dict[str, Any]:
    return {"resourceType": "Parameters", "parameter": [operation(**each) for each in operations]}


def operation(type: str, path: str, **parts: Any) -> dict[str, Any]:
    made: list[dict[str, Any]] = [{"name": "type", "valueCode": type}, {"name": "path", "valueString": path}]
    for name, value in parts.items():
        if isinstance(value, dict):
            made.append({"name": name, **value})
        else:
            made.append({"name": name, ("valueInteger" if isinstance(value, int) else "valueString"): value})
    return {"name": "operation", "part": made}


def patient(**elements: Any) -> dict[str, Any]:
    return {"resourceType": "Patient", **elements}


def apply(resource: dict[str, Any], *operations: dict[str, Any]) -> dict[str, Any]:
    return fhirpath_patch.apply(resource, parameters(*operations))


def test_a_choice_gets_its_type_from_the_value() -> None:
    added = apply(patient(), {"type": "add", "path": "Patient", "name": "deceased", "value": {"valueBoolean": True}})
    assert added == patient(deceasedBoolean=True)
    replaced = apply(
        added, {"type": "replace", "path": "Patient.deceased", "value": {"valueDateTime": "2024-01-01T00:00:00Z"}}
    )
    assert replaced == patient(deceasedDateTime="2024-01-01T00:00:00Z")


def test_a_decimal_keeps_its_spelling() -> None:
    observation = {"resourceType": "Observation", "valueQuantity": {"value": Decimal("1.0")}}
    changed = apply(
        observation, {"type": "replace", "path": "Observation.value.value", "value": {"valueDecimal": Decimal("2.50")}}
    )
    assert str(changed["valueQuantity"]["value"]) == "2.50"


def test_an_extension_on_a_primitive_of_a_list() -> None:
    before = patient(name=[{"given": ["Gui", "Lan"]}])
    extension = {"url": "http://example.org/x", "valueString": "y"}
    changed = apply(
        before,
        {
            "type": "add",
            "path": "Patient.name[0].given[1]",
            "name": "extension",
            "value": {"valueExtension": extension},
        },
    )
    # an Extension is no type of Parameters.value[x]; its parts are
    assert changed["name"][0]["_given"] == [None, {"extension": [extension]}]


def test_values_and_siblings_move_together() -> None:
    before = patient(name=[{"given": ["a", "b", "c"], "_given": [None, None, {"id": "third"}]}])
    moved = apply(before, {"type": "move", "path": "Patient.name[0].given", "source": 2, "destination": 0})
    assert moved["name"] == [{"given": ["c", "a", "b"], "_given": [{"id": "third"}, None, None]}]
    shorter = apply(moved, {"type": "delete", "path": "Patient.name[0].given[0]"})
    assert shorter["name"] == [{"given": ["a", "b"]}]


def test_deleting_the_last_part_leaves_nothing_empty() -> None:
    before = patient(contact=[{"name": {"text": "x"}}], active=True)
    assert apply(before, {"type": "delete", "path": "Patient.contact.name.text"}) == patient(active=True)


def test_deleting_what_is_not_there_is_no_error() -> None:
    assert apply(patient(active=True), {"type": "delete", "path": "Patient.birthDate"}) == patient(active=True)


def test_a_replaced_primitive_loses_its_old_extensions() -> None:
    before = patient(birthDate="2000-01-01", _birthDate={"id": "x"})
    after = apply(before, {"type": "replace", "path": "Patient.birthDate", "value": {"valueDate": "2001-01-01"}})
    assert after == patient(birthDate="2001-01-01")
    assert before["_birthDate"] == {"id": "x"}


TRUE = {"valueBoolean": True}
YEAR = {"valueDateTime": "2024"}
NAME: dict[str, Any] = {"valueHumanName": {}}
SOME = patient(
    active=True,
    name=[{"family": "a"}, {"family": "b"}],
    deceasedBoolean=False,
)


@pytest.mark.parametrize(
    ("patch", "key", "status"),
    [
        ({"type": "add", "path": "Patient.photo", "name": "url", "value": "x"}, "patch-target-missing", 409),
        ({"type": "add", "path": "Patient.name", "name": "family", "value": "x"}, "patch-target-ambiguous", 422),
        ({"type": "add", "path": "Patient", "name": "active", "value": TRUE}, "patch-target-exists", 409),
        ({"type": "add", "path": "Patient", "name": "deceased", "value": YEAR}, "patch-target-exists", 409),
        ({"type": "add", "path": "Patient", "name": "nonsense", "value": "x"}, "patch-value", 422),
        ({"type": "replace", "path": "Patient.deceased", "value": {"valueQuantity": {}}}, "patch-value", 422),
        ({"type": "replace", "path": "Patient", "value": {"valueQuantity": {}}}, "patch-value", 422),
        ({"type": "replace", "path": "Patient.name.count()", "value": 3}, "patch-value", 422),
        ({"type": "replace", "path": "Patient.name", "value": NAME}, "patch-target-ambiguous", 422),
        ({"type": "delete", "path": "Patient.name"}, "patch-target-ambiguous", 422),
        ({"type": "insert", "path": "Patient.name", "index": 3, "value": NAME}, "patch-target-missing", 409),
        ({"type": "insert", "path": "Patient.active", "index": 0, "value": TRUE}, "patch-value", 422),
        ({"type": "insert", "path": "Patient.name.first()", "index": 0, "value": NAME}, "patch-value", 422),
        ({"type": "insert", "path": "Patient.name", "value": NAME}, "patch-malformed", 400),
        ({"type": "move", "path": "Patient.name", "source": 0, "destination": 2}, "patch-target-missing", 409),
        ({"type": "upsert", "path": "Patient.name"}, "patch-malformed", 400),
        ({"type": "add", "path": "Patient", "value": "x"}, "patch-malformed", 400),
        ({"type": "add", "path": "Patient", "name": "birthDate"}, "patch-malformed", 400),
        ({"type": "delete", "path": "Patient.name[0]", "target": "x"}, "patch-malformed", 400),
    ],
)  # fmt: skip
def test_refusals(patch: dict[str, Any], key: str, status: int) -> None:
    with pytest.raises(FhirError) as caught:
        apply(SOME, patch)
    assert (caught.value.issues[0].key, caught.value.status) == (key, status)
