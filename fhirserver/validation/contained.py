"""Contained resources (references.html#contained, domainresource.html: dom-2 to dom-5)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from fhirserver.outcome import Issue
from fhirserver.resource.primitives import found as shown
from fhirserver.validation import messages
from fhirserver.validation.issues import LIMIT, Found
from fhirserver.validation.scope import Scope

#: What a narrative quotes: ``<img src="#id"/>`` shows a contained Binary.
_QUOTED = re.compile(r"[\"'](#[^\"'\s]+)[\"']").findall


def fit_to_be_contained(value: dict[str, Any], parent: Any, scope: Scope) -> Found:
    """What a contained resource has to have and may not have, beside what its type asks for."""
    return list(_unfitness(value)) or None


def _unfitness(value: dict[str, Any]) -> Iterator[Issue]:
    meta = value.get("meta")
    names = meta if isinstance(meta, dict) else ()
    if "id" not in value:
        yield messages.CONTAINED_WITHOUT_ID.at()
    for name in ("versionId", "lastUpdated"):
        if name in names:
            yield messages.CONTAINED_VERSIONED.at(f".meta.{name}", found=f"meta.{name}")
    if "security" in names:
        yield messages.CONTAINED_SECURITY.at(".meta.security")


def told_apart_and_referenced(resource: dict[str, Any], parent: Any, scope: Scope) -> Found:
    """Of a whole resource: its contained resources have ids of their own, and each is referred to or refers (dom-3)."""
    contained = resource.get("contained")
    if not isinstance(contained, list):
        return None
    issues: list[Issue] = []
    mentioned = _local_references(resource)
    seen: set[str] = set()
    for index, each in enumerate(contained):
        id = each.get("id") if isinstance(each, dict) else None
        if isinstance(id, str):
            issues += _in_place(each, id, f".contained[{index}]", seen, mentioned)
        if len(issues) > LIMIT:
            break
    return issues or None


def _in_place(contained: dict[str, Any], id: str, path: str, seen: set[str], mentioned: set[str]) -> Iterator[Issue]:
    if id in seen:
        yield messages.CONTAINED_DUPLICATE_ID.at(f"{path}.id", found=shown(id))
    elif f"#{id}" not in mentioned and "#" not in _local_references(contained):
        yield messages.CONTAINED_UNREFERENCED.at(path, expected=shown(f"#{id}"))
    seen.add(id)


def _local_references(resource: dict[str, Any]) -> set[str]:
    """Every ``#id`` in a resource: References, canonicals, uris and urls as dom-3 has it, and what narratives quote."""
    found: set[str] = set()
    waiting: list[Any] = [resource]
    while waiting:
        value = waiting.pop()
        for each in value.values() if type(value) is dict else value:
            if type(each) is str:
                if each.startswith("#"):
                    found.add(each)
                elif "#" in each:
                    found.update(_QUOTED(each))
            elif type(each) is dict or type(each) is list:
                waiting.append(each)
    return found
