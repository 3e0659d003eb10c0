"""What a rule is: its id, what it is about, the law it comes from, how a group may set it, and the function that asks.

A rule function yields an issue for each thing that is wrong, made of a :class:`Message` whose key is the rule's id. It
never looks at modes: whether an issue refuses the write or comes with it as a warning the governor decides, by the rule
pack of the group behind the write.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from fhirserver.interactions.governing import Proposal
from fhirserver.interactions.write import Change
from fhirserver.outcome import RULE_SYSTEM, STATUS, Issue, Message

if TYPE_CHECKING:
    from fhirserver.exchange.case import Case

Mode = Literal["off", "advise", "enforce"]
MODES: tuple[Mode, ...] = ("off", "advise", "enforce")

Check = Callable[["Case", Proposal], Iterator[Issue]]
#: Whose group a change is made in: references to organisations, groups too, the one that counts most first.
Behind = Callable[["Case", Proposal], Iterable[str]]
#: What must hold still while a change is judged (:func:`fhirserver.store.keys.value_key`), from the change alone.
Locks = Callable[[Change], Iterable[int]]
#: A cheap look at a resource: whether a rule or effect can have anything to do with it.
When = Callable[[Mapping[str, Any]], bool]


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of the exchange.

    `types` are the resource types whose changes it is asked of; `law` is the regulation or article it comes from, with
    the paragraph. `modes` are those a rule pack may choose, `default` the one where no pack says anything. `parameters`
    are its numbers and lists by name, with the values that hold where no pack gives others; a pack may give values of
    the same JSON type only. `messages` are all that it says; the first is its main text. `check` is None where the
    constraint of that key in the guide's profiles keeps the rule, for everyone. `locks`: see :data:`Locks`. `when`: it
    is asked only where the resource, before or after the change, looks like its business; None for all of the types.
    """

    id: str
    types: tuple[str, ...]
    law: str
    messages: tuple[Message, ...]
    check: Check | None = None
    modes: tuple[Mode, ...] = MODES
    default: Mode = "enforce"
    parameters: Mapping[str, Any] = field(default_factory=dict)
    locks: Locks | None = None
    behind: Behind | None = None
    when: When | None = None

    @property
    def status(self) -> int:
        """The HTTP status where it refuses."""
        return self.messages[0].status or STATUS[self.messages[0].code]


@dataclass(frozen=True, slots=True)
class Effect:
    """What follows from a change that the rules have let pass: `run` amends it or adds others, through the case.

    `when`: as of a :class:`Rule`.
    """

    types: tuple[str, ...]
    run: Callable[[Case, Proposal], None]
    locks: Locks | None = None
    when: When | None = None


def message(id: str, status: int, en: str, zh: str) -> Message:
    """What a rule says: `id` is the rule's, `status` the HTTP status where it refuses."""
    return Message(id, _CODES.get(status, "business-rule"), en, zh, status=status, system=RULE_SYSTEM)


#: HTTP status of a rule -> the issue type of its issues.
_CODES = {401: "login", 403: "forbidden", 409: "conflict", 410: "deleted", 428: "required"}
