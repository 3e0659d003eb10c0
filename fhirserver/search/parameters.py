"""Search parameters compiled: for each resource type the parameters, the tree all their paths lie in, their keys."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

from fhirserver.search import messages, paths
from fhirserver.search.main_dates import MAIN_DATES
from fhirserver.search.paths import Path, Slot, Step, Tree
from fhirserver.search.strings import PARTS
from fhirserver.spec.search_parameters import SearchParameter, all_search_parameters, search_parameters
from fhirserver.store.keys import value_key

#: Values with the FHIR types they have.
Typed = list[tuple[Any, str]]

#: Parameters of Resource that have a place of their own (columns, words) or a grammar, and no rows.
SPECIAL = frozenset({"_id", "_lastUpdated", "_text", "_content", "_filter", "_list", "_query", "_has", "_type"})

#: Which parameters share rows when their paths are the same.
_KINDS = {"special": "near"}


@dataclass(frozen=True, slots=True, eq=False)
class Branch:
    """One branch of an expression: a path, or what fhirpath/ computes.

    `key` stands for it in the index; branches of different parameters with the same type and path have the same key.
    `only` is the type a reference must name (``where(resolve() is Patient)``), `systems` the value sets its codes are
    bound to, `system` that of the contact points it is about (``telecom.where(system='phone')``), which have the key of
    the branch of them all. `divided`: the parts of its values (HumanName, Address) have branches of their own.
    """

    key: int
    text: str
    slots: tuple[Slot, ...] = ()
    only: str | None = None
    systems: tuple[str, ...] = ()
    compute: Callable[[Mapping[str, Any]], Typed] | None = None
    system: str | None = None
    divided: bool = False

    def values(self, resource: Mapping[str, Any], found: Sequence[Sequence[Any]]) -> Typed:
        """The values in a resource whose tree was gathered."""
        if self.compute is not None:
            return self.compute(resource)
        return [(value, slot.type) for slot in self.slots for value in found[slot.number]]


@dataclass(frozen=True, slots=True, eq=False)
class Composite:
    """A branch of a composite parameter: the element whose parts belong together, and the parts.

    On the resource itself (`tree` is None) the parts are matched as parameters of their own.
    """

    key: int
    slots: tuple[Slot, ...]
    parts: tuple[Parameter, ...]
    tree: Tree | None
    outside: tuple[int, ...] = ()  #: parts taken from the whole resource (``%resource``)


@dataclass(frozen=True, slots=True, eq=False)
class Parameter:
    """A search parameter of one resource type.

    `bit` is its place in ix_resource.present; None for a custom one, which has a rare word instead. `main`: it is the
    type's main date; `instant`: and its values are instants.
    """

    resource: str
    code: str
    type: str
    branches: tuple[Branch, ...]
    targets: tuple[str, ...] = ()
    bit: int | None = None
    main: bool = False
    instant: bool = False
    composites: tuple[Composite, ...] = ()
    definition: SearchParameter | None = None

    @property
    def paths(self) -> list[int]:
        """The keys of its branches."""
        return list(dict.fromkeys(branch.key for branch in self.branches))

    @property
    def slots(self) -> list[Slot]:
        return [slot for branch in self.branches for slot in branch.slots]


@dataclass(slots=True, eq=False)
class TypeParameters:
    """All search parameters of a resource type."""

    type: str
    tree: Tree
    parameters: dict[str, Parameter] = field(default_factory=dict)
    #: what is indexed: type of the parameter, key of the branch, the system it is restricted to
    indexed: dict[tuple[str, int, str | None], Branch] = field(default_factory=dict)


class Definitions:
    """The search parameters this server knows: R4's own, and custom ones.

    `partial`: the urls of custom ones for which resources written before have no rows yet. `extra`: parameters that
    components of composites may name besides.
    """

    def __init__(
        self,
        custom: Iterable[SearchParameter] = (),
        partial: frozenset[str] = frozenset(),
        extra: Iterable[SearchParameter] = (),
    ) -> None:
        self.custom = tuple(custom)
        self.partial = partial
        self._types: dict[str, TypeParameters] = {}
        self._by_url = {parameter.url: parameter for parameter in (*_published(), *extra, *self.custom)}

    def of(self, type: str) -> TypeParameters:
        """The parameters of a resource type."""
        found = self._types.get(type)
        if found is None:
            found = self._types[type] = self._compile(type)
        return found

    def _compile(self, type: str) -> TypeParameters:
        made = TypeParameters(type, Tree(type))
        for bit, (code, definition) in enumerate(sorted(search_parameters(type).items())):
            if definition.expression is not None or code in SPECIAL:
                made.parameters[code] = self._parameter(made, definition, bit)
        for definition in self.custom:
            if definition.code not in made.parameters and (type in definition.base or _inherits(type, definition.base)):
                made.parameters[definition.code] = self._parameter(made, definition, None)
        return made

    def _parameter(self, made: TypeParameters, definition: SearchParameter, bit: int | None) -> Parameter:
        type, code = made.type, definition.code
        if definition.type == "composite":
            composites = self._composites(made, definition)
            return Parameter(type, code, "composite", (), bit=bit, composites=composites, definition=definition)
        if code in SPECIAL:
            kind = {"_lastUpdated": "date", "_id": "token"}.get(code, "special")
            return Parameter(type, code, kind, (), bit=bit, definition=definition)
        branches = tuple(self._branches(made, definition.type, definition.expression or ""))
        main = MAIN_DATES.get(type) == code
        only = {branch.only for branch in branches}
        targets = tuple(sorted(map(str, only))) if branches and None not in only else definition.target
        if not main:
            for branch in branches:
                made.indexed.setdefault((definition.type, branch.key, branch.system), branch)
        return Parameter(
            type,
            code,
            definition.type,
            branches,
            targets=targets,
            bit=bit,
            main=main,
            instant=main and all(slot.type == "instant" for branch in branches for slot in branch.slots),
            definition=definition,
        )

    def _branches(self, made: TypeParameters, kind: str, expression: str) -> Iterable[Branch]:
        for text in paths.branches(expression):
            try:
                path = paths.parse(text, made.type)
                if path is None:
                    continue
                yield from _with_parts(kind, made, path)
            except ValueError:
                # FHIRPath beyond paths belongs to the whole union, where `|` may stand inside it
                yield _computed(kind, made.type, expression)
                return

    def _composites(self, made: TypeParameters, definition: SearchParameter) -> tuple[Composite, ...]:
        found = []
        for text in paths.branches(definition.expression or ""):
            path = paths.parse(text, made.type)
            if path is not None:
                found.append(self._composite(made, definition, path))
        return tuple(found)

    def _composite(self, made: TypeParameters, definition: SearchParameter, path: Path) -> Composite:
        slots = made.tree.add(path)
        # composites of the same parts of the same element share their rows
        key = value_key("composite", made.type + path.text, *(expression for _, expression in definition.component))
        on_resource = not path.steps
        tree = None if on_resource else made.tree.below(path)
        parts, outside = [], []
        for number, (url, expression) in enumerate(definition.component):
            component = self._by_url.get(url)
            kind = component.type if component else "token"
            targets = component.target if component else ()
            whole = expression.removeprefix("%resource.")
            if whole != expression:
                outside.append(number)
            where = made.tree if on_resource or whole != expression else tree
            assert where is not None
            branches = []
            for each in paths.branches(whole):
                step = paths.parse(each, made.type)
                assert step is not None
                if on_resource:
                    own = list(_with_parts(kind, made, step))
                    branches += own
                    made.indexed.update(((kind, each.key, each.system), each) for each in own)
                else:
                    inner = _branch(kind, made.type, step, where.add(step))
                    branches.append(replace(inner, key=value_key(str(key), str(number))))
            code = f"{definition.code}[{number + 1}]"
            parts.append(Parameter(made.type, code, kind, tuple(branches), targets=targets))
        return Composite(key, slots, tuple(parts), tree, tuple(outside))


@cache
def _published() -> tuple[SearchParameter, ...]:
    return all_search_parameters()


def _inherits(type: str, bases: Sequence[str]) -> bool:
    return "Resource" in bases or ("DomainResource" in bases and type not in ("Bundle", "Binary", "Parameters"))


def _with_parts(kind: str, made: TypeParameters, path: Path) -> Iterator[Branch]:
    """The branch of a path and, where its values are names or addresses and searched as texts, those of their parts."""
    slots = made.tree.add(path)
    branch = _branch(kind, made.type, path, slots)
    parts = PARTS.get(slots[0].type, ()) if kind == "string" and len(slots) == 1 else ()
    yield replace(branch, divided=True) if parts else branch
    for part in parts:
        inner = Path((*path.steps, Step("name", part)), path.only)
        yield _branch(kind, made.type, inner, made.tree.add(inner))


def _branch(kind: str, type: str, path: Path, slots: tuple[Slot, ...]) -> Branch:
    text = type + path.text
    coded = (slot.element for slot in slots if slot.type == "code")
    bound = [element.binding.value_set for element in coded if element is not None and element.binding is not None]
    name = _KINDS.get(kind, kind)
    last = path.steps[-1] if path.steps else Step("", "")
    if kind == "token" and last[:2] == ("where", "system") and all(slot.type == "ContactPoint" for slot in slots):
        whole = type + Path(path.steps[:-1]).text
        return Branch(value_key(name, whole), text, slots, system=last.other)
    return Branch(value_key(name, text), text, slots, path.only, tuple(bound))


#: Written in one of R4's expressions, and no function of FHIRPath.
_HAS_EXTENSION = re.compile(r"hasExtension\(('[^']*')\)")


def _computed(kind: str, type: str, expression: str) -> Branch:
    """A branch that is evaluated by fhirpath/."""
    from fhirserver.fhirpath import compile

    try:
        compiled = compile(_HAS_EXTENSION.sub(r"extension(\1).exists()", expression), type)
    except Exception as error:
        raise messages.EXPRESSION_UNREADABLE.error("SearchParameter.expression", type=type, found=str(error)) from error

    def compute(resource: Mapping[str, Any]) -> Typed:
        return [(value, name) for name, value in compiled.values(dict(resource))]

    return Branch(value_key(_KINDS.get(kind, kind), f"{type}: {expression}"), expression, compute=compute)
