"""JSON Patch: what it changes, what it refuses, and where it points."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from fhirserver.outcome import FhirError
from fhirserver.patch import json_patch

PATIENT: dict[str, Any] = {
    "resourceType": "Patient",
    "active": True,
    "name": [{"family": "Liu", "given": ["Guilan"]}],
    "multipleBirthInteger": 1,
}


def refused(patch: Any) -> tuple[str, str, int]:
    with pytest.raises(FhirError) as caught:
        json_patch.apply(PATIENT, patch)
    issue = caught.value.issues[0]
    return issue.key, issue.expression, caught.value.status


def test_the_document_handed_in_is_left_alone() -> None:
    changed = json_patch.apply(PATIENT, [{"op": "replace", "path": "/name/0/family", "value": "Wang"}])
    assert changed["name"][0]["family"] == "Wang"
    assert PATIENT["name"][0]["family"] == "Liu"


def test_decimals_keep_their_spelling() -> None:
    changed = json_patch.apply({"value": Decimal("1.00")}, [{"op": "add", "path": "/x", "value": Decimal("2.50")}])
    assert [str(changed["value"]), str(changed["x"])] == ["1.00", "2.50"]


@pytest.mark.parametrize(
    ("patch", "expected"),
    [
        ({"op": "add"}, ("patch-malformed", "", 400)),
        (["add"], ("patch-malformed", "", 400)),
        ([{"op": "delete", "path": "/active"}], ("patch-malformed", "", 400)),
        ([{"op": "add", "path": "active", "value": 1}], ("patch-malformed", "", 400)),
        ([{"op": "add", "path": "/active"}], ("patch-malformed", "", 400)),
        ([{"op": "move", "path": "/active"}], ("patch-malformed", "", 400)),
        ([{"op": "test", "path": "/active", "value": 1}], ("patch-test-failed", "active", 422)),
        ([{"op": "test", "path": "/active", "value": False}], ("patch-test-failed", "active", 422)),
        ([{"op": "test", "path": "/gender", "value": "male"}], ("patch-test-failed", "gender", 422)),
        ([{"op": "remove", "path": "/gender"}], ("patch-target-missing", "gender", 409)),
        ([{"op": "replace", "path": "/name/3/family", "value": "x"}], ("patch-target-missing", "name[3].family", 409)),
        ([{"op": "add", "path": "/name/7", "value": {}}], ("patch-target-missing", "name[7]", 409)),
        ([{"op": "add", "path": "/active/x", "value": {}}], ("patch-target-missing", "active.x", 409)),
        ([{"op": "copy", "from": "/photo", "path": "/photo2"}], ("patch-target-missing", "photo", 409)),
        ([{"op": "move", "from": "/name", "path": "/name/0"}], ("patch-target-missing", "name", 409)),
    ],
)
def test_refusals(patch: Any, expected: tuple[str, str, int]) -> None:
    assert refused(patch) == expected


def test_doubling_by_copy_is_cut_short() -> None:
    doubling = [{"op": "copy", "from": "", "path": f"/x{step}"} for step in range(40)]
    assert refused(doubling)[0] == "patch-too-large"


def test_too_many_operations() -> None:
    assert refused([{"op": "test", "path": "/active", "value": True}] * 1001)[0] == "patch-too-large"
