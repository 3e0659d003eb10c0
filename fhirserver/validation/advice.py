"""What is not wrong by R4 but worth saying, each only where the policy asks for it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from fhirserver.fhirpath.nodes import Node
from fhirserver.outcome import Issue
from fhirserver.validation import messages
from fhirserver.validation.invariants import Rule
from fhirserver.validation.walk import Walk

#: security.html#narrative: "... active content"; a < before a letter is not how people write "less than".
_HTML = re.compile(r"<[/!?]?[a-zA-Z][^<>]*>").search
_DOM_6 = Rule("dom-6", "warning", "text.`div`.exists()")


def advice(resource: Node, walk: Walk) -> Iterator[Issue]:
    """The advice the policy asks for."""
    policy = walk.knowledge.policy
    base = resource.type.base
    if policy.best_practice and base is not None and base.name == "DomainResource" and "text" not in resource.value:
        yield _DOM_6.message.at(resource.path, key=_DOM_6.key, text=_DOM_6.texts)
    if policy.embedded_html != "ignore":
        severity = "error" if policy.embedded_html == "refuse" else "warning"
        for path, found in _html(resource.value, resource.type.name):
            yield replace(messages.EMBEDDED_HTML.at(path, found=found[:40]), severity=severity)  # type: ignore[arg-type]


def _html(value: Any, path: str) -> Iterator[tuple[str, str]]:
    """The paths of texts that look like HTML; narratives are the one place for it."""
    if isinstance(value, dict):
        for name, item in value.items():
            if name != "div":
                yield from _html(item, f"{path}.{name}")
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _html(item, f"{path}[{index}]")
    elif isinstance(value, str):
        found = _HTML(value)
        if found:
            yield path, found[0]
