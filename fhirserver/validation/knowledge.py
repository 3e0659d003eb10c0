"""What a validator knows beside R4 itself: definitions, code systems, and the settings of whoever runs it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from fhirserver.conformance.registry import Registry
from fhirserver.fhirpath.nodes import Node
from fhirserver.outcome import FhirError
from fhirserver.terminology.subsumes import is_subsumed
from fhirserver.terminology.terminology import Terminology
from fhirserver.validation.actions import Action
from fhirserver.validation.membership import Membership
from fhirserver.validation.remarks import Remarks

if TYPE_CHECKING:
    from fhirserver.validation.profiles import Profile

Definition = dict[str, Any]

_DEFINITIONS = "http://hl7.org/fhir/StructureDefinition/"


@dataclass(frozen=True, slots=True)
class Policy:
    """What is left to whoever runs the server.

    `unknown_profile`, `unknown_extension`: what becomes of a resource that names a definition nobody here has.
    `cross_version_extension`: of an extension for an element of another release of FHIR that is not known either.
    `unknown_code`: of a code that its code system, known here as a whole, does not have. `wrong_display`: of a display
    that is not one of the code's. `narrative_links`: of links in narratives that lead nowhere. `embedded_html`: of
    texts outside narratives that look like HTML, which careless viewers may run. `best_practice`: whether advice such
    as dom-6 is given. `required_profiles`: resource type -> canonicals every resource of the type conforms to; with
    `global_profiles` those that the ImplementationGuides at hand name for a type as well (ImplementationGuide.global).
    """

    unknown_profile: Action = "warn"
    unknown_extension: Action = "ignore"
    cross_version_extension: Action = "warn"
    unknown_code: Action = "refuse"
    wrong_display: Action = "warn"
    narrative_links: Action = "refuse"
    best_practice: bool = False
    embedded_html: Action = "ignore"
    global_profiles: bool = True
    required_profiles: Mapping[str, Sequence[str]] = field(default_factory=lambda: MappingProxyType({}))


class Knowledge:
    """Definitions and codes, and what has been compiled of them for as long as the registry stays the same."""

    def __init__(
        self,
        registry: Registry,
        terminology: Terminology,
        policy: Policy | None = None,
        now: Callable[[], datetime] | None = None,
    ) -> None:
        self.registry = registry
        self.policy = policy or Policy()
        self.membership = Membership(terminology)
        self.remarks = Remarks(terminology, self.policy.unknown_code, self.policy.wrong_display)
        self._generation = 0
        self._profiles: dict[str, Profile | None] = {}
        self._required: dict[str, list[str]] | None = None
        #: What FHIRPath borrows from here (fhirpath.evaluation.Environment).
        self.lent: dict[str, Any] = {
            "now": now,
            "member_of": self._member_of,
            "conforms_to": self._conforms_to,
            "subsumes": lambda upper, lower: _is_above(terminology, upper, lower),
        }

    def refreshed(self) -> Knowledge:
        """Itself, having dropped what was compiled of definitions that may have changed."""
        self.registry.refresh()
        generation = self.registry.generation
        if self._generation != generation:
            self._profiles = {}
            self._required = None
            self.membership.clear()
            self.remarks.clear()
            self._generation = generation  # last: who sees it sees nothing older
        return self

    def required_profiles(self, type: str) -> Sequence[str]:
        """The canonicals that every resource of a type has to conform to."""
        required = self._required
        if required is None:
            required = {name: list(urls) for name, urls in self.policy.required_profiles.items()}
            for name, url in self._global_profiles() if self.policy.global_profiles else ():
                required.setdefault(name, []).append(url)
            self._required = required
        return required.get(type, ())

    def _global_profiles(self) -> Iterator[tuple[str, str]]:
        """implementationguide.html#ImplementationGuide.global: "Profiles that apply globally" by type."""
        for entry in self.registry.entries("ImplementationGuide"):
            for row in entry.load().get("global", ()):
                yield row.get("type", ""), row.get("profile", "")

    def definition(self, canonical: str) -> Definition | None:
        """A StructureDefinition with its snapshot; None when it is not known, or of no use."""
        try:
            return self.registry.structure(canonical)
        except FhirError:
            return None

    def why_unusable(self, canonical: str) -> FhirError | None:
        """Why there is no snapshot of a StructureDefinition that is known; None when it is not known at all."""
        try:
            self.registry.structure(canonical)
        except FhirError as error:
            return error
        return None

    def profile(self, canonical: str) -> Profile | None:
        """A profile, compiled; None when it is not known, or of no use."""
        profiles = self._profiles  # those of now: another thread may put new ones in their place meanwhile
        if canonical not in profiles:
            from fhirserver.validation.profiles import compiled

            url, _, element = canonical.partition("#")
            definition = self.definition(url)
            profiles[canonical] = compiled(self, definition, element) if definition else None
        return profiles[canonical]

    def type_of(self, canonical: str) -> str | None:
        """The type that a profile (or the definition of a type) constrains; None when it is not known."""
        if canonical.startswith(_DEFINITIONS) and canonical.removeprefix(_DEFINITIONS)[:1].isupper():
            definition = self.registry.find("StructureDefinition", canonical)
            if definition is not None and definition.id == canonical.removeprefix(_DEFINITIONS):
                return definition.id
        profile = self.profile(canonical)
        return profile.type if profile else None

    # -- for FHIRPath

    def _member_of(self, item: Node, value_set: str) -> bool | None:
        return self.membership.holds(value_set, item)

    def _conforms_to(self, item: Node, profile: str) -> bool | None:
        from fhirserver.validation.walk import Walk

        found = self.profile(profile)
        return None if found is None else Walk(self).conforms(item, found)


def _is_above(terminology: Terminology, upper: Mapping[str, Any], lower: Mapping[str, Any]) -> bool:
    system, ancestor, code = upper.get("system"), upper.get("code"), lower.get("code")
    if not isinstance(system, str) or system != lower.get("system"):
        return False
    return is_subsumed(terminology, system, str(ancestor), str(code))
