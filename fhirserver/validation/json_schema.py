"""JSON Schema (draft 2020-12) of a profile or type: what of it can be said of JSON alone.

In a schema are: names, cardinalities, types, the forms of primitives, fixed values and patterns, codes of required
bindings, and slices told apart by fixed values and patterns. Not in it are invariants, references, terminology that is
not listed in R4, and whatever needs another element to be looked at.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from fhirserver.conformance.snapshot import Node as Part
from fhirserver.conformance.snapshot import tree
from fhirserver.spec import codes as spec
from fhirserver.spec.structures import PRIMITIVE_TYPES, RESOURCE_TYPES, Element, structure
from fhirserver.validation.definitions import Given, codes, given, value_of

Schema = dict[str, Any]

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
#: The JSON type of a primitive; all others are strings.
_JSON_TYPES: dict[str, Schema] = {
    "boolean": {"type": "boolean"},
    "integer": {"type": "integer"},
    "positiveInt": {"type": "integer", "minimum": 1},
    "unsignedInt": {"type": "integer", "minimum": 0},
    "decimal": {"type": "number"},
}
#: Forms of strings that every implementation of regular expressions understands alike.
_FORMS = {
    "id": r"^[A-Za-z0-9\-.]{1,64}$",
    "code": r"^[^\s]+(\s[^\s]+)*$",
    "date": r"^\d{4}(-\d{2}(-\d{2})?)?$",
    "dateTime": r"^\d{4}(-\d{2}(-\d{2}(T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+\-]\d{2}:\d{2}))?)?)?$",
    "instant": r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+\-]\d{2}:\d{2})$",
    "time": r"^\d{2}:\d{2}:\d{2}(\.\d+)?$",
}
_ANY_RESOURCE: Schema = {
    "type": "object",
    "properties": {"resourceType": {"enum": sorted(RESOURCE_TYPES)}},
    "required": ["resourceType"],
}


def json_schema(definition: dict[str, Any]) -> Schema:
    """The schema of a StructureDefinition with its snapshot; the definitions of all types it needs are in ``$defs``."""
    types = _Types()
    root = tree(definition["snapshot"]["element"])
    type = str(definition["type"]).rpartition("/")[2]
    schema = types.of_part(root, given(type))
    if type in RESOURCE_TYPES:
        schema["properties"] = {"resourceType": {"const": type}, **schema["properties"]}
        schema["required"] = ["resourceType", *schema.get("required", [])]
    head = {"$schema": _DIALECT, "$id": definition["url"], "title": definition.get("name", type)}
    return {**head, **schema, "$defs": types.definitions()}


class _Types:
    """The data types a schema refers to, each made once."""

    def __init__(self) -> None:
        self._made: dict[str, Schema] = {}
        self._wanted: list[str] = []

    def definitions(self) -> dict[str, Schema]:
        """The definitions of all types referred to so far, and of those they refer to."""
        while self._wanted:
            name = self._wanted.pop()
            self._made[name] = self._of_type(name)
        return dict(sorted(self._made.items()))

    def reference(self, type: str) -> Schema:
        """The schema of a type, by reference."""
        if type in ("Resource", "DomainResource") or type in RESOURCE_TYPES:
            return _ANY_RESOURCE if type not in RESOURCE_TYPES else _of_resource(type)
        if type not in self._made:
            self._made[type] = {}
            self._wanted.append(type)
        return {"$ref": f"#/$defs/{type}"}

    def _of_type(self, name: str) -> Schema:
        """The definition of a data type, or of an element with children of its own (``Timing.repeat``)."""
        if name in PRIMITIVE_TYPES:
            form: Schema = {"pattern": _FORMS[name]} if name in _FORMS else {"minLength": 1}
            return _JSON_TYPES.get(name, {"type": "string", **form})
        owner = structure(name.partition(".")[0])
        members = [(element, Given(owner, element)) for element in owner.children(name)]
        return self._object([(_plain(element), known) for element, known in members])

    # -- parts

    def of_part(self, part: Part, known: Given | None) -> Schema:
        """The schema of one value of an element, as a profile has it."""
        schema: Schema = {}
        if part.children:
            schema = self._object([(each, known.child(each.name, part) if known else None) for each in part.children])
        for test in _values(part):
            schema = {"allOf": [schema, test]} if schema else test
        return schema

    def _object(self, members: list[tuple[Part, Given | None]]) -> Schema:
        properties: dict[str, Schema] = {}
        required: list[str] = []
        one_of: list[Schema] = []
        for part, known in members:
            names = dict(self._names(part, known))
            if part.element.get("max") == "0":
                continue
            properties |= names
            least = part.element.get("min", 0)
            values = [name for name in names if not name.startswith("_")]
            if least and len(values) == 1 and f"_{values[0]}" not in names:
                required.append(values[0])
            elif least:
                # a primitive may be there by its extensions alone
                one_of.append({"anyOf": [{"required": [name]} for name in names]})
        schema: Schema = {"type": "object", "properties": properties, "additionalProperties": False}
        if required:
            schema["required"] = required
        if one_of:
            schema["allOf"] = one_of
        return schema

    def _names(self, part: Part, known: Given | None) -> Iterator[tuple[str, Schema]]:
        """The names an element has in JSON, each with its schema."""
        choice = part.name.endswith("[x]")
        name = part.name.removesuffix("[x]")
        many = _is_array(part, known)
        for type in codes(part) or ["BackboneElement"]:
            full = name + type[0].upper() + type[1:] if choice else name
            each = self._typed(part, known, type)
            yield full, self._array(part, known, each) if many else each
            if type in PRIMITIVE_TYPES and not (known and known.element.attribute) and name != "id":
                beside = self.reference("Element")
                yield f"_{full}", {"type": "array", "items": {"anyOf": [{"type": "null"}, beside]}} if many else beside

    def _typed(self, part: Part, known: Given | None, type: str) -> Schema:
        content = part.element.get("contentReference") or (known.element.content if known else None)
        if content:
            base: Schema = self.reference(content.rpartition("#")[2])
        elif part.children and type not in PRIMITIVE_TYPES:
            return self.of_part(part, known)
        elif known is not None and known.owner.children(known.element.path):
            base = self.reference(known.element.path)
        else:
            base = self.reference(type)
        tests = [*_values(part), *_codes(part, type)]
        return {"allOf": [base, *tests]} if tests else base

    def _array(self, part: Part, known: Given | None, each: Schema) -> Schema:
        primitive = any(code in PRIMITIVE_TYPES for code in codes(part))
        items = {"anyOf": [{"type": "null"}, each]} if primitive else each
        schema: Schema = {"type": "array", "items": items, "minItems": max(1, part.element.get("min", 0))}
        if part.element.get("max", "*") != "*":
            schema["maxItems"] = int(part.element["max"])
        slices = [found for slice in part.slices if (found := _contained(slice)) is not None]
        return {**schema, "allOf": slices} if slices else schema


def _is_array(part: Part, known: Given | None) -> bool:
    if known is not None:
        return known.element.max != 1
    return bool(part.element.get("base", {}).get("max", part.element.get("max")) not in ("0", "1"))


def _of_resource(type: str) -> Schema:
    return {"type": "object", "properties": {"resourceType": {"const": type}}, "required": ["resourceType"]}


def _plain(element: Element) -> Part:
    """An element of R4 as a part of a definition."""
    row: dict[str, Any] = {"min": element.min, "max": "*" if element.max is None else str(element.max)}
    row["type"] = [{"code": code} for code in element.types]
    if element.content:
        row["contentReference"] = f"#{element.content}"
    if element.binding:
        row["binding"] = {"strength": element.binding.strength, "valueSet": element.binding.value_set}
    return Part(element.path.rpartition(".")[2], None, row)


# -- values


def _values(part: Part) -> Iterator[Schema]:
    """What fixed[x] and pattern[x] ask."""
    fixed, pattern = value_of(part, "fixed"), value_of(part, "pattern")
    if fixed is not None:
        yield {"const": fixed[1]}
    if pattern is not None:
        yield _like(pattern[1])
    if isinstance(part.element.get("maxLength"), int):
        yield {"maxLength": part.element["maxLength"]}


def _like(wanted: Any) -> Schema:
    """A value that has at least what is wanted."""
    if isinstance(wanted, dict):
        return {"properties": {name: _like(value) for name, value in wanted.items()}, "required": list(wanted)}
    if isinstance(wanted, list):
        return {"allOf": [{"contains": _like(value)} for value in wanted]}
    return {"const": wanted}


def _codes(part: Part, type: str) -> Iterator[Schema]:
    binding = part.element.get("binding", {})
    listed = spec.codes(str(binding.get("valueSet", "")).partition("|")[0]) if type == "code" else None
    if listed is not None and binding.get("strength") == "required":
        yield {"enum": sorted(listed)}


def _contained(slice: Part) -> Schema | None:
    """How many items of a slice there are, where fixed values and patterns tell them from others."""
    identity = _identity(slice)
    least, most = slice.element.get("min", 0), slice.element.get("max", "*")
    if identity is None or (not least and most == "*"):
        return None
    schema: Schema = {"contains": identity, "minContains": least}
    return schema if most == "*" else {**schema, "maxContains": int(most)}


def _identity(part: Part) -> Schema | None:
    tests = list(_values(part))
    below = {
        child.name.removesuffix("[x]"): found
        for child in part.children or ()
        if not child.name.endswith("[x]") and not child.slices and (found := _identity(child)) is not None
    }
    if below:
        # items of an array: what is asked of the element is asked of one of them
        tests.append(
            {"properties": {name: _somewhere(found) for name, found in below.items()}, "required": list(below)}
        )
    if not tests:
        return None
    return tests[0] if len(tests) == 1 else {"allOf": tests}


def _somewhere(schema: Schema) -> Schema:
    return {"anyOf": [{"allOf": [{"not": {"type": "array"}}, schema]}, {"type": "array", "contains": schema}]}
