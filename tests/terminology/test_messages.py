from __future__ import annotations

import pytest

from fhirserver.conformance import messages as conformance
from fhirserver.operations import messages as operations
from fhirserver.outcome import Message
from fhirserver.terminology import messages as terminology

MESSAGES = [
    message
    for module in (conformance, operations, terminology)
    for message in vars(module).values()
    if isinstance(message, Message)
]


@pytest.mark.parametrize("message", MESSAGES, ids=lambda message: message.key)
def test_both_languages_say_the_same_fields(message: Message) -> None:
    english, chinese = message.fields()
    assert english == chinese


def test_keys_are_unique() -> None:
    keys = [message.key for message in MESSAGES]
    assert len(keys) == len({*keys})
