"""References (references.html): what the text of one says, and where in a resource the links to others stand."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from functools import cache
from html import unescape
from typing import Any, Literal, NamedTuple
from xml.sax.saxutils import quoteattr

from fhirserver.outcome import FhirError
from fhirserver.resource import markup
from fhirserver.resource.shapes import Member, Shape, shape
from fhirserver.spec.structures import RESOURCE_TYPES

Kind = Literal["literal", "contained", "urn", "conditional", "external", "malformed"]

_ID = r"[A-Za-z0-9\-.]{1,64}"
#: references.html#literal: [base]/type/id[/_history/version]
_LITERAL = re.compile(
    rf"(?:(?P<base>[A-Za-z][A-Za-z0-9+.\-]*://[^\s?#]+)/)?(?P<type>[A-Z][A-Za-z]+)/(?P<id>{_ID})"
    rf"(?:/_history/(?P<version>{_ID}))?"
).fullmatch
_CONDITIONAL = re.compile(r"(?P<type>[A-Z][A-Za-z]+)\?(?P<query>\S+)").fullmatch
_URN = re.compile(r"urn:(?:uuid|oid):\S+").fullmatch
_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:\S+").fullmatch


@dataclass(frozen=True, slots=True)
class Reference:
    """What the text of a Reference.reference says.

    ========== ===============================================================================================
    literal    ``Patient/1``, ``Patient/1/_history/2``, or the same behind one of the server's base URLs
    contained  ``#id``; `id` is empty for ``#``, the resource that contains
    urn        ``urn:uuid:…``, ``urn:oid:…``: another entry of the same Bundle
    conditional ``Patient?identifier=…`` (http.html#trules): `query` is what follows the question mark
    external   a URL elsewhere; `type`, `id` and `version` are known when it has the form of a literal one
    malformed  none of these
    ========== ===============================================================================================
    """

    text: str
    kind: Kind
    type: str | None = None
    id: str | None = None
    version: str | None = None
    base: str | None = None
    query: str | None = None

    @property
    def absolute(self) -> bool:
        return self.base is not None or self.kind in ("urn", "external")

    @property
    def relative(self) -> str | None:
        """``Patient/1``: the literal reference without base and version; None for the other kinds."""
        return f"{self.type}/{self.id}" if self.kind == "literal" else None


def parse(text: str, base_urls: Collection[str] = ()) -> Reference:
    """The reference a text is. `base_urls`: the URLs under which this server is known, without a slash at the end."""
    if text.startswith("#"):
        return Reference(text, "contained", id=text[1:])
    if (found := _LITERAL(text)) is not None and found["type"] in RESOURCE_TYPES:
        base = found["base"]
        kind: Kind = "literal" if base is None or base in base_urls else "external"
        return Reference(text, kind, found["type"], found["id"], found["version"], base)
    if _URN(text):
        return Reference(text, "urn")
    if (found := _CONDITIONAL(text)) is not None and found["type"] in RESOURCE_TYPES:
        return Reference(text, "conditional", found["type"], query=found["query"])
    return Reference(text, "external" if _ABSOLUTE(text) else "malformed")


class Canonical(NamedTuple):
    """A canonical (references.html#canonical) in its parts: ``url|version#fragment``."""

    url: str
    version: str | None
    fragment: str | None


def canonical(text: str) -> Canonical:
    """The parts of a canonical; a version is what follows the first bar, a fragment what follows ``#``."""
    rest, _, fragment = text.partition("#")
    url, _, version = rest.partition("|")
    return Canonical(url, version or None, fragment or None)


#: The kinds of links that `walk` finds: Reference.reference, the types of URI, and narratives.
LINKS = frozenset({"Reference", "canonical", "uri", "url", "oid", "uuid", "xhtml"})


class Place(NamedTuple):
    """Where a link stands: ``place.holder[place.key]`` is its text and may be replaced there.

    A narrative ("xhtml") is one place; `replace_narrative_links` reaches the links in it.
    """

    kind: str
    holder: Any
    key: Any
    #: (the steps before, a name or an index), None at the root: the path is put together only when asked for
    steps: Any

    @property
    def text(self) -> str:
        text: str = self.holder[self.key]
        return text

    @property
    def path(self) -> str:
        """The FHIRPath of the link: ``Observation.subject.reference``."""
        path, steps = "", self.steps
        while steps is not None:
            steps, step = steps
            path = (f"[{step}]" if isinstance(step, int) else f".{step}") + path
        return path[1:]


def walk(resource: dict[str, Any], kinds: Collection[str] = LINKS) -> Iterator[Place]:
    """Every link of the wanted kinds in a resource and in all resources inside it, in the sender's order.

    What is no resource or does not fit its structure is passed over: validation speaks of that.
    """
    found = _Walk(kinds)
    found.resource(resource, None)
    return iter(found.places)


class _Walk:
    """One walk through one resource."""

    def __init__(self, kinds: Collection[str]) -> None:
        self.places: list[Place] = []
        self._kinds = kinds

    def resource(self, resource: Any, steps: Any) -> None:
        type = resource.get("resourceType") if isinstance(resource, dict) else None
        if isinstance(type, str) and type in RESOURCE_TYPES:
            self._members(resource, shape(type), steps or (None, type))

    def _members(self, value: dict[str, Any], shape: Shape, steps: Any) -> None:
        links = _links(shape)
        for key, item in value.items():
            link = links.get(key)
            if link is None:
                continue
            name, kind, member = link
            if kind is None:
                if type(item) is dict:
                    self._object(item, member, (steps, name))
                elif type(item) is list:
                    for index, each in enumerate(item):
                        if type(each) is dict:
                            self._object(each, member, ((steps, name), index))
            elif kind in self._kinds:
                if type(item) is str:
                    self.places.append(Place(kind, value, key, (steps, name)))
                elif type(item) is list:
                    here = (steps, name)
                    texts = [index for index, each in enumerate(item) if type(each) is str]
                    self.places += [Place(kind, item, index, (here, index)) for index in texts]

    def _object(self, item: dict[str, Any], member: Member, steps: Any) -> None:
        if member.type == "Resource":
            self.resource(item, steps)
        else:
            self._members(item, member.shape, steps)


@cache
def _links(shape: Shape) -> dict[str, tuple[str, str | None, Member]]:
    """The names of a shape under which links may lie: their element's, and a kind where the value is a link itself."""
    links: dict[str, tuple[str, str | None, Member]] = {}
    for name, member in shape.members.items():
        kind = "Reference" if member.element.path == "Reference.reference" else member.type
        if not member.primitive:
            links[name] = member.element.name, None, member
        elif kind in LINKS:
            links[name] = member.element.name, kind, member
        if member.primitive and not member.element.attribute:
            links[f"_{name}"] = member.element.name, None, member
    return links


# Links inside a narrative

_NARRATIVE_LINK = re.compile(
    r"<!--.*?-->|<!\[CDATA\[.*?\]\]>|<\?.*?\?>"
    r"|(?P<before><(?:a|img)\s(?:[^<>\"']|\"[^\"<]*\"|'[^'<]*')*?(?<=\s)(?:href|src)\s*=\s*)"
    r"(?P<quoted>\"[^\"<]*\"|'[^'<]*')",
    re.DOTALL,
)


def replace_narrative_links(div: str, replacement: Callable[[str], str | None]) -> str:
    """The narrative with the targets of ``<a href>`` and ``<img src>`` replaced, where `replacement` gives another.

    Everything else stays as it is written; a text that is not well-formed stays whole.
    """
    if not _well_formed(div):
        return div

    def replace(found: re.Match[str]) -> str:
        target = replacement(unescape(found["quoted"][1:-1])) if found["quoted"] else None
        return found[0] if target is None else found["before"] + quoteattr(target)

    return _NARRATIVE_LINK.sub(replace, div)


def _well_formed(div: str) -> bool:
    try:
        markup.parse(div)
    except FhirError:
        return False
    return True
