"""The in-parameters of an operation (operations.html#executing), read by what its OperationDefinition says of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from fhirserver.interactions.message import Request
from fhirserver.interactions.parameters import GENERAL
from fhirserver.operations import messages
from fhirserver.outcome import FhirError
from fhirserver.spec.operations import Operation, Parameter, operations
from fhirserver.spec.structures import PRIMITIVE_TYPES, RESOURCE_TYPES

#: Types whose values are text and are taken for one another: what a client calls a uri may well be a canonical.
_TEXT = frozenset(["code", "uri", "url", "canonical", "string", "id", "oid", "uuid", "markdown"])
#: The type of a parameter that is a resource of any type.
_ANY = "Resource"


def _is_resource(type: str | None) -> bool:
    return type in RESOURCE_TYPES or type == _ANY


@dataclass(frozen=True, slots=True)
class _OrResource:
    """``" or a ValueSet"`` in a message, for operations that take their one resource bare."""

    type: str | None

    def __format__(self, language: str) -> str:
        if self.type is None:
            return ""
        return f" 或 {self.type}" if language == "zh" else f" or a {self.type}"


class Arguments:
    """The parameters of one call by name, checked for name, number and type."""

    def __init__(self, definition: Operation, given: Iterator[tuple[str, Any]]) -> None:
        self.code = definition.code
        self._parameters = {parameter.name: parameter for parameter in definition.parameters if parameter.use == "in"}
        self._values: dict[str, list[Any]] = {}
        for name, value in given:
            self._take(name, value)
        for parameter in self._parameters.values():
            if parameter.min and parameter.name not in self._values:
                raise messages.ARGUMENT_MISSING.error(code=self.code, expected=parameter.name)

    def _take(self, name: str, value: Any) -> None:
        parameter = self._parameters.get(name)
        if parameter is None:
            known = ", ".join(self._parameters)
            raise messages.ARGUMENT_UNKNOWN.error(code=self.code, name=name, known=known)
        values = self._values.setdefault(name, [])
        if values and parameter.max == 1:
            raise messages.ARGUMENT_REPEATED.error(code=self.code, name=name)
        values.append(value)

    def __contains__(self, name: str) -> bool:
        return name in self._values

    def one(self, name: str, default: Any = None) -> Any:
        """The value of a parameter that may be given once."""
        return self._values[name][0] if name in self._values else default

    def all(self, name: str) -> list[Any]:
        """The values of a parameter that may be given several times."""
        return self._values.get(name, [])

    def text(self, name: str) -> str:
        """The value of a text parameter, empty when it is not given."""
        return str(self.one(name, ""))

    def missing(self, *names: str) -> FhirError:
        """The error that one of some parameters, of which any will do, has to be given."""
        return messages.ARGUMENT_MISSING.error(code=self.code, expected=" | ".join(names))

    def mistyped(self, name: str, expected: str, found: str) -> FhirError:
        """The error that a parameter is not what it has to be."""
        return messages.ARGUMENT_TYPE.error(code=self.code, name=name, expected=expected, found=found)

    def refuse(self, *names: str) -> None:
        """Raise for parameters that the definition has and this server does not support."""
        for name in names:
            if name in self._values:
                raise messages.ARGUMENT_NOT_SUPPORTED.error(code=self.code, name=name)


def definition(url: str) -> Operation:
    """The definition of an operation of R4; KeyError when there is none."""
    return {operation.url: operation for operation in operations()}[url]


def read(definition: Operation, request: Request) -> Arguments:
    """The parameters of a call: in the URL, in a Parameters resource, or both with a bare resource.

    FhirError (400) for a parameter that is not defined, given too often, missing or of another type.
    """
    return Arguments(definition, _given(definition, request))


def pairs(code: str, request: Request) -> list[tuple[str, str]]:
    """The parameters of an operation that takes search parameters, as a search has them; none is checked.

    In a Parameters resource each is text. FhirError (400) for a body or a value of another type.
    """
    found = [pair for pair in request.query if pair[0] not in GENERAL]
    resource = request.resource
    if resource is None:
        return found
    if resource["resourceType"] != "Parameters":
        raise messages.ARGUMENTS_NOT_PARAMETERS.error(
            code=code, other=_OrResource(None), found=resource["resourceType"]
        )
    for place, row in enumerate(resource.get("parameter", ())):
        name, type = row.get("name", ""), _found(row)
        value = row.get(f"value{type[0].upper()}{type[1:]}")
        if not isinstance(value, str | int) or isinstance(value, bool):
            path = f"Parameters.parameter[{place}]"
            raise messages.ARGUMENT_TYPE.error(path, code=code, name=name, expected="string", found=type)
        found.append((name, str(value)))
    return found


def _given(definition: Operation, request: Request) -> Iterator[tuple[str, Any]]:
    parameters = {parameter.name: parameter for parameter in definition.parameters if parameter.use == "in"}
    for name, value in request.query:
        if name not in GENERAL:
            yield name, _from_url(definition.code, parameters.get(name), name, value)
    resource = request.resource
    if resource is None:
        return
    bare = _bare(definition)
    if resource["resourceType"] == "Parameters" and not _is_itself_meant(resource, request, bare):
        for place, row in enumerate(resource.get("parameter", ())):
            path = f"Parameters.parameter[{place}]"
            yield row.get("name", ""), _from_row(definition.code, parameters.get(row.get("name")), row, path)
        return
    # operations.html#request: "if there is only one ... of type Resource ... the resource can be posted directly"
    if bare is None or bare.type not in (resource["resourceType"], _ANY):
        other = _OrResource(bare.type if bare else None)
        found = resource["resourceType"]
        raise messages.ARGUMENTS_NOT_PARAMETERS.error(code=definition.code, other=other, found=found)
    yield bare.name, resource


def _is_itself_meant(resource: dict[str, Any], request: Request, bare: Parameter | None) -> bool:
    """Whether a Parameters resource is what an operation is about: one of Parameters, without its own parameters."""
    if bare is None or bare.type != _ANY or request.path[0] != "Parameters":
        return False
    return all(row.get("name") != bare.name for row in resource.get("parameter", ()) if isinstance(row, dict))


def _bare(definition: Operation) -> Parameter | None:
    resources = [row for row in definition.parameters if row.use == "in" and _is_resource(row.type)]
    return resources[0] if len(resources) == 1 else None


def _from_url(code: str, parameter: Parameter | None, name: str, text: str) -> Any:
    """operations.html#executing: in a URL stand "simple input parameters" only."""
    if parameter is None:
        return text
    if parameter.type not in PRIMITIVE_TYPES:
        raise messages.ARGUMENT_NOT_IN_URL.error(code=code, name=name, expected=parameter.type or "Parameters.part")
    value = _simple(parameter.type, text)
    if value is None:
        raise messages.ARGUMENT_TYPE.error(code=code, name=name, expected=parameter.type, found=f"'{text[:40]}'")
    return value


