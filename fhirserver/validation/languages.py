"""Languages of narratives (the extension narrative-language-control of profiles): which parts a narrative has."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from fhirserver.conformance.snapshot import Node as Part
from fhirserver.fhirpath.nodes import Node
from fhirserver.validation import messages
from fhirserver.validation.issues import Found
from fhirserver.validation.messages import Text
from fhirserver.validation.walk import Walk

Judge = Callable[[Node, Walk], Found]

_CONTROL = "http://hl7.org/fhir/StructureDefinition/narrative-language-control"
#: The parts of a narrative directly under its div, each with its language.
_PARTS = re.compile(r"<div\b[^>]*?\s(?:xml:)?lang=[\"']([^\"']+)[\"']").findall

_NONE = Text("without parts in several languages", "不分语言")
_SOME = Text("with a part (a div with lang) for each language", "按语言分段（带 lang 的 div）")
_OWN = Text("with a part in the language of the resource", "包含资源语言（language）的部分")


def narrative_languages(part: Part) -> Iterator[Judge]:
    """The checks of what a profile says of the languages of a narrative."""
    said = [each.get("valueCode") for each in part.element.get("extension", ()) if each.get("url") == _CONTROL]
    codes = [code for code in said if isinstance(code, str)]
    if codes:
        yield lambda node, walk: _judged(node, codes)


def _judged(node: Node, codes: list[str]) -> Found:
    div = node.value.get("div")
    found = list(dict.fromkeys(_PARTS(div.partition(">")[2]))) if isinstance(div, str) else []
    resource = node.resource
    own = resource.value.get("language") if resource else None
    for code in codes:
        expected = _expected(code, found, own)
        if expected is not None:
            return [messages.NARRATIVE_LANGUAGES.at(node.path, expected=expected, found=", ".join(found) or "-")]
    return None


def _expected(code: str, found: list[str], own: str | None) -> Text | None:
    """What is asked for and not so; None where all is well."""
    match code:
        case "_no":
            return _NONE if found else None
        case "_yes":
            return None if found else _SOME
        case "_resource":
            return None if own is None or own in found else _OWN
        case _:
            return None if code in found else Text(f"with a part in {code}", f"包含语言为 {code} 的部分")
