"""The narrative (narrative.html): txt-1 and txt-2 of Narrative.div."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from typing import Any

from fhirserver.outcome import Issue
from fhirserver.resource.messages import NARRATIVE_EMPTY
from fhirserver.resource.narrative import check
from fhirserver.resource.primitives import found as shown
from fhirserver.spec.structures import structure
from fhirserver.validation.actions import Action, weighed
from fhirserver.validation.issues import Found
from fhirserver.validation.messages import NARRATIVE_LINK
from fhirserver.validation.scope import Scope

#: Links into the resource, and to URNs, which no reader can follow.
_LINK = re.compile(r"<a\b[^>]*?\bhref=[\"'](#[^\"'\s]+|urn:[^\"'\s]*)[\"']").findall


def allowed_xhtml(value: str, parent: Any, scope: Scope) -> Found:
    """What is not allowed in a narrative; `value` is known to be a string."""
    found = [_weighed(issue) for issue in check(value)]
    return [*found, *_dead_links(value, scope)] or None


def _dead_links(div: str, scope: Scope) -> Iterator[Issue]:
    """Links that lead nowhere: into the resource to no anchor of a narrative and no id, or to a URN."""
    wanted = dict.fromkeys(_LINK(div))
    if wanted:
        known = scope.anchors()
        action = _action(scope)
        for name in wanted:
            if name[0] != "#" or name[1:] not in known:
                yield from weighed(NARRATIVE_LINK.at(found=shown(name)), action)


def _action(scope: Scope) -> Action:
    """What becomes of dead links. The narrative of a definition is a part of pages that have the other anchors."""
    asked = scope.knowledge.policy.narrative_links if scope.knowledge else "warn"
    return "warn" if asked == "refuse" and _is_definition(scope.inner.get("resourceType")) else asked


@cache
def _is_definition(type: str) -> bool:
    """Whether resources of a type have a canonical url (resource.html#canonical)."""
    return any(element.name == "url" and element.types == ("uri",) for element in structure(type).children(type))


def _weighed(issue: Issue) -> Issue:
    """An empty narrative is a warning (errata: narrative.html#Narrative): it says nothing, but harms nobody."""
    return replace(issue, severity="warning") if issue.message is NARRATIVE_EMPTY else issue
