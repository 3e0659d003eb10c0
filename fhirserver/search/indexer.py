"""Indexer: the index rows of a resource, in one walk over it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from fhirserver.search import composites, moments, strings, words
from fhirserver.search.entries import Entries, Setting
from fhirserver.search.main_dates import MAIN_DATES, MISSING, NONE
from fhirserver.search.parameters import Branch, Definitions, Parameter, TypeParameters
from fhirserver.search.paths import Slot
from fhirserver.search.references import local
from fhirserver.search.types import TYPES
from fhirserver.search.words import rare
from fhirserver.store.keys import res_key
from fhirserver.store.rows import IndexRows
from fhirserver.store.type_numbers import TYPE_NUMBER

_Index = Callable[[Entries, int, Any, str], None]


class Indexer:
    """Makes index rows. `definitions` is asked for each resource, so that a new custom parameter counts at once.

    `changing` is told when a SearchParameter is about to be written.
    `full_text` says of which types the texts can be searched with `_content` and `_text`; None for all.
    """

    def __init__(
        self,
        definitions: Callable[[], Definitions],
        setting: Setting,
        full_text: frozenset[str] | None = None,
        changing: Callable[[], None] | None = None,
    ) -> None:
        self._changing = changing
        self._definitions = definitions
        self._setting = setting
        self._full_text = full_text
        self._compiled: dict[int, dict[str, _TypeIndex]] = {}

    def rows(self, resource: Mapping[str, Any]) -> IndexRows:
        """The index rows of a resource with an id, by table."""
        definitions = self._definitions()
        type = resource["resourceType"]
        if type == "SearchParameter" and self._changing is not None:
            self._changing()
        known = self._compiled.setdefault(id(definitions), {})
        index = known.get(type)
        if index is None:
            self._compiled = {id(definitions): known}
            index = known[type] = _TypeIndex(definitions.of(type))
        texts = words.of_resource(resource) if self._full_text is None or type in self._full_text else ""
        return index.rows(resource, self._setting, texts)


class _TypeIndex:
    """The parameters of one type, arranged by the slots that values are gathered in."""

    def __init__(self, known: TypeParameters) -> None:
        self._known = known
        self._number = TYPE_NUMBER[known.type]
        self._by_slot: list[list[tuple[int, _Index]]] = [[] for _ in known.tree.slots]
        self._computed: list[tuple[Branch, _Index]] = []
        for (kind, key, system), branch in known.indexed.items():
            if system is not None and (kind, key, None) in known.indexed:
                continue  # the branch of all contact points makes the same rows
            if branch.compute is not None:
                self._computed.append((branch, _indexing(kind, branch)))
            for slot in branch.slots:
                self._by_slot[slot.number].append((branch.key, _indexing(kind, branch)))
        self._main = known.parameters.get(MAIN_DATES.get(known.type, ""))
        parameters = [each for each in known.parameters.values() if each.branches or each.composites]
        self._composites = [each for parameter in parameters for each in parameter.composites if each.tree is not None]
        self._bits = [0] * len(known.tree.slots)
        self._examined = [_examined(each) for each in parameters if not self._plain(each)]

    def _plain(self, parameter: Parameter) -> bool:
        """Whether any value in its slots makes the parameter present; if so its bit is noted with them."""
        branches = parameter.branches
        if parameter.bit is None or parameter.composites or any(each.compute or each.only for each in branches):
            return False
        for slot in parameter.slots:
            self._bits[slot.number] |= 1 << parameter.bit
        return True

    def rows(self, resource: Mapping[str, Any], setting: Setting, texts: str) -> IndexRows:
        entries = Entries(setting)
        found = self._known.tree.gather(resource)
        present = filled = 0
        for number, values in enumerate(found):
            if values:
                filled |= 1 << number
                present |= self._bits[number]
                self._index_slot(entries, number, values)
        for branch, index in self._computed:
            for value, type in branch.values(resource, found):
                index(entries, branch.key, value, type)
        for composite in self._composites:
            elements = [value for slot in composite.slots for value in found[slot.number]]
            if elements:
                composites.index(entries, composite, resource, elements)
        present |= self._examine(entries, resource, found, filled)
        res = res_key(resource["resourceType"], resource["id"])
        return entries.rows(res, self._number, self._main_date(setting, resource, found), present, texts)

    def _index_slot(self, entries: Entries, number: int, values: Sequence[Any]) -> None:
        work = self._by_slot[number]
        if not work:
            return
        type = self._known.tree.slots[number].type
        for value in values:
            for each, kind in unwrapped(value, type) if type == "Extension" else ((value, type),):
                for key, index in work:
                    index(entries, key, each, kind)

    def _main_date(self, setting: Setting, resource: Mapping[str, Any], found: Sequence[Any]) -> tuple[int, int]:
        if self._main is None:
            return NONE, NONE
        for branch in self._main.branches:
            for value, type in branch.values(resource, found):
                stretch = moments.stretch(value, type, setting.zone)
                if stretch is not None:
                    return stretch
        return MISSING, MISSING

    def _examine(self, entries: Entries, resource: Mapping[str, Any], found: Sequence[Any], filled: int) -> int:
        """The bits of the parameters that more than a filled slot makes present; a rare word for custom ones."""
        bits = 0
        for each in self._examined:
            if each.is_present(resource, found, filled, entries.setting):
                if each.parameter.bit is not None:
                    bits |= 1 << each.parameter.bit
                else:
                    entries.rare.add(present_word(each.parameter))
        return bits


def present_word(parameter: Parameter) -> str:
    """The rare word of resources in which a custom parameter has a value."""
    return rare("present", parameter.resource, parameter.code)


class _Examined(NamedTuple):
    """How to tell whether a parameter has a value. Slots are bits of a number.

    It has one where some value is in each slot set of one of `sets`, or where a branch of `branches` has a value.
    """

    parameter: Parameter
    sets: tuple[tuple[int, ...], ...]
    branches: tuple[Branch, ...]

    def is_present(self, resource: Mapping[str, Any], found: Sequence[Any], filled: int, setting: Setting) -> bool:
        for slots in self.sets:
            if all(filled & each for each in slots):
                return True
        for branch in self.branches:
            values = branch.values(resource, found)
            if any(branch.only is None or _refers_to(value, branch.only, setting) for value, _ in values):
                return True
        return False


def _examined(parameter: Parameter) -> _Examined:
    sets: list[tuple[int, ...]] = []
    for composite in parameter.composites:
        if composite.tree is None:
            sets.append(tuple(_as_bits(part.slots) for part in composite.parts))
        else:
            sets.append((_as_bits(composite.slots),))
    looked_at = [each for each in parameter.branches if each.compute is not None or each.only is not None]
    sets += [(_as_bits(each.slots),) for each in parameter.branches if each not in looked_at]
    return _Examined(parameter, tuple(sets), tuple(looked_at))


def _as_bits(slots: Iterable[Slot]) -> int:
    bits = 0
    for slot in slots:
        bits |= 1 << slot.number
    return bits


def _refers_to(value: Any, type: str, setting: Setting) -> bool:
    text = value.get("reference") if isinstance(value, dict) else value
    target = local(text, setting.base_urls) if isinstance(text, str) else None
    if target is not None:
        return target.type == type
    named = value.get("type") if isinstance(value, dict) else None
    return named == type or (isinstance(text, str) and f"/{type}/" in text)


def unwrapped(value: Any, type: str) -> Iterator[tuple[Any, str]]:
    """The value of an Extension in place of the extension itself."""
    if type != "Extension":
        yield value, type
        return
    for name, inner in value.items():
        if name.startswith("value"):
            kind = name[5:]
            yield inner, kind if isinstance(inner, dict) else kind[0].lower() + kind[1:]


def _indexing(kind: str, branch: Branch) -> _Index:
    if kind == "string":
        if branch.divided:
            return strings.index_whole
        return strings.index_name if _names(branch) else strings.index
    index = TYPES[kind].index
    assert index is not None
    return index


def _names(branch: Branch) -> bool:
    """Whether the texts of a branch are names, or parts of them."""
    elements = [slot.element for slot in branch.slots]
    in_names = any(element is not None and element.path.startswith("HumanName.") for element in elements)
    return in_names or branch.text.rpartition(".")[2] in strings.NAMES
