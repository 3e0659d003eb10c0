"""http.html#prefer, RFC 7240."""

import pytest

from fhirserver.interactions.prefer import Preferences, parse


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("return=minimal", Preferences("minimal")),
        ("return=representation", Preferences("representation")),
        ("return=OperationOutcome", Preferences("OperationOutcome")),
        ("return=operationoutcome", Preferences("OperationOutcome")),
        ("RETURN=minimal", Preferences("minimal")),
        ('return="minimal"', Preferences("minimal")),
        ("return = minimal", Preferences("minimal")),
        ("return=minimal; foo=bar", Preferences("minimal")),
        ("handling=lenient", Preferences(lenient=True)),
        ("handling=strict", Preferences()),
        (
            "respond-async, return=minimal, handling=lenient",
            Preferences("minimal", lenient=True, respond_async=True),
        ),
        ("handling=dry-run, return=minimal", Preferences("OperationOutcome", dry_run=True)),
        ("return=minimal, return=representation", Preferences("minimal")),
        ("return=everything", Preferences()),
        ("", Preferences()),
        (",,;=", Preferences()),
    ],
)
def test_preferences(header: str, expected: Preferences) -> None:
    assert parse(header) == expected
