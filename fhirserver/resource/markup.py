"""XML with every door shut: no document type, no entities, no network, no endless trees.

What both the XML codec and the check of narratives read with. Comments and processing instructions are dropped: they
are no part of a resource (xml.html).
"""

from __future__ import annotations

import re

from lxml import etree

from fhirserver.outcome import FhirError, Message
from fhirserver.resource import messages
from fhirserver.resource.json import MAX_DEPTH

_parser = etree.XMLParser(
    encoding="utf-8",
    resolve_entities=False,
    load_dtd=False,
    no_network=True,
    huge_tree=False,
    remove_comments=True,
    remove_pis=True,
)

#: A document type before the first element.
_DOCTYPE = re.compile(r"\ufeff?(?:\s++|<\?.*?\?>|<!--.*?-->)*+<!DOCTYPE", re.DOTALL).match


def parse(text: str) -> etree._Element:
    """The root element of a well-formed text. FhirError (400) says where it is not well-formed, and what to do."""
    if "<!DOCTYPE" in text and _DOCTYPE(text):
        raise messages.XML_DOCTYPE.error()
    try:
        return etree.fromstring(text.encode("utf-8", "surrogatepass"), _parser)
    except etree.XMLSyntaxError as problem:
        raise _refusal(text, problem) from None


_COMPLAINTS: dict[str, Message] = {
    "ERR_UNDECLARED_ENTITY": messages.XML_ENTITY,
    "ERR_TAG_NAME_MISMATCH": messages.XML_TAGS,
    "ERR_TAG_NOT_FINISHED": messages.XML_TAGS,
    "ERR_GT_REQUIRED": messages.XML_TAGS,
    "ERR_LT_IN_ATTRIBUTE": messages.XML_ESCAPE,
    "ERR_NAME_REQUIRED": messages.XML_ESCAPE,
    "ERR_ENTITYREF_SEMICOL_MISSING": messages.XML_ESCAPE,
    "ERR_INVALID_CHAR": messages.XML_CHARACTER,
    "ERR_RESOURCE_LIMIT": messages.XML_TOO_LARGE,
}


def _refusal(text: str, problem: etree.XMLSyntaxError) -> FhirError:
    """The error for a text that lxml gave up on."""
    start = text.lstrip()[:1]
    if start in ("{", "["):
        return messages.XML_IS_JSON.error(found=start)
    said = re.sub(r", line \d+, column \d+$", "", problem.msg or "")
    if "depth" in said:
        return messages.TOO_DEEP.error(limit=MAX_DEPTH)
    entity = re.match(r"Entity '([^']*)'", said)
    line, column = problem.position
    name = etree.ErrorTypes._getName(problem.code)  # type: ignore[attr-defined]
    return _COMPLAINTS.get(name, messages.XML_SYNTAX).error(
        line=line, column=column, problem=said, found=f"&{entity[1]};" if entity else ""
    )
