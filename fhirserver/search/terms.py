"""What `:in`, `:not-in`, `:above` and `:below` on tokens ask of terminology/."""

from __future__ import annotations

from collections.abc import Sequence

from fhirserver.terminology.code_system import CodeSystem
from fhirserver.terminology.expand import Options, expand
from fhirserver.terminology.terminology import Terminology


class Terms:
    """The :class:`fhirserver.search.scope.Terminology` of a real one."""

    def __init__(self, terminology: Terminology) -> None:
        self._terminology = terminology

    def members(self, value_set: str) -> Sequence[tuple[str, str]] | None:
        """(system, code) of every code in a value set; None when it is not known. Raises what $expand would."""
        found = self._terminology.value_set(value_set)
        if found is None:
            return None
        made = expand(self._terminology, found, Options(), identifier="", timestamp="")
        return [(row.get("system", ""), row["code"]) for row in made.get("contains", ()) if "code" in row]

    def family(self, system: str, code: str, *, up: bool) -> Sequence[str] | None:
        """The code with all below it (above it); the code alone in a system without a list or hierarchy."""
        known = self._terminology.system(system)
        if known is None:
            return None
        number = known.number(code) if isinstance(known, CodeSystem) else None
        if number is None or not isinstance(known, CodeSystem):
            return [code]
        relatives = known.above(number) if up else known.below(number)
        return list(dict.fromkeys([code, *(known.code(each) for each in relatives)]))
