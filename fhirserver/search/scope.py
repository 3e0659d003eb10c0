"""What a query is understood with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from fhirserver.search.entries import Setting
from fhirserver.search.parameters import Definitions, Parameter
from fhirserver.search.sizes import Sizes


class Terminology(Protocol):
    """What token modifiers ask of code systems and value sets."""

    def members(self, value_set: str) -> Sequence[tuple[str, str]] | None:
        """(system, code) of every code in a value set; None when it is not known."""

    def family(self, system: str, code: str, *, up: bool) -> Sequence[str]:
        """The code with all that it subsumes (with `up`: that subsume it). FhirError when that is not known here."""


@dataclass(frozen=True, slots=True)
class Scope:
    """`now` is in microseconds, for `ap` on dates.

    `partial` collects the codes of parameters that were asked for and miss rows of older resources; `sizes` remembers
    how many resources met criteria before.
    """

    definitions: Definitions
    setting: Setting
    now: int
    terminology: Terminology | None = None
    partial: dict[str, None] = field(default_factory=dict)
    sizes: Sizes = field(default_factory=Sizes)

    def parameter(self, type: str, code: str) -> Parameter | None:
        """The search parameter of a type, None when it has none of that name."""
        found = self.definitions.of(type).parameters.get(code)
        if found is not None and found.definition is not None and found.definition.url in self.definitions.partial:
            self.partial[code] = None
        return found
