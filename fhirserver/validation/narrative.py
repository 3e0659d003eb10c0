"""The narrative (narrative.html): txt-1 and txt-2 of Narrative.div."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from fhirserver.outcome import Issue, Severity
from fhirserver.resource.messages import NARRATIVE_EMPTY
from fhirserver.resource.narrative import check
from fhirserver.resource.primitives import found as shown
from fhirserver.validation.issues import Found
from fhirserver.validation.messages import NARRATIVE_LINK
from fhirserver.validation.scope import Scope

_SEVERITY: dict[str, Severity] = {"warn": "warning", "refuse": "error"}
_LINK = re.compile(r"<a\b[^>]*?\bhref=[\"']#([^\"'\s]+)[\"']").findall


def allowed_xhtml(value: str, parent: Any, scope: Scope) -> Found:
    """What is not allowed in a narrative; `value` is known to be a string."""
    found = [_weighed(issue) for issue in check(value)]
    return [*found, *_dead_links(value, scope)] or None


def _dead_links(div: str, scope: Scope) -> Iterator[Issue]:
    """Links into the resource that lead nowhere: to no anchor of a narrative, and to no id."""
    wanted = dict.fromkeys(_LINK(div))
    if wanted:
        known = scope.anchors()
        action = scope.knowledge.policy.narrative_links if scope.knowledge else "warn"
        for name in wanted:
            if name not in known and action != "ignore":
                yield replace(NARRATIVE_LINK.at(found=shown(f"#{name}")), severity=_SEVERITY[action])


def _weighed(issue: Issue) -> Issue:
    """An empty narrative is a warning (errata: narrative.html#Narrative): it says nothing, but harms nobody."""
    return replace(issue, severity="warning") if issue.message is NARRATIVE_EMPTY else issue
