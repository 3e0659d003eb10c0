"""The rules of the exchange, their effects and operations: what the subject files bring together.

A subject file offers what it has as `RULES`, `EFFECTS` and `OPERATIONS`; to add a file, name it in SUBJECTS. The order
is that in which rules are asked, effects follow, and refusals are told: the first decides the HTTP status.
"""

from __future__ import annotations

from types import ModuleType
from typing import Any

from fhirserver.exchange import (
    catalogue,
    chest_pain,
    dispatch,
    duplicates,
    grid,
    guards,
    matching,
    moves,
    nearest,
    numbers,
    referral,
    structure,
    train,
    waiver,
)
from fhirserver.exchange.rules import Effect, Rule
from fhirserver.operations.table import Offered

SUBJECTS: tuple[ModuleType, ...] = (
    guards,
    moves,
    referral,
    train,
    dispatch,
    numbers,
    duplicates,
    structure,
    grid,
    chest_pain,
    matching,
    nearest,
    catalogue,
    waiver,
)


def _gathered(name: str) -> tuple[Any, ...]:
    return tuple(row for subject in SUBJECTS for row in getattr(subject, name, ()))


RULES: tuple[Rule, ...] = _gathered("RULES")
EFFECTS: tuple[Effect, ...] = _gathered("EFFECTS")
OPERATIONS: tuple[Offered, ...] = _gathered("OPERATIONS")
