"""What one evaluation knows besides its focus: the environment given by the caller, and a frame of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeAlias

from fhirserver.fhirpath import dates, messages
from fhirserver.fhirpath.dates import DateTime
from fhirserver.fhirpath.model import EMPTY, SYSTEM_TYPES, resource_type
from fhirserver.fhirpath.nodes import Node

#: Items an evaluation may look at in loops before it is stopped.
STEPS = 500_000
#: Seconds that the regular expressions of an evaluation may take: ``(a|aa)+$`` needs years for a short text.
REGEX_SECONDS = 0.5
#: Characters of a text that an expression may build.
MAX_TEXT = 5_000_000


@dataclass(frozen=True, slots=True)
class Environment:
    """What the caller lends to an evaluation. Whatever is left out makes the functions that need it fail clearly.

    `resolve` gets a reference, uri or canonical as text and returns the resource, or None when there is none. Without
    it `resolve()` finds contained resources, and of others what the reference's text tells: type and id.
    `member_of(item, value_set)` and `conforms_to(item, profile)` return True or False, or None for an unknown value set
    or profile; `subsumes(code, other)` gets two Codings as dicts. `element_definition(item)` and
    `slice(item, structure, name)` return nodes. `trace(name, items)` takes what `trace()` logs.
    `resource` and `root_resource` are ``%resource`` and ``%rootResource`` where the focus is only a part of them.
    """

    now: Callable[[], datetime] | None = None
    resolve: Callable[[str], Mapping[str, Any] | None] | None = None
    member_of: Callable[[Node, str], bool | None] | None = None
    conforms_to: Callable[[Node, str], bool | None] | None = None
    subsumes: Callable[[Mapping[str, Any], Mapping[str, Any]], bool] | None = None
    element_definition: Callable[[Node], Iterable[Node]] | None = None
    slice: Callable[[Node, str, str], Iterable[Node]] | None = None
    trace: Callable[[str, list[Node]], None] | None = None
    variables: Mapping[str, Any] = field(default_factory=dict)
    resource: dict[str, Any] | None = None
    root_resource: dict[str, Any] | None = None
    steps: int = STEPS


class Frame:
    """The state of one evaluation: its context, ``$index`` and ``$total``, the clock read once, and the steps left."""

    # what few evaluations touch stands on the class, so that a frame is made quickly
    index: int | None = None
    seconds = REGEX_SECONDS  #: left for regular expressions
    total: list[Node] = EMPTY
    _now: DateTime | None = None
    _resource: list[Node] | None = None
    _root: list[Node] | None = None

    def __init__(self, environment: Environment, context: list[Node]) -> None:
        self.environment = environment
        self.context = context
        self.left = environment.steps

    def spend(self, steps: int) -> None:
        """Count work that depends on the size of collections; a FhirError when the limit is reached."""
        self.left -= steps
        if self.left < 0:
            raise messages.TOO_MANY_STEPS.error()

    @property
    def now(self) -> DateTime:
        """The caller's clock, read once: one moment for a whole evaluation (#current-date-and-time-functions)."""
        if self._now is None:
            if self.environment.now is None:
                raise messages.NOT_AVAILABLE.error(name="now")
            self._now = dates.from_clock(self.environment.now())
        return self._now

    @property
    def resource(self) -> list[Node]:
        """``%resource``."""
        if self._resource is None:
            self._resource = self._given(self.environment.resource) or self._of_context("resource")
        return self._resource

    @property
    def root_resource(self) -> list[Node]:
        """``%rootResource``."""
        if self._root is None:
            given = self._given(self.environment.root_resource) or self._given(self.environment.resource)
            self._root = given or self._of_context("root_resource")
        return self._root

    def _given(self, resource: dict[str, Any] | None) -> list[Node]:
        if resource is None:
            return EMPTY
        if self.context and self.context[0].value is resource:
            return self.context
        return [Node(resource, resource_type(resource))]

    def _of_context(self, name: str) -> list[Node]:
        found: Node | None = getattr(self.context[0], name) if self.context else None
        return [found] if found is not None else EMPTY


#: A compiled expression: the focus (what paths start from and ``$this`` is) and the frame -> a collection.
Evaluate: TypeAlias = Callable[[list[Node], Frame], list[Node]]
#: A compiled condition: True, False, or None for empty.
Test: TypeAlias = Callable[[list[Node], Frame], bool | None]


def nodes_of(value: Any) -> list[Node]:
    """A value the caller gives (a variable, a focus) as a collection.

    Takes nodes, resources as dicts, values of Python such as str and Decimal, and lists of these.
    """
    if value is None:
        return []
    if isinstance(value, Node):
        return [value]
    if isinstance(value, list | tuple):
        return [node for item in value for node in nodes_of(item)]
    if isinstance(value, dict):
        return [Node(value, resource_type(value))]
    for known, type in SYSTEM_TYPES.items():
        # also subclasses, such as a decimal that keeps its spelling
        if isinstance(value, known):
            return [Node(value, type)]
    raise TypeError(f"no value of FHIRPath: {value!r}")
