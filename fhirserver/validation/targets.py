"""Reference targets of profiles (references.html, elementdefinition.html): by type, by profile, by place."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from fhirserver.conformance.snapshot import Node as Part
from fhirserver.fhirpath.nodes import Node
from fhirserver.resource.primitives import found as shown
from fhirserver.resource.references import parse
from fhirserver.spec.structures import RESOURCE_TYPES
from fhirserver.validation import messages
from fhirserver.validation.definitions import Given, Row, code, rows
from fhirserver.validation.issues import Found
from fhirserver.validation.messages import Text
from fhirserver.validation.types import listed
from fhirserver.validation.walk import Walk

Judge = Callable[[Node, Walk], Found]

_CORE = "http://hl7.org/fhir/StructureDefinition/"


def targets(part: Part, given: Given | None) -> Iterator[Judge]:
    """The checks of where the references of an element may lead."""
    own = [row for row in rows(part) if code(row) == "Reference"]
    if any(row.get("aggregation") for row in own):
        yield _aggregated(own)
    wanted = [each for row in own for each in row.get("targetProfile", ()) if isinstance(each, str)]
    known = {_CORE + target for target in given.element.targets} if given else set()
    if wanted and set(wanted) != known and not (not known and set(wanted) == {_CORE + "Resource"}):
        yield _to_one_of(wanted)


def _aggregated(table: list[Row]) -> Judge:
    """elementdefinition.html#ElementDefinition.type.aggregation: contained, referenced, bundled."""
    allowed = {mode for row in table for mode in row.get("aggregation", ("contained", "referenced", "bundled"))}

    def check(node: Node, walk: Walk) -> Found:
        if node.type.name != "Reference" or "reference" not in node.value:
            return None
        mode, _ = walk.target(node)
        # what is bundled is referenced as well
        if mode in allowed or (mode == "bundled" and "referenced" in allowed):
            return None
        expected = ", ".join(sorted(allowed))
        return [messages.AGGREGATION.at(node.path, expected=expected, found=mode)]

    return check


def _to_one_of(wanted: list[str]) -> Judge:
    def check(node: Node, walk: Walk) -> Found:
        if node.type.name != "Reference":
            return None
        _, target = walk.target(node)
        type = _type(node, target)
        if type is None:
            return None
        types = {each: walk.knowledge.type_of(each) for each in wanted}
        fitting = [each for each, of in types.items() if of in (None, type, "Resource", "DomainResource")]
        if not fitting:
            expected = ", ".join(each.removeprefix(_CORE) for each in wanted)
            found = shown(node.value.get("reference", type))
            return [messages.PROFILE_TARGET.at(node.path, expected=expected, found=found, type=type)]
        return _conforming(node, target, fitting, walk) if target is not None else None

    return check


def _type(node: Node, target: Node | None) -> str | None:
    """The type of what a Reference leads to, as far as it can be known."""
    if target is not None:
        return target.type.name
    text = node.value.get("reference")
    found = parse(text).type if isinstance(text, str) else None
    found = found or node.value.get("type")
    return found if found in RESOURCE_TYPES else None


def _conforming(node: Node, target: Node, canonicals: list[str], walk: Walk) -> Found:
    """The issue where a target at hand conforms to none of the profiles; it stands at the reference."""
    reasons: list[tuple[str, Text]] = []
    for each in canonicals:
        profile = None if _is_type(each) else walk.knowledge.profile(each)
        if profile is None or walk.conforms(target, profile):
            return None
        first = next(issue for issue in walk.judge(target, profile) or () if issue.severity == "error")
        here = first.expression
        reasons.append((each, Text(f"{here}: {first.text('en')}", f"{here}：{first.text('zh')}")))
    found = shown(node.value.get("reference"))
    return [messages.TARGET_PROFILE.at(node.path, found=found, reasons=listed(reasons))]


def _is_type(canonical: str) -> bool:
    name = canonical.removeprefix(_CORE)
    return name in RESOURCE_TYPES or name in ("Resource", "DomainResource")
