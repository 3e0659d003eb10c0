"""What a query is understood with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from fhirserver.search.entries import Setting
from fhirserver.search.parameters import Definitions


class Terminology(Protocol):
    """What token modifiers ask of code systems and value sets."""

    def members(self, value_set: str) -> Sequence[tuple[str, str]] | None:
        """(system, code) of every code in a value set; None when it is not known."""

    def family(self, system: str, code: str, *, up: bool) -> Sequence[str] | None:
        """The code with all that it subsumes (with `up`: that subsume it); None when the system is not known."""


@dataclass(frozen=True, slots=True)
class Scope:
    """`now` is in microseconds, for `ap` on dates."""

    definitions: Definitions
    setting: Setting
    now: int
    terminology: Terminology | None = None