def _simple(type: str, text: str) -> Any:
    if type == "boolean":
        return {"true": True, "false": False}.get(text)
    if type == "integer":
        return int(text) if text.lstrip("-").isdecimal() and len(text) < 10 else None
    return text


def _from_row(code: str, parameter: Parameter | None, row: dict[str, Any], path: str) -> Any:
    """The value of a row of a Parameters resource; its parts as a dictionary."""
    if parameter is None:
        return None
    if parameter.parts:
        parts = {part.name: part for part in parameter.parts}
        return {
            part["name"]: _from_row(code, parts.get(part["name"]), part, f"{path}.part[{place}]")
            for place, part in enumerate(row.get("part", ()))
        }
    if _is_resource(parameter.type):
        resource = row.get("resource")
        if resource is not None and parameter.type in (resource.get("resourceType"), _ANY):
            return resource
        found = resource.get("resourceType", "?") if resource else _found(row)
    else:
        found = _found(row)
        if _fits(parameter.type or "", found):
            return row[f"value{found[0].upper()}{found[1:]}"]
    raise messages.ARGUMENT_TYPE.error(path, code=code, name=parameter.name, expected=parameter.type, found=found)


def _found(row: dict[str, Any]) -> str:
    """The type of a row's value as its name says it: ``code`` of ``valueCode``."""
    name = next((name for name in row if name.startswith("value")), "")
    type = name.removeprefix("value")
    lower = f"{type[:1].lower()}{type[1:]}"
    return lower if lower in PRIMITIVE_TYPES else type or "-"


def _fits(expected: str, found: str) -> bool:
    return expected == found or (expected in _TEXT and found in _TEXT)
