"""Bundles (bundle.html): what their entries are known by, and that a document has what it refers to.

The rules bdl-* are invariants as others are. Nothing here takes a Bundle to be well-formed.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from fhirserver.outcome import Issue
from fhirserver.resource.primitives import found as shown
from fhirserver.resource.references import parse
from fhirserver.validation import messages
from fhirserver.validation.issues import LIMIT, Found
from fhirserver.validation.scope import Scope

#: Their entries tell what shall become of resources: they may have no identity yet.
_CHANGES = frozenset({"transaction", "batch"})
#: What they have is told apart by fullUrls.
_KNOWN_BY_URL = frozenset({"document", "message", "collection", "searchset", "history"})
#: documents.html#content: what a Composition refers to directly is in the document.
_ATTESTED = ("subject", "encounter", "author", "attester", "custodian", "event", "section", "party", "detail")
_LONGEST = 2_000  # of a text that may be a reference
_IN_DOCUMENT = frozenset({*_ATTESTED, "focus", "entry"})


def told_apart(bundle: dict[str, Any], parent: Any, scope: Scope) -> Found:
    """The issues of a Bundle as a whole."""
    issues: list[Issue] = []
    for issue in _issues(bundle):
        issues.append(issue)
        if len(issues) > LIMIT:
            break
    return issues or None


def _issues(bundle: dict[str, Any]) -> Iterator[Issue]:
    kind = bundle.get("type")
    kind = kind if isinstance(kind, str) else None
    yield from _links(bundle.get("link"))
    entries = bundle.get("entry")
    if not isinstance(entries, list):
        return
    for index, entry in enumerate(entries):
        if isinstance(entry, dict):
            if kind not in _CHANGES:
                yield from _identity(entry, f".entry[{index}]", kind)
            if kind == "searchset":
                yield from _found(entry, f".entry[{index}]")
    told = [entry for entry in entries if isinstance(entry, dict)]
    if kind == "document":
        yield from _left_out(bundle, told)
        yield from _unconnected(bundle, entries)
    elif kind == "message":
        yield from _out_of_focus(bundle, told)


def _links(links: Any) -> Iterator[Issue]:
    """bundle.html#link: no two links say the same of the same."""
    seen: set[str] = set()
    for index, link in enumerate(links if isinstance(links, list) else ()):
        relation = link.get("relation") if isinstance(link, dict) else None
        if isinstance(relation, str):
            if relation in seen and relation in ("self", "first", "previous", "next", "last"):
                yield messages.BUNDLE_LINK_TWICE.at(f".link[{index}]", found=shown(relation))
            seen.add(relation)


def _identity(entry: dict[str, Any], path: str, kind: str | None) -> Iterator[Issue]:
    """bundle.html#Bundle.entry.fullUrl: an absolute URL that "SHALL NOT disagree with the id in the resource"."""
    url, resource = entry.get("fullUrl"), entry.get("resource")
    if url is None and "_fullUrl" not in entry and kind in _KNOWN_BY_URL and _has_identity(resource):
        yield messages.FULL_URL_MISSING.at(path)
    if not isinstance(url, str) or not isinstance(resource, dict):
        return
    if ":" not in url.partition("/")[0]:
        yield messages.FULL_URL_RELATIVE.at(path, found=shown(url))
        return
    named = parse(url)
    type, id = resource.get("resourceType"), resource.get("id")
    if named.type and isinstance(id, str) and (named.type, named.id) != (type, id):
        yield messages.FULL_URL_DISAGREES.at(path, found=shown(url), expected=f"{type}/{id}")


def _has_identity(resource: Any) -> bool:
    """Whether this is a resource other than what a search or a processor has to say."""
    return isinstance(resource, dict) and resource.get("resourceType") != "OperationOutcome"


