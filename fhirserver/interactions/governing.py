"""Rules, as the one door for writes meets them: who judges a change, and what comes of it.

What a rule needs to know is in other resources, so it is asked inside the transaction of the write, with the locks it
wants held, and what it adds is stored with the write or not at all. A write of types without rules pays nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from fhirserver.outcome import FhirError, Issue
from fhirserver.store.store import Transaction

if TYPE_CHECKING:
    from fhirserver.interactions.context import Context
    from fhirserver.interactions.write import Change


@dataclass(frozen=True, slots=True)
class Proposal:
    """A change that is valid, may be made as far as versions go, and changes something.

    `number` is its place among the changes of the write; `before` the current resource, None where there is none or it
    was deleted; `after` what would be stored, without versionId and lastUpdated, None for a deletion. `version` is the
    number of the current version, a deletion included, 0 where there is none.
    """

    number: int
    change: Change
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    version: int = 0


@dataclass(slots=True)
class Ruling:
    """What becomes of proposals: by their number, errors that refuse them, warnings, and what replaces `after`.

    `added` are changes of further resources that belong to these, `causes` the numbers of the proposals they follow
    from; what they overwrite was read with :meth:`~fhirserver.store.store.Transaction.current`. `decided` are the ids
    of rules that were asked: what a profile said of them beforehand is dropped.
    """

    refusals: dict[int, list[FhirError]] = field(default_factory=dict)
    warnings: dict[int, list[Issue]] = field(default_factory=dict)
    amended: dict[int, Mapping[str, Any]] = field(default_factory=dict)
    added: list[Change] = field(default_factory=list)
    causes: list[int] = field(default_factory=list)
    decided: frozenset[str] = frozenset()


class Governor(Protocol):
    """Judges the changes of certain types. It may be asked again for the same write, and keeps nothing in between."""

    @property
    def types(self) -> frozenset[str]:
        """The types whose changes it wants to see."""

    def locks(self, changes: Sequence[Change]) -> Iterable[int]:
        """What must hold still while these are judged (:func:`fhirserver.store.keys.value_key`), from them alone."""

    def govern(
        self,
        context: Context,
        transaction: Transaction,
        caller: str,
        proposals: Sequence[Proposal],
        others: Sequence[Proposal],
    ) -> Ruling:
        """Judge the changes of one write together. `caller` is who sends it, as the door was told.

        `others` are the rest of the write, not to be judged: changes of other types, whose `before` was not read, and
        those that change nothing.
        """
