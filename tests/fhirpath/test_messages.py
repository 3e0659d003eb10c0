"""Both languages say the same."""

from __future__ import annotations

import pytest

from fhirserver.fhirpath import messages
from fhirserver.outcome import Message

MESSAGES = [value for value in vars(messages).values() if isinstance(value, Message)]


@pytest.mark.parametrize("message", MESSAGES, ids=[message.key for message in MESSAGES])
def test_both_languages_have_the_same_fields(message: Message) -> None:
    english, chinese = message.fields()
    assert english == chinese
    assert message.key.startswith("fhirpath-")
