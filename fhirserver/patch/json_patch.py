"""JSON Patch (RFC 6902) by the `jsonpatch` library, bounded, with errors that name the operation."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from typing import Any

import jsonpatch

from fhirserver.patch.messages import PATCH_MALFORMED, PATCH_TARGET_MISSING, PATCH_TEST_FAILED, PATCH_TOO_LARGE

MAX_OPERATIONS = 1_000
#: `copy` can double a document at each step; this is the sum of nodes all of them together may copy.
MAX_COPIED_NODES = 100_000


def apply(document: Any, patch: Any) -> Any:
    """`document` changed by the operations of `patch`; the argument itself is left as it is.

    Raises a FhirError: 400 for a malformed patch, 409 where the patch supposes what is not there (RFC 5789
    section 2.2), 422 for a failing ``test`` (http.html#patch). Indices in messages count from 0.
    """
    operations = _operations(patch)
    result = copy.deepcopy(document)
    copied = 0
    for index, operation in enumerate(operations):
        if operation.get("op") == "copy":
            copied += _weight(_source(result, operation))
            if copied > MAX_COPIED_NODES:
                raise PATCH_TOO_LARGE.error(limit=MAX_COPIED_NODES)
        result = _apply_one(result, index, operation)
    return result


def _operations(patch: Any) -> Sequence[Mapping[str, Any]]:
    if not isinstance(patch, list):
        raise PATCH_MALFORMED.error(reason="a JSON Patch is an array of operations")
    if len(patch) > MAX_OPERATIONS:
        raise PATCH_TOO_LARGE.error(limit=MAX_OPERATIONS)
    try:
        jsonpatch.JsonPatch(patch)
    except (jsonpatch.JsonPatchException, jsonpatch.JsonPointerException) as error:
        raise PATCH_MALFORMED.error(reason=_first_line(error)) from error
    return patch


def _apply_one(document: Any, index: int, operation: Mapping[str, Any]) -> Any:
    path = operation.get("path", "")
    try:
        return jsonpatch.JsonPatch([operation]).apply(document, in_place=True)
    except jsonpatch.JsonPatchTestFailed as error:
        raise PATCH_TEST_FAILED.error(_expression(path), index=index, path=path) from error
    except jsonpatch.InvalidJsonPatch as error:
        raise PATCH_MALFORMED.error(reason=f"operation {index}: {_first_line(error)}") from error
    except (jsonpatch.JsonPatchException, jsonpatch.JsonPointerException, TypeError) as error:
        missing = operation.get("from", path) if operation.get("op") in ("move", "copy") else path
        raise PATCH_TARGET_MISSING.error(_expression(missing), index=index, path=missing) from error


def _source(document: Any, operation: Mapping[str, Any]) -> Any:
    try:
        return jsonpatch.JsonPointer(operation.get("from", "")).resolve(document)
    except (jsonpatch.JsonPointerException, TypeError):
        return None  # the operation itself will say so


def _weight(value: Any) -> int:
    """How many nodes a JSON value has."""
    if isinstance(value, dict):
        return 1 + sum(map(_weight, value.values()))
    if isinstance(value, list):
        return 1 + sum(map(_weight, value))
    return 1


def _expression(pointer: str) -> str:
    """A JSON Pointer as the FHIRPath that names the same element: ``/name/0/given`` -> ``name[0].given``."""
    steps = [step.replace("~1", "/").replace("~0", "~") for step in pointer.split("/")[1:]]
    text = "".join(f"[{step}]" if step.isdigit() else f".{step}" for step in steps if step != "-")
    return text.removeprefix(".")


def _first_line(error: Exception) -> str:
    """The library's own words, without the values it may quote after them."""
    return str(error).split("\n", 1)[0].split(" {", 1)[0][:200]
