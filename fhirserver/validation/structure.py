"""The compiler: structures of spec/ to checks, one element at a time, when a resource first has it.

Which features an element has decides which files its check is made of; this file only puts them together.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from fhirserver.resource.shapes import Member, Shape, shape
from fhirserver.spec.structures import structure
from fhirserver.validation import messages, primitives, uris
from fhirserver.validation.bindings import asked, bound_code, bound_concept, required
from fhirserver.validation.bundles import told_apart
from fhirserver.validation.cardinality import repeating
from fhirserver.validation.codings import as_large_as_it_says, in_known_units, of_its_namespace, of_its_system
from fhirserver.validation.contained import fit_to_be_contained, told_apart_and_referenced
from fhirserver.validation.extensions import value_xor_extensions
from fhirserver.validation.invariants import judged, rules
from fhirserver.validation.issues import Check, Found, both, in_turn
from fhirserver.validation.narrative import allowed_xhtml
from fhirserver.validation.objects import object_of
from fhirserver.validation.quantities import is_simple, without_comparator
from fhirserver.validation.references import to_one_of, to_something
from fhirserver.validation.resources import named_type
from fhirserver.validation.scope import Scope

#: Rules of a whole type, asked of what is well-formed.
_RULES: dict[str, Check] = {
    "Attachment": as_large_as_it_says,
    "Coding": of_its_system,
    "Extension": value_xor_extensions,
    "Identifier": of_its_namespace,
    "Reference": to_something,
    **dict.fromkeys(("Age", "Count", "Distance", "Duration", "Quantity"), in_known_units),
}


@cache
def resource_of(type: str) -> Check:
    """The check of a resource whose resourceType is known to be this one."""
    check = _object(shape(type))
    if type == "Bundle":
        return both(check, told_apart)
    return both(check, told_apart_and_referenced) if structure(type).base == "DomainResource" else check


def resource(value: Any, parent: Any, scope: Scope) -> Found:
    """The check of a resource inside another that stands for itself: in an entry of a Bundle, in Parameters."""
    type, wrong = named_type(value)
    if type is None:
        return wrong
    return resource_of(type)(value, parent, Scope(value, scope, full_url=parent.get("fullUrl")))


def contained_resource(value: Any, parent: Any, scope: Scope) -> Found:
    """The check of a contained resource, whose surroundings are those of its container."""
    type, wrong = named_type(value)
    if type is None:
        return wrong
    if "contained" in value:
        return [messages.CONTAINED_NESTED.at(".contained")]
    return _contained_of(type)(value, parent, scope.inside(value))


@cache
def _contained_of(type: str) -> Check:
    return both(_object(shape(type)), fit_to_be_contained)


@cache
def _object(shape: Shape) -> Check:
    """The check of the objects of a shape, however many elements lead there."""
    check = object_of(shape, _member, _beside)
    if shape.path in _RULES:
        check = in_turn(check, _RULES[shape.path])
    root = structure(shape.path.partition(".")[0]).element(shape.path)
    return judged(check, rules(root.constraints, shape.path))


def _member(member: Member) -> Check:
    """The check of an element under one of its names."""
    if member.primitive:
        single = _primitive(member)
        return primitives.several(member, single) if member.many else single
    single = _complex(member)
    return repeating(member.element, single) if member.many else single


def _beside(member: Member) -> Check:
    """The check of the ``_name`` beside a primitive."""
    extended = _object(member.shape)
    return (primitives.beside_several if member.many else primitives.beside_single)(member, extended)


def _primitive(member: Member) -> Check:
    check = primitives.single(member)
    value_set = required(member.element.binding)
    if member.type == "xhtml":
        return in_turn(check, allowed_xhtml)
    if value_set:
        return bound_code(value_set, check)
    bound = asked(member.element.binding, member.type)
    if bound:
        return in_turn(check, bound)
    if member.type in uris.TYPES:
        check = in_turn(check, uris.of_its_scheme)
    rule = rules(member.element.constraints, member.type)
    return in_turn(check, rule) if rule else check


def _complex(member: Member) -> Check:
    if member.type == "Resource":
        return contained_resource if member.many else resource
    check = _object(member.shape)
    rule = _rule(member)
    own = rules(member.element.constraints, member.type) if _is_typed(member) else None
    return judged(in_turn(check, rule) if rule else check, own)


def _is_typed(member: Member) -> bool:
    """Whether an element's own rules are told apart from those of what it holds."""
    return member.shape.path == member.type


def _rule(member: Member) -> Check | None:
    """What an element asks beyond its type."""
    element = member.element
    value_set = required(element.binding)
    if member.type == "CodeableConcept" and value_set:
        return bound_concept(value_set)
    if member.type == "Reference" and element.targets:
        return to_one_of(element)
    if member.type == "Quantity" and is_simple(element):
        return without_comparator
    return asked(element.binding, member.type)
