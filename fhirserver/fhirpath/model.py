"""The types of FHIR R4 and of FHIRPath itself.

hl7.org/fhirpath/N1/#models; R4 fhirpath.html#types. A type is made from `spec/structures` when it is first asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, cached_property
from typing import Any, Literal

from fhirserver.fhirpath import children, dates, messages, numbers, quantities
from fhirserver.fhirpath.children import Collect
from fhirserver.fhirpath.nodes import Node
from fhirserver.spec import structures
from fhirserver.spec.structures import Element

Kind = Literal["system", "primitive", "complex", "backbone", "resource"]
Convert = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Child:
    """An element of a type."""

    name: str
    types: Mapping[str, Type]  #: JSON key -> type: one, or one for each type of a choice
    many: bool  #: a JSON array
    choice: bool
    collect: Collect


class Type:
    """A type. `convert` makes a raw JSON value one that FHIRPath calculates with, or None."""

    def __init__(self, namespace: str, name: str, base: Type | None, kind: Kind, convert: Convert) -> None:
        self.namespace = namespace
        self.name = name
        self.base = base
        self.kind = kind
        self.convert = convert

    def __repr__(self) -> str:
        return f"{self.namespace}.{self.name}"

    def is_a(self, other: Type) -> bool:
        """Whether it is the other type or one derived from it."""
        mine: Type | None = self
        while mine is not None:
            if mine is other:
                return True
            mine = mine.base
        return other is ANY

    @cached_property
    def children(self) -> Mapping[str, Child]:
        """Its elements by name, in order."""
        return {child.name: child for child in _children(self)}

    @cached_property
    def names(self) -> Mapping[str, str]:
        """JSON key -> name of the element, ``valueQuantity`` -> ``value``."""
        return {key: child.name for child in self.children.values() for key in child.types}

    @cached_property
    def system(self) -> Type | None:
        """The type of FHIRPath that its values convert to: String for ``code``; None for most complex types."""
        return self if self.kind == "system" else _SYSTEM_OF.get(_primitive_root(self))

    def element_name(self, key: str) -> str:
        """The name of the element with this JSON key."""
        return self.names.get(key, key)


# --- the types of FHIRPath -----------------------------------------------------------------------------------------


def _itself(value: Any) -> Any:
    return value


def _nothing(value: Any) -> None:
    return None


ANY = Type("System", "Any", None, "system", _itself)


def _system(name: str) -> Type:
    return Type("System", name, ANY, "system", _itself)


BOOLEAN, INTEGER, DECIMAL, STRING = _system("Boolean"), _system("Integer"), _system("Decimal"), _system("String")
DATE, DATE_TIME, TIME, QUANTITY = _system("Date"), _system("DateTime"), _system("Time"), _system("Quantity")
SIMPLE_TYPE, CLASS_TYPE, TUPLE_TYPE = _system("SimpleTypeInfo"), _system("ClassInfo"), _system("TupleTypeInfo")
CLASS_ELEMENT, TUPLE_ELEMENT = _system("ClassInfoElement"), _system("TupleTypeInfoElement")

#: What a value of Python is in FHIRPath.
SYSTEM_TYPES: dict[type, Type] = {
    bool: BOOLEAN,
    int: INTEGER,
    Decimal: DECIMAL,
    str: STRING,
    dates.Date: DATE,
    dates.DateTime: DATE_TIME,
    dates.Time: TIME,
    quantities.Quantity: QUANTITY,
}
_NAMED_SYSTEM = {type.name: type for type in (ANY, *SYSTEM_TYPES.values())}

TRUE, FALSE = [Node(True, BOOLEAN)], [Node(False, BOOLEAN)]
EMPTY: list[Node] = []


def system_node(value: Any) -> Node:
    """A calculated value as a node."""
    return Node(value, SYSTEM_TYPES[type(value)])


# --- the types of FHIR ---------------------------------------------------------------------------------------------


def _text(value: Any) -> Any:
    return value if isinstance(value, str) else None


def _boolean(value: Any) -> Any:
    return value if isinstance(value, bool) else None


def _integer(value: Any) -> Any:
    return value if type(value) is int else None


def _read(parse: Callable[[str], Any]) -> Convert:
    return lambda value: parse(value) if isinstance(value, str) else None


#: Primitives and Quantity: the type of FHIRPath and the conversion (R4 fhirpath.html#types). All others are strings.
_CONVERSIONS: dict[str, tuple[Type, Convert]] = {
    "boolean": (BOOLEAN, _boolean),
    "integer": (INTEGER, _integer),
    "decimal": (DECIMAL, numbers.decimal),
    "date": (DATE, _read(dates.date)),
    "dateTime": (DATE_TIME, _read(dates.date_time)),
    "instant": (DATE_TIME, _read(dates.date_time)),
    "time": (TIME, _read(dates.time)),
    "Quantity": (QUANTITY, quantities.from_fhir),
}
_SYSTEM_OF = {name: type for name, (type, _) in _CONVERSIONS.items()} | {"string": STRING}


def _primitive_root(type: Type) -> str:
    """The type whose conversion a type shares: ``integer`` for positiveInt, ``Quantity`` for Age."""
    mine: Type | None = type
    while mine is not None:
        if mine.name in _CONVERSIONS:
            return mine.name
        mine = mine.base
    return "string" if type.kind == "primitive" else ""


_KINDS: dict[str, Kind] = {"primitive-type": "primitive", "complex-type": "complex", "resource": "resource"}


@cache
def fhir_type(name: str) -> Type:
    """A FHIR type by name, or the type of an element with children of its own by path (``Patient.contact``).

    A FhirError when R4 has no such type.
    """
    try:
        return _backbone(name) if "." in name else _structure_type(name)
    except KeyError:
        raise messages.UNKNOWN_TYPE.error(name=name) from None


def _structure_type(name: str) -> Type:
    structure = structures.structure(name)
    base = fhir_type(structure.base) if structure.base else None
    made = Type("FHIR", name, base, _KINDS[structure.kind], _nothing)
    root = _primitive_root(made)
    if root:
        made.convert = _CONVERSIONS[root][1] if root in _CONVERSIONS else _text
    return made


def _backbone(path: str) -> Type:
    structure = structures.structure(path.partition(".")[0])
    if not structure.children(path):
        raise KeyError(path)
    types = structure.element(path).types
    return Type("FHIR", path, fhir_type(types[0] if types else "BackboneElement"), "backbone", _nothing)


def type_named(name: str) -> Type:
    """The type of a type specifier: FHIR's first, then FHIRPath's; a FhirError when there is none."""
    namespace, dot, local = name.rpartition(".")
    if dot and namespace == "System":
        # a System type that does not exist is a type that nothing has: Patient.is(System.Patient) is false
        return _NAMED_SYSTEM.get(local) or _system(local)
    if dot and namespace == "FHIR":
        return fhir_type(local)
    if name in _NAMED_SYSTEM and name != "Quantity":
        return _NAMED_SYSTEM[name]
    return fhir_type(name)


def resource_type(value: Mapping[str, Any]) -> Type:
    """The type of a resource by its ``resourceType``; ``Resource`` where R4 has no such type."""
    name = value.get("resourceType")
    known = isinstance(name, str) and name in structures.RESOURCE_TYPES
    return fhir_type(str(name) if known else "Resource")


# --- the elements of a type ----------------------------------------------------------------------------------------


def _children(type: Type) -> Iterator[Child]:
    if type.kind == "system":
        for name in _TYPE_INFO.get(type.name, ()):
            yield Child(name, {name: ANY}, name == "element", False, _type_info(name))
    elif type.kind == "primitive":
        yield from _primitive_children(type)
    else:
        structure = structures.structure(type.name.partition(".")[0])
        for element in structure.children(type.name):
            if element.max != 0:
                yield _child(element)


def _child(element: Element) -> Child:
    types = {
        f"{element.name}{name[0].upper()}{name[1:]}" if element.choice else element.name: _type_of(element, name)
        for name in (element.types or ("",))
    }
    many = element.max is None or element.max > 1
    if element.choice:
        return Child(element.name, types, many, True, children.choice(types))
    (only,) = types.values()
    if only.kind == "primitive":
        collect = children.primitives(element.name, only) if many else children.primitive(element.name, only)
    elif only.name == "Resource":
        find = children.resources if many else children.resource
        collect = find(element.name, resource_type)
    else:
        collect = children.complexes(element.name, only) if many else children.complex(element.name, only)
    return Child(element.name, types, many, False, collect)


def _type_of(element: Element, name: str) -> Type:
    if element.content:
        return fhir_type(element.content)
    return fhir_type(element.path if name in ("BackboneElement", "Element") else name)


def _primitive_children(type: Type) -> Iterator[Child]:
    """A FHIR primitive has an id, extensions, and a value of FHIRPath's own (R4 fhirpath.html#types)."""
    string, extension = fhir_type("string"), fhir_type("Extension")
    system = type.system or STRING

    def identifier(node: Node, found: list[Node]) -> None:
        if node.sibling and isinstance(node.sibling.get("id"), str):
            found.append(Node(node.sibling["id"], string, None, node, "id"))

    def extensions(node: Node, found: list[Node]) -> None:
        held = node.sibling.get("extension") if node.sibling else None
        if held.__class__ is list:
            for index, value in enumerate(held):
                if value.__class__ is dict:
                    found.append(Node(value, extension, None, node, "extension", index))

    def value(node: Node, found: list[Node]) -> None:
        own = node.system
        if own is not None:
            found.append(Node(own, system, None, node, "value"))

    yield Child("id", {"id": string}, False, False, identifier)
    yield Child("extension", {"extension": extension}, True, False, extensions)
    yield Child("value", {"value": system}, False, False, value)


