"""Compartment searches (search.html, compartmentdefinition.html): ``Patient/1/Observation``, ``Patient/1/*``."""

from __future__ import annotations

from collections.abc import Callable

from fhirserver.search import messages
from fhirserver.search.criteria import Criterion, Exact, OneOf, either
from fhirserver.search.references import target_key
from fhirserver.search.scope import Scope
from fhirserver.spec.compartments import compartments
from fhirserver.store.keys import res_key


def types(compartment: str, type: str) -> tuple[str, ...]:
    """The types to search for ``{compartment}/{id}/{type}``, `type` perhaps ``*``. Raises 404."""
    known = compartments()
    if compartment not in known:
        raise messages.COMPARTMENT_UNKNOWN.error(found=compartment, known=", ".join(sorted(known)))
    if type == "*":
        return tuple(sorted(known[compartment]))
    if type not in known[compartment]:
        raise messages.COMPARTMENT_TYPE.error(type=type, compartment=compartment)
    return (type,)


def within(scope: Scope, compartment: str, id: str) -> Callable[[str], Criterion | None]:
    """For each type the criterion that a resource is in the compartment of one resource."""
    rows = compartments()[compartment]
    res = res_key(compartment, id)

    def criterion(type: str) -> Criterion | None:
        if type not in rows:
            return None
        choices: list[Criterion] = []
        known = scope.definitions.of(type).parameters
        for code in rows[type]:
            if code == "{def}":
                choices.append(OneOf(type, [res]))
            elif code in known:
                choices.append(Exact([target_key(path, res) for path in known[code].paths], 1))
        return either(choices)

    return criterion
