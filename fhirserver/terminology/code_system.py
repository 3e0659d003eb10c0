"""A code system with its concepts in columns: a hundred thousand codes are some tens of megabytes, not hundreds."""

from __future__ import annotations

import re
from array import array
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Any

import msgspec

from fhirserver.terminology import messages
from fhirserver.terminology.concept import Concept, Designation, Property, text_of, value_of
from fhirserver.terminology.grammars import SHAPES

_ABSENT = msgspec.Raw(b"[]")
_PROPERTIES = "http://hl7.org/fhir/concept-properties#"
#: concept-properties.html: what these mean in every code system, by their uri or, without one, by their code.
_MEANINGS = ("inactive", "notSelectable", "parent", "child", "status")
#: Values of the property `status` that say the concept is not to be used any more.
_NOT_ACTIVE = ("retired", "inactive")


class _Concept(msgspec.Struct):
    """``CodeSystem.concept`` as it is read; what few ask for stays text."""

    code: str
    display: str | None = None
    definition: str | None = None
    designation: msgspec.Raw = _ABSENT
    property: msgspec.Raw = _ABSENT
    concept: Sequence[_Concept] = ()


class PropertyDefinition(msgspec.Struct, frozen=True):
    """``CodeSystem.property``."""

    code: str
    type: str = "string"
    uri: str | None = None
    description: str | None = None


class _Resource(msgspec.Struct, rename="camel"):
    url: str = ""
    version: str | None = None
    name: str | None = None
    title: str | None = None
    language: str | None = None
    content: str = "complete"
    case_sensitive: bool = True
    hierarchy_meaning: str | None = None
    value_set: str | None = None
    supplements: str | None = None
    property: Sequence[PropertyDefinition] = ()
    concept: Sequence[_Concept] = ()


_decoder = msgspec.json.Decoder(_Resource)
_row_decoder = msgspec.json.Decoder(list[dict[str, Any]], float_hook=Decimal)


