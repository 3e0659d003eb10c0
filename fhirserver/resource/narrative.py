"""The rules of narratives (narrative.html): the invariants txt-1 and txt-2, which FHIRPath calls ``htmlChecks()``.

Two sources say what txt-1 allows and differ a little: its XPath lists elements and attributes, its text names chapters
of HTML 4.0. What either allows is allowed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

from fhirserver.outcome import FhirError, Issue
from fhirserver.resource import markup, messages
from fhirserver.resource.primitives import found
from fhirserver.resource.shapes import XHTML

#: How many issues a narrative yields at most.
_LISTED = 20


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


#: The XPath of txt-1; the last line is only in its text (HTML 4.0, 7.5.6, 8.2.4 and 9.2.1).
ELEMENTS = _words(
    """
    a abbr acronym b big blockquote br caption cite code col colgroup dd dfn div dl dt em h1 h2 h3 h4 h5 h6 hr i img
    li ol p pre q samp small span strong sub sup table tbody td tfoot th thead tr tt ul var
    address bdo kbd
    """
)

#: The XPath of txt-1; the last line is what XML has of its own beside HTML's `lang` and `pre`.
ATTRIBUTES = _words(
    """
    abbr accesskey align alt axis bgcolor border cellhalign cellpadding cellspacing cellvalign char charoff charset
    cite class colspan compact coords dir frame headers height href hreflang hspace id lang longdesc name nowrap rel
    rev rowspan rules scope shape span src start style summary tabindex title type valign value vspace width
    {http://www.w3.org/XML/1998/namespace}lang {http://www.w3.org/XML/1998/namespace}space
    """
)

_ALLOWED = frozenset(f"{{{XHTML}}}{name}" for name in ELEMENTS)
_IMAGE = f"{{{XHTML}}}img"

#: The attributes that hold a URL.
_LINKS = frozenset({"href", "src", "cite", "longdesc"})
_RUNS_CODE = re.compile(r"(?:javascript|vbscript|livescript|data):").match
_PICTURE = re.compile(r"data:image/").match
#: In a style: code, other styles, and pictures that are not in the narrative itself.
_LOADS = re.compile(
    r"expression\(|(?:java|vb|live)script:|@import|behavior:|-moz-binding|url\((?![\"']?(?:data:image/|#))"
)
_CSS_ESCAPE = re.compile(r"\\([0-9a-f]{1,6})\s?|\\(.)")
_CSS_COMMENT = re.compile(r"/\*.*?(?:\*/|$)", re.DOTALL)


def check(div: str) -> Iterator[Issue]:
    """What is wrong with a `div`; the issues have no path, as the caller knows where the narrative stands."""
    try:
        root = markup.parse(div)
    except FhirError as wrong:
        yield from wrong.issues
        return
    if root.tag != f"{{{XHTML}}}div":
        yield messages.NARRATIVE_NOT_DIV.at(found=etree.QName(root).localname)
        return
    listed: set[str] = set()
    for issue in _issues(root):
        text = issue.text()
        if text not in listed:
            listed.add(text)
            yield issue
        if len(listed) == _LISTED:
            return


def _issues(root: etree._Element) -> Iterator[Issue]:
    for element in root.iter():
        if element.tag not in _ALLOWED:
            yield messages.NARRATIVE_ELEMENT.at(found=_name(element))
        if element.attrib:
            yield from _attributes(element)
    if not _has_content(root):
        yield messages.NARRATIVE_EMPTY.at()


def _attributes(element: etree._Element) -> Iterator[Issue]:
    for name, value in element.attrib.items():
        if name not in ATTRIBUTES:
            yield messages.NARRATIVE_ATTRIBUTE.at(found=etree.QName(name).localname, element=_name(element))
        elif name in _LINKS and not _harmless(name, str(value)):
            yield messages.NARRATIVE_LINK.at(attribute=name, element=_name(element), found=found(value))
        elif name == "style" and _LOADS.search(_plain_style(str(value))):
            yield messages.NARRATIVE_STYLE.at(found=found(value))


def _harmless(name: str, url: str) -> bool:
    """Whether a URL runs no code. Only a picture may carry its data, as the source of an image."""
    plain = "".join(url.split()).lower()
    return _RUNS_CODE(plain) is None or (name == "src" and _PICTURE(plain) is not None)


def _plain_style(style: str) -> str:
    """A style as a browser reads it: without escapes, comments, white space and capitals."""
    unescaped = _CSS_ESCAPE.sub(lambda escape: escape[2] or chr(min(int(escape[1], 16), 0x10FFFF)), style.lower())
    return "".join(_CSS_COMMENT.sub("", unescaped).split()).lower()


def _has_content(root: etree._Element) -> bool:
    """txt-2: some text that is not white space, or an image."""
    if any(not text.isspace() for text in root.itertext()):
        return True
    return any(image.get("src") is not None for image in root.iter(_IMAGE))


def _name(element: etree._Element) -> str:
    return etree.QName(element).localname
