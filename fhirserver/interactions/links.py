"""Links between the entries of a transaction, and references that say what to look for (http.html#trules).

A link to the fullUrl of another entry becomes a link to the resource that entry is about. A conditional reference,
``Patient?identifier=…``, becomes a reference to the one resource it matches.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, NamedTuple

from fhirserver.interactions import messages
from fhirserver.interactions.criteria import Criteria, decoded
from fhirserver.interactions.criteria import criteria as criteria_of
from fhirserver.outcome import FhirError, Issue
from fhirserver.resource.references import Place, replace_narrative_links, walk
from fhirserver.spec.structures import RESOURCE_TYPES
from fhirserver.store.rows import Identity

#: "elements of type uri, url, oid, uuid, and <a href> & <img src> in the narrative. Elements of type canonical are not
#: replaced". An oid or a uuid cannot hold a URL (see spec/errata.py): they stay.
_KINDS = frozenset({"Reference", "uri", "url", "xhtml"})
#: Those whose relative form leads somewhere.
_FOLLOWED = frozenset({"Reference", "url"})
#: The part of a RESTful URL before type and id; http.html#rest gives the form.
_RESTFUL = re.compile(
    r"(?:(?P<base>[A-Za-z][A-Za-z0-9+.\-]*://.+?)/)?(?P<type>[A-Z][A-Za-z]+)/(?P<id>[A-Za-z0-9\-.]{1,64})"
    r"(?P<version>/_history/[A-Za-z0-9\-.]{1,64})?"
).fullmatch
#: A narrative without any of these holds no link.
_NARRATIVE_LINK = re.compile(r"(?:href|src)\s*=").search


class Found(NamedTuple):
    """The entry a link leads to, the fragment behind it, ``#part``, and whether it names a version."""

    entry: int
    fragment: str = ""
    versioned: bool = False


@dataclass(slots=True)
class Sources:
    """The entries of a Bundle by what others call them; `base_url` is this server's own."""

    base_url: str
    entries: dict[str, int] = field(default_factory=dict)

    def add(self, name: str, entry: int) -> bool:
        """Whether no other entry has this name."""
        return self.entries.setdefault(name, entry) == entry

    def find(self, text: str, base: str | None) -> Found | None:
        """The entry a link leads to.

        bundle.html#references: a relative reference counts from the base of the fullUrl of the entry it stands in.
        http.html#trules: a version may be any, it will be another one here.
        """
        known = self.entries
        if (entry := known.get(text)) is not None:
            return Found(entry)
        text, mark, fragment = text.partition("#")
        found = _RESTFUL(text)
        if found is not None:
            local = f"{found['type']}/{found['id']}"
            for name in self._names(found["base"], base, local):
                if (entry := known.get(name)) is not None:
                    return Found(entry, mark + fragment, found["version"] is not None)
        elif mark and (entry := known.get(text)) is not None:
            return Found(entry, mark + fragment)
        return None

    def outside(self, bundle: Mapping[str, Any]) -> Sources:
        """Without what a Bundle inside an entry calls its own entries: its links among them stay as they are."""
        listed = bundle.get("entry")
        entries = [each for each in listed if isinstance(each, dict)] if isinstance(listed, list) else []
        own = {str(each.get("fullUrl")) for each in entries}
        local = {f"{found['type']}/{found['id']}" for url in own if (found := _RESTFUL(url))}
        hidden = own | local
        names = {name: entry for name, entry in self.entries.items() if hidden.isdisjoint((name, _local(name)))}
        return Sources(self.base_url, names)

    def _names(self, own: str | None, base: str | None, local: str) -> Iterator[str]:
        if own is not None:
            yield f"{own}/{local}"
            if own == self.base_url:
                yield local
            return
        yield local
        yield f"{base or self.base_url}/{local}"


def _local(name: str) -> str:
    """``Patient/1`` of a RESTful URL, another name as it is."""
    found = _RESTFUL(name)
    return f"{found['type']}/{found['id']}" if found else name


def named_by(full_url: str) -> Identity | None:
    """The type and id a RESTful fullUrl ends with."""
    found = _RESTFUL(full_url)
    return (found["type"], found["id"]) if found and found["type"] in RESOURCE_TYPES else None


def base_of(full_url: str | None) -> str | None:
    """The base a RESTful fullUrl begins with."""
    found = _RESTFUL(full_url) if full_url else None
    return found["base"] if found else None


@dataclass(frozen=True, slots=True)
class _Link:
    """A link as it was sent, and what it leads to: an entry, or what criteria match."""

    place: Place
    sent: str
    found: Found | None = None
    criteria: Criteria | None = None


