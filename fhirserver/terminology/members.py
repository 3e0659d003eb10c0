"""The codes of a value set as other rooms ask for them: search for ``:in``, FHIRPath for ``memberOf``."""

from __future__ import annotations

from collections.abc import Iterator

from fhirserver.terminology import messages
from fhirserver.terminology.membership import contains
from fhirserver.terminology.rows import rows
from fhirserver.terminology.scope import Scope
from fhirserver.terminology.terminology import Terminology
from fhirserver.terminology.value_set import ValueSet


class Members:
    """A value set that can be asked for one code, or for all of them."""

    def __init__(self, terminology: Terminology, value_set: ValueSet) -> None:
        self._terminology = terminology
        self._value_set = value_set

    def contains(self, system: str, code: str) -> bool | None:
        """Whether a code is a member; None when the content of its code system is not here."""
        return contains(Scope(self._terminology), self._value_set, system, code)

    def codings(self) -> Iterator[tuple[str, str]]:
        """Every member as (system, code), abstract and inactive ones among them: data may well hold them.

        FhirError when they cannot be listed: a code system is not here, or its codes follow a grammar.
        """
        for row in rows(Scope(self._terminology), self._value_set):
            yield row.concept.system, row.concept.code


def members(terminology: Terminology, canonical: str) -> Members:
    """The members of a value set (canonical with or without version); FhirError when it is not known."""
    value_set = terminology.value_set(canonical)
    if value_set is None:
        raise messages.VALUE_SET_UNKNOWN.error(value_set=canonical)
    return Members(terminology, value_set)