class CodeSystem:
    """The concepts of a code system by code and by number (their order in the resource, parents first).

    `content` as of codesystem.html#content: only a ``complete`` one tells which codes do not exist.
    """

    def __init__(self, body: bytes, supplements: Iterable[bytes] = ()) -> None:
        try:
            self._read(body, supplements)
        except (msgspec.ValidationError, AttributeError, TypeError) as problem:
            # the rows of designations and properties are read as JSON: they may be anything in a file nobody checked
            raise messages.CODE_SYSTEM_UNREADABLE.error(problem=str(problem)) from None

    def _read(self, body: bytes, supplements: Iterable[bytes]) -> None:
        resource = _decode(body)
        self.url = resource.url
        self.version = resource.version
        self.name = resource.title or resource.name or resource.url
        self.language = resource.language
        self.content = resource.content
        self.case_sensitive = resource.case_sensitive
        self.hierarchy_meaning = resource.hierarchy_meaning
        self.value_set = resource.value_set
        shape = SHAPES.get(self.url)
        self._shape = re.compile(shape, re.ASCII) if shape else None
        self.properties: dict[str, PropertyDefinition] = {row.code: row for row in resource.property}
        self._codes: list[str] = []
        self._displays: list[str | None] = []
        self._parent = array("i")
        self._definitions: dict[int, str] = {}
        self._designations: dict[int, msgspec.Raw] = {}
        self._details: dict[int, msgspec.Raw] = {}
        self._numbers: dict[str, int] = {}
        self._add(resource.concept)
        self._abstract: set[int] = set()
        self._inactive: set[int] = set()
        #: Parents beyond the one a concept is nested in (properties `parent` and `child`), and the same from above.
        self._more_parents: dict[int, list[int]] = {}
        self._children: dict[int, list[int]] | None = None
        self._read_properties(body)
        for supplement in supplements:
            self._supplement(_decode(supplement))

    # -- reading

    def _add(self, concepts: Sequence[_Concept]) -> None:
        waiting = deque((concept, -1) for concept in concepts)
        while waiting:
            concept, parent = waiting.popleft()
            number = len(self._codes)
            self._codes.append(concept.code)
            self._displays.append(concept.display)
            self._parent.append(parent)
            self._numbers.setdefault(self._key(concept.code), number)
            self._keep_details(number, concept)
            waiting.extendleft((child, number) for child in reversed(concept.concept))

    def _keep_details(self, number: int, concept: _Concept) -> None:
        if concept.definition is not None:
            self._definitions[number] = concept.definition
        _join(self._designations, number, concept.designation)
        _join(self._details, number, concept.property)

    def _supplement(self, resource: _Resource) -> None:
        """codesystem.html#supplements: "designations and properties", nothing else, of concepts that are there."""
        self.properties |= {row.code: row for row in resource.property}
        waiting = deque(resource.concept)
        while waiting:
            concept = waiting.popleft()
            waiting.extend(concept.concept)
            number = self.number(concept.code)
            if number is not None:
                concept.definition = None
                self._keep_details(number, concept)
                if concept.display is not None:
                    language = {"language": resource.language} if resource.language else {}
                    row = msgspec.json.encode([{**language, "value": concept.display}])
                    _join(self._designations, number, msgspec.Raw(row))

    def _read_properties(self, body: bytes) -> None:
        named = ((code, meaning) for meaning in _MEANINGS for code in self._codes_of(meaning))
        meanings = {code: meaning for code, meaning in named if f'"{code}"'.encode() in body}
        for number in self._details if meanings else ():
            for row in self.properties_of(number):
                meaning = meanings.get(row.get("code", ""))
                if meaning is not None:
                    self._take(number, meaning, value_of(row))

    def _codes_of(self, meaning: str) -> Iterator[str]:
        yield meaning
        if meaning == "notSelectable":
            yield "abstract"
        yield from (row.code for row in self.properties.values() if row.uri == _PROPERTIES + meaning)

    def _take(self, number: int, meaning: str, value: Any) -> None:
        if meaning == "notSelectable" and value is True:
            self._abstract.add(number)
        elif (meaning == "inactive" and value is True) or (meaning == "status" and value in _NOT_ACTIVE):
            self._inactive.add(number)
        elif meaning in ("parent", "child"):
            other = self.number(text_of(value))
            if other is not None:
                parent, child = (other, number) if meaning == "parent" else (number, other)
                self._add_parent(child, parent)

    def _add_parent(self, child: int, parent: int) -> None:
        if parent not in (child, self._parent[child]) and parent not in self._more_parents.get(child, ()):
            self._more_parents.setdefault(child, []).append(parent)

    # -- looking up

    @property
    def size(self) -> int:
        """How many concepts it has."""
        return len(self._codes)

    def _key(self, code: str) -> str:
        return code if self.case_sensitive else code.casefold()

    def number(self, code: str) -> int | None:
        """The number of a code, None when this resource has no such code."""
        return self._numbers.get(self._key(code))

    def find(self, code: str) -> Concept | None:
        """The concept with a code, spelled as the code system spells it."""
        number = self.number(code)
        return None if number is None else self.concept(number)

    def refuses(self, code: str) -> bool:
        """Whether there is certainly no such code: the list is whole, or no code of the system looks like that."""
        if self.content == "complete":
            return self.number(code) is None
        return self._shape is not None and self.number(code) is None and self._shape.fullmatch(code) is None

    def concept(self, number: int) -> Concept:
        abstract, inactive = number in self._abstract, number in self._inactive
        code, display = self._codes[number], self._displays[number]
        return Concept(self.url, self.version, code, display, abstract, inactive, number)

    def code(self, number: int) -> str:
        return self._codes[number]

    def is_inactive(self, number: int) -> bool:
        return number in self._inactive

    def codes(self) -> Sequence[str]:
        """Every code, by number."""
        return self._codes

    def displays(self) -> Sequence[str | None]:
        """Every display, by number."""
        return self._displays

    def definition(self, number: int) -> str | None:
        return self._definitions.get(number)

    def designations(self, number: int) -> list[Designation]:
        """The designations of a concept, its supplements' among them."""
        return _rows(self._designations[number]) if number in self._designations else []

    def properties_of(self, number: int) -> list[Property]:
        """The rows ``code``, ``value[x]`` a concept has, its supplements' among them."""
        return _rows(self._details[number]) if number in self._details else []

    def values(self, number: int, property: str) -> list[str]:
        """The values of a property of a concept, as filters write them (concept-properties.html)."""
        implicit = self._implicit(number, property)
        if implicit is not None:
            return implicit
        return [text_of(value_of(row)) for row in self.properties_of(number) if row.get("code") == property]

    def _implicit(self, number: int, property: str) -> list[str] | None:
        if property in ("code", "concept"):
            return [self._codes[number]]
        if property == "display":
            display = self._displays[number]
            return [] if display is None else [display]
        if property == "definition":
            return [self._definitions[number]] if number in self._definitions else []
        if property == "parent":
            return [self._codes[parent] for parent in self.parents(number)]
        if property == "child":
            return [self._codes[child] for child in self.children(number)]
        if property == "inactive":
            return ["true" if number in self._inactive else "false"]
        if property == "notSelectable":
            return ["true" if number in self._abstract else "false"]
        return None

    # -- hierarchy

    def parents(self, number: int) -> list[int]:
        """The concepts right above one."""
        nested = self._parent[number]
        return [*([nested] if nested >= 0 else ()), *self._more_parents.get(number, ())]

    def children(self, number: int) -> Sequence[int]:
        """The concepts right below one."""
        if self._children is None:
            self._children = {}
            for child in range(len(self._codes)):
                for parent in self.parents(child):
                    self._children.setdefault(parent, []).append(child)
        return self._children.get(number, ())

    def is_below(self, number: int, ancestor: int) -> bool:
        """Whether a concept is the other or lies somewhere under it."""
        return any(above == ancestor for above in self.above(number))

    def above(self, number: int) -> Iterator[int]:
        """A concept and all above it, each once."""
        waiting, seen = [number], {number}
        while waiting:
            current = waiting.pop()
            yield current
            fresh = [parent for parent in self.parents(current) if parent not in seen]
            seen.update(fresh)
            waiting += fresh

    def below(self, number: int) -> Iterator[int]:
        """A concept and all under it, each once, parents first."""
        waiting, seen = deque([number]), {number}
        while waiting:
            current = waiting.popleft()
            yield current
            fresh = [child for child in self.children(current) if child not in seen]
            seen.update(fresh)
            waiting.extendleft(reversed(fresh))


def _decode(body: bytes) -> _Resource:
    try:
        return _decoder.decode(body)
    except (msgspec.DecodeError, RecursionError) as problem:
        raise messages.CODE_SYSTEM_UNREADABLE.error(problem=str(problem)) from None


def _rows(text: msgspec.Raw) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = _row_decoder.decode(text)
    return rows


def _join(texts: dict[int, msgspec.Raw], number: int, more: msgspec.Raw) -> None:
    """Add the rows of a JSON array to those a number has."""
    if more is not _ABSENT and _rows(more):
        before = texts.get(number)
        texts[number] = msgspec.Raw(bytes(before)[:-1] + b"," + bytes(more)[1:]) if before is not None else more
