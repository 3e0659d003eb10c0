"""What `:in`, `:not-in`, `:above` and `:below` on tokens ask of terminology/."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence

from fhirserver.search.references import local
from fhirserver.store.store import Reads
from fhirserver.terminology.expand import Options, expand
from fhirserver.terminology.subsumes import subsumed_codes, subsuming_codes
from fhirserver.terminology.terminology import Terminology
from fhirserver.terminology.value_set import ValueSet

Members = Sequence[tuple[str, str]]

#: Expansions of canonicals that are kept, so that the pages of a search make one only once.
_KEPT = 64


class Terms:
    """The :class:`fhirserver.search.scope.Terminology` of a real one. `reads`: where value sets without url are."""

    def __init__(self, terminology: Terminology, reads: Reads, base_urls: Sequence[str] = ()) -> None:
        self._terminology = terminology
        self._reads = reads
        self._base_urls = base_urls
        self._kept: OrderedDict[tuple[str, int], Members] = OrderedDict()

    def members(self, value_set: str) -> Members | None:
        """(system, code) of every code in a value set; None when it is not known.

        `value_set` is a canonical or, as search.html#token has it, a relative or absolute URL of a stored one.
        FhirError as $expand raises it.
        """
        self._terminology.registry.refresh()
        target = local(value_set, self._base_urls)
        if target is not None and target.type == "ValueSet":
            version = self._reads.read("ValueSet", target.id)
            return self._expanded(ValueSet(version.body)) if version is not None and version.body else None
        key = value_set, self._terminology.registry.generation
        members = self._kept.get(key)
        if members is None:
            found = self._terminology.value_set(value_set)
            if found is None:
                return None
            members = self._kept[key] = self._expanded(found)
            while len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        return members

    def _expanded(self, value_set: ValueSet) -> Members:
        made = expand(self._terminology, value_set, Options(), identifier="", timestamp="")
        return [(row.get("system", ""), row["code"]) for row in made.get("contains", ()) if "code" in row]

    def family(self, system: str, code: str, *, up: bool) -> Sequence[str]:
        """The code with all below it (above it). FhirError where the system or its hierarchy is not here."""
        self._terminology.registry.refresh()
        return list((subsuming_codes if up else subsumed_codes)(self._terminology, system, code))
