"""From the documents of `fhirserver load` to resources with ids and with references that lead somewhere.

A Bundle that only carries resources is unwrapped; one that is itself what was meant is kept (:func:`kept`). An entry
without an id gets one that follows from its fullUrl or its content, so that a second run finds the same resource again.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl
from uuid import NAMESPACE_URL, uuid5

from fhirserver.cli.messages import REFERENCE_AMBIGUOUS, REFERENCE_UNRESOLVED
from fhirserver.cli.sources import Document
from fhirserver.resource import json
from fhirserver.store.keys import value_key

Resource = dict[str, Any]

_ID = re.compile(r"[A-Za-z0-9\-.]{1,64}")
_URN = re.compile(r"urn:(?:uuid|oid):")
_CONDITIONAL = re.compile(r"(?P<type>[A-Z][A-Za-z]+)\?(?P<query>.*)", re.DOTALL)
#: Elements whose text may look like a fullUrl without being a link: Identifier.value, Bundle.entry.fullUrl, the id.
_NO_LINKS = frozenset({"value", "fullUrl", "id"})


@dataclass(frozen=True, slots=True)
class Entry:
    """A resource to load and where it was found: ``bulk.ndjson:12``, ``patient.json entry[3]``."""

    where: str
    resource: Resource


def kept(bundle: Resource, document: Document) -> bool:
    """Whether a Bundle is stored as it is.

    bundle.html: a document and a message are wholes that mean something only together. In a FHIR package, and in a file
    named as packages name theirs (``Bundle-{id}.json``), a Bundle is one resource among others.
    """
    if bundle.get("type") in ("document", "message"):
        return True
    return "id" in bundle and (document.packaged or document.name.startswith(f"Bundle-{bundle['id']}."))


def entries(resource: Resource, document: Document) -> Iterator[Entry]:
    """The resources of a decoded document, each with an id. Entries that only ask (GET, DELETE) bring none."""
    if resource.get("resourceType") != "Bundle" or kept(resource, document):
        yield Entry(document.where, _with_id(resource, {}))
        return
    carried = {
        index: (entry, _with_id(entry["resource"], entry))
        for index, entry in enumerate(_list(resource.get("entry")))
        if isinstance(entry, dict) and isinstance(entry.get("resource"), dict)
    }
    links = {
        entry["fullUrl"]: f"{inner.get('resourceType')}/{inner['id']}"
        for entry, inner in carried.values()
        if isinstance(entry.get("fullUrl"), str) and _URN.match(entry["fullUrl"])
    }
    # http.html#history: a history comes newest first; the newest version must be loaded last
    order = reversed(carried) if resource.get("type") == "history" else iter(carried)
    for index in order:
        inner = carried[index][1]
        yield Entry(f"{document.where} entry[{index}]", _linked(inner, links) if links else inner)


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _with_id(resource: Resource, entry: dict[str, Any]) -> Resource:
    """The resource with an id: its own, else that of fullUrl or of an update's URL, else one made of its content."""
    if "id" in resource:
        return resource
    for place in (entry.get("fullUrl"), _list_get(entry.get("request"), "url")):
        last = re.split(r"[/:]", place)[-1] if isinstance(place, str) and re.search(r"[/:]", place) else ""
        if _ID.fullmatch(last):
            return resource | {"id": last}
    return resource | {"id": str(uuid5(NAMESPACE_URL, json.encode(resource).decode()))}


def _list_get(value: Any, key: str) -> Any:
    return value.get(key) if isinstance(value, dict) else None


def _linked(value: Any, links: dict[str, str]) -> Any:
    """A copy in which every link to a fullUrl of the Bundle leads to the resource's own address (http.html#trules)."""
    if isinstance(value, dict):
        return {
            key: each if key in _NO_LINKS else _in_narrative(each, links) if key == "div" else _linked(each, links)
            for key, each in value.items()
        }
    if isinstance(value, list):
        return [_linked(each, links) for each in value]
    return links.get(value, value) if isinstance(value, str) else value


def _in_narrative(div: Any, links: dict[str, str]) -> Any:
    """The narrative with the links of ``<a href>`` and ``<img src>`` replaced."""
    if not isinstance(div, str) or "urn:" not in div:
        return div
    return re.sub(r"""(?<=["'])urn:(?:uuid|oid):[^"']+(?=["'])""", lambda urn: links.get(urn[0], urn[0]), div)


#: The criteria of a conditional reference: names and values of search parameters.
Criteria = list[tuple[str, str]]
#: The ids of the resources of a type that meet criteria; two stand for several.
Find = Callable[[str, Criteria], Sequence[str]]


class Identifiers:
    """Resources by business identifier, for references such as ``Practitioner?identifier=system|value``."""

    def __init__(self) -> None:
        self._ids: dict[int, tuple[str, ...]] = {}

    def note(self, resource: Resource) -> None:
        """Remember the identifiers of a resource that has an id."""
        type, id = str(resource.get("resourceType")), str(resource["id"])
        for identifier in _list(resource.get("identifier")):
            if isinstance(identifier, dict) and isinstance(value := identifier.get("value"), str):
                for key in (value_key(type, str(identifier.get("system", "")), value), value_key(type, value)):
                    known = self._ids.get(key, ())
                    if id not in known and len(known) < 2:
                        self._ids[key] = (*known, id)

    def find(self, type: str, criteria: Criteria) -> Sequence[str]:
        """As :data:`Find`, for criteria that are one identifier; nothing is found by others."""
        if len(criteria) != 1 or criteria[0][0] != "identifier":
            return ()
        return self._ids.get(value_key(type, *criteria[0][1].split("|", 1)), ())


def resolve(resource: Resource, find: Find) -> None:
    """Put addresses in the place of the conditional references of a resource (http.html#trules).

    Raises FhirError at a reference that matches nothing, or several resources.
    """
    for path, reference in _references(resource, str(resource.get("resourceType"))):
        conditional = _CONDITIONAL.fullmatch(reference["reference"])
        if conditional is not None:
            reference["reference"] = _resolved(conditional, f"{path}.reference", find)


def _resolved(conditional: re.Match[str], path: str, find: Find) -> str:
    type, reference = conditional["type"], conditional[0]
    criteria = [(name, value) for name, value in parse_qsl(conditional["query"]) if value]
    ids = find(type, criteria) if criteria else ()
    if not ids:
        raise REFERENCE_UNRESOLVED.error(path, reference=reference)
    if len(ids) > 1:
        raise REFERENCE_AMBIGUOUS.error(path, reference=reference)
    return f"{type}/{ids[0]}"


def _references(value: Any, path: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every object with a text `reference` in it, and its FHIRPath."""
    if isinstance(value, dict):
        if isinstance(value.get("reference"), str):
            yield path, value
        for key, each in value.items():
            if isinstance(each, dict | list):
                yield from _references(each, f"{path}.{key}")
    elif isinstance(value, list):
        for index, each in enumerate(value):
            yield from _references(each, f"{path}[{index}]")