def _found(entry: dict[str, Any], path: str) -> Iterator[Issue]:
    """bundle.html#Bundle.entry.search.mode: an outcome is an OperationOutcome; what was found has an id."""
    resource, search = entry.get("resource"), entry.get("search")
    mode = search.get("mode") if isinstance(search, dict) else None
    if not isinstance(resource, dict):
        return
    is_outcome = resource.get("resourceType") == "OperationOutcome"
    if mode == "outcome" and not is_outcome:
        yield messages.SEARCH_OUTCOME.at(f"{path}.resource", found=resource.get("resourceType"))
    elif "id" not in resource and mode != "outcome" and not (is_outcome and mode is None):
        yield messages.SEARCH_ENTRY_WITHOUT_ID.at(f"{path}.resource")


def _left_out(bundle: dict[str, Any], entries: list[dict[str, Any]]) -> Iterator[Issue]:
    composition = entries[0].get("resource") if entries else None
    if not isinstance(composition, dict) or composition.get("resourceType") != "Composition":
        return
    inside = Scope(composition, Scope(bundle), full_url=entries[0].get("fullUrl"))
    for text in _references(composition):
        reference = parse(text)
        if reference.kind in ("literal", "urn") and inside.in_bundle(text) is None:
            yield messages.DOCUMENT_INCOMPLETE.at(".entry[0]", found=shown(text))


def _references(value: Any) -> Iterator[str]:
    """The references of a Composition that its document has to have the targets of."""
    for name, item in value.items():
        if name not in _IN_DOCUMENT:
            continue
        for each in item if isinstance(item, list) else [item]:
            if isinstance(each, dict):
                text = each.get("reference")
                if isinstance(text, str):
                    yield text
                yield from _references(each)


def _unconnected(bundle: dict[str, Any], entries: list[Any]) -> Iterator[Issue]:
    """documents.html#bundle: a document "SHALL include only" what its Composition refers to, directly or indirectly.

    What refers to such resources, as a Provenance does, belongs to them as well.
    """
    whole = Scope(bundle)
    places = {
        id(entry.get("resource")): place for place, entry in enumerate(entries) if isinstance(entry, dict) and entry
    }
    near: list[set[int]] = [set() for _ in entries]
    for place, entry in enumerate(entries):
        resource = entry.get("resource") if isinstance(entry, dict) else None
        if not isinstance(resource, dict):
            continue
        inside = Scope(resource, whole, full_url=entry.get("fullUrl"))
        for text in set(_texts(resource)):
            target = inside.in_bundle(text)
            other = places.get(id(target)) if target is not None else None
            if other is not None:
                near[place].add(other)
                near[other].add(place)
    reached, waiting = {0}, [0]
    while waiting:
        fresh = near[waiting.pop()] - reached if near else set()
        reached |= fresh
        waiting += fresh
    for place, entry in enumerate(entries):
        if place not in reached and isinstance(entry, dict) and isinstance(entry.get("resource"), dict):
            resource = entry["resource"]
            name = entry.get("fullUrl") or f"{resource.get('resourceType')}/{resource.get('id', '')}"
            yield messages.DOCUMENT_UNCONNECTED.at(f".entry[{place}]", found=shown(name))


def _texts(value: Any) -> Iterator[str]:
    """The texts in a resource that may name another: of references, uris and urls."""
    if isinstance(value, dict):
        for item in value.values():
            yield from _texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)
    elif isinstance(value, str) and len(value) < _LONGEST and ("/" in value or value.startswith("urn:")):
        yield value


def _out_of_focus(bundle: dict[str, Any], entries: list[dict[str, Any]]) -> Iterator[Issue]:
    """messaging.html#message: a message has the resources that are its focus."""
    header = entries[0].get("resource") if entries else None
    if not isinstance(header, dict) or header.get("resourceType") != "MessageHeader":
        return
    inside = Scope(header, Scope(bundle), full_url=entries[0].get("fullUrl"))
    for text in _references({"focus": header.get("focus")}):
        if parse(text).kind in ("literal", "urn") and inside.in_bundle(text) is None:
            yield messages.MESSAGE_INCOMPLETE.at(".entry[0]", found=shown(text))
