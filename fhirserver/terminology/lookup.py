"""$lookup (codesystem-operation-lookup.html): what is known of a code."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from fhirserver.outcome import FhirError
from fhirserver.terminology import languages, messages
from fhirserver.terminology.code_system import CodeSystem
from fhirserver.terminology.concept import Concept
from fhirserver.terminology.scope import Scope
from fhirserver.terminology.terminology import System, Terminology

Parameter = dict[str, Any]

#: What is returned when no property is asked for, beside the properties of the code system itself.
_DEFAULT = ("designation", "definition", "parent", "child", "inactive", "notSelectable")
#: Properties that are no rows of the concept.
_CODES = ("parent", "child")


def lookup(
    terminology: Terminology,
    system: str,
    code: str,
    *,
    version: str | None = None,
    properties: Iterable[str] = (),
    display_language: str = "",
) -> list[Parameter]:
    """The out-parameters name, version, display, designation and property of a code.

    `properties` as the operation has them (``parent``, ``lang.zh``, the code system's own ...); () for all there are.
    FhirError when the code system, or the code in it, is not known.
    """
    scope = Scope(terminology)
    known = scope.system(system, version)
    if known is None:
        raise FhirError([scope.unknown(system, version)])
    concept = known.find(code)
    if concept is None:
        missing = messages.CODE_NOT_FOUND if known.refuses(code) else messages.SYSTEM_NOT_WHOLE
        raise missing.error(system=system, code=code)
    return list(_parameters(known, concept, tuple(properties), languages.wanted(display_language)))


def _parameters(known: System, concept: Concept, asked: tuple[str, ...], wanted: list[str]) -> Iterator[Parameter]:
    listed = known if isinstance(known, CodeSystem) else None
    rows = listed.designations(concept.number) if listed else []
    yield {"name": "name", "valueString": known.name}
    if known.version:
        yield {"name": "version", "valueString": known.version}
    display = languages.display(wanted, concept.display, listed.language if listed else None, rows)
    # "display 1..1": a code of a grammar is all there is to show
    yield {"name": "display", "valueString": display or concept.code}
    for row in rows:
        if _is_asked("designation", asked) or any(_is_language(name, row.get("language")) for name in asked):
            yield {"name": "designation", "part": list(_designation(row))}
    if listed:
        yield from _properties(listed, concept, asked)


def _is_asked(name: str, asked: tuple[str, ...]) -> bool:
    return name in asked or "*" in asked or not asked


def _is_language(name: str, language: str | None) -> bool:
    return name.startswith("lang.") and languages.suits(language, name.removeprefix("lang."))


def _designation(row: dict[str, Any]) -> Iterator[Parameter]:
    if "language" in row:
        yield {"name": "language", "valueCode": row["language"]}
    if "use" in row:
        yield {"name": "use", "valueCoding": row["use"]}
    yield {"name": "value", "valueString": row["value"]}


def _properties(known: CodeSystem, concept: Concept, asked: tuple[str, ...]) -> Iterator[Parameter]:
    number = concept.number
    definition = known.definition(number)
    if definition is not None and _is_asked("definition", asked):
        yield _property("definition", {"valueString": definition})
    for name, numbers in (("parent", known.parents(number)), ("child", known.children(number))):
        if _is_asked(name, asked):
            for other in numbers:
                yield _property(name, {"valueCode": known.code(other)}, known.displays()[other])
    stated = known.properties_of(number)
    names = {row.get("code") for row in stated}
    for name, value in (("inactive", concept.inactive), ("notSelectable", concept.abstract)):
        if name not in names and (name in asked or (value and _is_asked(name, asked))):
            yield _property(name, {"valueBoolean": value})
    for row in stated:
        if row.get("code") not in _CODES and _is_asked(str(row.get("code")), asked):
            yield _property(str(row["code"]), {name: value for name, value in row.items() if name.startswith("value")})


def _property(code: str, value: dict[str, Any], description: str | None = None) -> Parameter:
    described = [{"name": "description", "valueString": description}] if description else []
    [(name, content)] = value.items()
    parts = [{"name": "code", "valueCode": code}, {"name": "value", name: content}, *described]
    return {"name": "property", "part": parts}
