"""Extensions that stand for elements of other releases of FHIR (versions.html#extensions).

Their urls are made by rule: ``http://hl7.org/fhir/5.0/StructureDefinition/extension-Encounter.plannedStartDate``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from fhirserver.fhirpath.nodes import Node
from fhirserver.outcome import Issue
from fhirserver.spec.structures import structure
from fhirserver.validation import messages
from fhirserver.validation.actions import Action, weighed

#: The releases that have such urls, DSTU 2 to R5; what stands in the url is the release without its corrections.
RELEASES = ("1.0", "3.0", "4.0", "4.3", "5.0")

_URL = re.compile(r"http://hl7\.org/fhir/([0-9][^/]*)/StructureDefinition/extension-(.*)").fullmatch
_PATH = re.compile(r"[A-Z][A-Za-z0-9]*(?:\.[a-z][A-Za-z0-9]*(?:\[x\])?(?::[A-Za-z0-9_-]+)?)+").fullmatch


def is_of_another_version(url: str) -> bool:
    """Whether a url has the form of an extension for an element of a release of FHIR."""
    return _URL(url) is not None


def of_another_version(extension: Node, url: str, action: Action) -> Iterator[Issue]:
    """The issues of such an extension that nobody here defines: impossible ones always, others as the policy says."""
    parts = _URL(url)
    release, path = (parts[1], parts[2]) if parts else ("", "")
    if release not in RELEASES:
        yield messages.EXTENSION_RELEASE.at(extension.path, url=url, found=release, expected=", ".join(RELEASES))
    elif _PATH(path) is None or (release == "4.0" and not _is_in_r4(path)):
        yield messages.EXTENSION_OF_NO_ELEMENT.at(extension.path, url=url, release=release, found=path)
    else:
        issue = messages.EXTENSION_OF_ANOTHER_VERSION.at(extension.path, url=url, release=release, found=path)
        yield from weighed(issue, action)


def _is_in_r4(path: str) -> bool:
    try:
        found = structure(path.partition(".")[0])
    except KeyError:
        return False
    plain = path.removesuffix("[x]")
    return any(element.path.removesuffix("[x]") == plain for element in found.elements)
