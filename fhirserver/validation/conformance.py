"""The profiles a resource claims, those asked for, and those its type has to have (resource.html#profile-tags)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from fhirserver.fhirpath.navigation import children
from fhirserver.fhirpath.nodes import Node
from fhirserver.outcome import Issue
from fhirserver.validation import messages
from fhirserver.validation.definitions import is_of
from fhirserver.validation.messages import Text
from fhirserver.validation.walk import Walk


def conformance(root: Node, walk: Walk, asked: Iterable[str] = ()) -> Iterator[Issue]:
    """The issues of a resource, and of those inside it, under all their profiles.

    `asked`: profiles that the whole resource is checked against besides; one that is not known is an error.
    """
    for canonical in asked:
        yield from _under(root, canonical, walk, severity="error")
    for resource in _resources(root):
        for canonical in walk.knowledge.required_profiles(resource.type.name):
            yield from _under(resource, canonical, walk, severity="error")
        for canonical in _claimed(resource):
            yield from _under(resource, canonical, walk, severity=None)


def _resources(node: Node) -> Iterator[Node]:
    """A resource and those inside it: contained, in the entries of a Bundle, in Parameters."""
    if node.type.kind == "resource":
        yield node
    for name in ("contained", "entry", "parameter", "part", "resource"):
        if name in node.value:
            for child in children(node):
                if child.key == name and child.value.__class__ is dict:
                    yield from _resources(child)


def _claimed(resource: Node) -> list[str]:
    meta = resource.value.get("meta")
    profiles = meta.get("profile") if isinstance(meta, dict) else None
    return [each for each in profiles if isinstance(each, str)] if isinstance(profiles, list) else []


def _under(resource: Node, canonical: str, walk: Walk, *, severity: str | None) -> Iterator[Issue]:
    knowledge = walk.knowledge
    profile = knowledge.profile(canonical)
    if profile is not None:
        if not is_of(resource.type, profile.type):
            found, expected = resource.type.name, profile.type
            yield messages.PROFILE_OF_ANOTHER_TYPE.at(resource.path, profile=canonical, expected=expected, found=found)
        else:
            yield from walk.judge(resource, profile) or ()
        return
    reason = knowledge.why_unusable(canonical)
    if reason is not None:
        texts = Text(reason.issues[0].text("en"), reason.issues[0].text("zh"))
        issue = messages.PROFILE_UNUSABLE.at(f"{resource.path}.meta.profile", profile=canonical, reason=texts)
    else:
        issue = messages.PROFILE_UNKNOWN.at(f"{resource.path}.meta.profile", profile=canonical)
    action = knowledge.policy.unknown_profile
    if severity == "error" or action == "refuse":
        yield issue
    elif action == "warn":
        yield replace(issue, severity="warning")