class Links:
    """The links of one entry that are to be replaced. They are found once, replaced as often as targets change.

    `content` is its resource, or what it patches with: a Parameters resource or the operations of a JSON Patch.
    """

    def __init__(self, content: Any, sources: Sources, base: str | None) -> None:
        inside = isinstance(content, dict) and content.get("resourceType") == "Bundle"
        self._sources = sources.outside(content) if inside else sources
        self._base = base
        self._links: list[_Link] = []
        #: Narratives as they were sent.
        self._narratives: list[tuple[Place, str]] = []
        self.issues: list[Issue] = []
        for place in _operands(content) if isinstance(content, list) else walk(content, _KINDS):
            self._look(place)

    @property
    def any(self) -> bool:
        """Whether there is anything to replace, or to refuse."""
        return bool(self._links or self._narratives or self.issues)

    @property
    def criteria(self) -> Iterator[Criteria]:
        """What must be looked for."""
        return (link.criteria for link in self._links if link.criteria is not None)

    @property
    def asked(self) -> Iterator[tuple[str, Criteria]]:
        """What must be looked for, with its place in the resource."""
        return ((link.place.path, link.criteria) for link in self._links if link.criteria is not None)

    @property
    def entries(self) -> Iterator[int]:
        """The entries of the same Bundle that are linked to."""
        return (link.found.entry for link in self._links if link.found is not None)

    def _look(self, place: Place) -> None:
        text = place.text
        if place.kind == "xhtml":
            if self._sources.entries and _NARRATIVE_LINK(text):
                self._narratives.append((place, text))
            return
        known = self._sources.entries
        if place.key == "url" and "resourceType" in place.holder:
            return  # the name of a definition, which canonicals repeat (see spec/errata.py)
        if text in known:
            self._links.append(_Link(place, text, Found(known[text])))
        elif place.kind == "Reference" and "?" in text:
            self._look_for(place, text)
        elif place.kind not in _FOLLOWED and "#" not in text:
            return  # "an exact match or a match of the portion of the URL preceding a '#'": nearly all are code systems
        elif known and (target := self._sources.find(text, self._base)) is not None:
            self._links.append(_Link(place, text, target))

    def _look_for(self, place: Place, text: str) -> None:
        type, _, query = text.removeprefix(self._sources.base_url).lstrip("/").partition("?")
        if type not in RESOURCE_TYPES:
            return
        try:
            self._links.append(_Link(place, text, criteria=criteria_of(type, decoded(query))))
        except FhirError as error:
            self.issues += [Issue(issue.message, place.path, issue.values) for issue in error.issues]

    def replace(
        self,
        targets: Mapping[int, Identity | None],
        matches: Mapping[Criteria, Sequence[Identity]],
        new: Container[int],
    ) -> Iterator[Issue]:
        """Write into the resource where each link leads, `targets` by entry. Yields what could not be replaced.

        `new`: the entries that make a resource, which then has one version.
        """
        for link in self._links:
            identity = targets.get(link.found.entry) if link.found is not None else None
            if link.criteria is not None:
                found = matches[link.criteria]
                if len(found) != 1:
                    message = messages.REFERENCE_MATCHES_SEVERAL if found else messages.REFERENCE_MATCHES_NONE
                    yield message.at(link.place.path, reference=link.sent)
                    continue
                identity = found[0]
            if identity is not None:
                local = _replaced(link.found, identity, new)
                # references become relative, other links absolute: they are read by those who know no [base]
                link.place.holder[link.place.key] = (
                    local if link.place.kind == "Reference" else f"{self._sources.base_url}/{local}"
                )
        for place, sent in self._narratives:
            place.holder[place.key] = replace_narrative_links(sent, partial(self._absolute, targets, new))

    def _absolute(self, targets: Mapping[int, Identity | None], new: Container[int], text: str) -> str | None:
        found = self._sources.find(text, self._base)
        identity = targets.get(found.entry) if found else None
        if found is None or identity is None:
            return None
        return f"{self._sources.base_url}/{_replaced(found, identity, new)}"


def _replaced(found: Found | None, identity: Identity, new: Container[int]) -> str:
    """The relative form of a link. http.html#trules: what named a version names one, where it is known: the first."""
    type, id = identity
    if found is None:
        return f"{type}/{id}"
    version = "/_history/1" if found.versioned and found.entry in new else ""
    return f"{type}/{id}{version}{found.fragment}"


#: Where the operations of a JSON Patch stand in an entry.
_BINARY = ((None, "Binary"), "data")


def _operands(operations: Sequence[Any]) -> Iterator[Place]:
    """The references in the values of a JSON Patch: what stands under, or is put at, the name ``reference``."""
    for operation in operations:
        if not isinstance(operation, dict):
            continue
        value = operation.get("value")
        if isinstance(value, str) and str(operation.get("path")).endswith("/reference"):
            yield Place("Reference", operation, "value", _BINARY)
        yield from _references(value)


def _references(value: Any) -> Iterator[Place]:
    if isinstance(value, dict):
        if isinstance(value.get("reference"), str):
            yield Place("Reference", value, "reference", _BINARY)
        for each in value.values():
            yield from _references(each)
    elif isinstance(value, list):
        for each in value:
            yield from _references(each)
