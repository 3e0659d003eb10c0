"""SearchParameter resources (searchparameter.html) as definitions: which can be used, and what is wrong with others."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from fhirserver.outcome import FhirError, Issue
from fhirserver.search import messages, paths
from fhirserver.search.parameters import SPECIAL, Definitions
from fhirserver.search.paths import Tree
from fhirserver.spec.search_parameters import SearchParameter, all_search_parameters, search_parameters
from fhirserver.spec.structures import RESOURCE_TYPES
from fhirserver.store.keys import value_key

#: Parameters that say how to answer, and those with a grammar of their own: their names are taken on every type.
RESERVED = SPECIAL | {
    "_sort", "_count", "_total", "_summary", "_elements", "_contained", "_containedType", "_include", "_revinclude",
    "_format", "_pretty", "_explain", "_page", "_since", "_at", "_score",
}  # fmt: skip
_ABSTRACT = frozenset({"Resource", "DomainResource"})

#: search.html#ptypes: the types of value each type of parameter compares.
_COMPARED: dict[str, frozenset[str]] = {
    "number": frozenset({"integer", "decimal", "positiveInt", "unsignedInt", "Range"}),
    "date": frozenset({"date", "dateTime", "instant", "Period", "Timing"}),
    "quantity": frozenset(
        {"Quantity", "Money", "Range", "Age", "Count", "Distance", "Duration", "SimpleQuantity", "SampledData"}
    ),
    "reference": frozenset({"Reference", "canonical", "uri", "url"}),
    "uri": frozenset({"uri", "url", "canonical", "oid", "uuid"}),
    "string": frozenset({"string", "markdown", "code", "id", "HumanName", "Address", "uri", "xhtml"}),
    "token": frozenset(
        {"code", "Coding", "CodeableConcept", "Identifier", "ContactPoint", "boolean", "id", "string", "uri",
         "canonical", "oid", "uuid", "url", "markdown"}
    ),
}  # fmt: skip


def of_resource(resource: Mapping[str, Any]) -> SearchParameter | None:
    """A SearchParameter resource as a definition; None when it is retired, or has nothing to index."""
    if resource.get("status") == "retired" or not resource.get("expression"):
        return None
    components = resource.get("component", ())
    return SearchParameter(
        url=resource.get("url", ""),
        code=resource["code"],
        base=tuple(resource.get("base", ())),
        type=resource["type"],
        expression=resource["expression"],
        target=tuple(resource.get("target", ())),
        component=tuple((each.get("definition", ""), each.get("expression", "")) for each in components),
    )


def digest(parameter: SearchParameter) -> str:
    """Stands for all that decides which index rows a parameter has: another digest, other rows."""
    expression = parameter.expression or ""
    parts = (part for component in parameter.component for part in component)
    return f"{value_key(parameter.code, parameter.type, expression, *sorted(parameter.base), '', *parts):x}"


def types(parameter: SearchParameter) -> frozenset[str]:
    """The resource types a parameter is for."""
    if "Resource" in parameter.base:
        return frozenset(RESOURCE_TYPES)
    bases = set(parameter.base)
    if "DomainResource" in bases:
        bases |= RESOURCE_TYPES - {"Bundle", "Binary", "Parameters"}
    return frozenset(bases & RESOURCE_TYPES)


def hidden_by(parameter: SearchParameter, others: Iterable[SearchParameter]) -> str | None:
    """The url of what already has the code on one of the types: R4's own parameter, or an earlier one."""
    if parameter.code in RESERVED:
        return f"http://hl7.org/fhir/search.html#{parameter.code}"
    mine = types(parameter)
    for type in sorted(mine):
        if (own := search_parameters(type).get(parameter.code)) is not None:
            return own.url
    return next((each.url for each in others if each.code == parameter.code and not mine.isdisjoint(types(each))), None)


def clashes(
    parameter: SearchParameter, others: Iterable[SearchParameter], derived_from: str | None = None
) -> Iterator[Issue]:
    """An error when the code is taken; none when it is the same parameter, or says that it is derived from that one.

    Implementation guides restate R4's parameters with a url of their own and `derivedFrom`: R4's answers for both.
    """
    taken = hidden_by(parameter, others)
    own = parameter.url in (taken, *(each.url for each in all_search_parameters()))
    if taken is not None and not own and taken != derived_from:
        yield messages.CODE_TAKEN.at("SearchParameter.code", code=parameter.code, url=taken)


def problems(parameter: SearchParameter, others: Iterable[SearchParameter] = ()) -> Iterator[Issue]:
    """What keeps a parameter from being indexed on the types it is for."""
    if parameter.type == "composite":
        yield from _components(parameter, others)
    concrete = [type for type in parameter.base if type not in _ABSTRACT]
    for type in concrete or ["Patient"]:
        try:
            found = Definitions([parameter], extra=others).of(type).parameters[parameter.code]
        except FhirError as error:
            yield from error.issues
        except (ValueError, KeyError, AssertionError) as error:
            yield messages.EXPRESSION_UNREADABLE.at("SearchParameter.expression", type=type, found=str(error))
        else:
            if concrete and parameter.type != "composite":
                yield from _values(parameter, type, {slot.type for slot in found.slots}, computed=_computes(found))


def _computes(parameter: Any) -> bool:
    return any(branch.compute is not None for branch in parameter.branches)


def _components(parameter: SearchParameter, others: Iterable[SearchParameter]) -> Iterator[Issue]:
    known = {each.url for each in (*all_search_parameters(), *others)}
    for number, (url, _) in enumerate(parameter.component):
        if url not in known:
            yield messages.COMPONENT_UNKNOWN.at(f"SearchParameter.component[{number}].definition", url=url)
    if len(parameter.component) < 2:
        yield messages.COMPONENTS_FEW.at("SearchParameter.component", code=parameter.code)


def _values(parameter: SearchParameter, type: str, found: set[str], *, computed: bool) -> Iterator[Issue]:
    """Whether the expression leads anywhere on a type, and to values that the type of parameter can compare."""
    place = "SearchParameter.expression"
    for text in paths.branches(parameter.expression or ""):
        try:
            path = paths.parse(text, type)
        except ValueError:
            continue  # FHIRPath beyond paths
        if path is not None:
            try:
                Tree(type).add(path)
            except (ValueError, KeyError):
                yield messages.EXPRESSION_NOWHERE.at(place, type=type, found=text)
                return
    if not found and not computed:
        yield messages.EXPRESSION_NOWHERE.at(place, type=type, found=parameter.expression)
    compared = _COMPARED.get(parameter.type)
    if found and compared is not None and found.isdisjoint(compared):
        yield messages.EXPRESSION_VALUES.at(
            place, code=parameter.code, kind=parameter.type, found=", ".join(sorted(found)),
            expected=", ".join(sorted(compared)),
        )  # fmt: skip
