"""What becomes of an issue that is left to whoever runs the server: nothing, a warning, or an error."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from fhirserver.outcome import Issue, Severity

Action = Literal["ignore", "warn", "refuse"]

_SEVERITY: dict[Action, Severity] = {"warn": "warning", "refuse": "error"}


def weighed(issue: Issue, action: Action) -> list[Issue]:
    """The issue as a policy takes it; none where it is ignored."""
    return [] if action == "ignore" else [replace(issue, severity=_SEVERITY[action])]
