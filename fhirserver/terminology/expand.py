"""$expand (valueset-operation-expand.html): a value set as the list of its codes, whole or a page of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any

from fhirserver.terminology import languages, messages
from fhirserver.terminology.code_system import CodeSystem
from fhirserver.terminology.concept import Designation
from fhirserver.terminology.rows import Row, rows
from fhirserver.terminology.scope import Scope
from fhirserver.terminology.terminology import Terminology, Versions
from fhirserver.terminology.text_filter import Typed, typed
from fhirserver.terminology.value_set import ValueSet

Resource = dict[str, Any]

#: How a designation is asked for by its language.
_LANGUAGE = "urn:ietf:bcp:47"


@dataclass(frozen=True, slots=True)
class Options:
    """The parameters of $expand that shape the list; `offset` and `count` ask for a page of it."""

    filter: str = ""
    offset: int = 0
    count: int | None = None
    include_designations: bool = False
    designations: tuple[str, ...] = ()  #: ``system|code`` of uses, ``urn:ietf:bcp:47|zh`` of languages; () for all
    active_only: bool = False
    exclude_nested: bool = True
    exclude_not_for_ui: bool = False
    display_language: str = ""
    exclude_systems: tuple[str, ...] = ()
    versions: Versions = field(default_factory=Versions)

    @property
    def nested(self) -> bool:
        """ "Paging only applies to flat expansions", and what is filtered has lost its place in the tree."""
        return not (self.exclude_nested or self.filter or self.offset or self.count is not None)


def expand(
    terminology: Terminology, value_set: ValueSet, options: Options, *, identifier: str, timestamp: str
) -> Resource:
    """``ValueSet.expansion``: the codes of a value set, with how many there are in all and what was asked for.

    Codes that are there for navigation only (abstract) appear in nested expansions. FhirError when code systems or
    value sets it needs are not here, or when it is too long to be given in one piece.
    """
    codes = _Codes(Scope(terminology, options.versions), value_set, options)
    page = codes.page(terminology.max_expansion)
    total = codes.total(terminology.registry.generation, page)
    contains = codes.tree(page) if options.nested else [codes.entry(row) for row in page]
    return {
        "identifier": identifier,
        "timestamp": timestamp,
        "total": total,
        **({"offset": options.offset} if options.count is not None or options.offset else {}),
        "parameter": [*_asked(options), *codes.used()],
        **({"contains": contains} if contains else {}),
    }


class _Codes:
    """The codes of one expansion."""

    def __init__(self, scope: Scope, value_set: ValueSet, options: Options) -> None:
        self._scope = scope
        self._value_set = value_set
        self._options = options
        self._languages = languages.wanted(options.display_language)
        self._typed: Typed | None = typed(options.filter) if options.filter.strip() else None

    def _rows(self) -> Iterator[Row]:
        return (row for row in rows(self._scope, self._value_set) if self._passes(row))

    def _passes(self, row: Row) -> bool:
        concept, options = row.concept, self._options
        if concept.abstract and (options.exclude_not_for_ui or not options.nested):
            return False
        if concept.inactive and options.active_only:
            return False
        if options.exclude_systems and self._is_excluded(concept.system, concept.version):
            return False
        return self._typed is None or self._typed(self._texts(row))

    def _is_excluded(self, system: str, version: str | None) -> bool:
        return system in self._options.exclude_systems or f"{system}|{version}" in self._options.exclude_systems

    def _texts(self, row: Row) -> Iterable[str | None]:
        yield row.display
        yield row.concept.code
        yield from (designation.get("value") for designation in self._designations(row))

    # -- pages

    def page(self, most: int) -> list[Row]:
        """The rows of the page; FhirError when no page was asked for and there are more than so many."""
        options = self._options
        if options.count is not None:
            return list(islice(self._rows(), options.offset, options.offset + min(options.count, most)))
        found = list(islice(self._rows(), options.offset, options.offset + most + 1))
        if len(found) > most:
            raise messages.EXPANSION_TOO_LARGE.error(value_set=self._value_set.canonical, most=most)
        return found

    def total(self, generation: int, page: list[Row]) -> int:
        """How many codes there are on all pages: counted once for as long as nothing changes."""
        options = self._options
        is_last = options.count is None or len(page) < options.count
        if is_last and (page or not options.offset):
            return options.offset + len(page)
        key = f"{generation} {replace(options, offset=0, count=None)}"
        counted = self._value_set.totals
        if key not in counted:
            if len(counted) >= _MOST_TOTALS:
                counted.clear()
            counted[key] = sum(1 for _ in self._rows())
        return counted[key]

    # -- entries

    def entry(self, row: Row) -> Resource:
        """``ValueSet.expansion.contains`` of one code."""
        concept = row.concept
        entry: Resource = {"system": concept.system}
        if concept.abstract:
            entry["abstract"] = True
        if concept.inactive:
            entry["inactive"] = True
        if row.include is not None and row.include.version and concept.version:
            entry["version"] = concept.version
        entry["code"] = concept.code
        display = self._display(row)
        if display is not None:
            entry["display"] = display
        designations = self._asked_designations(row)
        if designations:
            entry["designation"] = designations
        return entry

    def tree(self, found: list[Row]) -> list[Resource]:
        """The entries under their nearest parents in the list (``contains.contains``)."""
        entries = {(row.concept.system, row.concept.number): self.entry(row) for row in found}
        roots: list[Resource] = []
        for row in found:
            entry = entries[row.concept.system, row.concept.number]
            parent = self._parent(row, entries)
            (roots if parent is None else parent.setdefault("contains", [])).append(entry)
        return roots

    def _parent(self, row: Row, entries: dict[tuple[str, int], Resource]) -> Resource | None:
        system = self._scope.system(row.concept.system)
        if not isinstance(system, CodeSystem) or row.concept.number < 0:
            return None
        waiting, seen = system.parents(row.concept.number), {row.concept.number}
        while waiting:
            number = waiting.pop(0)
            if (row.concept.system, number) in entries:
                return entries[row.concept.system, number]
            if number not in seen:
                seen.add(number)
                waiting += system.parents(number)
        return None

    # -- texts

    def _display(self, row: Row) -> str | None:
        if not self._languages:
            return row.display
        system = self._scope.system(row.concept.system)
        own_language = system.language if isinstance(system, CodeSystem) else None
        return languages.display(self._languages, row.display, own_language, self._designations(row))

    def _designations(self, row: Row) -> list[Designation]:
        """The value set's own designations of a concept before those of its code system."""
        system, number = self._scope.system(row.concept.system), row.concept.number
        own = row.own_designations
        return [*own, *system.designations(number)] if isinstance(system, CodeSystem) and number >= 0 else own

    def _asked_designations(self, row: Row) -> list[Designation]:
        options = self._options
        if not options.include_designations and not options.designations:
            return []
        found = self._designations(row)
        if not options.designations:
            return found
        return [each for each in found if any(_is_asked(each, token) for token in options.designations)]

    # -- what was used

    def used(self) -> Iterator[Resource]:
        """``version`` of every code system the value set names, and ``fragment`` or ``example`` where it is no more."""
        for system in self._scope.systems_used():
            if system.version:
                yield {"name": "version", "valueUri": f"{system.url}|{system.version}"}
            if isinstance(system, CodeSystem) and system.content in ("fragment", "example"):
                yield {"name": system.content, "valueUri": system.url}


