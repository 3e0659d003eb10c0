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
#: documents.html#content: what a Composition refers to directly is in the document.
_ATTESTED = ("subject", "encounter", "author", "attester", "custodian", "event", "section", "party", "detail")
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
                yield from _identity(entry, f".entry[{index}]")
            if kind == "searchset":
                yield from _found(entry, f".entry[{index}]")
    if kind == "document":
        yield from _left_out(bundle, [entry for entry in entries if isinstance(entry, dict)])


def _links(links: Any) -> Iterator[Issue]:
    """bundle.html#link: no two links say the same of the same."""
    seen: set[str] = set()
    for index, link in enumerate(links if isinstance(links, list) else ()):
        relation = link.get("relation") if isinstance(link, dict) else None
        if isinstance(relation, str):
            if relation in seen and relation in ("self", "first", "previous", "next", "last"):
                yield messages.BUNDLE_LINK_TWICE.at(f".link[{index}]", found=shown(relation))
            seen.add(relation)


def _identity(entry: dict[str, Any], path: str) -> Iterator[Issue]:
    """bundle.html#Bundle.entry.fullUrl: an absolute URL that "SHALL NOT disagree with the id in the resource"."""
    url, resource = entry.get("fullUrl"), entry.get("resource")
    if not isinstance(url, str) or not isinstance(resource, dict):
        return
    if ":" not in url.partition("/")[0]:
        yield messages.FULL_URL_RELATIVE.at(path, found=shown(url))
        return
    named = parse(url)
    type, id = resource.get("resourceType"), resource.get("id")
    if named.type and isinstance(id, str) and (named.type, named.id) != (type, id):
        yield messages.FULL_URL_DISAGREES.at(path, found=shown(url), expected=f"{type}/{id}")


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
