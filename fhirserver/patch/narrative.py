"""Keep a patched resource's narrative honest.

http.html#patch: servers SHALL ensure that the narrative is not clinically unsafe after the patch. Removing generated
text is always safe; text a person wrote cannot be regenerated and must be patched along with the data.
"""

from __future__ import annotations

from typing import Any

from fhirserver.outcome import FhirError
from fhirserver.patch.messages import PATCH_NARRATIVE

#: Elements whose change cannot make a narrative wrong.
_APART = frozenset({"text", "meta", "id", "language", "implicitRules"})
_GENERATED = frozenset({"generated", "extensions", "empty"})


def settle(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """`after` without a narrative that the patch made stale; raises where only its author can mend it."""
    text = after.get("text")
    if not isinstance(text, dict) or text != before.get("text") or _data(before) == _data(after):
        return after
    status = text.get("status")
    if status not in _GENERATED:
        raise FhirError([PATCH_NARRATIVE.at(f"{after.get('resourceType')}.text", found=status)])
    return {name: value for name, value in after.items() if name not in ("text", "_text")}


def _data(resource: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in resource.items() if name not in _APART}
