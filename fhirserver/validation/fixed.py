"""fixed[x] and pattern[x] (elementdefinition.html#ElementDefinition.fixed): the value, or a part of it, is given."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

from fhirserver.conformance.snapshot import Node as Part
from fhirserver.fhirpath.nodes import Node
from fhirserver.outcome import Issue, Message
from fhirserver.resource import json
from fhirserver.resource.primitives import found as shown
from fhirserver.validation import messages
from fhirserver.validation.definitions import value_of
from fhirserver.validation.issues import Found
from fhirserver.validation.walk import Walk

_LONGEST = 200


def equal(wanted: Any, found: Any) -> bool:
    """ "The value SHALL be exactly the value": the same content; 1.0 is not 1.00."""
    if isinstance(wanted, bool) or isinstance(found, bool):
        return wanted is found
    if isinstance(wanted, dict):
        return (
            isinstance(found, dict)
            and wanted.keys() == found.keys()
            and all(equal(value, found[name]) for name, value in wanted.items())
        )
    if isinstance(wanted, list):
        return isinstance(found, list) and len(wanted) == len(found) and all(map(equal, wanted, found))
    if isinstance(wanted, Decimal | int):
        return isinstance(found, Decimal | int) and str(Decimal(wanted)) == str(Decimal(found))
    return type(wanted) is type(found) and bool(wanted == found)


def matches(wanted: Any, found: Any) -> bool:
    """ "... SHALL be found in the actual value": every part given is there; of arrays each item, in any order."""
    if isinstance(wanted, bool) or isinstance(found, bool):
        return wanted is found
    if isinstance(wanted, dict):
        return isinstance(found, dict) and all(
            name in found and matches(value, found[name]) for name, value in wanted.items()
        )
    if isinstance(wanted, list):
        return isinstance(found, list) and all(any(matches(value, item) for item in found) for value in wanted)
    if isinstance(wanted, Decimal | int):
        return isinstance(found, Decimal | int) and Decimal(wanted) == Decimal(found)
    return type(wanted) is type(found) and bool(wanted == found)


#: The prefix in ElementDefinition, how it compares, and what to say.
_KINDS: tuple[tuple[str, Callable[[Any, Any], bool], Message], ...] = (
    ("fixed", equal, messages.FIXED_VALUE),
    ("pattern", matches, messages.PATTERN_VALUE),
)


def same(part: Part) -> Callable[[Node], bool] | None:
    """The test whether a value is what fixed[x] or pattern[x] say; None where neither is given."""
    tests = [(test, row[1]) for name, test, _ in _KINDS if (row := value_of(part, name))]
    if not tests:
        return None
    return lambda node: all(test(wanted, node.value) for test, wanted in tests)


def wanted(part: Part) -> str | None:
    """What fixed[x] or pattern[x] say, for people."""
    for name, _, _ in _KINDS:
        row = value_of(part, name)
        if row:
            return spelled(row[1])
    return None


def given_values(part: Part) -> list[Callable[[Node, Walk], Found]]:
    """The checks of fixed[x] and pattern[x]."""
    return [
        _check(test, row[1], message) for name, test, message in _KINDS if (row := value_of(part, name)) is not None
    ]


def _check(test: Callable[[Any, Any], bool], wanted: Any, message: Message) -> Callable[[Node, Walk], Found]:
    def check(node: Node, walk: Walk) -> Found:
        if test(wanted, node.value):
            return None
        return list(_differences(test, wanted, node.value, node.path, message))

    return check


def _differences(
    test: Callable[[Any, Any], bool], wanted: Any, found: Any, path: str, message: Message
) -> Iterator[Issue]:
    """An issue at each part of an object that differs; what is missing stands at the object."""
    if not isinstance(wanted, dict) or not isinstance(found, dict):
        yield message.at(path, expected=spelled(wanted), found=spelled(found))
        return
    missing = {name: value for name, value in wanted.items() if name not in found}
    if missing:
        yield message.at(path, expected=spelled(wanted), found=spelled(found))
        return
    for name, value in wanted.items():
        if not test(value, found[name]):
            yield message.at(f"{path}.{name}", expected=spelled(value), found=spelled(found[name]))
    for name in found if test is equal else ():
        if name not in wanted:
            yield messages.FIXED_WITHOUT.at(f"{path}.{name}", expected=spelled(wanted), found=spelled(found[name]))


def spelled(value: Any) -> str:
    """A value as JSON, shortened."""
    if not isinstance(value, dict | list):
        return shown(value)
    try:
        text = (json.encode(value) if isinstance(value, dict) else json.encode({"": value})[4:-1]).decode()
    except (TypeError, ValueError):
        return "{…}"
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
