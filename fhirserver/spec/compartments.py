"""compartmentdefinition.html: which search parameters put a resource into whose compartment."""

from __future__ import annotations

from functools import cache

import msgspec

from fhirserver.spec import rows


class _Row(msgspec.Struct, frozen=True, array_like=True):
    """A row of ``tables/compartments.json``."""

    compartment: str
    resources: dict[str, tuple[str, ...]]


_decoder = msgspec.json.Decoder(list[_Row])


@cache
def compartments() -> dict[str, dict[str, tuple[str, ...]]]:
    """Compartment -> resource type -> codes of its search parameters.

    ``{"Patient": {"Observation": ("subject", "performer")}}``.

    Types that are never in a compartment have no entry in it. ``{def}`` is the resource the compartment is about.
    """
    return {row.compartment: row.resources for row in rows.read("compartments.json", _decoder)}