# --- reflection (standard for trial use) ---------------------------------------------------------------------------

#: #reflection: the elements of what `type()` returns.
_TYPE_INFO = {
    "SimpleTypeInfo": ("namespace", "name", "baseType"),
    "ClassInfo": ("namespace", "name", "baseType", "element"),
    "TupleTypeInfo": ("element",),
    "ClassInfoElement": ("name", "type", "isOneBased"),
    "TupleTypeInfoElement": ("name", "type", "isOneBased"),
}


def _type_info(name: str) -> Collect:
    def collect(node: Node, found: list[Node]) -> None:
        value = node.value[name]
        found.extend(value if isinstance(value, list) else [system_node(value)])

    return collect


def type_info(type: Type) -> Node:
    """What `type()` says of a type: a SimpleTypeInfo, a ClassInfo with its elements, a TupleTypeInfo of a backbone."""
    base = f"{type.base.namespace}.{type.base.name}" if type.base else "System.Any"
    names = {"namespace": type.namespace, "name": type.name, "baseType": base}
    if type.kind in ("system", "primitive"):
        return Node(names, SIMPLE_TYPE)
    tuple_type = type.kind == "backbone"
    elements = [
        Node(
            {"name": child.name, "type": _specifier(child), "isOneBased": False},
            TUPLE_ELEMENT if tuple_type else CLASS_ELEMENT,
        )
        for child in type.children.values()
    ]
    if tuple_type:
        return Node({"element": elements}, TUPLE_TYPE)
    return Node(names | {"element": elements}, CLASS_TYPE)


def _specifier(child: Child) -> str:
    names = [f"{type.namespace}.{type.name}" for type in child.types.values()]
    specifier = f"Choice<{','.join(names)}>" if child.choice else names[0]
    return f"List<{specifier}>" if child.many else specifier