#: How many different questions a value set keeps the totals of.
_MOST_TOTALS = 32


def _is_asked(designation: Designation, token: str) -> bool:
    """Whether a designation is of the use, or in the language, that a token ``system|code`` names."""
    system, _, code = token.rpartition("|")
    if system == _LANGUAGE:
        return languages.suits(designation.get("language"), code)
    use = designation.get("use", {})
    return bool(use.get("code") == code and system in ("", use.get("system", "")))


#: The parameters that are reported, by the field of the options; with the type they are reported as.
_REPORTED: tuple[tuple[str, str, Callable[[Options], Any]], ...] = (
    ("filter", "valueString", lambda options: options.filter),
    ("offset", "valueInteger", lambda options: options.offset or None),
    ("count", "valueInteger", lambda options: options.count),
    ("includeDesignations", "valueBoolean", lambda options: options.include_designations),
    ("activeOnly", "valueBoolean", lambda options: options.active_only),
    ("excludeNested", "valueBoolean", lambda options: not options.nested),
    ("excludeNotForUI", "valueBoolean", lambda options: options.exclude_not_for_ui),
    ("displayLanguage", "valueCode", lambda options: options.display_language),
)


def _asked(options: Options) -> Iterator[Resource]:
    """valueset.html#ValueSet.expansion.parameter: "a parameter that controlled the expansion process"."""
    for name, type, value_of in _REPORTED:
        value = value_of(options)
        if value or (value == 0 and value is not False):
            yield {"name": name, type: value}
    yield from ({"name": "designation", "valueString": token} for token in options.designations)
    yield from ({"name": "exclude-system", "valueUri": system} for system in options.exclude_systems)
    for name, versions in (
        ("system-version", options.versions.default),
        ("check-system-version", options.versions.check),
        ("force-system-version", options.versions.force),
    ):
        yield from ({"name": name, "valueUri": f"{system}|{version}"} for system, version in versions.items())
