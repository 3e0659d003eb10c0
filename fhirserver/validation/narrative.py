"""The narrative (narrative.html): txt-1 and txt-2 of Narrative.div."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from fhirserver.outcome import Issue
from fhirserver.resource.messages import NARRATIVE_EMPTY
from fhirserver.resource.narrative import check
from fhirserver.validation.issues import Found
from fhirserver.validation.scope import Scope


def allowed_xhtml(value: str, parent: Any, scope: Scope) -> Found:
    """What is not allowed in a narrative; `value` is known to be a string."""
    return [_weighed(issue) for issue in check(value)] or None


def _weighed(issue: Issue) -> Issue:
    """An empty narrative is a warning (errata: narrative.html#Narrative): it says nothing, but harms nobody."""
    return replace(issue, severity="warning") if issue.message is NARRATIVE_EMPTY else issue
