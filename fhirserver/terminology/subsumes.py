"""$subsumes (codesystem-operation-subsumes.html): how two codes of a code system lie to one another."""

from __future__ import annotations

from collections.abc import Iterator

from fhirserver.outcome import FhirError
from fhirserver.terminology import messages
from fhirserver.terminology.code_system import CodeSystem
from fhirserver.terminology.scope import Scope
from fhirserver.terminology.terminology import Terminology


def subsumes(terminology: Terminology, system: str, code_a: str, code_b: str, version: str | None = None) -> str:
    """``equivalent``, ``subsumes`` (A is above B), ``subsumed-by`` or ``not-subsumed``.

    FhirError when the code system or one of the codes is not known.
    """
    known = _hierarchy(terminology, system, version)
    a, b = _number(known, code_a), _number(known, code_b)
    if a == b:
        return "equivalent"
    if known.is_below(b, a):
        return "subsumes"
    return "subsumed-by" if known.is_below(a, b) else "not-subsumed"


def is_subsumed(terminology: Terminology, system: str, ancestor: str, code: str) -> bool:
    """Whether a code is another one or lies below it; False where nothing is known of either."""
    known = terminology.system(system)
    if not isinstance(known, CodeSystem):
        return False
    above, below = known.number(ancestor), known.number(code)
    return above is not None and below is not None and known.is_below(below, above)


def subsumed_codes(terminology: Terminology, system: str, code: str) -> Iterator[str]:
    """A code and all below it (search.html#token, ``:below``). FhirError as of :func:`subsumes`."""
    known = _hierarchy(terminology, system, None)
    return (known.code(number) for number in known.below(_number(known, code)))


def subsuming_codes(terminology: Terminology, system: str, code: str) -> Iterator[str]:
    """A code and all above it (search.html#token, ``:above``). FhirError as of :func:`subsumes`."""
    known = _hierarchy(terminology, system, None)
    return (known.code(number) for number in known.above(_number(known, code)))


def _hierarchy(terminology: Terminology, system: str, version: str | None) -> CodeSystem:
    scope = Scope(terminology)
    known = scope.system(system, version)
    if known is None:
        raise FhirError([scope.unknown(system, version)])
    if not isinstance(known, CodeSystem) or not known.size:
        raise messages.NO_HIERARCHY.error(system=system)
    return known


def _number(known: CodeSystem, code: str) -> int:
    number = known.number(code)
    if number is None:
        raise messages.CODE_NOT_FOUND.error(system=known.url, code=code)
    return number
