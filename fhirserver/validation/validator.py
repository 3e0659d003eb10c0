"""The validator: one resource in, its issues out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from fhirserver.outcome import Issue
from fhirserver.resource import messages as resource_messages
from fhirserver.resource.json import MAX_DEPTH
from fhirserver.validation import messages
from fhirserver.validation.issues import LIMIT, under
from fhirserver.validation.resources import named_type
from fhirserver.validation.scope import Scope
from fhirserver.validation.structure import resource_of


class Validator:
    """Checks resources against the structures of R4 and the invariants that hold for all of them.

    It keeps nothing but what it compiled, so one may serve all threads of a process.
    """

    def check(self, resource: dict[str, Any], *, type: str | None = None) -> Iterator[Issue]:
        """The issues of a parsed resource with all it contains, at most 100 and then a note that there are more.

        `type` is the resource type it has to be. Expressions are FHIRPath: ``Patient.contact[0].gender``,
        ``Observation.value`` for any type of value, ``Bundle.entry[3].resource.status``. What is missing or not known
        stands at the element that should have it or has it: nothing else is there to select.
        """
        name, issues = named_type(resource)
        if name is not None and type is not None and name != type:
            yield messages.RESOURCE_TYPE_MISMATCH.at(f"{name}.resourceType", expected=type, found=name)
            return
        if name is not None:
            issues = _checked(resource, name)
        issues = under(name or type or "", issues or [])
        yield from issues[:LIMIT]
        if len(issues) > LIMIT:
            yield messages.ISSUES_LEFT_OUT.at(limit=LIMIT)


def _checked(resource: dict[str, Any], type: str) -> list[Issue] | None:
    try:
        return resource_of(type)(resource, None, Scope(resource))
    except RecursionError:
        return [resource_messages.TOO_DEEP.at(limit=MAX_DEPTH)]
