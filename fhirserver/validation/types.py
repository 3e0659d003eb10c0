"""Types that a profile leaves of an element, and the profiles it puts on them (elementdefinition.html#type)."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from fhirserver.conformance.snapshot import Node as Part
from fhirserver.fhirpath.nodes import Node
from fhirserver.validation import messages
from fhirserver.validation.definitions import Given, code, codes, is_of, profiles, rows
from fhirserver.validation.issues import Found
from fhirserver.validation.messages import Text
from fhirserver.validation.walk import Walk

Judge = Callable[[Node, Walk], Found]


def types(part: Part, given: Given | None) -> Iterator[Judge]:
    """The checks of the type of a value."""
    if (given is not None and set(codes(part)) < set(given.element.types)) or (codes(part) and _narrows(part, given)):
        yield _one_of(part)
    profiled = [row for row in rows(part) if profiles(row) and code(row) != "Extension"]
    known = set(given.element.profiles) if given else set()
    if profiled and not all(set(profiles(row)) <= known for row in profiled):
        yield _of_profiles(part)


def _narrows(part: Part, given: Given | None) -> bool:
    """Whether the one type is more special than R4's: a Patient where R4 has any resource."""
    return given is not None and given.element.types == ("Resource",) and codes(part) != ["Resource"]


def _one_of(part: Part) -> Judge:
    allowed = list(dict.fromkeys(codes(part)))

    def check(node: Node, walk: Walk) -> Found:
        if any(is_of(node.type, each) for each in allowed):
            return None
        # the value of an extension is judged as the extension, as the reference validator does
        holder = node.parent if node.parent is not None and node.parent.type.name == "Extension" else node
        return [messages.TYPE_NOT_ALLOWED.at(holder.path, expected=", ".join(allowed), found=node.type.name)]

    return check


def _of_profiles(part: Part) -> Judge:
    """A value conforms to one of the profiles on its type; where a row of its type has none, to any."""
    table = [(code(row), profiles(row)) for row in rows(part)]

    def check(node: Node, walk: Walk) -> Found:
        asked = [wanted for name, wanted in table if is_of(node.type, name)]
        if not asked or not all(asked):
            return None
        return conforms_to_one(node, [each for wanted in asked for each in wanted], walk)

    return check


def conforms_to_one(node: Node, canonicals: list[str], walk: Walk) -> Found:
    """The issues of a value that has to conform to one of several profiles.

    Of one profile they are its own. Of several: one issue that says of each why not. Unknown profiles are passed over.
    """
    known = [profile for each in canonicals if (profile := walk.knowledge.profile(each)) is not None]
    if not known or len(known) < len(canonicals):
        return None
    if len(known) == 1:
        return walk.judge(node, known[0])
    if any(walk.conforms(node, profile) for profile in known):
        return None
    reasons = [(profile.canonical, _first_error(walk.judge(node, profile))) for profile in known]
    return [messages.NO_PROFILE_FITS.at(node.path, reasons=listed(reasons))]


def _first_error(found: Found) -> Text:
    return next(
        (
            Text(f"{issue.expression}: {issue.text('en')}", f"{issue.expression}：{issue.text('zh')}")
            for issue in found or ()
            if issue.severity == "error"
        ),
        Text("", ""),
    )


def listed(reasons: list[tuple[str, Text]]) -> Text:
    """Each candidate with why it is not the one."""
    return Text(
        "; ".join(f"{name}: {reason.en}" for name, reason in reasons[:4]),
        "；".join(f"{name}：{reason.zh}" for name, reason in reasons[:4]),
    )
