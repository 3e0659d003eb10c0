"""Who is calling: in open mode as the header X-Caller says, which no sign-in vouches for.

Sign-in will replace the source of the answer; whoever asks a :class:`Caller` need not know.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from fhirserver.access import messages
from fhirserver.outcome import FhirError, Message
from fhirserver.resource import json
from fhirserver.resource.dates import LATEST, interval, microseconds
from fhirserver.resource.references import parse
from fhirserver.store.rows import Identity
from fhirserver.store.store import Reads

#: The code system of the guide whose codes say in which role somebody calls.
ROLES = "https://medgroup.example.org/fhir/CodeSystem/practitioner-role"

_HEADER = re.compile(r"(PractitionerRole|Organization)/([A-Za-z0-9\-.]{1,64})").fullmatch
_LONGEST = 120


@dataclass(frozen=True, slots=True)
class Caller:
    """`role` is the PractitionerRole that calls, if one does, `organization` for whom; `codes` are those of ROLES.

    An administrator, who is whoever does not say who calls, has none of them.
    """

    role: Identity | None
    organization: Identity | None
    codes: frozenset[str]
    administrator: bool = False

    @property
    def references(self) -> frozenset[str]:
        """What a resource that names this caller refers to: ``PractitionerRole/x``, ``Organization/y``."""
        return frozenset("/".join(each) for each in (self.role, self.organization) if each is not None)


ADMINISTRATOR = Caller(None, None, frozenset(), administrator=True)


def caller_of(reads: Reads, header: str, at: datetime, zone: ZoneInfo, base_urls: Collection[str] = ()) -> Caller:
    """The caller that X-Caller names, as of a moment; an empty header is an administrator's.

    `base_urls`: the addresses of this server, with which references to its resources may begin.

    FhirError (401) for one that is malformed, not there, not active, or without an organisation.
    """
    if not header:
        return ADMINISTRATOR
    found = _HEADER(header.strip())
    if found is None:
        raise _unknown(messages.CALLER_FORM, header[:_LONGEST])
    type, id = found.groups()
    resource = _active(reads, (type, id), at, zone)
    if type == "Organization":
        return Caller(None, (type, id), frozenset())
    target = parse(resource.get("organization", {}).get("reference", ""), base_urls)
    if target.kind != "literal" or target.type != "Organization" or target.id is None:
        raise _unknown(messages.CALLER_WITHOUT_ORGANIZATION, header)
    organization = (target.type, target.id)
    if _read(reads, organization) is None:
        raise _unknown(messages.CALLER_WITHOUT_ORGANIZATION, header)
    return Caller((type, id), organization, _codes(resource))


def _unknown(message: Message, found: str) -> FhirError:
    # RFC 9110 section 15.5.2: a 401 says how to say who one is
    return message.error(found=found, headers={"WWW-Authenticate": 'X-Caller realm="fhirserver"'})


def _read(reads: Reads, identity: Identity) -> dict[str, Any] | None:
    version = reads.read(*identity)
    return json.parse(version.body) if version is not None and version.body is not None else None


def _active(reads: Reads, identity: Identity, at: datetime, zone: ZoneInfo) -> dict[str, Any]:
    """The resource of who calls. An organisation that is not active any more (merged, say) cannot call."""
    resource = _read(reads, identity)
    if resource is None:
        raise _unknown(messages.CALLER_UNKNOWN, "/".join(identity))
    if resource.get("active") is False or not holds(resource.get("period", {}), at, zone):
        raise _unknown(messages.CALLER_INACTIVE, "/".join(identity))
    return resource


def holds(period: Mapping[str, Any], at: datetime, zone: ZoneInfo) -> bool:
    """Whether a moment lies in a Period; an end of it that is not told is open."""
    moment = microseconds(at)
    begins = interval(period["start"], zone).lo if "start" in period else 0
    ends = interval(period["end"], zone).hi if "end" in period else LATEST
    return begins <= moment < ends


def _codes(role: Mapping[str, Any]) -> frozenset[str]:
    codings = (coding for concept in role.get("code", ()) for coding in concept.get("coding", ()))
    return frozenset(coding["code"] for coding in codings if coding.get("system") == ROLES and "code" in coding)
