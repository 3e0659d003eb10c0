"""URIs (datatypes.html#uri): what they ask of OIDs and UUIDs, which stand in them as URNs."""

from __future__ import annotations

import re
from typing import Any

from fhirserver.resource.primitives import found as shown
from fhirserver.validation import messages
from fhirserver.validation.issues import Found
from fhirserver.validation.scope import Scope

#: Types whose values are URIs; the types oid and uuid have these rules in their grammar, canonicals may be fictitious.
TYPES = frozenset({"uri", "url"})

#: A version or a fragment may stand behind it.
_OID = re.compile(r"urn:oid:[0-2](?:\.(?:0|[1-9][0-9]*))+(?:[|#].*)?")
_UUID = re.compile(r"urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}(?:[|#].*)?")


def of_its_scheme(value: str, parent: Any, scope: Scope) -> Found:
    """What is wrong with an OID or UUID; `value` is known to be a string."""
    if value[:4] == "urn:":
        if value.startswith("urn:uuid:") and _UUID.fullmatch(value) is None:
            # "For UUID ... use all lowercase"
            message = messages.UUID_CAPITALS if _UUID.fullmatch(value.lower()) else messages.UUID_MALFORMED
            return [message.at(found=shown(value))]
        if value.startswith("urn:oid:") and _OID.fullmatch(value) is None:
            return [messages.OID_MALFORMED.at(found=shown(value))]
    elif value.startswith(("oid:", "uuid:")):
        return [messages.URN_EXPECTED.at(found=shown(value), expected=f"urn:{value[:60]}")]
    return None
